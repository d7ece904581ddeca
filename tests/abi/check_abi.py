#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares everything that the Windows headers of ndishost declare with the ABI tables.

For each NDIS version all headers are compiled into one unit; clang lists what it declares. Each
struct, field, enumerator, integer macro, typedef, callback type and function becomes an assertion
with the table's value; bit-fields and pointer constants are checked by running a program. What no
table knows must stand in allowed.txt, with a reason.
"""
import argparse
import csv
import fnmatch
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, OrderedDict

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
VERSIONS = {"60": 600, "61": 610, "620": 620, "630": 630, "640": 640, "650": 650, "651": 651,
            "660": 660, "670": 670, "680": 680, "681": 681, "682": 682, "683": 683, "684": 684,
            "685": 685, "686": 686, "687": 687}
QUALIFIER = re.compile(r"\b(const|volatile|struct|union|enum|unsigned|signed|__unaligned)\b")
BUILTIN = {"void", "char", "short", "int", "long", "float", "double", "size_t", "wchar_t",
           "__int64", "__ptr32", "__sptr"}
VALUE_RANGE = {"u8": (1, 0), "s8": (1, 1), "u16": (2, 0), "s16": (2, 1), "u32": (4, 0),
               "s32": (4, 1), "u64": (8, 0), "s64": (8, 1)}


def version_number(text):
    """'6.1' -> 610, '6.87' -> 687."""
    minor = text.split(".")[1]
    return 600 + int(minor) * (10 if len(minor) == 1 else 1)


class Tables:
    """The CSV files, with versions.csv applied on request."""

    def __init__(self, folder):
        rows = {n: self.read(folder, n) for n in
                ("structs", "enums", "macros", "functions", "typedefs", "versions")}
        self.structs = OrderedDict()
        for row in rows["structs"]:
            if row["field"]:
                self.structs.setdefault(row["struct"], []).append(row)
        self.structs_plain = {r["struct"] for r in rows["structs"]}
        self.enumerators = {r["enumerator"]: (r["enum"], int(r["value"], 0)) for r in rows["enums"]}
        self.enums = {r["enum"] for r in rows["enums"]}
        self.macros = {r["name"]: r for r in rows["macros"]}
        self.functions = {r["name"]: r for r in rows["functions"]}
        self.typedefs = {r["name"]: r for r in rows["typedefs"]}
        self.tags = {r["name"]: r["underlying"] for r in rows["typedefs"]
                     if r["kind"].endswith("_tag")}
        self.opaque_tags = {r["underlying"] for r in rows["typedefs"] if r["kind"] == "opaque"}
        self.versions = {}
        self.declared_from = {}
        for row in rows["versions"]:
            span = (version_number(row["ndis_from"]), version_number(row["ndis_to"]), row["value"])
            if row["what"].startswith("declared_"):
                self.declared_from[row["name"]] = span[0]
            else:
                key = (row["what"], row["name"], row["member"])
                self.versions.setdefault(key, []).append(span)

    @staticmethod
    def read(folder, name):
        with open(os.path.join(folder, name + ".csv"), encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def at(self, version, what, name, member, default):
        """The value in this version; None when the thing does not exist in it."""
        spans = self.versions.get((what, name, member))
        if not spans:
            return default
        for low, high, value in spans:
            if low <= version <= high:
                return value
        return None


class Allowed:
    """allowed.txt: `kind pattern [arguments] # reason`; every line must be of use."""

    def __init__(self, path):
        self.patterns = []
        self.parameters = {}
        self.used = set()
        for number, line in enumerate(open(path, encoding="utf-8"), 1):
            text, _, reason = line.partition("#")
            words = text.split()
            if not words:
                continue
            if not reason.strip():
                sys.exit("%s:%d: no reason given" % (path, number))
            if words[0] == "parameter":
                self.parameters[(words[1], words[2])] = " ".join(words[3:])
            else:
                self.patterns.append((words[0], words[1]))

    def has(self, kind, name, header=""):
        for pattern in self.patterns:
            if pattern[0] != kind:
                continue
            subject = header + ":" + name if ":" in pattern[1] else name
            if fnmatch.fnmatchcase(subject, pattern[1]):
                self.used.add(pattern)
                return True
        return False

    def unused(self):
        return [p for p in self.patterns if p not in self.used]


class Unit:
    """What the headers declare, for one NDIS version."""

    def __init__(self, include, cc, version_name):
        self.include = os.path.realpath(include)
        self.cc = cc
        self.flags = ["-std=gnu11", "-fshort-wchar", "-I" + self.include, "-w",
                      "-DNDIS" + version_name, "-DNDIS_MINIPORT_DRIVER",
                      "-DNDIS%s_MINIPORT" % version_name]
        self.source = "".join('#include "%s"\n' % h for h in sorted(headers(self.include)))
        self.records, self.enumerators, self.enum_names = {}, {}, {}
        self.typedefs, self.functions, self.variables = {}, {}, {}
        self.macros = {}
        self.read_ast()
        self.read_macros()

    def run(self, arguments, text, compiler=None):
        command = [compiler or self.cc] + self.flags + arguments + ["-x", "c", "-"]
        return subprocess.run(command, text=True, input=text, capture_output=True, check=False)

    def read_ast(self):
        done = self.run(["-fsyntax-only", "-Xclang", "-ast-dump=json"], self.source)
        if done.returncode:
            sys.exit("the headers do not compile:\n" + done.stderr)
        self.place = ""
        records = {}
        for node in json.loads(done.stdout)["inner"]:
            # clang leaves the file out where it is the one of the declaration before
            for location in (node.get("loc", {}), node.get("range", {}).get("begin", {}),
                             node.get("range", {}).get("end", {})):
                self.follow(location, location is node.get("loc"))
            self.add(node, self.here, records)

    def follow(self, location, is_declaration):
        for part in (location.get("spellingLoc"), location.get("expansionLoc"), location):
            if part and "file" in part:
                self.place = part["file"]
        if is_declaration:
            self.here = self.place

    def add(self, node, place, records):
        kind, name = node["kind"], node.get("name")
        if kind == "RecordDecl" and node.get("completeDefinition"):
            records[node["id"]] = node
        if node.get("isImplicit") or not os.path.realpath(place).startswith(self.include + os.sep):
            return
        header = os.path.relpath(os.path.realpath(place), self.include)
        if kind == "RecordDecl" and node.get("completeDefinition") and name:
            self.records[name] = (header, fields(node), name)
        elif kind == "EnumDecl":
            if name:
                self.enum_names[name] = header
            for item in node.get("inner", []):
                if item["kind"] == "EnumConstantDecl":
                    self.enumerators[item["name"]] = header
        elif kind == "TypedefDecl":
            self.typedefs[name] = header
            tag = owned_tag(node)
            if tag in records and not records[tag].get("name"):
                self.records[name] = (header, fields(records[tag]), None)
        elif kind == "FunctionDecl":
            self.functions[name] = (header, node.get("storageClass") == "static")
        elif kind == "VarDecl":
            self.variables[name] = header

    def read_macros(self):
        done = self.run(["-E", "-dD"], self.source)
        place = ""
        for line in done.stdout.splitlines():
            mark = re.match(r'# \d+ "([^"]*)"', line)
            if mark:
                place = os.path.realpath(mark.group(1))
            defined = re.match(r"#define (\w+)(\()?", line)
            if defined and place.startswith(self.include + os.sep):
                header = os.path.relpath(place, self.include)
                self.macros[defined.group(1)] = (header, bool(defined.group(2)))


def headers(include):
    for folder, _, names in os.walk(include):
        for name in names:
            if name.endswith(".h"):
                yield os.path.relpath(os.path.join(folder, name), include)


def owned_tag(node):
    """The id of the record that a typedef's own type names, if it defines one."""
    for inner in node.get("inner", []):
        if "ownedTagDecl" in inner:
            return inner["ownedTagDecl"]["id"]
    return None


def fields(record, prefix=""):
    """[(dotted path, is bit-field)], anonymous members are transparent."""
    found, nested = [], None
    for node in record.get("inner", []):
        if node["kind"] == "RecordDecl":
            nested = node
        elif node["kind"] == "FieldDecl":
            name = node.get("name")
            own = nested is not None and "unnamed" in node["type"]["qualType"] or \
                nested is not None and "anonymous" in node["type"]["qualType"]
            if not name and node.get("isImplicit") and nested:
                found += fields(nested, prefix)
            elif name:
                found.append((prefix + name, bool(node.get("isBitfield"))))
                if own:
                    array = "[]" if "[" in node["type"]["qualType"].split(")")[-1] else ""
                    found += fields(nested, prefix + name + array + ".")
            nested = None
    return found


class Check:
    """Turns declarations into assertions and collects the contradictions."""

    def __init__(self, tables, allowed, unit, version):
        self.tables, self.allowed, self.unit, self.version = tables, allowed, unit, version
        self.asserts, self.program, self.problems = [], [], []
        self.count = Counter()

    def expect(self, condition, message):
        self.asserts.append('_Static_assert(%s, "%s");' % (condition, message.replace('"', "'")))

    def problem(self, text):
        self.problems.append(text)

    def unknown(self, kind, name, header):
        if not self.allowed.has(kind, name, header):
            self.problem("%s: %s %s: not in the tables and not in allowed.txt"
                         % (header, kind, name))

    def too_early(self, name, header):
        first = self.tables.declared_from.get(name, 0)
        if first > self.version:
            self.problem("%s: %s: declared, but exists from NDIS %d on" % (header, name, first))

    def known_type(self, text):
        for word in re.findall(r"[A-Za-z_]\w*", QUALIFIER.sub(" ", text)):
            known = (word in BUILTIN or word in self.unit.typedefs or word in self.unit.macros or
                     word in self.tables.tags or word in self.tables.opaque_tags or
                     "struct " + word in text)
            if not known:
                return False
        return True

    def structs(self):
        for name, (header, members, tag) in self.unit.records.items():
            struct = self.tables.tags.get(name, name)
            rows = self.tables.structs.get(struct)
            if rows is None:
                if struct not in self.tables.structs_plain:
                    self.unknown("struct", name, header)
                continue
            self.too_early(struct, header)
            self.count["structs"] += 1
            type_name = ("%s %s" % (self.record_kind(struct), tag)) if tag else name
            size = self.tables.at(self.version, "struct_size", struct, "", rows[0]["size"])
            self.expect("sizeof(%s) == %s" % (type_name, size),
                        "struct %s: size is not %s" % (struct, size))
            self.expect("_Alignof(%s) == %s" % (type_name, rows[0]["align"]),
                        "struct %s: alignment is not %s" % (struct, rows[0]["align"]))
            self.members(struct, type_name, rows, members, header)

    def record_kind(self, struct):
        kinds = {r["kind"] for r in self.tables.typedefs.values() if r["underlying"] == struct}
        return "union" if "union_tag" in kinds else "struct"

    def members(self, struct, type_name, rows, members, header):
        table = {}
        for row in rows:
            default = row["offset"] + " " + row["field_size"]
            place = self.tables.at(self.version, "field", struct, row["field"], default)
            if place is not None:
                table[row["field"]] = (place.split(), row["field_type"], place == default)
        declared = dict(members)
        for path in sorted(set(declared) - set(table)):
            if not self.allowed.has("field", struct + "." + path):
                self.problem("%s: struct %s has a field %s that the table does not have"
                             % (header, struct, path))
        for path in sorted(set(table) - set(declared)):
            if not self.allowed.has("absent-field", struct + "." + path):
                self.problem("%s: struct %s lacks the field %s" % (header, struct, path))
        for path in declared:
            if path in table:
                self.member(struct, type_name, path, *table[path])

    def member(self, struct, type_name, path, place, field_type, is_latest):
        self.count["fields"] += 1
        access = path.replace("[]", "[0]")
        what = "field %s.%s: " % (struct, path)
        if place[1].startswith("b"):
            byte, bit = place[0].split(":")
            self.program.append('BITS(%s, %s, %s, %s, "%s");' % (
                type_name, access, int(byte) * 8 + int(bit), place[1][1:], what))
            return
        self.expect("__builtin_offsetof(%s, %s) == %s" % (type_name, access, place[0]),
                    what + "offset is not " + place[0])
        value = "((%s *)0)->%s" % (type_name, access)
        if place[1] == "0":
            return
        self.expect("sizeof(%s) == %s" % (value, place[1]), what + "size is not " + place[1])
        plain = re.sub(r"\[.*", "", field_type)
        if is_latest and plain not in ("struct", "union") and self.known_type(plain):
            self.expect("__builtin_types_compatible_p(__typeof__(%s), %s)"
                        % (value, self.spell(field_type)), what + "type is not " + field_type)

    def spell(self, text):
        """A type of the tables in the spelling of an ELF build: long has 32 bits there."""
        text = re.sub(r"\b__unaligned\b", "", text).replace("(*)", "*")
        text = re.sub(r"\blong long\b", "@", text)
        text = re.sub(r"\blong\b", "int", text).replace("@", "long long")
        return re.sub(r"(?<!struct )(?<!union )(?<!enum )\b([A-Za-z_]\w*)", self.tagged, text)

    def tagged(self, match):
        name = match.group(1)
        if name in self.unit.typedefs:
            return name
        kind = self.tables.typedefs.get(name, {}).get("kind", "")
        if kind.endswith("_tag"):
            return kind.replace("_tag", "") + " " + name
        return "struct " + name if name in self.tables.opaque_tags or name[0] == "_" else name

    def enumerators(self):
        for name, header in self.unit.enumerators.items():
            if name not in self.tables.enumerators:
                self.unknown("enumerator", name, header)
                continue
            enum, latest = self.tables.enumerators[name]
            value = self.tables.at(self.version, "enumerator", enum, name, latest)
            if value is None:
                self.problem("%s: enumerator %s does not exist in this version" % (header, name))
                continue
            self.count["enumerators"] += 1
            self.expect("%s == %s" % (name, value), "enumerator %s: is not %s" % (name, value))

    def macros(self):
        for name, (header, has_arguments) in self.unit.macros.items():
            row = self.tables.macros.get(name)
            if row is None:
                if self.tables.functions.get(name, {}).get("kind") not in ("macro", "inline"):
                    self.unknown("macro", name, header)
                continue
            value = self.tables.at(self.version, "macro", name, "", row["value_dec"])
            if value is None or has_arguments:
                self.problem("%s: macro %s: should not be defined so" % (header, name))
                continue
            self.too_early(name, header)
            self.count["macros"] += 1
            self.macro_value(name, int(value, 0), row["type"])

    def macro_value(self, name, value, kind):
        if kind == "ptr":
            self.program.append('VALUE((unsigned long long)(%s), %dULL, "macro %s");'
                                % (name, value & (2 ** 64 - 1), name))
            return
        size, signed = VALUE_RANGE[kind]
        literal = ("(-%dLL - 1)" % (-value - 1)) if value < 0 else \
            "%d%s" % (value, "ULL" if kind == "u64" else "LL")
        self.expect("(%s) == %s" % (name, literal), "macro %s: value is not %d" % (name, value))
        self.expect("sizeof(%s) == %d && ((__typeof__(%s))-1 < 1) == %d"
                    % (name, size, name, signed), "macro %s: type is not %s" % (name, kind))

    def typedefs(self):
        for name, header in self.unit.typedefs.items():
            row = self.tables.typedefs.get(name)
            if self.tables.functions.get(name, {}).get("kind") == "callback":
                self.callback(name, header)
            elif row and row["size"] and not row["kind"].endswith("_tag"):
                self.count["typedefs"] += 1
                if row["kind"] in ("struct", "union", "opaque"):
                    continue
                self.expect("sizeof(%s) == %s" % (name, row["size"]),
                            "typedef %s: size is not %s" % (name, row["size"]))
                self.expect("_Alignof(%s) == %s" % (name, row["align"]),
                            "typedef %s: alignment is not %s" % (name, row["align"]))
                self.pointer(name, row)
            elif not row and name not in self.tables.structs_plain | self.tables.enums:
                self.unknown("typedef", name, header)

    def pointer(self, name, row):
        target = row["underlying"].strip()
        if row["kind"] not in ("pointer", "function_pointer", "scalar") or not target:
            return
        if self.known_type(target) and target not in ("ULONG_PTR",):
            if not self.allowed.has("typedef-type", name):
                self.expect("__builtin_types_compatible_p(%s, %s)" % (name, self.spell(target)),
                            "typedef %s: is not %s" % (name, target))

    def prototype(self, name):
        """(result, parameter list) of the table's prototype, without the parameter names."""
        text = self.tables.functions[name]["prototype"]
        result, parameters = re.match(r"^(.*?)\b%s\((.*)\)$" % re.escape(name), text, re.S).groups()
        types = []
        for parameter in parameters.split(","):
            parameter = parameter.strip()
            if parameter in ("void", "..."):
                types.append(parameter)
                continue
            match = re.match(r"^(.*?)(\w+)((?:\[\w*\])*)$", parameter)
            kind, own, array = match.groups()
            if not kind.strip():
                kind, own = own, ""
            kind = self.allowed.parameters.get((name, own), kind)
            types.append(kind.strip() + (" *" if array else ""))
        return result.strip(), types

    def same_type(self, what, name, subject, convention):
        result, types = self.prototype(name)
        missing = [t for t in [result] + types
                   if t not in ("void", "...") and not self.known_type(t)]
        if missing:
            self.problem("%s %s: its types are not declared: %s" % (what, name, ", ".join(missing)))
            return
        text = ", ".join(self.spell(t) for t in types)
        expected = "%s (%s *)(%s)" % (self.spell(result), convention, text)
        if self.allowed.has("noreturn", name):
            self.asserts.append("extern %s %s Expected%s(%s) __attribute__((noreturn));"
                                % (self.spell(result), convention, name, text))
            expected = "__typeof__(&Expected%s)" % name
        self.expect("__builtin_types_compatible_p(%s, %s)" % (subject, expected),
                    "%s %s: prototype or calling convention differs from the table" % (what, name))

    def callback(self, name, header):
        self.too_early(name, header)
        self.count["callback types"] += 1
        kind = self.tables.typedefs.get(name, {}).get("kind", "function")
        subject = name if kind == "function_pointer" else name + " *"
        self.same_type("callback type", name, subject, "NTAPI")

    def functions(self):
        for name, (header, is_static) in self.unit.functions.items():
            row = self.tables.functions.get(name)
            if row is None or row["kind"] == "callback":
                self.unknown("function", name, header)
                continue
            self.too_early(name, header)
            typed = re.match(r"^[\w *]+ \*?%s\(" % name, row["prototype"])
            if row["kind"] == "macro" and not typed:
                if not is_static:
                    self.unknown("function", name, header)
                continue
            if not is_static and row["kind"] != "export":
                self.unknown("function", name, header)
            self.count["functions"] += 1
            self.same_type("function", name, "__typeof__(&%s)" % name, "" if is_static else "NTAPI")

    def variables(self):
        for name, header in self.unit.variables.items():
            row = self.tables.functions.get(name)
            if row is None or not row["prototype"].startswith("extern "):
                self.unknown("variable", name, header)
                continue
            self.count["variables"] += 1
            kind = re.sub(r"\b%s$" % name, "", row["prototype"][7:])
            self.expect("__builtin_types_compatible_p(__typeof__(%s), %s)"
                        % (name, self.spell(kind)), "variable %s: type differs" % name)

    def tags(self):
        for name, header in self.unit.enum_names.items():
            if name not in self.tables.tags and name not in self.tables.enums:
                self.unknown("enum", name, header)

    def finish(self, compilers):
        for part in (self.structs, self.enumerators, self.macros, self.typedefs, self.functions,
                     self.variables, self.tags):
            part()
        for compiler in compilers:
            self.compile_asserts(compiler)
            self.run_program(compiler)
        return self.problems

    def compile_asserts(self, compiler):
        text = self.unit.source + "\n".join(self.asserts) + "\n"
        limit = ["-ferror-limit=0"] if "clang" in compiler else []
        done = self.unit.run(["-fsyntax-only"] + limit, text, compiler)
        failed = re.findall(r'error: .*?static.assert.*? "(.*)"$', done.stderr, re.M)
        other = [line for line in done.stderr.splitlines()
                 if "error:" in line and not re.search(r"static.assert", line)]
        self.problems += [compiler + ": " + line for line in failed + other]
        if done.returncode and not failed and not other:
            self.problem("the assertions do not compile:\n" + done.stderr[:4000])

    def run_program(self, compiler):
        text = self.unit.source + PROGRAM_HEAD + "\n".join(self.program) + "\nreturn Failed;\n}\n"
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "run")
            built = self.unit.run(["-O0", "-o", path], text, compiler)
            if built.returncode:
                self.problem("the run-time checks do not compile:\n" + built.stderr[:4000])
                return
            done = subprocess.run([path], text=True, capture_output=True, check=False)
            self.problems += [compiler + ": " + line for line in done.stdout.splitlines()]
            if done.returncode not in (0, 1):
                self.problem("the run-time checks ended with %d" % done.returncode)


# A bit-field is set to all ones; exactly its bits of the zeroed object must change.
PROGRAM_HEAD = r"""
#include <stdio.h>
#include <string.h>
static int Failed;
static void CheckBits(const unsigned char *Bytes, unsigned Size, unsigned First, unsigned Width,
                      const char *What)
{
    for (unsigned Bit = 0; Bit < Size * 8; Bit++) {
        unsigned Expected = Bit >= First && Bit < First + Width;
        if (((Bytes[Bit / 8] >> (Bit % 8)) & 1u) != Expected) {
            printf("%sbits are not %u..%u\n", What, First, First + Width - 1);
            Failed = 1;
            return;
        }
    }
}
#define BITS(Type, Field, First, Width, What) do { static Type Object; \
    memset(&Object, 0, sizeof(Object)); Object.Field = ~0ULL; \
    CheckBits((const unsigned char *)&Object, sizeof(Object), First, Width, What); } while (0)
#define VALUE(Actual, Expected, What) do { if ((Actual) != (Expected)) { \
    printf("%s: value differs\n", What); Failed = 1; } } while (0)
int main(void)
{
"""


def check(include, tables, allowed, compilers, name):
    unit = Unit(include, compilers[0], name)
    work = Check(tables, allowed, unit, VERSIONS[name])
    return work.finish(compilers), work.count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--include", default=os.path.join(HERE, "../../ndishost/include"))
    parser.add_argument("--tables", default=os.path.join(HERE, "tables"))
    parser.add_argument("--allowed", default=os.path.join(HERE, "allowed.txt"))
    parser.add_argument("--cc", default="clang", help="a clang: it lists the declarations")
    parser.add_argument("--second-cc", default="gcc", help="checks the assertions too; '' for none")
    parser.add_argument("--ndis", action="append", choices=sorted(VERSIONS),
                        help="default: 630, 650 and 687")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        import self_test
        return self_test.run([options.cc])
    tables, allowed = Tables(options.tables), Allowed(options.allowed)
    compilers = [options.cc] + ([options.second_cc] if options.second_cc else [])
    failed = False
    for name in options.ndis or ["630", "650", "687"]:
        problems, count = check(options.include, tables, allowed, compilers, name)
        for line in sorted(set(problems)):
            print("NDIS %s: %s" % (name, line))
        failed = failed or bool(problems)
        print("NDIS %s: %s checked, %d contradictions" % (
            name, ", ".join("%d %s" % (n, what) for what, n in count.items()), len(set(problems))))
    if not options.ndis:
        for kind, pattern in allowed.unused():
            print("allowed.txt: %s %s: not needed" % (kind, pattern))
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
