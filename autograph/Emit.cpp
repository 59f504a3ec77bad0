// See Emit.h. Statements are in this file, what they are made of (names, flags, types) in EmitParts.cpp.
#include "Emit.h"

#include "clang/AST/ExprCXX.h"

#include <algorithm>

using namespace clang;

namespace weft::autograph {

// --- finding what is rewritten

class RootFinder final : public RecursiveASTVisitor<RootFinder> {
public:
  RootFinder(Emitter &Owner, const Stmt *Self) : Owner(Owner), Self(Self) {}
  bool TraverseStmt(Stmt *S) {
    if (S && S != Self && Owner.isRoot(S)) {
      Found.push_back(S);
      return true;
    }
    return RecursiveASTVisitor::TraverseStmt(S);
  }
  bool TraverseTypeLoc(TypeLoc, bool = true) { return true; }
  bool TraverseUnaryExprOrTypeTraitExpr(UnaryExprOrTypeTraitExpr *) { return true; }
  bool TraverseCXXNoexceptExpr(CXXNoexceptExpr *) { return true; }
  bool TraverseRequiresExpr(RequiresExpr *) { return true; }

  std::vector<const Stmt *> Found;

private:
  Emitter &Owner;
  const Stmt *Self;
};

class TopFinder final : public UserVisitor<TopFinder> {
public:
  TopFinder(const Ownership &Owner, Emitter &Emit) : UserVisitor(Owner, false), Emit(Emit) {}
  bool TraverseStmt(Stmt *S) {
    if (S && Emit.isRoot(S) && !(AtFileScope && isa<Expr>(S))) {
      Found.push_back(S);
      return true;
    }
    return UserVisitor::TraverseStmt(S);
  }
  // A lambda outside of functions captures nothing, and such initialisers are never traced.
  bool TraverseVarDecl(VarDecl *V) {
    bool Before = std::exchange(AtFileScope, AtFileScope || V->isFileVarDecl());
    bool Fine = UserVisitor::TraverseVarDecl(V);
    AtFileScope = Before;
    return Fine;
  }
  bool TraverseLambdaExpr(LambdaExpr *L) {
    bool Before = std::exchange(AtFileScope, false);
    bool Fine = UserVisitor::TraverseLambdaExpr(L);
    AtFileScope = Before;
    return Fine;
  }
  std::vector<const Stmt *> Found;

private:
  Emitter &Emit;
  bool AtFileScope = false;
};

Emitter::Emitter(ASTContext &Context, const Ownership &Owner, const TokenIndex &Tokens, const Functions &All,
                 const Checker &Checks, Reporter &Report)
    : Context(Context), Tokens(Tokens), All(All), Checks(Checks), Report(Report) {
  collectResults(Owner);
  TopFinder Finder(Owner, *this);
  Finder.TraverseDecl(Context.getTranslationUnitDecl());
  TopLevel = placed(Finder.Found);
}

std::vector<Emitter::Root> Emitter::placed(const std::vector<const Stmt *> &Found) {
  std::vector<Root> Roots;
  for (const Stmt *S : Found) {
    auto [First, End] = isa<Expr>(S) ? Tokens.range(S->getSourceRange()) : Tokens.statement(S);
    if (First >= End || End > Tokens.size()) {
      Report.error(S->getBeginLoc(), "this control flow over tensors comes from text that weft-autograph cannot edit; write it "
                                     "outside of the macro");
      continue;
    }
    Roots.push_back({First, End, S});
  }
  std::sort(Roots.begin(), Roots.end(), [](const Root &A, const Root &B) { return A.First < B.First; });
  return Roots;
}

bool Emitter::isRoot(const Stmt *S) {
  if (isa<IfStmt>(S) || isLoop(S))
    return All.opened(S);
  if (auto *Body = dyn_cast<CompoundStmt>(S)) {
    if (const Function *F = All.of(Body)) {
      if (F->Left)
        return false;
      auto [It, New] = Rewrites.try_emplace(Body, false);
      if (New) {
        RootFinder Finder(*this, Body);
        Finder.TraverseStmt(const_cast<CompoundStmt *>(Body));
        Rewrites[Body] = !Finder.Found.empty();
      }
      return Rewrites[Body];
    }
    return std::any_of(Body->body_begin(), Body->body_end(), [&](const Stmt *Item) { return All.left(Item); });
  }
  if (isa<SwitchStmt>(S))
    return All.holdsJump(S);
  if (isa<BreakStmt, ContinueStmt, ReturnStmt>(S)) {
    const Jump *J = All.jump(S);
    return J && J->Converted;
  }
  if (isLogical(S) || isNot(S) || isa<ConditionalOperator>(S))
    if (All.facts().rewritten(S))
      return !All.untouched(S);
  // Not what begins in the same place: casts, and the names of overloaded operators.
  return isa<BinaryOperator, UnaryOperator, CallExpr, ArraySubscriptExpr, CXXThrowExpr>(S) && Checks.change(S) && !All.untouched(S);
}

std::vector<Emitter::Root> Emitter::roots(FileID File) const {
  std::vector<Root> In;
  for (const Root &R : TopLevel)
    if (Context.getSourceManager().getFileID(Context.getSourceManager().getExpansionLoc(R.S->getBeginLoc())) == File)
      In.push_back(R);
  return In;
}

std::vector<FileID> Emitter::files() const {
  std::vector<FileID> Files;
  for (const Root &R : TopLevel) {
    FileID File = Context.getSourceManager().getFileID(Context.getSourceManager().getExpansionLoc(R.S->getBeginLoc()));
    if (std::find(Files.begin(), Files.end(), File) == Files.end())
      Files.push_back(File);
  }
  return Files;
}

void Emitter::file(FileID File, Printer &To) {
  Printer *Before = std::exchange(Out, &To);
  Out->beginFile(File);
  auto [First, End] = Tokens.file(File);
  copyWithRoots(First, End, roots(File));
  Out->endFile();
  Out = Before;
}

void Emitter::learn() {
  Learning = true;
  for (FileID File : files()) {
    Printer Nowhere(Tokens, true);
    Nowhere.OnInclude = [](const Inclusion &) { return true; };
    file(File, Nowhere);
  }
  Learning = false;
}

// --- copying

void Emitter::copyWithRoots(unsigned First, unsigned End, const std::vector<Root> &Roots) {
  for (const Root &R : Roots) {
    if (R.First < First || R.End > End)
      continue;
    Out->copy(First, R.First);
    root(R.S);
    First = R.End;
  }
  Out->copy(First, End);
}

void Emitter::copyWithin(unsigned First, unsigned End, const Stmt *Within) {
  RootFinder Finder(*this, Within);
  Finder.TraverseStmt(const_cast<Stmt *>(Within));
  copyWithRoots(First, End, placed(Finder.Found));
}

void Emitter::expression(const Expr *E) {
  if (isRoot(E))
    return root(E);
  auto [First, End] = Tokens.range(E->getSourceRange());
  copyWithin(First, End, E);
}

void Emitter::statement(const Stmt *S) {
  if (Dropped.contains(S)) {
    auto [First, End] = Tokens.statement(S);
    for (unsigned I = First; I < End; ++I)
      Out->drop(I);
    return;
  }
  if (isRoot(S) && !isa<Expr>(S))
    return root(S);
  auto [First, End] = Tokens.statement(S);
  if (!isa<Expr>(S) || !isRoot(S))
    return copyWithin(First, End, S);
  root(S);
  Out->copy(Tokens.range(S->getSourceRange()).second, End);
}

void Emitter::root(const Stmt *S) {
  Out->lead((isa<Expr>(S) ? Tokens.range(S->getSourceRange()) : Tokens.statement(S)).first);
  if (auto *Body = dyn_cast<CompoundStmt>(S)) {
    if (All.of(Body))
      return functionBody(Body);
    return compound(Body);
  }
  if (auto *If = dyn_cast<IfStmt>(S))
    return ifStatement(If, {});
  if (isLoop(S))
    return loop(S);
  if (auto *Switch = dyn_cast<SwitchStmt>(S))
    return switchStatement(Switch);
  if (const Jump *J = All.jump(S))
    return jumpStatement(*J);
  if (const HostChange *Change = Checks.change(S))
    return hostChange(S, *Change);
  bool Guarded = Checks.guarded(S);
  if (Guarded) { // an expression has no place for the guard
    raw("[&] { ");
    guards(S);
    raw("return ");
  }
  if (auto *Choice = dyn_cast<ConditionalOperator>(S)) {
    raw("::weft::ag::if_exp(" + site(S) + ", ");
    expression(Choice->getCond());
    Out->drop(Tokens.at(Choice->getQuestionLoc()));
    raw(", [&] { return ");
    expression(Choice->getTrueExpr());
    Out->drop(Tokens.at(Choice->getColonLoc()));
    raw("; }, [&] { return ");
    expression(Choice->getFalseExpr());
    raw("; })");
  } else if (isLogical(S)) {
    auto [Left, Right] = sides(S);
    unsigned Operator = Tokens.at(keyOf(S));
    bool And = Tokens.is(Operator, tok::ampamp);
    raw(Twine(And ? "::weft::ag::and_(" : "::weft::ag::or_(") + site(S) + ", ");
    expression(Left);
    Out->drop(Operator);
    raw(", [&] { return ");
    expression(Right);
    raw("; })");
  } else { // !
    const Expr *Operand = isa<UnaryOperator>(S) ? cast<UnaryOperator>(S)->getSubExpr() : cast<CXXOperatorCallExpr>(S)->getArg(0);
    raw("::weft::ag::not_(" + site(S) + ", ");
    Out->drop(Tokens.at(keyOf(S)));
    expression(Operand);
    raw(")");
  }
  if (Guarded)
    raw("; }()");
}

void Emitter::hostChange(const Stmt *S, const HostChange &Change) {
  PresumedLoc At = Tokens.place(keyOf(S));
  if (auto [Of, Key] = subscript(S); Of && Change.Element) {
    raw("weft_host" + Twine(numberOf(Change.Construct)) + ".element(");
    expression(Of);
    Out->drop(Tokens.range(Of->getSourceRange()).second);
    raw(", ");
    expression(Key);
    Out->drop(Tokens.at(keyOf(S)));
    raw(", " + quoted(Change.Message) + ", " + Twine(At.getLine()) + ", " + Twine(At.getColumn()) + ")");
    return;
  }
  if (!Change.Fields.empty()) {
    auto [To, From] = sides(S);
    raw("weft_host" + Twine(numberOf(Change.Construct)) + ".assign(");
    expression(To);
    Out->drop(Tokens.at(keyOf(S)));
    raw(", ");
    expression(From);
    std::string Known, Same;
    for (const std::string &Field : Change.Fields) {
      Known += " weft_a" + Field + ";";
      Same += (Same.empty() ? "" : " && ") + ("::weft::ag::same(weft_a" + Field + ", weft_b" + Field + ")");
    }
    raw(", [](const auto &weft_a, const auto &weft_b) { if constexpr (requires {" + Known + " }) return " + Same +
        "; else return ::weft::ag::is_free<decltype(weft_a)>; }, " + quoted(Change.Message) + ", " + Twine(At.getLine()) + ", " +
        Twine(At.getColumn()) + ")");
    return;
  }
  raw("(weft_host" + Twine(numberOf(Change.Construct)) + ".changed" +
      (Change.Expression.empty() ? "" : "<decltype((" + Change.Expression + "))>") + "(" + quoted(Change.Message) + ", " +
      Twine(At.getLine()) + ", " + Twine(At.getColumn()) + "), ");
  // What stands in it may be rewritten too; it itself is not a root again.
  auto [First, End] = Tokens.range(S->getSourceRange());
  copyWithin(First, End, S);
  raw(")");
}

// --- lists of statements

void Emitter::functionBody(const CompoundStmt *Body) {
  const Function *Outer = std::exchange(Current, All.of(Body));
  auto [First, End] = Tokens.range(Body->getSourceRange());
  Out->copy(First, First + 1);
  std::string Returned = "weft_returned" + std::to_string(Current->Id), Result = "weft_result" + std::to_string(Current->Id);
  bool Value = Current->returnsValue();
  if (Value)
    raw(" ::weft::ag::Ret<" + resultType(*Current) + "> " + Result + "(" + site(Body) + ");");
  if (Read.contains(Returned))
    raw(" ::weft::ag::Flag " + Returned + ";");
  list(Items(const_cast<const Stmt *const *>(Body->body_begin()), Body->size()));
  if (Value)
    raw(" return " + Result + ".take();");
  Out->copy(End - 1, End);
  Current = Outer;
}

void Emitter::compound(const CompoundStmt *Body) {
  auto [First, End] = Tokens.range(Body->getSourceRange());
  Out->copy(First, First + 1);
  list(Items(const_cast<const Stmt *const *>(Body->body_begin()), Body->size()));
  Out->copy(End - 1, End);
}

/// Statements in order. What follows one that may have jumped goes into the branch that did not, or under its flags.
void Emitter::list(Items All) {
  for (size_t I = 0; I < All.size(); ++I) {
    const Stmt *S = All[I];
    if (!Current || Current->jumpsOut(S).empty()) {
      statement(S);
      continue;
    }
    Items Rest = All.drop_front(I + 1);
    if (this->All.jump(S)) {
      root(S);
      skip(Rest);
      return;
    }
    if (auto *If = dyn_cast<IfStmt>(S); If && this->All.opened(S)) {
      Out->lead(Tokens.statement(S).first);
      ifStatement(If, Rest);
      return;
    }
    statement(S);
    if (always(S))
      skip(Rest);
    else if (!Rest.empty())
      guarded(flagsOut(S), Rest);
    return;
  }
}

/// Behind a jump: never reached.
void Emitter::skip(Items Rest) {
  for (const Stmt *S : Rest) {
    auto [First, End] = Tokens.statement(S);
    for (unsigned I = First; I < End; ++I)
      Out->drop(I);
  }
}

void Emitter::guarded(const llvm::StringSet<> &Flags, Items Rest) {
  raw(" ::weft::ag::if_stmt(" + site(Rest.front(), Rest) + ", " + clear(Flags) + ", [&] {");
  list(Rest);
  raw(" });");
}

void Emitter::ifStatement(const IfStmt *If, Items Rest) {
  bool Variable = If->getInit() || If->getConditionVariable();
  bool Then = always(If->getThen()), Else = If->getElse() && always(If->getElse());
  bool Block = Variable || Checks.guarded(If);
  Items Dead = Then && Else ? Rest : Items();
  if (Then && Else)
    Rest = {};
  // With variables of its own the rest stays outside: they would hide the user's.
  bool NestElse = !Rest.empty() && Then && !Variable, NestThen = !Rest.empty() && Else && !Then && !Variable;
  std::vector<const Stmt *> Whole{If};
  if (NestElse || NestThen)
    Whole.insert(Whole.end(), Rest.begin(), Rest.end());

  if (Block)
    raw("{ ");
  guards(If);
  Out->drop(Tokens.at(If->getIfLoc()));
  Out->drop(Tokens.at(If->getLParenLoc()));
  if (If->getInit())
    statement(If->getInit());
  if (const DeclStmt *Declared = If->getConditionVariableDeclStmt()) {
    auto [First, End] = Tokens.range(Declared->getSourceRange());
    copyWithin(First, End, Declared);
    raw("; ");
  }
  raw(Twine(NestThen ? "::weft::ag::if_rest(" : "::weft::ag::if_stmt(") + site(If, Whole) + ", ");
  if (If->getConditionVariable())
    raw(If->getConditionVariable()->getName());
  else
    truth(If->getCond());
  Out->drop(Tokens.at(If->getRParenLoc()));
  raw(", [&] {");
  list(If->getThen());
  raw(" }");
  if (If->getElse()) {
    Out->drop(Tokens.at(If->getElseLoc()));
    raw(", [&] {");
    if (NestElse) {
      std::vector<const Stmt *> Both{If->getElse()};
      Both.insert(Both.end(), Rest.begin(), Rest.end());
      list(Both);
    } else
      list(If->getElse());
    raw(" }");
  } else if (NestElse) {
    raw(", [&] {");
    list(Rest);
    raw(" }");
  }
  if (NestThen) {
    raw(", [&] {");
    if (Current->jumpsOut(If->getThen()).empty())
      list(Rest);
    else
      guarded(flagsOut(If->getThen()), Rest);
    raw(" }");
  }
  raw(");");
  if (Block)
    raw(" }");
  if (!NestElse && !NestThen && !Rest.empty())
    guarded(flagsOut(If), Rest);
  skip(Dead);
}

// --- switch

void Emitter::switchStatement(const SwitchStmt *Switch) {
  std::string Break = loopFlag(Switch, "break");
  raw("{ ");
  if (Read.contains(Break))
    raw("::weft::ag::Flag " + Break + "; ");
  auto [First, End] = Tokens.statement(Switch);
  auto *Body = dyn_cast<CompoundStmt>(Switch->getBody());
  auto [BodyFirst, BodyEnd] = Body ? Tokens.range(Body->getSourceRange()) : Tokens.statement(Switch->getBody());
  std::vector<const Stmt *> Heads;
  if (Switch->getInit())
    Heads.push_back(Switch->getInit());
  Heads.push_back(Switch->getCond());
  unsigned At = First;
  for (const Stmt *Head : Heads) {
    auto [HeadFirst, HeadEnd] = Tokens.range(Head->getSourceRange());
    if (HeadFirst < At || HeadEnd > BodyFirst)
      continue;
    Out->copy(At, HeadFirst);
    copyWithin(HeadFirst, HeadEnd, Head);
    At = HeadEnd;
  }
  if (Body) {
    Out->copy(At, BodyFirst + 1);
    switchList(Items(const_cast<const Stmt *const *>(Body->body_begin()), Body->size()));
    Out->copy(BodyEnd - 1, BodyEnd);
  } else {
    Out->copy(At, BodyFirst);
    const Stmt *Only[] = {Switch->getBody()};
    switchList(Only);
  }
  raw(" }");
}

/// Sections between labels and the breaks that end them. Labels and those breaks stay; what follows a traced jump is guarded,
/// section by section.
void Emitter::switchList(Items All) {
  llvm::StringSet<> Flags;
  std::vector<const Stmt *> Section;
  auto Flush = [&] {
    if (Section.empty())
      return;
    if (Flags.empty())
      list(Section);
    else
      guarded(Flags, Section);
    for (const Stmt *S : Section)
      for (const auto &F : flagsOut(S))
        Flags.insert(F.getKey());
    Section.clear();
  };
  std::vector<const Stmt *> Todo(All.begin(), All.end());
  for (size_t I = 0; I < Todo.size(); ++I) {
    const Stmt *S = Todo[I];
    if (auto *Case = dyn_cast<SwitchCase>(S)) {
      Flush();
      Out->copy(Tokens.at(Case->getBeginLoc()), Tokens.at(Case->getColonLoc()) + 1);
      if (Case->getSubStmt())
        Todo.insert(Todo.begin() + I + 1, Case->getSubStmt());
      continue;
    }
    const Jump *J = this->All.jump(S);
    if (auto *Attributed = dyn_cast<AttributedStmt>(S); Attributed && isa<NullStmt>(Attributed->getSubStmt())) {
      Flush(); // [[fallthrough]] must stand before a label
      statement(S);
      continue;
    }
    if (isa<BreakStmt>(S) && !(J && J->Converted)) {
      Flush();
      statement(S);
      Flags.clear(); // nothing falls through
      continue;
    }
    Section.push_back(S);
  }
  Flush();
}

// --- loops

void Emitter::loop(const Stmt *Loop) {
  bool HasBreak = false, HasReturn = false;
  for (const Jump *J : Current->jumpsIn(Loop)) {
    HasBreak |= J->Target == Loop && isa<BreakStmt>(J->S);
    HasReturn |= !J->Target;
  }
  auto *While = dyn_cast<WhileStmt>(Loop);
  bool Declares = While && While->getConditionVariable();
  HasBreak |= Declares;
  std::string Break = loopFlag(Loop, "break"), Returned = "weft_returned" + std::to_string(Current->Id);
  if (HasBreak)
    Read.insert(Break);
  if (HasReturn)
    Read.insert(Returned);
  raw("{ ");
  guards(Loop);

  // `Opening` is what comes before the first part of the call.
  auto Opening = [&](const char *Name) {
    if (HasBreak)
      raw("::weft::ag::Flag " + Break + "; ");
    std::string Exit = runsForever(Loop) ? tracedExit(Loop) : Declares ? tracedDeclaration(While) : "";
    if (Exit.starts_with("auto")) { // probes
      raw(StringRef(Exit).rsplit('\n').first);
      raw(" ");
      Exit = StringRef(Exit).rsplit('\n').second.str();
    }
    Forever = Exit;
    raw(Twine("::weft::ag::") + Name + "(" + site(Loop) + ", ::weft::ag::Exits(");
    const Expr *Options = optionsOf(Loop);
    raw(HasBreak ? "&" + Break : HasReturn || Options ? "nullptr" : "");
    if (HasReturn)
      raw(", &" + Returned);
    else if (Options)
      raw(", nullptr");
    if (Options) {
      unsigned Cursor = Out->cursor();
      auto [First, End] = Tokens.range(Options->getSourceRange());
      raw(", ");
      Out->jump(First);
      copyWithin(First, End, Options);
      Out->back(Cursor);
    }
    raw("), ");
  };

  if (auto *Do = dyn_cast<DoStmt>(Loop)) {
    Opening("do_loop");
    raw("[&] {");
    Out->drop(Tokens.at(Do->getDoLoc()));
    loopBody(Loop);
    raw(" }, [&] { return ");
    unsigned Open = Tokens.at(Do->getWhileLoc());
    Out->drop(Open);
    Out->drop(Open + 1);
    condition(Loop);
    unsigned Close = Tokens.at(Do->getRParenLoc());
    Out->drop(Close);
    raw("; });");
    if (Tokens.is(Close + 1, tok::semi))
      Out->drop(Close + 1);
  } else if (While) {
    Opening("loop");
    Out->drop(Tokens.at(While->getWhileLoc()));
    Out->drop(Tokens.at(While->getLParenLoc()));
    if (Declares) { // while (true) { T v = …; if (v) body else break; }
      raw("[&] { return ::weft::ag::always<" + (Forever.empty() ? "true" : Forever) + ">(); }, [&] {}, [&] {");
      auto [First, End] = Tokens.range(While->getConditionVariableDeclStmt()->getSourceRange());
      raw(" ");
      copyWithin(First, End, While->getConditionVariableDeclStmt());
      raw("; ::weft::ag::if_stmt(" + site(Loop) + ", " + While->getConditionVariable()->getName() + ", [&] {");
      Out->drop(Tokens.at(While->getRParenLoc()));
      loopBody(Loop);
      raw(" }, [&] { " + Break + ".set(); }); });");
    } else {
      raw("[&] { return ");
      condition(Loop);
      raw("; }, [&] {}, [&] {");
      Out->drop(Tokens.at(While->getRParenLoc()));
      loopBody(Loop);
      raw(" });");
    }
  } else if (auto *For = dyn_cast<ForStmt>(Loop)) {
    unsigned Next = Tokens.at(For->getLParenLoc());
    Out->drop(Tokens.at(For->getForLoc()));
    Out->drop(Next++);
    if (For->getConditionVariable())
      fail(Loop, "this loop declares a variable in its condition: declare it before the loop");
    if (For->getInit()) {
      statement(For->getInit());
      Next = Tokens.statement(For->getInit()).second;
    } else
      Out->drop(Next++);
    raw(" ");
    Opening("loop");
    raw("[&] { return ");
    condition(Loop);
    if (For->getCond())
      Next = Tokens.range(For->getCond()->getSourceRange()).second;
    Out->drop(Next);
    raw(Checks.guardsStep(Loop) ? "; }, ::weft::ag::guarded([&] { " : "; }, [&] {");
    if (For->getInc()) {
      raw(" ");
      expression(For->getInc());
      raw("; ");
    }
    raw(Checks.guardsStep(Loop) ? "}), [&] {" : "}, [&] {");
    Out->drop(Tokens.at(For->getRParenLoc()));
    loopBody(Loop);
    raw(" });");
  } else
    rangeLoop(cast<CXXForRangeStmt>(Loop), Opening);
  raw(" }");
}

void Emitter::rangeLoop(const CXXForRangeStmt *Loop, llvm::function_ref<void(const char *)> Opening) {
  unsigned For = Tokens.at(Loop->getForLoc()), Colon = Tokens.at(Loop->getColonLoc()), First = For + 2;
  std::string Number = std::to_string(numberOf(keyOf(Loop)));
  Out->drop(For);
  Out->drop(For + 1);
  if (Loop->getInit()) {
    statement(Loop->getInit());
    First = Tokens.statement(Loop->getInit()).second;
  }
  auto [RangeFirst, RangeEnd] = Tokens.range(Loop->getRangeInit()->getSourceRange());
  bool Braces = isa<InitListExpr, CXXStdInitializerListExpr>(stripped(Loop->getRangeInit()));
  auto Range = [&] {
    Out->jump(RangeFirst);
    if (isRoot(Loop->getRangeInit()))
      root(Loop->getRangeInit());
    else
      copyWithin(RangeFirst, RangeEnd, Loop->getRangeInit());
  };
  if (Braces) { // a template cannot tell what braces are
    raw("auto weft_range" + Number + " = ");
    Range();
    raw("; ");
  }
  Opening("for_loop");
  if (Braces)
    raw("weft_range" + Number);
  else
    Range();
  unsigned Behind = Out->cursor();
  raw(", [&](auto &&weft_e" + Number + ") { ");
  Out->jump(First);
  Out->copy(First, Colon);
  raw(" = static_cast<decltype(weft_e" + Number + ")>(weft_e" + Number + ");");
  Out->back(Behind);
  Out->drop(Tokens.at(Loop->getRParenLoc()));
  loopBody(Loop);
  raw(" });");
}

void Emitter::condition(const Stmt *Loop) {
  const Expr *Condition = conditionOf(Loop);
  if (runsForever(Loop) && !Forever.empty()) {
    raw("::weft::ag::always<" + Forever + ">()");
    if (Condition) {
      auto [First, End] = Tokens.range(Condition->getSourceRange());
      for (unsigned I = First; I < End; ++I)
        Out->drop(I);
    }
  } else if (!Condition) {
    raw("true");
  } else if (Checks.unrolls(Loop)) {
    raw("::weft::ag::unrolled(");
    truth(Condition);
    raw(")");
  } else
    truth(Condition);
}

/// A condition. One that only C++ decides may be of a class that cannot be copied.
void Emitter::truth(const Expr *Condition) {
  bool Class = false;
  if (!Condition->isTypeDependent() && truthOf(Condition) == Truth::Host) {
    const Expr *E = stripped(Condition);
    Class = isa<CXXMemberCallExpr>(E) && isa_and_nonnull<CXXConversionDecl>(cast<CXXMemberCallExpr>(E)->getMethodDecl());
  }
  bool Comma = isComma(Condition);
  if (Class || Comma) // an argument of its own
    raw(Class ? "static_cast<bool>(" : "(");
  expression(Condition);
  if (Class || Comma)
    raw(")");
}

void Emitter::loopBody(const Stmt *Loop) {
  std::string Continue = loopFlag(Loop, "continue");
  if (Read.contains(Continue))
    raw(" ::weft::ag::Flag " + Continue + ";");
  if (optionsOf(Loop)) { // moved to the loop
    auto *Body = cast<CompoundStmt>(bodyOf(Loop));
    Dropped.insert(*Body->body_begin());
    compound(Body);
  } else
    list(bodyOf(Loop));
}

void Emitter::jumpStatement(const Jump &J) {
  auto [First, End] = Tokens.statement(J.S);
  Out->drop(First);
  std::string Flag = flag(J);
  raw("{ ");
  if (auto *Return = dyn_cast<ReturnStmt>(J.S); Return && Return->getRetValue()) {
    PresumedLoc At = Tokens.place(Return->getBeginLoc());
    bool Value = !Return->getRetValue()->getType()->isVoidType();
    if (Value)
      raw("weft_result" + Twine(Current->Id) + ".set(");
    expression(Return->getRetValue());
    if (Value)
      raw(", " + Twine(At.getLine()) + ", " + Twine(At.getColumn()) + ")");
    raw("; ");
  }
  if (Read.contains(Flag))
    raw(Flag + ".set(); ");
  raw("}");
  for (unsigned I = Tokens.range(J.S->getSourceRange()).second; I < End; ++I)
    Out->drop(I);
}

} // namespace weft::autograph
