// Writes the rewritten file: text copied from the user's files keeps its line and column, which #line directives and blanks
// bring back where something was inserted before it.
#pragma once
#include "Tokens.h"

#include "llvm/ADT/DenseMap.h"

#include <functional>
#include <string>

namespace weft::autograph {

class Printer {
public:
  /// Plain: for readers, without #line and blanks.
  Printer(const TokenIndex &Tokens, bool Plain) : Tokens(Tokens), Plain(Plain) {}

  /// What stands for an #include: nothing to leave it as it is, else its replacement. Called for each one that is copied.
  std::function<bool(const Inclusion &)> OnInclude;

  void beginFile(clang::FileID File);
  void endFile();
  /// The rest of the file's text.
  void finish();

  /// The text before token I: blanks, comments, directives.
  void lead(unsigned I);
  /// That, and the token left out.
  void drop(unsigned I);
  /// Tokens [First, End) as they were written; a macro's invocation whose tokens are all in it as the user wrote it.
  void copy(unsigned First, unsigned End);
  /// Inserted text, without line breaks.
  void raw(llvm::StringRef Text);
  /// Leaves the order of the text: the next token is I.
  void jump(unsigned I);
  unsigned cursor() const { return Current.Cursor; }
  void back(unsigned Cursor) { Current.Cursor = Cursor; }

  std::string Out;

private:
  struct State {
    clang::FileID File;
    llvm::StringRef Text;
    unsigned Cursor = 0; // what is before it was copied, left out or moved
    llvm::DenseMap<unsigned, bool> Spread; // invocations whose tokens are written one by one
  };

  void gap(unsigned End);
  void verbatim(llvm::StringRef Text);
  void sync(unsigned I, bool Column);
  void moveTo(llvm::StringRef File, unsigned Line);

  const TokenIndex &Tokens;
  bool Plain;
  State Current;
  std::vector<State> Outer;
  std::string AtFile; // of the next character
  unsigned AtLine = 1, AtColumn = 1;
};

std::string quoted(llvm::StringRef Text);

} // namespace weft::autograph
