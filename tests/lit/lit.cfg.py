# lit's settings for tests/lit: each .mlir file runs weft-opt (written %weft-opt) or the weft tool (%weft) and
# FileCheck. Read through the build folder's lit.site.cfg.py, which knows where the programs are.
import os

import lit.formats

config.name = "weft"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.weft_binary_dir, "tests", "lit", "output")

# Loops that threads share are outline_parallel.mlir's matter.
config.environment["WEFT_PARALLEL_WORK"] = str(2**63 - 1)

# FileCheck, not and split-file come with LLVM; the versioned folder keeps another LLVM's out.
config.environment["PATH"] = os.pathsep.join(
    [config.weft_tools_dir, config.llvm_tools_dir, os.environ["PATH"]]
)
for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

# The longer name first: %weft would match the start of it.
config.substitutions.append(("%weft-opt", os.path.join(config.weft_tools_dir, "weft-opt")))
config.substitutions.append(("%weft", os.path.join(config.weft_tools_dir, "weft")))
