// See Functions.h.
#include "Functions.h"

#include "clang/AST/ExprCXX.h"

#include <algorithm>

using namespace clang;

namespace weft::autograph {

bool Jump::leaves(const Stmt *Inside) const {
  auto At = std::find(Path.begin(), Path.end(), Inside);
  return At != Path.end() && (!Target || std::find(At, Path.end(), Target) == Path.end());
}

bool Function::returnsValue() const {
  return std::any_of(Jumps.begin(), Jumps.end(), [](const Jump &J) {
    auto *Return = dyn_cast<ReturnStmt>(J.S);
    return J.Converted && Return && Return->getRetValue() && !Return->getRetValue()->getType()->isVoidType();
  });
}

std::vector<const Jump *> Function::jumpsIn(const Stmt *S) const {
  std::vector<const Jump *> In;
  for (const Jump &J : Jumps)
    if (J.Converted && std::find(J.Path.begin(), J.Path.end(), S) != J.Path.end())
      In.push_back(&J);
  return In;
}

std::vector<const Jump *> Function::jumpsOut(const Stmt *S) const {
  std::vector<const Jump *> Out = jumpsIn(S);
  std::erase_if(Out, [&](const Jump *J) { return J->S != S && !J->leaves(S); });
  return Out;
}

bool Functions::calls(const Stmt *S, StringRef Name) {
  auto *E = dyn_cast_or_null<Expr>(S);
  auto *Call = E ? dyn_cast<CallExpr>(stripped(E)) : nullptr;
  if (!Call)
    return false;
  const NamedDecl *Callee = Call->getDirectCallee();
  if (!Callee) // in a template, with an argument that depends on it
    if (auto *Lookup = dyn_cast<UnresolvedLookupExpr>(Call->getCallee()); Lookup && Lookup->getNumDecls())
      Callee = *Lookup->decls_begin();
  if (!Callee || !Callee->getIdentifier() || Callee->getName() != Name)
    return false;
  for (const DeclContext *In = Callee->getDeclContext(); In; In = In->getParent())
    if (auto *Space = dyn_cast<NamespaceDecl>(In); Space && Space->getName() == "weft")
      return true;
  return false;
}

const Function *Functions::of(const Stmt *Body) const { return ByBody.lookup(Body); }

class Collector final : public UserVisitor<Collector> {
public:
  Collector(const Ownership &Owner, Functions &All) : UserVisitor(Owner, false), All(All) {}
  bool VisitFunctionDecl(FunctionDecl *F) {
    auto *Method = dyn_cast<CXXMethodDecl>(F);
    if (F->doesThisDeclarationHaveABody() && !(Method && Method->getParent()->isLambda()))
      All.add(F, F->getBody());
    return true;
  }
  bool VisitLambdaExpr(LambdaExpr *L) {
    All.add(L->getCallOperator(), L->getBody());
    return true;
  }

private:
  Functions &All;
};

Functions::Functions(ASTContext &Context, const Ownership &Owner, const Facts &Found) : Found(Found), SM(Context.getSourceManager()) {
  Collector(Owner, *this).TraverseDecl(Context.getTranslationUnitDecl());
  for (Function &F : List)
    F.Left = F.Left || untouched(F.Body);
  for (Function &F : List)
    solve(F);
  for (Function &F : List)
    for (Jump &J : F.Jumps) {
      ByJump[J.S] = &J;
      if (J.Converted)
        for (const Stmt *S : J.Path) {
          Holding.insert(S);
          if (S == J.S || J.leaves(S))
            Leaving.insert(S);
        }
    }
}

llvm::DenseSet<SourceLocation> Functions::openedPlaces() const {
  llvm::DenseSet<SourceLocation> Places;
  for (const Stmt *S : Opened)
    Places.insert(keyOf(S));
  for (const Function &F : List)
    if (F.Left)
      for (SourceLocation Key : Found.Statements)
        if (SM.isBeforeInTranslationUnit(F.Body->getBeginLoc(), Key) && SM.isBeforeInTranslationUnit(Key, F.Body->getEndLoc()))
          Places.insert(Key);
  return Places;
}

bool Functions::untouched(const Stmt *S) const {
  return std::any_of(List.begin(), List.end(), [&](const Function &F) {
    return F.Left && SM.isBeforeInTranslationUnit(F.Body->getBeginLoc(), S->getBeginLoc()) &&
           SM.isBeforeInTranslationUnit(S->getBeginLoc(), F.Body->getEndLoc());
  });
}

void Functions::add(const FunctionDecl *F, const Stmt *S) {
  const Stmt *Inner = S;
  if (auto *Try = dyn_cast_or_null<CXXTryStmt>(S)) // a function-try-block: its handlers stay as they are
    Inner = Try->getTryBlock();
  auto *Body = dyn_cast_or_null<CompoundStmt>(Inner);
  if (!Body || ByBody.count(Body))
    return;
  Function &Added = List.emplace_back();
  Added.Decl = F;
  Added.Body = Body;
  Added.Id = List.size();
  Added.Left = !Body->body_empty() && calls(*Body->body_begin(), "do_not_convert");
  ByBody[Body] = &Added;
  std::vector<const Stmt *> Path;
  walk(Added, Body, Path);
}

void Functions::walk(Function &F, const Stmt *S, std::vector<const Stmt *> &Path) {
  if (!S || isa<LambdaExpr>(S) || isa<Expr>(S)) // a lambda's jumps are its own; expressions hold no others
    return;
  Path.push_back(S);
  if (isa<ReturnStmt>(S))
    F.Jumps.push_back({S, nullptr, Path});
  else if (isa<BreakStmt, ContinueStmt>(S))
    for (auto It = Path.rbegin(); It != Path.rend(); ++It)
      if (isLoop(*It) || (isa<SwitchStmt>(*It) && isa<BreakStmt>(S))) {
        F.Jumps.push_back({S, *It, Path});
        break;
      }
  if (auto *Range = dyn_cast<CXXForRangeStmt>(S)) // its other children are implicit
    walk(F, Range->getBody(), Path);
  else
    for (const Stmt *Child : S->children())
      walk(F, Child, Path);
  Path.pop_back();
}

void Functions::solve(Function &F) {
  if (F.Left)
    return;
  // What tensors decide is open from the start.
  std::vector<const Stmt *> Todo{F.Body};
  while (!Todo.empty()) {
    const Stmt *S = Todo.back();
    Todo.pop_back();
    if (!S || isa<Expr>(S))
      continue;
    if ((isa<IfStmt>(S) || isLoop(S)) && Found.traced(S))
      Opened.insert(S);
    if (auto *Range = dyn_cast<CXXForRangeStmt>(S))
      Todo.push_back(Range->getBody());
    else
      Todo.insert(Todo.end(), S->child_begin(), S->child_end());
  }
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (Jump &J : F.Jumps)
      Changed |= convert(J);
  }
}

/// Whether something changed.
bool Functions::convert(Jump &J) {
  size_t From = 0; // what is between the target and the jump
  if (J.Target)
    From = std::find(J.Path.begin(), J.Path.end(), J.Target) - J.Path.begin();
  if (!J.Converted) {
    bool Needed = J.Target && Opened.contains(J.Target);
    for (size_t I = From + (J.Target ? 1 : 0); I < J.Path.size(); ++I)
      Needed |= Opened.contains(J.Path[I]) || Wrapped.contains(J.Path[I]);
    if (!Needed)
      return false;
    J.Converted = true;
  }
  bool Changed = false;
  for (size_t I = From; I < J.Path.size(); ++I) {
    const Stmt *S = J.Path[I];
    if (auto *If = dyn_cast<IfStmt>(S)) {
      if (!If->isConstexpr() && !If->isConsteval())
        Changed |= Opened.insert(S).second;
    } else if (isLoop(S)) {
      Changed |= Opened.insert(S).second;
    } else if (auto *List = dyn_cast<CompoundStmt>(S); List && I + 1 < J.Path.size()) {
      bool InSwitch = I && isa<SwitchStmt>(J.Path[I - 1]), After = false;
      for (const Stmt *Item : List->body()) {
        // The break that ends a section of a switch stays where it is, and so do its labels.
        bool Stays = InSwitch && (isa<BreakStmt>(Item) || isa<SwitchCase>(Item));
        if (After && !Stays)
          Changed |= Wrapped.insert(Item).second;
        if (After && InSwitch && isa<SwitchCase>(Item)) {
          const Stmt *Sub = Item;
          while (auto *Case = dyn_cast<SwitchCase>(Sub))
            Sub = Case->getSubStmt();
          if (Sub && !isa<BreakStmt>(Sub))
            Changed |= Wrapped.insert(Sub).second;
        }
        After |= Item == J.Path[I + 1];
      }
    }
  }
  return Changed;
}

} // namespace weft::autograph
