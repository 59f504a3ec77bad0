// See Tokens.h.
#include "Tokens.h"

#include "clang/AST/Expr.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/FileManager.h"
#include "clang/Lex/Lexer.h"
#include "clang/Lex/PPCallbacks.h"
#include "llvm/Support/FileSystem.h"

using namespace clang;

namespace weft::autograph {
namespace {

std::string absolute(StringRef Path) {
  SmallString<256> Full(Path);
  llvm::sys::fs::make_absolute(Full);
  return std::string(Full);
}

class Callbacks final : public PPCallbacks {
public:
  Callbacks(TokenRecorder &Recorder, const SourceManager &SM, bool &Recording)
      : Recorder(Recorder), SM(SM), Recording(Recording) {}

  void FileChanged(SourceLocation Loc, FileChangeReason Reason, SrcMgr::CharacteristicKind Kind, FileID) override {
    Recording = Kind == SrcMgr::C_User;
    if (Reason != EnterFile)
      return;
    FileID File = SM.getFileID(Loc);
    if (Pending && SM.getIncludeLoc(File).isValid()) {
      Recorder.Inclusions[*Pending].Included = File;
      Pending.reset();
    }
    if (Recording)
      if (OptionalFileEntryRef Entry = SM.getFileEntryRefForID(File))
        Recorder.Files.push_back(std::string(Entry->getName()));
  }
  void InclusionDirective(SourceLocation Hash, const Token &Directive, StringRef, bool Angled, CharSourceRange Name,
                          OptionalFileEntryRef File, StringRef, StringRef, const Module *, bool,
                          SrcMgr::CharacteristicKind Kind) override {
    if (!File)
      return;
    Inclusion I;
    auto [Includer, Begin] = SM.getDecomposedLoc(Hash);
    SourceLocation End = SM.getExpansionLoc(Name.getEnd());
    I.Includer = Includer;
    I.Begin = Begin;
    I.Moved = Name.getBegin().isMacroID() || Name.getEnd().isMacroID() || SM.getFileID(End) != Includer;
    I.End = I.Moved ? lineEnd(Includer, Begin) : SM.getFileOffset(End);
    if (Directive.getIdentifierInfo() && Directive.getIdentifierInfo()->getName() == "include_next")
      I.Moved = true;
    I.Path = absolute(File->getName());
    I.Quoted = !Angled;
    I.System = Kind != SrcMgr::C_User;
    Recorder.Inclusions.push_back(std::move(I));
    Pending = Recorder.Inclusions.size() - 1;
  }
  void FileSkipped(const FileEntryRef &, const Token &, SrcMgr::CharacteristicKind) override { Pending.reset(); }

private:
  unsigned lineEnd(FileID File, unsigned From) const {
    StringRef Text = SM.getBufferData(File);
    size_t End = Text.find('\n', From);
    return End == StringRef::npos ? Text.size() : End;
  }

  TokenRecorder &Recorder;
  const SourceManager &SM;
  bool &Recording;
  std::optional<size_t> Pending;
};

} // namespace

TokenRecorder::TokenRecorder(Preprocessor &PP) {
  auto Recording = std::make_shared<bool>(true);
  PP.addPPCallbacks(std::make_unique<Callbacks>(*this, PP.getSourceManager(), *Recording));
  PP.setTokenWatcher([this, Recording](const Token &T) {
    if (*Recording && !T.isAnnotation() && T.isNot(tok::eof))
      Tokens.push_back(T);
  });
}

TokenIndex::TokenIndex(const TokenRecorder &Recorder, const SourceManager &SM, const LangOptions &Lang)
    : SM(SM), Inclusions(Recorder.Inclusions), Tokens(Recorder.Tokens), Lang(Lang) {
  ByPlace.reserve(Tokens.size());
  for (unsigned I = 0; I < Tokens.size(); ++I)
    ByPlace.try_emplace(Tokens[I].getLocation(), I);
  for (unsigned I = 0; I < Inclusions.size(); ++I)
    if (Inclusions[I].Included.isValid())
      InclusionOf[Inclusions[I].Included] = I;
}

llvm::StringRef TokenIndex::text(unsigned I) const {
  return {SM.getCharacterData(SM.getSpellingLoc(Tokens[I].getLocation())), Tokens[I].getLength()};
}

unsigned TokenIndex::at(SourceLocation Loc) const {
  auto It = ByPlace.find(Loc);
  if (It != ByPlace.end())
    return It->second;
  // Inside of a token: the second '>' of ">>".
  for (int Back = 1; Back < 3 && Loc.isValid(); ++Back)
    if ((It = ByPlace.find(Loc.getLocWithOffset(-Back))) != ByPlace.end() && Tokens[It->second].getLength() > unsigned(Back))
      return It->second;
  return Tokens.size();
}

std::pair<unsigned, unsigned> TokenIndex::range(SourceRange Range) const {
  unsigned First = at(Range.getBegin()), Last = at(Range.getEnd());
  return {First, Last < Tokens.size() ? Last + 1 : Last};
}

std::pair<unsigned, unsigned> TokenIndex::statement(const Stmt *S) const {
  auto [First, End] = range(S->getSourceRange());
  const Stmt *Last = S;
  for (;;) { // the last statement in it may be one that ends with a ';' outside of its range
    if (auto *If = dyn_cast<IfStmt>(Last))
      Last = If->getElse() ? If->getElse() : If->getThen();
    else if (auto *While = dyn_cast<WhileStmt>(Last))
      Last = While->getBody();
    else if (auto *For = dyn_cast<ForStmt>(Last))
      Last = For->getBody();
    else if (auto *Range = dyn_cast<CXXForRangeStmt>(Last))
      Last = Range->getBody();
    else if (auto *Switch = dyn_cast<SwitchStmt>(Last))
      Last = Switch->getBody();
    else if (auto *Case = dyn_cast<SwitchCase>(Last))
      Last = Case->getSubStmt();
    else if (auto *Label = dyn_cast<LabelStmt>(Last))
      Last = Label->getSubStmt();
    else if (auto *Attributed = dyn_cast<AttributedStmt>(Last))
      Last = Attributed->getSubStmt();
    else
      break;
  }
  bool HasOwn = isa<DeclStmt, NullStmt, CompoundStmt, CXXTryStmt, CXXCatchStmt>(Last);
  if (!HasOwn && is(End, tok::semi))
    ++End;
  return {First, End};
}

Unit TokenIndex::unit(unsigned I, FileID File) const {
  SourceLocation Loc = Tokens[I].getLocation();
  CharSourceRange Spelled = SM.getExpansionRange(Loc);
  FileID In = SM.getFileID(Spelled.getBegin());
  if (In != File) { // a file included here
    for (;;) {
      auto It = InclusionOf.find(In);
      if (It == InclusionOf.end())
        return {0, 0, false};
      const Inclusion &Directive = Inclusions[It->second];
      if (Directive.Includer == File)
        return {Directive.Begin, Directive.End, false};
      In = Directive.Includer;
    }
  }
  unsigned Begin = SM.getFileOffset(Spelled.getBegin());
  if (Loc.isFileID())
    return {Begin, Begin + Tokens[I].getLength(), true};
  SourceLocation End = Spelled.getEnd();
  unsigned Length = Spelled.isTokenRange() ? Lexer::MeasureTokenLength(End, SM, Lang) : 0;
  return {Begin, SM.getFileOffset(End) + Length, false};
}

PresumedLoc TokenIndex::place(SourceLocation Loc) const { return SM.getPresumedLoc(SM.getFileLoc(Loc)); }

std::pair<unsigned, unsigned> TokenIndex::file(FileID File) const {
  auto Inside = [&](unsigned I) {
    FileID In = SM.getFileID(SM.getExpansionLoc(Tokens[I].getLocation()));
    while (In.isValid() && In != File) {
      auto It = InclusionOf.find(In);
      In = It == InclusionOf.end() ? FileID() : Inclusions[It->second].Includer;
    }
    return In == File;
  };
  unsigned First = 0, End = Tokens.size();
  while (First < End && !Inside(First))
    ++First;
  while (End > First && !Inside(End - 1))
    --End;
  return {First, End};
}

} // namespace weft::autograph
