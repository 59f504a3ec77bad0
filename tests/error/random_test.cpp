// Random numbers asked for wrongly, eager and traced. In these programs n is 4.
#include "tests/error/wrong.h"

using namespace weft;
using namespace weft::test;

namespace {

Tensor key() { return random::key(1); }

// clang-format off: one program, one line, whose number is recorded beside it.
const Wrong wrongs[] = {
    {"KeyOfFloats", a<DTypeError>, __LINE__, {"key", "uint32 (2,)", "float32 (3,)"}, [](Tensor x, Tensor) { return random::bits(x[0]); }},
    {"ASeedForAKey", a<DTypeError>, __LINE__, {"weft::random::key(seed)", "int32 ()"}, [](Tensor, Tensor) { return random::uniform(7, {2}); }},
    {"SeveralKeys", a<ShapeError>, __LINE__, {"(2, 2)", "keys[i]"}, [](Tensor, Tensor) { return random::normal(random::split(key()), {2}); }},
    {"SplitOfNoKey", a<DTypeError>, __LINE__, {"uint32 (2,)"}, [](Tensor, Tensor n) { return random::split(n); }},
    {"SplitIntoNegative", a<ShapeError>, __LINE__, {"-1"}, [](Tensor, Tensor) { return random::split(key(), -1); }},
    {"FoldInOfReals", a<DTypeError>, __LINE__, {"integer", "float32"}, [](Tensor x, Tensor) { return random::fold_in(key(), x); }},
    {"BitsOfSigned", a<DTypeError>, __LINE__, {"uint64", "int32"}, [](Tensor, Tensor) { return random::bits(key(), {2}, int32); }},
    {"BitsOfNegative", a<ShapeError>, __LINE__, {"(2, -3)"}, [](Tensor, Tensor) { return random::bits(key(), {2, -3}); }},
    {"UniformOfNegative", a<ShapeError>, __LINE__, {"random::uniform", "(-3,)"}, [](Tensor, Tensor) { return random::uniform(key(), {-3}); }},
    {"NormalOfNegative", a<ShapeError>, __LINE__, {"random::normal", "(-3,)"}, [](Tensor, Tensor) { return random::normal(key(), {-3}); }},
    {"UniformOfTooMany", a<ShapeError>, __LINE__, {"int64"}, [](Tensor, Tensor) { return random::uniform(key(), {std::int64_t{1} << 40, std::int64_t{1} << 40}); }},
    {"UniformOfIntegers", a<DTypeError>, __LINE__, {"float32 or float64", "int32"}, [](Tensor, Tensor) { return random::uniform(key(), {2}, 0, 9, int32); }},
    {"UniformOfHalves", a<DTypeError>, __LINE__, {"float16", "cast"}, [](Tensor, Tensor) { return random::uniform(key(), {2}, 0, 9, float16); }},
    {"UniformOfNothing", a<CheckError>, __LINE__, {"lo must be below hi", "[2, 2)"}, [](Tensor, Tensor) { return random::uniform(key(), {2}, 2, 2); }},
    {"UniformOfTooMuch", a<CheckError>, __LINE__, {"finite"}, [](Tensor, Tensor) { return random::uniform(key(), {2}, -3e38, 3e38); }},
    {"UniformFromIntegers", a<DTypeError>, __LINE__, {"random::uniform: lo", "int32", "weft::cast(x, weft::float32)"}, [](Tensor, Tensor n) { return random::uniform(key(), {3}, n, 9); }},
    {"UniformOfAnotherShape", a<ShapeError>, __LINE__, {"(2, 3)", "(4,)"}, [](Tensor x, Tensor) { return random::uniform(key(), {4}, x, 9); }},
    {"NormalWithAnotherDtype", a<DTypeError>, __LINE__, {"random::normal: stddev", "float32"}, [](Tensor x, Tensor) { return random::normal(key(), {3}, 0, x[0], float64); }},
    {"BernoulliOfTwo", a<CheckError>, __LINE__, {"probability", "2"}, [](Tensor, Tensor) { return random::bernoulli(key(), {3}, 2.0); }},
    {"BernoulliOfIntegers", a<DTypeError>, __LINE__, {"int32"}, [](Tensor, Tensor n) { return random::bernoulli(key(), {3}, n); }},
    {"RandintOfReals", a<DTypeError>, __LINE__, {"integers", "float32"}, [](Tensor, Tensor) { return random::randint(key(), {3}, 0, 9, float32); }},
    {"RandintOfNothing", a<CheckError>, __LINE__, {"lo must be below hi", "[6, 6)"}, [](Tensor, Tensor) { return random::randint(key(), {3}, 6, 6); }},
    {"RandintBeyondItsDtype", a<CheckError>, __LINE__, {"uint8", "[0, 257)"}, [](Tensor, Tensor) { return random::randint(key(), {3}, 0, 257, uint8); }},
    {"RandintBelowItsDtype", a<CheckError>, __LINE__, {"uint8", "[-1, 5)"}, [](Tensor, Tensor) { return random::randint(key(), {3}, -1, 5, uint8); }},
    {"RandintToAnotherDtype", a<DTypeError>, __LINE__, {"random::randint: hi", "int32", "int64"}, [](Tensor, Tensor n) { return random::randint(key(), {3}, 0, n, int64); }},
    {"RandintToReals", a<DTypeError>, __LINE__, {"random::randint: hi", "float32"}, [](Tensor x, Tensor) { return random::randint(key(), {3}, 0, x[0]); }},
    {"PermutationOfNegative", a<ShapeError>, __LINE__, {"-1"}, [](Tensor, Tensor) { return random::permutation(key(), -1); }},
    {"PermutationOfAScalar", a<ShapeError>, __LINE__, {"random::permutation of float32 ()"}, [](Tensor x, Tensor) { return random::permutation(key(), x[0][0]); }},
    {"CategoricalOfIntegers", a<DTypeError>, __LINE__, {"int32"}, [](Tensor, Tensor) { return random::categorical(key(), Tensor{1, 2}); }},
    {"CategoricalOfNothing", a<ShapeError>, __LINE__, {"nothing to choose from"}, [](Tensor x, Tensor) { return random::categorical(key(), x(ellipsis, slice(0))); }},
    {"CategoricalOfAScalar", a<ShapeError>, __LINE__, {"nothing to choose from"}, [](Tensor x, Tensor) { return random::categorical(key(), x[0][0]); }},
};

// What only a run can find.
const Wrong wrong_values[] = {
    {"UniformBetweenTensors", a<CheckError>, __LINE__, {"lo must be below hi"}, [](Tensor x, Tensor) { return random::uniform(key(), {3}, x[0], x[0]); }},
    {"BernoulliOfATensor", a<CheckError>, __LINE__, {"probability"}, [](Tensor x, Tensor) { return random::bernoulli(key(), {3}, x[0]); }},
    {"RandintToTensors", a<CheckError>, __LINE__, {"lo must be below hi"}, [](Tensor, Tensor n) { return random::randint(key(), {3}, 4, n); }},
};
// clang-format on

class Random : public testing::TestWithParam<Wrong> {};
TEST_P(Random, Eager) { expect_wrong_when_eager(GetParam(), __FILE__); }
TEST_P(Random, Traced) { expect_wrong_when_traced(GetParam(), __FILE__); }
INSTANTIATE_TEST_SUITE_P(Errors, Random, testing::ValuesIn(wrongs), [](const auto &info) { return std::string(info.param.name); });

class RandomValues : public testing::TestWithParam<Wrong> {};
TEST_P(RandomValues, Eager) { expect_wrong_when_eager(GetParam(), __FILE__); }
TEST_P(RandomValues, Traced) { expect_wrong_when_traced(GetParam(), __FILE__, 2); }
INSTANTIATE_TEST_SUITE_P(Errors, RandomValues, testing::ValuesIn(wrong_values), [](const auto &info) { return std::string(info.param.name); });

TEST(RandomGenerator, IsMadeFromASeedOrAKey) {
  EXPECT_ERROR(DTypeError, random::Generator(Operand(Tensor{1, 2})), "uint32 (2,)");
  EXPECT_ERROR(DTypeError, random::Generator(Operand(random::split(key()))), "uint32 (2, 2)");
}

TEST(RandomGenerator, IsNotMadeByATrace) {
  auto f = function([](Tensor x) { return x + random::Generator(3).uniform(); });
  EXPECT_THROW(f(1.0f), VariableError);
}

} // namespace
