"""Checks the table of folders from the #include lines: nothing includes what its row does not name,
itself or through a row that it names. Run by CTest (label structure) and before commits.

usage: includes.py REPOSITORY
"""

import re
import sys
from pathlib import Path

# A row: what the folder's files may include besides their own folder. An entry is a folder or one header. "MLIR" and
# "Clang" are header families of other projects; MLIR's interface is written in LLVM's types, so it brings LLVM's.
TABLE = {
    "include/weft": ["include/weft/detail"],
    # What the public headers share with the dialect: identifiers, attributes and type rules.
    "include/weft/detail": ["include/weft/dtype.h", "include/weft/shape.h"],
    "lib/tensor": ["include/weft", "lib/parallel"],
    "lib/routines": ["lib/tensor"],
    "lib/math": ["include/weft/detail"],
    "lib/parallel": ["include/weft/detail"],
    "lib/code": ["lib/tensor", "lib/routines", "lib/math"],
    "lib/function": ["lib/tensor", "lib/code"],
    "lib/eager": ["lib/function", "lib/routines"],
    "lib/state": ["lib/tensor", "lib/function/compiler.h"],
    "lib/trace": ["lib/tensor", "lib/function", "dialect/Transforms"],
    "dialect/IR": ["MLIR", "include/weft/detail"],
    "dialect/Transforms": ["dialect/IR", "lib/math", "lib/parallel"],
    "jit": ["dialect/Transforms", "MLIR", "lib/trace", "lib/routines", "lib/math"],
    "autograph": ["Clang", "MLIR"],
    "examples": ["include/weft"],
}
# Programs and tests may use every room; they are not in the table.
SUFFIXES = {".h", ".cpp", ".inc", ".td"}
INCLUDE = re.compile(r'^\s*(?:#\s*)?include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
FAMILIES = {"mlir": "MLIR", "mlir-c": "MLIR", "llvm": "MLIR", "llvm-c": "MLIR", "clang": "Clang"}


def room_of(path):
    """The longest row that holds the path ("dialect/IR/Ops.h.inc" is in "dialect/IR"), or None."""
    rows = [row for row in TABLE if path.startswith(row + "/")]
    return max(rows, key=len, default=None)


def allowed(row):
    """Everything the row names, itself or through what it names."""
    seen, todo = set(), [row]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += TABLE.get(name, [])
    return seen


def target_of(name, file, root):
    """The repository path, or the family, that an include means; None for the standard library and the like."""
    if name.startswith("weft/"):
        return "include/" + name
    beside = (file.parent / name).resolve()
    if beside.exists() and beside.is_relative_to(root):
        return str(beside.relative_to(root))
    first = name.split("/")[0]
    return FAMILIES.get(first, name)


def violations(root):
    for row in TABLE:
        names = allowed(row)
        for file in sorted((root / row).rglob("*")):
            path = str(file.relative_to(root))
            if file.suffix not in SUFFIXES or room_of(path) != row:
                continue
            for name in INCLUDE.findall(file.read_text(encoding="utf-8")):
                target = target_of(name, file, root)
                room = target if target in FAMILIES.values() else room_of(target)
                if room is None and target.split("/")[0] in {"tools", "tests", "benchmarks"}:
                    room = target.split("/")[0]
                if room and room not in names and target not in names:
                    yield f'{path}: includes {name}, which {row} may not ({", ".join(TABLE[row]) or "nothing"})'


def main():
    root = Path(sys.argv[1]).resolve()
    found = list(violations(root))
    print("\n".join(found) or "includes: every folder keeps to its row")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
