// See Rewrite.h. A header with something to rewrite, and each header that includes one, is put in the place of its #include,
// because what it becomes depends on this translation unit; all other includes stay.
#include "Rewrite.h"

#include "Emit.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/Basic/DiagnosticSema.h"
#include "clang/Basic/FileManager.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Frontend/TextDiagnosticPrinter.h"
#include "clang/Driver/CreateInvocationFromArgs.h"
#include "clang/Frontend/Utils.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace weft::autograph {
namespace {

/// Clang's errors and weft's own messages. Clang's warnings are left to the compiler that comes after.
class Messages final : public TextDiagnosticPrinter {
public:
  using TextDiagnosticPrinter::TextDiagnosticPrinter;
  void HandleDiagnostic(DiagnosticsEngine::Level Level, const Diagnostic &Info) override {
    bool Own = Info.getID() >= diag::DIAG_UPPER_LIMIT;
    if (Level == DiagnosticsEngine::Note ? Silent : !Own && Level <= DiagnosticsEngine::Warning) {
      Silent = true;
      return;
    }
    if (Level != DiagnosticsEngine::Note)
      Silent = false;
    TextDiagnosticPrinter::HandleDiagnostic(Level, Info);
    bool Switch = Info.getID() == diag::err_typecheck_statement_requires_integer || Info.getID() == diag::err_switch_explicit_conversion;
    if (Switch && Info.hasSourceManager()) {
      PresumedLoc At = Info.getSourceManager().getPresumedLoc(Info.getLocation());
      llvm::SmallString<256> Text;
      Info.FormatDiagnostic(Text);
      if (At.isValid() && StringRef(Text).contains("Tensor"))
        llvm::errs() << At.getFilename() << ':' << At.getLine() << ':' << At.getColumn()
                     << ": note: a choice among branches by a tensor is weft::switch_case(index, branches...)\n";
    }
  }

private:
  bool Silent = false;
};

struct Result {
  bool Changed = false, Failed = false;
  std::string Text;
  std::vector<std::string> Files;
};

/// Puts the output together, file by file.
class Assembly {
public:
  Assembly(const TokenIndex &Tokens, Emitter &Emit, Reporter &Report, const SourceManager &SM)
      : Tokens(Tokens), Emit(Emit), Report(Report), SM(SM) {}

  bool write(Printer &Out) {
    for (FileID File : Emit.files())
      Affected.insert(File);
    for (bool More = true; More;) {
      More = false;
      for (const Inclusion &I : Tokens.Inclusions)
        if (!I.System && inlined(I))
          More |= Affected.insert(I.Includer).second;
    }
    for (const Inclusion &I : Tokens.Inclusions)
      if (I.Included.isValid() && Affected.contains(I.Included) && !SM.getFileEntryRefForID(I.Includer)) {
        Report.error(SM.getLocForStartOfFile(I.Included),
                     "this header has control flow over tensors and comes by -include or in a precompiled header, where it cannot be "
                     "rewritten: take it out there, and include it in the sources");
        return false;
      }
    Out.OnInclude = [&](const Inclusion &I) { return include(I, Out); };
    Emit.file(SM.getMainFileID(), Out);
    return true;
  }

private:
  /// Whether the directive brings, or brought before, text that is inlined.
  bool inlined(const Inclusion &I) const {
    if (I.Included.isValid())
      return Affected.contains(I.Included);
    return llvm::any_of(Tokens.Inclusions, [&](const Inclusion &Other) {
      return Other.Included.isValid() && Other.Path == I.Path && Affected.contains(Other.Included);
    });
  }
  bool include(const Inclusion &I, Printer &Out) {
    if (!I.System && inlined(I)) {
      if (I.Included.isValid())
        Emit.file(I.Included, Out);
      return true;
    }
    if (!I.Quoted && !I.Moved)
      return false;
    // The output stands in another folder.
    Out.raw("#include " + quoted(I.Path));
    return true;
  }

  const TokenIndex &Tokens;
  Emitter &Emit;
  Reporter &Report;
  const SourceManager &SM;
  llvm::DenseSet<FileID> Affected;
};

class Action final : public ASTFrontendAction {
public:
  Action(const Request &Asked, Result &To) : Asked(Asked), To(To) {}

  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &Compiler, StringRef) override {
    Recorder.emplace(Compiler.getPreprocessor());
    struct Consumer final : ASTConsumer {
      explicit Consumer(Action &Owner) : Owner(Owner) {}
      void HandleTranslationUnit(ASTContext &Context) override { Owner.finish(Context); }
      Action &Owner;
    };
    return std::make_unique<Consumer>(*this);
  }

private:
  void finish(ASTContext &Context) {
    DiagnosticsEngine &Diagnostics = Context.getDiagnostics();
    if (Diagnostics.hasErrorOccurred()) {
      To.Failed = true;
      return;
    }
    To.Files = Recorder->Files;
    Ownership Owner(Context);
    if (!Owner.tensor())
      return;
    Facts Found(Context, Owner);
    if (Found.empty())
      return;
    Functions All(Context, Owner, Found);
    Reporter Report(Diagnostics, Asked.Warnings);
    Checker Checks(Context, Owner, All, Report);
    TokenIndex Tokens(*Recorder, Context.getSourceManager(), Context.getLangOpts());
    Emitter Emit(Context, Owner, Tokens, All, Checks, Report);
    if (Emit.any() && !Report.failed()) {
      Emit.learn();
      Printer Out(Tokens, Asked.Plain);
      if (!Report.failed() && Assembly(Tokens, Emit, Report, Context.getSourceManager()).write(Out)) {
        To.Changed = true;
        To.Text = std::move(Out.Out);
      }
    }
    To.Failed |= Report.failed() || Diagnostics.hasErrorOccurred();
  }

  const Request &Asked;
  Result &To;
  std::optional<TokenRecorder> Recorder;
};

std::string absolute(StringRef Path, StringRef From) {
  llvm::SmallString<256> Full(Path);
  if (!llvm::sys::path::is_absolute(Path)) {
    Full = From;
    llvm::sys::path::append(Full, Path);
  }
  llvm::sys::path::remove_dots(Full, false);
  return std::string(Full);
}

/// Whole or not at all.
bool writeFile(StringRef Path, StringRef Text) {
  std::error_code Failed;
  llvm::SmallString<256> Temporary;
  int Descriptor = -1;
  Failed = llvm::sys::fs::createUniqueFile(Path + ".%%%%%%%%", Descriptor, Temporary);
  if (!Failed) {
    llvm::raw_fd_ostream Stream(Descriptor, true);
    Stream << Text;
    Stream.close();
    Failed = Stream.error();
    Stream.clear_error();
    if (!Failed)
      Failed = llvm::sys::fs::rename(Temporary, Path);
    if (Failed)
      llvm::sys::fs::remove(Temporary);
  }
  if (Failed)
    llvm::errs() << "weft-autograph: error: cannot write " << Path << ": " << Failed.message() << "\n";
  return !Failed;
}

std::string ruleOf(StringRef Target, ArrayRef<std::string> Files) {
  auto Escaped = [](StringRef Path) {
    std::string E;
    for (char C : Path) {
      if (C == ' ' || C == '#')
        E += '\\';
      if (C == '$')
        E += '$';
      E += C;
    }
    return E;
  };
  std::string Rule = Escaped(Target) + ":";
  for (const std::string &File : Files)
    Rule += " \\\n  " + Escaped(File);
  return Rule + "\n";
}

} // namespace

int rewrite(const Request &Asked) {
  llvm::SmallString<256> Here;
  llvm::sys::fs::current_path(Here);
  std::string Folder = Asked.Directory.empty() ? std::string(Here) : Asked.Directory;
  std::string Output = Asked.Output.empty() ? "" : absolute(Asked.Output, Here);
  std::string Depfile = Asked.Depfile.empty() ? "" : absolute(Asked.Depfile, Here);
  // From the compiler's folder, so that relative folders and __FILE__ are what they are for it.
  std::string Source = Folder == Here ? Asked.Source : absolute(Asked.Source, Here);
  if (!Asked.Directory.empty() && llvm::sys::fs::set_current_path(Folder)) {
    llvm::errs() << "weft-autograph: error: no such folder: " << Folder << "\n";
    return 1;
  }

  std::vector<const char *> Words{"clang++", "-fsyntax-only", "-x", "c++", "-resource-dir", WEFT_CLANG_RESOURCES};
  for (const std::string &A : Asked.Arguments)
    Words.push_back(A.c_str());
  Words.push_back(Source.c_str());

  auto Files = llvm::vfs::getRealFileSystem();
  DiagnosticOptions Options;
  Options.ShowColors = llvm::sys::Process::StandardErrHasColors();
  // Flags that only the real compiler knows are none of ours.
  auto Quiet = CompilerInstance::createDiagnostics(*Files, Options, new IgnoringDiagConsumer);
  CreateInvocationOptions How;
  How.Diags = Quiet;
  How.VFS = Files;
  How.RecoverOnError = true;
  std::shared_ptr<CompilerInvocation> Invocation = createInvocation(Words, How);
  auto Fail = [&] {
    if (!Output.empty())
      llvm::sys::fs::remove(Output);
    return 1;
  };
  if (!Invocation) {
    llvm::errs() << "weft-autograph: error: the compiler's arguments make no sense to Clang\n";
    return Fail();
  }
  Invocation->getDiagnosticOpts().ShowColors = Options.ShowColors;
  Invocation->getDiagnosticOpts().Warnings.clear();
  Invocation->getFrontendOpts().DisableFree = false;
  Invocation->getDependencyOutputOpts() = DependencyOutputOptions();
  Invocation->getPreprocessorOpts().ImplicitPCHInclude.clear();

  Result To;
  CompilerInstance Compiler(Invocation);
  Compiler.createDiagnostics(new Messages(llvm::errs(), Invocation->getDiagnosticOpts()));
  Action Run(Asked, To);
  if (!Compiler.ExecuteAction(Run) || To.Failed)
    return Fail();

  std::string Text = std::move(To.Text);
  std::string Original = absolute(Asked.Source, Here);
  if (!To.Changed) {
    if (Asked.ForwardUnchanged)
      Text = "#include " + quoted(Original) + "\n";
    else if (auto Buffer = llvm::MemoryBuffer::getFile(Original))
      Text = (*Buffer)->getBuffer().str();
    else
      return Fail();
  }
  if (!Depfile.empty()) {
    std::vector<std::string> Read;
    for (const std::string &File : To.Files)
      if (std::string Full = absolute(File, Folder); llvm::find(Read, Full) == Read.end())
        Read.push_back(std::move(Full));
    if (!writeFile(Depfile, ruleOf(Asked.DepfileTarget, Read)))
      return Fail();
  }
  if (Output.empty())
    llvm::outs() << Text;
  else if (!To.Changed && Asked.ChangedOnly)
    llvm::sys::fs::remove(Output);
  else if (!writeFile(Output, Text))
    return Fail();
  return 0;
}

} // namespace weft::autograph
