// Signatures: what makes two calls the same, and what an entry keeps of one.
#include "lib/function/signature.h"

#include <weft/weft.h>

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <optional>
#include <unordered_map>

namespace weft::detail {
namespace {

constexpr std::source_location nowhere{};

/// The signature of some arguments, as a call takes it.
template <class... A> class Call {
public:
  Call(Openings openings, A... a)
      : args_(std::move(a)...), openings_(std::move(openings)), signature_(openings_.empty() ? nullptr : &openings_, nowhere) {
    std::apply([&](auto &...x) { (walk(x, signature_), ...); }, args_);
  }
  const Signature &signature() const { return signature_; }

private:
  std::tuple<A...> args_;
  Openings openings_;
  Signature signature_;
};

template <class... A> Call<A...> call(A... a) { return {Openings(), std::move(a)...}; }
template <class... A> Call<A...> open_call(Openings o, A... a) { return {std::move(o), std::move(a)...}; }
template <class A, class B> bool same(const A &a, const B &b) {
  bool equal = Key(a.signature()).matches(b.signature());
  EXPECT_EQ(equal, Key(b.signature()).matches(a.signature()));
  if (equal) {
    EXPECT_EQ(a.signature().hash(), b.signature().hash());
  }
  return equal;
}

Tensor zeros_of(DType dtype, Shape shape) {
  return Tensor(make_uninitialized({dtype, shape}, {}));
}

TEST(SignatureTest, TensorsByDtypeAndShapeOnly) {
  EXPECT_TRUE(same(call(Tensor(1)), call(Tensor(2))));
  EXPECT_FALSE(same(call(Tensor(1)), call(Tensor(1.0f))));
  EXPECT_FALSE(same(call(Tensor(1)), call(Tensor{1})));
  EXPECT_TRUE(same(call(Tensor{1, 2}), call(Tensor{5, 6})));
  EXPECT_FALSE(same(call(Tensor{1, 2}), call(Tensor{1, 2, 3})));
  EXPECT_FALSE(same(call(zeros_of(float32, {2, 3})), call(zeros_of(float32, {3, 2}))));
  EXPECT_FALSE(same(call(zeros_of(float32, {6})), call(zeros_of(float32, {6, 1}))));
  EXPECT_TRUE(same(call(Tensor("a")), call(Tensor("another"))));
}

TEST(SignatureTest, NeighboursDoNotRunTogether) {
  EXPECT_FALSE(same(call(zeros_of(int32, {2, 3}), zeros_of(int32, {})), call(zeros_of(int32, {2}), zeros_of(int32, {3}))));
  using Lists = std::pair<std::vector<int>, std::vector<int>>;
  EXPECT_FALSE(same(call(Lists{{1, 2}, {3}}), call(Lists{{1}, {2, 3}})));
  EXPECT_FALSE(same(call(std::pair<std::string, std::string>("ab", "c")), call(std::pair<std::string, std::string>("a", "bc"))));
}

TEST(SignatureTest, WeakNumbersAreNotTensors) {
  EXPECT_FALSE(same(call(Operand(1)), call(Operand(Tensor(1)))));
  EXPECT_TRUE(same(call(Operand(1)), call(Operand(2))));
  EXPECT_FALSE(same(call(Operand(1)), call(Operand(1.0))));
}

enum class Colour : char { Red, Green };

TEST(SignatureTest, HostValuesByTypeAndBits) {
  EXPECT_TRUE(same(call(3), call(3)));
  EXPECT_FALSE(same(call(3), call(4)));
  EXPECT_FALSE(same(call(1), call(true)));
  EXPECT_FALSE(same(call(1), call(1u)));
  EXPECT_FALSE(same(call(1), call(1L)));
  EXPECT_FALSE(same(call(0.0), call(-0.0)));
  EXPECT_TRUE(same(call(std::nan("")), call(std::nan(""))));
  EXPECT_FALSE(same(call(1.0L), call(1.0L + 1e-18L)));
  EXPECT_FALSE(same(call(1e4000L), call(2e4000L))); // beyond double
  EXPECT_FALSE(same(call(1e-4940L), call(2e-4940L)));
  EXPECT_TRUE(same(call(1e4000L), call(1e4000L)));
  EXPECT_FALSE(same(call(Colour::Red), call(Colour::Green)));
  EXPECT_FALSE(same(call(std::string("a")), call(std::string("b"))));
  EXPECT_TRUE(same(call(std::string(100, 'x')), call(std::string(100, 'x'))));
  EXPECT_FALSE(same(call(float32), call(float64)));
  EXPECT_TRUE(same(call(Shape{2, 3}), call(Shape{2, 3})));
  EXPECT_FALSE(same(call(Shape{2, 3}), call(Shape{2})));
}

TEST(SignatureTest, ContainersBySizeAndKeys) {
  using V = std::vector<Tensor>;
  EXPECT_FALSE(same(call(V{1}), call(V{1, 2})));
  EXPECT_FALSE(same(call(V{}), call(V{1})));
  using M = std::map<std::string, Tensor>;
  EXPECT_TRUE(same(call(M{{"a", 1}}), call(M{{"a", 2}})));
  EXPECT_FALSE(same(call(M{{"a", 1}}), call(M{{"b", 1}})));
  using U = std::unordered_map<std::string, Tensor>;
  U forwards, backwards;
  for (int i = 0; i < 50; ++i)
    forwards.emplace(std::to_string(i), i), backwards.emplace(std::to_string(49 - i), 49 - i);
  EXPECT_TRUE(same(call(forwards), call(backwards)));
  EXPECT_FALSE(same(call(std::optional<Tensor>(1)), call(std::optional<Tensor>())));
  EXPECT_FALSE(same(call(std::vector<bool>{true, false}), call(std::vector<bool>{true, true})));
}

/// A host type whose hash says nothing, so that equality decides.
struct Config {
  std::shared_ptr<int> value;
  static inline int alive = 0;
  explicit Config(int v) : value(std::make_shared<int>(v)) { ++alive; }
  Config(const Config &o) : value(o.value) { ++alive; }
  ~Config() { --alive; }
  bool operator==(const Config &o) const { return *value == *o.value; }
};

} // namespace
} // namespace weft::detail

template <> struct std::hash<weft::detail::Config> {
  std::size_t operator()(const weft::detail::Config &) const { return 7; }
};

namespace weft::detail {
namespace {

TEST(SignatureTest, ObjectsByEqualityOnKeptCopies) {
  EXPECT_TRUE(same(call(Config(1)), call(Config(1))));
  EXPECT_FALSE(same(call(Config(1)), call(Config(2))));
  {
    std::optional<Key> kept;
    {
      auto c = call(Config(5));
      kept.emplace(c.signature());
    }
    EXPECT_EQ(Config::alive, 1);
    EXPECT_TRUE(kept->matches(call(Config(5)).signature()));
    EXPECT_FALSE(kept->matches(call(Config(6)).signature()));
  }
  EXPECT_EQ(Config::alive, 0);
}

TEST(SignatureTest, VariablesByIdentity) {
  Variable v(1), w(1), copy = v;
  EXPECT_TRUE(same(call(v), call(copy)));
  EXPECT_FALSE(same(call(v), call(w)));
}

struct Layer : Module {
  Variable w = variable("w", 1);
};

TEST(SignatureTest, ModulesByIdentityThatIsNeverUsedAgain) {
  auto signature_of = [](Layer &m) {
    Signature s(nullptr, nowhere);
    walk(m, s);
    return std::make_unique<Key>(s);
  };
  auto matches = [](const Key &k, Layer &m) {
    Signature s(nullptr, nowhere);
    walk(m, s);
    return k.matches(s);
  };
  alignas(Layer) std::byte place[sizeof(Layer)];
  auto *first = new (place) Layer;
  auto key = signature_of(*first);
  EXPECT_TRUE(matches(*key, *first));
  first->~Layer();
  auto *second = new (place) Layer; // the same address
  EXPECT_FALSE(matches(*key, *second));
  second->~Layer();
}

struct Pair {
  Tensor a;
  int n = 0;
};

} // namespace
} // namespace weft::detail

template <> struct weft::Tree<weft::detail::Pair> {
  static auto fields(auto &p) { return std::tie(p.a, p.n); }
};

namespace weft::detail {
namespace {

TEST(SignatureTest, StructsThroughTree) {
  EXPECT_TRUE(same(call(Pair{1, 2}), call(Pair{3, 2})));
  EXPECT_FALSE(same(call(Pair{1, 2}), call(Pair{1, 3})));
  EXPECT_EQ(call(Pair{1, 2}).signature().leaves().size(), 1u);
}

TEST(SignatureTest, MoreLeavesThanFitInPlace) {
  std::vector<Tensor> many(500, Tensor{{1.0f, 2.0f}});
  auto a = call(many), b = call(many);
  EXPECT_TRUE(same(a, b));
  EXPECT_EQ(a.signature().leaves().size(), 500u);
  many[499] = Tensor(1.0f);
  EXPECT_FALSE(same(a, call(many)));
}

TEST(SignatureTest, OpenDimensionsLetSizesButNotOnePass) {
  Openings first_open(1);
  first_open[0].open(2, 0);
  auto with = [&](std::int64_t n) { return open_call(first_open, zeros_of(float32, {n, 3})); };
  EXPECT_TRUE(same(with(5), with(7)));
  EXPECT_TRUE(same(with(0), with(7)));
  EXPECT_FALSE(same(with(1), with(7)));
  EXPECT_TRUE(same(with(1), call(zeros_of(float32, {1, 3}))));
  EXPECT_EQ(with(5).signature().type(0), (TensorType{float32, {dynamic, 3}}));
  EXPECT_EQ(with(1).signature().type(0), (TensorType{float32, {1, 3}}));
  // Another rank is not touched.
  EXPECT_TRUE(same(open_call(first_open, zeros_of(float32, {5})), call(zeros_of(float32, {5}))));
}

TEST(SignatureTest, DifferencesThatOpeningWouldMend) {
  Key k(call(zeros_of(float32, {5, 3}), 1).signature());
  auto o = k.differing_dimensions(call(zeros_of(float32, {6, 3}), 1).signature());
  ASSERT_TRUE(o);
  ASSERT_EQ(o->size(), 1u);
  Opening first;
  first.open(2, 0);
  EXPECT_EQ((*o)[0], first);
  EXPECT_FALSE(k.differing_dimensions(call(zeros_of(float32, {5, 3}), 1).signature())) << "nothing differs";
  EXPECT_FALSE(k.differing_dimensions(call(zeros_of(float32, {6, 3}), 2).signature())) << "a host value differs too";
  EXPECT_FALSE(k.differing_dimensions(call(zeros_of(int32, {6, 3}), 1).signature())) << "the dtype differs too";
  EXPECT_FALSE(k.differing_dimensions(call(zeros_of(float32, {1, 3}), 1).signature())) << "1 is another signature";
  EXPECT_FALSE(k.differing_dimensions(call(zeros_of(float32, {6}), 1).signature())) << "the rank differs";
}

TEST(SignatureTest, EmptyArgumentsAreErrorsThatNameThem) {
  auto message = [](auto make) -> std::string {
    try {
      make();
      return "nothing thrown";
    } catch (const TraceError &e) {
      return e.what();
    }
  };
  EXPECT_NE(message([] { call(Tensor(1), Tensor()); }).find("empty Tensor"), std::string::npos);
  EXPECT_THROW(call(Variable()), VariableError);
  Tensor moved_from = 1, taken = std::move(moved_from);
  EXPECT_THROW(call(moved_from), TraceError);
}

} // namespace
} // namespace weft::detail
