#!/usr/bin/env python3
"""Random programs with native control flow: written by generate.py, rewritten and compiled by weft-c++, run eagerly, compiled and
as plain C++. A program that fails is made smaller and kept in tests/autograph/kept, where the test suite compiles it in.

    python3 tests/autograph/fuzz.py --build build/release --seed 7 --count 1000

Exit code: 0 if all agree, 1 if not.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import generate

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
PART = 25  # programs in one file

HEADER = """#include "tests/autograph/fuzz.h"

"""


def program_text(p):
    inputs = ", ".join("{%d, %d, %r, %d}" % i for i in p.inputs)
    return f"""namespace {p.name}_plain {{
using namespace weft::autograph::plain;
int tick(int t) {{
  print("tick", t);
  return t;
}}
void note(int t) {{
  if (t > 3)
    return;
  print("note", t);
}}
{p.text(False)}}} // namespace {p.name}_plain

namespace {p.name}_tensors {{
using namespace weft;
using namespace weft::autograph::tensors;
Tensor tick(Tensor t) {{
  print("tick", t);
  return t;
}}
void note(Tensor t) {{
  if (t > 3)
    return;
  print("note", t);
}}
{p.text(True)}
const weft::autograph::AddRandom add("{p.name}", {p.name}, {p.name}_plain::{p.name}, {{{inputs}}});
}} // namespace {p.name}_tensors

"""


class Runner:
    def __init__(self, options):
        self.o = options
        self.build = pathlib.Path(options.build).resolve()
        self.work = pathlib.Path(options.work or tempfile.mkdtemp(prefix="weft-fuzz-")).resolve()
        self.work.mkdir(parents=True, exist_ok=True)
        self.flags = ["-std=c++20", options.optimize, "-w", "-fwrapv", "-ffp-contract=off", f"-I{SOURCE}", f"-I{SOURCE}/include",
                      f"-I{self.build}/generated/include", f"-DWEFT_TEST_REWRITTEN={0 if options.eager else 1}"]
        self.pool = concurrent.futures.ThreadPoolExecutor(options.jobs)
        self.main = self.work / "main.o"
        subprocess.run([options.cxx, *self.flags, "-c", str(HERE / "fuzz_main.cpp"), "-o", str(self.main)], check=True)

    def compile(self, source):
        """The program of one file: (path, None) or (None, messages)."""
        out = source.with_suffix("")
        compiler = [self.o.cxx] if self.o.eager else [str(self.o.weft_cxx or self.build / "bin" / "weft-c++")]
        r = subprocess.run([*compiler, *self.flags, "-c", str(source), "-o", str(out) + ".o"], capture_output=True, text=True,
                           env=dict(os.environ, CXX=self.o.cxx))
        if r.returncode:
            return None, r.stdout + r.stderr
        subprocess.run([self.o.cxx, str(out) + ".o", str(self.main), "-o", str(out), f"-L{self.build}/lib", "-lweft",
                        f"-Wl,-rpath,{self.build}/lib"], check=True)
        return out, None

    def failures(self, programs, label):
        """{name: what went wrong} of these programs, compiled as one file; halved until the culprits are known."""
        source = self.work / f"{label}.cpp"
        source.write_text(HEADER + "".join(map(program_text, programs)))
        out, messages = self.compile(source)
        if out is None:
            if len(programs) == 1:
                return {programs[0].name: "does not compile:\n" + messages}
            half = len(programs) // 2
            found = self.failures(programs[:half], label + "a")
            found.update(self.failures(programs[half:], label + "b"))
            return found
        found = {}
        left = [p.name for p in programs]
        while left:
            try:
                r = subprocess.run([str(out), *left], capture_output=True, text=True, timeout=60 * len(left), errors="replace")
            except subprocess.TimeoutExpired:
                return {left[0]: "timeout"}
            blocks = re.split(r"^run (\w+)\n", r.stdout, flags=re.M)
            for name, block in zip(blocks[1::2], blocks[2::2]):
                if block.startswith("fail "):
                    found[name] = "differs:\n" + block
            if re.search(r"^done, ", r.stdout, flags=re.M):
                break
            last = blocks[-2]  # the process died in it
            found[last] = f"died with code {r.returncode}:\n" + r.stderr[-3000:]
            left = left[left.index(last) + 1:]
        for f in (out, out.with_suffix(".o")):
            f.unlink(missing_ok=True)
        return found

    def category(self, message):
        """What must stay the same while a program is made smaller."""
        if message.startswith("does not compile"):
            line = re.search(r"(?:error|Assertion|PLEASE)[:\s].*", message)
            return "does not compile: " + re.sub(r"'[^']*'|‘[^’]*’|\d+", "_", line.group(0))[:80] if line else "does not compile"
        if message.startswith("differs"):
            error = re.search(r"^--- (eager|compiled): result error: \S* (.*)", message, flags=re.M)
            if error:
                return f"{error.group(1)} error " + re.sub(r"'[^']*'|\d+|\S+\.cpp\S*", "_", error.group(2))[:60]
            return "differs"
        return message.split(":")[0]

    def shrink(self, program, message):
        """The smallest program found that still fails in the same way."""
        wanted = self.category(message)
        best, best_message = program, message
        tries = 0
        while tries < self.o.shrink:
            candidates = [c for c in smaller(best) if c.size() < best.size()]
            candidates.sort(key=lambda c: c.size())
            for k in range(0, len(candidates), self.o.jobs):
                batch = candidates[k:k + self.o.jobs]
                tries += len(batch)
                results = list(self.pool.map(lambda ic: self.failures([ic[1]], f"shrink_{program.name}_{ic[0]}"), enumerate(batch)))
                hit = [(c, r[c.name]) for c, r in zip(batch, results) if c.name in r and self.category(r[c.name]) == wanted]
                if hit:
                    best, best_message = min(hit, key=lambda h: h[0].size())
                    break
                if tries >= self.o.shrink:
                    break
            else:
                break
        return best, best_message


def places(program):
    for f, (_, body) in enumerate(program.functions):
        stack = [((f,), body)] if body else []
        while stack:
            path, node = stack.pop()
            yield path, node
            for i, c in enumerate(node.children):
                stack.append((path + (i,), c))


def at(program, path):
    node = program.functions[path[0]][1]
    for i in path[1:]:
        node = node.children[i]
    return node


def replaced(program, path, new):
    p = program.copy()
    if len(path) == 1:
        head, _ = p.functions[path[0]]
        p.functions[path[0]] = (head, new)
    else:
        parent = at(p, path[:-1])
        parent.children[path[-1]:path[-1] + 1] = new if isinstance(new, list) else [new]
    return p


def smaller(program):
    """Programs with something left out, that still are programs."""
    for path, node in places(program):
        if node.kind == "list":
            n = len(node.children)
            step = n
            while step >= 1:
                for start in range(0, n, step):
                    q = replaced(program, path, generate.Node("list", "", *[c.copy() for i, c in enumerate(node.children)
                                                                            if not start <= i < start + step]))
                    if right(q):
                        yield q
                step //= 2
        elif node.kind == "s" and len(path) > 1 and at(program, path[:-1]).kind == "list":
            for c in node.children:
                if c.kind == "list":
                    q = replaced(program, path, [x.copy() for x in c.children])
                    if right(q):
                        yield q
        elif node.kind in "IRB" and node.size() > 1:
            simple = [c.copy() for c in node.children if c.kind == node.kind]
            simple += {"I": [generate.Node("I", "2")], "R": [generate.Node("R", "0.5")],
                       "B": [generate.Node("B", "x > 2", uses=("x",))]}[node.kind]
            for new in simple:
                q = replaced(program, path, new)
                if right(q):
                    yield q
    for k in range(len(program.functions) - 1):
        p = program.copy()
        del p.functions[k]
        if right(p):
            yield p


def right(program):
    """Whether names are declared where they are used, and break and continue stand in loops."""
    def walk(node, names, loop):
        if any(u not in names for u in node.uses):
            return False
        inner = set(names) | set(node.declares)
        if node.jump == "loop" and not loop:
            return False
        is_lambda = node.template.startswith("auto ")
        for c in node.children:
            if not walk(c, inner, (loop or node.loop) and not is_lambda):
                return False
            if node.kind == "list":
                inner |= set(c.declares)
        return True

    called = "".join(b.render(generate.PLAIN, 0) for _, b in program.functions if b)
    heads = " ".join(h for h, _ in program.functions)
    for name in set(re.findall(r"\b([hvts]p\d+)\b", called)):
        if name not in heads:
            return False
    if re.search(r"\bg\.", called) and "Variable g" not in heads:
        return False
    for head, body in program.functions:
        if not body:
            continue
        names = set(re.findall(r"\b(\w+)(?=[,);])", head)) | {"g"}
        if not walk(body, names, False):
            return False
        if not head.startswith(("void", "struct")) and not (body.children and body.children[-1].template.startswith("return")):
            return False
        # What the tail of the program reads without saying so.
        text = body.render(generate.PLAIN, 0)
        for word in ("z", "v", "l", "n", "w", "st"):
            used = re.search(r"(?<![\w\"])%s\b(?!\")" % word, text)
            if used and word not in names and not any(word in c.declares for c in body.children):
                return False
    return True


def keep(runner, program, message, seed):
    text = f"// Found by fuzz.py --seed {seed}; what went wrong then:\n"
    text += "".join(f"//   {line}\n" for line in message.replace(str(runner.work) + "/", "").strip().split("\n")[:25])
    kept = pathlib.Path(runner.o.kept)
    kept.mkdir(parents=True, exist_ok=True)
    path = kept / f"seed_{seed}_{program.name}.cpp"
    path.write_text(text + HEADER + program_text(program).rstrip("\n") + "\n")
    return path


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--build", default="build/release", help="the build folder with bin/weft-c++ and lib/libweft.so")
    a.add_argument("--weft-cxx", help="the driver, if it is elsewhere")
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--first", type=int, default=0, help="number of the first program")
    a.add_argument("--count", type=int, default=200)
    a.add_argument("--matrix", action="store_true", help="instead of random programs: every loop in every loop with every jump")
    a.add_argument("--jobs", type=int, default=2)
    a.add_argument("--cxx", default=os.environ.get("CXX", "g++"))
    a.add_argument("--optimize", default="-O0")
    a.add_argument("--shrink", type=int, default=150, help="how many smaller programs are tried for one that fails")
    a.add_argument("--failures", type=int, default=3, help="how many failing programs are made smaller")
    a.add_argument("--kept", default=str(HERE / "kept"))
    a.add_argument("--work", help="folder for the programs, kept; default: a temporary one")
    a.add_argument("--eager", action="store_true", help="without weft-c++: eager runs against plain C++ only")
    o = a.parse_args()

    runner = Runner(o)
    programs = generate.matrix() if o.matrix else [generate.make(o.seed, i) for i in range(o.first, o.first + o.count)]
    parts = [programs[i:i + PART] for i in range(0, len(programs), PART)]
    failed = {}
    for found in runner.pool.map(lambda kp: runner.failures(kp[1], f"part{kp[0]}"), enumerate(parts)):
        failed.update(found)
    print(f"{len(programs)} programs, {'every loop in every loop' if o.matrix else f'seed {o.seed}'}: {len(failed)} failed")
    seen = {}
    for p in programs:
        if p.name in failed:
            seen.setdefault(runner.category(failed[p.name]), []).append(p)
    for category, members in seen.items():
        print(f"  {len(members)} x {category}: {' '.join(p.name for p in members[:10])}")
    for category, members in list(seen.items())[:o.failures]:
        p = min(members, key=lambda m: m.size())
        small, message = runner.shrink(p, failed[p.name]) if o.shrink else (p, failed[p.name])
        path = keep(runner, small, message, o.seed)
        print(f"\n=== {category}: {path}\n{small.text(True)}\n{message}")
    if not o.work:
        shutil.rmtree(runner.work, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
