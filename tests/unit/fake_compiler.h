// A compiler without LLVM for the unit tests of lib/function and lib/eager: traces become a list of operations, "code" is an
// interpreter over doubles and strings. It counts what it is asked for, can be told to fail or to wait, and its code can be
// watched being unmapped.
#pragma once
#include "lib/function/compiler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace weft::testing {

struct FakeNode {
  enum class Kind { Input, Constant, Op, Read, Assign, Print, Check } kind = Kind::Op;
  detail::OpId op{};
  std::vector<int> operands;
  detail::TensorType type;
  std::vector<detail::Attr> attrs;
  std::vector<std::string> texts; // keeps the attributes' names and a check's message
  detail::ValueRef constant;
  int input = -1, variable = -1;
};

struct FakeProgram {
  std::vector<FakeNode> nodes;
  std::vector<detail::TensorType> inputs;
  std::vector<int> results;
};

/// Installed as the compiler of the process for the length of a test.
class FakeCompiler final : public detail::Compiler {
public:
  FakeCompiler();
  ~FakeCompiler() override;

  std::unique_ptr<detail::Tracer> trace(const std::string &name, const SourceLocation &where) override;
  std::unique_ptr<detail::CompiledCode> compile(const detail::TracedFunction &f, const FunctionOptions &options,
                                                 detail::Effort effort) override;
  std::string render(const detail::TracedFunction &f, const FunctionOptions &options, Stage stage) override;

  std::atomic<int> traces{0}, compiles{0}, live_code{0}, runs{0};
  std::atomic<bool> fail_compiles{false};
  std::atomic<std::size_t> code_bytes{100};
  std::function<void()> while_compiling; // set before any thread compiles
  std::vector<detail::ShapeStep> shapes; // reported by every trace with open dimensions
};

/// What an error of class E says.
template <class E, class F> std::string message_of(F f) {
  try {
    f();
  } catch (const E &e) {
    return e.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}
inline bool has(const std::string &text, std::string_view part) { return text.find(part) != std::string::npos; }

} // namespace weft::testing
