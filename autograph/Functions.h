// The functions of the translation unit as they are written, their jumps, and what becomes of both: which statements are opened
// (their parts become lambdas), and which breaks, continues and returns turn into flags and result slots because a lambda
// stands between them and their target.
#pragma once
#include "Find.h"

#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

#include <deque>
#include <vector>

namespace weft::autograph {

struct Function;

/// A break, continue or return, and the statements around it.
struct Jump {
  const clang::Stmt *S = nullptr;
  const clang::Stmt *Target = nullptr;   // the loop or switch; null: the function
  std::vector<const clang::Stmt *> Path; // from the function's body to the jump, both among it
  bool Converted = false;

  /// Whether it leaves `Inside`, which is on its path.
  bool leaves(const clang::Stmt *Inside) const;
};

struct Function {
  const clang::FunctionDecl *Decl = nullptr;
  const clang::CompoundStmt *Body = nullptr;
  std::vector<Jump> Jumps;
  bool Left = false; // weft::ag::do_not_convert() is its first statement
  unsigned Id = 0;

  bool returnsValue() const; // a converted return gives a value
  /// The converted jumps in `S`, itself among them.
  std::vector<const Jump *> jumpsIn(const clang::Stmt *S) const;
  /// Those that leave it.
  std::vector<const Jump *> jumpsOut(const clang::Stmt *S) const;
};

class Functions {
public:
  Functions(clang::ASTContext &Context, const Ownership &Owner, const Facts &Found);

  const Function *of(const clang::Stmt *Body) const;
  const Jump *jump(const clang::Stmt *S) const { return ByJump.lookup(S); }
  /// An if or loop whose parts become lambdas.
  bool opened(const clang::Stmt *S) const { return Opened.contains(S); }
  /// Where those begin, and what is left alone on request.
  llvm::DenseSet<clang::SourceLocation> openedPlaces() const;
  /// Whether a converted jump is in it; whether one leaves it.
  bool holdsJump(const clang::Stmt *S) const { return Holding.contains(S); }
  bool left(const clang::Stmt *S) const { return Leaving.contains(S); }
  /// In a function that asked not to be converted.
  bool untouched(const clang::Stmt *S) const;
  const std::deque<Function> &all() const { return List; }
  const Facts &facts() const { return Found; }
  /// Whether the call is to weft::<Namespace::>Name.
  static bool calls(const clang::Stmt *S, llvm::StringRef Name);

private:
  friend class Collector;
  void add(const clang::FunctionDecl *F, const clang::Stmt *Body);
  void walk(Function &F, const clang::Stmt *S, std::vector<const clang::Stmt *> &Path);
  void solve(Function &F);
  bool convert(Jump &J);

  const Facts &Found;
  const clang::SourceManager &SM;
  std::deque<Function> List;
  llvm::DenseMap<const clang::Stmt *, Function *> ByBody;
  llvm::DenseMap<const clang::Stmt *, const Jump *> ByJump;
  llvm::DenseSet<const clang::Stmt *> Opened;
  llvm::DenseSet<const clang::Stmt *> Holding, Leaving;
  llvm::DenseSet<const clang::Stmt *> Wrapped; // in the guarded rest of a list
};

} // namespace weft::autograph
