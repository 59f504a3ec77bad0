// See Types.h.
#include "Types.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;

namespace weft::autograph {
namespace {

bool holds(QualType Type, llvm::SmallPtrSetImpl<const CXXRecordDecl *> &Seen) {
  if (Type.isNull())
    return false;
  Type = Type.getNonReferenceType();
  while (const clang::Type *Element = Type->getPointeeOrArrayElementType()) {
    if (Element == Type.getTypePtr())
      break;
    Type = QualType(Element, 0);
  }
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  if (!Record || !Seen.insert(Record).second)
    return false;
  if (isWeft(Record, "Tensor") || isWeft(Record, "Variable") || isWeft(Record, "Operand"))
    return true;
  if (auto *Instance = dyn_cast<ClassTemplateSpecializationDecl>(Record)) {
    auto Any = [&](auto &&Self, ArrayRef<TemplateArgument> Arguments) -> bool {
      for (const TemplateArgument &A : Arguments)
        if (A.getKind() == TemplateArgument::Type ? holds(A.getAsType(), Seen)
                                                  : A.getKind() == TemplateArgument::Pack && Self(Self, A.pack_elements()))
          return true;
      return false;
    };
    if (Any(Any, Instance->getTemplateArgs().asArray()))
      return true;
  }
  if (!Record->hasDefinition() || Record->isInStdNamespace())
    return false;
  Record = Record->getDefinition();
  for (const FieldDecl *Field : Record->fields())
    if (holds(Field->getType(), Seen))
      return true;
  for (const CXXBaseSpecifier &Base : Record->bases())
    if (holds(Base.getType(), Seen))
      return true;
  return false;
}

} // namespace

bool isWeft(const CXXRecordDecl *Record, StringRef Name) {
  if (!Record || !Record->getIdentifier() || Record->getName() != Name)
    return false;
  auto *Space = dyn_cast<NamespaceDecl>(Record->getDeclContext());
  return Space && Space->getName() == "weft" && Space->getDeclContext()->getRedeclContext()->isTranslationUnit();
}

bool isTensor(QualType Type) {
  return !Type.isNull() && isWeft(Type.getNonReferenceType()->getAsCXXRecordDecl(), "Tensor");
}

bool isTensorRange(QualType Type) {
  if (Type.isNull())
    return false;
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  return isWeft(Record, "Range") || isWeft(Record, "Tensor");
}

bool holdsTensors(QualType Type) {
  llvm::SmallPtrSet<const CXXRecordDecl *, 8> Seen;
  return holds(Type, Seen);
}

StringRef stdName(QualType Type) {
  const CXXRecordDecl *Record = Type.isNull() ? nullptr : Type.getNonReferenceType()->getAsCXXRecordDecl();
  return Record && Record->isInStdNamespace() && Record->getIdentifier() ? Record->getName() : StringRef();
}

bool isStdContainer(QualType Type) {
  static const llvm::StringSet<> Names{"vector", "deque",         "list",          "forward_list",  "map",   "multimap",
                                       "set",    "multiset",      "unordered_map", "unordered_set", "queue", "unordered_multimap",
                                       "stack",  "priority_queue", "basic_string",  "optional"};
  return Names.contains(stdName(Type));
}

bool isMap(QualType Type) { return stdName(Type) == "map" || stdName(Type) == "unordered_map"; }

std::pair<const Expr *, const Expr *> subscript(const Stmt *S) {
  if (auto *X = dyn_cast<ArraySubscriptExpr>(S)) { // which side is the array a template cannot tell
    bool Known = !X->isTypeDependent();
    return {Known ? X->getBase() : X->getLHS(), Known ? X->getIdx() : X->getRHS()};
  }
  auto *Call = dyn_cast<CXXOperatorCallExpr>(S);
  if (Call && Call->getOperator() == OO_Subscript && Call->getNumArgs() == 2)
    return {Call->getArg(0), Call->getArg(1)};
  return {nullptr, nullptr};
}

const Expr *stripped(const Expr *E) {
  for (;;) {
    const Expr *Next = E->IgnoreParenImpCasts();
    if (auto *X = dyn_cast<ExprWithCleanups>(Next))
      Next = X->getSubExpr();
    if (auto *X = dyn_cast<CXXBindTemporaryExpr>(Next))
      Next = X->getSubExpr();
    if (auto *X = dyn_cast<MaterializeTemporaryExpr>(Next))
      Next = X->getSubExpr();
    if (auto *X = dyn_cast<ConstantExpr>(Next))
      Next = X->getSubExpr();
    if (Next == E)
      return E;
    E = Next;
  }
}

Truth truthOf(const Expr *Condition) {
  if (!Condition)
    return Truth::Host;
  const Expr *E = stripped(Condition);
  if (auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
    auto *Conversion = dyn_cast_or_null<CXXConversionDecl>(Call->getMethodDecl());
    return Conversion && isWeft(Conversion->getParent(), "Tensor") ? Truth::Tensor : Truth::Host;
  }
  if (auto *Binary = dyn_cast<BinaryOperator>(E)) {
    if (Binary->getOpcode() == BO_Comma)
      return truthOf(Binary->getRHS());
    if (!Binary->isLogicalOp())
      return Truth::Host;
    Truth L = truthOf(Binary->getLHS()), R = truthOf(Binary->getRHS());
    return L == R ? L : Truth::Mixed;
  }
  if (auto *Unary = dyn_cast<UnaryOperator>(E))
    return Unary->getOpcode() == UO_LNot ? truthOf(Unary->getSubExpr()) : Truth::Host;
  if (auto *Choice = dyn_cast<ConditionalOperator>(E)) {
    Truth C = truthOf(Choice->getCond());
    if (C != Truth::Host)
      return C;
    return truthOf(Choice->getTrueExpr()) == Truth::Host && truthOf(Choice->getFalseExpr()) == Truth::Host ? Truth::Host
                                                                                                           : Truth::Mixed;
  }
  return Truth::Host;
}

SourceLocation keyOf(const Stmt *S) {
  if (auto *X = dyn_cast<BinaryOperator>(S))
    return X->getOperatorLoc();
  if (auto *X = dyn_cast<CXXOperatorCallExpr>(S))
    return X->getOperator() == OO_Subscript ? X->getRParenLoc() : X->getOperatorLoc();
  if (auto *X = dyn_cast<ArraySubscriptExpr>(S))
    return X->getRBracketLoc();
  if (auto *X = dyn_cast<ConditionalOperator>(S))
    return X->getQuestionLoc();
  if (auto *X = dyn_cast<UnaryOperator>(S))
    return X->getOperatorLoc();
  if (auto *X = dyn_cast<CXXRewrittenBinaryOperator>(S))
    return X->getOperatorLoc();
  if (auto *X = dyn_cast<CallExpr>(S))
    return X->getRParenLoc();
  return S->getBeginLoc();
}

bool isLogical(const Stmt *S) {
  if (auto *X = dyn_cast<BinaryOperator>(S))
    return X->isLogicalOp();
  if (auto *X = dyn_cast<CXXOperatorCallExpr>(S))
    return X->getOperator() == OO_AmpAmp || X->getOperator() == OO_PipePipe;
  return false;
}

bool isNot(const Stmt *S) {
  if (auto *X = dyn_cast<UnaryOperator>(S))
    return X->getOpcode() == UO_LNot;
  if (auto *X = dyn_cast<CXXOperatorCallExpr>(S))
    return X->getOperator() == OO_Exclaim;
  return false;
}

bool isComma(const Expr *E) {
  const Expr *Outer = E->IgnoreImplicit(); // parentheses make one argument of it
  while (auto *Call = dyn_cast<CXXMemberCallExpr>(Outer)) { // the conversion to bool
    if (!isa_and_nonnull<CXXConversionDecl>(Call->getMethodDecl()))
      return false;
    Outer = Call->getImplicitObjectArgument()->IgnoreImplicit();
  }
  if (auto *X = dyn_cast<BinaryOperator>(Outer))
    return X->getOpcode() == BO_Comma;
  auto *X = dyn_cast<CXXOperatorCallExpr>(Outer);
  return X && X->getOperator() == OO_Comma;
}

std::pair<const Expr *, const Expr *> sides(const Stmt *S) {
  if (auto *X = dyn_cast<BinaryOperator>(S))
    return {X->getLHS(), X->getRHS()};
  auto *Call = cast<CXXOperatorCallExpr>(S);
  return {Call->getArg(0), Call->getArg(1)};
}

bool isLoop(const Stmt *S) { return isa<WhileStmt, DoStmt, ForStmt, CXXForRangeStmt>(S); }

const Stmt *bodyOf(const Stmt *Loop) {
  if (auto *X = dyn_cast<WhileStmt>(Loop))
    return X->getBody();
  if (auto *X = dyn_cast<DoStmt>(Loop))
    return X->getBody();
  if (auto *X = dyn_cast<ForStmt>(Loop))
    return X->getBody();
  return cast<CXXForRangeStmt>(Loop)->getBody();
}

const Expr *conditionOf(const Stmt *S) {
  if (auto *X = dyn_cast<IfStmt>(S))
    return X->getCond();
  if (auto *X = dyn_cast<WhileStmt>(S))
    return X->getCond();
  if (auto *X = dyn_cast<DoStmt>(S))
    return X->getCond();
  if (auto *X = dyn_cast<ForStmt>(S))
    return X->getCond();
  return nullptr;
}

bool runsForever(const Stmt *Loop) {
  if (isa<CXXForRangeStmt>(Loop))
    return false;
  const Expr *Condition = conditionOf(Loop);
  if (!Condition)
    return true;
  const Expr *E = stripped(Condition);
  if (auto *Bool = dyn_cast<CXXBoolLiteralExpr>(E))
    return Bool->getValue();
  if (auto *Number = dyn_cast<IntegerLiteral>(E))
    return Number->getValue() != 0;
  return false;
}

} // namespace weft::autograph
