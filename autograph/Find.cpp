// See Find.h.
#include "Find.h"

#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "llvm/Support/Path.h"

using namespace clang;

namespace weft::autograph {

Ownership::Ownership(ASTContext &Context) : SM(Context.getSourceManager()) {
  auto Lookup = [&](DeclContext *In, StringRef Name) { return In->lookup(&Context.Idents.get(Name)); };
  for (NamedDecl *Space : Lookup(Context.getTranslationUnitDecl(), "weft"))
    if (auto *Weft = dyn_cast<NamespaceDecl>(Space))
      for (NamedDecl *D : Lookup(Weft, "Tensor"))
        if (auto *Record = dyn_cast<CXXRecordDecl>(D))
          if (Record->hasDefinition())
            Tensor = Record->getDefinition();
  if (Tensor)
    if (OptionalFileEntryRef File = SM.getFileEntryRefForID(SM.getFileID(SM.getExpansionLoc(Tensor->getLocation()))))
      WeftFolder = llvm::sys::path::parent_path(File->getFileEntry().tryGetRealPathName());
}

bool Ownership::owns(SourceLocation Loc) const {
  FileID File = SM.getFileID(SM.getExpansionLoc(Loc));
  auto [It, New] = Known.try_emplace(File, false);
  if (New) {
    bool Own = !SM.isInSystemHeader(SM.getLocForStartOfFile(File));
    if (OptionalFileEntryRef Entry = SM.getFileEntryRefForID(File); Own && Entry && !WeftFolder.empty()) {
      // Operations and effects stand in a generated folder beside: every header of weft is <weft/...>.
      StringRef Path = Entry->getFileEntry().tryGetRealPathName(), Folder = llvm::sys::path::parent_path(Path);
      bool Weft = Folder == WeftFolder || Folder.starts_with(WeftFolder + "/") ||
                  (Folder.ends_with("/include/weft") || Folder.contains("/include/weft/"));
      Own = !Weft;
    }
    Known[File] = Own;
    return Own;
  }
  return It->second;
}

bool Ownership::skips(const Decl *D) const {
  if (isa<TranslationUnitDecl>(D))
    return false;
  SourceLocation Loc = D->getLocation();
  return Loc.isValid() && !owns(Loc);
}

namespace {

class Finder final : public UserVisitor<Finder> {
public:
  Finder(const Ownership &Owner, Facts &Found) : UserVisitor(Owner, true), Found(Found) {}

  bool VisitCompoundStmt(CompoundStmt *S) {
    for (const Stmt *Item : S->body())
      discarded(Item);
    return true;
  }
  bool VisitIfStmt(IfStmt *S) {
    discarded(S->getThen());
    discarded(S->getElse());
    if (!S->isConstexpr() && !S->isConsteval())
      condition(S, S->getCond());
    return true;
  }
  bool VisitWhileStmt(WhileStmt *S) {
    discarded(S->getBody());
    return condition(S, S->getCond());
  }
  bool VisitDoStmt(DoStmt *S) {
    discarded(S->getBody());
    return condition(S, S->getCond());
  }
  bool VisitForStmt(ForStmt *S) {
    discarded(S->getBody());
    return !S->getCond() || condition(S, S->getCond());
  }
  bool VisitCXXForRangeStmt(CXXForRangeStmt *S) {
    discarded(S->getBody());
    const Expr *Range = S->getRangeInit();
    if (!Range || Range->isTypeDependent())
      return true;
    Seen &Bits = Found.Conditions[keyOf(S)];
    (isTensorRange(Range->getType()) ? Bits.Tensor : Bits.Host) = true;
    if (Bits.Tensor)
      Found.Statements.insert(keyOf(S));
    return true;
  }
  bool VisitConditionalOperator(ConditionalOperator *S) {
    if (S->getCond()->isTypeDependent())
      return true;
    note(S, truthOf(S->getCond()));
    if (truthOf(S->getCond()) != Truth::Host && !S->isTypeDependent() &&
        (holdsTensors(S->getType()) || S->getType()->isVoidType()))
      wanted(S);
    return true;
  }
  bool VisitBinaryOperator(BinaryOperator *S) {
    if (S->isLogicalOp() && !S->isTypeDependent())
      note(S, truthOf(S));
    return true;
  }
  bool VisitUnaryOperator(UnaryOperator *S) {
    if (S->getOpcode() == UO_LNot && !S->isTypeDependent())
      note(S, truthOf(S));
    return true;
  }
  bool VisitCXXConstructExpr(CXXConstructExpr *S) {
    const CXXRecordDecl *Class = S->getConstructor()->getParent();
    if (S->getNumArgs() && (isWeft(Class, "Tensor") || isWeft(Class, "Operand")))
      wanted(S->getArg(0));
    return true;
  }

private:
  void note(const Stmt *S, Truth T) {
    Seen &Bits = Found.Conditions[keyOf(S)];
    (T == Truth::Tensor ? Bits.Tensor : T == Truth::Mixed ? Bits.Mixed : Bits.Host) = true;
  }
  /// A statement that is an expression: nobody asks for its value.
  void discarded(const Stmt *S) {
    if (auto *E = dyn_cast_or_null<Expr>(S); E && !E->isTypeDependent())
      if (auto *Choice = dyn_cast<ConditionalOperator>(stripped(E)))
        wanted(Choice);
  }
  bool condition(const Stmt *S, const Expr *Condition) {
    if (Condition->isTypeDependent())
      return true;
    Truth T = truthOf(Condition);
    note(S, T);
    if (T == Truth::Host)
      return true;
    Found.Statements.insert(keyOf(S));
    wanted(Condition);
    return true;
  }
  /// The expression's value is a condition that tensors decide, or becomes a tensor: so are its parts.
  void wanted(const Expr *E) {
    E = stripped(E);
    if (auto *Choice = dyn_cast<ConditionalOperator>(E)) {
      if (truthOf(Choice->getCond()) != Truth::Host) {
        Found.Rewritten.insert(keyOf(Choice));
        wanted(Choice->getCond());
      }
      for (const Expr *Side : {Choice->getTrueExpr(), Choice->getFalseExpr()}) {
        wanted(Side);
        if (Found.Rewritten.contains(keyOf(stripped(Side)))) // C++ knows no common type of what becomes of it
          Found.Rewritten.insert(keyOf(Choice));
      }
    } else if (isLogical(E)) {
      if (truthOf(E) == Truth::Host)
        return;
      Found.Rewritten.insert(keyOf(E));
      wanted(sides(E).first);
      wanted(sides(E).second);
    } else if (isNot(E) && isa<UnaryOperator>(E)) {
      if (truthOf(E) == Truth::Host)
        return;
      Found.Rewritten.insert(keyOf(E));
      wanted(cast<UnaryOperator>(E)->getSubExpr());
    } else if (auto *Comma = dyn_cast<BinaryOperator>(E); Comma && Comma->getOpcode() == BO_Comma) {
      wanted(Comma->getRHS());
    }
  }

  Facts &Found;
};

} // namespace

Facts::Facts(ASTContext &Context, const Ownership &Owner) {
  Finder(Owner, *this).TraverseDecl(Context.getTranslationUnitDecl());
  for (auto It = Conditions.begin(); It != Conditions.end();) {
    auto Here = It++;
    if (!Here->second.traced())
      Conditions.erase(Here);
  }
}

} // namespace weft::autograph
