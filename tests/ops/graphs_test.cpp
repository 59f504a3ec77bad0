// Random expression graphs: eager equals compiled bit for bit, and both equal NumPy where it rounds as IEEE 754 says. A
// graph that fails is cut down to its first wrong node. WEFT_GRAPHS is how many graphs each of the eight tests makes
// (250).
#include "tests/ops/graphs.h"

#include <weft/effects.h>
#include <weft/function.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace weft::test {
namespace {

std::vector<Tensor> tensors(const Graph &g) {
  std::vector<Tensor> v;
  for (const Array &a : g.inputs)
    v.push_back(tensor(a));
  return v;
}

/// "" where both are the same.
std::string difference(const Array &got, const Array &expected) {
  if (got.dtype != expected.dtype || !(got.shape == expected.shape))
    return fmt::format("{} {} instead of {} {}", name(got.dtype), to_string(got.shape), name(expected.dtype),
                       to_string(expected.shape));
  for (std::int64_t i = 0; i < got.elements(); ++i)
    if (!same_element(got, expected, i))
      return fmt::format("element {} is {} instead of {}", i, element_text(got, i), element_text(expected, i));
  return "";
}

std::vector<Tensor> compiled(const Graph &g, const std::vector<std::size_t> &outputs) {
  auto f = function("graph", [&](std::vector<Tensor> inputs) {
    std::vector<Tensor> all = g.run(inputs), wanted;
    for (std::size_t k : outputs)
      wanted.push_back(all[k]);
    return wanted;
  });
  return f(tensors(g));
}

/// What is wrong with the nodes `outputs`, compiled together; "" if nothing.
std::string fault(const Graph &g, const std::vector<std::size_t> &outputs, std::span<const Expected> expected) {
  try {
    std::vector<Tensor> eager = g.run(tensors(g)), code = compiled(g, outputs);
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      Array e = array(eager[outputs[k]]);
      if (std::string d = difference(array(code[k]), e); !d.empty())
        return fmt::format("n{} compiled, against eager: {}", outputs[k], d);
      if (std::string d = g.nodes[outputs[k]].smooth ? "" : difference(e, expected[k].value); !d.empty())
        return fmt::format("n{} against NumPy: {}", outputs[k], d);
    }
    return "";
  } catch (const Error &e) {
    return e.what();
  }
}

/// The first node that is wrong on its own, as a program.
std::string shrunk(const Graph &g) {
  for (std::size_t k = g.inputs.size(); k < g.nodes.size(); ++k) {
    std::vector<Expected> expected = ask_numpy({{g.python(k), &g.inputs}});
    std::string why = fault(g, {k}, expected);
    if (why.empty())
      continue;
    std::string text = why + "\n";
    for (std::size_t n : g.cone(k))
      text += fmt::format("  n{} = {}   # {} {}\n", n, g.nodes[n].numpy, name(g.nodes[n].dtype),
                          to_string(g.nodes[n].shape));
    for (std::size_t i = 0; i < g.inputs.size(); ++i)
      for (std::int64_t e = 0; e < std::min<std::int64_t>(g.inputs[i].elements(), 12); ++e)
        text += fmt::format("  {}[{}] = {}\n", "xyz"[i], e, element_text(g.inputs[i], e));
    return text;
  }
  return "only the whole graph is wrong, none of its nodes alone";
}

class RandomGraphs : public testing::TestWithParam<unsigned> {};

TEST_P(RandomGraphs, AreTheSameEagerCompiledAndInNumPy) {
  set_warning_sink([](std::string_view) {}); // one line calls every operation
  const char *wanted = std::getenv("WEFT_GRAPHS");
  std::size_t count = wanted ? std::strtoul(wanted, nullptr, 10) : 250;
  std::vector<Graph> graphs;
  for (std::size_t k = 0; k < count; ++k)
    graphs.push_back(random_graph(static_cast<std::uint32_t>(GetParam() * 1'000'000 + k)));
  std::vector<Question> questions;
  for (const Graph &g : graphs)
    for (std::size_t k : g.sinks())
      questions.push_back({g.python(k), &g.inputs});
  std::vector<Expected> expected = ask_numpy(questions);
  std::span<const Expected> rest(expected);
  int failures = 0;
  for (std::size_t k = 0; k < count && failures < 3; ++k) {
    std::vector<std::size_t> sinks = graphs[k].sinks();
    std::string why = fault(graphs[k], sinks, rest.first(sinks.size()));
    rest = rest.subspan(sinks.size());
    if (!why.empty() && ++failures)
      ADD_FAILURE() << "seed " << GetParam() * 1'000'000 + k << ": " << why << "\nshrunk: " << shrunk(graphs[k]);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomGraphs, testing::Range(0u, 8u));

} // namespace
} // namespace weft::test
