// Random programs as data: typed expressions and statements over numbered locals and Variables. They are made by
// generate.cpp, run through the public API by evaluate.cpp, written as C++ by text.cpp and made smaller by shrink.cpp.
#pragma once
#include <weft/weft.h>

#include <random>
#include <string>
#include <vector>

namespace weft::fuzz {

struct Type {
  DType dtype = float32;
  Shape shape;
  friend bool operator==(const Type &, const Type &) = default;
};

struct Expr {
  enum Kind {
    Local,     // locals[index]
    Variable,  // variables[index]
    Constant,  // `number` (or `word`) in every element
    Unary,     // unaries[index]
    Binary,    // binaries[index]
    Literal,   // binaries[index] of args[0] and the C++ number `number`
    Where,
    Cast,      // to type.dtype
    Reduce,    // reductions[index] over `numbers`; over all axes if empty; keepdims if `number` is 1
    Row,       // args[0][numbers[0]]
    RowAt,     // args[0][args[1]], an int32 that may be out of range
    Reversed,  // the first dimension backwards
    Slice,     // args[0](slice(numbers[0], numbers[1], numbers[2]))
    Transpose, // of two dimensions
    Reshape,   // to type.shape
    Broadcast, // to type.shape
    Stack,     // of args
    Concat,    // of args
    SetRow     // set(args[0], args[1], numbers[0])
  };
  Kind kind = Constant;
  Type type;
  int index = 0;
  double number = 0;
  std::string word;
  std::vector<int> numbers;
  std::vector<Expr> args;
};

struct Statement {
  enum Kind {
    Assign, // locals[index] = exprs[0]
    Swap,   // locals[index], locals[other]
    Store,  // variables[index].assign(exprs[0]); assign_add if other is 1
    Print,  // exprs
    Check,  // exprs[0]
    If,     // exprs[0], bodies[0], bodies[1]
    While,  // exprs[0] and at most `other` turns
    For,    // locals[index] over range(exprs...), each bounded
    Rows    // locals[index] over the rows of exprs[0]
  };
  Kind kind = Assign;
  int index = 0, other = 0;
  std::vector<Expr> exprs;
  std::vector<std::vector<Statement>> bodies;
};

struct Program {
  std::vector<Type> locals, variables;
  std::vector<std::vector<double>> initial; // of each local: the arguments, or a row's for each row
  std::vector<Statement> statements;
};

/// A class of dtypes, as letters: b bool, i integers, f floats, s strings.
struct Operator {
  const char *text; // in C++, with $0 and $1
  const char *classes;
  bool comparison; // the result is bool
  Tensor (*apply)(const Operand &, const Operand &);
};
struct Function1 {
  const char *name, *classes;
  Tensor (*apply)(const Operand &);
};
struct Reduction {
  const char *name, *classes;
  Tensor (*apply)(const Operand &, const Axis &, bool);
};
extern const std::vector<Operator> binaries;
extern const std::vector<Function1> unaries;
extern const std::vector<Reduction> reductions;
char class_of(DType d);

enum class Kind {
  Graph,   // only assignments
  Program, // all statements
  Row      // of numbers, without effects: a function for weft::map, with `rows` numbers for each local
};
inline constexpr int rows = 70;
Program generate(std::uint64_t seed, Kind kind);

std::vector<Tensor> arguments(const Program &p);
std::vector<weft::Variable> make_variables(const Program &p);
/// Runs the program over these locals; gives the locals at its end.
std::vector<Tensor> run(const Program &p, std::vector<Tensor> locals, const std::vector<weft::Variable> &variables);

std::string text(const Program &p);

/// The k-th way to make the program smaller; false when there are fewer.
bool shrink(Program &p, int k);

} // namespace weft::fuzz
