"""What the tests of weft-c++ and weft_autograph share: a fresh folder for each test, small sources, and programs run
with their output kept. The build folder comes from the environment, where CTest puts it."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["WEFT_BINARY_DIR"])
COMPILERS = [name for name in ("g++", "clang++-16", "clang++-22") if shutil.which(name)]

# A function with traced control flow, and a program that says which way it went: natively it would be an error.
TRACED = """#include <weft/weft.h>

#include <cstdio>

weft::Tensor clamp(weft::Tensor x) {
  if (x > 10)
    x = weft::Tensor(10);
  return x;
}

int main() {
  auto f = weft::function(clamp);
  std::printf("%d %d\\n", f(3).item<int>(), f(30).item<int>());
}
"""
# As little of weft as the rewriter and what it writes have to know, where real headers would only take time.
STUB = """#pragma once
namespace weft {
class Tensor {
public:
  Tensor(int x) : x(x) {}
  explicit operator bool() const { return x; }
  int x;
};
inline Tensor operator>(Tensor a, Tensor b) { return a.x > b.x; }
namespace ag {
struct Names {
  template <class... T> void operator()(const T &...) {}
};
struct Site {
  template <class... T> Site(const T &...) {}
};
template <class... T> void if_stmt(const T &...) {}
} // namespace ag
} // namespace weft
"""
# Nothing to rewrite.
PLAIN = """#include <cstdio>

int main() { std::puts("plain"); }
"""


class Case(unittest.TestCase):
    """A test with a folder of its own that it works in."""

    maxDiff = None

    def setUp(self):
        # Resolved, because compilers print the folder in both forms where it is a link.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="weft-driver-")).resolve()
        self.temporary = self.folder / "temporary"
        self.temporary.mkdir()
        self.environment = {
            name: value for name, value in os.environ.items() if name not in ("CXX", "WEFT_CXX", "CXXFLAGS", "LDFLAGS")
        } | {"TMPDIR": str(self.temporary), "LC_ALL": "C"}

    def tearDown(self):
        left = sorted(str(path) for path in self.temporary.rglob("*"))
        shutil.rmtree(self.folder)
        self.assertEqual(left, [], "temporary files were left behind")

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def read(self, name):
        return (self.folder / name).read_text()

    def files(self):
        """Everything in the folder but the temporary one, relative."""
        found = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return sorted(str(path) for path in found if path.parts[0] != "temporary")

    def run_program(self, *words, code=0, cwd=None, **more):
        """Runs it, asserts its exit code (None: any), and gives what subprocess.run gives."""
        environment = self.environment | more.pop("environment", {})
        done = subprocess.run([str(word) for word in words], cwd=cwd or self.folder, env=environment, text=True,
                              capture_output=True, timeout=120, **more)
        if code is not None:
            self.assertEqual(done.returncode, code, f"{words}\n{done.stdout}{done.stderr}")
        return done
