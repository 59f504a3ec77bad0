// The tokens of a translation unit after preprocessing, and where each stands in its file's text. The rewriter edits token
// ranges, and copies the text between them, comments and directives included, as the user wrote it.
#pragma once
#include "clang/AST/Stmt.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Lex/Token.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <string>
#include <vector>

namespace weft::autograph {

/// One #include directive that was obeyed, or skipped because the file was there already.
struct Inclusion {
  clang::FileID Includer;
  unsigned Begin = 0, End = 0; // of the directive's text, from '#' to behind the file's name
  clang::FileID Included;      // invalid: skipped
  std::string Path;            // absolute
  bool Quoted = false, System = false, Moved = false; // Moved: #include_next, or a name from a macro
};

/// The text that a token comes from: itself, a whole macro invocation, or the #include of a file of tokens.
struct Unit {
  unsigned Begin = 0, End = 0;
  bool Plain = true; // the token itself
};

/// Records tokens and inclusions while the preprocessor runs.
class TokenRecorder {
public:
  /// Before preprocessing begins.
  explicit TokenRecorder(clang::Preprocessor &PP);

  std::vector<clang::Token> Tokens; // of the files that are not system headers
  std::vector<Inclusion> Inclusions;
  std::vector<std::string> Files; // every file read that is no system header, in order
};

/// Tokens by place.
class TokenIndex {
public:
  TokenIndex(const TokenRecorder &Recorder, const clang::SourceManager &SM, const clang::LangOptions &Lang);

  unsigned size() const { return Tokens.size(); }
  const clang::Token &operator[](unsigned I) const { return Tokens[I]; }
  bool is(unsigned I, clang::tok::TokenKind Kind) const { return I < Tokens.size() && Tokens[I].is(Kind); }
  llvm::StringRef text(unsigned I) const;

  /// The token that begins at (or, for the halves of a split ">>", holds) this place; size() if there is none.
  unsigned at(clang::SourceLocation Loc) const;
  /// First and behind the last token of a node.
  std::pair<unsigned, unsigned> range(clang::SourceRange Range) const;
  /// The same of a statement, with the ';' that ends it.
  std::pair<unsigned, unsigned> statement(const clang::Stmt *S) const;

  /// The file that is `File` or includes, step by step, what holds the token: the text to copy for it.
  Unit unit(unsigned I, clang::FileID File) const;
  /// Where the user sees the token: a macro's argument at its own place, other tokens of a macro at the invocation.
  clang::PresumedLoc place(clang::SourceLocation Loc) const;
  /// The first and behind the last token of a file, those of what it includes among them.
  std::pair<unsigned, unsigned> file(clang::FileID File) const;

  const clang::SourceManager &SM;
  const std::vector<Inclusion> &Inclusions;

private:
  const std::vector<clang::Token> &Tokens;
  const clang::LangOptions &Lang;
  llvm::DenseMap<clang::SourceLocation, unsigned> ByPlace;
  llvm::DenseMap<clang::FileID, unsigned> InclusionOf; // included file -> its Inclusion
};

} // namespace weft::autograph
