// Module: members, their order and names.
#include "tests/unit/fake_tracer.h"

#include <weft/weft.h>

#include <gtest/gtest.h>

namespace weft {
namespace {

static_assert(!std::is_copy_constructible_v<Module> && std::is_move_constructible_v<Module> &&
              std::is_move_assignable_v<Module>);

struct Dense : Module {
  Variable w, b;
  explicit Dense(float value) : w(variable("w", Tensor{value, value})), b(variable("b", value)) {}
};
struct Net : Module {
  Variable scale = variable("scale", 1.f);
  std::shared_ptr<Dense> first = module<Dense>("first", 2.f);
  ModuleList<Dense> layers = modules<Dense>("layers");
  Variable shift = variable("shift", 0.f);
  explicit Net(int n) {
    for (int i = 0; i < n; ++i)
      layers.emplace_back(static_cast<float>(i));
  }
};

std::vector<std::string> names(const Module &m) {
  std::vector<std::string> all;
  for (const auto &[name, variable] : m.named_variables())
    all.push_back(name);
  return all;
}

TEST(ModuleTest, ListsVariablesInOrderOfConstruction) {
  Net net(2);
  EXPECT_EQ(names(net), (std::vector<std::string>{"scale", "first.w", "first.b", "layers.0.w", "layers.0.b",
                                                  "layers.1.w", "layers.1.b", "shift"}));
  std::vector<Variable> variables = net.variables();
  ASSERT_EQ(variables.size(), 8u);
  EXPECT_EQ(variables[0].state(), net.scale.state());
  EXPECT_EQ(variables[2].state(), net.first->b.state());
  EXPECT_EQ(variables[5].state(), net.layers[1].w.state());
  EXPECT_EQ(variables[7].state(), net.shift.state());
  EXPECT_EQ(net.named_variables()[5].second.state(), net.layers[1].w.state());
  EXPECT_EQ(net.first->w.name(), "w");
}

TEST(ModuleTest, SubmodulesDepthFirst) {
  Net net(2);
  std::vector<const Module *> below = net.submodules();
  ASSERT_EQ(below.size(), 4u); // first, the list, its two modules
  EXPECT_EQ(below[0], net.first.get());
  EXPECT_EQ(below[2], &net.layers[0]);
  EXPECT_EQ(below[3], &net.layers[1]);
  struct Outer : Module {
    std::shared_ptr<Net> inner = module<Net>("inner", 1);
    std::shared_ptr<Dense> last = module<Dense>("last", 0.f);
  } outer;
  below = outer.submodules();
  ASSERT_EQ(below.size(), 5u);
  EXPECT_EQ(below[0], outer.inner.get());
  EXPECT_EQ(below[1], outer.inner->first.get());
  EXPECT_EQ(below[4], outer.last.get());
  EXPECT_EQ(names(outer)[1], "inner.first.w");
}

TEST(ModuleTest, ListsAreRanges) {
  Net net(3);
  EXPECT_EQ(net.layers.size(), 3u);
  float sum = 0;
  for (const auto &layer : net.layers)
    sum += layer->b.item<float>();
  EXPECT_EQ(sum, 3.f);
  net.layers.emplace_back(5.f);
  EXPECT_EQ(names(net)[9], "layers.3.w");
}

TEST(ModuleTest, AnEmptyModuleHasNothing) {
  Module m;
  EXPECT_TRUE(m.variables().empty());
  EXPECT_TRUE(m.submodules().empty());
}

TEST(ModuleTest, MembersAreShared) {
  Net net(1);
  net.variables()[0].assign(9);
  EXPECT_EQ(net.scale.item<float>(), 9.f);
}

TEST(ModuleTest, MovesTakeTheMembersAndNoIdentity) {
  Net a(1);
  std::uint64_t was = a.identity();
  Net b = std::move(a);
  EXPECT_EQ(names(b).size(), 6u);
  EXPECT_TRUE(a.variables().empty()); // NOLINT(bugprone-use-after-move)
  EXPECT_NE(b.identity(), was);
  EXPECT_NE(a.identity(), was); // it has other members now
  EXPECT_NE(a.identity(), b.identity());
  Net c(0);
  std::uint64_t before = c.identity();
  c = std::move(b);
  EXPECT_EQ(names(c).size(), 6u);
  EXPECT_NE(c.identity(), before);
  EXPECT_EQ(c.layers[0].w.shape(), Shape(2));
}

struct Faulty : Module {
  explicit Faulty(const std::string &name) {
    variable("w", 1);
    variable(name, 2);
  }
};
TEST(ModuleTest, NamesAreUniqueAndPlain) {
  for (const char *name : {"w", "", "a.b"}) {
    try {
      Faulty faulty{name};
      ADD_FAILURE() << name;
    } catch (const VariableError &e) {
      EXPECT_NE(std::string(e.what()).find(std::string("'") + name + "'"), std::string::npos) << e.what();
    }
  }
}

TEST(ModuleTest, VariablesOfAModuleAreNotMadeWhileTracing) {
  detail::FakeTracer tracer;
  try {
    Net net(0);
    FAIL() << "made";
  } catch (const VariableError &e) {
    EXPECT_NE(std::string(e.what()).find("'scale'"), std::string::npos) << e.what();
    EXPECT_NE(std::string(e.where().file).find("module_test.cpp"), std::string::npos) << e.where().file;
  }
}

} // namespace
} // namespace weft
