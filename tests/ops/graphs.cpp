// See graphs.h. The generator knows each value's dtype and shape, so every node it makes is right for every seed.
#include "tests/ops/graphs.h"

#include <weft/ops.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>

namespace weft::test {

std::vector<Tensor> Graph::run(std::span<const Tensor> given) const {
  std::vector<Tensor> values(given.begin(), given.end());
  for (std::size_t k = inputs.size(); k < nodes.size(); ++k) {
    std::vector<Tensor> operands;
    for (std::size_t o : nodes[k].operands)
      operands.push_back(values[o]);
    values.push_back(nodes[k].call(operands));
  }
  return values;
}

std::vector<std::size_t> Graph::cone(std::size_t k) const {
  std::set<std::size_t> needed{k};
  for (auto it = needed.rbegin(); it != needed.rend(); ++it)
    needed.insert(nodes[*it].operands.begin(), nodes[*it].operands.end());
  return {needed.begin(), needed.end()};
}

std::vector<std::size_t> Graph::sinks() const {
  std::set<std::size_t> used, result;
  for (const Node &n : nodes)
    used.insert(n.operands.begin(), n.operands.end());
  for (std::size_t k = inputs.size(); k < nodes.size(); ++k)
    if (!used.count(k))
      result.insert(k);
  return {result.begin(), result.end()};
}

std::string Graph::python(std::size_t k) const {
  std::string text = "(";
  for (std::size_t n : cone(k))
    text += fmt::format("n{} := {}, ", n, nodes[n].numpy);
  return text + ")[-1]";
}

namespace {

const std::vector<DType> kinds{int32, int64, uint8, float32, float64, boolean};

class Generator {
public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  Graph make() {
    Shape base = shape();
    const char *names[] = {"x", "y", "z"};
    for (unsigned k = 0; k < 3; ++k) {
      DType d = kinds[below(kinds.size())];
      Shape s = k == 0 || chance(60) ? base : k == 1 ? last(base) : Shape();
      graph_.inputs.push_back(chance(20) && s.elements() ? special(d, s) : plain(d, s, random_()));
      graph_.nodes.push_back({names[k], {}, {}, d, s});
    }
    for (std::size_t n = 4 + below(10); n > 0; --n)
      grow();
    return std::move(graph_);
  }

private:
  std::mt19937 random_;
  Graph graph_;

  std::size_t below(std::size_t n) { return random_() % n; }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  Shape shape() {
    const Shape shapes[] = {{4}, {7}, {3, 5}, {2, 3, 4}, {1, 6}, {5, 1}, {}, {70}, {0, 3}};
    return shapes[below(std::size(shapes))];
  }
  static Shape last(const Shape &s) { return s.rank() ? Shape(s[-1]) : Shape(); }
  Array special(DType d, const Shape &s) {
    std::vector<long double> all = specials(d), values;
    for (std::int64_t i = 0; i < s.elements(); ++i)
      values.push_back(all[below(all.size())]);
    return numbers(d, s, values);
  }

  const Node &node(std::size_t k) const { return graph_.nodes[k]; }
  template <class P> std::optional<std::size_t> some(P wanted) {
    std::vector<std::size_t> fit;
    for (std::size_t k = 0; k < graph_.nodes.size(); ++k)
      if (wanted(node(k)))
        fit.push_back(k);
    if (fit.empty())
      return std::nullopt;
    // Late nodes make deep graphs.
    return fit[std::max(below(fit.size()), below(fit.size()))];
  }
  static bool is_float(const Node &n) { return is_floating(n.dtype); }
  static bool is_num(const Node &n) { return is_number(n.dtype); }

  void add(std::string numpy, std::vector<std::size_t> operands, auto call, DType d, Shape s, bool smooth = false) {
    for (std::size_t o : operands)
      smooth |= node(o).smooth;
    graph_.nodes.push_back(
        {fmt::format("np.asarray({}, '{}')", numpy, name(d)), std::move(operands), call, d, s, smooth});
  }

  void grow() {
    switch (below(12)) {
    case 0:
    case 1:
    case 2:
      return binary();
    case 3:
      return unary();
    case 4:
      return comparison();
    case 5:
      return choice();
    case 6:
      return reduction();
    case 7:
      return movement();
    case 8:
      return conversion();
    case 9:
      return join();
    case 10:
      return routine();
    default:
      return smooth();
    }
  }

  static std::optional<Shape> joint(const Shape &a, const Shape &b) {
    Shape s;
    int rank = std::max(a.rank(), b.rank());
    for (int d = -rank; d < 0; ++d) {
      std::int64_t m = -d > a.rank() ? 1 : a[d], n = -d > b.rank() ? 1 : b[d];
      if (m != n && m != 1 && n != 1)
        return std::nullopt;
      s.push_back(m == 1 ? n : m);
    }
    return s;
  }
  /// Another value of the same dtype whose shape broadcasts with that of k.
  std::size_t partner(std::size_t k) {
    return *some([&](const Node &n) { return n.dtype == node(k).dtype && joint(n.shape, node(k).shape); });
  }

  void binary() {
    auto a = some(is_num);
    if (!a)
      return;
    std::size_t b = partner(*a);
    DType d = node(*a).dtype;
    Shape s = *joint(node(*a).shape, node(b).shape);
    struct Choice {
      const char *numpy;
      Tensor (*call)(const Operand &, const Operand &);
    };
    const Choice any[] = {{"n{} + n{}", weft::add},
                          {"n{} - n{}", weft::subtract},
                          {"n{} * n{}", weft::multiply},
                          {"maximum(n{}, n{})", weft::maximum},
                          {"minimum(n{}, n{})", weft::minimum}};
    const Choice integers_only[] = {
        {"n{} & n{}", weft::bitwise_and}, {"n{} ^ n{}", weft::bitwise_xor}, {"shift_left(n{0}, n{1} & 7)", nullptr}};
    const Choice floats_only[] = {{"np.divide(n{}, n{})", weft::divide}, {"np.copysign(n{}, n{})", weft::copysign}};
    Choice c = chance(65) ? any[below(5)] : is_floating(d) ? floats_only[below(2)] : integers_only[below(3)];
    auto call = [c](std::span<const Tensor> v) {
      return c.call ? c.call(v[0], v[1]) : weft::bitwise_left_shift(v[0], weft::bitwise_and(v[1], 7));
    };
    add(fmt::format(fmt::runtime(c.numpy), *a, b), {*a, b}, call, d, s);
  }

  void unary() {
    auto a = some(is_num);
    if (!a)
      return;
    struct Choice {
      const char *numpy;
      Tensor (*call)(const Operand &);
    };
    const Choice any[] = {{"-n{}", weft::negative}, {"np.abs(n{})", weft::abs}, {"np.square(n{})", weft::square}};
    const Choice floats_only[] = {
        {"np.sqrt(np.abs(n{}))", nullptr}, {"np.floor(n{})", weft::floor}, {"np.trunc(n{})", weft::trunc}};
    Choice c = is_float(node(*a)) && chance(50) ? floats_only[below(3)] : any[below(3)];
    auto call = [c](std::span<const Tensor> v) { return c.call ? c.call(v[0]) : weft::sqrt(weft::abs(v[0])); };
    add(fmt::format(fmt::runtime(c.numpy), *a), {*a}, call, node(*a).dtype, node(*a).shape);
  }

  void comparison() {
    auto a = some(is_num);
    if (!a)
      return;
    std::size_t b = partner(*a);
    bool less = chance(50);
    add(
        fmt::format("n{} {} n{}", *a, less ? "<" : "==", b), {*a, b},
        [less](std::span<const Tensor> v) { return less ? v[0] < v[1] : v[0] == v[1]; }, boolean,
        *joint(node(*a).shape, node(b).shape));
  }

  void choice() {
    auto c = some([](const Node &n) { return n.dtype == boolean; });
    if (!c)
      return;
    auto a = some([&](const Node &n) { return joint(n.shape, node(*c).shape).has_value(); });
    Shape with = *joint(node(*a).shape, node(*c).shape);
    auto b = some([&](const Node &n) { return n.dtype == node(*a).dtype && joint(n.shape, with); });
    if (!b)
      return;
    add(
        fmt::format("np.where(n{}, n{}, n{})", *c, *a, *b), {*c, *a, *b},
        [](std::span<const Tensor> v) { return weft::where(v[0], v[1], v[2]); }, node(*a).dtype,
        *joint(with, node(*b).shape));
  }

  void reduction() {
    auto a = some([](const Node &n) { return n.shape.rank() > 0 && n.shape.elements() > 0; });
    if (!a)
      return;
    DType d = node(*a).dtype;
    int axis = static_cast<int>(below(static_cast<std::size_t>(node(*a).shape.rank())));
    bool keep = chance(50);
    std::size_t kind = below(d == boolean ? 3 : 4);
    const char *names[] = {"reduce_sum", "reduce_any", "reduce_prod", "reduce_max"};
    Shape s;
    for (int k = 0; k < node(*a).shape.rank(); ++k)
      if (k != axis)
        s.push_back(node(*a).shape[k]);
      else if (keep)
        s.push_back(1);
    bool narrow = d == boolean || d == uint8;
    DType result = kind == 1 ? boolean : kind == 3 ? d : narrow ? int32 : d;
    add(
        fmt::format("{}(n{}, {}, {})", names[kind], *a, axis, keep ? "True" : "False"), {*a},
        [=](std::span<const Tensor> v) {
          return kind == 0   ? weft::sum(v[0], axis, keep)
                 : kind == 1 ? weft::any(v[0], axis, keep)
                 : kind == 2 ? weft::prod(v[0], axis, keep)
                             : weft::max(v[0], axis, keep);
        },
        result, s);
  }

  void movement() {
    auto a = some([](const Node &n) { return n.shape.rank() > 0; });
    if (!a)
      return;
    const Shape s = node(*a).shape;
    DType d = node(*a).dtype;
    std::size_t k = *a;
    switch (below(5)) {
    case 0:
      return add(
          fmt::format("n{}.reshape(-1)", k), {k}, [](auto v) { return weft::reshape(v[0], {-1}); }, d, s.elements());
    case 1: {
      Shape turned, axes;
      for (int i = s.rank() - 1; i >= 0; --i)
        turned.push_back(s[i]), axes.push_back(i);
      return add(
          fmt::format("n{}.transpose()", k), {k}, [axes](auto v) { return weft::permute_dims(v[0], axes); }, d, turned);
    }
    case 2: {
      Shape part = s;
      part[0] = (s[0] + 1) / 2;
      return add(fmt::format("n{}[::2]", k), {k}, [](auto v) { return v[0](slice(none, none, 2)); }, d, part);
    }
    case 3:
      return add(fmt::format("np.flip(n{}, -1)", k), {k}, [](auto v) { return weft::flip(v[0], -1); }, d, s);
    default:
      if (s.rank() == Shape::max_rank)
        return;
      Shape wider(1);
      for (std::int64_t n : s)
        wider.push_back(n);
      return add(
          fmt::format("np.expand_dims(n{}, 0)", k), {k}, [](auto v) { return weft::expand_dims(v[0], 0); }, d, wider);
    }
  }

  void conversion() {
    std::size_t a = *some([](const Node &) { return true; });
    DType to = kinds[below(kinds.size())];
    add(
        fmt::format("cast(n{}, '{}')", a, name(to)), {a},
        [to](std::span<const Tensor> v) { return weft::cast(v[0], to); }, to, node(a).shape);
  }

  void join() {
    auto a = some([](const Node &n) { return n.shape.rank() > 0 && n.shape.elements() < 1000; });
    if (!a)
      return;
    auto b = some([&](const Node &n) {
      bool same = n.dtype == node(*a).dtype && n.shape.rank() == node(*a).shape.rank() && n.shape.elements() < 1000;
      for (int d = 1; same && d < n.shape.rank(); ++d)
        same = n.shape[d] == node(*a).shape[d];
      return same;
    });
    Shape s = node(*a).shape;
    s[0] += node(*b).shape[0];
    add(
        fmt::format("np.concatenate([n{}, n{}])", *a, *b), {*a, *b},
        [](std::span<const Tensor> v) { return weft::concat({v[0], v[1]}); }, node(*a).dtype, s);
  }

  void routine() {
    auto a = some([](const Node &n) { return n.shape.rank() > 0 && n.shape.elements() > 0; });
    if (!a)
      return;
    std::size_t k = *a;
    const Shape s = node(k).shape;
    DType d = node(k).dtype;
    bool narrow = d == boolean || d == uint8;
    switch (below(4)) {
    case 0:
      return add(fmt::format("np.sort(n{}, -1, kind='stable')", k), {k}, [](auto v) { return weft::sort(v[0]); }, d, s);
    case 1:
      return add(
          fmt::format("np.argsort(n{}, -1, kind='stable')", k), {k}, [](auto v) { return weft::argsort(v[0]); }, int64,
          s);
    case 2:
      return add(
          fmt::format("np.cumsum(accumulator(n{}), -1)", k), {k}, [](auto v) { return weft::cumulative_sum(v[0]); },
          narrow ? int32 : d, s);
    default: {
      Shape part = s;
      part[0] = 3;
      return add(
          fmt::format("np.take(n{}, [0, -1, 0], 0)", k), {k},
          [](auto v) { return weft::take(v[0], Tensor{0, -1, 0}, 0); }, d, part);
    }
    }
  }

  void smooth() {
    auto a = some(is_float);
    if (!a || !chance(25))
      return binary();
    struct Choice {
      const char *numpy;
      Tensor (*call)(const Operand &);
    };
    const Choice all[] = {{"np.exp(n{})", weft::exp},
                          {"np.tanh(n{})", weft::tanh},
                          {"np.log(n{})", weft::log},
                          {"np.sin(n{})", weft::sin}};
    Choice c = all[below(4)];
    add(
        fmt::format(fmt::runtime(c.numpy), *a), {*a}, [c](std::span<const Tensor> v) { return c.call(v[0]); },
        node(*a).dtype, node(*a).shape, true);
  }
};

} // namespace

Graph random_graph(std::uint32_t seed) { return Generator(seed).make(); }

} // namespace weft::test
