// What is reported: constructs that cannot be converted (errors), and host state that changes, or leaves, where a tensor decides
// (warnings, and a TraceError at run time, which the emitted code raises with the same words).
#pragma once
#include "Functions.h"

#include "clang/Basic/Diagnostic.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <string>
#include <vector>

namespace weft::autograph {

/// -W[no-]weft-NAME, -Werror[=weft-NAME] and -w.
struct WarningOptions {
  bool None = false, Errors = false;
  llvm::StringMap<bool> On, Fatal;
  /// Whether the argument is one of these.
  bool take(llvm::StringRef Argument);
};

class Reporter {
public:
  Reporter(clang::DiagnosticsEngine &Engine, const WarningOptions &Options) : Engine(Engine), Options(Options) {}
  /// `Name` as in -Wweft-NAME. Whether it was shown: notes follow it then.
  bool warn(llvm::StringRef Name, clang::SourceLocation At, llvm::StringRef Text, clang::FixItHint Fix = {});
  void error(clang::SourceLocation At, llvm::StringRef Text, clang::FixItHint Fix = {});
  void note(clang::SourceLocation At, llvm::StringRef Text, clang::FixItHint Fix = {});
  bool failed() const { return Failed; }

private:
  clang::DiagnosticsEngine &Engine;
  const WarningOptions &Options;
  bool Failed = false;
};

/// A change of host state in a traced region: the emitted code refuses it at trace.
struct HostChange {
  clang::SourceLocation Construct; // the key of the outermost statement around it; the guard stands before that
  std::string Message;
  std::string Expression; // its type decides: no host state where it is a Tensor in this instantiation
  bool Element = false;   // map[key]: refused only if there is no such element yet
  std::vector<std::string> Fields = {}; // a whole struct is assigned: refused only if one of these differs
};

class Checker {
public:
  Checker(clang::ASTContext &Context, const Ownership &Owner, const Functions &All, Reporter &Report);

  /// By the key of the expression.
  const HostChange *change(const clang::Stmt *S) const;
  /// Whether a guard stands before the statement.
  bool guarded(const clang::Stmt *S) const { return Guarded.contains(keyOf(S)); }
  /// Loops whose condition reads a host variable that the loop changes: they run on the host.
  bool unrolls(const clang::Stmt *Loop) const { return Unrolled.contains(keyOf(Loop)); }
  /// Host loops with traced exits whose step changes a variable from outside.
  bool guardsStep(const clang::Stmt *Loop) const { return GuardedSteps.contains(keyOf(Loop)); }

  llvm::DenseMap<clang::SourceLocation, HostChange> Changes;
  llvm::DenseSet<clang::SourceLocation> Guarded, Unrolled, GuardedSteps;
};

} // namespace weft::autograph
