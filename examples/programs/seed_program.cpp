// The seed's program run three times: over strings, over other strings, over ints.
#include "catalogue.h"
#include "seed.h"

#include <fmt/format.h>

#include <iostream>

namespace programs {
namespace {

class Seed final : public Program {
  std::string_view name() const override { return "seed"; }
  std::string_view summary() const override { return "myadd: a traced loop that prints, over strings and ints"; }

  void run(const Settings &) const override {
    auto myadd = weft::function("myadd", programs::myadd);
    fmt::print("myadd is wrapped; nothing has run.\n");
    auto show = [&](const char *call, const weft::Tensor &a, const weft::Tensor &b) {
      fmt::print("> {}\n", call);
      weft::Tensor c = myadd(a, b);
      std::cout << c << std::endl;
    };
    show(R"(myadd("hello", "world"))", "hello", "world");
    show(R"(myadd("good", "morning"))", "good", "morning");
    show("myadd(1, 2)", 1, 2);
    fmt::print("Traces: {}\n", myadd.trace_count());
    for (const weft::TraceRecord &t : myadd.traces())
      fmt::print("  {}: {}\n", t.signature, t.reason);
  }

  std::vector<Comparison> compare(const Settings &) const override {
    // Of myadd only the sum: what it prints would be timed, and seen, too.
    auto add = [](weft::Tensor a, weft::Tensor b) { return a + b; };
    Progress progress("seed", 2);
    progress.next("a + b over int32");
    Comparison ints = programs::compare("a + b, int32", add, weft::Tensor(1), weft::Tensor(2));
    progress.next("a + b over strings");
    return {ints, programs::compare("a + b, string", add, weft::Tensor("hello"), weft::Tensor("world"))};
  }

  std::string ir(weft::Stage stage, const Settings &) const override {
    return weft::function("myadd", programs::myadd).ir(stage, weft::spec(weft::int32), weft::spec(weft::int32));
  }
};

} // namespace

const Program &seed_program() {
  static const Seed program;
  return program;
}

} // namespace programs
