// Which statements and operators tensors decide: found over patterns and all instantiations of templates, remembered by place,
// so that one rewritten pattern serves every instantiation.
#pragma once
#include "Types.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

#include <algorithm>

namespace weft::autograph {

/// Which files are the user's own: not the system's, not weft's.
class Ownership {
public:
  explicit Ownership(clang::ASTContext &Context);
  /// The declaration of weft::Tensor; null where weft is not included: then nothing is to be done.
  const clang::CXXRecordDecl *tensor() const { return Tensor; }
  bool owns(clang::SourceLocation Loc) const;
  /// Whether a declaration, and all in it, may be passed over.
  bool skips(const clang::Decl *D) const;

private:
  const clang::SourceManager &SM;
  const clang::CXXRecordDecl *Tensor = nullptr;
  std::string WeftFolder;
  mutable llvm::DenseMap<clang::FileID, bool> Known;
};

/// A visitor of the user's code as it runs: instantiations and their lambdas among it, unevaluated operands not.
template <class Derived> class UserVisitor : public clang::RecursiveASTVisitor<Derived> {
public:
  using Base = clang::RecursiveASTVisitor<Derived>;
  UserVisitor(const Ownership &Owner, bool Instantiations) : Owner(Owner), Instantiations(Instantiations) {}

  bool shouldVisitTemplateInstantiations() const { return Instantiations; }
  bool TraverseDecl(clang::Decl *D) {
    if (D && Owner.skips(D))
      return true;
    return Base::TraverseDecl(D);
  }
  bool TraverseUnaryExprOrTypeTraitExpr(clang::UnaryExprOrTypeTraitExpr *) { return true; }
  bool TraverseCXXNoexceptExpr(clang::CXXNoexceptExpr *) { return true; }
  bool TraverseRequiresExpr(clang::RequiresExpr *) { return true; }
  bool TraverseTypeLoc(clang::TypeLoc, bool = true) { return true; }
  /// Braces as they are meant: only there elements are converted to what they initialise.
  bool TraverseInitListExpr(clang::InitListExpr *E) {
    const clang::InitListExpr *Meant = E->isSemanticForm() ? E : E->getSemanticForm();
    if (!Instantiations || !Meant)
      return Base::TraverseInitListExpr(E);
    return std::all_of(Meant->begin(), Meant->end(), [this](const clang::Stmt *Element) {
      return this->getDerived().TraverseStmt(const_cast<clang::Stmt *>(Element));
    });
  }
  bool TraverseLambdaExpr(clang::LambdaExpr *L) {
    if (!Base::TraverseLambdaExpr(L))
      return false;
    if (Instantiations)
      if (const clang::FunctionTemplateDecl *Generic = L->getLambdaClass()->getDependentLambdaCallOperator())
        for (clang::FunctionDecl *Instance : Generic->specializations())
          if (Instance->hasBody() && !this->getDerived().TraverseFunctionInstance(Instance))
            return false;
    return true;
  }
  bool TraverseFunctionInstance(clang::FunctionDecl *F) { return this->getDerived().TraverseStmt(F->getBody()); }

protected:
  const Ownership &Owner;

private:
  bool Instantiations;
};

/// What was seen of a statement or operator, in whichever instantiation.
struct Seen {
  bool Tensor = false, Host = false, Mixed = false;
  bool traced() const { return Tensor || Mixed; }
};

class Facts {
public:
  explicit Facts(clang::ASTContext &Context, const Ownership &Owner);

  /// if, while, do, for, for over a range, ?:, &&, ||, !.
  Seen seen(const clang::Stmt *S) const { return Conditions.lookup(keyOf(S)); }
  bool traced(const clang::Stmt *S) const { return seen(S).traced(); }
  /// A logical operator, a negation or ?: whose value is wanted as a tensor or as a traced condition.
  bool rewritten(const clang::Stmt *S) const { return Rewritten.contains(keyOf(S)); }
  bool empty() const { return Conditions.empty(); }

  llvm::DenseMap<clang::SourceLocation, Seen> Conditions;
  llvm::DenseSet<clang::SourceLocation> Rewritten;
  llvm::DenseSet<clang::SourceLocation> Statements; // those of the conditions that are statements, and traced
};

} // namespace weft::autograph
