#!/usr/bin/env python3
"""What the rewriter costs where it has nothing to do: its time beside that of clang++ -fsyntax-only, for 20,000 lines without
tensors and for one line that includes weft. Prints the ratios; nothing fails.

    rewriting_time.py BUILD_FOLDER [CLANG++]
"""
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def many_lines(count):
    """A file of ordinary C++: classes, templates, loops, switches, lambdas."""
    text = ["#include <algorithm>", "#include <map>", "#include <string>", "#include <vector>", ""]
    k = 0
    while len(text) < count:
        text += f"""namespace part_{k} {{
struct Item {{
  int key = {k};
  double weight = 0.5;
  std::string name;
  bool heavy() const {{ return weight > {k % 7} && key != {k % 5}; }}
}};
template <class T> T limited(T x, T lo, T hi) {{
  if (x < lo)
    return lo;
  return x > hi ? hi : x;
}}
int count(const std::vector<Item> &items, int mode) {{
  int n = 0;
  for (const Item &i : items) {{
    if (i.heavy() || !i.key)
      continue;
    switch (mode) {{
    case 0:
      n += i.key;
      break;
    default:
      if (n > 100)
        return n;
      while (n % 3 && n < {k % 50 + 10})
        ++n;
    }}
  }}
  do
    n = limited<int>(n - 1, 0, {k % 90 + 10});
  while (n > 5 && [&] {{ return n % 2 == 0; }}());
  return std::count_if(items.begin(), items.end(), [&](const Item &i) {{ return i.key < n; }});
}}
}} // namespace part_{k}
""".split("\n")
        k += 1
    return "\n".join(text) + "\n"


def best(command, runs=5):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True)
        times.append(time.perf_counter() - start)
    return min(times)


def main():
    build = pathlib.Path(sys.argv[1])
    clang = sys.argv[2] if len(sys.argv) > 2 else "clang++-22"
    flags = ["-std=c++20", f"-I{ROOT}/include", f"-I{build}/generated/include"]
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("20,000 lines without tensors", many_lines(20000)), ("one line, weft.h", "#include <weft/weft.h>\n")):
            source, out = pathlib.Path(folder) / "source.cpp", pathlib.Path(folder) / "out.cpp"
            source.write_text(text)
            mine = best([str(build / "bin" / "weft-autograph"), "-o", str(out), str(source), "--", *flags])
            syntax = best([clang, "-fsyntax-only", *flags, str(source)])
            same = "unchanged" if out.read_text() == text else "CHANGED"
            print(f"{name}: {mine:.2f} s, clang++ -fsyntax-only {syntax:.2f} s, ratio {mine / syntax:.2f}, {same}")


if __name__ == "__main__":
    main()
