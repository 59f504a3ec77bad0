// What emitted statements are made of: places and names, flags, result types. See Emit.h.
#include "Emit.h"

#include "clang/AST/ExprCXX.h"

#include <algorithm>
#include <map>
#include <set>

using namespace clang;

namespace weft::autograph {

std::string Emitter::textOf(unsigned First, unsigned End) const {
  std::string Text;
  for (unsigned I = First; I < End && I < Tokens.size(); ++I) {
    if (!Text.empty())
      Text += ' ';
    Text += Tokens.text(I);
  }
  return Text;
}

namespace {

/// The tensors that statements assign, as the user wrote them.
class Assignments final : public RecursiveASTVisitor<Assignments> {
public:
  struct Named {
    std::string Text;
    std::string Element; // an expression that is not evaluated where there is no such element; empty: the text is one
    SourceLocation At;
  };
  Assignments(ASTContext &Context, const TokenIndex &Tokens, SourceLocation Before)
      : Context(Context), Tokens(Tokens), Before(Before) {}

  bool VisitBinaryOperator(BinaryOperator *E) {
    if (E->isAssignmentOp())
      add(E->getLHS(), E->getOperatorLoc());
    return true;
  }
  bool VisitCXXOperatorCallExpr(CXXOperatorCallExpr *E) {
    if (E->isAssignmentOp() && E->getNumArgs())
      add(E->getArg(0), E->getOperatorLoc());
    return true;
  }
  bool VisitCallExpr(CallExpr *E) {
    const FunctionDecl *Callee = E->getDirectCallee();
    if (Callee && Callee->getIdentifier() && Callee->getName() == "swap" && E->getNumArgs() == 2)
      for (const Expr *Argument : E->arguments())
        add(Argument, E->getBeginLoc());
    return true;
  }

  std::vector<Named> Found; // the last assignment of each

private:
  using Subscripts = std::vector<const Expr *>;
  /// What may stand in the brackets: it is the same at all times. Sizes of vectors change, so their numbers are checked.
  bool isKey(const Expr *E) const {
    E = E->IgnoreUnlessSpelledInSource()->IgnoreParenImpCasts();
    if (auto *Minus = dyn_cast<UnaryOperator>(E); Minus && Minus->getOpcode() == UO_Minus)
      E = Minus->getSubExpr()->IgnoreParenImpCasts();
    if (isa<IntegerLiteral, StringLiteral, CharacterLiteral, CXXBoolLiteralExpr>(E))
      return true;
    auto *Reference = dyn_cast<DeclRefExpr>(E);
    if (Reference && isa<EnumConstantDecl>(Reference->getDecl()))
      return true;
    return Reference && isa<VarDecl>(Reference->getDecl()) && Reference->getType().isConstQualified() &&
           !Reference->isTypeDependent() && nameable(Reference, nullptr);
  }
  /// `Elements` receives the subscripts of standard containers.
  bool nameable(const Expr *E, Subscripts *Elements) const {
    E = E->IgnoreParenImpCasts();
    if (auto *Member = dyn_cast<MemberExpr>(E))
      return Member->isImplicitAccess() || nameable(Member->getBase(), Elements);
    if (auto *Member = dyn_cast<CXXDependentScopeMemberExpr>(E))
      return Member->isImplicitAccess() || nameable(Member->getBase(), Elements);
    if (isa<CXXThisExpr>(E))
      return true;
    if (auto [Of, Key] = subscript(E); Of)
      return nameable(Of, Elements) && (element(E, Of, Key, Elements) || isa<IntegerLiteral>(Key->IgnoreParenImpCasts()));
    auto *Reference = dyn_cast<DeclRefExpr>(E);
    if (!Reference || !isa<VarDecl, BindingDecl>(Reference->getDecl()))
      return false;
    const ValueDecl *D = Reference->getDecl();
    auto *Variable = dyn_cast<VarDecl>(D);
    return (Variable && !Variable->isLocalVarDeclOrParm()) ||
           Context.getSourceManager().isBeforeInTranslationUnit(D->getLocation(), Before);
  }
  bool element(const Expr *E, const Expr *Of, const Expr *Key, Subscripts *Elements) const {
    if (!Elements || !isKey(Key) || !(Of->isTypeDependent() || isIndexed(Of->getType())))
      return false;
    Elements->push_back(E);
    return true;
  }
  static bool isIndexed(QualType Type) {
    StringRef Name = stdName(Type);
    return isMap(Type) || Name == "vector" || Name == "array" || Name == "deque";
  }
  void add(const Expr *E, SourceLocation At) {
    Subscripts Elements;
    if (!nameable(E, &Elements) || (!E->isTypeDependent() && !holdsTensors(E->getType())) || Found.size() >= 32)
      return;
    auto [First, End] = Tokens.range(E->getSourceRange());
    std::string Text, Element;
    for (unsigned I = First; I < End && I < Tokens.size(); ++I)
      Text += Tokens.text(I);
    if (Text.empty())
      return;
    if (!Elements.empty()) {
      // operator[] of a map would insert: a[b] becomes element(a, b).
      std::map<unsigned, std::string> Before, Instead;
      for (const Expr *Subscript : Elements) {
        auto [Begin, Behind] = Tokens.range(Subscript->getSourceRange());
        Before[Begin] += "::weft::ag::element(";
        Instead[Tokens.range(subscript(Subscript).first->getSourceRange()).second] = ", ";
        Instead[Behind - 1] = ")";
      }
      for (unsigned I = First; I < End && I < Tokens.size(); ++I) {
        Element += Before[I];
        Element += Instead.contains(I) ? Instead[I] : Tokens.text(I).str();
      }
    }
    std::erase_if(Found, [&](const Named &N) { return N.Text == Text; });
    Found.push_back({std::move(Text), std::move(Element), At});
  }

  ASTContext &Context;
  const TokenIndex &Tokens;
  SourceLocation Before;
};

/// What functions return, by the place of their bodies, in all instantiations.
class Results final : public UserVisitor<Results> {
public:
  Results(const Ownership &Owner, llvm::DenseMap<SourceLocation, std::set<std::string>> &Types, const PrintingPolicy &Policy)
      : UserVisitor(Owner, true), Types(Types), Policy(Policy) {}
  bool VisitFunctionDecl(FunctionDecl *F) {
    add(F);
    return true;
  }
  bool VisitLambdaExpr(LambdaExpr *L) {
    add(L->getCallOperator());
    return true;
  }
  bool TraverseFunctionInstance(FunctionDecl *F) {
    add(F);
    return UserVisitor::TraverseFunctionInstance(F);
  }

private:
  void add(const FunctionDecl *F) {
    if (!F->doesThisDeclarationHaveABody() || F->isDependentContext())
      return;
    QualType Type = F->getReturnType().getNonReferenceType().getUnqualifiedType();
    if (!Type->isUndeducedType() && !Type->isDependentType())
      Types[F->getBody()->getBeginLoc()].insert(Type.getCanonicalType().getAsString(Policy));
  }
  llvm::DenseMap<SourceLocation, std::set<std::string>> &Types;
  PrintingPolicy Policy;
};

} // namespace

void Emitter::collectResults(const Ownership &Owner) {
  PrintingPolicy Policy(Context.getLangOpts());
  Policy.FullyQualifiedName = true;
  Policy.SuppressScope = false;
  Policy.SuppressUnwrittenScope = true;
  Results(Owner, ResultTypes, Policy).TraverseDecl(Context.getTranslationUnitDecl());
}

namespace {

/// The value of a return, if it means the same at the function's beginning: what `auto` stands for can be told from it.
const Expr *namesResult(const Function &F, const Jump &J) {
  auto *Return = dyn_cast<ReturnStmt>(J.S);
  if (!Return || !Return->getRetValue() ||
      std::any_of(J.Path.begin(), J.Path.end(), [](const Stmt *S) { return isa<IfStmt>(S) && cast<IfStmt>(S)->isConstexpr(); }))
    return nullptr;
  struct Locals : RecursiveASTVisitor<Locals> {
    const SourceManager &SM;
    SourceLocation Body;
    bool Found = false;
    Locals(const SourceManager &SM, SourceLocation Body) : SM(SM), Body(Body) {}
    bool VisitDeclRefExpr(DeclRefExpr *E) {
      Found |= isa<VarDecl, BindingDecl>(E->getDecl()) && SM.isBeforeInTranslationUnit(Body, E->getDecl()->getLocation());
      return true;
    }
    bool VisitLambdaExpr(LambdaExpr *) {
      Found = true;
      return true;
    }
  } In(F.Decl->getASTContext().getSourceManager(), F.Body->getBeginLoc());
  In.TraverseStmt(const_cast<Expr *>(Return->getRetValue()));
  return In.Found ? nullptr : Return->getRetValue();
}

} // namespace

std::string Emitter::resultType(const Function &F) {
  FunctionTypeLoc Type = F.Decl->getFunctionTypeLoc();
  QualType Declared = F.Decl->getReturnType();
  bool Deduced = !Type || Declared->getContainedAutoType() || isa<AutoType>(Declared.getTypePtr());
  if (auto *Call = dyn_cast<CXXMethodDecl>(F.Decl); Call && Call->getParent()->isLambda())
    Deduced |= !Type.getReturnLoc() || Type.getReturnLoc().getSourceRange().isInvalid() ||
               !Type.getTypePtr()->getAs<FunctionProtoType>()->hasTrailingReturn();
  if (!Deduced) {
    auto [First, End] = Tokens.range(Type.getReturnLoc().getSourceRange());
    if (First < End)
      return textOf(First, End);
  }
  const std::set<std::string> &Types = ResultTypes[F.Body->getBeginLoc()];
  if (Types.size() == 1 && StringRef(*Types.begin()).find('(') == StringRef::npos)
    return *Types.begin();
  for (const Jump &J : F.Jumps)
    if (const Expr *Value = namesResult(F, J)) {
      auto [First, End] = Tokens.range(Value->getSourceRange());
      return "std::decay_t<decltype(" + textOf(First, End) + ")>";
    }
  fail(F.Body, "this function returns under a tensor condition, and its result has another type in each instantiation, or none that "
               "can be written: name its return type");
  return "void";
}

void Emitter::fail(const Stmt *At, StringRef Text) {
  if (Learning)
    Report.error(At->getBeginLoc(), Text);
}

unsigned Emitter::numberOf(SourceLocation Key) { return Numbers.try_emplace(Key, Numbers.size() + 1).first->second; }

std::string Emitter::site(const Stmt *S, Items Whole) {
  PresumedLoc At = Tokens.place(keyOf(S));
  std::string Text = "::weft::ag::Site(" + std::to_string(At.getLine()) + ", " + std::to_string(At.getColumn());
  if (!isa<Expr>(S) && !isa<CompoundStmt>(S)) {
    Assignments Names(Context, Tokens, S->getBeginLoc());
    for (const Stmt *Part : Whole.empty() ? Items(S) : Whole)
      Names.TraverseStmt(const_cast<Stmt *>(Part));
    if (!Names.Found.empty()) {
      Text += ", [&](::weft::ag::Names &weft_n) {";
      for (const auto &Named : Names.Found) {
        PresumedLoc Place = Tokens.place(Named.At);
        Text += (Named.Element.empty()
                     ? " weft_n(" + quoted(Named.Text) + ", " + Named.Text
                     : " weft_n.element(" + quoted(Named.Text) + ", [&]() -> decltype(auto) { return (" + Named.Element + "); }") +
                ", " + std::to_string(Place.getLine()) + ", " + std::to_string(Place.getColumn()) + ");";
      }
      Text += " }";
    }
  }
  return Text + ")";
}

void Emitter::guards(const Stmt *S) {
  if (Checks.guarded(S))
    raw("::weft::ag::Host weft_host" + Twine(numberOf(keyOf(S))) + "; ");
}

// --- flags

std::string Emitter::loopFlag(const Stmt *Loop, const char *Kind) {
  return std::string("weft_") + Kind + std::to_string(numberOf(keyOf(Loop)));
}

std::string Emitter::flag(const Jump &J) {
  if (!J.Target)
    return "weft_returned" + std::to_string(Current->Id);
  return loopFlag(J.Target, isa<BreakStmt>(J.S) ? "break" : "continue");
}

llvm::StringSet<> Emitter::flagsOut(const Stmt *S) {
  llvm::StringSet<> Flags;
  for (const Jump *J : Current->jumpsOut(S))
    Flags.insert(flag(*J));
  return Flags;
}

std::string Emitter::clear(const llvm::StringSet<> &Flags) {
  std::set<std::string> Sorted;
  for (const auto &F : Flags)
    Sorted.insert(F.getKey().str());
  std::string Text = "::weft::ag::clear(";
  for (const std::string &F : Sorted) {
    Read.insert(F);
    Text += (Text.ends_with("(") ? "&" : ", &") + F;
  }
  return Text + ")";
}

/// Whether every way through it ends with a converted jump.
bool Emitter::always(const Stmt *S) const {
  if (!S)
    return false;
  if (const Jump *J = All.jump(S))
    return J->Converted;
  if (auto *Body = dyn_cast<CompoundStmt>(S))
    return std::any_of(Body->body_begin(), Body->body_end(), [&](const Stmt *Item) { return always(Item); });
  if (auto *If = dyn_cast<IfStmt>(S))
    return All.opened(S) && If->getElse() && always(If->getThen()) && always(If->getElse());
  if (auto *Attributed = dyn_cast<AttributedStmt>(S))
    return always(Attributed->getSubStmt());
  return false;
}

const Expr *Emitter::optionsOf(const Stmt *Loop) const {
  auto *Body = dyn_cast<CompoundStmt>(bodyOf(Loop));
  if (!Body || Body->body_empty() || !Functions::calls(*Body->body_begin(), "loop_options"))
    return nullptr;
  auto *Call = cast<CallExpr>(stripped(cast<Expr>(*Body->body_begin())));
  if (!Call->getNumArgs()) // the place is a defaulted argument
    return nullptr;
  return Call->getArg(0);
}

/// What decides, for a loop without an end of its own, whether it is one of the graph: the types of the conditions under which it
/// is left. "true", "false", or, where instantiations differ, probes that are never called, then a line with the expression.
std::string Emitter::tracedExit(const Stmt *Loop) {
  std::vector<std::pair<const Jump *, const Stmt *>> Unsure;
  for (const Jump *J : Current->jumpsIn(Loop)) {
    if (isa<ContinueStmt>(J->S) || !(J->Target == Loop || J->leaves(Loop)))
      continue;
    auto At = std::find(J->Path.begin(), J->Path.end(), Loop);
    for (++At; At != J->Path.end(); ++At) {
      if (!isa<IfStmt>(*At) && !isLoop(*At))
        continue;
      Seen Bits = All.facts().seen(*At);
      if (Bits.traced() && !Bits.Host)
        return "true";
      if (Bits.traced())
        Unsure.emplace_back(J, *At);
    }
  }
  if (Unsure.empty())
    return "false";
  std::string Probes, Value;
  for (auto [J, Condition] : Unsure) {
    std::string Name = "weft_probe" + std::to_string(numberOf(keyOf(Condition)));
    std::string Body;
    auto At = std::find(J->Path.begin(), J->Path.end(), Loop);
    for (++At; *At != Condition; ++At) {
      if (auto *List = dyn_cast<CompoundStmt>(*At))
        for (const Stmt *Item : List->body()) {
          if (Item == *(At + 1))
            break;
          if (isa<DeclStmt>(Item)) {
            auto [First, End] = Tokens.statement(Item);
            Body += textOf(First, End) + " ";
          }
        }
      else if (isLoop(*At))
        fail(Loop, "whether this loop is traced depends on the instantiation, and it is left from a loop in it: give it a condition");
    }
    const Expr *E = conditionOf(Condition);
    if (!E || isLoop(Condition)) {
      fail(Loop, "whether this loop is traced depends on the instantiation, and it is left from a loop in it: give it a condition");
      continue;
    }
    auto [First, End] = Tokens.range(E->getSourceRange());
    if (Probes.find(" " + Name + " ") == std::string::npos)
      Probes += "auto " + Name + " = [&] { " + Body + "return ::weft::ag::probe(" + textOf(First, End) + "); }; ";
    Value += (Value.empty() ? "" : " || ") + ("decltype(" + Name + "())::value");
  }
  return Probes + "\n" + Value;
}

/// The same for `while (T v = …)`.
std::string Emitter::tracedDeclaration(const WhileStmt *Loop) {
  Seen Bits = All.facts().seen(Loop);
  if (!Bits.Host)
    return "true";
  std::string Name = "weft_probe" + std::to_string(numberOf(keyOf(Loop)));
  auto [First, End] = Tokens.range(Loop->getConditionVariableDeclStmt()->getSourceRange());
  return "auto " + Name + " = [&] { " + textOf(First, End) + "; return ::weft::ag::probe(" +
         Loop->getConditionVariable()->getName().str() + "); }; \ndecltype(" + Name + "())::value";
}

} // namespace weft::autograph
