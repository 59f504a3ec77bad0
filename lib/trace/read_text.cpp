// From MLIR text to a TracedFunction. The later passes take the Traced form for granted, because the tracer only makes
// that; so here every operation and type is held against it.
#include "lib/trace/read_text.h"

#include "lib/trace/tracer.h"

#include "dialect/IR/Weft.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/raw_ostream.h"

#include <fmt/format.h>

#include <algorithm>

namespace weft::trace {
namespace {

using detail::InputSlot;
using detail::ResultSlot;
using detail::TracedFunction;

[[noreturn]] void fail(mlir::Location loc, const std::string &file, const std::string &message) {
  std::string place = file;
  if (auto at = loc->findInstanceOf<mlir::FileLineColLoc>())
    place += fmt::format(":{}:{}", std::max(at.getLine(), 1u), std::max(at.getColumn(), 1u)); // an empty text has no place
  std::string line = message.substr(0, message.find('\n'));
  throw IoError({}, fmt::format("{}: {}", place, line));
}

bool is_traced_form(mlir::Operation *op) {
  if (llvm::isa<ConstantOp, PrintOp, CheckOp, mlir::func::ReturnOp, mlir::scf::IfOp, mlir::scf::ForOp,
                mlir::scf::WhileOp, mlir::scf::ConditionOp, mlir::scf::YieldOp, mlir::tensor::ExtractOp,
                mlir::tensor::FromElementsOp, mlir::tensor::DimOp>(op))
    return true;
  if (llvm::isa<mlir::arith::ArithDialect>(op->getDialect()))
    return llvm::none_of(op->getResultTypes(), [](mlir::Type t) { return llvm::isa<mlir::ShapedType>(t); });
  return llvm::isa<WeftDialect>(op->getDialect()) && detail::find_op(op->getName().stripDialect());
}

class Reader {
public:
  Reader(const std::string &text, const std::string &file) : file_(file), lease_(pool_.take()) {
    std::optional<std::pair<mlir::Location, std::string>> first;
    mlir::ScopedDiagnosticHandler handler(&lease_.context(), [&](mlir::Diagnostic &d) {
      if (!first && d.getSeverity() == mlir::DiagnosticSeverity::Error)
        first.emplace(d.getLocation(), d.str());
    });
    module_ = mlir::parseSourceString<mlir::ModuleOp>(text, mlir::ParserConfig(&lease_.context()), file);
    if (!module_ && first)
      fail(first->first, file_, first->second);
    if (!module_)
      fail(mlir::UnknownLoc::get(&lease_.context()), file_, "it is no MLIR module");
  }

  TracedFunction read() {
    mlir::func::FuncOp function = only_function();
    check_body(function);
    TracedFunction f;
    f.name = function.getName().str();
    for (mlir::Type t : function.getArgumentTypes()) {
      InputSlot &slot = f.inputs.emplace_back();
      slot.kind = InputSlot::Kind::Argument;
      slot.type = type_of(t, function);
      slot.argument = static_cast<int>(f.inputs.size()) - 1;
    }
    for (mlir::Type t : function.getResultTypes()) {
      ResultSlot &slot = f.results.emplace_back();
      slot.kind = ResultSlot::Kind::Computed;
      slot.type = type_of(t, function);
      slot.index = f.computed_results++;
    }
    describe(function, f);
    llvm::raw_string_ostream os(f.bytecode);
    if (failed(mlir::writeBytecodeToFile(*module_, os)))
      fail(function.getLoc(), file_, "it cannot be written as bytecode");
    return f;
  }

private:
  mlir::func::FuncOp only_function() {
    mlir::func::FuncOp found;
    for (mlir::Operation &op : module_->getOps()) {
      auto function = llvm::dyn_cast<mlir::func::FuncOp>(op);
      if (!function || function.isExternal())
        fail(op.getLoc(), file_, "a module holds one func.func with a body, and nothing else");
      if (found)
        fail(op.getLoc(), file_, "a second function: a file holds one");
      found = function;
    }
    if (!found)
      fail(module_->getLoc(), file_, "there is no func.func in it");
    if (!found.getBody().hasOneBlock())
      fail(found.getLoc(), file_, "a function in the Traced form has one block; branches are scf operations");
    return found;
  }

  void check_body(mlir::func::FuncOp function) {
    function.walk([&](mlir::Operation *op) {
      if (op != function && !is_traced_form(op))
        fail(op->getLoc(), file_,
             fmt::format("'{}' does not belong to the Traced form", std::string_view(op->getName().getStringRef())));
      for (mlir::Type t : op->getResultTypes())
        check_sizes(t, op->getLoc());
      for (mlir::Region &region : op->getRegions())
        for (mlir::BlockArgument a : region.getArguments())
          check_sizes(a.getType(), op->getLoc());
    });
  }

  /// A trace knows which open dimensions are equal, and a call checks that they are. A text does not say.
  void check_sizes(mlir::Type t, mlir::Location loc) {
    auto shaped = llvm::dyn_cast<mlir::ShapedType>(t);
    if (shaped && !shaped.hasStaticShape())
      fail(loc, file_, fmt::format("{} has an open dimension: write its size", text_of(t)));
  }

  static std::string text_of(mlir::Type t) {
    std::string text;
    llvm::raw_string_ostream(text) << t;
    return text;
  }

  detail::TensorType type_of(mlir::Type t, mlir::func::FuncOp function) {
    std::optional<DType> dtype;
    auto tensor = llvm::dyn_cast<mlir::RankedTensorType>(t);
    if (tensor && tensor.getRank() <= Shape::max_rank)
      dtype = dtypeOf(tensor.getElementType());
    if (!dtype)
      fail(function.getLoc(), file_,
           fmt::format("'{}' has an argument or result of type {}, which is no tensor of weft",
                       std::string_view(function.getName()), text_of(t)));
    return {*dtype, Shape(tensor.getShape())};
  }

  std::string file_;
  ContextPool pool_;
  ContextPool::Lease lease_;
  mlir::OwningOpRef<mlir::ModuleOp> module_;
};

} // namespace

TracedFunction read_function(const std::string &text, const std::string &file) { return Reader(text, file).read(); }

} // namespace weft::trace
