#!/usr/bin/env python3
"""Writes RESULTS.md from what `run` measured, and the rows with a goal into the README beside FOLDER.

usage: report.py results.json FOLDER
"""

import json
import math
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
WEFT = ("weft", "weft eager")
COLUMNS = (*WEFT, "TF eager", "tf.function", "TF + XLA", "jax.jit", "torch.compile", "Dr.Jit", "MLX", "Numba", "NumPy", "C")
NOT_PEERS = {*WEFT, "C"}
# Of the README's table, between these two lines.
FEW = ("weft", "weft eager", "tf.function", "jax.jit", "torch.compile", "Dr.Jit", "NumPy", "C")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def least(run):
    """{row: {column: seconds}}."""
    return {row: {c: min(v) for c, v in columns.items()} for row, columns in run["times"].items()}


def text(seconds):
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)):
        if seconds >= size or unit == "ns":
            value = seconds / size
            return f"{value:,.0f} {unit}" if value >= 99.5 else f"{value:.3g} {unit}"


def multiple(ratio):
    return f"{ratio:.0f}×" if ratio >= 99.5 else f"{ratio:.3g}×" if ratio >= 1 else f"{ratio:.2g}×"


def best_peer(values):
    """(seconds, column), or None where no peer has the row."""
    return min(((t, c) for c, t in values.items() if c not in NOT_PEERS), default=None)


def goal(row, values):
    """In seconds; None for a row without one."""
    best = best_peer(values)
    return row.get("goal") or (row["goal_of_best"] * best[0] if "goal_of_best" in row and best else None)


def exponent(points):
    """The slope of log time over log size, of the larger half of the sizes, three at least; None for fewer than two points."""
    logs = [(math.log(n), math.log(t)) for n, t in sorted(points)[max(0, min(len(points) // 2, len(points) - 3)):]]
    if len(logs) < 2:
        return None
    mean_x, mean_y = (sum(v) / len(logs) for v in zip(*logs))
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


class Notes:
    """Footnotes, each once."""

    def __init__(self):
        self.texts = []

    def mark(self, note):
        if note not in self.texts:
            self.texts.append(note)
        return f"<sup>{self.texts.index(note) + 1}</sup>"

    def lines(self):
        return [f"{k}. {note}" for k, note in enumerate(self.texts, 1)]


def cell(run, values, row, column, notes):
    if column in values:
        return text(values[column])
    if column == "weft" and "missing" in row:
        return f"–{notes.mark(row['missing'])}"
    why = run["errors"].get(column, {}).get(row["row"])
    return f"–{notes.mark(f'{column}: {why}')}" if why else "–" if column == "weft" else ""


def verdict(row, values):
    """(the goal, whether it is met), as text."""
    wanted = goal(row, values)
    if wanted is None:
        return "", ""
    shown = f"≤ {row['goal_of_best']}× best" if "goal_of_best" in row else f"≤ {text(wanted)}"
    if "weft" not in values:
        return shown, "–"
    return shown, "yes" if values["weft"] <= wanted else f"**{multiple(values['weft'] / wanted)}**"


def table(run, rows, notes):
    times = least(run)
    columns = [c for c in COLUMNS if any(c in v for v in times.values())]
    yield "| work | " + " | ".join(columns) + " | weft / best peer | goal | met |"
    yield "|---" * (len(columns) + 4) + "|"
    for row in rows:
        values, best = times.get(row["row"], {}), best_peer(times.get(row["row"], {}))
        if not values and "missing" not in row:
            continue
        label = row["label"] + (notes.mark(row["note"]) if "note" in row else "")
        cells = [cell(run, values, row, c, notes) for c in columns]
        cells[0] = f"**{cells[0]}**"
        ratio = f"{multiple(values['weft'] / best[0])} {best[1]}" if best and "weft" in values else ""
        yield f"| {label} | {' | '.join(cells)} | {ratio} | {' | '.join(verdict(row, values))} |"


def excerpt(run, rows):
    times = least(run)
    yield "| work | " + " | ".join(FEW) + " | goal | met |"
    yield "|---" * (len(FEW) + 3) + "|"
    for row in rows:
        values = times.get(row["row"], {})
        if "weft" in values:
            cells = [text(values[c]) if c in values else "" for c in FEW]
            yield f"| {row['label']} | {' | '.join(cells)} | {' | '.join(verdict(row, values))} |"


def into_readme(readme, run, rows):
    old = readme.read_text(encoding="utf-8") if readme.exists() else ""
    if BEGIN in old and END in old:
        before, after = old.split(BEGIN)[0], old.split(END)[1]
        readme.write_text("\n".join([before + BEGIN, *excerpt(run, rows), END + after]), encoding="utf-8")


def growth_table(run, series):
    times, name = least(run), series["workload"]
    points = {c: [(n, times[f"{name}/{n}"][c]) for n in series["sizes"] if c in times.get(f"{name}/{n}", {})] for c in COLUMNS}
    columns = [c for c in COLUMNS if points[c]]
    parts = ("s_to_trace", "s_to_compile") if "s_to_trace" in run["counters"].get(f"{name}/{series['sizes'][0]}", {}) else ()
    yield f"| {series['of']} | " + " | ".join([*columns, *(f"weft, {p[5:]}" for p in parts)]) + " |"
    yield "|---" * (len(columns) + len(parts) + 1) + "|"
    for n in series["sizes"]:
        row, counted = f"{name}/{n}", run["counters"].get(f"{name}/{n}", {})
        cells = [text(times[row][c]) if c in times.get(row, {}) else "" for c in columns]
        yield f"| {n:,} | " + " | ".join([*cells, *(text(counted[p]) if p in counted else "" for p in parts)]) + " |"
    if series.get("fit"):
        slopes = [exponent(points[c]) for c in columns]
        yield "| exponent | " + " | ".join(["" if s is None else f"{s:.2f}" for s in slopes] + [""] * len(parts)) + " |"


def spread(run):
    """The median over all figures of the slowest round over the fastest; C has two compilers in a round."""
    ratios = sorted(max(v) / min(v) for columns in run["times"].values()
                    for c, v in columns.items() if len(v) > 1 and c != "C")
    return ratios[len(ratios) // 2] if ratios else None


def results(run, table_of_rows):
    notes, machine, rows = Notes(), run["machine"], table_of_rows["rows"]
    times = least(run)
    per_entry = run["counters"].get("signatures_in_turn/4", {}).get("bytes_per_entry")
    missing = [r["label"] for r in rows if "missing" in r]
    missed = [r for r in rows if verdict(r, times.get(r["row"], {}))[1].startswith("**")]
    noise = f" In the middle case a figure's slowest round took {spread(run):.2f} times its fastest." if spread(run) else ""
    yield from ("# weft beside its peers", "",
                "Written by `benchmarks/peers/run`, which measures all columns in one run: in rounds, one process after another, "
                "pinned to one core (rows with threads: two), warm, the least of several samples. A blank: the peer has no such "
                "thing. Absolute times move between machines; the ratios are what counts.", "",
                f"- {run['date']}; {machine['processor']} with {machine['vectors']}, {machine['cores']} cores; {machine['system']}",
                "- " + ", ".join(f"{name} {version}" for name, version in run["versions"].items()),
                f"- {run['rounds']} round{'s' * (run['rounds'] > 1)}; load of the machine before and after each: "
                f"{', '.join(f'{x:.1f}' for x in run['load'])}.{noise}",
                "- C: the loops of `limits.c`, relaxed float arithmetic, the faster of its compilers; matmul is OpenBLAS.", "")
    for title, some in (("Rows with a goal", [r for r in rows if "goal" in r or "goal_of_best" in r]),
                        ("Other rows", [r for r in rows if "goal" not in r and "goal_of_best" not in r])):
        lines = list(table(run, some, notes))
        if len(lines) > 2:
            yield from (f"## {title}", *lines, "")
    yield from (*notes.lines(), "")
    if per_entry:
        yield from (f"A cache entry of weft for `a+b` takes {per_entry:,.0f} bytes, its code and kept program.", "")
    yield from ("Missed goals, as multiples: " + ("; ".join(f"{r['label']} {verdict(r, times[r['row']])[1].strip('*')}" for r in missed)
                                                or "none") + "." + (f" Not there yet: {'; '.join(missing)}." if missing else ""), "",
                "![Bars for each row with a goal](pictures/rows.png)", "",
                "![Bars for each other row](pictures/more_rows.png)", "", "## Growth",
                "Exponents are fitted to the larger half of the sizes: 1 is in proportion.", "")
    for series in table_of_rows["growth"]:
        lines = list(growth_table(run, series))
        if lines[0].count("|") > 2:
            yield from (f"### {series['label']}", *lines, "")
    yield "![Growth with operations, elements and threads](pictures/growth.png)"


def main():
    run = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    rows = json.loads((HERE / "rows.json").read_text(encoding="utf-8"))
    written = Path(sys.argv[2]) / "RESULTS.md"
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text("\n".join(results(run, rows)) + "\n", encoding="utf-8")
    print(written)
    into_readme(written.parent.parent / "README.md", run, [r for r in rows["rows"] if "goal" in r or "goal_of_best" in r])


if __name__ == "__main__":
    main()
