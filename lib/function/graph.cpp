// Static graphs: one trace that stays open from the first input to compile(), and the executable that it becomes.
#include "lib/function/entry.h"
#include "lib/function/graph_registry.h"
#include "lib/function/tracer_scope.h"

#include <weft/graph.h>

#include <fmt/format.h>

#include <algorithm>

namespace weft {

using detail::ErrorKind;
using detail::raise;
using detail::TensorType;
using detail::Value;
using detail::ValueRef;

namespace {

struct Input {
  std::string name;
  TensorType type;
};

bool fits(const Shape &got, const Shape &want) {
  if (got.rank() != want.rank())
    return false;
  for (int d = 0; d < got.rank(); ++d)
    if (want[d] == dynamic ? got[d] == 1 : got[d] != want[d])
      return false;
  return true;
}

/// The value fed to an input.
Value *fed(const Input &in, const std::map<std::string, Tensor> &feeds, const SourceLocation &loc) {
  auto feed = feeds.find(in.name);
  if (feed == feeds.end())
    raise(ErrorKind::Trace, loc, fmt::format("the graph's input '{}' ({}) is not fed", in.name, to_string(in.type)));
  Value *v = feed->second.checked(loc).get(); // kept alive by `feeds`
  if (v->kind != Value::Kind::Concrete)
    raise(ErrorKind::Trace, loc, fmt::format("the graph's input '{}' is fed a traced tensor; it needs a value", in.name));
  if (v->type.dtype != in.type.dtype || !fits(v->type.shape, in.type.shape))
    raise(v->type.dtype != in.type.dtype ? ErrorKind::DType : ErrorKind::Shape, loc,
          fmt::format("the graph's input '{}': expected {}, got {}{}", in.name, to_string(in.type), to_string(v->type),
                      in.type.shape.is_static() ? "" : " (an open dimension is never 1)"));
  return v;
}

/// Whose open dimensions were fed what.
std::string open_inputs(const std::vector<Input> &inputs, std::span<Value *const> leaves) {
  std::string text;
  for (std::size_t k = 0; k < inputs.size(); ++k)
    if (!inputs[k].type.shape.is_static())
      text += fmt::format("{} '{}' {}", text.empty() ? "" : ",", inputs[k].name, to_string(leaves[k]->type.shape));
  return text;
}

} // namespace

struct Executable::State {
  detail::Ref<detail::Entry> entry;
  std::vector<Input> inputs;
  std::vector<std::string> outputs;
};

std::map<std::string, Tensor> Executable::operator()(const std::map<std::string, Tensor> &feeds, std::source_location loc) const {
  const State &s = *state_;
  std::vector<Value *> leaves;
  for (const Input &in : s.inputs)
    leaves.push_back(fed(in, feeds, loc));
  for (const auto &[name, t] : feeds)
    if (std::none_of(s.inputs.begin(), s.inputs.end(), [&](const Input &in) { return in.name == name; }))
      raise(ErrorKind::Trace, loc, fmt::format("the graph has no input '{}'", name));
  if (auto m = detail::misfit(s.entry->traced.shapes, leaves)) // a graph cannot be traced again
    raise(m->kind, m->where, fmt::format("{}; the graph was fed{}: feed sizes that fit", m->message, open_inputs(s.inputs, leaves)));
  detail::Results results(s.outputs.size());
  std::span<ValueRef> values = results;
  s.entry->run(leaves, values, loc);
  std::map<std::string, Tensor> outputs;
  for (std::size_t k = 0; k < values.size(); ++k)
    outputs.emplace(s.outputs[k], Tensor(std::move(values[k])));
  return outputs;
}

std::string Executable::ir(Stage stage) const {
  return detail::Compiler::get().render(state_->entry->traced, FunctionOptions{}, stage);
}

struct Graph::State {
  std::unique_ptr<detail::Tracer> tracer; // until compiled
  SourceLocation where;
  std::vector<Input> inputs;
  std::vector<std::string> outputs;
  std::vector<ValueRef> results;
  std::shared_ptr<Executable::State> compiled;

  explicit State(const SourceLocation &loc) : tracer(detail::Compiler::get().trace("graph", loc)), where(loc) {
    detail::open_graph(*tracer);
  }
  ~State() { close(); }
  void close() {
    if (tracer)
      detail::close_graph(*tracer);
    tracer.reset();
  }
};

Graph::Graph(std::source_location loc) : state_(std::make_unique<State>(loc)) {}
Graph::Graph(Graph &&) noexcept = default;
Graph &Graph::operator=(Graph &&) noexcept = default;
Graph::~Graph() = default;

Graph::State &Graph::open(const SourceLocation &loc) const {
  if (!state_)
    raise(ErrorKind::Trace, loc, "a moved-from weft::Graph is used");
  if (!state_->tracer)
    raise(ErrorKind::Trace, loc, "this weft::Graph is compiled: nothing can be added to it");
  return *state_;
}

Tensor Graph::input(const std::string &name, const TensorSpec &spec, std::source_location loc) {
  State &s = open(loc);
  if (std::any_of(s.inputs.begin(), s.inputs.end(), [&](const Input &in) { return in.name == name; }))
    raise(ErrorKind::Trace, loc, fmt::format("the graph has an input '{}' already", name));
  TensorType type{spec.dtype, spec.shape};
  s.inputs.push_back({name, type});
  return Tensor(s.tracer->argument(static_cast<int>(s.inputs.size()) - 1, type, loc));
}

void Graph::build(detail::FunctionRef<void()> body, std::source_location loc) {
  detail::TracerScope scope(open(loc).tracer.get());
  body();
}

void Graph::output(const std::string &name, const Operand &value) {
  State &s = open(value.loc());
  const ValueRef &v = value.value();
  if (std::find(s.outputs.begin(), s.outputs.end(), name) != s.outputs.end())
    raise(ErrorKind::Trace, value.loc(), fmt::format("the graph has an output '{}' already", name));
  if (v->kind == Value::Kind::Symbolic && static_cast<const detail::SymbolicValue &>(*v).trace != s.tracer->id)
    raise(ErrorKind::Trace, value.loc(), fmt::format("the output '{}' belongs to another graph or trace", name));
  s.outputs.push_back(name);
  s.results.push_back(v);
}

Executable Graph::compile(std::source_location loc) {
  if (state_ && state_->compiled)
    return Executable(state_->compiled);
  State &s = open(loc);
  detail::TracedFunction traced;
  {
    detail::TracerScope scope(s.tracer.get());
    traced = s.tracer->finish(s.results, s.where);
  }
  s.results.clear();
  s.close();
  auto compiled = std::make_shared<Executable::State>();
  compiled->entry = detail::Ref<detail::Entry>::adopt(new detail::Entry(detail::Key(), std::move(traced)));
  compiled->entry->compile({}, {});
  compiled->inputs = s.inputs;
  compiled->outputs = s.outputs;
  s.compiled = compiled;
  return Executable(std::move(compiled));
}

} // namespace weft
