#!/usr/bin/env python3
"""Runs weft-autograph over the project's own tests and examples, with the flags of compile_commands.json: it must take all of them,
and leave those without native control flow over tensors as they are, byte for byte. Control flow of that kind is a loop over a
range or a tensor's rows, or stands in the files below.

    whole_project.py WEFT_AUTOGRAPH BUILD_FOLDER [PART_OF_A_PATH...]
"""
import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys
import tempfile

NATIVE = ("examples/", "tests/autograph/cases/", "tests/autograph/kept/", "_forms.cpp", "tests/error/traces_test.cpp",
          "tests/behaviour/plain_ranges_test.cpp") # includes ranges_test.cpp
LOOP = re.compile(r"for \((\[\[maybe_unused\]\] )?(weft::)?(Tensor|auto) &*\w+ :|for_stmt\(")


def main():
    tool, build, only = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    root = pathlib.Path(__file__).resolve().parents[2]
    entries = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        if (str(path).startswith((str(root / "tests"), str(root / "examples"))) or "_forms.cpp" in path.name) and path.exists():
            if all(part in str(path) for part in only):
                entries[path] = entry
    failed = []

    def check(path):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "out.cpp"
            r = subprocess.run([tool, "-p", str(build), "-o", str(out), str(path)], capture_output=True, text=True)
            messages = r.stdout + r.stderr
            if r.returncode or not out.exists():
                return f"exit code {r.returncode}\n{messages[:3000]}", False
            same = out.read_bytes() == path.read_bytes()
            wanted = any(part in str(path) for part in NATIVE) or LOOP.search(path.read_text()) is not None
            if not wanted and not same:
                return "it was changed", True
            if same and messages:
                return "messages:\n" + messages[:3000], False
            return None, not same

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(check, entries))
    changed = 0
    for path, (problem, was_changed) in zip(entries, results):
        changed += was_changed
        if problem:
            failed.append(path)
            print(f"FAIL {path}: {problem}")
    print(f"{len(entries)} files, {changed} rewritten, {len(failed)} failed")
    return 1 if failed or not entries else 0


if __name__ == "__main__":
    sys.exit(main())
