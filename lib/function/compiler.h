// The interface through which libweft.so reaches tracing and native code in libweft-compiler.so, which is opened at
// the first trace. Nothing here names LLVM or MLIR.
#pragma once
#include "lib/code/image.h"
#include "lib/function/open_shapes.h"
#include "lib/tensor/runtime.h"
#include "lib/tensor/trace_list.h"

#include <weft/control_flow.h>
#include <weft/function.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weft::detail {

/// Where an input of the compiled code comes from.
struct InputSlot {
  enum class Kind { Argument, Captured, Variable } kind;
  TensorType type;
  int argument = -1;                // Argument: index of the tensor leaf
  ValueRef captured = {};           // Captured: a concrete value, held by the entry
  Ref<VariableState> variable = {}; // Variable: read at call entry
  bool written = false;             // Variable: some path assigns it; reached through frame.variables[variable_index]
  int variable_index = -1;
};
/// Where a result of the function comes from.
struct ResultSlot {
  enum class Kind { Computed, Argument, Constant } kind;
  TensorType type;        // open dimensions are filled from frame.results[index].dims
  int index = -1;         // Computed: the code's result; Argument: the tensor leaf that is returned as it is
  ValueRef constant = {}; // Constant: a concrete tensor
  int shape = -1;         // Computed, with open dimensions: the step of TracedFunction::shapes that gives them
};

/// The file of locations that are numbers of TracedFunction::sites.
inline constexpr char numbered_lines[] = "#";

/// A finished trace: the function in the weft dialect as MLIR bytecode, and how it is bound.
struct TracedFunction {
  std::string name;
  std::string bytecode;
  std::vector<InputSlot> inputs; // in the order of the code's inputs; written variables are not inputs but slots
  std::vector<ResultSlot> results;
  /// What the trace took for granted of open dimensions. A call that does not fit is traced with its own sizes.
  std::vector<ShapeStep> shapes;
  /// The user's lines. Locations in the program, and in what its code reports, are numbers of these, from 1, in the file
  /// numbered_lines: so a program is the same wherever it stands. (Programs that are read from files name their lines.)
  std::vector<SourceLocation> sites;
  /// What the code asks (weft_check_sizes), by number.
  std::vector<SizeCheck> size_checks;
  int computed_results = 0;
  int variables = 0;    // length of frame.variables
  std::int64_t operations = 0, elements = 0; // how many operations; elements of the largest value whose size is known
  bool open = false, loops = false;          // whether there are values of open sizes, and loops
  bool effects = false; // print, assignments, what may fail: never skipped, never shared
};

/// One call of an operation, checked: weak operands have their dtype, the types of the results are inferred.
struct OpCall {
  OpId op;
  std::span<const ValueRef> operands;
  AttrList attrs;
  TensorType type; // of the first result
  SourceLocation loc;
  std::span<const TensorType> more = {}; // of the results after it

  const TensorType &result(std::size_t k) const { return k ? more[k - 1] : type; }
};

/// A trace under way on this thread. Tensors made meanwhile are in `list`.
class Tracer {
public:
  virtual ~Tracer() = default;
  TraceList list;
  std::uint64_t id = 0;
  bool autograph = true; ///< false: a traced condition or loop is an error (FunctionOptions::autograph)
  std::size_t depth = 0; ///< how many regions (branches, conditions, bodies) are open

  /// The tracer of this thread, innermost first; null while none runs.
  WEFT_API static Tracer *current();
  WEFT_API static void set_current(Tracer *t); // also sets TraceList's

  virtual ValueRef argument(int leaf, const TensorType &type, const SourceLocation &loc) = 0;
  /// Gives as many results as the operation has.
  virtual void op(const OpCall &call, std::span<ValueRef> results) = 0;
  /// The size of an open dimension, as an int64 of rank 0.
  virtual ValueRef dim(const ValueRef &x, int d, const SourceLocation &loc) = 0;

  virtual void if_stmt(const Operand &cond, Block then, Block otherwise, const ag::Site &site) = 0;
  /// A loop: `cond` runs before each turn, and `body` where it holds. A condition that turns out to be known while its
  /// region is traced is a constant; the body is not traced where it is false.
  virtual void while_stmt(FunctionRef<ag::Cond()> cond, Block body, std::span<const ShapeInvariant> invariants,
                          const ag::Site &site) = 0;
  // for over a range or rows: open, the body runs, then close; abandon undoes after an exception or a break.
  virtual LoopState *open_range(const Range &range, const ag::Site &site) = 0;
  virtual LoopState *open_rows(const ValueRef &rows, const ag::Site &site) = 0;
  /// How many turns a range takes: the bits of an unsigned number, as an int64 of rank 0.
  virtual ValueRef turns(const Range &range) = 0;
  virtual ValueRef iterate(LoopState *loop) = 0;
  virtual void close(LoopState *loop) = 0;
  virtual void abandon(LoopState *loop, bool unwinding) noexcept = 0;

  virtual ValueRef variable_read(VariableState &v, const SourceLocation &loc) = 0;
  virtual void variable_assign(VariableState &v, const ValueRef &value, const SourceLocation &loc) = 0;
  virtual void print(std::span<const Operand> args, const SourceLocation &loc) = 0;
  /// Ends the call with an error of `kind` at cond's place unless it holds; the arguments are printed behind the
  /// message.
  virtual void check(const Operand &cond, std::string_view message, std::span<const Operand> args,
                     ErrorKind kind = ErrorKind::Check) = 0;

  /// Ends the trace: verifies, and gives the function. `results` are the leaves of the user's result.
  virtual TracedFunction finish(std::span<const ValueRef> results, const SourceLocation &loc) = 0;
  /// Whether one of these values of this trace has sizes that only running it tells.
  virtual bool finds_sizes(std::span<const ValueRef> values) const = 0;
  /// Inlines a finished trace into this one (a traced function called by another): the values of its results.
  virtual std::vector<ValueRef> inline_call(const TracedFunction &f, std::span<const ValueRef> arguments,
                                            const SourceLocation &loc) = 0;
};

/// A C++ number that stands beside tensors, in their dtype. One that is known must fit; one that is an input of the
/// trace (it was given to a parameter of type Operand) is converted, and checked when it runs. Errors are of `kind`;
/// `subject` begins them.
ValueRef adapted(const Operand &number, DType dtype, ErrorKind kind, FunctionRef<std::string()> subject);

/// How much is spent on code. The results have the same bits.
enum class Effort {
  Quick, ///< code that is wanted now; CompiledCode::quick says whether more effort would make it better
  Full
};

/// The compiler library.
class Compiler {
public:
  virtual ~Compiler() = default;
  /// Opens libweft-compiler.so at the first use; throws InternalError naming the file when it cannot, and TraceError
  /// when the program is ending and the library is gone.
  WEFT_API static Compiler &get(const SourceLocation &where = {});
  /// Called by the compiler's library when the program ends, before what it stands on is destroyed: from then on get()
  /// throws.
  WEFT_API static void end();
  static bool ended();
  /// Puts another compiler in its place, or with null the real one back.
  WEFT_API static void set_for_testing(Compiler *c);

  virtual std::unique_ptr<Tracer> trace(const std::string &name, const SourceLocation &where) = 0;
  virtual std::unique_ptr<CompiledCode> compile(const TracedFunction &f, const FunctionOptions &options, Effort effort = Effort::Full) = 0;
  virtual std::string render(const TracedFunction &f, const FunctionOptions &options, Stage stage) = 0;
};

} // namespace weft::detail

/// The one symbol libweft.so looks up in libweft-compiler.so.
extern "C" WEFT_API weft::detail::Compiler *weft_compiler();
