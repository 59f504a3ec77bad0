// Registers the dialect, and holds what its internal operations need by hand: constants, and the verifier of groups.
#include "dialect/IR/Weft.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

//===--- weft.constant -------------------------------------------------------------------------------------------===//

// Numbers carry their type in the attribute; an array of strings needs it written.
static ParseResult parseConstantValue(OpAsmParser &parser, Attribute &value, Type &type) {
  if (parser.parseAttribute(value))
    return failure();
  if (auto typed = dyn_cast<TypedAttr>(value); typed && !isa<StringAttr>(value)) {
    type = typed.getType();
    return success();
  }
  return parser.parseColonType(type);
}

static void printConstantValue(OpAsmPrinter &p, weft::ConstantOp, Attribute value, Type type) {
  p.printAttribute(value);
  if (!isa<TypedAttr>(value))
    p << " : " << type;
}

namespace weft {

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

LogicalResult ConstantOp::verify() {
  Type type = getResult().getType();
  auto shaped = dyn_cast<RankedTensorType>(type);
  if (shaped && !shaped.hasStaticShape())
    return emitOpError("has the type ") << type << ": a constant has no open dimension";
  if (isa<DenseStringElementsAttr>(getValue()))
    return emitOpError("has dense strings; strings are an array of string attributes");
  if (auto elements = dyn_cast<DenseElementsAttr>(getValue()))
    return elements.getType() == type
               ? success()
               : emitOpError("has the type ") << type << " and elements of type " << elements.getType();
  auto strings = dyn_cast<ArrayAttr>(getValue());
  if (!strings || !llvm::all_of(strings, llvm::IsaPred<StringAttr>))
    return emitOpError("needs dense elements, or an array of strings");
  if (!isa<StringType>(getElementTypeOrSelf(type)))
    return emitOpError("has strings but the type ") << type;
  int64_t count = shaped ? shaped.getNumElements() : 1;
  if (count != static_cast<int64_t>(strings.size()))
    return emitOpError("has ") << strings.size() << " strings for the type " << type;
  return success();
}

LogicalResult AllocOp::verify() {
  auto type = dyn_cast<MemRefType>(getBuffer().getType());
  if (!type)
    return emitOpError("makes buffers of a known rank, not ") << getBuffer().getType();
  if (static_cast<int64_t>(getSizes().size()) != static_cast<int64_t>(type.getNumDynamicDims()))
    return emitOpError("has ") << getSizes().size() << " sizes for the open dimensions of " << type;
  return success();
}

//===--- weft.fused ----------------------------------------------------------------------------------------------===//

/// One loop nest can compute all of them.
static LogicalResult verifyOneSpace(FusedOp group, ValueRange yields) {
  auto reductionOf = [](Value v) { return v.getDefiningOp<ReductionOpInterface>(); };
  auto visited = [&](Value v) {
    return shapeOf(reductionOf(v) ? reductionOf(v)->getOperand(0).getType() : v.getType());
  };
  for (Value v : yields) {
    ReductionOpInterface first = reductionOf(yields.front()), op = reductionOf(v);
    if (!first != !op)
      return group.emitOpError("yields reductions beside other values");
    if (visited(v) != visited(yields.front()))
      return group.emitOpError("computes values over different shapes");
    if (op && op.getReducedAxes() != first.getReducedAxes())
      return group.emitOpError("reduces over different axes");
  }
  return success();
}

LogicalResult FusedOp::verify() {
  Block &block = getBody().front();
  if (block.getNumArguments() != getIns().size())
    return emitOpError("passes ") << getIns().size() << " values to " << block.getNumArguments() << " block arguments";
  for (auto [in, arg] : llvm::zip(getIns(), block.getArguments())) {
    auto buffer = dyn_cast<MemRefType>(in.getType());
    Type passed = buffer ? RankedTensorType::get(buffer.getShape(), buffer.getElementType()) : in.getType();
    if (passed != arg.getType())
      return emitOpError("passes ") << in.getType() << " to a block argument of type " << arg.getType();
  }
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield)
    return emitOpError("does not end with weft.yield");
  if (yield.getValues().empty())
    return emitOpError("computes nothing");
  for (Operation &op : block) {
    if (op.getNumRegions() != 0)
      return op.emitOpError("has regions, which a loop nest to come cannot have");
    if (isa<ReductionOpInterface>(op) && op.getOperand(0).getDefiningOp<ReductionOpInterface>())
      return op.emitOpError("reduces a reduction of the same group");
  }
  // Buffers take the yielded tensors, results the rest; without buffers every yielded value is a result.
  SmallVector<Type> results;
  size_t stored = 0;
  for (Value v : yield.getValues()) {
    auto tensor = dyn_cast<RankedTensorType>(v.getType());
    if (!tensor || getOuts().empty()) {
      results.push_back(v.getType());
      continue;
    }
    if (stored == getOuts().size())
      return emitOpError("yields more tensors than it has buffers");
    auto buffer = cast<ShapedType>(getOuts()[stored++].getType());
    if (buffer.getShape() != tensor.getShape() || buffer.getElementType() != tensor.getElementType())
      return emitOpError("stores ") << tensor << " into a buffer of type " << buffer;
  }
  if (stored != getOuts().size())
    return emitOpError("has ") << getOuts().size() << " buffers for " << stored << " yielded tensors";
  if (!llvm::equal(results, getResultTypes()))
    return emitOpError("has results of other types than it yields");
  return verifyOneSpace(*this, yield.getValues());
}

Value lookThroughGroup(Value v) {
  while (auto arg = dyn_cast<BlockArgument>(v)) {
    auto group = dyn_cast<FusedOp>(arg.getOwner()->getParentOp());
    if (!group)
      break;
    v = group.getIns()[arg.getArgNumber()];
  }
  return v;
}

Value buildScalar(Operation *op, ScalarBuilder &b, ValueRange args) {
  auto elementwise = cast<ElementwiseOpInterface>(op);
  auto isHalf = [](Type t) { return isa<Float16Type, BFloat16Type>(t); };
  if (elementwise.takesHalves() || llvm::none_of(args.getTypes(), isHalf))
    return elementwise.buildScalar(b, args);
  SmallVector<Value> wide = llvm::map_to_vector(
      args, [&](Value v) { return isHalf(v.getType()) ? b.cast(v, b.builder.getF32Type()) : v; });
  Value result = elementwise.buildScalar(b, wide);
  Type type = getElementTypeOrSelf(op->getResult(0).getType());
  return result.getType() == type ? result : b.cast(result, type);
}

/// The form that ScalarBuilder::checkedDivisor leaves: select(v != 0, v, a constant that is not 0).
static bool isGuarded(Value v) {
  auto select = v.getDefiningOp<arith::SelectOp>();
  auto test = select ? select.getCondition().getDefiningOp<arith::CmpIOp>() : nullptr;
  return test && test.getPredicate() == arith::CmpIPredicate::ne && test.getLhs() == select.getTrueValue() &&
         matchPattern(test.getRhs(), m_Zero()) && matchPattern(select.getFalseValue(), m_One());
}

/// What an integer is made of: ScalarBuilder wraps unsigned values, because arith knows only signless integers.
static Value unwrapped(Value v) {
  v = lookThroughGroup(v);
  auto wrapped = v.getDefiningOp<UnrealizedConversionCastOp>();
  return wrapped ? wrapped.getOperand(0) : v;
}

/// Whether one element of an integer can be what `is` holds for: any is, if it is not a constant.
static bool mayHave(Value v, llvm::function_ref<bool(const APInt &)> is) {
  Attribute value;
  if (!matchPattern(v, m_Constant(&value)))
    return true;
  if (auto scalar = dyn_cast<IntegerAttr>(value))
    return is(scalar.getValue());
  auto elements = dyn_cast<DenseIntElementsAttr>(value);
  return !elements || llvm::any_of(elements.getValues<APInt>(), is);
}

bool mayDivideByZero(Value divisor) {
  if (!isa<IntegerType>(getElementTypeOrSelf(divisor.getType())))
    return false;
  divisor = unwrapped(divisor);
  return !isGuarded(divisor) && mayHave(divisor, [](const APInt &v) { return v.isZero(); });
}

bool mayBeNegative(Value exponent) {
  auto type = dyn_cast<IntegerType>(getElementTypeOrSelf(exponent.getType()));
  return type && !type.isUnsigned() && mayHave(unwrapped(exponent), [](const APInt &v) { return v.isNegative(); });
}

//===--- The dialect ---------------------------------------------------------------------------------------------===//

void WeftDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialect/IR/WeftTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialect/IR/Ops.cpp.inc"
      >();
}

Operation *WeftDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  if (auto typed = dyn_cast<TypedAttr>(value);
      typed && arith::ConstantOp::isBuildableWith(value, type) && !isa<RankedTensorType>(type))
    return arith::ConstantOp::create(builder, loc, typed);
  if (isa<DenseElementsAttr, ArrayAttr>(value))
    return ConstantOp::create(builder, loc, type, value);
  return nullptr;
}

} // namespace weft

#include "dialect/IR/Interfaces.cpp.inc"
#include "dialect/IR/WeftDialect.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialect/IR/WeftTypes.cpp.inc"
#define GET_OP_CLASSES
#include "dialect/IR/Ops.cpp.inc"
