# SPDX-License-Identifier: MIT
"""Reads a PE32+ file: headers, sections, imports, unwind data. Raises PeError on a broken one."""
import struct
from collections import namedtuple

Section = namedtuple("Section", "name address size raw_offset raw_size flags")
Import = namedtuple("Import", "module name")  # name None: by ordinal
Function = namedtuple("Function", "begin end")

CODE_EXECUTE = 0x20000000
CODE_WRITE = 0x80000000
CODE_DISCARDABLE = 0x02000000

(DIRECTORY_EXPORT, DIRECTORY_IMPORT, DIRECTORY_RESOURCE, DIRECTORY_EXCEPTION, DIRECTORY_SECURITY,
 DIRECTORY_RELOCATION, DIRECTORY_DEBUG) = range(7)
DIRECTORY_LOAD_CONFIG = 10
DIRECTORY_IAT = 12

MACHINES = {"x64": 0x8664, "arm64": 0xAA64}


class PeError(Exception):
    """The file can't be read as a PE32+ image."""


class Image:
    """One file. Offsets with the suffix _at are file offsets of a field, for those who damage it."""

    def __init__(self, data):
        self.data = data
        if data[:2] != b"MZ":
            raise PeError("no MZ header")
        self.header_at = self.number("<I", 0x3C)
        if data[self.header_at:self.header_at + 4] != b"PE\0\0":
            raise PeError("no PE header")
        self.machine_at = self.header_at + 4
        (self.machine, section_count, _, _, _, optional_size,
         self.flags) = self.numbers("<HHIIIHH", self.machine_at)
        self.optional_at = self.machine_at + 20
        if self.number("<H", self.optional_at) != 0x20B:
            raise PeError("no PE32+ image")
        self.entry = self.number("<I", self.optional_at + 16)
        self.base = self.number("<Q", self.optional_at + 24)
        self.section_alignment = self.number("<I", self.optional_at + 32)
        self.checksum_at = self.optional_at + 64
        self.checksum = self.number("<I", self.checksum_at)
        self.subsystem = self.number("<H", self.optional_at + 68)
        self.dll_flags = self.number("<H", self.optional_at + 70)
        self.directories_at = self.optional_at + 112
        self.directories = [self.numbers("<II", self.directories_at + 8 * index)
                            for index in range(self.number("<I", self.optional_at + 108))]
        self.sections_at = self.optional_at + optional_size
        self.sections = [self.read_section(index) for index in range(section_count)]

    def numbers(self, layout, offset):
        """The numbers at a file offset."""
        try:
            return struct.unpack_from(layout, self.data, offset)
        except struct.error as error:
            raise PeError(f"truncated at {offset:#x}") from error

    def number(self, layout, offset):
        """The one number at a file offset."""
        return self.numbers(layout, offset)[0]

    def read_section(self, index):
        """The section header with this number."""
        offset = self.sections_at + 40 * index
        name, size, address, raw_size, raw_offset = self.numbers("<8sIIII", offset)
        return Section(name.rstrip(b"\0").decode("ascii", "replace"), address, size, raw_offset,
                       raw_size, self.number("<I", offset + 36))

    def section_of(self, address):
        """The section that an RVA lies in, or None."""
        for section in self.sections:
            if section.address <= address < section.address + max(section.size, section.raw_size):
                return section
        return None

    def offset(self, address):
        """The file offset of an RVA."""
        section = self.section_of(address)
        if section is None or address - section.address >= section.raw_size:
            raise PeError(f"address {address:#x} is not in the file")
        return section.raw_offset + address - section.address

    def at(self, layout, address):
        """The numbers at an RVA."""
        return self.numbers(layout, self.offset(address))

    def text(self, address):
        """The zero-terminated ASCII text at an RVA."""
        start = self.offset(address)
        return self.data[start:self.data.index(b"\0", start)].decode("ascii", "replace")

    def directory(self, index):
        """(RVA, size) of a data directory; zeros when there is none."""
        return self.directories[index] if index < len(self.directories) else (0, 0)

    def imports(self):
        """All Imports."""
        found = []
        descriptor, _ = self.directory(DIRECTORY_IMPORT)
        while descriptor:
            lookup, _, _, module, _ = self.at("<IIIII", descriptor)
            if module == 0:
                break
            found += self.imports_of(self.text(module), lookup)
            descriptor += 20
        return found

    def imports_of(self, module, lookup):
        """The Imports of one module's lookup table."""
        found = []
        while True:
            entry = self.at("<Q", lookup)[0]
            if entry == 0:
                return found
            by_ordinal = entry >> 63
            found.append(Import(module, None if by_ordinal else self.text(int(entry) + 2)))
            lookup += 8

    def load_config(self):
        """The bytes of the load configuration as the file has them, padded with zeros."""
        address, size = self.directory(DIRECTORY_LOAD_CONFIG)
        if address == 0:
            return None
        start = self.offset(address)
        size = min(size, self.number("<I", start))
        return self.data[start:start + size].ljust(320, b"\0")

    def functions(self):
        """The Functions that have unwind data, in the order of the table."""
        address, size = self.directory(DIRECTORY_EXCEPTION)
        if self.machine == MACHINES["x64"]:
            entries = [self.at("<III", address + offset) for offset in range(0, size, 12)]
            return [Function(begin, end) for begin, end, _ in entries]
        entries = [self.at("<II", address + offset) for offset in range(0, size, 8)]
        return [Function(begin, begin + self.arm64_length(unwind)) for begin, unwind in entries]

    def arm64_length(self, unwind):
        """The length of a function in bytes, from packed unwind data or from the record."""
        if unwind & 3:
            return (unwind >> 2 & 0x7FF) * 4
        return (self.at("<I", unwind)[0] & 0x3FFFF) * 4

    def debug_file(self):
        """The name of the PDB, or None."""
        address, size = self.directory(DIRECTORY_DEBUG)
        for offset in range(0, size, 28):
            kind, length, data = self.at("<III", address + offset + 12)
            if kind == 2 and self.at("<4s", data)[0] == b"RSDS" and length > 24:
                return self.text(data + 24)
        return None
