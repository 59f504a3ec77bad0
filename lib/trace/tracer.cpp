// Values and operations of a trace, and its end: verification and bytecode.
#include "lib/trace/regions.h"

#include "lib/function/condition.h"
#include "lib/tensor/variable_state.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

namespace weft::trace {

using namespace detail;
using llvm::cast;
using llvm::dyn_cast;

namespace {

std::atomic<std::uint64_t> next_trace{1};

/// Concrete tensors up to this many bytes are constants in the code; larger ones are hidden inputs, so that the code
/// never depends on the size of data.
constexpr std::int64_t constant_bytes = 256;

mlir::Attribute attribute(mlir::OpBuilder &b, const Attr &attr) {
  return std::visit(
      [&](const auto &v) -> mlir::Attribute {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::int64_t>)
          return b.getI64IntegerAttr(v);
        else if constexpr (std::is_same_v<T, bool>)
          return b.getBoolAttr(v);
        else if constexpr (std::is_same_v<T, double>)
          return b.getF64FloatAttr(v);
        else if constexpr (std::is_same_v<T, DType>)
          return mlir::TypeAttr::get(element_type(b.getContext(), v));
        else if constexpr (std::is_same_v<T, Shape>)
          return b.getDenseI64ArrayAttr({v.begin(), v.size()});
        else
          return b.getStringAttr(v);
      },
      attr.value);
}

} // namespace

mlir::Type element_type(mlir::MLIRContext *context, DType dtype) {
  mlir::Builder b(context);
  switch (dtype) {
  case DType::Bool:
    return b.getI1Type();
  case DType::Int8:
    return b.getI8Type();
  case DType::Int16:
    return b.getI16Type();
  case DType::Int32:
    return b.getI32Type();
  case DType::Int64:
    return b.getI64Type();
  case DType::UInt8:
    return b.getIntegerType(8, false);
  case DType::UInt16:
    return b.getIntegerType(16, false);
  case DType::UInt32:
    return b.getIntegerType(32, false);
  case DType::UInt64:
    return b.getIntegerType(64, false);
  case DType::Float16:
    return b.getF16Type();
  case DType::BFloat16:
    return b.getBF16Type();
  case DType::Float32:
    return b.getF32Type();
  case DType::Float64:
    return b.getF64Type();
  case DType::String:
    return StringType::get(context);
  }
  return {};
}

mlir::RankedTensorType tensor_type(mlir::MLIRContext *context, const TensorType &t) {
  llvm::SmallVector<std::int64_t> dims(t.shape.begin(), t.shape.end());
  static_assert(weft::dynamic == mlir::ShapedType::kDynamic);
  return mlir::RankedTensorType::get(dims, element_type(context, t.dtype));
}

void describe(mlir::Operation *code, TracedFunction &f) {
  code->walk([&](mlir::Operation *o) {
    ++f.operations;
    f.loops |= isa<mlir::LoopLikeOpInterface>(o);
    auto e = dyn_cast<mlir::MemoryEffectOpInterface>(o);
    f.effects |= e && e.hasEffect<mlir::MemoryEffects::Write>(); // failing is one
    for (mlir::Type t : o->getResultTypes())
      if (auto tensor = dyn_cast<mlir::RankedTensorType>(t)) {
        f.open |= !tensor.hasStaticShape();
        f.elements = std::max(f.elements, tensor.hasStaticShape() ? tensor.getNumElements() : 0);
      }
  });
}

TracerImpl::TracerImpl(ContextPool::Lease lease, const std::string &name, const SourceLocation &where)
    : lease_(std::move(lease)), context_(&lease_.context()), builder_(context_), name_(name) {
  id = next_trace++;
  module_ = mlir::ModuleOp::create(locate(where));
  builder_.setInsertionPointToEnd(module_->getBody());
  function_ = mlir::func::FuncOp::create(builder_, locate(where), name, builder_.getFunctionType({}, {}));
  records_.push_back({function_.addEntryBlock(), true, "function", where});
  stack_.push_back(&records_.back());
  builder_.setInsertionPointToEnd(records_.back().block);
}

TracerImpl::~TracerImpl() { list.close(); }

mlir::Location TracerImpl::locate(const SourceLocation &loc) {
  if (!loc.line)
    return mlir::UnknownLoc::get(context_);
  auto [found, added] = numbers_.try_emplace({loc.file, std::uint64_t{loc.line} << 32 | loc.column}, sites_.size() + 1);
  if (added)
    sites_.push_back(loc);
  return mlir::FileLineColLoc::get(context_, numbered_lines, found->second, 0);
}

void TracerImpl::throw_pending() {
  if (list.pending.empty())
    return;
  std::string message;
  message.swap(list.pending);
  raise(ErrorKind::Trace, list.pending_at, message);
}

ValueRef TracerImpl::symbol(mlir::Value ir, const TensorType &type, const SourceLocation &loc, int shape) {
  if (shape < 0 && !type.shape.is_static())
    raise(ErrorKind::Internal, loc, "a traced value has open dimensions that follow from nothing");
  auto *v = new TracedValue;
  v->shape = shape;
  v->kind = Value::Kind::Symbolic;
  v->type = type;
  v->ir = ir.getAsOpaquePointer();
  v->region = stack_.back();
  v->trace = id;
  v->loc = loc;
  return ValueRef::adopt(v);
}

mlir::Value TracerImpl::new_input(InputSlot slot, const SourceLocation &loc) {
  auto type = tensor_type(context_, slot.type);
  inputs_.push_back(std::move(slot));
  return function_.getBody().front().addArgument(type, locate(loc));
}

int TracerImpl::open_shape(const ValueRef &v) {
  return v->kind == Value::Kind::Symbolic ? static_cast<const TracedValue &>(*v).shape : -1;
}

ValueRef TracerImpl::argument(int leaf, const TensorType &type, const SourceLocation &loc) {
  InputSlot slot{InputSlot::Kind::Argument, type};
  slot.argument = leaf;
  return symbol(new_input(std::move(slot), loc), type, loc, shapes_.argument(leaf, type.shape));
}

mlir::Value TracerImpl::captured(const ValueRef &v, const SourceLocation &loc) {
  auto [it, fresh] = captures_.try_emplace(v.get(), function_.getBody().front().getNumArguments());
  if (fresh) {
    InputSlot slot{InputSlot::Kind::Captured, v->type};
    slot.captured = v;
    new_input(std::move(slot), loc);
  }
  return function_.getBody().front().getArgument(it->second);
}

mlir::Value TracerImpl::constant(const Value &v, const SourceLocation &loc) {
  auto type = tensor_type(context_, v.type);
  mlir::Attribute value;
  std::int64_t n = v.type.shape.elements();
  if (v.type.dtype == DType::String) {
    llvm::SmallVector<mlir::Attribute> texts;
    for (auto *p = static_cast<const void *const *>(v.data); n > 0; --n, ++p)
      texts.push_back(builder_.getStringAttr(llvm::StringRef(text_of(*p).data(), text_of(*p).size())));
    value = builder_.getArrayAttr(texts);
  } else if (v.type.dtype == DType::Bool) {
    value = mlir::DenseElementsAttr::get(type, llvm::ArrayRef(static_cast<const bool *>(v.data), n));
  } else {
    value = mlir::DenseElementsAttr::getFromRawBuffer(
        type, {static_cast<const char *>(v.data), static_cast<std::size_t>(byte_size(v.type))});
  }
  return ConstantOp::create(builder_, locate(loc), type, value);
}

mlir::Value TracerImpl::zero(mlir::RankedTensorType type, const SourceLocation &loc) {
  if (!type.hasStaticShape()) { // never read, so one element along open dimensions will do, seen as any number of them
    llvm::SmallVector<std::int64_t> shape(type.getShape()), none(shape.size(), 0), steps(shape.size(), 1);
    std::replace(shape.begin(), shape.end(), weft::dynamic, std::int64_t{1});
    mlir::Value one = zero(type.clone(shape), loc);
    return SliceOp::create(builder_, locate(loc), type, one, mlir::ValueRange(), none, type.getShape(),
                           steps, llvm::ArrayRef<std::int64_t>());
  }
  mlir::Attribute value;
  if (llvm::isa<StringType>(type.getElementType()))
    value = builder_.getArrayAttr(llvm::SmallVector<mlir::Attribute>(static_cast<std::size_t>(type.getNumElements()),
                                                                     builder_.getStringAttr("")));
  else
    value = mlir::DenseElementsAttr::get(type, builder_.getZeroAttr(type.getElementType()));
  return ConstantOp::create(builder_, locate(loc), type, value);
}

mlir::Value TracerImpl::raw(const ValueRef &v, const SourceLocation &loc) {
  if (v->kind == Value::Kind::Concrete)
    return byte_size(v->type) <= constant_bytes ? constant(*v, loc) : captured(v, loc);
  if (v->kind != Value::Kind::Symbolic) {
    auto *poison = dynamic_cast<const PoisonValue *>(v.get());
    raise(poison ? poison->error : ErrorKind::Trace, loc, poison ? poison->reason : "use of a moved-from Tensor");
  }
  auto &s = static_cast<const SymbolicValue &>(*v);
  if (s.trace != id)
    raise(ErrorKind::Trace, loc,
          fmt::format("a tensor of another trace (made at {}) is used here: pass it as an argument", s.loc.str()));
  auto *region = static_cast<RegionRecord *>(s.region);
  if (!region->open)
    raise(ErrorKind::Trace, loc,
          fmt::format("a value made in the {} at {} (by the operation at {}) is used outside of it; assign it to a "
                      "Tensor declared "
                      "before the statement",
                      region->kind, region->loc.str(), s.loc.str()));
  return mlir::Value::getFromOpaquePointer(s.ir);
}

mlir::Value TracerImpl::assigned(const ValueRef &v, const SourceLocation &loc) {
  return may_be_unassigned(v) ? mlir::Value::getFromOpaquePointer(static_cast<const SymbolicValue &>(*v).assigned)
                              : flag(true, loc);
}

mlir::Value TracerImpl::flag(bool value, const SourceLocation &loc) {
  return from_scalar(mlir::arith::ConstantOp::create(builder_, locate(loc), builder_.getBoolAttr(value)),
                     loc);
}

mlir::Value TracerImpl::use(const ValueRef &v, const SourceLocation &loc) {
  mlir::Value ir = raw(v, loc);
  if (may_be_unassigned(v))
    CheckOp::create(builder_, locate(loc), extract(assigned(v, loc), loc), mlir::ValueRange{},
                    static_cast<const SymbolicValue &>(*v).unset, static_cast<std::int32_t>(ErrorKind::Check));
  return ir;
}

mlir::Value TracerImpl::constant_i64(std::int64_t v, mlir::Location loc) {
  return mlir::arith::ConstantOp::create(builder_, loc, builder_.getI64IntegerAttr(v));
}

mlir::Value TracerImpl::extract(mlir::Value tensor, const SourceLocation &loc) {
  return mlir::tensor::ExtractOp::create(builder_, locate(loc), tensor, mlir::ValueRange{});
}

mlir::Value TracerImpl::from_scalar(mlir::Value scalar, const SourceLocation &loc) {
  return mlir::tensor::FromElementsOp::create(builder_, locate(loc),
                                              mlir::RankedTensorType::get({}, scalar.getType()), scalar);
}

void TracerImpl::op(const OpCall &call, std::span<ValueRef> results) {
  throw_pending();
  lines_.count(call.loc);
  mlir::OperationState state(locate(call.loc), "weft." + std::string(info(call.op).name));
  for (const ValueRef &v : call.operands)
    state.operands.push_back(use(v, call.loc));
  for (const Attr &a : call.attrs)
    state.addAttribute(llvm::StringRef(a.name.data(), a.name.size()), attribute(builder_, a));
  for (std::size_t k = 0; k < results.size(); ++k)
    state.addTypes(tensor_type(context_, call.result(k)));
  list.last = call.loc;
  llvm::SmallVector<int> shapes = llvm::map_to_vector(call.operands, open_shape);
  std::optional<SizeCheck> check;
  llvm::SmallVector<int> result_shapes(results.size());
  shapes_.operation(call, shapes, result_shapes, check);
  if (check)
    ask(std::move(*check), state.operands, call.loc);
  mlir::Operation *made = builder_.create(state);
  for (std::size_t k = 0; k < results.size(); ++k)
    results[k] = symbol(made->getResult(static_cast<unsigned>(k)), call.result(k), call.loc, result_shapes[k]);
}

void TracerImpl::ask(SizeCheck check, mlir::ValueRange arguments, const SourceLocation &where) {
  mlir::Location loc = locate(where);
  llvm::SmallVector<mlir::Value> sizes;
  for (mlir::Value v : arguments) {
    auto type = cast<mlir::RankedTensorType>(v.getType());
    for (std::int64_t d = 0; d < type.getRank(); ++d)
      if (type.isDynamicDim(d))
        sizes.push_back(mlir::tensor::DimOp::create(builder_, loc, v, d));
  }
  CheckSizesOp::create(builder_, loc, sizes, static_cast<std::int32_t>(checks_.size()));
  checks_.push_back(std::move(check));
}

mlir::Value TracerImpl::widened(mlir::Value v, mlir::Type type, const SourceLocation &loc) {
  return v.getType() == type ? v : mlir::tensor::CastOp::create(builder_, locate(loc), type, v).getResult();
}

ValueRef TracerImpl::dim(const ValueRef &x, int d, const SourceLocation &loc) {
  throw_pending();
  mlir::Value size = mlir::tensor::DimOp::create(builder_, locate(loc), use(x, loc), d);
  size = mlir::arith::IndexCastOp::create(builder_, locate(loc), builder_.getI64Type(), size);
  list.last = loc;
  return symbol(from_scalar(size, loc), {DType::Int64, {}}, loc);
}

mlir::Value TracerImpl::condition(const Operand &c, const char *statement, const SourceLocation &loc) {
  throw_pending();
  SourceLocation at = c.loc().line ? c.loc() : loc;
  const TensorType &t = c.value()->type;
  if (!autograph && std::string_view(statement) != "check")
    raise(
        ErrorKind::Trace, at,
        fmt::format("this {} depends on a traced tensor, and the function was made with autograph = false", statement));
  check_condition(*c.value(), statement, at);
  mlir::Value v = use(c.value(), at);
  if (t.shape.rank())
    v = ReshapeOp::create(builder_, locate(loc), tensor_type(context_, {DType::Bool, {}}), v,
                          mlir::ValueRange(), llvm::ArrayRef<std::int64_t>{});
  return extract(v, loc);
}

TracedFunction TracerImpl::finish(std::span<const ValueRef> results, const SourceLocation &loc) {
  throw_pending();
  TracedFunction f;
  f.name = name_;
  llvm::SmallVector<mlir::Value> computed;
  for (const ValueRef &v : results) {
    ResultSlot slot{ResultSlot::Kind::Computed, v->type};
    if (v->kind == Value::Kind::Concrete) {
      slot.kind = ResultSlot::Kind::Constant;
      slot.constant = v;
      f.results.push_back(slot);
      continue;
    }
    mlir::Value ir = use(v, loc);
    auto arg = dyn_cast<mlir::BlockArgument>(ir);
    if (arg && arg.getOwner() == &function_.getBody().front() &&
        inputs_[arg.getArgNumber()].kind == InputSlot::Kind::Argument) {
      slot.kind = ResultSlot::Kind::Argument;
      slot.index = inputs_[arg.getArgNumber()].argument;
    } else {
      slot.index = static_cast<int>(computed.size());
      slot.shape = open_shape(v);
      computed.push_back(ir);
    }
    f.results.push_back(slot);
  }
  mlir::func::ReturnOp::create(builder_, locate(loc), computed);
  llvm::SmallVector<mlir::Type> result_types(mlir::ValueRange(computed).getTypes());
  settle_variables(); // erases reads, which may be among the results
  function_.setFunctionType(builder_.getFunctionType(function_.getBody().front().getArgumentTypes(), result_types));

  std::string diagnostics;
  mlir::ScopedDiagnosticHandler handler(context_, [&](mlir::Diagnostic &d) { diagnostics += d.str() + "\n"; });
  if (failed(mlir::verify(*module_)))
    raise(ErrorKind::Internal, loc, fmt::format("the trace of '{}' is not valid: {}", name_, diagnostics));
  llvm::raw_string_ostream os(f.bytecode);
  if (failed(mlir::writeBytecodeToFile(*module_, os)))
    raise(ErrorKind::Internal, loc, fmt::format("the trace of '{}' cannot be written: {}", name_, diagnostics));
  lease_.grew(f.bytecode.size());

  f.inputs = inputs_;
  f.shapes = shapes_.steps();
  f.size_checks = checks_;
  f.sites = sites_;
  f.computed_results = static_cast<int>(computed.size());
  for (std::size_t k = 0; k < variables_.size(); ++k)
    if (variables_[k].written) {
      InputSlot slot{InputSlot::Kind::Variable, variables_[k].state->type};
      slot.variable = variables_[k].state;
      slot.written = true;
      slot.variable_index = static_cast<int>(f.variables++);
      f.inputs.push_back(slot);
    }
  describe(*module_, f);
  return f;
}

std::unique_ptr<Tracer> make_tracer(ContextPool::Lease lease, const std::string &name, const SourceLocation &where) {
  return std::make_unique<TracerImpl>(std::move(lease), name, where);
}

} // namespace weft::trace
