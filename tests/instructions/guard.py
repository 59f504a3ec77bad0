#!/usr/bin/env python3
"""Counts the instructions of what programs do most often, and holds them against recorded counts: a guard of speed that
does not depend on how busy the machine is.

usage: guard.py PROGRAM [--record]
Each count is the difference of two runs under valgrind, of a few and of many turns, divided by the turns. The code is
made for AVX2, which valgrind knows, and loaded from a disk cache that a run before has filled. More than a tenth above
the record (recorded.json beside this file) fails; --record writes the counts there.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

RECORDED = Path(__file__).with_name("recorded.json")
FEW, MANY = 2, 42


def instructions(program, what, turns, environment):
    with tempfile.NamedTemporaryFile() as log:
        subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={log.name}",
                        program, what, str(turns)], env=environment, check=True)
        return int(re.search(r"Collected : (\d+)", Path(log.name).read_text(encoding="utf-8")).group(1))


def main():
    program = sys.argv[1]
    names = subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"WEFT_CACHE": f"{cache}/code", "WEFT_MAX_ISA": "avx2", "WEFT_THREADS": "1"}
        counts = {}
        for name in names:
            subprocess.run([program, name, "1"], env=environment, check=True)
            few, many = (instructions(program, name, n, environment) for n in (FEW, MANY))
            counts[name] = round((many - few) / (MANY - FEW))
    if "--record" in sys.argv:
        RECORDED.write_text(json.dumps(counts, indent=1) + "\n", encoding="utf-8")
    recorded, failed = json.loads(RECORDED.read_text(encoding="utf-8")), False
    for name, count in counts.items():
        limit = recorded.get(name, 0) * 1.1
        failed |= count > limit
        print(f"{name}: {count:,} instructions, recorded {recorded.get(name, 0):,}{'  TOO MANY' if count > limit else ''}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
