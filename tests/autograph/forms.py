#!/usr/bin/env python3
"""Writes the programs of programs/NAME.inc in all the forms that a user may give them: NAME_forms.cpp with its two headers,
and NAME_reference.cpp, the same text over plain ints, which never sees weft.

    forms.py programs/NAME.inc OUTPUT_FOLDER

A function after a line `//: 1 2; 3 4` is a program with these samples; one without is a helper of those below it.
"""
import pathlib
import re
import sys


class Function:
    def __init__(self, text, samples):
        head = re.match(r"(Number|void) (\w+)\((.*?)\) (?=\{)", text)
        if not head:
            raise SystemExit("forms.py: not a function of Numbers: " + text.split("\n")[0])
        self.result, self.name, parameters = head.groups()
        self.body = text[head.end():]
        self.samples = samples
        self.parameters = [re.match(r"(const Number &|Number &|\w+ )(\w+)$", p.strip()).groups()
                           for p in parameters.split(",")]

    def head(self, number="Number", first=None):
        """The parameter list, in which Number is called `number`, or `first` in the first parameter."""
        words = [(first if first and i == 0 else number, t, n) for i, (t, n) in enumerate(self.parameters)]
        return "(" + ", ".join(re.sub(r"\bNumber\b", word, t) + n for word, t, n in words) + ")"

    def uses(self, name):
        return re.search(r"\b%s\(" % name, self.body) is not None


def read(path):
    functions, samples = [], None
    lines = path.read_text().split("\n")
    i = 0
    while i < len(lines):
        line = lines[i]
        if line.startswith("//: "):
            samples = [[int(word) for word in sample.split()] for sample in line[4:].split(";")]
        elif line and not line.startswith("//"):
            first = i
            while not (lines[i] == "}" or (i == first and lines[i].endswith("}"))):
                i += 1
            functions.append(Function("\n".join(lines[first:i + 1]), samples))
            samples = None
        i += 1
    return functions


def tensors(text):
    return re.sub(r"\bNumber\b", "Tensor", text)


def main():
    source, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    stem = source.stem
    functions = read(source)
    programs = [f for f in functions if f.samples is not None]
    helpers = [f for f in functions if f.samples is None]

    def plain(f):
        return tensors(f"{f.result} {f.name}{f.head()} {f.body}\n")

    def inline(f):
        return "inline " + plain(f)

    # The headers: helpers and every second program in the deeper one.
    deep = helpers + programs[::2]
    top = "#pragma once\n"
    space = "namespace header {\n"
    using = "using weft::Tensor;\nusing weft::print;\nusing weft::range;\nusing weft::autograph::numbers;\nusing weft::autograph::real;\n\n"
    (out / f"{stem}_deep.h").write_text(
        f"// A header of the user, included by another one.\n{top}#include \"tests/autograph/table.h\"\n\n{space}{using}"
        + "\n".join(map(inline, deep)) + "} // namespace header\n")
    (out / f"{stem}_helpers.h").write_text(
        f"// A header of the user.\n{top}#include \"{stem}_deep.h\"\n\n{space}"
        + "\n".join(map(inline, programs[1::2])) + "} // namespace header\n")

    def lambda_inside(f):
        if f.samples is None:
            return plain(f)
        return tensors(f"{f.result} {f.name}{f.head()} {{\n  auto body = [&]() -> {f.result} {f.body};\n  return body();\n}}\n")

    def generic(f):
        if f.samples is None:
            return plain(f)
        return f"const auto {f.name} = []" + f.head("auto") + " -> Tensor " + tensors(f.body) + ";\n"

    def template(f):
        return f"template <class Number> {f.result} {f.name}{f.head('std::type_identity_t<Number>', 'Number')} {f.body}\n"

    def over_ints(f):
        """Whether the template can be used with ints: weft's ranges give Tensors."""
        return not f.uses("range") and all(over_ints(h) for h in helpers if h is not f and f.uses(h.name))

    cpp = [f"// Written by tests/autograph/forms.py from {stem}.inc: every program in all forms.",
           f"#include \"{stem}_helpers.h\"", "", "#include <type_traits>", "", "using namespace weft;", "using namespace weft::autograph;", ""]
    cpp += ["namespace function_ {\n", "\n".join(map(plain, functions)), "} // namespace function_\n"]
    cpp += ["struct Methods {\n", "\n".join(map(plain, functions)), "};\n"]
    cpp += ["namespace lambda_ {\n", "\n".join(map(lambda_inside, functions)), "} // namespace lambda_\n"]
    cpp += ["namespace generic_ {\n", "\n".join(map(generic, functions)), "} // namespace generic_\n"]
    cpp += ["namespace template_ {\n", "\n".join(map(template, functions)), "} // namespace template_\n"]
    cpp += ["namespace {\n"]
    for f in programs:
        args = ", ".join(f"a[{i}]" for i in range(len(f.parameters)))
        ways = [("function", f"function_::{f.name}"), ("method", f"Methods().{f.name}"), ("lambda", f"lambda_::{f.name}"),
                ("generic", f"generic_::{f.name}"), ("template", f"template_::{f.name}<Tensor>"), ("header", f"header::{f.name}")]
        host = f"[](const int *a) -> int {{ return template_::{f.name}<int>({args}); }}" if over_ints(f) else "nullptr"
        forms = ", ".join(f"{{\"{form}\", [](Arguments a) -> Tensor {{ return {call}({args}); }}}}" for form, call in ways)
        samples = ", ".join("{" + ", ".join(map(str, s)) + "}" for s in f.samples)
        cpp.append(f"const Add {f.name}({{\"{f.name}\", {{{forms}}}, {host}, {{{samples}}}}});")
    cpp += ["", "} // namespace", ""]
    (out / f"{stem}_forms.cpp").write_text("\n".join(cpp))

    ref = [f"// Written by tests/autograph/forms.py from {stem}.inc: the programs over plain ints.",
           "#include \"tests/autograph/reference.h\"", "", "using namespace reference;", "", "namespace {\n"]
    ref += [f"{f.result} {f.name}{f.head()} {f.body}\n" for f in functions]
    ref.append("const bool added = [] {")
    for f in programs:
        args = ", ".join(f"a[{i}]" for i in range(len(f.parameters)))
        ref.append(f"  all()[\"{f.name}\"] = [](const int *a) -> int {{ return {f.name}({args}); }};")
    ref += ["  return true;", "}();", "", "} // namespace", ""]
    (out / f"{stem}_reference.cpp").write_text("\n".join(ref))


if __name__ == "__main__":
    main()
