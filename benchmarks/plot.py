#!/usr/bin/env python3
"""Draws what peers/run measured: bars for each row, and how cost grows.

usage: plot.py results.json FOLDER
Writes FOLDER/pictures/rows.png (rows with a goal), more_rows.png and growth.png. Needs matplotlib.
"""

import json
import math
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

PEERS = Path(__file__).resolve().parent / "peers"
sys.path.insert(0, str(PEERS))
from report import COLUMNS, exponent, goal, least, text

COLOURS = {"weft": "#c8102e", "weft eager": "#e8949f", "TF eager": "#f9c780", "tf.function": "#f28e2b", "TF + XLA": "#b5620b",
           "jax.jit": "#4e79a7", "torch.compile": "#8c564b", "Dr.Jit": "#59a14f", "MLX": "#76b7b2", "Numba": "#b07aa1",
           "NumPy": "#9c9c9c", "C": "#222222"}


def plain(label):
    return label.replace("`", "")


def time_axis(axis):
    axis.set_major_locator(LogLocator(numticks=6))
    axis.set_major_formatter(FuncFormatter(lambda t, _: text(t)))
    axis.set_minor_formatter(NullFormatter())


def draw_row(axes, row, values):
    shown = [c for c in COLUMNS if c in values]
    low, high = min(values.values()), max(values.values())
    axes.set_xscale("log")
    axes.set_xlim(low / 2.5, high * max(3, (high / low) ** 0.35))
    for y, c in enumerate(shown):
        axes.barh(y, values[c], color=COLOURS[c], height=0.78, zorder=4)
        axes.text(values[c], y, "  " + text(values[c]), va="center", fontsize=7.5, zorder=3,
                  weight="bold" if c == "weft" else "normal", bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.2})
    wanted = goal(row, values)
    if wanted and wanted > axes.get_xlim()[0]:
        axes.axvline(wanted, color=COLOURS["weft"], linewidth=1.2, linestyle=(0, (3, 2)))
    axes.set_yticks(range(len(shown)), shown, fontsize=8)
    for tick, c in zip(axes.get_yticklabels(), shown):
        tick.set_weight("bold" if c == "weft" else "normal")
    axes.set_ylim(max(len(shown), 6) - 0.4, -0.6)
    axes.set_title(plain(row["label"]), fontsize=9.5, loc="left")
    time_axis(axes.xaxis)
    axes.tick_params(axis="x", labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)


def draw_rows(rows, times, title, picture):
    rows = [r for r in rows if len(times.get(r["row"], {})) > 1]
    if not rows:
        return
    across = min(3, len(rows))
    down = math.ceil(len(rows) / across)
    figure, grid = plt.subplots(down, across, figsize=(4.6 * across, 2.5 * down + 0.6), layout="constrained", squeeze=False)
    for axes, row in zip(grid.flat, rows):
        draw_row(axes, row, times[row["row"]])
    for axes in grid.flat[len(rows):]:
        axes.set_axis_off()
    figure.suptitle(title, fontsize=11, x=0.01, ha="left")
    figure.savefig(picture, dpi=100)


def line(axes, points, name, series, **style):
    slope = exponent(points) if series.get("fit") else None
    label = name if slope is None else f"{name}, n^{slope:.2f}"
    axes.plot(*zip(*points), marker="o", markersize=4 if name != "weft" else 6, label=label, **style)


def draw_growth(run, all_series, picture):
    times = least(run)
    figure, grid = plt.subplots(1, len(all_series), figsize=(6 * len(all_series), 6.6), layout="constrained")
    for axes, series in zip(grid, all_series):
        name = series["workload"]
        for c in COLUMNS:
            points = [(n, times[f"{name}/{n}"][c]) for n in series["sizes"] if c in times.get(f"{name}/{n}", {})]
            if len(points) > 1:
                line(axes, points, c, series, color=COLOURS[c], linewidth=3 if c == "weft" else 1.4, zorder=3 if c == "weft" else 2)
        for part, dashes in (("s_to_compile", "--"), ("s_to_trace", ":")):
            points = [(n, run["counters"][f"{name}/{n}"][part]) for n in series["sizes"]
                      if part in run["counters"].get(f"{name}/{n}", {})]
            if points:
                line(axes, points, f"weft, {part[5:]}", series, color=COLOURS["weft"], linestyle=dashes, linewidth=1.4)
        if not axes.lines:
            axes.set_axis_off()
            continue
        axes.set_xscale("log", base=10 if series["sizes"][0] % 10 == 0 else 2)
        axes.set_yscale("log")
        axes.set_xticks(series["sizes"], [f"{n >> 20}M" if n >= 1 << 20 else f"{n >> 10}K" if n >= 1024 and n % 1024 == 0 else f"{n:,}"
                                          for n in series["sizes"]])
        axes.xaxis.set_minor_formatter(NullFormatter())
        time_axis(axes.yaxis)
        axes.set_xlabel(series["of"])
        axes.set_title(plain(series["label"]), fontsize=11, loc="left")
        axes.grid(color="0.9")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncol=3)
    figure.savefig(picture, dpi=100)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    run = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    table = json.loads((PEERS / "rows.json").read_text(encoding="utf-8"))
    times, folder = least(run), Path(sys.argv[2]) / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with_goal = [r for r in table["rows"] if "goal" in r or "goal_of_best" in r]
    where = f"{run['machine']['processor']}, {run['date']}: shorter is faster"
    draw_rows(with_goal, times, f"{where}; dashed: weft's goal", folder / "rows.png")
    draw_rows([r for r in table["rows"] if r not in with_goal], times, where, folder / "more_rows.png")
    draw_growth(run, table["growth"], folder / "growth.png")


if __name__ == "__main__":
    main()
