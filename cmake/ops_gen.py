"""Writes what the operation table (dialect/IR/Ops.td) says in other languages: the public C++ functions and operators,
their definitions, the type rules, the identifiers, and the reference page. Input is llvm-tblgen's JSON dump of the
table; a record with a field missing fails the build here. Files are only written when they change."""

import argparse
import json
import pathlib
import sys
import textwrap

BANNER = "// Generated from dialect/IR/Ops.td by cmake/ops_gen.py.\n"
REQUIRED = ["opName", "summary", "description", "typeRule", "form"]
ELEMENTWISE_REQUIRED = ["body"]
REDUCTION_REQUIRED = ["identity", "input", "combine"]


def fail(record, why):
    sys.exit(f"dialect/IR/Ops.td: {record}: {why}")


class Operation:
    def __init__(self, key, record):
        self.key = key
        needed = list(REQUIRED)
        self.form = record.get("form")
        supers = record["!superclasses"]
        self.elementwise = "Weft_Elementwise" in supers
        self.reduction = "Weft_Reduction" in supers
        needed += ELEMENTWISE_REQUIRED if self.elementwise else []
        needed += REDUCTION_REQUIRED if self.reduction else []
        for field in needed:
            if not record.get(field):
                fail(key, f"the field '{field}' is not set")
        self.name = record["opName"]
        self.symbol = record["symbol"]
        self.conditions = record["conditions"]
        self.broadcasts = bool(record["broadcasts"])
        self.widens_halves = self.reduction and bool(record["widensHalves"])
        self.summary = record["summary"]
        self.description = textwrap.dedent(record["description"]).strip()
        self.rule = record["typeRule"].strip()
        file, line = record["!locs"][0].rsplit(":", 1)
        # The table's own file first, then what it includes.
        self.place = (not file.endswith("/Ops.td"), file, int(line))
        self.routine = "Weft_Routine" in supers
        self.finds_sizes = self.routine and bool(record["findsSizes"])
        self.updates = self.routine and bool(record["updates"])
        self.results = len(record["results"]["args"])
        arguments = [(kind["printable"], name) for kind, name in record["arguments"]["args"]]
        several = [name for kind, name in arguments if kind.startswith("anonymous") and name in ("offsets", "xs", "lengths")]
        self.operands = [name for kind, name in arguments if kind == "Weft_Tensor" or name in several]
        self.variadic = bool(several)
        self.id = "".join(part.capitalize() for part in self.name.split("_"))


def load(path):
    table = json.loads(pathlib.Path(path).read_text())
    operations = [Operation(key, table[key]) for key in table["!instanceof"]["Weft_PublicOp"]]
    operations.sort(key=lambda op: op.place)
    for op in operations:
        if op.form not in ("elementwise", "reduction", "handwritten"):
            fail(op.key, f"the form '{op.form}' is none of elementwise, reduction, handwritten")
    return operations


def comment(op, indent=""):
    lines = [op.summary + "."] + op.description.splitlines()
    return "".join(f"{indent}/// {line.strip()}\n" for line in lines)


def parameters(op, locations=False):
    return ", ".join(f"const Operand &{name}" for name in op.operands)


def ops_header(operations):
    out = [BANNER, "\nnamespace weft {\n\n"]
    for op in operations:
        if op.form == "elementwise":
            out.append(comment(op))
            out.append(f"WEFT_API Tensor {op.name}({parameters(op)});\n")
            if op.symbol:
                out.append(f"WEFT_API Tensor operator{op.symbol}({parameters(op)});\n")
            out.append("\n")
        elif op.form == "reduction":
            out.append(comment(op))
            out.append(f"WEFT_API Tensor {op.name}(const Operand &x, const Axis &axis = all_axes, bool keepdims = false);\n\n")
    out.append("} // namespace weft\n")
    return "".join(out)


def ops_source(operations):
    out = [BANNER, "\nnamespace weft {\n\n"]
    for op in operations:
        if op.form == "elementwise":
            names = ", ".join("&" + name for name in op.operands)
            call = f"{{ return detail::apply(detail::OpId::{op.id}, {{{names}}}); }}\n"
            out.append(f"Tensor {op.name}({parameters(op)}) {call}")
            if op.symbol:
                out.append(f"Tensor operator{op.symbol}({parameters(op)}) {call}")
        elif op.form == "reduction":
            out.append(f"Tensor {op.name}(const Operand &x, const Axis &axis, bool keepdims) "
                       f"{{ return detail::apply_reduction(detail::OpId::{op.id}, x, axis, keepdims); }}\n")
    out.append("\n} // namespace weft\n")
    return "".join(out)


def rules_source(operations):
    out = [BANNER, "\nnamespace weft::detail {\nnamespace {\n\n"]
    for op in operations:
        out.append(f"TypeResult rule_{op.name}(const RuleArguments &a) {{ {op.rule} }}\n")
    out.append("\nusing Rule = TypeResult (*)(const RuleArguments &);\n")
    out.append("constexpr Rule rules[] = {" + ", ".join(f"rule_{op.name}" for op in operations) + "};\n\n")
    out.append("constexpr OpInfo infos[] = {\n")
    for op in operations:
        count = -1 if op.variadic else len(op.operands)
        facts = ", ".join(str(fact).lower() for fact in
                          (op.elementwise, op.broadcasts, op.reduction, op.widens_halves, op.routine, op.finds_sizes,
                           op.updates))
        out.append(f'    {{OpId::{op.id}, "{op.name}", "{op.symbol}", {count}, {op.results}, {facts}, {op.conditions}}},\n')
    out.append("};\n\n} // namespace\n} // namespace weft::detail\n")
    return "".join(out)


def routines_source(operations):
    routines = [op for op in operations if op.routine]
    return BANNER + "".join(f"WEFT_ROUTINE({op.id}, {op.name})\n" for op in routines)


def ids_source(operations):
    return BANNER + "".join(f"WEFT_OP({op.id}, {op.name})\n" for op in operations)


def signature(op):
    if op.form == "reduction":
        return f"{op.name}(x, axis = all_axes, keepdims = false)"
    return f"{op.name}({', '.join(op.operands)})"


def reference(operations):
    out = ["# Operations\n\n",
           "Generated from the operation table, `dialect/IR/Ops.td`; a test holds this page to it. Functions whose C++ form is more\n"
           "than their operation (`reshape`, indexing, creation) are described in `include/weft/ops.h`.\n\n",
           "| operation | operator | result |\n|---|---|---|\n"]
    for op in operations:
        symbol = f"`{op.symbol}`".replace("|", "\\|") if op.symbol else ""
        summary = op.summary.replace("|", "\\|")
        out.append(f"| [`{op.name}`](#{op.name}) | {symbol} | {summary} |\n")
    for op in operations:
        out.append(f"\n## {op.name}\n\n`{signature(op)}`: {op.summary}.\n\n")
        out.append("\n".join(line.strip() for line in op.description.splitlines()) + "\n")
    return "".join(out)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", help="llvm-tblgen --dump-json of dialect/IR/Ops.td")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder for the generated files")
    args = parser.parse_args()
    operations = load(args.table)
    write(args.out / "include/weft/ops.h.inc", ops_header(operations))
    write(args.out / "include/weft/detail/op_ids.h.inc", ids_source(operations))
    write(args.out / "ops.cpp.inc", ops_source(operations))
    write(args.out / "rules.cpp.inc", rules_source(operations))
    write(args.out / "routines.inc", routines_source(operations))
    write(args.out / "docs/operations.md", reference(operations))


if __name__ == "__main__":
    main()
