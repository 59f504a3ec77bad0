#!/usr/bin/env python3
"""Draws one run of weft-bench, with runs of other systems on the same machine beside it, as multiples of weft's compiled time.

usage: plot.py weft.json PICTURE.png [SYSTEM=lines.txt ...]
  weft.json   weft-bench --benchmark_out=weft.json --benchmark_out_format=json
  lines.txt   lines "name key value", with the keys of ROWS
Needs matplotlib.
"""

import json
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

# label; weft-bench: the compiled run, the others by system; keys of other systems. Values in seconds.
NS, US, MS = 1e-9, 1e-6, 1e-3
ROWS = [
    ("call of a compiled a + b", "call/compiled/add_rank0", {"weft eager": "call/eager/add_rank0"}, ("call_us", US)),
    ("first call, 1 operation", "first_call/1_op", {}, ("first_call_1_ms", MS)),
    ("first call, 10 operations", "first_call/10_ops", {}, ("first_call_10_ms", MS)),
    ("first call, 100 operations", "first_call/100_ops", {}, ("first_call_100_ms", MS)),
    ("a*b+c, 1M", "a*b+c/compiled/1048576", {"weft eager": "a*b+c/eager/1048576", "plain C++": "a*b+c/plain_cpp/1048576"}, ("fma_1M_ms", MS)),
    ("tanh(a*b+c)*0.5+exp(-a), 1M", "tanh(a*b+c)*0.5+exp(-a)/compiled/1048576", {"weft eager": "tanh(a*b+c)*0.5+exp(-a)/eager/1048576"}, ("ew_1M_ms", MS)),
    ("sum, 16M", "sum/compiled/16777216", {"weft eager": "sum/eager/16777216", "plain C++": "sum/plain_cpp/16777216"}, ("sum_16M_ms", MS)),
    ("Collatz, one step", "collatz/compiled/30001/manual_time", {"weft eager": "collatz/eager/101", "plain C++": "collatz/plain_cpp/30001"}, ("collatz_ns_per_iter", NS)),
    ("Newton, one step", "newton/compiled/100000", {"weft eager": "newton/eager/1000", "plain C++": "newton/plain_cpp/100000"}, ("newton_ns_per_iter", NS)),
    ("heat, 1,024 points, one step", "heat_1024/compiled/10000", {"weft eager": "heat_1024/eager/100", "plain C++": "heat_1024/plain_cpp/10000"}, ("heat_us_per_step", US)),
    ("Mandelbrot 512 x 512, 100 turns", "mandelbrot/compiled/512", {"weft eager": "mandelbrot/eager/512"}, ("mandel_512_ms", MS)),
    ("blur of a photograph", "blur/compiled", {"weft eager": "blur/eager"}, None),
    ("Otsu's threshold, for loop", "otsu/compiled", {"weft eager": "otsu/eager"}, None),
    ("ISODATA threshold, while loop", "isodata/compiled", {"weft eager": "isodata/eager"}, None),
]
UNITS = {"ns": NS, "us": US, "ms": MS, "s": 1.0}


def weft_times(path):
    """Seconds for each benchmark: of one step where it counts steps, else of a run. The least of repetitions."""
    times = {}
    with open(path, encoding="utf-8") as file:
        for run in json.load(file)["benchmarks"]:
            if run["run_type"] != "iteration":
                continue
            seconds = run.get("s_per_step") or run["real_time"] * UNITS[run["time_unit"]]
            times[run["run_name"]] = min(seconds, times.get(run["run_name"], seconds))
    return times


def peer_times(path):
    with open(path, encoding="utf-8") as file:
        fields = [line.rsplit(None, 2) for line in file if len(line.rsplit(None, 2)) == 3]
    return {key: float(value) for _, key, value in fields}


def text(seconds):
    unit = next(u for u in ("s", "ms", "us", "ns") if seconds >= UNITS[u] or u == "ns")
    return f"{seconds / UNITS[unit]:.3g} {unit}".replace("us", "µs")


def table(weft, peers):
    """(label, weft's compiled seconds, {system: seconds}) for each row that was run."""
    for label, compiled, others, key in ROWS:
        if compiled not in weft:
            continue
        values = {system: weft[name] for system, name in others.items() if name in weft}
        if key:
            values |= {system: times[key[0]] * key[1] for system, times in peers.items() if key[0] in times}
        yield label, weft[compiled], values


def draw(rows, picture):
    systems = list(dict.fromkeys(s for _, _, values in rows for s in values))
    figure, axes = plt.subplots(figsize=(10, 0.42 * len(rows) + 1.6))
    axes.axvline(1, color="black", linewidth=1.5, zorder=1)
    for k, system in enumerate(systems):
        points = [(values[system] / base, y) for y, (_, base, values) in enumerate(rows) if system in values]
        axes.scatter(*zip(*points), s=46, marker="osD^vP"[k % 6], label=system, zorder=3)
    axes.set_xscale("log")
    axes.set_yticks(range(len(rows)), [f"{label}\n{text(base)}" for label, base, _ in rows], fontsize=8)
    axes.invert_yaxis()
    axes.grid(axis="x", which="major", color="0.85", zorder=0)
    axes.grid(axis="y", color="0.93", zorder=0)
    axes.set_xlabel("time as a multiple of weft's compiled time (the line at 1, given under each row); to the right is slower")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=len(systems), frameon=False)
    figure.savefig(picture, dpi=110, bbox_inches="tight")


def main():
    if len(sys.argv) < 3 or any("=" not in a for a in sys.argv[3:]):
        sys.exit(__doc__)
    peers = {system: peer_times(path) for system, path in (a.split("=", 1) for a in sys.argv[3:])}
    rows = list(table(weft_times(sys.argv[1]), peers))
    for label, base, values in rows:
        print(f"{label:34} {text(base):>9}  " + "  ".join(f"{s} {text(v)} ({v / base:.3g}x)" for s, v in values.items()))
    draw(rows, sys.argv[2])


if __name__ == "__main__":
    main()
