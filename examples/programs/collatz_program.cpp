// The longest Collatz chain, with times for one step.
#include "c_loops.h"
#include "catalogue.h"
#include "collatz.h"

#include <fmt/format.h>

namespace programs {
namespace {

class Collatz final : public Program {
  std::string_view name() const override { return "collatz"; }
  std::string_view summary() const override {
    return "the longest Collatz chain: nested while loops and ifs over scalars";
  }

  void run(const Settings &settings) const override {
    Chain c = weft::function("longest_chain", longest_chain)(settings.limit);
    fmt::print("Below {} the longest chain starts at {} and takes {} steps to 1; all chains together take {}.\n",
               settings.limit, c.start.item<std::int64_t>(), c.length.item<std::int64_t>(),
               c.total.item<std::int64_t>());
  }

  std::vector<Comparison> compare(const Settings &settings) const override {
    auto compiled = weft::function("longest_chain", longest_chain);
    Comparison row{.work = "Collatz, one step"};
    Progress progress("collatz", 3);
    progress.next("eager");
    std::int64_t small = std::min(settings.limit, collatz_eager_limit);
    Chain eager;
    row.eager = best_of([&] { eager = longest_chain(small); }) / steps(eager);
    progress.next("compiled");
    row.first_call = seconds_of([&] { row.same = same_bits(compiled(small), eager); });
    Chain chain;
    row.compiled = best_of([&] { chain = compiled(settings.limit); }) / steps(chain);
    progress.next("plain C++");
    plain::Chain p;
    row.plain_c = best_of([&] { p = plain::longest_chain(settings.limit); }) / steps(chain);
    row.same = row.same && same_bits(chain, Chain{p.start, p.length, p.total});
    return {row};
  }

  std::string ir(weft::Stage stage, const Settings &) const override {
    return weft::function("longest_chain", longest_chain).ir(stage, weft::spec(weft::int64));
  }

private:
  static double steps(const Chain &c) { return std::max<double>(static_cast<double>(c.total.item<std::int64_t>()), 1); }
};

} // namespace

const Program &collatz_program() {
  static const Collatz program;
  return program;
}

} // namespace programs
