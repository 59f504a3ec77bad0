// Graph: the static way (row S1 of the product page). A graph object is built explicitly, compiled, and fed by name.
#pragma once
#include <weft/function.h>

#include <map>
#include <memory>
#include <string>

namespace weft {

/// A compiled graph; a copyable handle. Called with one tensor per input, it gives the outputs by name.
class WEFT_API Executable {
public:
  /// Throws TraceError for a missing or unknown name, DTypeError or ShapeError for a wrong tensor, ShapeError where open
  /// dimensions of two inputs differ that the graph joins.
  std::map<std::string, Tensor> operator()(const std::map<std::string, Tensor> &feeds,
                                           std::source_location loc = std::source_location::current()) const;
  /// The program at one stage, as text.
  std::string ir(Stage stage) const;

  struct State;
  explicit Executable(std::shared_ptr<State> s) : state_(std::move(s)) {}

private:
  std::shared_ptr<State> state_;
};

/// A program built before it runs. Operations on a graph's inputs outside of build() add to that graph; effects and control
/// flow need build(). Mixing two graphs is a TraceError, and so is adding to a graph that is compiled.
class WEFT_API Graph {
public:
  explicit Graph(std::source_location loc = std::source_location::current());
  Graph(Graph &&) noexcept;
  Graph &operator=(Graph &&) noexcept;
  ~Graph();
  /// A value that every call of the executable is fed, under its name. An open dimension (weft::dynamic) takes any size but 1.
  /// TraceError for a name that an input has already.
  Tensor input(const std::string &name, const TensorSpec &spec, std::source_location loc = std::source_location::current());
  /// Runs `body` now, with this graph as the trace of this thread.
  void build(detail::FunctionRef<void()> body, std::source_location loc = std::source_location::current());
  /// Gives `value` back under this name, in every call. TraceError for a name that an output has already, and for a value of
  /// another graph or trace.
  void output(const std::string &name, const Operand &value);
  /// Ends the graph. Compiling again gives the same executable.
  Executable compile(std::source_location loc = std::source_location::current());

private:
  struct State;
  State &open(const SourceLocation &loc) const;
  std::unique_ptr<State> state_;
};

} // namespace weft
