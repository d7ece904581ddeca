#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that a protocol driver's INF agrees with its rules (contract INF-01 to INF-09) and with the
.sys file: one line for each broken rule, as check_pe.py has them."""
import argparse
import os
import re
import sys

sys.dont_write_bytecode = True

import pe_image  # noqa: E402

CLASS, CLASS_GUID = "NetTrans", "{4D36E975-E325-11CE-BFC1-08002BE10318}"
DECORATIONS = {"x64": "NTamd64", "arm64": "NTarm64"}
POOL2_BUILD = 19041  # the first Windows that exports ExAllocatePool2
NOT_UNIVERSAL = {"delreg", "delservice", "delfiles", "bitreg", "renfiles", "logconfig", "ini2reg",
                 "updateinis", "updateinifields", "registerdlls", "unregisterdlls"}
DRIVERS_FOLDER = "12"


class Inf:
    """Sections of an INF: {lower-case name: [(key or None, [values])]}."""

    def __init__(self, text):
        self.sections = {}
        self.bad_lines = []
        current = None
        for line in text.splitlines():
            line = self.without_comment(line).strip()
            if not line:
                continue
            if line.startswith("["):
                current = self.sections.setdefault(line.strip("[]").lower(), [])
                if not line.endswith("]"):
                    self.bad_lines.append(line)
            elif current is None:
                self.bad_lines.append(line)
            else:
                current.append(self.entry(line))
        self.strings = {key.lower(): values[0] for key, values in self.section("strings") if key}

    @staticmethod
    def without_comment(line):
        """The line up to a semicolon that is not in quotes."""
        return re.match(r'(?:[^;"]|"[^"]*")*', line).group(0)

    @staticmethod
    def entry(line):
        """key = value, value... or value, value..."""
        key, equals, rest = line.partition("=")
        if not equals or '"' in key:
            key, rest = None, line
        values = [value.strip().strip('"') for value in re.findall(r'(?:[^,"]|"[^"]*")+|(?<=,)(?=,)',
                                                                   rest)]
        return (key.strip() if key else None), values

    def section(self, name):
        """Its entries; none if there is no such section."""
        return self.sections.get(name.lower(), [])

    def value(self, section, key):
        """The values behind a key; [""] when it is missing."""
        for name, values in self.section(section):
            if name and name.lower() == key.lower():
                return values
        return [""]

    def registry(self, section):
        """{(subkey, name): values} of an AddReg section."""
        return {(values[1].lower(), values[2].lower()): values[4:]
                for _, values in self.section(section) if len(values) > 4}


class InfChecker:
    """The rules. Each is a method that calls broken()."""

    def __init__(self, inf, text, image, file_name, machine):
        self.inf, self.text, self.image = inf, text, image
        self.file_name, self.machine = file_name, machine
        self.found = []

    def broken(self, rule, text):
        """Notes a broken rule."""
        self.found.append((rule, text))

    def in_image(self, text):
        """Whether the driver has this text as a UTF-16 string of its own."""
        return (text + "\0").encode("utf-16-le") in self.image.data

    def syntax(self):
        """Every line belongs to a section, every string is defined."""
        for line in self.inf.bad_lines:
            self.broken("inf-syntax", f"'{line}' belongs to no section")
        for name in set(re.findall(r"%([A-Za-z]\w*)%", self.text)):
            if name.lower() not in self.inf.strings:
                self.broken("inf-strings", f"%{name}% is not defined")

    def version(self):
        """INF-01, and the numbers of the file's version resource."""
        value = lambda key: self.inf.value("version", key)
        if value("Signature") != ["$WINDOWS NT$"]:
            self.broken("inf-signature", f"{value('Signature')}")
        if value("Class") != [CLASS] or value("ClassGuid")[0].upper() != CLASS_GUID:
            self.broken("inf-class", f"{value('Class')} {value('ClassGuid')}")
        stem = os.path.splitext(self.file_name)[0]
        if value("CatalogFile") != [stem + ".cat"]:
            self.broken("inf-catalog", f"{value('CatalogFile')} is not {stem}.cat")
        if value("PnpLockdown") != ["1"]:
            self.broken("inf-lockdown", f"PnpLockdown is {value('PnpLockdown')}")
        date, number = (value("DriverVer") + [""])[:2]
        if not re.fullmatch(r"\d\d/\d\d/\d{4}", date) or not self.in_image(number):
            self.broken("inf-version", f"DriverVer {date},{number} is not the file's version")

    def models(self):
        """INF-08: each architecture from the Windows on that has what the driver imports."""
        _, targets = (self.inf.section("manufacturer") or [(None, [""])])[0]
        wanted = [target for target in targets[1:]
                  if target.split(".")[0].lower() == DECORATIONS[self.machine].lower()]
        if not wanted or not self.inf.section(f"{targets[0]}.{wanted[0]}"):
            self.broken("inf-models", f"no models for {self.machine}")
            return
        build = int((wanted[0].split(".") + ["0"] * 6)[5] or 0)
        needs = any(entry.name == "ExAllocatePool2" for entry in self.image.imports())
        if needs and build < POOL2_BUILD:
            self.broken("inf-build", f"build {build} does not export ExAllocatePool2")

    def install(self):
        """INF-03 to INF-06: what the network configuration reads."""
        if self.inf.value("install", "Characteristics") == [""]:
            self.broken("inf-characteristics", "there are none")
        registry = self.inf.registry(self.inf.value("install", "AddReg")[0])
        services = self.inf.value("install.services", "AddService")
        name = services[0]
        if not name or registry.get(("ndi", "service")) != [name]:
            self.broken("inf-service", f"Ndi has {registry.get(('ndi', 'service'))}, not {name}")
        if name not in registry.get(("ndi", "coservices"), []):
            self.broken("inf-coservices", f"{name} is not in CoServices")
        if not self.in_image(name):
            self.broken("inf-protocol", f"the driver does not register a protocol {name}")
        ranges = [registry.get(("ndi\\interfaces", key)) for key in ("upperrange", "lowerrange")]
        if ranges != [["noupper"], ["ndis5"]]:
            self.broken("inf-ranges", f"{ranges}")
        self.service(services[-1])

    def service(self, section):
        """The service's section, and the files."""
        if self.inf.value(section, "ServiceType") != ["1"]:
            self.broken("inf-service-type", "the service is not a kernel driver (1)")
        binary = self.inf.value(section, "ServiceBinary")[0]
        if binary != f"%{DRIVERS_FOLDER}%\\{self.file_name}":
            self.broken("inf-binary", f"{binary} is not {self.file_name}")
        copied = self.inf.value("install", "CopyFiles")[0]
        if [values for _, values in self.inf.section(copied)] != [[self.file_name]]:
            self.broken("inf-files", f"[{copied}] does not copy {self.file_name}")
        if self.inf.value("sourcedisksfiles", self.file_name) == [""]:
            self.broken("inf-disks", f"{self.file_name} is on no disk")
        if self.inf.value("destinationdirs", copied) != [DRIVERS_FOLDER]:
            self.broken("inf-destination", f"{copied} is not copied to folder {DRIVERS_FOLDER}")

    def universal(self):
        """INF-09: nothing that a universal INF must not have."""
        for section, entries in self.inf.sections.items():
            for key, _ in entries:
                if key and key.lower() in NOT_UNIVERSAL:
                    self.broken("inf-universal", f"{key} in [{section}]")

    def all(self):
        """Every rule."""
        self.syntax()
        self.version()
        self.models()
        self.install()
        self.universal()
        return self.found


def check(text, data, file_name, machine):
    """[(rule, text)] of an INF with this text."""
    return InfChecker(Inf(text), text, pe_image.Image(data), file_name, machine).all()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--machine", choices=sorted(DECORATIONS), required=True)
    parser.add_argument("--self-test", action="store_true", help="on damaged copies")
    parser.add_argument("inf")
    parser.add_argument("sys")
    options = parser.parse_args()
    with open(options.inf, encoding="utf-8") as file:
        text = file.read()
    with open(options.sys, "rb") as file:
        data = file.read()
    name = os.path.basename(options.sys)
    if options.self_test:
        sys.exit(self_test(text, data, name, options.machine))
    found = check(text, data, name, options.machine)
    for rule, wrong in found:
        print(f"{options.inf}: {rule}: {wrong}")
    sys.exit(1 if found else 0)


# What is replaced, by what, and the rule that then breaks.
DAMAGES = [
    ("[Version]", "Nobody\n[Version]", "inf-syntax"),
    ("Disk        =", "Disc        =", "inf-strings"),
    ("$WINDOWS NT$", "$WINDOWS$", "inf-signature"),
    ("= NetTrans", "= NetService", "inf-class"),
    ("4D36E975", "4D36E974", "inf-class"),
    ("shuttle.cat", "other.cat", "inf-catalog"),
    ("PnpLockdown = 1", "PnpLockdown = 0", "inf-lockdown"),
    (",0.1.0.0", ",0.1.0.1", "inf-version"),
    ("DriverVer   = ", "DriverVer   = 2026/", "inf-version"),
    ("[Shuttle.NTamd64.10.0...19041]", "[Shuttle.NTamd64]", "inf-models"),
    ("10.0...19041", "10.0...14393", "inf-build"),
    ("Characteristics = 0", "", "inf-characteristics"),
    ('Service,    0x00000000, "Shuttle"', 'Service,    0x00000000, "Other"', "inf-service"),
    ('CoServices, 0x00010000, "Shuttle"', 'CoServices, 0x00010000, "Other"', "inf-coservices"),
    ("Shuttle, , Install.Service", "Other, , Install.Service", "inf-service"),
    ("Shuttle", "Raw", "inf-protocol"),
    ("noupper", "tdi", "inf-ranges"),
    ("ndis5", "nolower", "inf-ranges"),
    ("ServiceType    = 1", "ServiceType    = 2", "inf-service-type"),
    ("%12%\\shuttle.sys", "%12%\\other.sys", "inf-binary"),
    ("[Install.Files]\nshuttle.sys", "[Install.Files]\nother.sys", "inf-files"),
    ("shuttle.sys = 1", "other.sys = 1", "inf-disks"),
    ("Install.Files = 12", "Install.Files = 11", "inf-destination"),
    ("AddReg          =", "DelReg          = Install.Ndi\nAddReg =", "inf-universal"),
]


def self_test(text, data, name, machine):
    """Every damage must be found under its name, and every rule must have a damage."""
    failures = 0
    for old, new, rule in DAMAGES:
        if machine == "arm64":
            old, new = old.replace("amd64", "arm64"), new.replace("amd64", "arm64")
        found = check(text.replace(old, new), data, name, machine)
        if old not in text or rule not in [broken for broken, _ in found]:
            print(f"'{old}' -> '{new}': {rule} was not found, but {found}")
            failures += 1
    with open(__file__, encoding="utf-8") as file:
        rules = set(re.findall(r'broken\("([a-z-]+)"', file.read()))
    untested = rules - {rule for _, _, rule in DAMAGES}
    for rule in sorted(untested):
        print(f"no damage for the rule {rule}")
    print(f"{len(DAMAGES) - failures} passed, {failures + len(untested)} failed")
    return 1 if failures or untested else 0


if __name__ == "__main__":
    main()
