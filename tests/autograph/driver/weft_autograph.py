"""weft_autograph(target) in a user's project: what is rewritten, with which flags, and what a second build does again.
The project's weft is a stub whose ag::if_stmt does nothing, so that a program shows whether it was rewritten. The
generator comes from the environment. Run by CTest (label autograph)."""

import os
import re
import shutil
import unittest

from support import BUILD, STUB, Case, make_folder

GENERATOR = os.environ.get("WEFT_GENERATOR") or "Ninja"
MULTI = "Multi" in GENERATOR
MODULE = os.environ["WEFT_SOURCE_DIR"] + "/cmake/WeftAutograph.cmake"

START = f"""cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES CXX)
add_executable(weft::weft-autograph IMPORTED)
set_target_properties(weft::weft-autograph PROPERTIES IMPORTED_LOCATION "${{CMAKE_CURRENT_SOURCE_DIR}}/tool/weft-autograph")
include("{MODULE}")
include_directories(weft)
set(CMAKE_CXX_STANDARD 20)
"""


def function(name, before=""):
    """A source with a function that gives 1 when it was rewritten, and 0 when it runs natively."""
    return f"""#include <weft/weft.h>
{before}
int {name}() {{
  weft::Tensor x = 1;
  if (x > 0)
    x = 0;
  return x.x;
}}
"""


def program(*names):
    """A main function that prints what the functions give; those of C end with _c."""
    text = "#include <cstdio>\n"
    for name in names:
        text += ('extern "C" ' if name.endswith("_c") else "") + f"int {name}();\n"
    form = " ".join(f"{name}=%d" for name in names)
    values = "".join(f", {name}()" for name in names)
    return text + f'int main() {{ std::printf("{form}\\n"{values}); }}\n'


class Project(Case):
    configuration = "Debug"

    def use_folder(self, folder):
        super().use_folder(folder)
        # A blank in the path, as some have it.
        self.root = folder / "my project"
        self.build_folder = folder / "build it"
        self.write_source("weft/weft/weft.h", STUB)
        # The rewriter's file is the project's own, so that a test may make it newer.
        self.write_source("tool/weft-autograph", f'#!/bin/sh\nexec "{BUILD}/bin/weft-autograph" "$@"\n').chmod(0o755)

    def write_source(self, name, text):
        """Leaves a file alone that is so already."""
        path = self.root / name
        return path if path.exists() and path.read_text() == text else self.write(path, text)

    def configure(self, text, *options, code=0):
        self.write("my project/CMakeLists.txt", START + text)
        return self.run_program("cmake", "-G", GENERATOR, "-S", self.root, "-B", self.build_folder, *options, code=code)

    def build(self, *options, code=0):
        """What was rewritten and what was compiled, by the names of the files."""
        multi = ["--config", self.configuration] if MULTI else []
        done = self.run_program("cmake", "--build", self.build_folder, "--parallel", "2", *multi, *options, code=code)
        self.output = done.stdout + done.stderr
        rewritten = re.findall(r"Rewriting (\S+)", self.output)
        compiled = re.findall(r"Building CXX object \S*/(\S+)\.o\b", self.output)
        return sorted(rewritten), sorted(name for name in compiled if not name.startswith("cmake_pch"))

    def run_built(self, name):
        return self.run_program(self.build_folder / (self.configuration if MULTI else "") / name).stdout.strip()

    def later(self, name, text=None):
        """Edits or touches a file of the project, so that its time is surely later than that of the last build."""
        path = self.root / name
        stamp = max(entry.stat().st_mtime_ns for entry in self.build_folder.rglob("*"))
        if text is not None:
            path.write_text(text)
        os.utime(path, ns=(stamp + 20_000_000, stamp + 20_000_000))
        while not self.newer_than(path):
            pass

    def newer_than(self, path):
        """Whether a file made now is later than this one."""
        probe = self.folder / "probe"
        probe.write_text("")
        return probe.stat().st_mtime_ns > path.stat().st_mtime_ns


class Rewritten(Project):
    """What is compiled, and how."""

    def check_program(self, expected):
        self.build()
        self.assertEqual(self.run_built("app"), expected)

    def test_sources(self):
        """Sources in folders, of equal names, added later, by folders below, headers, C, objects, libraries."""
        self.write_source("main.cpp", program("one", "two", "three", "four", "five", "six_c"))
        self.write_source("one.cpp", function("one"))
        self.write_source("sub/one.cc", function("two", '#include "local.h"'))
        self.write_source("sub/local.h", "#pragma once\n")
        self.write_source("sub/three.cxx", function("three"))
        self.write_source("lib/one.cpp", function("four"))
        self.write_source("lib/five.cpp", function("five"))
        self.write_source("c.c", "int six_c(void) { return 6; }\n")
        self.write_source("example.cpp", "this is shown, not compiled\n")
        self.write_source("sub/CMakeLists.txt", "target_sources(app PRIVATE three.cxx)\n")
        self.write_source("lib/CMakeLists.txt", """add_library(four STATIC one.cpp)
add_library(alias::four ALIAS four)
weft_autograph(alias::four)
add_library(objects OBJECT five.cpp)
weft_autograph(objects)
weft_autograph(app)
""")
        self.configure("""enable_language(C)
add_executable(app main.cpp one.cpp c.c example.cpp sub/local.h)
set_source_files_properties(example.cpp PROPERTIES HEADER_FILE_ONLY ON)
weft_autograph(app)
target_sources(app PRIVATE sub/one.cc)
add_subdirectory(sub)
add_subdirectory(lib)
target_link_libraries(app PRIVATE four objects)
""")
        self.check_program("one=1 two=1 three=1 four=1 five=1 six_c=6")

    def test_a_source_of_two_targets(self):
        self.write_source("main.cpp", program("one"))
        self.write_source("one.cpp", function("one"))
        self.configure("""add_executable(with main.cpp one.cpp)
add_executable(without main.cpp one.cpp)
weft_autograph(with)
""")
        self.build()
        self.assertEqual((self.run_built("with"), self.run_built("without")), ("one=1", "one=0"))

    def test_flags(self):
        """The target's, the folder's and the source's flags reach the rewriter as they reach the compiler."""
        check = """#if !defined(TEXT) || TARGET != 2 || !defined(OPTION) || !defined(LATE) || !defined(FLAGS)
#error not the flags of this source
#endif
static_assert(sizeof(TEXT) == sizeof("a \\"b\\" c"));
static_assert(SYSTEM + SOURCE_FOLDER == 3);
static_assert(__cplusplus > 202002L);"""
        self.write_source("main.cpp", program("one"))
        self.write_source("one.cpp", function("one", "#include <system.h>\n#include <folder.h>\n#include MACRO_HEADER\n" + check))
        self.write_source("macro.h", "#pragma once\n")
        self.write_source("some system/system.h", "#define SYSTEM 1\n")
        self.write_source("some folder/folder.h", "#define SOURCE_FOLDER 2\n")
        self.configure("""add_library(interface INTERFACE)
target_include_directories(interface SYSTEM INTERFACE "some system")
target_compile_definitions(interface INTERFACE $<$<COMPILE_LANGUAGE:CXX>:TARGET=2>)
add_executable(app main.cpp one.cpp)
weft_autograph(app OPTIONS -Wno-weft-host-state)
set_target_properties(app PROPERTIES CXX_STANDARD 23)
target_link_libraries(app PRIVATE interface)
set_source_files_properties(one.cpp PROPERTIES
  COMPILE_DEFINITIONS "TEXT=\\"a \\\\\\"b\\\\\\" c\\";MACRO_HEADER=\\"macro.h\\""
  COMPILE_OPTIONS "-DOPTION;-Wall"
  COMPILE_FLAGS "-DFLAGS -DFLAGS2"
  INCLUDE_DIRECTORIES "${CMAKE_CURRENT_SOURCE_DIR}/some folder")
add_compile_definitions(LATE)
""")
        self.check_program("one=1")

    def test_generated(self):
        """A source and a header that commands of the target make, and a header of another target."""
        self.write_source("main.cpp", program("one", "two"))
        self.write_source("template.cpp", function("one", '#include "other.h"\n'))
        self.write_source("two.cpp", function("two", '#include "made.h"\n#include "other.h"\nstatic_assert(MADE == 1);'))
        self.configure("""set(made ${CMAKE_CURRENT_BINARY_DIR})
add_custom_command(OUTPUT ${made}/one.cpp ${made}/unlisted.h
  COMMAND ${CMAKE_COMMAND} -E sleep 0.3
  COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_SOURCE_DIR}/template.cpp ${made}/one.cpp
  DEPENDS template.cpp VERBATIM)
add_custom_command(OUTPUT ${made}/made.h
  COMMAND ${CMAKE_COMMAND} -E sleep 0.3
  COMMAND ${CMAKE_COMMAND} -E echo "#define MADE 1" > ${made}/made.h VERBATIM)
add_custom_target(other
  COMMAND ${CMAKE_COMMAND} -E sleep 0.3
  COMMAND ${CMAKE_COMMAND} -E touch ${made}/other.h VERBATIM)
add_executable(app main.cpp ${made}/one.cpp two.cpp ${made}/made.h)
add_dependencies(app other)
target_include_directories(app PRIVATE ${made})
weft_autograph(app)
""")
        self.check_program("one=1 two=1")

    def test_precompiled_header_and_unity(self):
        self.write_source("main.cpp", program("one", "two"))
        self.write_source("one.cpp", function("one", '#include "shared.h"\n') + "static int same() { return shared(); }\n"
                          "int one_uses = same();\n")
        self.write_source("two.cpp", function("two", '#include "shared.h"\n') + "static int same() { return shared(); }\n"
                          "int two_uses = same();\n")
        self.write_source("shared.h", "#pragma once\n" + function("shared").replace("int shared", "inline int shared"))
        self.write_source("all.h", "#pragma once\n#include <vector>\n#define FROM_ALL 1\n")
        self.configure("""add_executable(app main.cpp one.cpp two.cpp)
target_precompile_headers(app PRIVATE all.h)
target_compile_definitions(app PRIVATE NEEDS_ALL)
weft_autograph(app)
add_executable(unity main.cpp one.cpp two.cpp)
set_target_properties(unity PROPERTIES UNITY_BUILD ON)
weft_autograph(unity)
""")
        self.write_source("main.cpp", program("one", "two") + "#ifdef NEEDS_ALL\nstatic_assert(FROM_ALL == 1);\n#endif\n")
        self.build()
        self.assertEqual((self.run_built("app"), self.run_built("unity")), ("one=1 two=1", "one=1 two=1"))

    def test_generator_expressions(self):
        """Such a source is compiled as it is, and CMake says so."""
        self.write_source("main.cpp", program("one", "two"))
        self.write_source("one.cpp", function("one"))
        self.write_source("two.cpp", function("two"))
        done = self.configure("""add_executable(app main.cpp one.cpp "$<$<BOOL:ON>:two.cpp;main.h>")
file(WRITE ${CMAKE_CURRENT_SOURCE_DIR}/main.h "")
weft_autograph(app)
""")
        self.assertIn("two.cpp", done.stderr)
        self.assertIn("is a source by generator expression and is compiled as it is", done.stderr.replace("\n ", ""))
        self.check_program("one=1 two=0")

    def test_wrong_calls(self):
        self.write_source("main.cpp", program())
        self.write_source("sub/CMakeLists.txt", "add_executable(below ../main.cpp)\n")
        for text, words in (("weft_autograph(app)", "weft_autograph(app): there is no such target (yet)"),
                            ("add_library(i INTERFACE)\nweft_autograph(i)", "the target has no sources that are compiled here"),
                            ("weft_autograph(weft::weft-autograph)", "the target has no sources that are compiled here"),
                            ("add_executable(app main.cpp)\nweft_autograph(app -Wall)", "unknown argument -Wall"),
                            ("add_subdirectory(sub)\nweft_autograph(below)", "call it there")):
            with self.subTest(text):
                done = self.configure(text, code=1)
                self.assertIn(words, re.sub(r"\s+", " ", done.stderr))

    def test_wrong_source(self):
        """The message is Clang's, at the user's line; nothing is compiled or left to be compiled."""
        self.write_source("main.cpp", program("one"))
        self.write_source("one.cpp", function("one") + "int wrong() { return +; }\n")
        self.configure("add_executable(app main.cpp one.cpp)\nweft_autograph(app)\n")
        rewritten, compiled = self.build(code=2 if "Make" in GENERATOR else 1)
        line = function("one").count("\n") + 1
        self.assertIn(f"my project/one.cpp:{line}:", self.output)
        self.assertIn("error: expected expression", self.output)
        self.assertNotIn("one.cpp", compiled)
        self.write_source("one.cpp", function("one"))
        self.check_program("one=1")


    def test_configurations(self):
        """Each has its own flags, and with several in one build folder its own rewritten sources."""
        self.write_source("main.cpp", program("one"))
        check = "#ifdef NDEBUG\nstatic_assert(CONFIG == 2);\n#else\nstatic_assert(CONFIG == 1);\n#endif"
        self.write_source("one.cpp", function("one", check))
        for self.configuration in ("Debug", "Release"):
            self.configure("""add_executable(app main.cpp one.cpp)
target_compile_definitions(app PRIVATE CONFIG=$<IF:$<CONFIG:Debug>,1,2>)
weft_autograph(app)
""", *([] if MULTI else ["-DCMAKE_BUILD_TYPE=" + self.configuration]))
            self.assertEqual(self.build()[0], ["main.cpp", "one.cpp"])
            self.assertEqual(self.run_built("app"), "one=1")
            self.assertEqual(self.build(), ([], []))


class Rebuilt(Project):
    """What a second build does: what it must, and no more. One build folder, put right before each test."""

    TEXT = """add_executable(app main.cpp one.cpp two.cpp)
target_include_directories(app PRIVATE include)
weft_autograph(app)
"""

    @classmethod
    def setUpClass(cls):
        cls.shared = make_folder()
        cls.addClassCleanup(shutil.rmtree, cls.shared)

    def setUp(self):
        self.use_folder(self.shared)
        self.write_source("main.cpp", program("one", "two"))
        self.write_source("one.cpp", function("one", '#include "used.h"\n'))
        self.write_source("two.cpp", function("two"))
        self.write_source("include/used.h", "#pragma once\n")
        self.configure(self.TEXT)
        self.build()
        self.assertEqual(self.run_built("app"), "one=1 two=1")
        self.assertEqual(self.build(), ([], []))

    def expect(self, rewritten, compiled, then=([], [])):
        """This build, and after it nothing."""
        self.assertEqual(self.build(), (rewritten, compiled), self.output)
        self.assertEqual(self.build(), then, self.output)

    def test_source(self):
        self.later("one.cpp", function("one", "// edited"))
        self.expect(["one.cpp"], ["one.cpp"])
        self.later("main.cpp")
        self.expect(["main.cpp"], ["main.cpp"])

    def test_header(self):
        self.later("include/used.h", "#pragma once\nstatic_assert(true);\n")
        self.expect(["one.cpp"], ["one.cpp"])
        # With traced code it becomes part of the rewritten source, and still counts.
        shared = "#pragma once\n" + function("shared").replace("int shared", "inline int shared")
        self.later("include/used.h", shared)
        self.expect(["one.cpp"], ["one.cpp"])
        self.later("include/used.h", shared + "inline int more = 1;\n")
        self.expect(["one.cpp"], ["one.cpp"])
        # Gone, and no longer included.
        self.later("one.cpp", function("one"))
        (self.root / "include/used.h").unlink()
        self.expect(["one.cpp"], ["one.cpp"])

    def test_configured_again(self):
        self.configure(self.TEXT)
        self.expect([], [])

    def test_flags(self):
        self.configure(self.TEXT + "set_source_files_properties(two.cpp PROPERTIES COMPILE_DEFINITIONS NEW=1)\n")
        rewritten, compiled = self.build()
        self.assertEqual(rewritten, ["two.cpp"], self.output)
        self.assertIn("two.cpp", compiled)
        self.assertEqual(self.build(), ([], []))
        self.configure(self.TEXT + "set_target_properties(app PROPERTIES CXX_STANDARD 23)\n")
        everything = ["main.cpp", "one.cpp", "two.cpp"]
        self.expect(everything, everything)

    def test_new_source(self):
        self.write_source("three.cpp", function("three"))
        self.configure(self.TEXT + "target_sources(app PRIVATE three.cpp)\n")
        rewritten, compiled = self.build()
        self.assertEqual(rewritten, ["three.cpp"], self.output)
        self.assertIn("three.cpp", compiled)
        self.assertEqual(self.build(), ([], []))

    def test_tool(self):
        """A new rewriter rewrites everything; what stays the same is not compiled again where Ninja can see that."""
        self.later("tool/weft-autograph")
        everything = ["main.cpp", "one.cpp", "two.cpp"]
        self.expect(everything, everything if "Make" in GENERATOR else [])

    def test_clean(self):
        self.run_program("cmake", "--build", self.build_folder, "--target", "clean")
        everything = ["main.cpp", "one.cpp", "two.cpp"]
        self.expect(everything, everything)


if __name__ == "__main__":
    unittest.main()
