// The entry function of weft-lower-to-llvm while it is built: its frame, failure blocks, constants and the runtime
// functions it calls; and the small emitters that the patterns share.
#include "dialect/Transforms/FrameLayout.h"
#include "dialect/Transforms/LowerToLLVM.h"

using namespace mlir;

namespace weft {

//===--- Emitters ------------------------------------------------------------------------------------------------===//

static LLVM::LLVMPointerType pointerType(OpBuilder &b) { return LLVM::LLVMPointerType::get(b.getContext()); }

Value emitInt(OpBuilder &b, Location loc, int bits, int64_t value) {
  return LLVM::ConstantOp::create(b, loc, b.getIntegerAttr(b.getIntegerType(bits), value));
}

Value emitOffset(OpBuilder &b, Location loc, Value base, int64_t offset) {
  if (offset == 0)
    return base;
  return LLVM::GEPOp::create(b, loc, pointerType(b), b.getI8Type(), base,
                             ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)}, LLVM::GEPNoWrapFlags::inbounds);
}

Value emitLoad(OpBuilder &b, Location loc, Type type, Value base, int64_t offset) {
  return LLVM::LoadOp::create(b, loc, type, emitOffset(b, loc, base, offset));
}

void emitStore(OpBuilder &b, Location loc, Value value, Value base, int64_t offset) {
  if (value.getType().isInteger(1))
    value = LLVM::ZExtOp::create(b, loc, b.getI8Type(), value);
  LLVM::StoreOp::create(b, loc, value, emitOffset(b, loc, base, offset));
}

Value emitAlloca(OpBuilder &b, Location loc, Type type, unsigned alignment) {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&b.getInsertionBlock()->getParent()->front());
  return LLVM::AllocaOp::create(b, loc, pointerType(b), type, emitInt(b, loc, 32, 1), alignment);
}

Type memoryType(const LLVMTypeConverter &types, Type element) {
  return element.isInteger(1) ? IntegerType::get(element.getContext(), 8) : types.convertType(element);
}

Value emitElementLoad(OpBuilder &b, Location loc, const LLVMTypeConverter &types, Type element, Value address) {
  Value v = LLVM::LoadOp::create(b, loc, memoryType(types, element), address);
  // A caller's byte may be any number; what is not 0 is true.
  if (element.isInteger(1))
    v = LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::ne, v, emitInt(b, loc, 8, 0));
  return v;
}

Value sizeOf(OpBuilder &b, Location loc, MemRefType type, ValueRange parts, int64_t d) {
  if (!type.isDynamicDim(d))
    return emitInt(b, loc, 64, type.getDimSize(d));
  return parts[1 + llvm::count_if(type.getShape().take_front(d), ShapedType::isDynamic)];
}

FileLineColLoc userPlace(Location loc) {
  if (auto place = dyn_cast<FileLineColLoc>(loc))
    return place;
  if (auto name = dyn_cast<NameLoc>(loc))
    return userPlace(name.getChildLoc());
  if (auto call = dyn_cast<CallSiteLoc>(loc)) {
    FileLineColLoc callee = userPlace(call.getCallee());
    return callee ? callee : userPlace(call.getCaller());
  }
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      if (FileLineColLoc place = userPlace(part))
        return place;
  return nullptr;
}

//===--- Entry: blocks -------------------------------------------------------------------------------------------===//

void Entry::begin(OpBuilder &b, LLVM::LLVMFuncOp f) {
  OpBuilder::InsertionGuard guard(b);
  Location loc = f.getLoc();
  Region &region = f.getBody();
  firstBlock = b.createBlock(&region, region.begin(), pointerType(b), loc);

  Type place[] = {pointerType(b), b.getI32Type(), b.getI32Type()};
  failedHereBlock = b.createBlock(&region, region.end(), place, {loc, loc, loc});
  emitStore(b, loc, failedHereBlock->getArgument(0), frame(), layout::frameErrorFile);
  emitStore(b, loc, failedHereBlock->getArgument(1), frame(), layout::frameErrorLine);
  emitStore(b, loc, failedHereBlock->getArgument(2), frame(), layout::frameErrorColumn);
  Block *here = failedHereBlock;
  failedBlock = b.createBlock(&region, region.end());
  LLVM::ReturnOp::create(b, loc, emitInt(b, loc, 32, 1));
  b.setInsertionPointToEnd(here);
  LLVM::BrOp::create(b, loc, ValueRange(), failedBlock);
}

/// Joins blocks that only follow one another, from the first on, so that each operation is moved once.
static void mergeBlocks(Region &region) {
  for (Block &block : region) {
    auto branch = dyn_cast<LLVM::BrOp>(block.getTerminator());
    while (branch && branch.getDest()->getSinglePredecessor() == &block && branch.getDest() != &block) {
      Block *next = branch.getDest();
      for (auto [argument, value] : llvm::zip(next->getArguments(), branch.getDestOperands()))
        argument.replaceAllUsesWith(value);
      branch.erase();
      block.getOperations().splice(block.end(), next->getOperations());
      next->erase();
      branch = dyn_cast<LLVM::BrOp>(block.getTerminator());
    }
  }
}

void Entry::end() {
  auto function = cast<LLVM::LLVMFuncOp>(firstBlock->getParentOp());
  std::string symbol = name;
  while (module.lookupSymbol(symbol))
    symbol += '.';
  function.setName(symbol);
  for (Block *block : {failedHereBlock, failedBlock})
    if (block->hasNoPredecessors())
      block->erase();
  module.walk([](LLVM::CondBrOp branch) {
    if (auto annotation = dyn_cast_if_present<LLVM::LoopAnnotationAttr>(branch->removeDiscardableAttr(loopAnnotationName)))
      branch.setLoopAnnotationAttr(annotation);
  });
  for (auto made : module.getOps<LLVM::LLVMFuncOp>())
    mergeBlocks(made.getBody());
}

void Entry::failUnless(ConversionPatternRewriter &b, Operation *op, Value ok) {
  Location loc = op->getLoc();
  Block *before = op->getBlock();
  Block *after = b.splitBlock(before, Block::iterator(op));
  b.setInsertionPointToEnd(before);
  Block *failure = failedBlock;
  SmallVector<Value> place;
  if (FileLineColLoc user = userPlace(loc)) {
    failure = failedHereBlock;
    place = {constantCString(b, loc, user.getFilename()), emitInt(b, loc, 32, user.getLine()),
             emitInt(b, loc, 32, user.getColumn())};
  }
  LLVM::CondBrOp::create(b, loc, ok, after, ValueRange(), failure, place);
  b.setInsertionPoint(op);
}

//===--- Entry: the runtime --------------------------------------------------------------------------------------===//

namespace {
struct Signature {
  const char *name;
  // p pointer, i int32, l int64, v nothing; the result first.
  const char *types;
  // What LLVM may assume beyond that it does not unwind: 'm' touches only its arguments and the frame's own memory, 'n'
  // that and the result is fresh memory, 'r' only reads, 'c' is rarely called.
  char effects;
};
} // namespace

static Signature signatureOf(Runtime function) {
  switch (function) {
  case Runtime::Alloc:
    return {"weft_alloc", "ppli", 'n'};
  case Runtime::Take: // may be an input's memory
    return {"weft_take", "ppli", 'm'};
  case Runtime::Free:
    return {"weft_free", "vpp", 'm'};
  case Runtime::Give:
    return {"weft_give", "vpip", ' '};
  case Runtime::Fail:
    return {"weft_fail", "vpippiipl", 'c'};
  case Runtime::Print:
    return {"weft_print", "ippl", ' '};
  case Runtime::CheckSizes:
    return {"weft_check_sizes", "ipip", ' '};
  case Runtime::CallRoutine:
    return {"weft_call_routine", "ipiplpp", ' '};
  case Runtime::TextCopy:
    return {"weft_text_copy", "ppp", ' '};
  case Runtime::TextConcat:
    return {"weft_text_concat", "pppp", ' '};
  case Runtime::TextEqual:
    return {"weft_text_equal", "ipp", 'r'};
  case Runtime::TextStore:
    return {"weft_text_store", "ippp", ' '};
  case Runtime::VariableAssign:
    return {"weft_variable_assign", "vpip", ' '};
  case Runtime::VariableRead:
    return {"weft_variable_read", "ppi", ' '};
  case Runtime::ParallelFor:
    return {"weft_parallel_for", "lppll", ' '};
  }
  llvm_unreachable("no such runtime function");
}

static Type typeOf(OpBuilder &b, char code) {
  switch (code) {
  case 'p':
    return pointerType(b);
  case 'i':
    return b.getI32Type();
  case 'l':
    return b.getI64Type();
  default:
    return LLVM::LLVMVoidType::get(b.getContext());
  }
}

static void addEffects(OpBuilder &b, LLVM::LLVMFuncOp function, char effects) {
  using LLVM::ModRefInfo;
  auto memory = [&](ModRefInfo other, ModRefInfo arguments, ModRefInfo inaccessible) {
    function.setMemoryEffectsAttr(
        LLVM::MemoryEffectsAttr::get(b.getContext(), {other, arguments, inaccessible, ModRefInfo::NoModRef,
                                                      ModRefInfo::NoModRef, ModRefInfo::NoModRef}));
  };
  function.setNoUnwind(true);
  if (effects == 'm' || effects == 'n')
    memory(ModRefInfo::NoModRef, ModRefInfo::ModRef, ModRefInfo::ModRef);
  if (effects == 'n')
    function.setResultAttr(0, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
  if (effects == 'r')
    memory(ModRefInfo::Ref, ModRefInfo::Ref, ModRefInfo::Ref);
  if (effects == 'c')
    function.setPassthroughAttr(b.getArrayAttr(b.getStringAttr("cold")));
}

LLVM::LLVMFuncOp Entry::declaration(OpBuilder &b, Runtime runtime) {
  LLVM::LLVMFuncOp &declared = declarations[static_cast<int>(runtime)];
  if (declared)
    return declared;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(module.getBody());
  Signature signature = signatureOf(runtime);
  SmallVector<Type> arguments;
  for (const char *code = signature.types + 1; *code; ++code)
    arguments.push_back(typeOf(b, *code));
  auto type = LLVM::LLVMFunctionType::get(typeOf(b, signature.types[0]), arguments);
  declared = LLVM::LLVMFuncOp::create(b, module.getLoc(), signature.name, type);
  addEffects(b, declared, signature.effects);
  return declared;
}

Value Entry::call(OpBuilder &b, Location loc, Runtime runtime, ValueRange arguments) {
  auto call = LLVM::CallOp::create(b, loc, declaration(b, runtime), arguments);
  return call.getNumResults() ? call.getResult() : Value();
}

Value Entry::checkedCall(ConversionPatternRewriter &b, Operation *op, Runtime runtime, ValueRange arguments) {
  Location loc = op->getLoc();
  Value result = call(b, loc, runtime, arguments);
  Value null = LLVM::ZeroOp::create(b, loc, result.getType());
  failUnless(b, op, LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::ne, result, null));
  return result;
}

//===--- Entry: constants ----------------------------------------------------------------------------------------===//

LLVM::GlobalOp Entry::bytesGlobal(OpBuilder &b, Location loc, StringRef bytes, unsigned alignment) {
  LLVM::GlobalOp &global = globals[bytes];
  if (global)
    return global;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(module.getBody());
  auto type = LLVM::LLVMArrayType::get(b.getI8Type(), bytes.size());
  global = LLVM::GlobalOp::create(b, module.getLoc(), type, /*isConstant=*/true, LLVM::Linkage::Private,
                                  ("text." + Twine(globals.size() - 1)).str(), b.getStringAttr(bytes), alignment);
  global.setUnnamedAddr(LLVM::UnnamedAddr::Global);
  return global;
}

Value Entry::constantBytes(OpBuilder &b, Location loc, StringRef bytes) {
  return LLVM::AddressOfOp::create(b, loc, bytesGlobal(b, loc, bytes, 1));
}

Value Entry::constantCString(OpBuilder &b, Location loc, StringRef text) {
  return constantBytes(b, loc, (text + Twine('\0')).str());
}

LLVM::GlobalOp Entry::constantTextGlobal(OpBuilder &b, Location loc, StringRef text) {
  std::string bytes(layout::headerSize, '\0');
  auto put = [&](int32_t at, uint64_t value, int size) {
    for (int i = 0; i < size; ++i)
      bytes[at + i] = static_cast<char>(value >> (8 * i));
  };
  put(layout::headerRefs, layout::constantRefs, 4);
  put(layout::headerKind, layout::kindText, 1);
  put(layout::headerBytes, text.size(), 8);
  return bytesGlobal(b, loc, bytes + text.str() + '\0', layout::headerSize);
}

Value Entry::constantText(OpBuilder &b, Location loc, StringRef text) {
  return emitOffset(b, loc, LLVM::AddressOfOp::create(b, loc, constantTextGlobal(b, loc, text)), layout::headerSize);
}

} // namespace weft
