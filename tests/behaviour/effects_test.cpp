// Effects: prints, checks and Variables, in branches, loops, nested functions and after failures.
#include "tests/support/program.h"

#include <chrono>
#include <future>
#include <stdexcept>
#include <utility>

using namespace weft;
using namespace weft::test;

namespace {

TEST(Effects, PrintsInTensorFlowsFormat) {
  Printed printed;
  auto program = [](Tensor x) {
    print("a", 1, 2.5f, true, x, "b");
    print(x, x);
    print(Tensor{"p", "q"}, x > 2);
    print();
  };
  // tf.print's text, a bool tensor as 1 and 0 within brackets: see the transcript in tests/unit of print_text.
  program(Tensor{1, 2, 3});
  std::string eager = printed.take();
  EXPECT_EQ(eager.substr(0, eager.find('\n')), "a 1 2.5 1 [1 2 3] b");
  function(program)(Tensor{1, 2, 3});
  EXPECT_EQ(printed.take(), eager);
}

TEST(Effects, APrintNobodyUsesStaysAndRunsEveryTime) {
  Printed printed;
  auto f = function([](Tensor x) {
    print(x * 2);
    return x;
  });
  for (int i = 0; i < 3; ++i)
    f(i);
  EXPECT_EQ(printed.take(), "0\n2\n4\n");
}

TEST(Effects, PrintsOfUnusedBranchesAndLoopsStay) {
  expect_runs(
      [](const std::vector<Tensor> &a) {
        for (Tensor i : range(a[0]))
          if (i == 1)
            print("one");
          else
            print("other", i);
        return Tensor(5);
      },
      {{{3}, 5, "other 0\none\nother 2\n"}, {{0}, 5}});
}

TEST(Effects, WhatTheSinkThrowsReachesTheCaller) {
  auto f = function([](Tensor x) {
    print("first", x);
    print("second", x);
    return x;
  });
  set_print_sink([](std::string_view line) {
    if (line.starts_with("second"))
      throw std::runtime_error("the sink is full");
  });
  try {
    f(1);
    ADD_FAILURE() << "the sink's exception was lost";
  } catch (const std::runtime_error &e) {
    EXPECT_STREQ(e.what(), "the sink is full");
  }
  set_print_sink({});
  Printed printed;
  EXPECT_EQ(as_int(f(2)), 2);
  EXPECT_EQ(printed.take(), "first 2\nsecond 2\n");
}

TEST(Effects, WhatTheSinkAssignsIsTheValueAfterThePrint) {
  Variable v(0, "v"), row(zeros({3}, int32), "row"), text("", "text");
  auto program = [&](Tensor x) {
    v.assign_add(x);
    row.assign_add(x);
    text.assign("a");
    Tensor before = v.value() * 1000 + row[0]; // read before the sink assigns
    Tensor held = row.value();
    print(v, row, text);
    v.assign_add(1);
    row.assign_add(1);
    text.assign(text.value() + "c");
    return before * 1000 + sum(held);
  };
  auto f = function(program);
  std::string printed;
  set_print_sink([&](std::string_view line) {
    printed += line;
    if (v.item<int>() < 50) {
      v.assign(100);
      row.assign(Tensor{7, 8, 9});
      text.assign("sink ");
    }
  });
  for (bool compiled : {false, true, true}) {
    v.assign(0), row.assign(zeros({3}, int32)), printed.clear();
    EXPECT_EQ(as_int(compiled ? f(2) : program(2)), 2002006);
    EXPECT_EQ(printed, "2 [2 2 2] a\n");
    EXPECT_EQ(v.item<int>(), 101);
    EXPECT_EQ(ints(row.value()), (std::vector<int>{8, 9, 10}));
    EXPECT_EQ(text.item<std::string>(), "sink c");
    compiled ? f(60) : program(60); // a sink that assigns nothing changes nothing
    EXPECT_EQ(v.item<int>(), 162);
  }
  set_print_sink({});
}

TEST(Effects, ASinkMayWaitForAnotherWriter) {
  Variable a(0, "a"), b(0, "b");
  auto both = function([&](Tensor x) {
    a.assign_add(x);
    b.assign_add(x);
  });
  both(0);
  for (Variable *v : {&a, &b})
    for (bool verify : {false, true}) {
      auto f = function(
          [v](Tensor x) {
            v->assign_add(x);
            print("writing");
            v->assign_add(x);
          },
          {.verify = verify});
      set_print_sink({});
      if (!verify)
        f(0); // traced
      bool waited = false;
      std::future<void> other;
      set_print_sink([&](std::string_view) {
        if (!std::exchange(waited, true)) {
          other = std::async(std::launch::async, [&] { both(verify ? 0 : 10); });
          EXPECT_EQ(other.wait_for(std::chrono::seconds(20)), std::future_status::ready)
              << "the call holds its variable meanwhile";
        }
      });
      a.assign(0), b.assign(0);
      f(1);
      set_print_sink({});
      ASSERT_TRUE(waited);
      other.wait();
      EXPECT_EQ(v->item<int>(), verify ? 2 : 12);
    }
}

TEST(Effects, VerifyRunsTheEffectsOfInnerFunctionsOnce) {
  Printed printed;
  Variable calls(0, "calls");
  auto inner = function([&](Tensor x) {
    print("inner", x);
    calls.assign_add(1);
    return x + 1;
  });
  auto outer = function([&](Tensor x) { return inner(x) * 2; }, {.verify = true});
  EXPECT_EQ(as_int(outer(1)), 4);
  EXPECT_EQ(printed.take(), "inner 1\n");
  EXPECT_EQ(calls.item<int>(), 1);
  EXPECT_EQ(as_int(outer(2)), 6);
  EXPECT_EQ(printed.take(), "inner 2\n");
  EXPECT_EQ(as_int(inner(3)), 4); // and this thread compiles again
  EXPECT_EQ(printed.take(), "inner 3\n");
}

TEST(Effects, ACheckThatHoldsDoesNothing) {
  auto f = function([](Tensor x) {
    check(x > 0, "x is", x);
    return x * 2;
  });
  EXPECT_EQ(as_int(f(4)), 8);
}

TEST(Effects, AFailedCheckSaysItsMessageArgumentsAndLine) {
  auto program = [](Tensor x) {
    check(x > 0, "must be positive, is", x, "not", 1);
    return x;
  };
  int line = __LINE__ - 3;
  auto f = function(program);
  EXPECT_EQ(as_int(f(1)), 1);
  for (bool compiled : {false, true}) {
    try {
      compiled ? f(-3) : program(-3);
      ADD_FAILURE() << "the check did not fail";
    } catch (const CheckError &e) {
      std::string what = e.what();
      EXPECT_EQ(what.rfind(std::string(__FILE__) + ":" + std::to_string(line) + ":", 0), 0u) << what;
      EXPECT_NE(what.find("must be positive, is -3 not 1"), std::string::npos) << what;
      EXPECT_EQ(e.where().line, static_cast<unsigned>(line));
    }
  }
  EXPECT_EQ(as_int(f(2)), 2);
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(Effects, ChecksInBranchesOnlyRunThere) {
  auto f = function([](Tensor x) {
    if (x > 10)
      check(x < 20, "between 10 and 20");
    return x;
  });
  EXPECT_EQ(as_int(f(5)), 5);
  EXPECT_EQ(as_int(f(15)), 15);
  EXPECT_THROW(f(25), CheckError);
  EXPECT_EQ(as_int(f(5)), 5);
}

TEST(Effects, OfSeveralFailingChecksTheFirstIsReported) {
  auto f = function([](Tensor x) {
    check(x != 1, "first");
    Tensor y = 10 / x;
    check(y != 5, "second");
    check(x < 0, "third");
    return y;
  });
  auto message = [&](int x) {
    try {
      f(x);
    } catch (const CheckError &e) {
      return std::string(e.what());
    }
    return std::string("nothing");
  };
  EXPECT_NE(message(1).find("first"), std::string::npos);
  EXPECT_NE(message(0).find("zero"), std::string::npos); // the division's own
  EXPECT_NE(message(2).find("second"), std::string::npos);
  EXPECT_NE(message(3).find("third"), std::string::npos);
  EXPECT_EQ(message(-5), "nothing");
}

// --- variables

TEST(Variables, ReadsAndWritesAreLive) {
  Variable v(Tensor{1.0f, 2.0f}, "v");
  auto f = function([&](Tensor x) {
    Tensor before = v;
    v.assign(before * x);
    v.assign_add(Tensor{10.0f, 20.0f});
    v.assign_sub(1.0f);
    return v + before;
  });
  EXPECT_EQ(floats(f(3.0f)), (std::vector<float>{13, 27}));
  EXPECT_EQ(floats(v.value()), (std::vector<float>{12, 25}));
  v.assign(Tensor{0.0f, 1.0f});
  EXPECT_EQ(floats(f(2.0f)), (std::vector<float>{9, 22}));
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(Variables, ACapturedTensorIsTheValueAtTraceTimeAVariableIsLive) {
  Tensor captured = 100;
  Variable live(100, "live");
  auto f = function([&](Tensor x) { return x + captured * 1000 + live; });
  EXPECT_EQ(as_int(f(1)), 100101);
  captured = 200;
  live.assign(200);
  EXPECT_EQ(as_int(f(1)), 100201);
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(Variables, ALargeCapturedTensorIsHeldByTheFunction) {
  Function<Tensor(Tensor)> f;
  {
    Tensor table = arange(1000) * 2;
    f = function([table](Tensor i) { return table[i] + sum(table); });
    EXPECT_EQ(as_int(f(3)), 6 + 999000);
  }
  EXPECT_EQ(as_int(f(999)), 1998 + 999000);
}

TEST(Variables, WrittenInBranchesAndLoops) {
  Printed printed;
  Variable total(0, "total"), last(-1, "last");
  auto program = [&](Tensor n) {
    for (Tensor i : range(n)) {
      if (i % 3 == 0)
        total.assign_add(i);
      else
        last.assign(i);
      while (total > 10) {
        total.assign_sub(10);
        print(i, total);
      }
    }
    return total * 100 + last;
  };
  EXPECT_EQ(as_int(program(10)), 808);
  std::string eager = printed.take();
  EXPECT_EQ(eager, "9 8\n");
  total.assign(0), last.assign(-1);
  auto f = function(program);
  EXPECT_EQ(as_int(f(10)), 808);
  EXPECT_EQ(printed.take(), eager);
  EXPECT_EQ(total.item<int>(), 8);
  EXPECT_EQ(last.item<int>(), 8);
}

TEST(Variables, WrittenInAConditionOnEveryTest) {
  Variable v(0, "v");
  auto program = [&](Tensor n) {
    Tensor i = 0;
    while (v.assign(v * 10 + i), i < n)
      i += 1;
    return i;
  };
  EXPECT_EQ(as_int(program(5)), 5);
  EXPECT_EQ(v.item<int>(), 12345);
  v.assign(0);
  EXPECT_EQ(as_int(function(program)(5)), 5);
  EXPECT_EQ(v.item<int>(), 12345);
}

TEST(Variables, ReadThenWriteInOneLoopTurn) {
  Variable a(1, "a"), b(1, "b");
  auto f = function([&](Tensor n) {
    for ([[maybe_unused]] Tensor i : range(n)) {
      Tensor next = a + b;
      a.assign(b.value());
      b.assign(next);
    }
  });
  f(10);
  EXPECT_EQ(a.item<int>(), 89);
  EXPECT_EQ(b.item<int>(), 144);
  f(0);
  EXPECT_EQ(b.item<int>(), 144);
}

TEST(Variables, AValueReadBeforeAnAssignmentStaysWhatItWas) {
  Variable v(ones({100}), "v");
  auto f = function([&] {
    Tensor before = v;
    v.assign(v * 2.0f);
    Tensor between = v;
    v.assign(v + before);
    return std::vector<Tensor>{sum(before), sum(between), sum(v)};
  });
  std::vector<Tensor> r = f();
  EXPECT_EQ(r[0].item<float>(), 100);
  EXPECT_EQ(r[1].item<float>(), 200);
  EXPECT_EQ(r[2].item<float>(), 300);
  Tensor outside = v; // a snapshot that later assignments do not reach
  f();
  EXPECT_EQ(outside.to_vector<float>()[0], 3);
  EXPECT_EQ(v.value().to_vector<float>()[99], 9);
}

TEST(Variables, SwapTwoVariables) {
  Variable a(Tensor{1, 2}, "a"), b(Tensor{3, 4}, "b");
  auto f = function([&] {
    Tensor t = a;
    a.assign(b.value());
    b.assign(t);
  });
  f();
  EXPECT_EQ(ints(a.value()), (std::vector<int>{3, 4}));
  EXPECT_EQ(ints(b.value()), (std::vector<int>{1, 2}));
  f();
  EXPECT_EQ(ints(a.value()), (std::vector<int>{1, 2}));
}

TEST(Variables, StringVariables) {
  Variable log("", "log");
  auto f = function([&](Tensor word) {
    if (word != "skip")
      log.assign(log + word + ";");
    return log.value();
  });
  f("one"), f("skip");
  EXPECT_EQ(f("two").item<std::string>(), "one;two;");
  EXPECT_EQ(log.item<std::string>(), "one;two;");
}

TEST(Variables, AFailedCallKeepsWhatWasAssignedBefore) {
  Variable v(0, "v"), w(0, "w");
  auto f = function([&](Tensor n) {
    for (Tensor i : range(n)) {
      v.assign(i);
      check(i != 3, "three");
      w.assign(i);
    }
  });
  EXPECT_THROW(f(10), CheckError);
  EXPECT_EQ(v.item<int>(), 3);
  EXPECT_EQ(w.item<int>(), 2);
  f(2);
  EXPECT_EQ(v.item<int>(), 1);
}

TEST(Variables, AnAssignmentOfAnotherTypeIsAnError) {
  Variable v(zeros({3}), "v");
  EXPECT_THROW(v.assign(Tensor{1, 2, 3}), VariableError);
  EXPECT_THROW(v.assign(zeros({2})), VariableError);
  bool wrong = true;
  auto f = function([&](Tensor x) { wrong ? v.assign(x) : v.assign(ones({3})); });
  EXPECT_THROW(f(zeros({2})), VariableError);
  EXPECT_EQ(f.trace_count(), 0u);
  wrong = false;
  f(zeros({2}));
  EXPECT_EQ(floats(v.value()), (std::vector<float>{1, 1, 1}));
}

TEST(Variables, AsArguments) {
  Variable v(1, "v"), w(10, "w");
  auto f = function([](Variable a, Tensor x) {
    a.assign_add(x);
    return a.value();
  });
  EXPECT_EQ(as_int(f(v, 5)), 6);
  EXPECT_EQ(as_int(f(w, 5)), 15);
  EXPECT_EQ(as_int(f(v, 1)), 7);
  EXPECT_EQ(v.item<int>(), 7);
  EXPECT_EQ(w.item<int>(), 15);
}

} // namespace
