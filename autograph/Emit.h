// Writes the functions that tensors decide in, statement by statement: what is rewritten becomes weft::ag:: calls with lambdas,
// everything between is copied.
#pragma once
#include "Check.h"
#include "Printer.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringSet.h"

#include <set>

namespace weft::autograph {

class Emitter {
public:
  Emitter(clang::ASTContext &Context, const Ownership &Owner, const TokenIndex &Tokens, const Functions &All, const Checker &Checks,
          Reporter &Report);

  /// The outermost places of a file that are rewritten.
  struct Root {
    unsigned First, End;
    const clang::Stmt *S;
  };
  std::vector<Root> roots(clang::FileID File) const;
  bool any() const { return !TopLevel.empty(); }
  /// The files that hold such places.
  std::vector<clang::FileID> files() const;
  /// Writes all of a file's tokens.
  void file(clang::FileID File, Printer &Out);
  /// Writes everything once to learn which flags are read.
  void learn();

private:
  friend class RootFinder;
  friend class TopFinder;
  using Items = llvm::ArrayRef<const clang::Stmt *>;

  bool isRoot(const clang::Stmt *S);
  std::vector<Root> placed(const std::vector<const clang::Stmt *> &Found);
  void copyWithRoots(unsigned First, unsigned End, const std::vector<Root> &Roots);
  void copyWithin(unsigned First, unsigned End, const clang::Stmt *Within);
  void root(const clang::Stmt *S);
  void expression(const clang::Expr *E);
  void statement(const clang::Stmt *S);
  void list(Items All);
  void skip(Items Rest);
  void guarded(const llvm::StringSet<> &Flags, Items Rest);
  void functionBody(const clang::CompoundStmt *Body);
  void compound(const clang::CompoundStmt *Body);
  void ifStatement(const clang::IfStmt *If, Items Rest);
  void switchStatement(const clang::SwitchStmt *Switch);
  void switchList(Items All);
  void loop(const clang::Stmt *Loop);
  void rangeLoop(const clang::CXXForRangeStmt *Loop, llvm::function_ref<void(const char *)> Opening);
  void condition(const clang::Stmt *Loop);
  void truth(const clang::Expr *Condition);
  void loopBody(const clang::Stmt *Loop);
  void jumpStatement(const Jump &J);
  void hostChange(const clang::Stmt *S, const HostChange &Change);

  // EmitParts.cpp
  void collectResults(const Ownership &Owner);
  std::string resultType(const Function &F);
  std::string textOf(unsigned First, unsigned End) const;
  void fail(const clang::Stmt *At, llvm::StringRef Text);
  unsigned numberOf(clang::SourceLocation Key);
  std::string site(const clang::Stmt *S, Items Whole = {});
  void guards(const clang::Stmt *S);
  std::string loopFlag(const clang::Stmt *Loop, const char *Kind);
  std::string flag(const Jump &J);
  llvm::StringSet<> flagsOut(const clang::Stmt *S);
  std::string clear(const llvm::StringSet<> &Flags);
  bool always(const clang::Stmt *S) const;
  const clang::Expr *optionsOf(const clang::Stmt *Loop) const;
  std::string tracedExit(const clang::Stmt *Loop);
  std::string tracedDeclaration(const clang::WhileStmt *Loop);
  void raw(const llvm::Twine &Text) { Out->raw(Text.str()); }

  clang::ASTContext &Context;
  const TokenIndex &Tokens;
  const Functions &All;
  const Checker &Checks;
  Reporter &Report;
  std::vector<Root> TopLevel;
  Printer *Out = nullptr;
  const Function *Current = nullptr;
  std::string Forever; // of the loop whose condition comes next
  llvm::DenseMap<clang::SourceLocation, unsigned> Numbers; // of loops and guards, by place
  llvm::DenseMap<clang::SourceLocation, std::set<std::string>> ResultTypes;
  llvm::DenseMap<const clang::Stmt *, bool> Rewrites; // function bodies
  llvm::DenseSet<const clang::Stmt *> Dropped;        // loop_options, moved to the loop
  llvm::StringSet<> Read;                             // flags that something asks for
  bool Learning = false;
};

} // namespace weft::autograph
