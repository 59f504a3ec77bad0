// See Printer.h.
#include "Printer.h"

using namespace clang;

namespace weft::autograph {
namespace {

/// An inlined header is there once already, and where it is not its text must come again.
std::string withoutPragmaOnce(StringRef Text) {
  std::string Kept;
  while (!Text.empty()) {
    auto [Line, Rest] = Text.split('\n');
    StringRef Bare = Line.ltrim();
    bool Once = Bare.consume_front("#") && (Bare = Bare.ltrim(), Bare.consume_front("pragma")) && Bare.ltrim().starts_with("once");
    Kept += Once ? "// " : "";
    Kept += Line;
    if (Text.size() > Line.size())
      Kept += '\n';
    Text = Rest;
  }
  return Kept;
}

} // namespace

std::string quoted(StringRef Text) {
  std::string Quoted = "\"";
  for (char C : Text) {
    if (C == '"' || C == '\\')
      Quoted += '\\';
    Quoted += C;
  }
  return Quoted + '"';
}

void Printer::beginFile(FileID File) {
  if (Current.File.isValid())
    Outer.push_back(std::move(Current));
  Current = State();
  Current.File = File;
  Current.Text = Tokens.SM.getBufferData(File);
  PresumedLoc Start = Tokens.SM.getPresumedLoc(Tokens.SM.getLocForStartOfFile(File), false);
  if (!Outer.empty() && AtColumn != 1)
    Out += '\n';
  if (!Plain)
    Out += "#line 1 " + quoted(Start.getFilename()) + "\n";
  AtFile = Start.getFilename();
  AtLine = AtColumn = 1;
}

void Printer::endFile() {
  finish();
  if (Outer.empty())
    return;
  Current = std::move(Outer.back());
  Outer.pop_back();
  if (AtColumn != 1)
    Out += '\n';
  AtFile.clear(); // the next text says where it is
  AtColumn = 1;
}

void Printer::finish() { gap(Current.Text.size()); }

void Printer::verbatim(StringRef Text) {
  Out += Text;
  for (char C : Text)
    if (C == '\n')
      ++AtLine, AtColumn = 1;
    else
      ++AtColumn;
}

void Printer::moveTo(StringRef File, unsigned Line) {
  if (AtFile == File && AtLine == Line)
    return;
  if (Plain) {
    AtFile = File, AtLine = Line;
    return;
  }
  if (AtColumn != 1)
    Out += '\n';
  Out += "#line " + std::to_string(Line) + (AtFile == File ? "" : " " + quoted(File)) + "\n";
  AtFile = File, AtLine = Line, AtColumn = 1;
}

/// The text up to End, its includes replaced.
void Printer::gap(unsigned End) {
  auto Place = [&](unsigned Offset) {
    if (Offset >= Current.Text.size())
      return;
    SourceLocation Loc = Tokens.SM.getLocForStartOfFile(Current.File).getLocWithOffset(Offset);
    PresumedLoc At = Tokens.SM.getPresumedLoc(Loc);
    if (At.isValid() && (AtFile != At.getFilename() || AtLine != At.getLine()))
      moveTo(At.getFilename(), At.getLine());
  };
  while (Current.Cursor < End) {
    const Inclusion *Next = nullptr;
    for (const Inclusion &I : Tokens.Inclusions)
      if (I.Includer == Current.File && I.Begin >= Current.Cursor && I.Begin < End && (!Next || I.Begin < Next->Begin))
        Next = &I;
    StringRef Text = Current.Text.slice(Current.Cursor, Next ? Next->Begin : End);
    if (!Text.trim().empty() && AtFile.empty())
      Place(Current.Cursor);
    if (Text.contains("pragma"))
      verbatim(withoutPragmaOnce(Text));
    else
      verbatim(Text);
    Current.Cursor = Next ? Next->Begin : End;
    if (!Next)
      break;
    Current.Cursor = std::min(Next->End, End);
    if (!OnInclude || !OnInclude(*Next)) {
      if (AtFile.empty())
        Place(Next->Begin);
      verbatim(Current.Text.slice(Next->Begin, Next->End));
    }
  }
}

/// To the line of token I, and to its column where that is wanted.
void Printer::sync(unsigned I, bool Column) {
  if (Plain) {
    if (!Out.empty() && !isspace(static_cast<unsigned char>(Out.back())) && Column == false)
      Out += ' ';
    return;
  }
  PresumedLoc At = Tokens.place(Tokens[I].getLocation());
  if (At.isInvalid())
    return;
  bool Line = AtFile == At.getFilename() && AtLine == At.getLine();
  if (!Column) {
    if (!Line)
      moveTo(At.getFilename(), At.getLine());
    else if (AtColumn != 1) {
      Out += ' ';
      ++AtColumn;
    }
    return;
  }
  unsigned Wanted = At.getColumn();
  // Nothing is ever reported at a bracket or a semicolon.
  if (Line && (AtColumn == Wanted || Tokens[I].isOneOf(tok::l_brace, tok::r_brace, tok::semi, tok::r_paren, tok::comma)))
    return;
  if (!Line || AtColumn > Wanted) {
    Out.resize(StringRef(Out).rtrim(' ').size());
    if (!Out.empty() && Out.back() != '\n')
      Out += '\n';
    AtColumn = 1;
    Out += "#line " + std::to_string(At.getLine()) + (AtFile == At.getFilename() ? "" : " " + quoted(At.getFilename())) + "\n";
    AtFile = At.getFilename(), AtLine = At.getLine();
  }
  Out.append(Wanted - AtColumn, ' ');
  AtColumn = Wanted;
}

void Printer::lead(unsigned I) {
  Unit U = Tokens.unit(I, Current.File);
  if (U.Begin >= Current.Cursor)
    gap(U.Begin);
}

void Printer::drop(unsigned I) {
  Unit U = Tokens.unit(I, Current.File);
  if (U.Begin >= Current.Cursor) {
    gap(U.Begin);
    Current.Cursor = U.End;
    if (!U.Plain)
      Current.Spread[U.Begin] = true;
  }
}

void Printer::jump(unsigned I) {
  Unit U = Tokens.unit(I, Current.File);
  if (U.Plain || !Current.Spread.lookup(U.Begin))
    Current.Cursor = U.Begin;
}

void Printer::raw(StringRef Text) {
  Out += Text;
  AtColumn += Text.size();
}

void Printer::copy(unsigned First, unsigned End) {
  for (unsigned I = First; I < End;) {
    Unit U = Tokens.unit(I, Current.File);
    if (U.Plain) {
      gap(U.Begin);
      sync(I, true);
      verbatim(Tokens.text(I));
      Current.Cursor = U.End;
      ++I;
      continue;
    }
    unsigned Behind = I;
    while (Behind < Tokens.size()) {
      Unit Next = Tokens.unit(Behind, Current.File);
      if (Next.Plain || Next.Begin != U.Begin)
        break;
      ++Behind;
    }
    if (U.Begin >= Current.Cursor) { // its first token
      gap(U.Begin);
      if (Behind <= End) { // all of it: as it was written; what an #include brings is in the gap's text
        if (!Plain && Tokens.SM.getFileID(Tokens.SM.getExpansionLoc(Tokens[I].getLocation())) == Current.File) {
          PresumedLoc At = Tokens.SM.getPresumedLoc(Tokens.SM.getExpansionLoc(Tokens[I].getLocation()));
          if (AtFile != At.getFilename() || AtLine != At.getLine())
            moveTo(At.getFilename(), At.getLine());
          if (AtColumn < At.getColumn()) {
            Out.append(At.getColumn() - AtColumn, ' ');
            AtColumn = At.getColumn();
          }
        }
        gap(U.End);
        I = Behind;
        continue;
      }
      Current.Cursor = U.End;
      Current.Spread[U.Begin] = true;
    } else if (!Current.Spread.lookup(U.Begin)) { // copied already
      I = std::min(Behind, End);
      continue;
    }
    for (unsigned Stop = std::min(Behind, End); I < Stop; ++I) {
      sync(I, false);
      verbatim(Tokens.text(I));
    }
  }
}

} // namespace weft::autograph
