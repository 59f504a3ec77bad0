#!/usr/bin/env python3
"""Times weft's eager elementwise operations and NumPy's in turns, in one run on one core, and writes a table of the ratios.

usage: against_numpy.py WEFT_BENCH [TABLE.md]
Each side's time is the least of several rounds; operands are a million elements and new results each time, as in
benchmarks/elementwise.cpp.
"""

import json
import os
import subprocess
import sys
import time

import numpy as np

ROUNDS, MILLION = 3, 1 << 20
# Both sides are timed alike: averages over so many seconds of calls, so often, of which the least counts.
SHORT, REPETITIONS = 0.03, 3


def weft_round(bench):
    out = subprocess.run([bench, "--benchmark_filter=^elementwise/", f"--benchmark_min_time={SHORT}",
                          f"--benchmark_repetitions={REPETITIONS}", "--benchmark_format=json"],
                         check=True, capture_output=True, text=True).stdout
    least = {}
    for b in json.loads(out)["benchmarks"]:
        if b["run_type"] == "iteration":
            key = b["run_name"].removeprefix("elementwise/")
            least[key] = min(b["real_time"], least.get(key, float("inf")))
    return least


def operand(dtype, seed):
    t = np.random.default_rng(seed).uniform(0.1, 0.9, MILLION).astype(np.float32)
    return (t * 30 + 1).astype(np.int32) if dtype == "int32" else t.astype(dtype)


def numpy_time(name, dtype):
    f, x, y = getattr(np, name), operand(dtype, 1), operand(dtype, 2)
    operands = (x, y) if f.nin == 2 else (x,)
    f(*operands)
    start = time.perf_counter()
    f(*operands)
    calls = max(1, round(SHORT / (time.perf_counter() - start)))
    averages = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        for _ in range(calls):
            f(*operands)
        averages.append((time.perf_counter() - start) / calls)
    return min(averages) * 1e6


def main():
    bench = sys.argv[1]
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    np.seterr(all="ignore")
    weft, numpy = {}, {}
    for _ in range(ROUNDS):
        for key, microseconds in weft_round(bench).items():
            weft[key] = min(microseconds, weft.get(key, microseconds))
            numpy[key] = min(numpy_time(*key.split("/")), numpy.get(key, float("inf")))
    lines = ["| operation | dtype | NumPy's time / weft's |", "|---|---|---|"]
    for key in weft:
        name, dtype = key.split("/")
        lines.append(f"| `{name}` | {dtype} | {numpy[key] / weft[key]:.2f} |")
    slower = sorted(k for k in weft if weft[k] > 1.1 * numpy[k])
    lines += ["", f"More than 1.1 times NumPy's time: {', '.join(slower) or 'none'}."]
    text = "\n".join(lines) + "\n"
    print(text, end="")
    if len(sys.argv) > 2:
        with open(sys.argv[2], "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main()
