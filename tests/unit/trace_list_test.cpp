// TraceList: which tensors a trace knows, and their identity when they move. The tracer asks: what did this id's tensor
// become? Here the ids and values are looked at directly.
#include "lib/tensor/trace_list.h"

#include <weft/weft.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <thread>

namespace weft::detail {
namespace {

/// A trace under way on this thread, as far as tensors see it.
class Tracing {
public:
  Tracing() : outer_(TraceList::current()) { TraceList::set_current(&list); }
  ~Tracing() { TraceList::set_current(outer_); }
  TraceList list;

private:
  TraceList *outer_;
};

ValueRef symbol(const Shape &shape = {}, std::uint32_t line = 0) {
  auto v = ValueRef::adopt(new SymbolicValue);
  v->kind = Value::Kind::Symbolic;
  v->type = {DType::Float32, shape};
  if (line) {
    static_cast<SymbolicValue &>(*v).loc.file = "user.cpp";
    static_cast<SymbolicValue &>(*v).loc.line = line;
  }
  return v;
}

std::uint64_t id(const Tensor &t) { return TraceList::id(t); }
Tensor *find(const TraceList &list, std::uint64_t id) { return list.find(id); }
std::size_t count(const TraceList &list) { return list.snapshot().size(); }

TEST(TraceListTest, TensorsMadeWhileTracingAreLinked) {
  Tensor before = 1;
  {
    Tracing trace;
    Tensor a, b = 2, c = b, d = std::move(c), e = {1, 2}, f = "s", g(symbol());
    EXPECT_EQ(count(trace.list), 7u);
    Tensor *linked[] = {&a, &b, &c, &d, &e, &f, &g};
    for (Tensor *t : linked)
      EXPECT_TRUE(trace.list.owns(*t));
    EXPECT_FALSE(trace.list.owns(before));
    EXPECT_EQ(id(before), 0u);
  }
  Tensor after = 1;
  EXPECT_EQ(id(after), 0u);
}

TEST(TraceListTest, SnapshotIsInOrderOfConstruction) {
  Tracing trace;
  Tensor a = 1, b = 2, c = 3;
  std::optional<Tensor> gone = Tensor(4);
  Tensor d = 5;
  gone.reset();
  TraceList::Snapshot s = trace.list.snapshot();
  ASSERT_EQ(s.size(), 4u);
  const Tensor *order[] = {&a, &b, &c, &d};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(s[i].id, id(*order[i]));
    EXPECT_EQ(s[i].value.get(), order[i]->value());
  }
}

TEST(TraceListTest, DestructionUnlinksAnywhereInTheList) {
  Tracing trace;
  auto a = std::make_unique<Tensor>(1), b = std::make_unique<Tensor>(2), c = std::make_unique<Tensor>(3);
  std::uint64_t ids[] = {id(*a), id(*b), id(*c)};
  b.reset();
  EXPECT_EQ(count(trace.list), 2u);
  EXPECT_EQ(find(trace.list, ids[1]), nullptr);
  a.reset();
  EXPECT_EQ(find(trace.list, ids[0]), nullptr);
  EXPECT_EQ(find(trace.list, ids[2]), c.get());
  c.reset();
  EXPECT_EQ(count(trace.list), 0u);
}

TEST(TraceListTest, AssignmentKeepsTheIdentity) {
  Tracing trace;
  Tensor a = 1;
  std::uint64_t before = id(a);
  Tensor other(symbol());
  a = other;
  EXPECT_EQ(id(a), before);
  EXPECT_EQ(a.value(), other.value());
  a = Tensor(symbol());
  EXPECT_EQ(id(a), before);
}

// --- relocation

TEST(TraceListTest, AVectorThatGrowsKeepsIdentities) {
  Tracing trace;
  std::vector<Tensor> v;
  v.reserve(2);
  v.emplace_back(symbol());
  v.emplace_back();
  std::uint64_t first = id(v[0]), empty = id(v[1]);
  for (int i = 0; i < 10; ++i) // several relocations: heirs of heirs
    v.emplace_back(symbol());
  EXPECT_EQ(find(trace.list, first), &v[0]);
  EXPECT_EQ(find(trace.list, empty), &v[1]);
  EXPECT_EQ(count(trace.list), v.size());
}

TEST(TraceListTest, AMovedFromTensorThatIsAssignedKeepsItsOwnIdentity) {
  Tracing trace;
  Tensor a(symbol()), b(symbol());
  std::uint64_t ida = id(a), idb = id(b);
  Value *va = a.value(), *vb = b.value();
  std::swap(a, b);
  EXPECT_EQ(find(trace.list, ida), &a);
  EXPECT_EQ(find(trace.list, idb), &b);
  EXPECT_EQ(a.value(), vb);
  EXPECT_EQ(b.value(), va);
}

TEST(TraceListTest, WhatIsMovedOutAndDestroyedIsFoundInItsHeir) {
  Tracing trace;
  auto source = std::make_unique<Tensor>(symbol());
  std::uint64_t was = id(*source);
  Tensor heir = std::move(*source);
  EXPECT_EQ(find(trace.list, was), source.get());
  source.reset();
  EXPECT_EQ(find(trace.list, was), &heir);
}

TEST(TraceListTest, AMovedFromTensorIsEmptyToEverybody) {
  Tracing trace;
  Tensor a(symbol());
  Tensor b = std::move(a);
  EXPECT_FALSE(a.defined()); // NOLINT(bugprone-use-after-move)
  EXPECT_THROW((void)a.dtype(), TraceError);
  EXPECT_THROW((void)Operand(a).value(), TraceError);
  Tensor c = a, d;
  d = a;
  EXPECT_EQ(c.value(), nullptr);
  EXPECT_EQ(d.value(), nullptr);
  EXPECT_EQ(to_string(a), "<empty Tensor>");
}

TEST(TraceListTest, MovingAnOuterTensorCopiesIt) {
  Tensor outer = 7;
  Tracing trace;
  Tensor a = std::move(outer), b;
  b = std::move(outer);                // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(outer.value(), a.value()); // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(outer.item<int>(), 7);
  EXPECT_EQ(b.item<int>(), 7);
}

TEST(TraceListTest, MapsOptionalsAndPointersOfTensors) {
  Tracing trace;
  std::map<std::string, Tensor> map{{"a", Tensor(symbol())}};
  std::uint64_t in_map = id(map["a"]);
  for (char c = 'b'; c < 'z'; ++c)
    map.emplace(std::string(1, c), Tensor(symbol()));
  EXPECT_EQ(find(trace.list, in_map), &map["a"]);
  std::optional<Tensor> o(symbol());
  std::uint64_t in_optional = id(*o);
  auto p = std::make_unique<Tensor>(std::move(*o));
  o.reset();
  EXPECT_EQ(find(trace.list, in_optional), p.get());
}

// --- outer tensors

TEST(TraceListTest, AssigningAnOuterTensorIsAnError) {
  Tensor outer = 1, empty;
  Tracing trace;
  trace.list.last.file = "user.cpp";
  trace.list.last.line = 12;
  trace.list.last.column = 3;
  Tensor inner(symbol());
  for (Tensor *t : {&outer, &empty}) {
    try {
      *t = inner;
      FAIL() << "assigned";
    } catch (const TraceError &e) {
      EXPECT_EQ(e.where().line, 12u);
      std::string what = e.what();
      EXPECT_EQ(what.rfind("user.cpp:12:3: ", 0), 0u) << what;
      EXPECT_NE(what.find("use a Variable"), std::string::npos) << what;
      EXPECT_NE(what.find("return the value"), std::string::npos) << what;
    }
    EXPECT_THROW(*t = Tensor(2), TraceError);
  }
  EXPECT_EQ(outer.item<int>(), 1);
  EXPECT_FALSE(empty.defined());
}

TEST(TraceListTest, NestedTracesHaveTheirOwnLists) {
  Tracing outer;
  Tensor a(symbol());
  std::uint64_t ida = id(a);
  {
    Tracing inner;
    Tensor b(symbol());
    EXPECT_EQ(count(inner.list), 1u);
    EXPECT_TRUE(inner.list.owns(b));
    EXPECT_FALSE(inner.list.owns(a));
    EXPECT_THROW(a = b, TraceError); // existed before the inner trace
    Tensor c = std::move(a);         // so it is copied
    EXPECT_TRUE(a.defined());        // NOLINT(bugprone-use-after-move)
  }
  EXPECT_EQ(find(outer.list, ida), &a);
  EXPECT_EQ(count(outer.list), 1u);
  a = Tensor(symbol());
  EXPECT_EQ(id(a), ida);
}

TEST(TraceListTest, ATensorOfTheOuterTraceMayDieInTheInner) {
  Tracing outer;
  auto a = std::make_unique<Tensor>(symbol());
  std::uint64_t ida = id(*a);
  Tensor heir = std::move(*a);
  {
    Tracing inner;
    a.reset();
  }
  EXPECT_EQ(find(outer.list, ida), &heir);
  EXPECT_EQ(count(outer.list), 1u);
}

TEST(TraceListTest, RebindAndRestore) {
  Tracing trace;
  Tensor a(symbol()), b(symbol());
  auto gone = std::make_unique<Tensor>(symbol());
  Tensor c;
  TraceList::Snapshot before = trace.list.snapshot();
  ASSERT_EQ(before.size(), 4u);
  std::vector<ValueRef> next = {symbol(), nullptr, symbol(), symbol()};
  gone.reset();
  Tensor later(symbol());
  trace.list.rebind(before, next);
  EXPECT_EQ(a.value(), next[0].get());
  EXPECT_EQ(b.value(), nullptr);
  EXPECT_EQ(c.value(), next[3].get());
  std::size_t first_gone = 0;
  std::vector<ValueRef> now = trace.list.values(before, first_gone);
  EXPECT_EQ(first_gone, 2u);
  EXPECT_EQ(now[0], next[0]);
  EXPECT_EQ(now[2], nullptr);
  EXPECT_EQ(trace.list.tensors(before), (std::vector<const Tensor *>{&a, &b, nullptr, &c}));
  trace.list.restore(before);
  EXPECT_EQ(a.value(), before[0].value.get());
  EXPECT_EQ(b.value(), before[1].value.get());
  EXPECT_EQ(c.value(), nullptr);
}

TEST(TraceListTest, SnapshotsFollowRelocatedTensors) {
  Tracing trace;
  std::vector<Tensor> v;
  v.reserve(2);
  v.emplace_back(symbol());
  v.emplace_back(symbol());
  TraceList::Snapshot before = trace.list.snapshot();
  for (int i = 0; i < 10; ++i)
    v.emplace_back(symbol());
  EXPECT_EQ(trace.list.tensors(before), (std::vector<const Tensor *>{&v[0], &v[1]}));
  v[1] = Tensor(symbol());
  std::size_t gone = 0;
  EXPECT_EQ(trace.list.values(before, gone)[1].get(), v[1].value());
  EXPECT_EQ(gone, 2u);
  trace.list.restore(before);
  EXPECT_EQ(v[1].value(), before[1].value.get());
}

TEST(TraceListTest, ASlotIsSeenByTheStatementsAroundIt) {
  Tracing trace;
  Tensor a(symbol());
  TraceList::Snapshot outer = trace.list.snapshot(), middle = outer, inner = outer;
  trace.list.statements = {&outer, &middle, &inner};
  auto slot = std::make_unique<Tensor>(symbol());
  trace.list.adopt(*slot, 1); // made between the first two
  EXPECT_EQ(outer.size(), 1u);
  ASSERT_EQ(middle.size(), 2u);
  EXPECT_EQ(inner.size(), 2u);
  EXPECT_EQ(middle[1].id, id(*slot));
  EXPECT_EQ(middle[1].value, nullptr);
  EXPECT_TRUE(middle[1].slot);
  Tensor later(symbol());
  TraceList::Snapshot next = trace.list.snapshot();
  ASSERT_EQ(next.size(), 3u);
  EXPECT_FALSE(next[0].slot);
  EXPECT_TRUE(next[1].slot);
  EXPECT_FALSE(next[2].slot);
  trace.list.disown(*slot);
  EXPECT_FALSE(trace.list.snapshot()[1].slot);
}

// --- the end of a trace

TEST(TraceListTest, SymbolicTensorsThatOutliveTheirTraceArePoison) {
  auto trace = std::make_unique<Tracing>();
  Tensor a(symbol({}, 42)), b = 5, c(symbol()), moved = std::move(c);
  trace->list.close();
  EXPECT_EQ(id(a), 0u);
  EXPECT_EQ(count(trace->list), 0u);
  trace.reset();
  try {
    (void)a.shape();
    FAIL() << "used";
  } catch (const TraceError &e) {
    EXPECT_NE(std::string(e.what()).find("user.cpp:42:0"), std::string::npos) << e.what();
    EXPECT_NE(std::string(e.what()).find("the trace is over"), std::string::npos) << e.what();
  }
  Tensor copy = a;
  EXPECT_THROW((void)copy.item<float>(), TraceError);
  EXPECT_THROW((void)bool(a), TraceError);
  EXPECT_THROW((void)moved.dtype(), TraceError);
  EXPECT_EQ(b.item<int>(), 5);   // concrete ones stay
  EXPECT_EQ(c.value(), nullptr); // NOLINT(bugprone-use-after-move)
  a = 3;
  EXPECT_EQ(a.item<int>(), 3);
}

TEST(TraceListTest, TensorsMayDieAfterTheirList) {
  std::vector<Tensor> left;
  left.reserve(3);
  {
    Tracing trace;
    left.emplace_back(symbol());
    left.emplace_back(std::move(left[0]));
    left.emplace_back(1);
  }
  left.clear();
}

TEST(TraceListTest, TensorsMayDieOnAnotherThread) {
  Tracing trace;
  for (int turn = 0; turn < 200; ++turn) {
    auto there = std::make_unique<std::vector<Tensor>>();
    for (int i = 0; i < 10; ++i)
      there->emplace_back(symbol());
    std::thread other([v = std::move(there)]() mutable { v.reset(); });
    std::vector<Tensor> here;
    for (int i = 0; i < 10; ++i)
      here.emplace_back(symbol());
    (void)trace.list.snapshot();
    other.join();
    EXPECT_EQ(count(trace.list), 10u);
  }
}

TEST(TraceListTest, TensorsMayDieOnAnotherThreadWhileTheListCloses) {
  for (int turn = 0; turn < 200; ++turn) {
    auto trace = std::make_unique<Tracing>();
    auto there = std::make_unique<std::vector<Tensor>>();
    for (int i = 0; i < 20; ++i)
      there->emplace_back(symbol());
    std::thread other([v = std::move(there)]() mutable { v.reset(); });
    trace.reset();
    other.join();
  }
}

TEST(TraceListTest, ThreadsTraceIndependently) {
  auto run = [] {
    Tracing trace;
    std::vector<Tensor> v;
    for (int i = 0; i < 2000; ++i)
      v.emplace_back(symbol());
    EXPECT_EQ(count(trace.list), v.size());
    std::vector<Tensor> w = std::move(v);
    EXPECT_EQ(find(trace.list, id(w[7])), &w[7]);
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back(run);
  for (std::thread &t : threads)
    t.join();
  EXPECT_EQ(TraceList::current(), nullptr);
}

// --- what a traced tensor says

TEST(TraceListTest, ATracedTensorHasDtypeAndRankOnly) {
  Tracing trace;
  Tensor x(symbol({2, dynamic}));
  EXPECT_TRUE(x.defined());
  EXPECT_EQ(x.dtype(), float32);
  EXPECT_EQ(x.ndim(), 2);
  auto message = [](auto f) -> std::string {
    try {
      f();
    } catch (const TraceError &e) {
      return e.what();
    }
    return "";
  };
  EXPECT_NE(message([&] { (void)x.shape(); }).find("weft::shape(x)"), std::string::npos);
  EXPECT_NE(message([&] { (void)x.size(); }).find("weft::dim(x, i)"), std::string::npos);
  EXPECT_NE(message([&] { (void)x.item<float>(); }).find("weft::print"), std::string::npos);
  EXPECT_NE(message([&] { (void)x.to_vector<float>(); }).find("to_vector()"), std::string::npos);
  EXPECT_NE(message([&] { (void)x.span<float>(); }).find("span()"), std::string::npos);
  EXPECT_EQ(to_string(x), "<traced> (2, ?) float32");
  Tensor known(symbol({2, 3}));
  EXPECT_EQ(known.shape(), Shape(2, 3));
  EXPECT_EQ(known.size(), 6);
  Tensor constant = 5; // from a host value: stays concrete
  EXPECT_EQ(constant.item<int>(), 5);
}

TEST(TraceListTest, AConditionIsAnErrorThatNamesTheWaysOut) {
  Tensor outer = true;
  Tracing trace;
  Tensor traced(symbol({}, 31)), constant = true;
  trace.list.last.file = "user.cpp";
  trace.list.last.line = 30;
  struct Row {
    const Tensor *t;
    std::uint32_t line; // of the condition's computation where it is known, else of the last operation
  };
  for (const Row &r : {Row{&traced, 31}, Row{&constant, 30}, Row{&outer, 30}}) {
    try {
      (void)bool(*r.t);
      FAIL() << r.line;
    } catch (const TraceError &e) {
      EXPECT_EQ(e.where().line, r.line);
      EXPECT_NE(std::string(e.what()).find(
                    "a traced tensor was used as a C++ condition at user.cpp:" + std::to_string(r.line) +
                    ": compile with weft-c++, add weft_autograph(target), or use weft::ag::if_stmt / weft::cond"),
                std::string::npos)
          << e.what();
    }
  }
}

} // namespace
} // namespace weft::detail
