// The command `weft` from outside: what it prints, and that every wrong input is one line on stderr and exit code 2.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

namespace fs = std::filesystem;

struct Outcome {
  int code = -1;
  std::string out, err;
};

class WeftTool : public ::testing::Test {
protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("weft-tool-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string tool() { return WEFT_BINARY_DIR "/bin/weft"; }
  std::string path(const std::string &name) const { return folder_ / name; }
  std::string write(const std::string &name, const std::string &text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  static std::string read(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Outcome weft(const std::string &arguments) const {
    std::string command = tool() + " " + arguments + " >" + path("out") + " 2>" + path("err") + " </dev/null";
    int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(path("out")), read(path("err"))};
  }
  /// One line on stderr that contains `words`, and code 2.
  void expect_refused(const std::string &arguments, const std::string &words) const {
    Outcome o = weft(arguments);
    EXPECT_EQ(o.code, 2) << arguments << "\n" << o.err;
    EXPECT_EQ(std::count(o.err.begin(), o.err.end(), '\n'), 1) << o.err;
    EXPECT_EQ(o.err.rfind("weft: ", 0), 0u) << o.err;
    EXPECT_NE(o.err.find(words), o.err.npos) << o.err;
    for (const char *foreign : {"LLVM ERROR", "PLEASE submit", "Stack dump"})
      EXPECT_EQ(o.err.find(foreign), o.err.npos) << o.err;
  }

  // A version 1.0 file as numpy.save writes it: the header padded to 64 bytes.
  std::string npy(const std::string &name, const std::string &descr, const std::string &shape, const std::string &data,
                  const char *fortran = "False") const {
    std::string dict = "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
    dict.append(63 - (10 + dict.size()) % 64, ' ');
    dict += '\n';
    std::string head("\x93NUMPY\x01\x00", 8);
    head += static_cast<char>(dict.size());
    head += '\0';
    return write(name, head + dict + data);
  }
  template <class T> static std::string bytes(std::initializer_list<T> values) {
    return {reinterpret_cast<const char *>(values.begin()), values.size() * sizeof(T)};
  }

private:
  fs::path folder_;
};

constexpr const char *scale =
    R"(func.func @scale(%x: tensor<2x3xf32>, %k: tensor<f32>) -> (tensor<2x3xf32>, tensor<f32>) {
  %y = weft.multiply %x, %k : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %s = weft.sum %y axes = [0, 1] : (tensor<2x3xf32>) -> tensor<f32>
  return %y, %s : tensor<2x3xf32>, tensor<f32>
}
)";

TEST_F(WeftTool, RunsTheSeed) {
  Outcome o = weft("run seed");
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(o.out.substr(0, o.out.find("Traces")), "myadd is wrapped; nothing has run.\n"
                                                   "> myadd(\"hello\", \"world\")\n"
                                                   "tracing\n0\n1\n2\nhelloworld () string\n"
                                                   "> myadd(\"good\", \"morning\")\n"
                                                   "0\n1\n2\ngoodmorning () string\n"
                                                   "> myadd(1, 2)\n"
                                                   "tracing\n0\n1\n2\n3 () int32\n");
  EXPECT_NE(o.out.find("Traces: 2\n"), o.out.npos) << o.out;
}

TEST_F(WeftTool, RunsExamples) {
  Outcome o = weft("run collatz --limit 10000");
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_NE(o.out.find("starts at 6171 and takes 261 steps"), o.out.npos) << o.out;
  o = weft("run mandelbrot --size 64 --turns 50 -o " + path("pictures"));
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_NE(o.out.find("730 points never left"), o.out.npos) << o.out;
  EXPECT_TRUE(fs::exists(path("pictures/mandelbrot.png")));
  o = weft("run otsu"); // with the photograph beside the programs
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_NE(o.out.find("Otsu's threshold: 102\n"), o.out.npos) << o.out;
}

TEST_F(WeftTool, BenchesExamples) {
  Outcome o = weft("bench mandelbrot --size 32 --turns 10");
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_NE(o.out.find("same bits"), o.out.npos) << o.out;
}

TEST_F(WeftTool, DumpsStages) {
  Outcome o = weft("dump seed --stage traced");
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_NE(o.out.find("weft.print"), o.out.npos) << o.out;
  EXPECT_EQ(o.out.find("tracing"), o.out.npos) << o.out; // what the host prints is not IR
  o = weft("dump collatz -o " + path("ir"));
  EXPECT_EQ(o.code, 0) << o.err;
  for (const char *file : {"collatz-1-traced.mlir", "collatz-2-optimized.mlir", "collatz-3-loops.mlir",
                           "collatz-4-llvm.mlir", "collatz-5-llvm-optimized.ll", "collatz-6-assembly.s"}) {
    EXPECT_NE(o.out.find(file), o.out.npos) << file;
    EXPECT_GT(read(path(std::string("ir/") + file)).size(), 100u) << file;
  }
  EXPECT_NE(read(path("ir/collatz-1-traced.mlir")).find("scf.while"), std::string::npos);
}

TEST_F(WeftTool, RunsAFunctionFromText) {
  std::string file = write("scale.mlir", scale);
  std::string x = npy("x.npy", "<f4", "(2, 3)", bytes<float>({1, 2, 3, 4, 5, 6}));
  std::string k = npy("k.npy", "<f4", "()", bytes<float>({0.5f}));
  Outcome o = weft("run " + file + " " + x + " " + k + " -o " + path("results"));
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(read(path("results/scale.0.npy")),
            read(npy("y.npy", "<f4", "(2, 3)", bytes<float>({.5f, 1, 1.5f, 2, 2.5f, 3}))));
  EXPECT_EQ(read(path("results/scale.1.npy")), read(npy("s.npy", "<f4", "()", bytes<float>({10.5f}))));

  // Columns first: the same matrix, stored transposed.
  std::string columns = npy("columns.npy", "<f4", "(2, 3)", bytes<float>({1, 4, 2, 5, 3, 6}), "True");
  o = weft("run " + file + " " + columns + " " + k + " -o " + path("again"));
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(read(path("again/scale.0.npy")), read(path("results/scale.0.npy")));

  o = weft("bench " + file + " " + x + " " + k);
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_NE(o.out.find("scale: first call "), o.out.npos) << o.out;
  o = weft("dump " + file + " --stage loops");
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_NE(o.out.find("scf.for"), o.out.npos) << o.out;
}

TEST_F(WeftTool, RunsTextsAndControlFlowFromText) {
  std::string file =
      write("join.mlir",
            R"(func.func @join(%a: tensor<2x!weft.string>, %n: tensor<i64>) -> (tensor<2x!weft.string>, tensor<i64>) {
  %b = weft.add %a, %a : (tensor<2x!weft.string>, tensor<2x!weft.string>) -> tensor<2x!weft.string>
  %one = weft.constant dense<1> : tensor<i64>
  %limit = weft.constant dense<100> : tensor<i64>
  %m = scf.while (%x = %n) : (tensor<i64>) -> tensor<i64> {
    %c = weft.less %x, %limit : (tensor<i64>, tensor<i64>) -> tensor<i1>
    %go = tensor.extract %c[] : tensor<i1>
    scf.condition(%go) %x : tensor<i64>
  } do {
  ^bb0(%x: tensor<i64>):
    %y = weft.add %x, %x : (tensor<i64>, tensor<i64>) -> tensor<i64>
    scf.yield %y : tensor<i64>
  }
  weft.print %m : tensor<i64>
  return %b, %m : tensor<2x!weft.string>, tensor<i64>
}
)");
  // "ab" and "é" in UTF-32.
  std::string a = npy("a.npy", "<U2", "(2,)", bytes<std::uint32_t>({'a', 'b', 0xE9, 0}));
  std::string n = npy("n.npy", "<i8", "()", bytes<std::int64_t>({3}));
  Outcome o = weft("run " + file + " " + a + " " + n + " -o " + path("results"));
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(o.out.rfind("192\n", 0), 0u) << o.out;
  EXPECT_EQ(read(path("results/join.0.npy")),
            read(npy("b.npy", "<U4", "(2,)", bytes<std::uint32_t>({'a', 'b', 'a', 'b', 0xE9, 0xE9, 0, 0}))));
  EXPECT_EQ(read(path("results/join.1.npy")), read(npy("m.npy", "<i8", "()", bytes<std::int64_t>({192}))));
}

/// A text is run as it is where functions are not traced.
TEST_F(WeftTool, RunsTextsWhenFunctionsRunEagerly) {
  std::string file = write("scale.mlir", scale);
  std::string x = npy("x.npy", "<f4", "(2, 3)", bytes<float>({1, 2, 3, 4, 5, 6}));
  std::string k = npy("k.npy", "<f4", "()", bytes<float>({0.5f}));
  Outcome traced = weft("run " + file + " " + x + " " + k);
  setenv("WEFT_EAGER", "1", 1);
  Outcome eager = weft("run " + file + " " + x + " " + k);
  unsetenv("WEFT_EAGER");
  ASSERT_EQ(eager.code, 0) << eager.err;
  EXPECT_EQ(eager.out, traced.out);
  EXPECT_NE(eager.out.find("float32"), eager.out.npos) << eager.out;
}

TEST_F(WeftTool, RefusesWrongWords) {
  expect_refused("", "name a command: run, bench, dump or cache (see weft --help)");
  expect_refused("fly seed", "there is no command 'fly': name run, bench, dump or cache");
  expect_refused("run", "TARGET");
  expect_refused("run nothing",
                 "there is no example 'nothing': name one of seed, otsu, collatz, mandelbrot, or a .mlir file");
  expect_refused("dump seed --stage soon",
                 "there is no stage 'soon': name one of traced, optimized, loops, llvm, llvm-optimized, assembly");
  expect_refused("dump collatz --stage traced -o " + write("file", ""), "file");
  expect_refused("run collatz --limit 0", "limit");
  expect_refused("run seed x.npy", "'seed' takes no .npy inputs");
  expect_refused("run otsu --image " + path("missing.png"), "missing.png");
  expect_refused("bench otsu --image " + write("no.png", "no picture"), "no.png");
}

TEST_F(WeftTool, RefusesOtherInputs) {
  std::string file = write("scale.mlir", scale);
  std::string x = npy("x.npy", "<f4", "(2, 3)", bytes<float>({1, 2, 3, 4, 5, 6}));
  std::string k = npy("k.npy", "<f4", "()", bytes<float>({0.5f}));
  expect_refused("run " + file, "'scale' takes 2 .npy inputs: float32 (2, 3), float32 (); 0 given");
  expect_refused("run " + file + " " + x + " " + path("missing.npy"), "missing.npy: cannot be read: No such file");
  expect_refused("run " + file + " " + x + " " + write("text.npy", "text"), "text.npy: it is no .npy file");
  expect_refused("run " + file + " " + x + " " + npy("cut.npy", "<f4", "(2,)", bytes<float>({1})), "it has 4 bytes of elements");
  expect_refused("run " + file + " " + x + " " + npy("c.npy", "<c8", "()", bytes<double>({1})), "'<c8'");
  expect_refused("run " + file + " " + x + " " + npy("big.npy", "<f4", "(9999999999, 9999999999)", ""), "big.npy");
  expect_refused("run " + file + " " + k + " " + k,
                 "weft: argument 0 of scale: expected float32 (2, 3), got float32 ()");
  expect_refused("run " + file + " " + x + " " + npy("d.npy", "<f8", "()", bytes<double>({1})), "float64");
  expect_refused("run " + file + " " + x + " " + k + " -o " + write("taken", ""), "taken");
}

TEST_F(WeftTool, RefusesBrokenText) {
  auto refused = [&](const std::string &text, const std::string &words) {
    std::string file = write("broken.mlir", text);
    expect_refused("dump " + file, file);
    expect_refused("dump " + file, words);
  };
  expect_refused("dump " + path("missing.mlir"), "missing.mlir: cannot be read: No such file");
  refused("func.func @f(", ":1:");
  refused("module { func.func private @f() }", "one func.func with a body");
  refused("func.func @f() { return }\nfunc.func @g() { return }\n", ":2:1: a second function");
  refused("func.func @f(%x: tensor<2xf32>) -> tensor<3xf32> {\n"
          "  %y = weft.add %x, %x : (tensor<2xf32>, tensor<2xf32>) -> tensor<3xf32>\n  return %y : tensor<3xf32>\n}\n",
          ":2:");
  refused("func.func @f(%x: memref<2xf32>) { return }\n", "which is no tensor of weft");
  refused("func.func @f(%x: f32) -> f32 { return %x : f32 }\n", "which is no tensor of weft");
  refused("func.func @f(%x: tensor<2xi7>) { return }\n", "which is no tensor of weft");
  refused("", ":1:1: there is no func.func in it");
  refused("func.func @f(%x: tensor<?xf32>) { return }\n", ":1:1: tensor<?xf32> has an open dimension: write its size");
  refused("func.func @f() {\n  %b = weft.alloc() : memref<4xf32>\n  weft.free %b : memref<4xf32>\n  return\n}\n",
          ":2:8: 'weft.alloc' does not belong to the Traced form");
  refused("func.func @f() {\n  %0 = llvm.mlir.zero : !llvm.ptr\n  return\n}\n", ":2:");
  refused("\x01\x02\xff\xfe", "broken.mlir");
  refused("ML\xefR garbage", "broken.mlir"); // the magic number of bytecode
}

TEST_F(WeftTool, ReportsErrorsOfTheProgram) {
  std::string file = write("divide.mlir", R"(func.func @divide(%x: tensor<i32>, %y: tensor<i32>) -> tensor<i32> {
  %z = weft.divide %x, %y : (tensor<i32>, tensor<i32>) -> tensor<i32>
  return %z : tensor<i32>
}
)");
  std::string one = npy("one.npy", "<i4", "()", bytes<std::int32_t>({1})),
              zero = npy("zero.npy", "<i4", "()", bytes<std::int32_t>({0}));
  expect_refused("run " + file + " " + one + " " + zero, "divide.mlir:2:8: integer division by zero");
}

} // namespace
