// See Arguments.h.
#include "Arguments.h"

#include "clang/Tooling/JSONCompilationDatabase.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace weft::autograph {
namespace {

const char *Usage =
    R"(usage: weft-autograph [options] SOURCE [-- COMPILER-ARGUMENTS...]
Rewrites if, while, for, break, continue and return over weft::Tensors in a C++ source into statements that
weft traces. Used by weft-c++ and by weft_autograph() in CMake.
  -o FILE               the rewritten source (default: standard output)
  --depfile FILE        the files that were read, as a Makefile rule
  --depfile-target NAME the rule's target (default: what -o names)
  --changed-only        write nothing where nothing is rewritten
  --forward-unchanged   then write one line that includes SOURCE
  --plain               without #line, for reading
  -p FOLDER             take the compiler's arguments from FOLDER/compile_commands.json
  --entry FILE          of this file (default: SOURCE)
  --target NAME         else of any source of this CMake target
  -W[no-]weft-NAME, -Werror[=weft-NAME], -w
                        warnings: host-state, host-value, host-predicate, throw, noexcept, copied-tensor, loop-options
Without -- and -p the source is read as C++20 with weft's headers where they are installed.
)";

std::nullopt_t wrong(const llvm::Twine &Text) {
  llvm::errs() << "weft-autograph: error: " << Text << "\n";
  return std::nullopt;
}

/// Arguments that stand before a value of their own.
bool takesValue(StringRef A) {
  static const llvm::StringSet<> Names{"-I",          "-D",           "-U",         "-include",  "-imacros",  "-isystem", "-iquote",
                                       "-idirafter",  "-isysroot",    "--sysroot",  "-target",   "-x",        "-o",       "-MF",
                                       "-MT",         "-MQ",          "-L",         "-l",        "-T",        "-Xlinker", "-Xassembler",
                                       "-Xclang",     "-arch",        "-e",         "-u",        "-z",        "-B",       "-A",
                                       "--param",     "-iprefix",     "-iwithprefix", "-aux-info", "-dumpbase", "-dumpdir", "-dumpbase-ext",
                                       "-Xpreprocessor", "-framework", "-include-pch", "-mllvm",  "-wrapper",  "-specs",   "-imultilib"};
  return Names.contains(A);
}

/// Those of them that change how the source reads.
bool matters(StringRef A) {
  static const llvm::StringSet<> Names{"-I",       "-D",         "-U",        "-include",  "-imacros", "-isystem", "-iquote",
                                       "-isysroot", "-idirafter", "--sysroot", "-target",   "-iprefix", "-iwithprefix"};
  return Names.contains(A);
}

void takeArguments(Request &R, ArrayRef<std::string> Words) {
  llvm::BumpPtrAllocator Memory;
  llvm::StringSaver Saver(Memory);
  llvm::SmallVector<const char *, 64> Expanded;
  for (const std::string &W : Words)
    Expanded.push_back(Saver.save(W).data());
  llvm::cl::ExpansionContext Context(Memory, llvm::cl::TokenizeGNUCommandLine);
  if (!R.Directory.empty())
    Context.setCurrentDir(Saver.save(R.Directory));
  if (llvm::Error E = Context.expandResponseFiles(Expanded)) // what the compiler will say, too
    llvm::consumeError(std::move(E));
  for (size_t I = 0; I < Expanded.size(); ++I) {
    StringRef A = Expanded[I];
    if (R.Warnings.take(A))
      continue;
    if (A == "-Xclang") { // the compiler's own business, but for -include
      if (I + 3 < Expanded.size() && StringRef(Expanded[I + 1]) == "-include") {
        R.Arguments.push_back("-include");
        R.Arguments.push_back(Expanded[I + 3]);
        I += 3;
      } else
        ++I;
      continue;
    }
    if (takesValue(A)) {
      if (matters(A) && I + 1 < Expanded.size()) {
        R.Arguments.push_back(A.str());
        R.Arguments.push_back(Expanded[I + 1]);
      }
      ++I;
      continue;
    }
    if (!A.starts_with("-") || A.starts_with("-W") || A.starts_with("-pedantic") || A.starts_with("-M") || A.starts_with("-o") ||
        A.starts_with("-g") || A.starts_with("-l") || A.starts_with("-L") || A == "-c" || A == "-S" || A == "-E" || A == "-pipe" ||
        A == "-v" || A == "-###" || A.starts_with("-save-temps") || A.starts_with("-fplugin") || A.starts_with("-x") || A == "-" ||
        A == "--" || A.starts_with("-Q") || A.starts_with("-time") || A.starts_with("-fdiagnostics") || A == "-P" || A == "-C")
      continue;
    R.Arguments.push_back(A.str());
  }
}

bool fromDatabase(Request &R, StringRef Folder, StringRef Entry, StringRef Target) {
  std::string Error;
  llvm::SmallString<256> Path(Folder);
  llvm::sys::path::append(Path, "compile_commands.json");
  auto Database =
      tooling::JSONCompilationDatabase::loadFromFile(Path, Error, tooling::JSONCommandLineSyntax::AutoDetect);
  if (!Database) {
    wrong(Error.empty() ? "cannot read " + Path : llvm::Twine(Error));
    return false;
  }
  llvm::SmallString<256> Wanted(Entry);
  llvm::sys::fs::make_absolute(Wanted);
  std::vector<tooling::CompileCommand> Commands = Database->getCompileCommands(Wanted);
  if (Commands.empty() && !Target.empty())
    for (tooling::CompileCommand &C : Database->getAllCompileCommands()) {
      std::string In = ("/" + Target + ".dir/").str();
      bool Belongs = StringRef(C.Output).contains(In) ||
                     llvm::any_of(C.CommandLine, [&](StringRef A) { return A.contains("CMakeFiles" + In); });
      if (Belongs) {
        Commands.push_back(std::move(C));
        break;
      }
    }
  if (Commands.empty()) {
    wrong("the compiler's arguments for " + Entry + " are not in " + Path);
    return false;
  }
  R.Directory = Commands.front().Directory;
  auto &Line = Commands.front().CommandLine;
  takeArguments(R, ArrayRef(Line).drop_front(Line.empty() ? 0 : 1));
  return true;
}

} // namespace

std::optional<Request> readArguments(int Count, const char **Words, int &Exit) {
  Request R;
  std::string Folder, Entry, Target;
  std::vector<std::string> Own;
  bool Behind = false;
  Exit = 2;
  for (int I = 1; I < Count; ++I) {
    StringRef A = Words[I];
    if (Behind) {
      Own.push_back(A.str());
      continue;
    }
    auto Value = [&](std::string &To) {
      if (I + 1 >= Count)
        return false;
      To = Words[++I];
      return true;
    };
    bool Fine = true;
    if (A == "--")
      Behind = true;
    else if (A == "--help" || A == "-h") {
      llvm::outs() << Usage;
      Exit = 0;
      return std::nullopt;
    } else if (A == "-o")
      Fine = Value(R.Output);
    else if (A == "--depfile")
      Fine = Value(R.Depfile);
    else if (A == "--depfile-target")
      Fine = Value(R.DepfileTarget);
    else if (A == "-p")
      Fine = Value(Folder);
    else if (A == "--entry")
      Fine = Value(Entry);
    else if (A == "--target")
      Fine = Value(Target);
    else if (A == "--changed-only")
      R.ChangedOnly = true;
    else if (A == "--forward-unchanged")
      R.ForwardUnchanged = true;
    else if (A == "--plain")
      R.Plain = true;
    else if (A.starts_with("-") && A != "-" && R.Warnings.take(A))
      ;
    else if (A.starts_with("-") && A != "-")
      return wrong("unknown option " + A + "; the compiler's arguments stand behind --");
    else if (!R.Source.empty())
      return wrong("more than one source: " + llvm::Twine(R.Source) + " and " + A);
    else
      R.Source = A.str();
    if (!Fine)
      return wrong(A + " needs a value");
  }
  if (R.Source.empty()) {
    llvm::errs() << Usage;
    return wrong("no source file");
  }
  if (R.DepfileTarget.empty())
    R.DepfileTarget = R.Output;
  if (!R.Depfile.empty() && R.DepfileTarget.empty())
    return wrong("--depfile needs -o or --depfile-target");
  Exit = 1;
  if (!llvm::sys::fs::exists(R.Source))
    return wrong("no such file: '" + R.Source + "'");
  if (!Folder.empty() && !fromDatabase(R, Folder, Entry.empty() ? R.Source : Entry, Target))
    return std::nullopt;
  if (!Behind && Folder.empty())
    Own.push_back("-std=gnu++20");
  takeArguments(R, Own);
  return R;
}

} // namespace weft::autograph
