// See Check.h. Regions are followed through every instantiation, because only there types are known.
#include "Check.h"

#include "clang/AST/ExprCXX.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/StringSet.h"

#include <algorithm>
#include <set>

using namespace clang;

namespace weft::autograph {

// --- reporting

bool WarningOptions::take(StringRef Argument) {
  if (Argument == "-w")
    return None = true;
  if (Argument == "-Werror") {
    Errors = true;
    return true;
  }
  if (Argument == "-Wno-error") {
    Errors = false;
    return true;
  }
  if (!Argument.consume_front("-W"))
    return false;
  if (Argument.consume_front("error=weft-"))
    Fatal[Argument] = true;
  else if (Argument.consume_front("no-error=weft-"))
    Fatal[Argument] = false;
  else if (Argument.consume_front("no-weft-"))
    On[Argument] = false;
  else if (Argument.consume_front("weft-"))
    On[Argument] = true;
  else
    return false;
  return true;
}

bool Reporter::warn(StringRef Name, SourceLocation At, StringRef Text, FixItHint Fix) {
  auto On = Options.On.find(Name);
  if (Options.None || (On != Options.On.end() && !On->second))
    return false;
  auto Fatal = Options.Fatal.find(Name);
  bool Error = Fatal != Options.Fatal.end() ? Fatal->second : Options.Errors;
  Failed |= Error;
  unsigned Id = Error ? Engine.getCustomDiagID(DiagnosticsEngine::Error, "%0 [-Werror,-Wweft-%1]")
                      : Engine.getCustomDiagID(DiagnosticsEngine::Warning, "%0 [-Wweft-%1]");
  auto Diagnostic = Engine.Report(At, Id) << Text << Name;
  if (!Fix.isNull())
    Diagnostic << Fix;
  return true;
}

void Reporter::error(SourceLocation At, StringRef Text, FixItHint Fix) {
  Failed = true;
  auto Diagnostic = Engine.Report(At, Engine.getCustomDiagID(DiagnosticsEngine::Error, "%0")) << Text;
  if (!Fix.isNull())
    Diagnostic << Fix;
}

void Reporter::note(SourceLocation At, StringRef Text, FixItHint Fix) {
  auto Diagnostic = Engine.Report(At, Engine.getCustomDiagID(DiagnosticsEngine::Note, "%0")) << Text;
  if (!Fix.isNull())
    Diagnostic << Fix;
}

const HostChange *Checker::change(const Stmt *S) const {
  auto It = Changes.find(keyOf(S));
  return It == Changes.end() ? nullptr : &It->second;
}

namespace {

bool isScalar(QualType Type) {
  Type = Type.getNonReferenceType();
  return !Type->isDependentType() && (Type->isScalarType() || Type->isEnumeralType());
}

bool isArithmetic(QualType Type) { return Type.getNonReferenceType()->isArithmeticType(); }

/// An iterator of the standard library: host state, also where it points to tensors.
bool isIterator(QualType Type) {
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  auto *Space = Record ? dyn_cast<NamespaceDecl>(Record->getDeclContext()->getEnclosingNamespaceContext()) : nullptr;
  return Record && Record->getIdentifier() && Record->getName().ends_with_insensitive("iterator") &&
         (Record->isInStdNamespace() || (Space && Space->getName() == "__gnu_cxx"));
}

/// A value that stands for another object: a pointer, an iterator, a proxy of the standard library.
bool refersElsewhere(QualType Type) {
  static const llvm::StringSet<> Names{"reference_wrapper", "span", "_Bit_reference", "reference", "shared_ptr", "unique_ptr"};
  return Type.getNonReferenceType()->isPointerType() || isIterator(Type) || Names.contains(stdName(Type));
}

/// What an expression that is changed belongs to.
struct HostPlace {
  const VarDecl *Variable = nullptr;
  bool Member = false; // of *this
  std::string Name;
  explicit operator bool() const { return Variable || Member; }
};

HostPlace ownerOf(const Expr *E, int Depth = 0);

/// The first node of its kind in a statement or expression; null without one.
template <class Node> const Node *firstIn(const Stmt *S) {
  if (auto *Found = dyn_cast_or_null<Node>(S))
    return Found;
  if (S)
    for (const Stmt *Child : S->children())
      if (auto *Found = firstIn<Node>(Child))
        return Found;
  return nullptr;
}

/// What the result of a call is a part of: the object, what a lambda returns, or the first argument that can be it.
HostPlace ownerOfResult(const CallExpr *Call, int Depth) {
  if (auto *Method = dyn_cast<CXXMemberCallExpr>(Call))
    return Method->getImplicitObjectArgument() ? ownerOf(Method->getImplicitObjectArgument(), Depth) : HostPlace();
  auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call);
  auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call->getDirectCallee());
  if (Operator && Operator->getOperator() == OO_Call && Method && Method->getParent()->isLambda()) {
    auto *Return = Method->hasBody() ? firstIn<ReturnStmt>(Method->getBody()) : nullptr;
    return Return && Return->getRetValue() ? ownerOf(Return->getRetValue(), Depth) : HostPlace();
  }
  for (const Expr *Argument : Call->arguments())
    if (refersElsewhere(Argument->getType()) || (Argument->isLValue() && !Argument->getType().isConstQualified()))
      if (HostPlace Of = ownerOf(Argument, Depth))
        return Of;
  return {};
}

HostPlace ownerOf(const Expr *E, int Depth) {
  HostPlace None;
  std::string Field;
  bool Through = Depth > 0; // of a pointer: what it points to changes
  for (; Depth < 32; ++Depth) {
    E = stripped(E);
    if (auto *Member = dyn_cast<MemberExpr>(E)) {
      if (holdsTensors(Member->getType()) && !isStdContainer(Member->getType()) && !Member->getType()->isPointerType())
        if (!isa<CXXMethodDecl>(Member->getMemberDecl()))
          Field = Member->getMemberNameInfo().getAsString();
      if (Field.empty())
        Field = Member->getMemberNameInfo().getAsString();
      E = Member->getBase();
      Through |= Member->isArrow();
    } else if (auto *Element = dyn_cast<ArraySubscriptExpr>(E)) {
      E = Element->getBase();
      Through = true;
    } else if (auto *Unary = dyn_cast<UnaryOperator>(E);
               Unary && (Unary->getOpcode() == UO_Deref || Unary->getOpcode() == UO_AddrOf)) {
      E = Unary->getSubExpr();
      Through = true;
    } else if (auto *Call = dyn_cast<CXXOperatorCallExpr>(E);
               Call && Call->getNumArgs() &&
               (Call->getOperator() == OO_Subscript || Call->getOperator() == OO_Star || Call->getOperator() == OO_Arrow)) {
      E = Call->getArg(0);
      Through |= refersElsewhere(E->getType());
    } else if (auto *Call = dyn_cast<CallExpr>(E)) {
      return Call->isLValue() || refersElsewhere(Call->getType()) ? ownerOfResult(Call, Depth + 1) : HostPlace();
    } else if (auto *Choice = dyn_cast<ConditionalOperator>(E)) {
      if (HostPlace Of = ownerOf(Choice->getTrueExpr(), Depth + 1))
        return Of;
      E = Choice->getFalseExpr();
    } else if (auto *Binary = dyn_cast<BinaryOperator>(E)) {
      if (Binary->isAdditiveOp() && !Binary->getLHS()->getType()->isPointerType())
        E = Binary->getRHS();
      else if (Binary->isAdditiveOp() || Binary->isPtrMemOp() || Binary->isAssignmentOp())
        E = Binary->getLHS();
      else if (Binary->isCommaOp())
        E = Binary->getRHS();
      else
        return None;
      Through |= Binary->isAdditiveOp() || Binary->getOpcode() == BO_PtrMemI;
    } else if (auto *Cast = dyn_cast<ExplicitCastExpr>(E)) {
      E = Cast->getSubExpr();
    } else if (isa<CXXThisExpr>(E)) {
      None.Member = true;
      None.Name = Field.empty() ? "*this" : Field;
      return None;
    } else if (auto *Reference = dyn_cast<DeclRefExpr>(E)) {
      auto *Variable = dyn_cast<VarDecl>(Reference->getDecl());
      if (auto *Binding = dyn_cast<BindingDecl>(Reference->getDecl()))
        Variable = cast<VarDecl>(Binding->getDecomposedDecl());
      if (!Variable)
        return None;
      // Through a reference, or a pointer or iterator that was given another's address.
      bool Alias = Variable->getType()->isReferenceType() || (Through && refersElsewhere(Variable->getType()));
      if (Alias && Variable->isLocalVarDecl() && Variable->getInit() && !Variable->getInit()->isTypeDependent())
        if (HostPlace Of = ownerOf(Variable->getInit(), Depth + 1))
          return Of;
      None.Variable = Variable;
      None.Name = Reference->getDecl()->getNameAsString() + (Field.empty() ? "" : "." + Field);
      return None;
    } else
      return None;
  }
  return None;
}

/// Member functions of std's classes that change them, by more than a reference that they return.
bool changesStructure(const CXXMethodDecl *Method) {
  if (!Method || !Method->getIdentifier() || !Method->getParent()->isInStdNamespace())
    return false;
  static const llvm::StringSet<> Names{"push_back", "emplace_back", "push_front", "emplace_front", "pop_back", "pop_front",
                                       "pop",       "push",         "clear",      "insert",        "erase",    "resize",
                                       "assign",    "swap",         "emplace",    "reset",         "append",   "try_emplace",
                                       "merge",     "splice",       "extract",    "insert_or_assign",
                                       "fill",      "replace",      "sort",       "reverse",       "unique",  "remove",
                                       "remove_if", "remove_prefix", "remove_suffix", "set",        "flip",    "seed",
                                       "store",     "exchange",     "fetch_add",  "fetch_sub",     "fetch_and",
                                       "fetch_or",  "fetch_xor",    "test_and_set"};
  return Names.contains(Method->getName());
}

/// Functions of std and std::ranges that change what their first argument refers to.
bool changesFirst(StringRef Name) {
  static const llvm::StringSet<> Names{
      "fill",           "fill_n",           "iota",      "generate",  "generate_n",  "replace",    "replace_if",
      "reverse",        "rotate",           "shuffle",   "sort",      "stable_sort", "partial_sort", "nth_element",
      "unique",         "remove",           "remove_if", "partition", "stable_partition", "swap_ranges", "iter_swap",
      "inplace_merge",  "next_permutation", "prev_permutation", "make_heap", "push_heap", "pop_heap", "sort_heap",
      "shift_left",     "shift_right",      "memset",    "memcpy",    "memmove",     "strcpy",     "strcat"};
  return Names.contains(Name);
}
/// Those that change what they are given by reference.
bool changesArguments(StringRef Name) {
  static const llvm::StringSet<> Names{"swap", "exchange", "getline", "tie", "advance", "erase", "erase_if"};
  return Names.contains(Name);
}
/// Those that write through an output iterator, their last one.
bool changesLast(StringRef Name) {
  static const llvm::StringSet<> Names{"copy",        "copy_if",             "copy_n",         "copy_backward",  "transform",
                                       "partial_sum", "adjacent_difference", "inclusive_scan", "exclusive_scan", "merge",
                                       "unique_copy", "reverse_copy",        "rotate_copy",    "remove_copy",    "move_backward"};
  return Names.contains(Name);
}

/// The first change of host state, outside of itself, that calling a function makes.
struct Effect {
  HostPlace Of;
  SourceLocation At;
  QualType Type;
};

/// The object that a member function or an overloaded operator is called on; null for any other call.
const Expr *objectOf(const CallExpr *Call) {
  if (auto *Method = dyn_cast<CXXMemberCallExpr>(Call))
    return Method->getImplicitObjectArgument();
  return isa<CXXOperatorCallExpr>(Call) ? Call->getArg(0) : nullptr;
}
/// How many arguments stand before those of the callee's parameters: the object of an operator that is a member.
unsigned argumentsBefore(const CallExpr *Call) {
  return isa<CXXOperatorCallExpr>(Call) && isa_and_nonnull<CXXMethodDecl>(Call->getDirectCallee()) ? 1 : 0;
}

/// What a change through a parameter changes at a call.
HostPlace atCall(const Effect &Inner, const CallExpr *Call) {
  auto *Parameter = dyn_cast_or_null<ParmVarDecl>(Inner.Of.Variable);
  if (!Parameter)
    return Inner.Of;
  unsigned I = Parameter->getFunctionScopeIndex() + argumentsBefore(Call);
  HostPlace Of = I < Call->getNumArgs() ? ownerOf(Call->getArg(I)) : HostPlace();
  if (Of)
    Of.Name += StringRef(Inner.Of.Name).drop_front(std::min(StringRef(Inner.Of.Name).find('.'), Inner.Of.Name.size()));
  return Of;
}

class EffectFinder final : public RecursiveASTVisitor<EffectFinder> {
public:
  EffectFinder(const FunctionDecl *F, const Ownership &Users, llvm::DenseMap<const FunctionDecl *, std::optional<Effect>> &Known,
               int Depth)
      : F(F), Users(Users), Known(Known), Depth(Depth) {}

  bool VisitBinaryOperator(BinaryOperator *E) {
    return !E->isAssignmentOp() || write(E->getLHS(), E->getOperatorLoc());
  }
  bool VisitUnaryOperator(UnaryOperator *E) {
    return !E->isIncrementDecrementOp() || write(E->getSubExpr(), E->getOperatorLoc());
  }
  bool VisitCXXMemberCallExpr(CXXMemberCallExpr *E) {
    if (changesStructure(E->getMethodDecl()))
      return write(E->getImplicitObjectArgument(), E->getExprLoc());
    return true;
  }
  bool VisitCallExpr(CallExpr *E) {
    const FunctionDecl *Callee = E->getDirectCallee();
    if (!Callee || Depth > 6)
      return true;
    if (const Effect *Inner = of(Callee, Users, Known, Depth + 1)) {
      if (Inner->Of.Member) { // of the object: of ours, if that is not local
        const Expr *Object = objectOf(E);
        return !Object || note(ownerOf(Object), Inner->At, Inner->Type);
      }
      return note(atCall(*Inner, E), Inner->At, Inner->Type);
    }
    return true;
  }
  bool TraverseLambdaExpr(LambdaExpr *) { return true; }

  static const Effect *of(const FunctionDecl *Callee, const Ownership &Users,
                          llvm::DenseMap<const FunctionDecl *, std::optional<Effect>> &Known, int Depth) {
    const FunctionDecl *Defined = nullptr;
    if (!Callee->hasBody(Defined) || Defined->isDependentContext() || !Users.owns(Defined->getLocation()))
      return nullptr;
    auto [It, New] = Known.try_emplace(Defined);
    if (New) {
      EffectFinder Finder(Defined, Users, Known, Depth);
      Finder.TraverseStmt(Defined->getBody());
      Known[Defined] = Finder.Found;
    }
    const std::optional<Effect> &Effect = Known[Defined];
    return Effect ? &*Effect : nullptr;
  }

  std::optional<Effect> Found;

private:
  bool write(const Expr *E, SourceLocation At) {
    if (E->isTypeDependent() || (!isScalar(E->getType()) && !isStdContainer(E->getType())))
      return true;
    return note(ownerOf(E), At, E->getType());
  }
  bool note(const HostPlace &Of, SourceLocation At, QualType Type) {
    if (!Of)
      return true;
    if (Of.Variable && !Of.Variable->isInitCapture()) { // what a lambda has in itself outlives its calls
      const DeclContext *In = Of.Variable->getDeclContext();
      bool Own = Of.Variable->isLocalVarDeclOrParm() && !Of.Variable->isStaticLocal() && In->Encloses(F) && F->Encloses(In);
      if (Own && !Of.Variable->getType()->isReferenceType() && !Of.Variable->getType()->isPointerType())
        return true;
      // What a parameter refers to is the caller's, who is told at the call. A struct may be changed in its tensors only.
      if (Own && !(isa<ParmVarDecl>(Of.Variable) && Of.Variable->getType()->isReferenceType() &&
                   holdsTensors(Of.Variable->getType()) && StringRef(Of.Name).contains('.')))
        return true;
    }
    Found = Effect{Of, At, Type};
    return false;
  }

  const FunctionDecl *F;
  const Ownership &Users;
  llvm::DenseMap<const FunctionDecl *, std::optional<Effect>> &Known;
  int Depth;
};

/// Whether code of the standard library reads a tensor as a C++ bool.
class PredicateFinder final : public RecursiveASTVisitor<PredicateFinder> {
public:
  explicit PredicateFinder(const SourceManager &SM) : SM(SM) {}
  bool shouldVisitTemplateInstantiations() const { return true; }
  bool VisitCallExpr(CallExpr *E) {
    const FunctionDecl *Callee = E->getDirectCallee();
    if (!SM.isInSystemHeader(E->getExprLoc())) // the user's own conditions are rewritten
      return true;
    if (auto *Conversion = dyn_cast_or_null<CXXConversionDecl>(Callee); Conversion && isWeft(Conversion->getParent(), "Tensor")) {
      Found = true;
      return false;
    }
    const FunctionDecl *Defined = nullptr;
    if (Callee && Callee->isTemplateInstantiation() && Callee->hasBody(Defined) && Seen.size() < 400 && Seen.insert(Defined).second)
      return TraverseStmt(Defined->getBody());
    return true;
  }
  bool Found = false;

private:
  const SourceManager &SM;
  std::set<const FunctionDecl *> Seen;
};

class Visitor final : public UserVisitor<Visitor> {
public:
  Visitor(ASTContext &Context, const Ownership &Owner, const Functions &All, Reporter &Report, Checker &Checks)
      : UserVisitor(Owner, true), Context(Context), SM(Context.getSourceManager()), All(All), Report(Report), Checks(Checks) {
    for (const Function &F : All.all())
      for (const Jump &J : F.Jumps)
        if (J.Converted)
          for (size_t I = 0; I < J.Path.size(); ++I)
            if (isLoop(J.Path[I]) && (J.Target == J.Path[I] || J.leaves(J.Path[I]))) {
              if (J.leaves(J.Path[I]) || isa<BreakStmt>(J.S))
                Ending.insert(keyOf(J.Path[I]));
              for (size_t K = I + 1; K < J.Path.size(); ++K)
                if (isa<IfStmt>(J.Path[K]) || isLoop(J.Path[K]))
                  LeftUnder[keyOf(J.Path[I])].insert(keyOf(J.Path[K]));
            }
  }

  // --- regions

  bool TraverseIfStmt(IfStmt *S) {
    bool Traced = !S->isConstexpr() && !S->isConsteval() && traced(S, S->getCond());
    if (!TraverseStmt(S->getInit()) || !TraverseStmt(S->getConditionVariableDeclStmt()) || !TraverseStmt(S->getCond()))
      return false;
    return inRegion(Traced, S, [&] { return TraverseStmt(S->getThen()) && TraverseStmt(S->getElse()); });
  }
  bool TraverseWhileStmt(WhileStmt *S) {
    unrolls(S, S->getBody(), nullptr);
    bool Graph = traced(S, S->getCond());
    return inTurns(Graph, S, [&] {
      return TraverseStmt(S->getConditionVariableDeclStmt()) && TraverseStmt(S->getCond()) && TraverseStmt(S->getBody());
    });
  }
  bool TraverseDoStmt(DoStmt *S) {
    unrolls(S, S->getBody(), nullptr);
    bool Graph = traced(S, S->getCond());
    return inTurns(Graph, S, [&] { return TraverseStmt(S->getBody()) && TraverseStmt(S->getCond()); });
  }
  bool TraverseForStmt(ForStmt *S) {
    unrolls(S, S->getBody(), S->getInc());
    bool Host = truthOf(S->getCond()) == Truth::Host || Checks.unrolls(S);
    bool Left = leftByTensors(S);
    bool Graph = !Host || (Left && runsForever(S));
    if (!TraverseStmt(S->getInit()))
      return false;
    if (!inTurns(Graph, S, [&] {
          return TraverseStmt(S->getConditionVariableDeclStmt()) && TraverseStmt(S->getCond()) && TraverseStmt(S->getBody());
        }))
      return false;
    Left &= mayEnd(S);
    // The step of a host loop runs on the host. What it changes outside of the loop would go on changing behind a traced break.
    if (!Graph && Left && S->getInc())
      StepOf = S;
    bool Fine = inRegion(Graph || Left, S, [&] { return TraverseStmt(S->getInc()); });
    StepOf = nullptr;
    return Fine;
  }
  bool TraverseCXXForRangeStmt(CXXForRangeStmt *S) {
    bool Graph = S->getRangeInit() && isTensorRange(S->getRangeInit()->getType());
    if (!TraverseStmt(S->getInit()) || !TraverseStmt(S->getRangeInit()))
      return false;
    return inTurns(Graph, S, [&] { return TraverseStmt(S->getBody()); });
  }
  /// Behind a traced continue of a host loop, the rest of the turn is under its condition.
  bool TraverseCompoundStmt(CompoundStmt *S) {
    const Stmt *Loop = Continued;
    bool Behind = false;
    for (Stmt *Child : S->body()) {
      if (!inRegion(Behind, Loop, [&] { return TraverseStmt(Child); }))
        return false;
      Behind |= Loop && continues(Child, Loop);
    }
    return true;
  }
  bool TraverseConditionalOperator(ConditionalOperator *S) {
    if (!VisitValue(S) || !TraverseStmt(S->getCond()))
      return false;
    return inRegion(truthOf(S->getCond()) != Truth::Host && All.facts().rewritten(S), S,
                    [&] { return TraverseStmt(S->getTrueExpr()) && TraverseStmt(S->getFalseExpr()); });
  }
  bool TraverseBinaryOperator(BinaryOperator *S) {
    if (!isLogical(S) || !All.facts().rewritten(S) || truthOf(S->getLHS()) == Truth::Host)
      return UserVisitor::TraverseBinaryOperator(S);
    return WalkUpFromBinaryOperator(S) && TraverseStmt(S->getLHS()) && inRegion(true, S, [&] { return TraverseStmt(S->getRHS()); });
  }
  bool TraverseCXXTryStmt(CXXTryStmt *S) {
    Tries.push_back(Regions.size());
    bool Fine = TraverseStmt(S->getTryBlock());
    Tries.pop_back();
    for (unsigned I = 0; Fine && I < S->getNumHandlers(); ++I)
      Fine = TraverseStmt(S->getHandler(I));
    return Fine;
  }

  // --- functions

  /// main is never traced; lambdas in it may be.
  bool TraverseFunctionDecl(FunctionDecl *F) {
    bool Before = std::exchange(InMain, F->isMain());
    bool Fine = UserVisitor::TraverseFunctionDecl(F);
    InMain = Before;
    return Fine;
  }
  bool TraverseLambdaExpr(LambdaExpr *L) {
    bool Before = std::exchange(InMain, false);
    bool Fine = UserVisitor::TraverseLambdaExpr(L);
    InMain = Before;
    return Fine;
  }
  bool VisitFunctionDecl(FunctionDecl *F) {
    if (!F->doesThisDeclarationHaveABody())
      return true;
    coroutine(F->getBody());
    return true;
  }

  // --- changes

  bool VisitBinaryOperator(BinaryOperator *E) {
    if (E->isAssignmentOp())
      write(E->getLHS(), E);
    return VisitValue(E);
  }
  bool VisitUnaryOperator(UnaryOperator *E) {
    if (E->isIncrementDecrementOp())
      write(E->getSubExpr(), E);
    return VisitValue(E);
  }
  bool VisitCXXOperatorCallExpr(CXXOperatorCallExpr *E) {
    OverloadedOperatorKind Kind = E->getOperator();
    if (E->getNumArgs() && (E->isAssignmentOp() || Kind == OO_PlusPlus || Kind == OO_MinusMinus)) {
      auto *Choice = dyn_cast<ConditionalOperator>(stripped(E->getArg(0)));
      if (Choice && isTensor(Choice->getType()) && truthOf(Choice->getCond()) != Truth::Host && once(keyOf(E)))
        Report.error(Choice->getQuestionLoc(), "a tensor cannot choose what is assigned: assign each in the branch of an if");
      write(E->getArg(0), E);
    }
    auto *Method = dyn_cast_or_null<CXXMethodDecl>(E->getDirectCallee());
    if (Kind == OO_Call && Method && Method->getParent()->isInStdNamespace() && !Method->isConst())
      write(E->getArg(0), E); // a random number generator
    if (Kind == OO_LessLess && E->getNumArgs() == 2 && isStream(E->getArg(0)))
      write(E->getArg(0), E);
    if (Kind == OO_GreaterGreater && E->getNumArgs() == 2 && Method && Method->getParent()->isInStdNamespace())
      write(E->getArg(1), E); // read from a stream
    if (Kind == OO_Subscript && E->getNumArgs() == 2 && isMap(E->getArg(0)->getType()))
      inserted(E);
    return true;
  }
  bool VisitCXXMemberCallExpr(CXXMemberCallExpr *E) {
    if (changesStructure(E->getMethodDecl()))
      write(E->getImplicitObjectArgument(), E);
    return true;
  }
  bool VisitCallExpr(CallExpr *E) {
    const FunctionDecl *Callee = E->getDirectCallee();
    if (!Callee || E->isTypeDependent())
      return true;
    predicate(E, Callee);
    if (Regions.empty())
      return true;
    if (auto *Operator = dyn_cast<CXXOperatorCallExpr>(E); Operator && Operator->getOperator() == OO_Equal && assigned(Operator))
      return true;
    if (algorithm(E, Callee))
      return true;
    if (const FunctionDecl *Held = held(E))
      Callee = Held;
    bool Std = Callee->isInStdNamespace(), Swaps = Callee->getIdentifier() && changesArguments(Callee->getName());
    if (Std && !Swaps)
      return true;
    unsigned Skip = argumentsBefore(E);
    for (unsigned I = 0; I + Skip < E->getNumArgs() && I < Callee->getNumParams(); ++I) {
      QualType Type = Callee->getParamDecl(I)->getType();
      const Expr *Argument = E->getArg(I + Skip);
      bool Forwarding = false;
      if (const FunctionTemplateDecl *Template = Callee->getPrimaryTemplate())
        if (I < Template->getTemplatedDecl()->getNumParams())
          Forwarding = Template->getTemplatedDecl()->getParamDecl(I)->getType()->isRValueReferenceType();
      if (Type->isLValueReferenceType() && !Type.getNonReferenceType().isConstQualified() && !Forwarding)
        write(Argument, E);
      else if (auto *Address = dyn_cast<UnaryOperator>(stripped(Argument));
               Address && Address->getOpcode() == UO_AddrOf && Type->isPointerType() && !Type->getPointeeType().isConstQualified())
        write(Address->getSubExpr(), E);
    }
    if (const Effect *Change = EffectFinder::of(Callee, Owner, Effects, 0)) {
      HostPlace Of = Change->Of;
      if (Of.Member) {
        const Expr *Object = objectOf(E);
        if (!Object)
          return true;
        Of = ownerOf(Object);
        if (Of.Name == "*this" || Of.Name.empty())
          Of.Name = Change->Of.Name;
        else
          Of.Name += "." + Change->Of.Name;
      } else
        Of = atCall(*Change, E);
      if (Of)
        changed(Of, Change->Type, E, Change->At);
    }
    return true;
  }
  bool VisitCXXThrowExpr(CXXThrowExpr *E) {
    if (Regions.size() <= (Tries.empty() ? 0 : Tries.back()) || !E->getSubExpr() || InMain)
      return true;
    std::string Message = "'throw' under a tensor condition: while a function is traced it would run whatever the condition; use "
                          "weft::check(condition, message)";
    const Stmt *Outer = Regions[Tries.empty() ? 0 : Tries.back()];
    if (once(keyOf(E)) && Report.warn("throw", E->getBeginLoc(), Message))
      noteTensor(Outer);
    Checks.Changes[keyOf(E)] = {keyOf(Outer), Message, ""};
    Checks.Guarded.insert(keyOf(Outer));
    return true;
  }
  bool VisitVarDecl(VarDecl *V) {
    if (V->isStaticLocal() && holdsTensors(V->getType()) && !isVariable(V->getType()) && !V->getType().isConstQualified())
      if (auto *F = dyn_cast<FunctionDecl>(V->getDeclContext()); F && F->hasBody() && holdsTracedStatement(F->getBody()))
        if (once(V->getLocation()))
          Report.error(V->getLocation(), "static '" + V->getNameAsString() +
                                             "' would keep a tensor of the trace that assigns it: keep it in a weft::Variable");
    return true;
  }
  bool VisitLambdaExpr(LambdaExpr *L) {
    coroutine(L->getCallOperator()->getBody());
    for (const LambdaCapture &C : L->captures()) {
      if (!C.capturesVariable() || C.getCaptureKind() != LCK_ByCopy)
        continue;
      auto *V = dyn_cast<VarDecl>(C.getCapturedVar());
      if (V && !V->isInitCapture() && isTensor(V->getType()) && !V->getType()->isReferenceType())
        Copies.push_back({V, L->getSourceRange(), C.getLocation()});
    }
    return true;
  }

  void finish() {
    // Nothing is left unconverted in silence.
    std::vector<SourceLocation> Left;
    llvm::DenseSet<SourceLocation> Converted = All.openedPlaces();
    for (SourceLocation Key : All.facts().Statements)
      if (!Converted.contains(Key) && !InCoroutine.contains(Key))
        Left.push_back(Key);
    std::sort(Left.begin(), Left.end(), [&](SourceLocation A, SourceLocation B) { return SM.isBeforeInTranslationUnit(A, B); });
    for (SourceLocation Key : Left)
      Report.error(Key, "this control flow over tensors stands where it cannot be converted, as in a statement expression: move it into "
                        "a function of its own");
    for (const auto &[V, Range, At] : Copies) {
      auto It = Assigned.find(V);
      if (It == Assigned.end())
        continue;
      for (SourceLocation Write : It->second)
        if (SM.isBeforeInTranslationUnit(Range.getEnd(), Write) && once(At)) {
          if (Report.warn("copied-tensor", At,
                          "the lambda keeps a copy of '" + V->getNameAsString() +
                              "', which is assigned later: it goes on with the value of now; capture it by reference"))
            Report.note(Write, "assigned here");
          break;
        }
    }
  }

private:

  /// Whether, in this instantiation, a tensor decides that the loop is left.
  /// The turns of a loop: regions of the graph, or of the host, each under what may have ended the loop before.
  template <class F> bool inTurns(bool Graph, const Stmt *Loop, F Traverse) {
    bool Left = leftByTensors(Loop), Ends = Left && mayEnd(Loop);
    const Stmt *Before = std::exchange(Continued, Left && !Graph && !Ends ? Loop : Graph || Ends ? nullptr : Continued);
    bool Fine = inRegion(Graph || Ends, Loop, Traverse);
    Continued = Before;
    return Fine;
  }
  /// Whether a loop that is left under tensor conditions may end by that: only its turns do by continue.
  bool mayEnd(const Stmt *Loop) const {
    return Ending.contains(keyOf(Loop)) || (Checks.unrolls(Loop) && truthOf(conditionOf(Loop)) == Truth::Mixed);
  }
  bool continues(Stmt *S, const Stmt *Loop) const {
    struct Jumps : RecursiveASTVisitor<Jumps> {
      const Functions &All;
      const Stmt *Loop;
      bool Found = false;
      Jumps(const Functions &All, const Stmt *Loop) : All(All), Loop(Loop) {}
      bool VisitContinueStmt(ContinueStmt *S) {
        const Jump *J = All.jump(S);
        Found |= J && J->Converted && J->Target == Loop;
        return !Found;
      }
    } In(All, Loop);
    In.TraverseStmt(S);
    return In.Found;
  }
  bool leftByTensors(const Stmt *Loop) const {
    if (Checks.unrolls(Loop) && truthOf(conditionOf(Loop)) == Truth::Mixed)
      return true;
    auto Under = LeftUnder.find(keyOf(Loop));
    if (Under == LeftUnder.end())
      return false;
    std::vector<const Stmt *> Todo{bodyOf(Loop)};
    while (!Todo.empty()) {
      const Stmt *S = Todo.back();
      Todo.pop_back();
      if (!S || isa<Expr>(S))
        continue;
      if ((isa<IfStmt>(S) || isLoop(S)) && Under->second.contains(keyOf(S))) {
        auto *Range = dyn_cast<CXXForRangeStmt>(S);
        if (Range ? Range->getRangeInit() && isTensorRange(Range->getRangeInit()->getType()) : truthOf(conditionOf(S)) != Truth::Host)
          return true;
      }
      Todo.insert(Todo.end(), S->child_begin(), S->child_end());
    }
    return false;
  }
  bool traced(const Stmt *S, const Expr *Condition) const {
    return Condition && truthOf(Condition) != Truth::Host && !Checks.unrolls(S);
  }
  template <class Body> bool inRegion(bool Traced, const Stmt *S, Body Inside) {
    if (Traced)
      Regions.push_back(S);
    bool Fine = Inside();
    if (Traced)
      Regions.pop_back();
    return Fine;
  }
  bool within(SourceLocation Loc, SourceRange Range) const {
    return SM.isBeforeInTranslationUnit(Range.getBegin(), Loc) && SM.isBeforeInTranslationUnit(Loc, Range.getEnd());
  }
  void coroutine(const Stmt *Body) {
    if (!isa_and_nonnull<CoroutineBodyStmt>(Body))
      return;
    bool Told = false;
    for (SourceLocation Key : All.facts().Statements)
      if (within(Key, Body->getSourceRange())) {
        InCoroutine.insert(Key);
        if (!std::exchange(Told, true))
          Report.error(Key, "control flow over tensors in a coroutine cannot be traced: move it into a function");
      }
  }
  bool holdsTracedStatement(const Stmt *Body) const {
    return std::any_of(All.facts().Conditions.begin(), All.facts().Conditions.end(),
                       [&](const auto &Entry) { return within(Entry.first, Body->getSourceRange()); });
  }
  static bool isVariable(QualType Type) { return isWeft(Type.getNonReferenceType()->getAsCXXRecordDecl(), "Variable"); }
  bool once(SourceLocation At) { return Reported.insert(At).second; }

  /// A loop whose condition asks both a tensor and a host variable that the loop changes is a host loop.
  void unrolls(const Stmt *Loop, const Stmt *Body, const Expr *Step) {
    const Expr *Condition = conditionOf(Loop);
    if (!Condition || truthOf(Condition) != Truth::Mixed)
      return;
    struct Finder : RecursiveASTVisitor<Finder> {
      std::set<const VarDecl *> Read, Written;
      bool Writing = false;
      bool VisitDeclRefExpr(DeclRefExpr *E) {
        if (auto *V = dyn_cast<VarDecl>(E->getDecl()); V && (isScalar(V->getType()) || isIterator(V->getType())))
          Read.insert(V);
        return true;
      }
      bool VisitBinaryOperator(BinaryOperator *E) {
        if (E->isAssignmentOp())
          if (auto Of = ownerOf(E->getLHS()); Of.Variable)
            Written.insert(Of.Variable);
        return true;
      }
      bool VisitUnaryOperator(UnaryOperator *E) {
        if (E->isIncrementDecrementOp())
          if (auto Of = ownerOf(E->getSubExpr()); Of.Variable)
            Written.insert(Of.Variable);
        return true;
      }
      bool VisitCXXOperatorCallExpr(CXXOperatorCallExpr *E) {
        bool Changes = E->isAssignmentOp() || E->getOperator() == OO_PlusPlus || E->getOperator() == OO_MinusMinus;
        if (Changes && E->getNumArgs() && isIterator(E->getArg(0)->getType()))
          if (auto Of = ownerOf(E->getArg(0)); Of.Variable)
            Written.insert(Of.Variable);
        return true;
      }
    } Asked, Changed;
    Asked.TraverseStmt(const_cast<Expr *>(Condition));
    Changed.TraverseStmt(const_cast<Stmt *>(Body));
    Changed.TraverseStmt(const_cast<Expr *>(Step));
    Changed.TraverseStmt(const_cast<Expr *>(Condition));
    for (const VarDecl *V : Asked.Read)
      if (Changed.Written.contains(V))
        Checks.Unrolled.insert(keyOf(Loop));
    if (Checks.unrolls(Loop))
      eachTurn(Condition, true, Loop);
  }
  /// The parts of an unrolled loop's condition that run in each turn, whatever its tensors say. `Last`: where it is false, the
  /// loop is over.
  void eachTurn(const Expr *E, bool Last, const Stmt *Loop) {
    E = stripped(E);
    if (isLogical(E)) {
      auto [Left, Right] = sides(E);
      bool And = isa<BinaryOperator>(E) && cast<BinaryOperator>(E)->getOpcode() == BO_LAnd;
      eachTurn(Left, Last && And, Loop);
      if (truthOf(Left) == Truth::Host || (Last && And))
        eachTurn(Right, Last && And, Loop);
      return;
    }
    struct Parts : RecursiveASTVisitor<Parts> {
      std::vector<const Expr *> Found;
      bool Chooses = false;
      bool VisitExpr(Expr *E) {
        Chooses |= isa<ConditionalOperator, LambdaExpr>(E) || isLogical(E);
        Found.push_back(E);
        return true;
      }
    } Below;
    Below.TraverseStmt(const_cast<Expr *>(E));
    if (!Below.Chooses || truthOf(E) == Truth::Host)
      for (const Expr *Part : Below.Found)
        InTurns[Part] = Loop;
  }
  /// Whether nobody can tell what value a loop leaves in the variable.
  bool forgotten(const VarDecl *V, const Stmt *Loop) const {
    auto *F = dyn_cast<FunctionDecl>(V->getDeclContext());
    if (!V->isLocalVarDeclOrParm() || V->isStaticLocal() || V->getType()->isReferenceType() || !F || !F->getBody())
      return false;
    struct Uses : RecursiveASTVisitor<Uses> {
      const Visitor &Owner;
      const VarDecl *V;
      const Stmt *Loop;
      bool Told = false;
      llvm::DenseSet<const Expr *> Plain;
      Uses(const Visitor &Owner, const VarDecl *V, const Stmt *Loop) : Owner(Owner), V(V), Loop(Loop) {}
      void plain(const Expr *E) { Plain.insert(E->IgnoreParens()); }
      bool VisitImplicitCastExpr(ImplicitCastExpr *E) {
        if (E->getCastKind() == CK_LValueToRValue)
          plain(E->getSubExpr());
        return true;
      }
      bool VisitUnaryOperator(UnaryOperator *E) {
        if (E->isIncrementDecrementOp())
          plain(E->getSubExpr());
        return true;
      }
      bool VisitBinaryOperator(BinaryOperator *E) {
        if (E->isAssignmentOp())
          plain(E->getLHS());
        return true;
      }
      bool VisitDeclRefExpr(DeclRefExpr *E) {
        if (E->getDecl() == V)
          Told |= !Plain.contains(E) || E->refersToEnclosingVariableOrCapture() ||
                  Owner.SM.isBeforeInTranslationUnit(Loop->getEndLoc(), E->getLocation());
        return true;
      }
      bool VisitStmt(Stmt *S) {
        Told |= isa<LabelStmt>(S) || (isLoop(S) && S != Loop && Owner.within(Loop->getBeginLoc(), S->getSourceRange()) &&
                                      !Owner.within(V->getLocation(), S->getSourceRange()));
        return true;
      }
    } All(*this, V, Loop);
    All.TraverseStmt(F->getBody());
    return !All.Told;
  }

  void write(const Expr *Place, const Expr *E) {
    if (Place->isTypeDependent())
      return;
    QualType Type = Place->getType();
    if (isTensor(Type)) {
      if (auto *Reference = dyn_cast<DeclRefExpr>(stripped(Place)))
        if (auto *V = dyn_cast<VarDecl>(Reference->getDecl()))
          Assigned[V].push_back(E->getExprLoc());
      return;
    }
    if (holdsTensors(Type) && !isStdContainer(Type) && !Type->isPointerType() && !isIterator(Type))
      return;
    if (HostPlace Of = ownerOf(Place))
      changed(Of, Type, E, {});
  }

  /// A stream of the user's, which may be read again; what goes to std::cout is seen by nobody but the user.
  static bool isStream(const Expr *E) {
    if (!stdName(E->getType()).ends_with("stream"))
      return false;
    HostPlace Of = ownerOf(E);
    return Of.Variable && !Of.Variable->isInStdNamespace();
  }
  /// A function of the standard library that changes elements. Tensors it may assign as everybody may.
  bool algorithm(const CallExpr *E, const FunctionDecl *Callee) {
    StringRef Name = Callee->getIdentifier() ? Callee->getName() : "";
    unsigned First = 0;
    if (auto *Object = dyn_cast<CXXOperatorCallExpr>(E); Object && Object->getOperator() == OO_Call) {
      auto *Reference = dyn_cast<DeclRefExpr>(stripped(Object->getArg(0))); // std::ranges::sort
      auto *Space = Reference ? dyn_cast<NamespaceDecl>(Reference->getDecl()->getDeclContext()->getEnclosingNamespaceContext()) : nullptr;
      while (Space && isa<NamespaceDecl>(Space->getDeclContext()) && !Space->isStdNamespace())
        Space = cast<NamespaceDecl>(Space->getDeclContext());
      if (!Space || !Space->isStdNamespace() || !Reference->getDecl()->getIdentifier())
        return false;
      Name = Reference->getDecl()->getName();
      First = 1;
    } else if (!Callee->isInStdNamespace() && !Callee->isExternC())
      return false;
    const Expr *Changed = nullptr;
    if (changesFirst(Name) && E->getNumArgs() > First)
      Changed = E->getArg(First);
    else if (changesLast(Name))
      for (unsigned I = First; I < E->getNumArgs(); ++I)
        if (refersElsewhere(E->getArg(I)->getType()))
          Changed = E->getArg(I);
    if (!Changed)
      return false;
    if (holdsTensors(Changed->getType()))
      return true;
    if (HostPlace Of = ownerOf(Changed, /*Depth=*/1)) // what it points to
      changed(Of, Of.Variable ? Of.Variable->getType() : Changed->getType(), E, {});
    return true;
  }
  /// The lambda that a std::function was made of.
  static const FunctionDecl *held(const CallExpr *E) {
    auto *Object = dyn_cast<CXXOperatorCallExpr>(E);
    if (!Object || Object->getOperator() != OO_Call)
      return nullptr;
    auto *Reference = dyn_cast<DeclRefExpr>(stripped(Object->getArg(0)));
    auto *Variable = Reference ? dyn_cast<VarDecl>(Reference->getDecl()) : nullptr;
    auto *Lambda = Variable && !stdName(Variable->getType()).empty() ? firstIn<LambdaExpr>(Variable->getInit()) : nullptr;
    return Lambda ? Lambda->getCallOperator() : nullptr;
  }

  void noteTensor(const Stmt *Region) {
    Report.note(Region->getBeginLoc(), isa<BinaryOperator>(Region) ? "the left side of this condition is a tensor"
                                                                   : "the condition of this statement is a tensor");
  }
  /// The outermost region in which a change by `E` is one of host state; null: nowhere.
  const Stmt *outermost(const HostPlace &Of, QualType Type, const Expr *E) const {
    if (InMain)
      return nullptr;
    bool InTurn = false;
    for (const Stmt *Region : Regions) {
      if (InTurn && isa<BinaryOperator>(Region))
        continue;
      InTurn = InTurns.lookup(E) == Region;
      if (InTurn && Of.Variable && isScalar(Type) && forgotten(Of.Variable, Region))
        continue;
      if (Of.Variable && within(Of.Variable->getLocation(), Region->getSourceRange())) {
        // What the statement declares before its condition lives through all its turns and branches. Only the step and the
        // condition of a host loop may change it: they run on the host.
        const Stmt *Init = nullptr;
        if (auto *For = dyn_cast<ForStmt>(Region))
          Init = For->getInit();
        else if (auto *If = dyn_cast<IfStmt>(Region))
          Init = If->getInit();
        if (!Init || !within(Of.Variable->getLocation(), Init->getSourceRange()) || StepOf == Region || InTurn)
          continue;
      }
      return Region;
    }
    return nullptr;
  }
  /// map[key] makes an element where there is none.
  void inserted(const CXXOperatorCallExpr *E) {
    HostPlace Of = ownerOf(E->getArg(0));
    const Stmt *Outer = Of ? outermost(Of, E->getArg(0)->getType(), E) : nullptr;
    if (!Outer)
      return;
    StringRef Text = Lexer::getSourceText(CharSourceRange::getTokenRange(E->getSourceRange()), SM, Context.getLangOpts());
    std::string Element = Text.empty() || Text.contains('\n') ? Of.Name + "[...]" : Text.str();
    Checks.Changes[keyOf(E)] = {keyOf(Outer),
                                "'" + Element + "' is made under a tensor condition: while a function is traced that happens once, "
                                "whatever the condition; make the element before the statement",
                                "", true};
    Checks.Guarded.insert(keyOf(Outer));
  }
  /// A whole object that holds tensors is assigned as the language does it: what else is in it must stay the same. False: not so.
  bool assigned(const CXXOperatorCallExpr *E) {
    const Expr *Place = E->getArg(0);
    QualType Type = Place->getType();
    auto *Method = dyn_cast_or_null<CXXMethodDecl>(E->getDirectCallee());
    std::vector<std::string> Fields;
    bool Std = isPairOrTuple(Type);
    auto Known = Checks.Changes.find(keyOf(E)); // of another instantiation
    if (!Method || !holdsTensors(Type) || (Known != Checks.Changes.end() && Known->second.Fields.empty()) ||
        !(Std || ((Method->isCopyAssignmentOperator() || Method->isMoveAssignmentOperator()) && Method->isDefaulted())) ||
        !hostFields(Type, "", Fields) || Fields.empty())
      return false;
    HostPlace Of = ownerOf(Place);
    const Stmt *Outer = Of ? outermost(Of, Type, E) : nullptr;
    if (!Outer || Known != Checks.Changes.end())
      return true;
    std::string Names;
    for (const std::string &F : Fields)
      Names += F.empty() ? "" : (Names.empty() ? " (" : ", ") + F.substr(1);
    Checks.Changes[keyOf(E)] = {keyOf(Outer),
                                "'" + Of.Name + "' is assigned under a tensor condition, and its host values" + Names +
                                    (Names.empty() ? "" : ")") +
                                    " are not the same: while a function is traced that happens once, whatever the condition; make them "
                                    "weft::Tensors",
                                "", false, Fields};
    Checks.Guarded.insert(keyOf(Outer));
    return true;
  }
  static bool isPairOrTuple(QualType Type) { return stdName(Type) == "pair" || stdName(Type) == "tuple"; }
  /// The parts of an object that tell whether an assignment changes host state, as `.a.b`; false where that cannot be told.
  static bool hostFields(QualType Type, const std::string &Path, std::vector<std::string> &Fields) {
    const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
    if (isScalar(Type) || stdName(Type) == "basic_string" || isPairOrTuple(Type)) {
      Fields.push_back(Path);
      return true;
    }
    if (!Record || !Record->hasDefinition() || Record->isUnion())
      return false;
    if (Record->isInStdNamespace() || isWeft(Record, "Tensor") || isWeft(Record, "Variable"))
      return true;
    Record = Record->getDefinition();
    for (const FieldDecl *Field : Record->fields())
      if (!Field->getIdentifier() || Field->getAccess() != AS_public || Field->getType()->isArrayType() ||
          Field->getType()->isReferenceType() || !hostFields(Field->getType(), Path + "." + Field->getNameAsString(), Fields))
        return false;
    return std::all_of(Record->bases_begin(), Record->bases_end(),
                       [&](const CXXBaseSpecifier &Base) { return hostFields(Base.getType(), Path, Fields); });
  }
  /// `E` changes `Of` here, or, through a call, at `Inner`.
  void changed(const HostPlace &Of, QualType Type, const Expr *E, SourceLocation Inner) {
    const Stmt *Outer = outermost(Of, Type, E);
    if (!Outer)
      return;
    if (StepOf == Outer)
      Checks.GuardedSteps.insert(keyOf(Outer));
    std::string Name = "'" + Of.Name + "'", Message;
    PrintingPolicy Policy(Context.getLangOpts());
    bool Container = isStdContainer(Type) && !isScalar(Type);
    if (Container)
      Message = "host container " + Name + " changes under a tensor condition: while a function is traced that happens once, whatever "
                                           "the condition; build it outside of the statement and assign its tensors";
    else
      Message = "host variable " + Name + " of type '" + Type.getNonReferenceType().getUnqualifiedType().getAsString(Policy) +
                "' changes under a tensor condition: while a function is traced that happens once, whatever the condition; " +
                (isArithmetic(Type) ? "make it a weft::Tensor" : "choose among tensors instead, or change it outside of the statement");
    if (once(keyOf(E)) && Report.warn("host-state", E->getExprLoc(), Message)) {
      if (Inner.isValid())
        Report.note(Inner, "this call changes it here");
      if (Of.Variable) {
        FixItHint Fix;
        const TypeSourceInfo *Written = Of.Variable->getTypeSourceInfo();
        if (Written && Of.Variable->getType()->isArithmeticType() && Written->getTypeLoc().getBeginLoc().isFileID())
          Fix = FixItHint::CreateReplacement(Written->getTypeLoc().getSourceRange(), "weft::Tensor");
        Report.note(Of.Variable->getLocation(), Name + " is declared here", Fix);
      }
      noteTensor(Outer);
    }
    std::string Expression;
    if (auto *Direct = Of.Variable; Direct && !Inner.isValid() && Direct->getType()->isScalarType() && Of.Name == Direct->getNameAsString())
      Expression = Of.Name;
    Checks.Changes[keyOf(E)] = {keyOf(Outer), Message, Expression};
    Checks.Guarded.insert(keyOf(Outer));
  }

  /// A C++ value that a tensor decides, and that cannot become a tensor.
  bool VisitValue(Expr *E) {
    if (E->isTypeDependent() || !(isLogical(E) || isNot(E) || isa<ConditionalOperator>(E)) || All.facts().rewritten(E))
      return true;
    Truth T = isa<ConditionalOperator>(E) ? truthOf(cast<ConditionalOperator>(E)->getCond()) : truthOf(E);
    if (T == Truth::Host || InMain || Inside.contains(E) || !E->getBeginLoc().isFileID())
      return true;
    struct Parts : RecursiveASTVisitor<Parts> {
      llvm::DenseSet<const Stmt *> &Inside;
      explicit Parts(llvm::DenseSet<const Stmt *> &Inside) : Inside(Inside) {}
      bool VisitStmt(Stmt *S) {
        Inside.insert(S);
        return true;
      }
    } Below(Inside);
    Below.TraverseStmt(E);
    if (once(keyOf(E)))
      Report.warn("host-value", E->getExprLoc(),
                  "a tensor decides this C++ value of type '" + E->getType().getAsString(PrintingPolicy(Context.getLangOpts())) +
                      "': it works eagerly and is a TraceError while a function is traced; keep it in a weft::Tensor");
    return true;
  }

  void predicate(const CallExpr *E, const FunctionDecl *Callee) {
    if (!Callee->isInStdNamespace() || !Callee->isTemplateInstantiation())
      return;
    bool Tensors = std::any_of(E->arg_begin(), E->arg_end(), [](const Expr *A) {
      QualType Type = A->getType().getNonReferenceType();
      if (auto *Record = Type->getAsCXXRecordDecl(); Record && Record->isLambda())
        return Record->getLambdaCallOperator() && std::any_of(Record->getLambdaCallOperator()->param_begin(),
                                                              Record->getLambdaCallOperator()->param_end(),
                                                              [](const ParmVarDecl *P) { return holdsTensors(P->getType()); });
      return holdsTensors(Type);
    });
    const FunctionDecl *Defined = nullptr;
    if (!Tensors || !Callee->hasBody(Defined))
      return;
    PredicateFinder Finder(SM);
    Finder.TraverseStmt(Defined->getBody());
    if (Finder.Found && !InMain && once(E->getExprLoc()))
      Report.warn("host-predicate", E->getExprLoc(),
                  "std::" + Callee->getNameAsString() +
                      " reads tensors as C++ bools: it works eagerly and is a TraceError while a function is traced");
  }

  ASTContext &Context;
  const SourceManager &SM;
  const Functions &All;
  Reporter &Report;
  Checker &Checks;
  std::vector<const Stmt *> Regions;
  std::vector<size_t> Tries;
  const Stmt *StepOf = nullptr;
  llvm::DenseMap<const Expr *, const Stmt *> InTurns; // parts of conditions that run in each turn of an unrolled loop
  bool InMain = false;
  llvm::DenseMap<SourceLocation, llvm::DenseSet<SourceLocation>> LeftUnder; // loops: the statements under which they are left
  llvm::DenseSet<SourceLocation> Ending;                                    // those by more than continue
  const Stmt *Continued = nullptr; // the innermost loop, if it is one of the host whose turns traced continues end
  llvm::DenseSet<SourceLocation> Reported, InCoroutine;
  llvm::DenseSet<const Stmt *> Inside;
  llvm::DenseMap<const FunctionDecl *, std::optional<Effect>> Effects;
  llvm::DenseMap<const VarDecl *, std::vector<SourceLocation>> Assigned;
  struct Copy {
    const VarDecl *Variable;
    SourceRange Lambda;
    SourceLocation At;
  };
  std::vector<Copy> Copies;
};

/// Whether every way through the statement ends the function.
bool ends(const Stmt *S) {
  if (!S)
    return false;
  if (isa<ReturnStmt, GotoStmt>(S))
    return true;
  if (auto *E = dyn_cast<Expr>(S)) {
    E = stripped(E);
    if (isa<CXXThrowExpr>(E))
      return true;
    auto *Call = dyn_cast<CallExpr>(E);
    return Call && Call->getDirectCallee() &&
           (Call->getDirectCallee()->isNoReturn() || Call->getDirectCallee()->getBuiltinID() == Builtin::BI__builtin_unreachable);
  }
  if (auto *List = dyn_cast<CompoundStmt>(S))
    return std::any_of(List->body_begin(), List->body_end(), ends);
  if (auto *If = dyn_cast<IfStmt>(S))
    return If->isConstexpr() || (If->getElse() && ends(If->getThen()) && ends(If->getElse()));
  if (auto *Try = dyn_cast<CXXTryStmt>(S)) {
    bool All = ends(Try->getTryBlock());
    for (unsigned I = 0; I < Try->getNumHandlers(); ++I)
      All &= ends(Try->getHandler(I)->getHandlerBlock());
    return All;
  }
  if (auto *Attributed = dyn_cast<AttributedStmt>(S))
    return ends(Attributed->getSubStmt());
  if (auto *Label = dyn_cast<LabelStmt>(S))
    return ends(Label->getSubStmt());
  if (isa<SwitchStmt>(S)) // C++'s own warning knows better
    return true;
  return isLoop(S) && runsForever(S);
}

/// What can be seen in the function as it is written.
void checkFunction(const Function &F, const Functions &All, Reporter &Report) {
  const Stmt *Traced = nullptr;
  struct Item {
    const Stmt *S;
    const Stmt *Opened; // the innermost statement around it that becomes lambdas, within its switch
    const Stmt *Lambda; // the same, within the function
  };
  std::vector<Item> Todo{{F.Body, nullptr, nullptr}};
  std::vector<std::pair<const GotoStmt *, const Stmt *>> Gotos;
  llvm::DenseMap<const LabelDecl *, const Stmt *> Labels;
  while (!Todo.empty()) {
    auto [S, Around, Lambda] = Todo.back();
    Todo.pop_back();
    if (!S || isa<LambdaExpr>(S))
      continue;
    if (All.opened(S))
      Traced = Around = Lambda = S;
    if (isa<SwitchStmt>(S))
      Around = nullptr;
    if (isa<SwitchCase>(S) && Around)
      Report.error(S->getBeginLoc(), "a label of a switch inside of a statement that a tensor decides cannot be traced");
    if (auto *Goto = dyn_cast<GotoStmt>(S))
      Gotos.emplace_back(Goto, Lambda);
    if (auto *Label = dyn_cast<LabelStmt>(S))
      Labels[Label->getDecl()] = Lambda;
    if (isa<IndirectGotoStmt>(S) && Lambda)
      Report.error(S->getBeginLoc(), "a computed 'goto' under a tensor condition cannot be traced");
    if (isLoop(S) && !All.opened(S))
      if (auto *Body = dyn_cast<CompoundStmt>(bodyOf(S));
          Body && !Body->body_empty() && Functions::calls(*Body->body_begin(), "loop_options") && !F.Left)
        Report.warn("loop-options", Body->body_front()->getBeginLoc(),
                    "weft::loop_options has no effect on a loop that runs on the host");
    for (const Stmt *Child : S->children())
      Todo.push_back({Child, Around, Lambda});
  }
  if (!Traced || F.Left)
    return;
  for (auto [Goto, Lambda] : Gotos)
    if (Labels.lookup(Goto->getLabel()) != Lambda)
      Report.error(Goto->getBeginLoc(), "'goto' into or out of a statement that a tensor decides cannot be traced");
  auto *Proto = F.Decl->getType()->getAs<FunctionProtoType>();
  if (Proto && Proto->isNothrow() && !isUnresolvedExceptionSpec(Proto->getExceptionSpecType()))
    Report.warn("noexcept", F.Decl->getLocation(),
                "this function has control flow over tensors and is noexcept: an error in it ends the program");
  bool Converted = std::any_of(F.Jumps.begin(), F.Jumps.end(), [](const Jump &J) { return J.Converted && !J.Target; });
  if (!Converted || !F.returnsValue())
    return;
  QualType Result = F.Decl->getReturnType();
  if (Result->isReferenceType())
    Report.error(F.Decl->getLocation(), "a function that returns a reference cannot return under a tensor condition: return a value");
  if (!F.Decl->isMain() && !ends(F.Body))
    Report.error(F.Body->getEndLoc(), "this function returns a value under a tensor condition on some paths, and reaches its end on "
                                      "others: return a value there too");
  if (F.Decl->isMain() || Result->isDependentType() || Result->isUndeducedType() || Result->isReferenceType() || holdsTensors(Result))
    return;
  for (const Jump &J : F.Jumps)
    if (J.Converted && !J.Target && std::any_of(J.Path.begin(), J.Path.end(), [&](const Stmt *S) {
          return (isa<IfStmt>(S) || isLoop(S)) && All.facts().traced(S);
        })) {
      if (Report.warn("host-state", J.S->getBeginLoc(),
                      "a host value of type '" + Result.getAsString(PrintingPolicy(F.Decl->getASTContext().getLangOpts())) +
                          "' is returned under a tensor condition: it works eagerly and is a TraceError while a function is traced; "
                          "return a weft::Tensor"))
        Report.note(F.Decl->getLocation(), "the result is declared here");
      break;
    }
}

} // namespace

Checker::Checker(ASTContext &Context, const Ownership &Owner, const Functions &All, Reporter &Report) {
  if (All.facts().empty())
    return;
  Visitor V(Context, Owner, All, Report, *this);
  V.TraverseDecl(Context.getTranslationUnitDecl());
  V.finish();
  for (const Function &F : All.all())
    checkFunction(F, All, Report);
}

} // namespace weft::autograph
