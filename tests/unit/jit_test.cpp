// The compiler from the outside: functions written as text in the Traced form are compiled through the interface that
// libweft uses, and their code is called with frames made by hand. Expected values are computed here, in C++.
#include "jit/Fragile.h"
#include "lib/function/compiler.h"

#include <weft/effects.h>

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <fstream>
#include <thread>

using namespace weft;
using namespace weft::detail;

namespace {

TracedFunction traced(const std::string &text, const std::string &name = "f") {
  TracedFunction f;
  f.name = name;
  f.bytecode = text;
  return f;
}

std::unique_ptr<CompiledCode> compiled(const std::string &text) { return Compiler::get().compile(traced(text), {}); }

/// One call: everything the frame points to, with room for a few results.
struct Call {
  std::vector<const void *> inputs;
  std::vector<std::int64_t> dims;
  std::vector<weft_variable> variables;
  weft_result results[4] = {};
  std::string message;
  std::exception_ptr thrown;
  weft_frame frame{};

  ~Call() { release_frame(frame); }
  std::int32_t run(const CompiledCode &code) {
    frame.inputs = inputs.data();
    frame.dims = dims.data();
    frame.results = results;
    frame.variables = variables.empty() ? nullptr : variables.data();
    frame.error_message = &message;
    frame.thrown = &thrown;
    return code.entry(&frame);
  }
  template <class T> T scalar(int k) const {
    T v;
    std::memcpy(&v, &results[k].bits, sizeof v);
    return v;
  }
  template <class T> const T *elements(int k) const { return reinterpret_cast<const T *>(results[k].bits); }
  std::string text(int k) const { return std::string(text_of(elements<void>(k))); }
  void drop(int k) { release(Storage::of(elements<void>(k))); }
};

/// A string argument: the address of an element that points to a text.
struct TextInput {
  explicit TextInput(std::string_view s) : storage(Storage::text(s)), element(storage->data) {}
  ~TextInput() { release(storage); }
  Storage *storage;
  const void *element;
};

struct PrintSink {
  explicit PrintSink(std::function<void(std::string_view)> sink) { set_print_sink(std::move(sink)); }
  ~PrintSink() { set_print_sink(nullptr); }
};

} // namespace

TEST(Jit, ScalarsGoThroughTheFrame) {
  auto code = compiled(R"(
    func.func @f(%a: tensor<f32>, %n: tensor<i64>) -> (tensor<f32>, tensor<i64>, tensor<i1>) {
      %s = weft.add %a, %a : (tensor<f32>, tensor<f32>) -> tensor<f32>
      %p = weft.multiply %n, %n : (tensor<i64>, tensor<i64>) -> tensor<i64>
      %l = weft.less %n, %p : (tensor<i64>, tensor<i64>) -> tensor<i1>
      return %s, %p, %l : tensor<f32>, tensor<i64>, tensor<i1>
    })");
  float a = 1.5f;
  std::int64_t n = -7;
  Call call;
  call.inputs = {&a, &n};
  ASSERT_EQ(call.run(*code), 0);
  EXPECT_EQ(call.scalar<float>(0), 3.0f);
  EXPECT_EQ(call.scalar<std::int64_t>(1), 49);
  EXPECT_EQ(call.scalar<std::uint8_t>(2), 1);
  EXPECT_GT(code->code_bytes, 0u);
}

TEST(Jit, TensorsAreOwnedByTheCaller) {
  std::int64_t before = live_storage();
  auto code = compiled(R"(
    func.func @f(%a: tensor<3x37xf32>, %b: tensor<3x37xf32>, %c: tensor<37xf32>) -> tensor<3x37xf32> {
      %p = weft.multiply %a, %b : (tensor<3x37xf32>, tensor<3x37xf32>) -> tensor<3x37xf32>
      %r = weft.add %p, %c : (tensor<3x37xf32>, tensor<37xf32>) -> tensor<3x37xf32>
      return %r : tensor<3x37xf32>
    })");
  // Off by one float from any vector's alignment: inputs are only aligned for their elements.
  std::vector<float> a(112), b(112), c(38);
  for (int i = 0; i < 112; ++i)
    a[i] = 0.1f * i, b[i] = 3.0f - i;
  for (int i = 0; i < 38; ++i)
    c[i] = 1.0f / (i + 1);
  Call call;
  call.inputs = {&a[1], &b[1], &c[1]};
  ASSERT_EQ(call.run(*code), 0);
  EXPECT_EQ(call.frame.live, nullptr);
  for (int i = 0; i < 111; ++i) {
    volatile float product = a[i + 1] * b[i + 1]; // rounded on its own: no contraction
    ASSERT_EQ(call.elements<float>(0)[i], product + c[i % 37 + 1]) << i;
  }
  EXPECT_EQ(live_storage(), before + 1);
  call.drop(0);
  EXPECT_EQ(live_storage(), before);
}

/// What was at work when an exception came is not touched again; otherwise it ends as usual.
TEST(Jit, AnExceptionLeavesWhatWasAtWorkAlone) {
  static int ended;
  struct Counted {
    ~Counted() { ++ended; }
  };
  ended = 0;
  Counted *left = nullptr;
  try {
    jit::Fragile<Counted> whole(std::make_unique<Counted>());
    { jit::Fragile<Counted> done(std::make_unique<Counted>()); }
    EXPECT_EQ(ended, 1);
    left = &*whole;
    throw 1;
  } catch (int) { // while this one is handled, others end as usual
    EXPECT_EQ(ended, 1);
    { jit::Fragile<Counted> later(std::make_unique<Counted>()); }
    EXPECT_EQ(ended, 2);
  }
  delete left;
}

/// What linking misses is named, not only the symbol that was asked for.
TEST(Jit, ALinkErrorSaysWhatIsMissing) {
  auto missing = [] {
    return compiled(R"(
      func.func @f(%a: tensor<f32>, %n: tensor<i32>) -> tensor<f32> {
        %x = tensor.extract %a[] : tensor<f32>
        %k = tensor.extract %n[] : tensor<i32>
        %y = math.fpowi %x, %k : f32, i32
        %r = tensor.from_elements %y : tensor<f32>
        return %r : tensor<f32>
      })");
  };
  for (int again : {0, 1}) {
    try {
      missing();
      ADD_FAILURE() << "nothing was thrown " << again;
    } catch (const InternalError &e) {
      EXPECT_NE(std::string(e.what()).find("__powisf2"), std::string::npos) << e.what();
    }
  }
  float a = 2;
  Call call;
  call.inputs = {&a};
  auto code = compiled("func.func @f(%a: tensor<f32>) -> tensor<f32> {\n  %b = weft.add %a, %a : (tensor<f32>, tensor<f32>) -> tensor<f32>\n  return %b : tensor<f32>\n}");
  ASSERT_EQ(call.run(*code), 0);
  EXPECT_EQ(call.scalar<float>(0), 4);
}

TEST(Jit, OpenDimensionsComeAndGoInOrder) {
  auto code = compiled(R"(
    func.func @f(%a: tensor<?x2x?xi32>, %k: tensor<i32>) -> tensor<?x2x?xi32> {
      %r = weft.multiply %a, %k : (tensor<?x2x?xi32>, tensor<i32>) -> tensor<?x2x?xi32>
      return %r : tensor<?x2x?xi32>
    })");
  for (std::int64_t rows : {0, 2, 5}) {
    std::vector<std::int32_t> a(rows * 2 * 17);
    for (std::size_t i = 0; i < a.size(); ++i)
      a[i] = static_cast<std::int32_t>(i) - 20;
    std::int32_t k = -3;
    Call call;
    call.inputs = {a.data(), &k};
    call.dims = {rows, 17};
    ASSERT_EQ(call.run(*code), 0);
    EXPECT_EQ(call.results[0].dims[0], rows);
    EXPECT_EQ(call.results[0].dims[1], 17);
    for (std::size_t i = 0; i < a.size(); ++i)
      ASSERT_EQ(call.elements<std::int32_t>(0)[i], a[i] * -3);
    call.drop(0);
  }
}

TEST(Jit, BoolsAreBytes) {
  auto code = compiled(R"(
    func.func @f(%a: tensor<5xi1>) -> (tensor<5xi1>, tensor<i1>) {
      %n = weft.logical_not %a : (tensor<5xi1>) -> tensor<5xi1>
      %any = weft.any %a axes = [0] : (tensor<5xi1>) -> tensor<i1>
      return %n, %any : tensor<5xi1>, tensor<i1>
    })");
  std::uint8_t a[] = {0, 1, 2, 0, 255}; // whatever is not 0 is true
  Call call;
  call.inputs = {a};
  ASSERT_EQ(call.run(*code), 0);
  const std::uint8_t expected[] = {1, 0, 0, 1, 0};
  EXPECT_EQ(std::memcmp(call.elements<void>(0), expected, 5), 0);
  EXPECT_EQ(call.scalar<std::uint8_t>(1), 1);
  call.drop(0);
}

TEST(Jit, WhileLoopRunsInCode) {
  auto code = compiled(R"(
    func.func @collatz(%n: tensor<i64>) -> tensor<i64> {
      %zero = weft.constant dense<0> : tensor<i64>
      %one = weft.constant dense<1> : tensor<i64>
      %two = weft.constant dense<2> : tensor<i64>
      %three = weft.constant dense<3> : tensor<i64>
      %r:2 = scf.while (%x = %n, %steps = %zero) : (tensor<i64>, tensor<i64>) -> (tensor<i64>, tensor<i64>) {
        %more = weft.not_equal %x, %one : (tensor<i64>, tensor<i64>) -> tensor<i1>
        %c = tensor.extract %more[] : tensor<i1>
        scf.condition(%c) %x, %steps : tensor<i64>, tensor<i64>
      } do {
      ^bb0(%x: tensor<i64>, %steps: tensor<i64>):
        %rest = weft.fmod %x, %two : (tensor<i64>, tensor<i64>) -> tensor<i64>
        %even = weft.equal %rest, %zero : (tensor<i64>, tensor<i64>) -> tensor<i1>
        %c = tensor.extract %even[] : tensor<i1>
        %next = scf.if %c -> (tensor<i64>) {
          %half = weft.divide %x, %two : (tensor<i64>, tensor<i64>) -> tensor<i64>
          scf.yield %half : tensor<i64>
        } else {
          %triple = weft.multiply %x, %three : (tensor<i64>, tensor<i64>) -> tensor<i64>
          %up = weft.add %triple, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
          scf.yield %up : tensor<i64>
        }
        %count = weft.add %steps, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
        scf.yield %next, %count : tensor<i64>, tensor<i64>
      }
      return %r#1 : tensor<i64>
    })");
  for (std::int64_t n : {1, 27, 837799}) {
    std::int64_t steps = 0;
    for (std::int64_t x = n; x != 1; x = x % 2 ? 3 * x + 1 : x / 2)
      ++steps;
    Call call;
    call.inputs = {&n};
    ASSERT_EQ(call.run(*code), 0);
    EXPECT_EQ(call.scalar<std::int64_t>(0), steps);
  }
}

TEST(Jit, FailedCheckTellsWhereAndFreesAll) {
  std::int64_t before = live_storage();
  auto code = compiled(R"(
    func.func @f(%a: tensor<1000xf32>, %limit: tensor<f32>) -> tensor<1000xf32> {
      %r = weft.add %a, %a : (tensor<1000xf32>, tensor<1000xf32>) -> tensor<1000xf32>
      %m = weft.max %r axes = [0] : (tensor<1000xf32>) -> tensor<f32>
      %ok = weft.less %m, %limit : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %c = tensor.extract %ok[] : tensor<i1>
      weft.check %c, "too large:" (%m, %limit : tensor<f32>, tensor<f32>) kind = 5 : i1 loc(fused["user.cpp":12:34])
      %s = weft.multiply %r, %a : (tensor<1000xf32>, tensor<1000xf32>) -> tensor<1000xf32>
      return %s : tensor<1000xf32>
    })");
  std::vector<float> a(1000, 1.0f);
  a[500] = 4.0f;
  float limit = 8.0f;
  {
    Call call;
    call.inputs = {a.data(), &limit};
    EXPECT_EQ(call.run(*code), 1);
    EXPECT_EQ(call.frame.error_kind, ErrorKind::Check);
    EXPECT_EQ(call.message, "too large: 8 8");
    EXPECT_STREQ(call.frame.error_file, "user.cpp");
    EXPECT_EQ(call.frame.error_line, 12u);
    EXPECT_EQ(call.frame.error_column, 34u);
  }
  EXPECT_EQ(live_storage(), before);
  limit = 8.5f;
  Call call;
  call.inputs = {a.data(), &limit};
  EXPECT_EQ(call.run(*code), 0);
  call.drop(0);
  EXPECT_EQ(live_storage(), before);
}

TEST(Jit, MemoryThatIsShortIsAnError) {
  auto code = compiled(R"(
    func.func @f(%a: tensor<?xf64>) -> tensor<?xf64> {
      %r = weft.negative %a : (tensor<?xf64>) -> tensor<?xf64> loc("user.cpp":7:3)
      return %r : tensor<?xf64>
    })");
  // More than any machine has; and a size in bytes that does not fit into 64 bits.
  for (std::int64_t n : {std::int64_t{1} << 50, (std::int64_t{1} << 61) + 1}) {
    Call call;
    call.inputs = {nullptr};
    call.dims = {n};
    EXPECT_EQ(call.run(*code), 1);
    EXPECT_EQ(call.frame.error_kind, ErrorKind::OutOfMemory);
    EXPECT_STREQ(call.frame.error_file, "user.cpp");
    EXPECT_EQ(call.frame.error_line, 7u);
  }
}

TEST(Jit, StringsAreJoinedAndOutliveTheCode) {
  std::int64_t before = live_storage();
  Call call;
  {
    auto code = compiled(R"(
      func.func @f(%s: tensor<!weft.string>) -> (tensor<!weft.string>, tensor<i1>, tensor<!weft.string>, tensor<2x!weft.string>) {
        %hello = weft.constant ["hello "] : tensor<!weft.string>
        %pair = weft.constant ["a", "\C3\A4"] : tensor<2x!weft.string>
        %t = weft.add %hello, %s : (tensor<!weft.string>, tensor<!weft.string>) -> tensor<!weft.string>
        %e = weft.equal %t, %hello : (tensor<!weft.string>, tensor<!weft.string>) -> tensor<i1>
        %p = weft.add %pair, %s : (tensor<2x!weft.string>, tensor<!weft.string>) -> tensor<2x!weft.string>
        return %t, %e, %hello, %p : tensor<!weft.string>, tensor<i1>, tensor<!weft.string>, tensor<2x!weft.string>
      })");
    TextInput world("world");
    call.inputs = {&world.element};
    ASSERT_EQ(call.run(*code), 0);
    EXPECT_EQ(call.frame.live, nullptr);
  }
  EXPECT_EQ(call.text(0), "hello world");
  EXPECT_EQ(call.scalar<std::uint8_t>(1), 0);
  EXPECT_EQ(call.text(2), "hello ");
  EXPECT_EQ(text_of(call.elements<void *>(3)[0]), "aworld");
  EXPECT_EQ(text_of(call.elements<void *>(3)[1]), "\u00e4world");
  for (int k : {0, 2, 3})
    call.drop(k);
  EXPECT_EQ(live_storage(), before);
}

TEST(Jit, StringsOfALoopDieInIt) {
  std::int64_t before = live_storage();
  auto code = compiled(R"(
    func.func @f(%s: tensor<!weft.string>) -> tensor<!weft.string> {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c10 = arith.constant 10 : index
      %empty = weft.constant [""] : tensor<!weft.string>
      %r = scf.for %i = %c0 to %c10 step %c1 iter_args(%t = %empty) -> (tensor<!weft.string>) {
        %u = weft.add %t, %s : (tensor<!weft.string>, tensor<!weft.string>) -> tensor<!weft.string>
        scf.yield %u : tensor<!weft.string>
      }
      return %r : tensor<!weft.string>
    })");
  TextInput ab("ab");
  Call call;
  call.inputs = {&ab.element};
  ASSERT_EQ(call.run(*code), 0);
  EXPECT_EQ(call.text(0), "abababababababababab");
  EXPECT_EQ(live_storage(), before + 2); // the result and the argument
  call.drop(0);
}

TEST(Jit, PrintsReachTheSinkInOrder) {
  auto code = compiled(R"(
    func.func @f(%a: tensor<2xi32>, %b: tensor<i1>, %x: tensor<f64>) {
      %name = weft.constant ["a"] : tensor<!weft.string>
      weft.print %name, %a : tensor<!weft.string>, tensor<2xi32>
      weft.print %b, %x : tensor<i1>, tensor<f64>
      return
    })");
  std::string lines;
  PrintSink sink([&](std::string_view line) { lines += line; });
  std::int32_t a[] = {1, -2};
  std::uint8_t b = 1;
  double x = 0.5;
  Call call;
  call.inputs = {a, &b, &x};
  ASSERT_EQ(call.run(*code), 0);
  EXPECT_EQ(lines, "a [1 -2]\n1 0.5\n");
}

TEST(Jit, WhatASinkThrowsIsKept) {
  auto code = compiled(R"(
    func.func @f(%a: tensor<i32>) -> tensor<i32> {
      weft.print %a : tensor<i32>
      return %a : tensor<i32>
    })");
  struct Mine {};
  PrintSink sink([](std::string_view) { throw Mine(); });
  std::int32_t a = 3;
  Call call;
  call.inputs = {&a};
  EXPECT_EQ(call.run(*code), 1);
  ASSERT_TRUE(call.thrown);
  EXPECT_THROW(std::rethrow_exception(call.thrown), Mine);
}

TEST(Jit, VariablesChangeInTheFrame) {
  std::int64_t before = live_storage();
  auto code = compiled(R"(
    func.func @f(%x: tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>) {
      %one = weft.constant dense<1.0> : tensor<f32>
      %n = weft.variable_read "n" slot 0 : tensor<f32>
      %n1 = weft.add %n, %one : (tensor<f32>, tensor<f32>) -> tensor<f32>
      weft.variable_assign %n1 to "n" slot 0 : tensor<f32>
      %old = weft.variable_read "w" slot 1 : tensor<3xf32>
      %new = weft.add %old, %x : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
      weft.variable_assign %new to "w" slot 1 : tensor<3xf32>
      %again = weft.variable_read "n" slot 0 : tensor<f32>
      return %again, %old : tensor<f32>, tensor<3xf32>
    })");
  float n = 41.0f, x[] = {1, 2, 3};
  Storage *w = Storage::allocate(sizeof x, Storage::Kind::Raw);
  std::memcpy(w->data, x, sizeof x);
  Call call;
  call.inputs = {x};
  call.variables = {{&n, nullptr, 0}, {w->data, w, 0}};
  ASSERT_EQ(call.run(*code), 0);
  EXPECT_EQ(n, 41.0f); // a published value is never written
  EXPECT_EQ(*static_cast<const float *>(call.variables[0].data), 42.0f);
  EXPECT_EQ(call.scalar<float>(0), 42.0f);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(static_cast<const float *>(call.variables[1].data)[i], 2 * x[i]);
    EXPECT_EQ(call.elements<float>(1)[i], x[i]); // what was read stays as it was
  }
  EXPECT_EQ(call.frame.live, nullptr);
  for (weft_variable &v : call.variables) {
    EXPECT_EQ(v.dirty, 1);
    release(v.storage);
  }
  call.drop(1);
  release(w);
  EXPECT_EQ(live_storage(), before);
}

TEST(Jit, AFunctionMayHaveTheNameOfAnyOther) {
  for (const char *name : {"tanh", "weft_alloc", "memcpy", "text.0", "main"}) {
    auto code =
        Compiler::get().compile(traced(std::string("func.func @\"") + name + R"("(%x: tensor<4xf64>) -> tensor<4xf64> {
      %r = weft.tanh %x : (tensor<4xf64>) -> tensor<4xf64>
      return %r : tensor<4xf64>
    })",
                                       name),
                                {});
    double x[] = {-1, 0, 0.5, 3};
    Call call;
    call.inputs = {x};
    ASSERT_EQ(call.run(*code), 0);
    for (int i = 0; i < 4; ++i)
      EXPECT_NEAR(call.elements<double>(0)[i], std::tanh(x[i]), 1e-15);
    call.drop(0);
  }
}

TEST(Jit, EveryStageHasItsText) {
  TracedFunction f = traced(R"(
    func.func @f(%a: tensor<8xf32>) -> tensor<8xf32> {
      %r = weft.add %a, %a : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
      return %r : tensor<8xf32>
    })");
  auto text = [&](Stage s) { return Compiler::get().render(f, {}, s); };
  EXPECT_NE(text(Stage::Traced).find("weft.add"), std::string::npos);
  EXPECT_NE(text(Stage::Optimized).find("weft.fused"), std::string::npos);
  EXPECT_NE(text(Stage::Loops).find("scf.for"), std::string::npos);
  EXPECT_NE(text(Stage::LLVM).find("llvm.func @f(%arg0: !llvm.ptr) -> i32"), std::string::npos);
  EXPECT_NE(text(Stage::LLVMOptimized).find("define i32 @f(ptr"), std::string::npos);
  EXPECT_NE(text(Stage::Assembly).find("f:"), std::string::npos);
}

TEST(Jit, WhatCannotBeCompiledIsAnInternalError) {
  testing::internal::CaptureStderr();
  EXPECT_THROW(compiled("func.func @f("), InternalError);
  EXPECT_THROW(compiled("module {}"), InternalError);
  EXPECT_THROW(
      compiled("func.func @f(%a: tensor<2xf32>) -> tensor<2xf32> { %r = \"nobody.knows\"(%a) : (tensor<2xf32>) -> "
               "tensor<2xf32> return %r : tensor<2xf32> }"),
      InternalError);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Jit, ThreadsCompileAndRunAtOnce) {
  std::atomic<int> wrong{0};
  auto work = [&](int seed) {
    for (int i = 0; i < 20; ++i) {
      std::string k = std::to_string(seed * 100 + i);
      auto code = compiled("func.func @f(%a: tensor<16xi32>) -> tensor<16xi32> { %k = weft.constant dense<" + k +
                           "> : tensor<i32> %r = weft.add %a, %k : (tensor<16xi32>, tensor<i32>) -> tensor<16xi32> "
                           "return %r : tensor<16xi32> }");
      std::int32_t a[16] = {};
      Call call;
      call.inputs = {a};
      if (call.run(*code) != 0 || call.elements<std::int32_t>(0)[15] != seed * 100 + i)
        ++wrong;
      else
        call.drop(0);
    }
  };
  std::thread threads[] = {std::thread(work, 1), std::thread(work, 2), std::thread(work, 3)};
  for (std::thread &t : threads)
    t.join();
  EXPECT_EQ(wrong, 0);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(Jit, UnloadedCodeLeavesNothing) {
  auto resident = [] {
    std::ifstream statm("/proc/self/statm");
    long total = 0, pages = 0;
    statm >> total >> pages;
    return pages * 4096;
  };
  auto maps = [] {
    std::ifstream file("/proc/self/maps");
    return std::count(std::istreambuf_iterator<char>(file), {}, '\n');
  };
  auto cycle = [](int i) {
    // A new constant each time: nothing could be shared even by accident.
    compiled(
        "func.func @f(%a: tensor<f32>) -> tensor<f32> { %k = weft.constant dense<" + std::to_string(i) +
        ".0> : tensor<f32> %r = weft.add %a, %k : (tensor<f32>, tensor<f32>) -> tensor<f32> return %r : tensor<f32> }");
  };
  // Past the first retirement of a context, so that the heap has seen both.
  for (int i = 0; i < 1500; ++i)
    cycle(i);
  auto residentBefore = resident();
  auto mapsBefore = maps();
  for (int i = 1500; i < 4000; ++i)
    cycle(i);
  EXPECT_LT(resident() - residentBefore, 4 << 20);
  EXPECT_LE(maps() - mapsBefore, 8);
}
#endif
