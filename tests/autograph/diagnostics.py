#!/usr/bin/env python3
"""What weft-autograph reports: every source of diagnostics/ says in comments which messages it must cause, and where; no other may
come. An error leaves no output file.

    diagnostics.py WEFT_AUTOGRAPH SOURCE_FOLDER COMPILER_ARGUMENTS...
"""
import pathlib
import re
import subprocess
import sys
import tempfile

FAILED = []


def fail(text):
    FAILED.append(text)
    print("FAIL " + text)


def run(tool, source, arguments, *extra):
    """(exit code, messages, all text, what the output file holds or None)."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out.cpp"
        out.write_text("of an earlier run\n")
        r = subprocess.run([tool, "-o", str(out), str(source), "--", *arguments, *extra], capture_output=True, text=True)
        text = r.stdout + r.stderr
        found = [(int(line), int(column), kind, words) for line, column, kind, words in
                 re.findall(r"^%s:(\d+):(\d+): (\w+): (.*)$" % re.escape(str(source)), text, flags=re.M)]
        return r.returncode, found, text, out.read_text() if out.exists() else None


def expected(source):
    """[(line, column, kind, [parts], fix)] of the comments `//~ column: kind: text //~ more //~ fix: text`."""
    wanted = []
    for number, line in enumerate(source.read_text().split("\n"), 1):
        if line.startswith("//"):
            continue
        for part in line.split("//~ ")[1:]:
            part = part.strip()
            head = re.match(r"(\d+): (note|warning|error): ?(.*)", part)
            if head:
                wanted.append([number, int(head.group(1)), head.group(2), [head.group(3)], None])
            elif part.startswith("fix: "):
                wanted[-1][4] = part[5:]
            else:
                wanted[-1][3].append(part)
    return wanted


def check(tool, source, arguments):
    exit_line = re.search(r"^// exit: (\d)", source.read_text(), flags=re.M)
    wanted_exit = int(exit_line.group(1)) if exit_line else 0
    code, found, text, out = run(tool, source, arguments)
    if code != wanted_exit:
        fail(f"{source.name}: exit code {code}, wanted {wanted_exit}")
    if wanted_exit and out is not None:
        fail(f"{source.name}: there are errors, and yet an output file")
    if not wanted_exit and (out is None or out.startswith("of an earlier run")):
        fail(f"{source.name}: there is no output file")
    left = list(found)
    for line, column, kind, parts, fix in expected(source):
        hit = next((f for f in left if f[:3] == (line, column, kind) and all(p in f[3] for p in parts)), None)
        if not hit:
            fail(f"{source.name}:{line}:{column}: no such message: {kind}: {' … '.join(parts)}")
            continue
        left.remove(hit)
        if fix:
            # Clang draws: message, source line, caret, and the fix-it's text below it.
            at = text.index(f":{line}:{column}: {kind}: {hit[3]}")
            drawn = text[at:].split("\n")[1:5]
            if not any(fix == re.sub(r"^\s*\d* ?\|", "", row).strip() for row in drawn):
                fail(f"{source.name}:{line}:{column}: no fix-it {fix} in:\n" + "\n".join(drawn))
    for line, column, kind, words in left:
        fail(f"{source.name}:{line}:{column}: not wanted: {kind}: {words}")


def options(tool, folder, arguments):
    """The flags that turn warnings off, or into errors."""
    source = folder / "host_state.cpp"
    for flags in (["-Wno-weft-host-state"], ["-w"]):
        code, found, text, out = run(tool, source, arguments, *flags)
        if code or found or not out:
            fail(f"{flags}: exit code {code}, messages {found}")
    for flags in (["-Werror"], ["-Werror=weft-host-state"]):
        code, found, text, out = run(tool, source, arguments, *flags)
        kinds = {f[2] for f in found}
        if code != 1 or "warning" in kinds or "error" not in kinds or out is not None:
            fail(f"{flags}: exit code {code}, kinds {kinds}")
    code, found, text, out = run(tool, source, arguments, "-Werror", "-Wno-error=weft-host-state")
    if code or "error" in {f[2] for f in found} or not found:
        fail(f"-Werror -Wno-error=weft-host-state: exit code {code}, messages {found[:3]}")
    code, found, text, out = run(tool, source, arguments, "-Wno-weft-host-value")
    if code or not found:
        fail("-Wno-weft-host-value turned other warnings off")
    for wrong in ([tool], [tool, "--no-such-option", str(source)], [tool, str(folder / "not_there.cpp"), "--", *arguments]):
        r = subprocess.run(wrong, capture_output=True, text=True)
        if not r.returncode or not r.stderr:
            fail(f"{wrong[1:]}: exit code {r.returncode}, said {r.stderr!r}")


def main():
    tool, folder, arguments = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    sources = sorted(folder.glob("*.cpp"))
    for source in sources:
        check(tool, source, arguments)
    options(tool, folder, arguments)
    print(f"{len(sources)} sources, {len(FAILED)} differences")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
