// The verifier of every public operation: translates its types and attributes to libweft's and asks the type rule of
// its record, the same that dispatch asks before anything is traced, so the two cannot drift apart.
#include "dialect/IR/Weft.h"

#include <weft/detail/rules.h>

#include "llvm/ADT/TypeSwitch.h"

#include <exception>

using namespace mlir;

namespace weft {

std::optional<DType> dtypeOf(Type t) {
  if (isa<StringType>(t))
    return DType::String;
  if (isa<Float16Type>(t))
    return DType::Float16;
  if (isa<BFloat16Type>(t))
    return DType::BFloat16;
  if (isa<Float32Type>(t))
    return DType::Float32;
  if (isa<Float64Type>(t))
    return DType::Float64;
  auto i = dyn_cast<IntegerType>(t);
  if (!i || i.isSigned())
    return std::nullopt;
  switch (i.getWidth()) {
  case 1:
    return i.isUnsigned() ? std::nullopt : std::optional(DType::Bool);
  case 8:
    return i.isUnsigned() ? DType::UInt8 : DType::Int8;
  case 16:
    return i.isUnsigned() ? DType::UInt16 : DType::Int16;
  case 32:
    return i.isUnsigned() ? DType::UInt32 : DType::Int32;
  case 64:
    return i.isUnsigned() ? DType::UInt64 : DType::Int64;
  default:
    return std::nullopt;
  }
}

namespace {

std::optional<detail::TensorType> tensorTypeOf(Type t) {
  std::optional<DType> dtype = dtypeOf(getElementTypeOrSelf(t));
  if (!dtype || shapeOf(t).size() > Shape::max_rank)
    return std::nullopt;
  static_assert(ShapedType::kDynamic == dynamic);
  return detail::TensorType{*dtype, Shape(shapeOf(t))};
}

std::optional<detail::Attr::Payload> payloadOf(Attribute a) {
  using Result = std::optional<detail::Attr::Payload>;
  return llvm::TypeSwitch<Attribute, Result>(a)
      .Case([](BoolAttr b) { return Result(b.getValue()); })
      .Case([](IntegerAttr i) { return Result(i.getInt()); })
      .Case([](FloatAttr f) { return Result(f.getValueAsDouble()); })
      .Case([](StringAttr s) { return Result(s.str()); })
      .Case([](DenseI64ArrayAttr list) {
        return list.size() <= Shape::max_rank ? Result(Shape(list.asArrayRef())) : std::nullopt;
      })
      .Case([](TypeAttr t) {
        std::optional<DType> d = dtypeOf(t.getValue());
        return d ? Result(*d) : std::nullopt;
      })
      .Default([](Attribute) { return std::nullopt; });
}

/// Open dimensions agree with any size.
bool agree(const detail::TensorType &a, const detail::TensorType &b) {
  auto same = [](int64_t x, int64_t y) { return x == y || x == dynamic || y == dynamic; };
  return a.dtype == b.dtype && a.shape.rank() == b.shape.rank() &&
         std::equal(a.shape.begin(), a.shape.end(), b.shape.begin(), same);
}

} // namespace

SmallVector<detail::Attr> attributesOf(ArrayRef<NamedAttribute> attributes) {
  SmallVector<detail::Attr> attrs;
  for (NamedAttribute a : attributes)
    if (std::optional<detail::Attr::Payload> payload = payloadOf(a.getValue()))
      attrs.push_back({a.getName().getValue(), *std::move(payload)});
  return attrs;
}

LogicalResult verifyByRule(Operation *op) {
  std::optional<detail::OpId> id = detail::find_op(op->getName().stripDialect());
  if (!id)
    return op->emitOpError("has no record in the operation table");

  SmallVector<detail::TensorType> operands;
  for (Value v : op->getOperands()) {
    std::optional<detail::TensorType> t = tensorTypeOf(v.getType());
    if (!t)
      return op->emitOpError("has an operand of type ") << v.getType() << ", which is no tensor of weft";
    operands.push_back(*t);
  }
  for (NamedAttribute a : op->getAttrs())
    if (!isa<UnitAttr>(a.getValue()) && op->getInherentAttr(a.getName()) && !payloadOf(a.getValue()))
      return op->emitOpError("has an attribute '") << a.getName().getValue() << "' that no rule can read";
  SmallVector<detail::Attr> attrs = attributesOf(op->getAttrs());
  SmallVector<detail::TensorType> results;
  for (Type type : op->getResultTypes()) {
    std::optional<detail::TensorType> t = tensorTypeOf(type);
    if (!t)
      return op->emitOpError("has a result of type ") << type << ", which is no tensor of weft";
    results.push_back(*t);
  }

  detail::TypeResult inferred;
  try {
    inferred = detail::infer(*id, operands, attrs);
  } catch (const std::exception &e) {
    return op->emitOpError(e.what()); // a shape past rank 8
  }
  if (!inferred.type)
    return op->emitOpError(inferred.message);
  for (auto [k, result] : llvm::enumerate(results))
    if (!agree(inferred.of(k), result))
      return op->emitOpError("has the type ")
             << detail::to_string(result) << " where its operands give " << detail::to_string(inferred.of(k));
  return success();
}

} // namespace weft
