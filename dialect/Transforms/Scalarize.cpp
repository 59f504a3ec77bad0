// weft-scalarize: tensors of rank 0 become scalars, so that scalar loops run in registers. Types change in place, in
// one walk in program order, without cloning; what only made sense on tensors (extract, from_elements, constants,
// elementwise operations) is replaced by its scalar form on the way. The run-time checks of slices leave their
// operation here too, since they are scalar work that must not be repeated for every element. Leads from Traced towards
// Optimized.
#include "dialect/Transforms/CheckForm.h"
#include "dialect/IR/Weft.h"
#include "dialect/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_SCALARIZEPASS
#include "dialect/Transforms/Passes.h.inc"
namespace {

Type scalarOf(Type t) {
  auto tensor = dyn_cast<RankedTensorType>(t);
  return tensor && tensor.getRank() == 0 ? tensor.getElementType() : t;
}
bool isScalar(Value v) { return !isa<ShapedType>(v.getType()); }

void scalarizeSignature(func::FuncOp function) {
  FunctionType type = function.getFunctionType();
  auto scalars = [](TypeRange types) { return llvm::map_to_vector(types, scalarOf); };
  function.setType(FunctionType::get(type.getContext(), scalars(type.getInputs()), scalars(type.getResults())));
}

/// A constant as the scalars of arith; null for strings, which have no other form.
Value scalarConstant(ConstantOp op, OpBuilder &b) {
  auto elements = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!elements || elements.empty() || !elements.isSplat())
    return {};
  ScalarBuilder scalars(b, op.getLoc());
  Type type = elements.getElementType();
  if (isa<FloatType>(type))
    return arith::ConstantOp::create(b, op.getLoc(), cast<TypedAttr>(elements.getSplatValue<Attribute>()));
  APInt value = elements.getSplatValue<APInt>();
  return scalars.constantInt(type, type.isUnsignedInteger() ? static_cast<int64_t>(value.getZExtValue())
                                                            : value.getSExtValue());
}

class Scalarizer {
public:
  void run(Block &block) {
    for (BlockArgument arg : block.getArguments())
      arg.setType(scalarOf(arg.getType()));
    for (Operation &op : llvm::make_early_inc_range(block)) {
      for (OpResult result : op.getResults())
        result.setType(scalarOf(result.getType()));
      if (rewrite(&op))
        continue;
      for (Region &region : op.getRegions())
        for (Block &inner : region)
          run(inner);
    }
  }

private:
  /// Replaces the operation by its scalar form where it has one.
  bool rewrite(Operation *op) {
    OpBuilder b(op);
    if (auto extract = dyn_cast<tensor::ExtractOp>(op); extract && isScalar(extract.getTensor()))
      return replace(op, extract.getTensor());
    if (auto make = dyn_cast<tensor::FromElementsOp>(op); make && isScalar(make.getResult()))
      return replace(op, make.getElements().front());
    if (auto constant = dyn_cast<ConstantOp>(op))
      return rewriteConstant(constant, b);
    // tensor.from_elements of a constant was folded to this.
    if (auto constant = dyn_cast<arith::ConstantOp>(op); constant && isScalar(constant.getResult()))
      if (auto elements = dyn_cast<DenseElementsAttr>(constant.getValue()))
        return replace(
            op, arith::ConstantOp::create(b, op->getLoc(), cast<TypedAttr>(elements.getSplatValue<Attribute>())));
    auto element = [](Value scalar, ValueRange) { return scalar; };
    auto dim = [&](Value tensor, int64_t d) -> Value { return b.createOrFold<tensor::DimOp>(op->getLoc(), tensor, d); };
    ElementBuilder elements(b, op->getLoc(), element, dim);
    if (auto window = dyn_cast<WindowOpInterface>(op); window && windowMayFail(op))
      window.setCheckedOffsets(buildWindowChecks(op, elements));
    if (auto elementwise = dyn_cast<ElementwiseOpInterface>(op))
      checkDivisor(elementwise, elements);
    if (!isa<ElementwiseOpInterface, IndexedOpInterface, ReductionOpInterface>(op) ||
        !llvm::all_of(op->getOperands(), isScalar) || !isScalar(op->getResult(0)))
      return false;
    return replace(op, scalarForm(op, elements));
  }

  Value scalarForm(Operation *op, ElementBuilder &b) {
    if (isa<ElementwiseOpInterface>(op))
      return buildScalar(op, b, op->getOperands());
    if (auto indexed = dyn_cast<IndexedOpInterface>(op))
      return indexed.buildElement(b, {});
    auto reduction = cast<ReductionOpInterface>(op);
    return reduction.buildCombine(b, reduction.buildIdentity(b), reduction.buildInput(b, op->getOperand(0)));
  }

  /// One element is a scalar; many equal ones are that scalar repeated, which costs no memory.
  bool rewriteConstant(ConstantOp op, OpBuilder &b) {
    Value scalar = scalarConstant(op, b);
    if (!scalar)
      return true;
    if (auto type = dyn_cast<RankedTensorType>(op.getResult().getType()))
      scalar = BroadcastToOp::create(b, op.getLoc(), type, scalar, type.getShape());
    return replace(op, scalar);
  }

  /// A scalar divisor is checked once, before the elements. Not if there may be none: then no division takes place.
  void checkDivisor(ElementwiseOpInterface op, ScalarBuilder &b) {
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (op.getDivisor() < 0 || !type || !type.hasStaticShape() || type.getNumElements() == 0)
      return;
    OpOperand &divisor = op->getOpOperand(op.getDivisor());
    if (isScalar(divisor.get()))
      divisor.set(b.checkedDivisor(divisor.get()));
  }

  static bool replace(Operation *op, Value value) {
    op->getResult(0).replaceAllUsesWith(value);
    op->erase();
    return true;
  }
};

struct ScalarizePass : impl::ScalarizePassBase<ScalarizePass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (failed(checkOneBlock(function)) || failed(checkElementTypes(function)))
      return signalPassFailure();
    scalarizeSignature(function);
    for (Block &block : function.getBody())
      Scalarizer().run(block);
  }
};

} // namespace
} // namespace weft
