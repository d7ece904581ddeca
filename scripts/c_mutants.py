# SPDX-License-Identifier: MIT
"""The mutants of a C function: each statement removed, each condition decided, and so on.

Reads the plain C of this project (formatted by clang-format, no K&R, no statement macros): a statement
that it does not understand is an error, so that none is passed over in silence. Used by
check_mutations.py; run by itself, it lists the mutants of a file: c_mutants.py FILE [FUNCTION...]
"""

import re
import sys
from dataclasses import dataclass, field

# What a free build does not contain, or what does nothing: no mutants, counted apart.
WITHOUT_EFFECT = ("ASSERT(", "NT_ASSERT(", "C_ASSERT(", "UNREFERENCED_PARAMETER(")
ZERO = {"0", "NULL", "FALSE", "STATUS_SUCCESS", "NblRuleNone"}
DECLARATION = re.compile(r"(?:(?:const|volatile|static|struct)\s+)*[A-Za-z_]\w*\s+(?:const\s+)?\**\s*"
                         r"(?:const\s+)?[A-Za-z_]\w*\s*(?:\[[^]]*\]\s*)?(=|;|$)")
KEYWORDS = {"return", "goto", "break", "continue", "else", "case", "default", "switch"}


class CannotParse(Exception):
    pass


@dataclass
class Mutant:
    function: str
    kind: str
    start: int  # what is mutated: text[start:end], a whole statement or a whole expression
    end: int
    instead: str  # an expression; "" for a statement that is left out; "return 0;"
    line: int
    source: str  # the replaced code with the statement around it, in one line

    def key(self):
        return f"{self.function}: {self.kind}: {self.source}"


@dataclass
class Function:
    name: str
    line: int
    statements: int = 0
    without_effect: int = 0
    mutants: list = field(default_factory=list)


def blank(text):
    """The text with comments, strings and preprocessor lines blanked out, every offset kept."""
    def spaces(match):
        return re.sub(r"[^\n]", " ", match.group())
    pattern = r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|^[ \t]*#(?:\\\n|[^\n])*'
    return re.sub(pattern, spaces, text, flags=re.S | re.M)


def closing(text, start):
    """Offset behind the bracket that closes the one at `start`."""
    depth = 0
    for at in range(start, len(text)):
        if text[at] in "([{":
            depth += 1
        elif text[at] in ")]}":
            depth -= 1
            if depth == 0:
                return at + 1
    raise CannotParse(f"no end of bracket at {start}")


def split(text, separators):
    """Offsets (start, end) of the parts of `text` between separators outside of brackets."""
    parts, depth, begin, at = [], 0, 0, 0
    while at < len(text):
        if text[at] in "([{":
            depth += 1
        elif text[at] in ")]}":
            depth -= 1
        hit = next((s for s in separators if depth == 0 and text.startswith(s, at)), None)
        if hit:
            parts.append((begin, at))
            at += len(hit)
            begin = at
        else:
            at += 1
    parts.append((begin, len(text)))
    return parts


class Reader:
    """Walks the statements of one function body."""

    def __init__(self, text, code, function):
        self.text = text      # as it is written
        self.code = code      # blanked
        self.function = function

    def add(self, kind, start, end, instead, around):
        source = " ".join(self.text[around[0]:around[1]].split())
        line = self.text.count("\n", 0, start) + 1
        self.function.mutants.append(
            Mutant(self.function.name, kind, start, end, instead, line, source))

    def fail(self, at, what):
        line = self.text.count("\n", 0, at) + 1
        raise CannotParse(f"line {line}, {self.function.name}: {what}")

    def skip(self, at):
        while at < len(self.code) and self.code[at].isspace():
            at += 1
        return at

    def word(self, at):
        match = re.compile(r"[A-Za-z_]\w*").match(self.code, at)
        return match.group() if match else ""

    def parenthesis(self, at):
        at = self.skip(at)
        if self.code[at] != "(":
            self.fail(at, "'(' expected")
        return at, closing(self.code, at)

    def block(self, at):
        """The statements of the block whose '{' is at `at`; returns the offset behind its '}'."""
        end = closing(self.code, at) - 1
        at = self.skip(at + 1)
        while at < end:
            at = self.skip(self.statement(at))
        return end + 1

    def statement(self, at):
        word = self.word(at)
        if self.code[at] == "{":
            return self.block(at)
        readers = {"if": self.if_, "while": self.while_, "for": self.for_, "do": self.do}
        if word in readers:
            self.function.statements += 1
            return readers[word](at)
        if word == "__try":
            self.function.statements += 1
            return self.try_(at)
        label = re.compile(r"[A-Z]\w*:(?!:)").match(self.code, at)
        if label:
            return label.end()
        return self.simple(at)

    def if_(self, at):
        start, end = self.parenthesis(at + 2)
        self.condition(start + 1, end - 1, (at, end), always=True)
        at = self.skip(self.statement(self.skip(end)))
        if self.word(at) == "else":
            at = self.statement(self.skip(at + 4))
        return at

    def while_(self, at):
        start, end = self.parenthesis(at + 5)
        self.condition(start + 1, end - 1, (at, end), always=False)
        return self.statement(self.skip(end))

    def do(self, at):
        body = self.skip(at + 2)
        at = self.skip(self.statement(body))
        start, end = self.parenthesis(at + 5)
        self.condition(start + 1, end - 1, (at, end), always=False)
        return self.code.index(";", end) + 1

    def for_(self, at):
        start, end = self.parenthesis(at + 3)
        parts = [(start + 1 + a, start + 1 + b) for a, b in split(self.code[start + 1:end - 1], ";")]
        if len(parts) != 3:
            self.fail(at, "a for statement of three parts expected")
        around = (at, end)
        self.initializers(*parts[0], around)
        condition = (self.skip(parts[1][0]), parts[1][1])
        self.condition(*condition, around, always=False)
        step = (self.skip(parts[2][0]), parts[2][1])
        self.add("step removed", *step, "0", around)
        return self.statement(self.skip(end))

    def try_(self, at):
        at = self.skip(self.block(self.skip(at + 5)))
        if self.word(at) != "__except":
            self.fail(at, "__except expected")
        return self.block(self.skip(self.parenthesis(at + 8)[1]))

    def simple(self, at):
        end = at + split(self.code[at:], ";")[0][1] + 1
        body = self.code[at:end - 1].strip()
        word = self.word(at)
        self.function.statements += 1
        if body.startswith(WITHOUT_EFFECT):
            self.function.without_effect += 1
        elif word == "return":
            self.return_(at, end)
        elif word in ("break", "continue", "goto"):
            self.add("statement removed", at, end, "", (at, end))
        elif word in KEYWORDS:
            self.fail(at, f"'{word}' is not understood")
        elif DECLARATION.match(body):
            self.initializers(at, end - 1, (at, end))
        else:
            self.add("statement removed", at, end, "", (at, end))
            if not re.fullmatch(r"(\w|->|\.|\s)+(\+\+|--)|(\+\+|--)(\w|->|\.)+", body):
                self.effects(at, end, (at, end))
        return end

    def return_(self, at, end):
        value = self.code[at + 6:end - 1].strip()
        if value == "":
            self.add("statement removed", at, end, "", (at, end))
        elif value not in ZERO:
            self.add("returns 0", at, end, "return 0;", (at, end))
            self.operands(at + 6, end - 1, (at, end))
            self.effects(at, end, (at, end))

    def initializers(self, start, end, around):
        """The one variable of a declaration: its value is an assignment too."""
        parts = split(self.code[start:end], "=")
        if len(split(self.code[start:end], ",")) != 1:
            self.fail(start, "one variable to a declaration expected")
        if len(parts) == 1:
            return  # no value
        first, last = self.skip(start + parts[1][0]), end
        value = self.code[first:last].strip()
        if value.startswith("{") and value != "{0}":
            self.members(first, around)
        elif value in ZERO:
            pointer = "*" in self.code[start:start + parts[0][1]]
            self.add("other value", first, last, "(void *)16" if pointer else "1", around)
        elif value == "{0}":
            self.function.without_effect += 1  # a variable without a value is 0 here
        else:
            self.add("value 0", first, last, "0", around)
            self.effects(first, last, around)

    def members(self, at, around):
        """{.Name = value, ...}"""
        end = closing(self.code, at) - 1
        for a, b in split(self.code[at + 1:end], ","):
            member = self.code[at + 1 + a:at + 1 + b]
            if member.strip() == "":
                continue
            name = re.match(r"\s*\.(\w+)\s*=\s*", member)
            if not name:
                self.fail(at + 1 + a, "a named member expected")
            first = at + 1 + a + name.end()
            self.add(f"{name.group(1)} 0", first, at + 1 + b, "0", around)

    def condition(self, start, end, around, always):
        self.add("condition false", start, end, "0", around)
        if always:  # a loop that never ends is found in any case
            self.add("condition true", start, end, "1", around)
        self.operands(start, end, around)
        self.effects(start, end, around)

    def operands(self, start, end, around):
        for operator, neutral in (("||", "0"), ("&&", "1")):
            parts = split(self.code[start:end], [operator])
            if len(parts) > 1:
                for number, (a, b) in enumerate(parts, 1):
                    self.add(f"operand {number} removed", start + a, start + b, neutral, around)
                return

    def effects(self, start, end, around):
        """What an expression changes by the way, and what it chooses by ?:"""
        code = self.code[start:end]
        for match in re.finditer(r"(\+\+|--)([A-Za-z_](?:\w|->|\.)*)", code):
            sign = match.group(1)[0]
            self.add(f"{match.group(1)} without effect", start + match.start(), start + match.end(),
                     f"({match.group(2)} {sign} 1)", around)
        for match in re.finditer(r"([A-Za-z_](?:\w|->|\.)*)(\+\+|--)", code):
            self.add(f"{match.group(2)} without effect", start + match.start(), start + match.end(),
                     f"({match.group(1)})", around)
        for match in re.finditer(r"\?", code):
            before = re.search(r"([^=(,&|]|[=!<>]=|&&|\|\||\([^()]*\))*$|$", code[:match.start()])
            first = start + self.lead(before.start(), code)
            self.add("choice of the second", first, start + match.start(), "0", around)
            self.add("choice of the first", first, start + match.start(), "1", around)

    @staticmethod
    def lead(at, code):
        match = re.compile(r"\s*(return\b)?\s*").match(code, at)
        return match.end()


def read(text, exclude=()):
    """All functions of a file with their mutants, those in `exclude` without."""
    code = blank(text)
    functions, at = [], 0
    while True:
        at = code.find("{", at)
        if at < 0:
            return functions
        end = closing(code, at)
        head = re.search(r"\b([A-Za-z_]\w*)\s*\(((?:[^()]|\([^()]*\))*)\)\s*$", code[:at])
        if head:
            function = Function(head.group(1), text.count("\n", 0, at) + 1)
            if function.name not in exclude:
                Reader(text, code, function).block(at)
            functions.append(function)
        at = end


def combine(text, mutants, variable):
    """The text with all mutants in it; `variable` has the number of the one that is alive."""
    spans = {}
    for number, mutant in mutants:
        spans.setdefault((mutant.start, -mutant.end), []).append((number, mutant))

    def render(start, end, inside):
        result, at = [], start
        while inside:
            first, last = inside[0][0], -inside[0][1]
            nested = [span for span in inside[1:] if span[0] < last]
            if any(-span[1] > last for span in nested):
                raise CannotParse(f"mutants overlap at {first}")
            result += [text[at:first], wrap(spans[inside[0]], render(first, last, nested))]
            inside = inside[1 + len(nested):]
            at = last
        return "".join(result + [text[at:end]])

    def wrap(group, inner):
        for number, mutant in reversed(group):
            if mutant.instead == "":
                inner = f"if ({variable} != {number}) {{ {inner} }}"
            elif mutant.instead == "return 0;":
                inner = f"if ({variable} == {number}) {{ return 0; }} {inner}"
            else:
                inner = f"({variable} == {number} ? {mutant.instead} : ({inner}))"
        return inner

    return render(0, len(text), sorted(spans))


def number_duplicates(mutants):
    """Gives equal keys a number: (mutant, key) in the order of the source."""
    seen, result = {}, []
    for mutant in mutants:
        key = mutant.key()
        seen[key] = seen.get(key, 0) + 1
        result.append((mutant, key if seen[key] == 1 else f"{key} #{seen[key]}"))
    return result


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        functions = read(file.read())
    for function in functions:
        if len(sys.argv) > 2 and function.name not in sys.argv[2:]:
            continue
        print(f"{function.name}: {function.statements} statements, {len(function.mutants)} mutants")
        for mutant, key in number_duplicates(function.mutants):
            print(f"  {mutant.line}: {key} -> {mutant.instead or 'nothing'}")


if __name__ == "__main__":
    main()
