// The public face of weft, as a table of contents. No LLVM or MLIR header is behind it.
#pragma once
#include <weft/dtype.h>        // element types
#include <weft/shape.h>        // shapes
#include <weft/error.h>        // errors with the user's line
#include <weft/tensor.h>       // Tensor
#include <weft/memory.h>       // what tensors occupy: memory_stats
#include <weft/operand.h>      // what operations take: Operand, Axis, slices
#include <weft/ops.h>          // the operations
#include <weft/linalg.h>       // matrices: products, decompositions, norms
#include <weft/nn.h>           // convolutions and pools
#include <weft/strings.h>      // strings::
#include <weft/variable.h>     // Variable
#include <weft/random.h>       // random::
#include <weft/dtypes.h>       // what dtypes meet in, hold and are
#include <weft/io.h>           // load, save
#include <weft/autograph.h>    // what weft-autograph writes: ag::
#include <weft/control_flow.h> // range, cond, while_loop, ag:: by hand
#include <weft/effects.h>      // print, check
#include <weft/module.h>       // Module
#include <weft/function.h>     // function, TraceRecord, Stage
#include <weft/graph.h>        // Graph
