// The forms of the code and the phases between them: docs/pipeline.md. The engine, the dumps and weft-opt all run these.
#pragma once
#include <weft/detail/export.h>

namespace mlir {
class DialectRegistry;
class OpPassManager;
} // namespace mlir

namespace weft {

/// In their order; each follows from the one before.
enum class Form { Traced, Optimized, Loops, LLVM };

/// Adds the passes that lead to `form` from the form before it; none for Traced. The pass manager runs on a module.
WEFT_API void addPhase(mlir::OpPassManager &manager, Form form);

/// Makes every pass, and the phases as weft-to-optimized, weft-to-loops and weft-to-llvm, known to command lines.
WEFT_API void registerWeftPasses();
/// The dialects of all forms.
WEFT_API void registerWeftDialects(mlir::DialectRegistry &registry);

} // namespace weft
