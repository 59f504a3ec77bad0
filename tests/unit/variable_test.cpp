// Variable: eager state, and what reaches the tracer while a function is traced.
#include "tests/unit/fake_tracer.h"

#include <weft/weft.h>

#include <gtest/gtest.h>

#include <thread>

namespace weft {
namespace {

using detail::FakeTracer;

static_assert(!std::is_convertible_v<Tensor, Variable> && std::is_constructible_v<Variable, Tensor>);
static_assert(!std::is_assignable_v<Variable &, Tensor> && !std::is_assignable_v<Variable &, float>);
template <class T>
concept AddsInPlace = requires(Variable &v, const T &t) { v += t; };
static_assert(!AddsInPlace<Tensor> && !AddsInPlace<int> && !AddsInPlace<Variable>);

/// The message of the VariableError that f throws at `line`.
template <class F> std::string refusal(std::uint32_t line, F f) {
  try {
    f();
  } catch (const VariableError &e) {
    EXPECT_EQ(e.where().line, line);
    return e.what();
  }
  ADD_FAILURE() << "no VariableError";
  return "";
}
#define EXPECT_REFUSAL(STATEMENT, WORDS)                                                                               \
  do {                                                                                                                 \
    std::string what = refusal(__LINE__, [&] { STATEMENT; });                                                          \
    EXPECT_NE(what.find(WORDS), std::string::npos) << what;                                                            \
  } while (false)

TEST(VariableTest, HoldsAValue) {
  Variable v(Tensor{1.f, 2.f, 3.f}, "v");
  EXPECT_TRUE(v.defined());
  EXPECT_EQ(v.name(), "v");
  EXPECT_EQ(v.dtype(), float32);
  EXPECT_EQ(v.shape(), Shape(3));
  EXPECT_EQ(v.ndim(), 1);
  EXPECT_EQ(v.value().to_vector<float>(), (std::vector<float>{1, 2, 3}));
  Tensor converted = v;
  EXPECT_EQ(converted.value(), v.value().value());
  EXPECT_EQ(Variable(0).name(), "Variable");
  EXPECT_EQ(Variable(7, "n").item<int>(), 7);
  EXPECT_EQ(Variable("text").item<std::string>(), "text");
}

TEST(VariableTest, CopiesAreTheSameVariable) {
  Variable a(1, "a"), b = a, c(2, "c");
  b.assign(5);
  EXPECT_EQ(a.item<int>(), 5);
  a = c; // rebinds the handle
  EXPECT_EQ(b.item<int>(), 5);
  EXPECT_EQ(a.name(), "c");
}

TEST(VariableTest, AValueThatWasReadStays) {
  Variable v(Tensor{1, 2});
  Tensor before = v;
  v.assign({3, 4});
  EXPECT_EQ(before.to_vector<int>(), (std::vector<int>{1, 2}));
  EXPECT_EQ(v.value().to_vector<int>(), (std::vector<int>{3, 4}));
}

TEST(VariableTest, AssignAddAndSub) {
  Variable v(Tensor{1.f, 2.f}, "v");
  v.assign_add({10.f, 20.f});
  v.assign_sub(1);
  v.assign_add(Tensor(0.5f)); // broadcast
  EXPECT_EQ(v.value().to_vector<float>(), (std::vector<float>{10.5f, 21.5f}));
}

TEST(VariableTest, NumbersTakeTheVariablesDtype) {
  Variable f(1.f, "f"), i(std::int64_t{1}, "i");
  f.assign(2);
  f.assign_add(0.5);
  EXPECT_EQ(f.item<float>(), 2.5f);
  i.assign(3);
  i.assign_add(4);
  EXPECT_EQ(i.item<std::int64_t>(), 7);
  EXPECT_REFUSAL(i.assign(2.5), "real number 2.5 beside an int64");
  EXPECT_REFUSAL(i.assign_add(0.5), "assign_add: the real number 0.5");
  EXPECT_REFUSAL(Variable(std::int8_t{1}, "b").assign(300), "300 does not fit into int8");
}

TEST(VariableTest, DtypeAndShapeAreFixed) {
  Variable v(Tensor{1.f, 2.f}, "weights");
  EXPECT_REFUSAL(v.assign(Tensor{1, 2}),
                 "Variable 'weights' (float32 (2,)): assign was given int32 (2,); convert it with "
                 "weft::cast(x, weft::float32)");
  EXPECT_REFUSAL(v.assign(Tensor{1.f, 2.f, 3.f}), "assign was given float32 (3,); a Variable keeps its shape");
  EXPECT_REFUSAL(v.assign(1.f), "float32 ()");
  EXPECT_REFUSAL(v.assign_add(Tensor{1, 2}), "assign_add was given int32 (2,)");
  EXPECT_REFUSAL(v.assign_sub({1.f, 2.f, 3.f}), "does not broadcast");
  EXPECT_REFUSAL(v.assign_add({{1.f, 2.f}}), "does not broadcast"); // would grow a dimension
  EXPECT_REFUSAL(Variable(1.f, "s").assign_add({1.f, 2.f}), "does not broadcast");
  EXPECT_EQ(v.value().to_vector<float>(), (std::vector<float>{1, 2}));
}

TEST(VariableTest, AnEmptyVariableIsAnErrorAtItsUse) {
  Variable empty, moved(1);
  Variable owner = std::move(moved);
  EXPECT_FALSE(empty.defined());
  EXPECT_REFUSAL((void)empty.value(), "an empty Variable is used");
  EXPECT_REFUSAL((void)empty.dtype(), "empty");
  EXPECT_REFUSAL((void)empty.shape(), "empty");
  EXPECT_REFUSAL((void)empty.name(), "empty");
  EXPECT_REFUSAL(empty.assign(1), "empty");
  EXPECT_REFUSAL(empty.assign_add(1), "empty");
  EXPECT_REFUSAL((void)(empty + 1), "empty");
  EXPECT_REFUSAL((void)moved.value(), "moved from"); // NOLINT(bugprone-use-after-move)
}

TEST(VariableTest, AnEmptyTensorIsNoInitialValue) {
  Tensor empty;
  EXPECT_THROW(Variable(empty, "v"), TraceError);
}

TEST(VariableTest, AdditionsOfThreadsAllCount) {
  Variable v(0, "v");
  v.assign_add(0); // a failure of the addition itself shows here, not in a thread
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([v] {
      for (int i = 0; i < 5000; ++i)
        v.assign_add(1);
    });
  for (std::thread &t : threads)
    t.join();
  EXPECT_EQ(v.item<int>(), 20'000);
}

TEST(VariableTest, TheOldValueGoesOutsideOfTheLock) {
  int buffer = 1;
  std::optional<Variable> v;
  int seen = 0;
  v.emplace(
      from_buffer(&buffer, {}, int32, [&](void *) { seen = v->item<int>(); })); // reads the variable that drops it
  v->assign(2);
  EXPECT_EQ(seen, 2);
}

TEST(VariableTest, NothingLeaks) {
  std::int64_t before = detail::live_storage();
  {
    Variable v(Tensor{1, 2}, "v"), copy = v;
    for (int i = 0; i < 10; ++i)
      v.assign({i, i});
  }
  EXPECT_EQ(detail::live_storage(), before);
}

// --- while tracing

TEST(VariableTraceTest, ReadsAndAssignsGoToTheTracer) {
  Variable v(Tensor{1.f, 2.f}, "v");
  std::uint32_t line = 0;
  std::vector<std::string> log;
  {
    FakeTracer tracer;
    line = __LINE__;
    Tensor a = v;
    Tensor b = v.value();
    v.assign(a);
    (void)(v + 1.f);
    v.assign_add(b);
    log = tracer.log;
  }
  auto at = [&](std::uint32_t k) { return " v:" + std::to_string(line + k); };
  EXPECT_EQ(log, (std::vector<std::string>{"read" + at(1), "read" + at(2), "assign" + at(3), "read" + at(4), "add",
                                           "read" + at(5), "add", "assign" + at(5)}));
  EXPECT_EQ(v.value().to_vector<float>(), (std::vector<float>{1, 2})); // untouched by the trace
}

TEST(VariableTraceTest, CreationIsAnErrorThatSaysWhere) {
  FakeTracer tracer;
  EXPECT_REFUSAL(Variable(1.f, "counter"), "Variable 'counter' is created inside a traced function");
  EXPECT_REFUSAL(Variable(1.f, "counter"), "create it outside");
  EXPECT_REFUSAL(Variable(1.f, "counter"), "weft::Module");
}

TEST(VariableTraceTest, MismatchesAreErrorsWhileTracingToo) {
  Variable v(Tensor{1.f, 2.f}, "v");
  FakeTracer tracer;
  Tensor open(FakeTracer::symbol({float32, {dynamic, dynamic}}));
  EXPECT_REFUSAL(v.assign(Tensor{1, 2}), "int32");
  EXPECT_REFUSAL(v.assign(open), "a Variable keeps its shape");
  EXPECT_TRUE(tracer.log.empty());
}

TEST(VariableTraceTest, AnOpenSizeIsTakenToBeTheVariables) {
  Variable v(Tensor{1.f, 2.f}, "v");
  FakeTracer tracer;
  v.assign(Tensor(FakeTracer::symbol({float32, {dynamic}})));
  ASSERT_EQ(tracer.log.size(), 3u);
  EXPECT_EQ(tracer.log[0], "equal"); // for the check
  EXPECT_EQ(tracer.log[1], "broadcast_to");
}

TEST(VariableTraceTest, ATracedTensorIsNoValueOutsideOfItsTrace) {
  Variable v(1.f, "v");
  Tensor traced(FakeTracer::symbol({float32, {}}));
  EXPECT_REFUSAL(v.assign(traced), "traced Tensor");
  EXPECT_REFUSAL(Variable(traced, "w"), "needs an initial value");
}

} // namespace
} // namespace weft
