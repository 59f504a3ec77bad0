"""weft-c++ from outside. Most rows ask what is executed: the compiler is then a script that writes down its words and
its standard input; the others compile with every compiler there is. Run by CTest (label autograph)."""

import functools
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest

from support import BUILD, COMPILERS, PLAIN, STUB, TRACED, Case

# The compiler of the table: its words, response files opened, and its standard input as JSON, one line for each run;
# $CODE is its exit code, $SIGNAL ends it.
RECORDER = """#!{python}
import json, os, shlex, sys
words = []
for word in sys.argv[1:]:
    words += shlex.split(open(word[1:]).read()) if word.startswith("@/") else [word]
record = {{"words": words, "opened": len(words) != len(sys.argv) - 1, "input": sys.stdin.read() if "-" in words else ""}}
with open({log!r}, "a") as log:
    log.write(json.dumps(record) + "\\n")
if "SIGNAL" in os.environ:
    os.kill(os.getpid(), int(os.environ["SIGNAL"]))
sys.exit(int(os.environ.get("CODE", "0")))
"""
# A rewriter for what the real one cannot be made to do: stop, or end by a signal.
SLEEPER = """#!/bin/sh
touch "$0.runs"
exec sleep 60
"""
CRASHER = """#!/bin/sh
kill -SEGV $$
"""


class Wrapper(Case):
    """weft-c++ in an installation of its own, so that a test may change what is beside it."""

    def setUp(self):
        super().setUp()
        self.prefix = self.folder / "prefix"
        (self.prefix / "bin").mkdir(parents=True)
        shutil.copy(BUILD / "bin/weft-c++", self.prefix / "bin")
        self.rewriter = self.prefix / "bin/weft-autograph"
        self.rewriter.symlink_to(BUILD / "bin/weft-autograph")
        self.log = self.prefix / "log"
        self.recorder = self.script("prefix/recorder", RECORDER.format(python=sys.executable, log=str(self.log)))
        self.environment["WEFT_CXX"] = str(self.recorder)
        # As little of weft as the rewriter has to know, so that a row takes no time.
        self.write("prefix/include/weft/weft.h", STUB)

    def script(self, name, text):
        path = self.write(name, text)
        path.chmod(0o755)
        return path

    def wrapper(self, *words, **more):
        return self.run_program(self.prefix / "bin/weft-c++", *words, **more)

    def records(self):
        """What the compiler was run with, run by run."""
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def executed(self, *words, **more):
        """The words of the one run, with short names: {1} for the file that the first source became."""
        self.log.unlink(missing_ok=True)
        self.wrapper(*words, **more)
        records = self.records()
        self.assertEqual(len(records), 1)
        return [self.shortened(word) for word in records[0]["words"]]

    def shortened(self, word):
        for folder in self.temporary_folders(word):
            word = word.replace(folder, "T")
        return word.replace(str(self.prefix), "P")

    def temporary_folders(self, word):
        start = str(self.temporary) + "/weft-c++-"
        return {start + part.split("/")[0] for part in word.split(start)[1:]}


SMALL = """#include <weft/weft.h>
weft::Tensor small(weft::Tensor x) {
  if (x > 1)
    x = 1;
  return x;
}
"""
INCLUDES = ["-isystem", "P/include"]
LINKS = ["-LP/lib", "-Wl,-rpath,P/lib", "-lweft"]
STD = "-std=gnu++20"


def mapped(number, name, to=None):
    return f"-ffile-prefix-map=T/{number}/{name}={to or name}"


class Executed(Wrapper):
    """The table: words given, words executed. small.cpp and others with traced control flow become T/1/small.cpp."""

    def setUp(self):
        super().setUp()
        for name in ("small.cpp", "sub/other.cc", "plain.cpp", "text.txt", "a b.cpp", "eq=ual.cpp"):
            self.write(name, "int plain();\n" if name.startswith("plain") else SMALL)
        for name in ("small.c++", "small.C", "small.CPP", "small.cp", "small.cxx"):
            self.write(name, SMALL)
        for name in ("code.c", "object.o", "ready.ii"):
            self.write(name, "this is not C++\n")
        self.write("header.h", "#pragma once\n")
        self.write("value.cpp", "int value();\n")

    def check(self, given, expected):
        with self.subTest(" ".join(given)):
            self.assertEqual(self.executed(*given), expected)

    def test_goals(self):
        small, other = "T/1/small.cpp", "T/2/other.cc"
        map_small = mapped(1, "small.cpp")
        self.check(["small.cpp"], [STD, small, *INCLUDES, map_small, *LINKS])
        self.check(["small.cpp", "-o", "x", "object.o"], [STD, small, "-o", "x", "object.o", *INCLUDES, map_small, *LINKS])
        for mode in ("-c", "-S", "-fsyntax-only", "--compile"):
            self.check([mode, "small.cpp"], [STD, mode, small, *INCLUDES, map_small])
        self.check(["-c", "small.cpp", "-osmall.o"], [STD, "-c", small, "-osmall.o", *INCLUDES, map_small])
        self.check(["small.cpp", "sub/other.cc", "plain.cpp"],
                   [STD, small, other, "plain.cpp", *INCLUDES, map_small, mapped(2, "other.cc", "sub/other.cc"), *LINKS])
        for mode in ("-M", "-MM"):
            self.check([mode, "-MG", "small.cpp"], [STD, mode, "-MG", "small.cpp", *INCLUDES])

    def test_no_inputs(self):
        for given in (["--version"], ["-v"], ["-dumpmachine"], [], ["-O2", "-lfoo"], ["-print-file-name=libc.so"]):
            self.check(given, given)

    def test_unchanged(self):
        self.check(["-c", "plain.cpp"], [STD, "-c", "plain.cpp", *INCLUDES])
        self.check(["plain.cpp", "-MD"], [STD, "plain.cpp", "-MD", *INCLUDES, *LINKS])
        # The compiler's words for what is missing, and for what is no file to rewrite.
        self.check(["-c", "missing.cpp"], [STD, "-c", "missing.cpp", *INCLUDES])
        self.check(["-x", "c++", "-dM", "-E", "/dev/null"], [STD, "-x", "c++", "-dM", "-E", "/dev/null", *INCLUDES])

    def test_suffixes(self):
        for name in ("small.c++", "small.C", "small.CPP", "small.cp", "small.cxx"):
            self.check(["-c", name], [STD, "-c", "T/1/" + name, *INCLUDES, mapped(1, name)])

    def test_languages(self):
        self.check(["-x", "c++", "-c", "text.txt"],
                   [STD, "-x", "c++", "-c", "T/1/text.txt", *INCLUDES, mapped(1, "text.txt")])
        self.check(["-xc++", "text.txt", "-xnone", "object.o"],
                   [STD, "-xc++", "T/1/text.txt", "-xnone", "object.o", *INCLUDES, mapped(1, "text.txt"), *LINKS])
        # As they are: C, assembler, preprocessed text, headers, objects.
        self.check(["-c", "code.c"], ["-c", "code.c"])
        self.check(["-x", "c", "small.cpp", "-c"], ["-x", "c", "small.cpp", "-c"])
        self.check(["-x", "assembler-with-cpp", "-c", "small.cpp"], ["-x", "assembler-with-cpp", "-c", "small.cpp"])
        self.check(["-c", "ready.ii"], [STD, "-c", "ready.ii", *INCLUDES])
        self.check(["header.h"], [STD, "header.h", *INCLUDES])
        self.check(["-x", "c++-header", "small.cpp"], [STD, "-x", "c++-header", "small.cpp", *INCLUDES])
        self.check(["object.o", "-o", "x"], ["object.o", "-o", "x", *LINKS])

    def test_standard(self):
        for given in (["-std=c++23"], ["--std=c++20"], ["-ansi"]):
            self.check([*given, "-c", "plain.cpp"], [*given, "-c", "plain.cpp", *INCLUDES])

    def test_values_are_no_sources(self):
        for option in ("-include", "-o", "-MF", "-MT", "-I", "-isystem", "-D", "-Xlinker", "-Xclang", "-T", "-x"):
            self.check(["-c", "plain.cpp", option, "value.cpp"], [STD, "-c", "plain.cpp", option, "value.cpp", *INCLUDES])

    def test_untouched(self):
        words = ["-DTEXT=\"a b\"", "-DA='$x'", "-pipe", "-pthread", "-arch", "z9", "-Wl,-z,now", "--param", "x=1", "-Wall",
                 "-march=native", "-fno-such-flag", "-L", "x", "-l", "m", "-include", "header.h", ""]
        self.check(["-c", "small.cpp", *words], [STD, "-c", "T/1/small.cpp", *words, *INCLUDES, mapped(1, "small.cpp")])
        self.check(["-c", "plain.cpp", *words], [STD, "-c", "plain.cpp", *words, *INCLUDES])

    def test_names(self):
        self.check(["-c", "a b.cpp"], [STD, "-c", "T/1/a b.cpp", *INCLUDES, mapped(1, "a b.cpp")])
        self.check(["-c", "eq=ual.cpp"], [STD, "-c", "T/1/eq=ual.cpp", *INCLUDES, "-ffile-prefix-map=T/1=."])
        self.check(["-c", "./small.cpp"], [STD, "-c", "T/1/small.cpp", *INCLUDES, mapped(1, "small.cpp", "./small.cpp")])
        # Where the user's own maps would change the name, ours has to.
        whole = str(self.folder / "small.cpp")
        self.check(["-c", f"-ffile-prefix-map={self.folder}=/src", whole],
                   [STD, "-c", f"-ffile-prefix-map={self.folder}=/src", "T/1/small.cpp", *INCLUDES,
                    mapped(1, "small.cpp", "/src/small.cpp")])

    def test_end_of_options(self):
        self.write("-dash.cpp", SMALL)
        self.check(["-c", "--", "-dash.cpp"], [STD, "-c", *INCLUDES, mapped(1, "-dash.cpp"), "--", "T/1/-dash.cpp"])
        self.check(["--", "small.cpp"],
                   [STD, *INCLUDES, mapped(1, "small.cpp"), *LINKS[:2], "--", "T/1/small.cpp", "P/lib/libweft.so"])

    def test_weft_warnings(self):
        for option in ("-Wno-weft-host-state", "-Wweft-host-state", "-Werror=weft-host-state", "-Wno-error=weft-host-state"):
            self.check(["-c", "small.cpp", option], [STD, "-c", "T/1/small.cpp", *INCLUDES, mapped(1, "small.cpp")])
            self.check(["object.o", option], ["object.o", *LINKS])
            self.check([option, "--version"], ["--version"])

    def test_response_files(self):
        self.write("inner", "-DB='x y' small.cpp\n-o \"my prog\" @missing")
        self.write("outer", "-DA=1\t@inner -Wno-weft-host-state")
        self.check(["-g", "@outer", "-O2"],
                   [STD, "-g", "-DA=1", "-DB=x y", "T/1/small.cpp", "-o", "my prog", "@missing", "-O2", *INCLUDES,
                    mapped(1, "small.cpp"), *LINKS])
        self.assertTrue(self.records()[0]["opened"], "the words went over the command line again")
        self.write("objects", " ".join(f"a/long/folder/name/object{i}.o" for i in range(100_000)))
        self.assertEqual(len(self.executed("@objects", "-o", "x")), 100_000 + 2 + len(LINKS))
        self.write("itself", "object.o @itself @itself")
        self.wrapper("@itself")

    def test_standard_input(self):
        self.assertEqual(self.executed("-x", "c++", "-c", "-", input=SMALL), [STD, "-x", "c++", "-c", "-", *INCLUDES])
        self.assertIn("ag::if_stmt", self.records()[0]["input"])
        self.assertIn('"<stdin>"', self.records()[0]["input"])
        self.assertEqual(self.executed("-x", "c++", "-", input="int plain();\n"), [STD, "-x", "c++", "-", *INCLUDES, *LINKS])
        self.assertEqual(self.records()[0]["input"], "int plain();\n")

    def test_shown(self):
        done = self.wrapper("-###", "-c", "small.cpp")
        self.assertEqual([self.shortened(word) for word in self.records()[0]["words"]],
                         [STD, "-###", "-c", "small.cpp", *INCLUDES])
        self.assertIn("weft-autograph -o weft-c++-XXXXXX/1/small.cpp --changed-only small.cpp -- ", done.stderr)
        done = self.wrapper("-v", "-c", "small.cpp")
        self.assertIn("--changed-only small.cpp -- ", done.stderr)


class Endings(Wrapper):
    """Exit codes, signals, and what is left behind."""

    def setUp(self):
        super().setUp()
        self.write("small.cpp", SMALL)
        self.write("plain.cpp", "int plain();\n")

    def test_codes_are_the_compilers(self):
        for name in ("small.cpp", "plain.cpp", "--version"):
            for code in (0, 1, 4, 77):
                self.wrapper("-c", name, code=code, environment={"CODE": str(code)})

    def test_signals_are_the_compilers(self):
        for name in ("small.cpp", "plain.cpp"):
            self.wrapper("-c", name, code=-signal.SIGSEGV, environment={"SIGNAL": str(int(signal.SIGSEGV))})

    def test_wrong_sources(self):
        self.write("wrong.cpp", "#include <weft/weft.h>\nint f() {\n  return +;\n}\n")
        self.write("header.cpp", '\n#include "missing.h"\n')
        before = self.files()
        done = self.wrapper("-c", "wrong.cpp", code=1)
        self.assertIn("wrong.cpp:3:", done.stderr)
        self.assertIn("error: expected expression", done.stderr)
        self.assertIn("header.cpp:2:", self.wrapper("-c", "header.cpp", code=1).stderr)
        # All messages are seen, and the good ones are not compiled.
        done = self.wrapper("-c", "wrong.cpp", "small.cpp", "header.cpp", code=1)
        self.assertIn("wrong.cpp:3:", done.stderr)
        self.assertIn("header.cpp:2:", done.stderr)
        self.assertEqual(self.records(), [])
        self.assertEqual(self.files(), before)

    def test_no_rewriter(self):
        self.rewriter.unlink()
        done = self.wrapper("-c", "small.cpp", code=1)
        self.assertEqual(done.stderr, f"weft-c++: cannot start {self.rewriter}: No such file or directory\n")
        self.script("prefix/bin/weft-autograph", CRASHER)
        done = self.wrapper("-c", "small.cpp", code=1)
        self.assertEqual(done.stderr, "weft-c++: weft-autograph was ended by signal 11 at small.cpp\n")
        self.assertEqual(self.records(), [])

    def test_no_folder_for_temporaries(self):
        missing = self.folder / "missing"
        done = self.wrapper("-c", "small.cpp", code=1, environment={"TMPDIR": str(missing)})
        self.assertEqual(done.stderr, f"weft-c++: cannot make a folder in {missing}: No such file or directory\n")

    def test_no_compiler(self):
        done = self.wrapper("-c", "small.cpp", code=1, environment={"WEFT_CXX": "no-such-compiler -x"})
        self.assertEqual(done.stderr, "weft-c++: cannot start no-such-compiler: No such file or directory\n")

    def test_interrupted(self):
        """A signal ends the program that runs, then weft-c++ by the same signal; tearDown sees that nothing is left."""
        runs = self.folder / "prefix/bin/weft-autograph.runs"
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.rewriter.unlink(missing_ok=True)
            self.script("prefix/bin/weft-autograph", SLEEPER)
            runs.unlink(missing_ok=True)
            process = subprocess.Popen([self.prefix / "bin/weft-c++", "-c", "small.cpp"], cwd=self.folder,
                                       env=self.environment)
            while not runs.exists():
                time.sleep(0.01)
            self.assertTrue(any(self.temporary.iterdir()))
            process.send_signal(number)
            self.assertEqual(process.wait(timeout=20), -number)

    def test_two_at_once(self):
        """The same command beside itself: each has a folder of its own."""
        self.rewriter.unlink()
        self.script("prefix/bin/weft-autograph", SLEEPER.replace("60", "0.5"))
        both = [subprocess.Popen([self.prefix / "bin/weft-c++", "-c", "small.cpp"], cwd=self.folder, env=self.environment)
                for _ in range(2)]
        self.assertEqual([process.wait(timeout=20) for process in both], [0, 0])


class Compilers(Wrapper):
    """Which compiler is run."""

    def setUp(self):
        super().setUp()
        self.write("plain.cpp", "int plain();\n")
        del self.environment["WEFT_CXX"]
        shutil.copy(self.recorder, self.prefix / "bin/g++")
        self.path = {"PATH": f"{self.prefix}/bin:{os.environ['PATH']}"}

    def words(self, **environment):
        return self.executed("-c", "plain.cpp", environment=self.path | environment)

    def test_order(self):
        plain = [STD, "-c", "plain.cpp", *INCLUDES]
        recorder = str(self.recorder)
        self.assertEqual(self.words(), plain)
        self.assertEqual(self.words(CXX=""), plain)
        self.assertEqual(self.words(CXX=recorder + " -first 'a b'"), ["-first", "a b", *plain])
        self.assertEqual(self.words(CXX="false", WEFT_CXX=recorder + " -w"), ["-w", *plain])

    def test_itself(self):
        """`CXX=weft-c++ make` is how one turns it on, and must not run it for ever."""
        plain = [STD, "-c", "plain.cpp", *INCLUDES]
        for name in ("weft-c++", str(self.prefix / "bin/weft-c++"), "env weft-c++"):
            self.assertEqual(self.words(CXX=name), plain)
        script = self.script("mine", '#!/bin/sh\nexec weft-c++ "$@"\n')
        done = self.wrapper("-c", "plain.cpp", code=1, environment=self.path | {"CXX": str(script)})
        self.assertIn("weft-c++ again: set WEFT_CXX", done.stderr)

    def test_linked_elsewhere(self):
        (self.folder / "elsewhere").symlink_to(self.prefix / "bin/weft-c++")
        self.run_program(self.folder / "elsewhere", "-c", "plain.cpp", environment=self.path)
        self.assertIn(str(self.prefix / "include"), self.records()[0]["words"])


def each_compiler(test):
    """The test once for each compiler, without what the one before made."""

    @functools.wraps(test)
    def tests(self):
        for compiler in COMPILERS:
            with self.subTest(compiler):
                test(self, compiler)
            for name in self.names():
                (self.folder / name).unlink()

    return tests


class Compiled(Case):
    """Real compilers, from the build folder, on a program that would not run without the rewriter."""

    def setUp(self):
        super().setUp()
        self.write("source/traced.cpp", TRACED)
        self.write("source/plain.cpp", PLAIN)

    def wrapper(self, compiler, *words, **more):
        return self.run_program(BUILD / "bin/weft-c++", *words, environment={"WEFT_CXX": compiler}, **more)

    def plain(self, compiler, *words, **more):
        """The compiler alone, on the same words: what weft-c++ is compared with."""
        includes = [line.removeprefix("include=") for line in (BUILD / "share/weft/build-tree").read_text().splitlines()
                    if line.startswith("include=")]
        flags = [word for folder in includes for word in ("-isystem", folder)]
        return self.run_program(compiler, STD, *words, *flags, **more)

    def names(self):
        return [name for name in self.files() if not name.startswith("source/")]

    @each_compiler
    def test_compile_and_link(self, compiler):
        self.wrapper(compiler, "-g", "source/traced.cpp", "-o", "traced")
        self.assertEqual(self.run_program("./traced").stdout, "3 10\n")
        self.assertEqual(self.names(), ["traced"])
        self.wrapper(compiler, "-c", "-g", "source/traced.cpp")
        self.wrapper(compiler, "traced.o")
        self.assertEqual(self.run_program("./a.out").stdout, "3 10\n")

    @each_compiler
    def test_outputs(self, compiler):
        """Names of outputs, and that no file and no message names a temporary one."""
        self.wrapper(compiler, "-c", "-g", "source/traced.cpp", "source/plain.cpp")
        self.wrapper(compiler, "-S", "-g", "source/traced.cpp")
        self.wrapper(compiler, "-E", "source/traced.cpp", "-o", "traced.ii")
        self.assertEqual(self.names(), ["plain.o", "traced.ii", "traced.o", "traced.s"])
        shown = self.wrapper(compiler, "-E", "source/traced.cpp").stdout
        self.assertIn("ag::if_stmt", shown)
        self.assertEqual(self.read("traced.ii"), shown)
        for name in self.names():
            data = (self.folder / name).read_bytes()
            self.assertNotIn(b"weft-c++-", data, name)
            if "traced" in name:
                self.assertIn(b"source/traced.cpp", data, name)

    @each_compiler
    def test_same_object_again(self, compiler):
        self.wrapper(compiler, "-c", "-g", "source/traced.cpp")
        first = (self.folder / "traced.o").read_bytes()
        self.wrapper(compiler, "-c", "-g", "source/traced.cpp")
        self.assertEqual((self.folder / "traced.o").read_bytes(), first)

    @each_compiler
    def test_saved_temporaries(self, compiler):
        self.wrapper(compiler, "-save-temps", "-c", "source/traced.cpp")
        names = self.names()
        self.assertIn("traced.ii", names)
        self.assertIn("traced.s", names)
        self.assertIn("traced.o", names)

    @each_compiler
    def test_dependencies(self, compiler):
        """The dependency files are those that the compiler writes for the user's own file, byte for byte."""
        self.write("source/weft/weft.h", STUB)
        self.write("source/helper.h", "#pragma once\n#include <weft/weft.h>\n"
                   "inline weft::Tensor larger(weft::Tensor a, weft::Tensor b) {\n  if (a > b)\n    b = a;\n  return b;\n}\n")
        self.write("source/uses.cpp", '#include "helper.h"\nweft::Tensor g(weft::Tensor x) { return larger(x, 1); }\n')
        self.write("source/more.cpp", SMALL)
        uses, more, plain = "source/uses.cpp", "source/more.cpp", "source/plain.cpp"
        (self.folder / "out").mkdir(exist_ok=True)
        for words in (["-MD", "-c", uses], ["-MMD", "-c", uses, "-o", "out/x.o"], ["-MD", "-MP", "-MF", "out/dep", "-c", uses],
                      ["-MMD", "-MT", "a b", "-MQ", "c$d", "-c", uses], ["-Wp,-MD,out/wp.d", "-c", uses], ["-M", uses],
                      ["-MM", "-MG", uses], ["-MD", "-S", uses], ["-MD", "-E", uses, "-o", "out/uses.ii"],
                      ["-MD", "-fsyntax-only", uses], ["-MMD", "-MF", "-", "-c", uses], ["-MD", "-c", uses, more, plain],
                      ["-MMD", uses, plain], ["-MMD", uses, plain, more, "-o", "out/program"]):
            with self.subTest(" ".join(words)):
                outputs = []
                for run in (self.plain, self.wrapper):
                    out = run(compiler, "-Isource", *words).stdout
                    text = {name: self.read(name) for name in self.names() if name.endswith((".d", "dep"))}
                    outputs.append((out, text, self.names()))
                    for name in self.names():
                        (self.folder / name).unlink()
                self.assertEqual(outputs[1], outputs[0])
                self.assertNotEqual(outputs[0][0] + "".join(outputs[0][1].values()), "")

    @each_compiler
    def test_standard_input(self, compiler):
        self.write("beside.h", "#pragma once\n#include <cstdio>\n")
        text = '#include "beside.h"\n' + TRACED
        self.wrapper(compiler, "-x", "c++", "-", "-o", "x", input=text)
        self.assertEqual(self.run_program("./x").stdout, "3 10\n")
        done = self.wrapper(compiler, "-x", "c++", "-", "-c", input="int f() {\n  return +;\n}\n", code=1)
        self.assertIn("<stdin>:2:", done.stderr)

    @each_compiler
    def test_messages(self, compiler):
        """An error that only the compiler finds is at the user's line; a source that does not parse leaves nothing."""
        self.write("source/late.cpp", TRACED + "\nstatic int unused;\n")
        self.write("source/wrong.cpp", TRACED + "\nint f() {\n  return +;\n}\n")
        line = TRACED.count("\n")
        done = self.wrapper(compiler, "-Werror=unused-variable", "-c", "source/late.cpp", code=None)
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn("weft-c++-", done.stderr)
        self.assertIn(f"source/late.cpp:{line + 2}:", done.stderr)
        done = self.wrapper(compiler, "-c", "source/wrong.cpp", code=1)
        self.assertIn(f"source/wrong.cpp:{line + 3}:", done.stderr)
        self.assertEqual(self.names(), [])
        done = self.wrapper(compiler, "-c", "source/traced.cpp", "-o", "no/such/folder.o", code=None)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(self.names(), [])

    @each_compiler
    def test_precompiled_header(self, compiler):
        self.write("source/all.h", "#pragma once\n#include <weft/weft.h>\n#include <cstdio>\n#define FROM_HEADER 1\n")
        self.write("source/uses.cpp", TRACED + "\nstatic_assert(FROM_HEADER == 1);\n")
        suffix = ".gch" if compiler == "g++" else ".pch"
        self.wrapper(compiler, "-x", "c++-header", "source/all.h", "-o", "source/all.h" + suffix)
        self.wrapper(compiler, "-Winvalid-pch", "-include", "source/all.h", "source/uses.cpp", "-o", "x")
        self.assertEqual(self.run_program("./x").stdout, "3 10\n")
        (self.folder / ("source/all.h" + suffix)).unlink()

    def test_compiler_cache(self):
        """ccache in CXX finds what it did before: temporary names are the same for the same command."""
        if not shutil.which("ccache"):
            self.fail("ccache is not installed")
        cache = {"CCACHE_DIR": str(self.folder / "source/cache"), "WEFT_CXX": "ccache g++"}
        for _ in range(2):
            self.run_program(BUILD / "bin/weft-c++", "-c", "-g", "source/traced.cpp", environment=cache)
        shown = self.run_program("ccache", "--print-stats", environment=cache).stdout
        counts = dict(line.split("\t") for line in shown.splitlines())
        self.assertEqual((counts["direct_cache_hit"], counts["cache_miss"]), ("1", "1"))

    def test_as_cmake_compiler(self):
        self.write("project/CMakeLists.txt", """cmake_minimum_required(VERSION 3.25)
project(p LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
add_executable(traced ../source/traced.cpp)
""")
        build = self.folder / "project/build"
        self.environment["CXX"] = str(BUILD / "bin/weft-c++")
        self.run_program("cmake", "-G", "Ninja", "-S", "project", "-B", build)
        self.run_program("cmake", "--build", build)
        self.assertEqual(self.run_program(build / "traced").stdout, "3 10\n")
        self.assertIn("no work to do", self.run_program("cmake", "--build", build).stdout)


if __name__ == "__main__":
    unittest.main()
