// The tracer: runs while a user's function runs with symbolic tensors, and builds the weft dialect directly. Values are
// in tracer.cpp, branches and loops in regions.cpp, effects in effects.cpp, calls of other traced functions in
// inline.cpp.
#pragma once
#include "dialect/Transforms/ContextPool.h"
#include "lib/function/compiler.h"
#include "lib/trace/shapes.h"
#include "lib/trace/unrolled.h"

#include "dialect/IR/Weft.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <deque>
#include <unordered_map>

namespace weft::trace {

using detail::ValueRef;

/// Where a value may be used: while `open`. A closed region's values are an error that names both places.
struct RegionRecord {
  mlir::Block *block = nullptr;
  bool open = true;
  const char *kind = "function";
  SourceLocation loc;
};

struct Statement;
struct Loop;
struct Merge;
struct RangeTurns;

/// A value of this trace. Open dimensions are those of a shape in TracedShapes.
struct TracedValue final : detail::SymbolicValue {
  int shape = -1;
};

mlir::Type element_type(mlir::MLIRContext *context, DType dtype);
mlir::RankedTensorType tensor_type(mlir::MLIRContext *context, const detail::TensorType &t);
/// Sets what TracedFunction says of the program as a whole: effects, loops, how much there is.
void describe(mlir::Operation *code, detail::TracedFunction &f);

class TracerImpl final : public detail::Tracer {
public:
  TracerImpl(ContextPool::Lease lease, const std::string &name, const SourceLocation &where);
  ~TracerImpl() override;

  ValueRef argument(int leaf, const detail::TensorType &type, const SourceLocation &loc) override;
  void op(const detail::OpCall &call, std::span<ValueRef> results) override;
  ValueRef dim(const ValueRef &x, int d, const SourceLocation &loc) override;
  void if_stmt(const Operand &cond, detail::Block then, detail::Block otherwise, const ag::Site &site) override;
  void while_stmt(detail::FunctionRef<ag::Cond()> cond, detail::Block body, std::span<const ShapeInvariant> invariants,
                  const ag::Site &site) override;
  detail::LoopState *open_range(const Range &range, const ag::Site &site) override;
  detail::LoopState *open_rows(const ValueRef &rows, const ag::Site &site) override;
  ValueRef turns(const Range &range) override;
  ValueRef iterate(detail::LoopState *loop) override;
  void close(detail::LoopState *loop) override;
  void abandon(detail::LoopState *loop, bool unwinding) noexcept override;
  ValueRef variable_read(detail::VariableState &v, const SourceLocation &loc) override;
  void variable_assign(detail::VariableState &v, const ValueRef &value, const SourceLocation &loc) override;
  void print(std::span<const Operand> args, const SourceLocation &loc) override;
  void check(const Operand &cond, std::string_view message, std::span<const Operand> args,
             detail::ErrorKind kind) override;
  bool finds_sizes(std::span<const ValueRef> values) const override;
  detail::TracedFunction finish(std::span<const ValueRef> results, const SourceLocation &loc) override;
  std::vector<ValueRef> inline_call(const detail::TracedFunction &f, std::span<const ValueRef> arguments,
                                    const SourceLocation &loc) override;

private:
  /// The location of operations made for a line of the user's: its number in TracedFunction::sites.
  mlir::Location locate(const SourceLocation &loc);
  /// The SSA value of `v` at the insertion point: a constant or a captured input for concrete values; an error, worded
  /// for the user, for a value that must not be used here.
  mlir::Value use(const ValueRef &v, const SourceLocation &loc);
  /// The same of a value that may be unassigned, and whether it is assigned (an i1 of rank 0): to pass both on.
  mlir::Value raw(const ValueRef &v, const SourceLocation &loc);
  mlir::Value assigned(const ValueRef &v, const SourceLocation &loc);
  mlir::Value flag(bool value, const SourceLocation &loc);
  mlir::Value constant(const detail::Value &v, const SourceLocation &loc);
  mlir::Value zero(mlir::RankedTensorType type, const SourceLocation &loc);
  mlir::Value captured(const ValueRef &v, const SourceLocation &loc);
  /// A new symbolic value of the current region. `shape` is that of its open dimensions, where it has some.
  ValueRef symbol(mlir::Value ir, const detail::TensorType &type, const SourceLocation &loc, int shape = -1);
  mlir::Value new_input(detail::InputSlot slot, const SourceLocation &loc);
  /// The i1 of a condition: bool dtype and one element.
  mlir::Value condition(const Operand &c, const char *statement, const SourceLocation &loc);
  mlir::Value extract(mlir::Value tensor, const SourceLocation &loc);
  mlir::Value constant_i64(std::int64_t v, mlir::Location loc);
  mlir::Value from_scalar(mlir::Value scalar, const SourceLocation &loc);
  /// Makes the code ask whether the sizes that it has found by now fit, with these arguments.
  void ask(detail::SizeCheck check, mlir::ValueRange arguments, const SourceLocation &loc);
  /// The value as one of a type that leaves more dimensions open.
  mlir::Value widened(mlir::Value v, mlir::Type type, const SourceLocation &loc);
  /// The shape of a value that has open dimensions, or -1.
  static int open_shape(const ValueRef &v);
  /// The shape of what is `a` on one way through a statement and `b`, of the same type, on another.
  int same_shape(const ValueRef &a, const ValueRef &b, const SourceLocation &loc) {
    return shapes_.same(a->type, open_shape(a), open_shape(b), loc);
  }
  void throw_pending();
  int variable_index(detail::VariableState &v);
  void settle_variables();

  // Regions (regions.cpp).
  RegionRecord *enter(std::unique_ptr<mlir::Region> &region, const char *kind, const SourceLocation &loc);
  void resume(RegionRecord *r); // inside again, to add its terminator
  void leave();
  void begin(Statement &s, const ag::Site &site);
  void end(const Statement &s);
  void rollback(const Statement &s, const char *what) noexcept;
  std::vector<ValueRef> states(const Statement &s, const char *where);
  std::vector<Merge> compare(const Statement &s, const std::vector<ValueRef> (&after)[2], std::vector<ValueRef> &next);
  void build_if(mlir::Value cond, detail::Block then, detail::Block otherwise, Statement &s);

  // Loops (loops.cpp).
  Loop *open_loop(const ag::Site &site);
  void drop_loop(Loop *l);
  void build_while(Loop &l, detail::FunctionRef<ag::Cond()> cond, detail::Block body);
  ValueRef add_argument(Loop &l, RegionRecord *r, const ValueRef &like, bool flagged, const std::string &unset);
  ValueRef add_argument(Loop &l, RegionRecord *r, const detail::TensorType &type, int shape, bool flagged,
                        const std::string &unset);
  std::optional<Shape> invariant(const Loop &l, std::size_t i);
  void begin_carrying(Loop &l, std::size_t i, const ValueRef &like, const std::string &unset);
  ValueRef earlier(std::uint64_t id, const ValueRef &like, std::size_t loops);
  void bind_carried(Loop &l, RegionRecord *r);
  void bind_body(Loop &l);
  void collect_carried(Loop &l);
  void finish_loop(Loop &l);
  llvm::SmallVector<mlir::Value> initial_values(Loop &l);
  /// Appends the value as one of this type, and its flag.
  void pass_on(const ValueRef &v, const detail::TensorType &type, bool flagged, const SourceLocation &loc,
               llvm::SmallVectorImpl<mlir::Value> &values);
  bool fits(const ValueRef &carried, const ValueRef &v) const;
  mlir::Operation *build_for(Loop &l);
  mlir::Operation *build_while_op(Loop &l);
  void bind_results(Loop &l, mlir::Operation *op);
  RangeTurns count_turns(const Range &range);

  ContextPool::Lease lease_;
  mlir::MLIRContext *context_;
  mlir::OwningOpRef<mlir::ModuleOp> module_;
  mlir::func::FuncOp function_;
  mlir::OpBuilder builder_;
  std::string name_;

  std::deque<RegionRecord> records_; // stable addresses: symbolic values point to them
  std::vector<RegionRecord *> stack_;
  std::vector<detail::InputSlot> inputs_; // in the order of the entry block's arguments
  std::unordered_map<const detail::Value *, unsigned> captures_;
  struct VariableUse {
    detail::Ref<detail::VariableState> state;
    bool written = false;
  };
  std::vector<VariableUse> variables_;
  std::vector<std::unique_ptr<Loop>> loops_;
  TracedShapes shapes_;
  std::vector<detail::SizeCheck> checks_;
  std::vector<SourceLocation> sites_;
  llvm::DenseMap<std::pair<const char *, std::uint64_t>, unsigned> numbers_; // of sites_, from 1
  LineCounts lines_;
};

std::unique_ptr<detail::Tracer> make_tracer(ContextPool::Lease lease, const std::string &name,
                                            const SourceLocation &where);

} // namespace weft::trace
