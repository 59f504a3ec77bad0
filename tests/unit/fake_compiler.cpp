// See fake_compiler.h.
#include "tests/unit/fake_compiler.h"

#include "lib/eager/kernels.h"
#include "lib/tensor/variable_state.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

namespace weft::testing {

using namespace detail;

namespace {

// --- programs by number: a trace's "bytecode" is its program's number, so that traces can be inlined and compiled.

std::mutex programs_mutex;
std::map<int, FakeProgram> programs;

std::string store(FakeProgram p) {
  static int next = 1;
  std::lock_guard lock(programs_mutex);
  programs.emplace(next, std::move(p));
  return std::to_string(next++);
}
FakeProgram load(const std::string &bytecode) {
  std::lock_guard lock(programs_mutex);
  return programs.at(std::stoi(bytecode));
}

// --- tracing

struct FakeSymbol : SymbolicValue {
  int node = -1;
};

class FakeTracer final : public Tracer {
public:
  explicit FakeTracer(FakeCompiler &c) : compiler_(c) {
    static std::atomic<std::uint64_t> next{1};
    id = next++;
  }
  ~FakeTracer() override { list.close(); }

  ValueRef argument(int leaf, const TensorType &type, const SourceLocation &) override {
    InputSlot slot{InputSlot::Kind::Argument, type};
    slot.argument = leaf;
    return input(slot);
  }
  void op(const OpCall &call, std::span<ValueRef> results) override {
    FakeNode n;
    n.op = call.op;
    n.type = call.type;
    for (const ValueRef &v : call.operands)
      n.operands.push_back(use(v));
    n.attrs.assign(call.attrs.begin(), call.attrs.end());
    for (const Attr &a : call.attrs)
      n.texts.emplace_back(a.name);
    results[0] = add(std::move(n));
  }
  ValueRef dim(const ValueRef &, int, const SourceLocation &) override { unsupported(); }
  ValueRef variable_read(VariableState &v, const SourceLocation &) override {
    FakeNode n;
    n.kind = FakeNode::Kind::Read;
    n.type = v.type;
    n.variable = slot_of(v);
    return add(std::move(n));
  }
  void variable_assign(VariableState &v, const ValueRef &value, const SourceLocation &) override {
    FakeNode n;
    n.kind = FakeNode::Kind::Assign;
    n.type = v.type;
    n.operands = {use(value)};
    n.variable = slot_of(v);
    effects_ = true;
    add(std::move(n));
  }
  void print(std::span<const Operand> args, const SourceLocation &) override {
    effect(FakeNode::Kind::Print, args, "");
  }
  void check(const Operand &cond, std::string_view message, std::span<const Operand> args, ErrorKind) override {
    std::vector<Operand> all{cond};
    all.insert(all.end(), args.begin(), args.end());
    effect(FakeNode::Kind::Check, all, message);
  }

  bool finds_sizes(std::span<const ValueRef>) const override { return false; }
  TracedFunction finish(std::span<const ValueRef> results, const SourceLocation &) override {
    TracedFunction f;
    for (const ValueRef &v : results) {
      ResultSlot slot{ResultSlot::Kind::Computed, v->type};
      if (v->kind == Value::Kind::Concrete)
        slot.kind = ResultSlot::Kind::Constant, slot.constant = v;
      else if (const FakeNode &n = program_.nodes[use(v)];
               n.kind == FakeNode::Kind::Input && inputs_[n.input].argument >= 0)
        slot.kind = ResultSlot::Kind::Argument, slot.index = inputs_[n.input].argument;
      else
        slot.index = f.computed_results++, program_.results.push_back(use(v));
      f.results.push_back(slot);
    }
    f.inputs = inputs_;
    for (std::size_t k = 0; k < variables_.size(); ++k) {
      InputSlot slot{InputSlot::Kind::Variable, variables_[k]->type};
      slot.variable = variables_[k];
      slot.written = true;
      slot.variable_index = static_cast<int>(k);
      f.inputs.push_back(slot);
    }
    f.variables = static_cast<int>(variables_.size());
    f.effects = effects_;
    bool open =
        std::any_of(inputs_.begin(), inputs_.end(), [](const InputSlot &in) { return !in.type.shape.is_static(); });
    if (open)
      f.shapes = compiler_.shapes;
    f.bytecode = store(program_);
    return f;
  }
  std::vector<ValueRef> inline_call(const TracedFunction &f, std::span<const ValueRef> arguments,
                                    const SourceLocation &) override {
    FakeProgram p = load(f.bytecode);
    std::vector<int> moved;
    for (const FakeNode &n : p.nodes) {
      FakeNode copy = n;
      for (int &o : copy.operands)
        o = moved[o];
      if (n.kind == FakeNode::Kind::Input) {
        const InputSlot &in = f.inputs[n.input];
        moved.push_back(in.kind == InputSlot::Kind::Argument ? use(arguments[in.argument]) : use(in.captured));
        continue;
      }
      if (n.variable >= 0)
        for (const InputSlot &in : f.inputs)
          if (in.variable_index == n.variable)
            copy.variable = slot_of(*in.variable);
      effects_ |= f.effects;
      moved.push_back(static_cast<FakeSymbol &>(*add(std::move(copy))).node);
    }
    std::vector<ValueRef> results;
    for (const ResultSlot &r : f.results)
      results.push_back(r.kind == ResultSlot::Kind::Computed   ? symbol(moved[p.results[r.index]])
                        : r.kind == ResultSlot::Kind::Argument ? arguments[r.index]
                                                               : r.constant);
    return results;
  }

  void if_stmt(const Operand &, Block, Block, const ag::Site &) override { unsupported(); }
  void while_stmt(FunctionRef<ag::Cond()>, Block, std::span<const ShapeInvariant>, const ag::Site &) override {
    unsupported();
  }
  LoopState *open_range(const Range &, const ag::Site &) override { unsupported(); }
  LoopState *open_rows(const ValueRef &, const ag::Site &) override { unsupported(); }
  ValueRef turns(const Range &) override { unsupported(); }
  ValueRef iterate(LoopState *) override { unsupported(); }
  void close(LoopState *) override {}
  void abandon(LoopState *, bool) noexcept override {}

private:
  [[noreturn]] static void unsupported() { throw std::logic_error("the fake tracer has no regions"); }

  ValueRef symbol(int node) {
    auto *s = new FakeSymbol;
    s->kind = Value::Kind::Symbolic;
    s->type = program_.nodes[node].type;
    s->trace = id;
    s->node = node;
    return ValueRef::adopt(s);
  }
  ValueRef add(FakeNode n) {
    program_.nodes.push_back(std::move(n));
    return symbol(static_cast<int>(program_.nodes.size()) - 1);
  }
  ValueRef input(InputSlot slot) {
    FakeNode n;
    n.kind = FakeNode::Kind::Input;
    n.type = slot.type;
    n.input = static_cast<int>(inputs_.size());
    program_.inputs.push_back(slot.type);
    inputs_.push_back(std::move(slot));
    return add(std::move(n));
  }
  int use(const ValueRef &v) {
    if (v->kind == Value::Kind::Concrete) {
      if (v->type.shape.elements() > 4) { // as the real tracer: large values are hidden inputs
        InputSlot slot{InputSlot::Kind::Captured, v->type};
        slot.captured = v;
        return static_cast<FakeSymbol &>(*input(slot)).node;
      }
      FakeNode n;
      n.kind = FakeNode::Kind::Constant;
      n.type = v->type;
      n.constant = v;
      return static_cast<FakeSymbol &>(*add(std::move(n))).node;
    }
    auto *s = dynamic_cast<FakeSymbol *>(v.get());
    if (!s || s->trace != id)
      raise(ErrorKind::Trace, {}, "a tensor of another trace is used here");
    return s->node;
  }
  int slot_of(VariableState &v) {
    auto it = std::find_if(variables_.begin(), variables_.end(), [&](auto &o) { return o.get() == &v; });
    if (it == variables_.end())
      it = variables_.insert(it, Ref<VariableState>(&v));
    return static_cast<int>(it - variables_.begin());
  }
  void effect(FakeNode::Kind kind, std::span<const Operand> args, std::string_view text) {
    FakeNode n;
    n.kind = kind;
    for (const Operand &a : args)
      n.operands.push_back(use(a.value()));
    n.texts.emplace_back(text);
    effects_ = true;
    add(std::move(n));
  }

  FakeCompiler &compiler_;
  FakeProgram program_;
  std::vector<InputSlot> inputs_;
  std::vector<Ref<VariableState>> variables_;
  bool effects_ = false;
};

// --- running

/// A tensor of the interpreter: numbers or texts.
struct Cells {
  TensorType type;
  std::vector<double> numbers;
  std::vector<std::string> texts;
};

template <class F> void with_type(DType d, F f) {
  switch (d) {
  case DType::Bool:
    return f(bool{});
  case DType::Int32:
    return f(std::int32_t{});
  case DType::Int64:
    return f(std::int64_t{});
  case DType::Float32:
    return f(float{});
  default:
    return f(double{});
  }
}

Cells read_cells(const TensorType &type, const void *data) {
  Cells c{type, {}, {}};
  std::int64_t n = type.shape.elements();
  if (type.dtype == DType::String)
    for (std::int64_t i = 0; i < n; ++i)
      c.texts.emplace_back(text_of(static_cast<const void *const *>(data)[i]));
  else
    with_type(type.dtype, [&](auto x) {
      for (std::int64_t i = 0; i < n; ++i)
        c.numbers.push_back(static_cast<double>(static_cast<const decltype(x) *>(data)[i]));
    });
  return c;
}

void write_numbers(const Cells &c, void *data) {
  with_type(c.type.dtype, [&](auto x) {
    for (std::size_t i = 0; i < c.numbers.size(); ++i)
      static_cast<decltype(x) *>(data)[i] = static_cast<decltype(x)>(c.numbers[i]);
  });
}

/// The position in an operand of the element that NumPy broadcasting puts at `index` of `out`.
std::size_t position(const Shape &s, const Shape &out, const std::vector<std::int64_t> &index) {
  std::int64_t at = 0;
  for (int d = 0; d < s.rank(); ++d)
    at = at * s[d] + (s[d] == 1 ? 0 : index[static_cast<std::size_t>(d + out.rank() - s.rank())]);
  return static_cast<std::size_t>(at);
}

template <class F> void for_each_index(const Shape &shape, F f) {
  std::vector<std::int64_t> index(shape.size(), 0);
  for (std::int64_t n = shape.elements(); n > 0; --n) {
    f(index);
    for (int d = shape.rank() - 1; d >= 0 && ++index[static_cast<std::size_t>(d)] == shape[d]; --d)
      index[static_cast<std::size_t>(d)] = 0;
  }
}

struct Failure {
  std::string message;
};

double scalar(OpId op, double a, double b) {
  switch (op) {
  case OpId::Add:
    return a + b;
  case OpId::Subtract:
    return a - b;
  case OpId::Multiply:
    return a * b;
  case OpId::Negative:
    return -a;
  case OpId::Cast:
    return a;
  case OpId::Less:
    return a < b;
  case OpId::Greater:
    return a > b;
  case OpId::Equal:
    return a == b;
  case OpId::Divide:
    if (b == 0)
      throw Failure{"division by zero"};
    return a / b;
  default:
    throw Failure{"the fake code cannot do this"};
  }
}

Cells elementwise(const FakeNode &n, const std::vector<const Cells *> &in) {
  int rank = 0;
  for (const Cells *c : in)
    rank = std::max(rank, c->type.shape.rank());
  Shape out(std::vector<std::int64_t>(static_cast<std::size_t>(rank), 1));
  for (const Cells *c : in)
    for (int d = 1; d <= c->type.shape.rank(); ++d)
      if (c->type.shape[-d] != 1)
        out[-d] = c->type.shape[-d];
  Cells r{{n.type.dtype, out}, {}, {}};
  for_each_index(out, [&](const auto &index) {
    std::vector<std::size_t> at;
    for (const Cells *c : in)
      at.push_back(position(c->type.shape, out, index));
    if (n.type.dtype == DType::String)
      r.texts.push_back(in[0]->texts[at[0]] + in[1]->texts[at[1]]);
    else if (n.op == OpId::Where)
      r.numbers.push_back(in[in[0]->numbers[at[0]] ? 1 : 2]->numbers[at[in[0]->numbers[at[0]] ? 1 : 2]]);
    else
      r.numbers.push_back(scalar(n.op, in[0]->numbers[at[0]], in.size() > 1 ? in[1]->numbers[at[1]] : 0));
  });
  return r;
}

Cells reduction(const FakeNode &n, const Cells &x) {
  const Shape &axes = std::get<Shape>(n.attrs[0].value);
  auto reduced = [&](int d) { return std::find(axes.begin(), axes.end(), d) != axes.end(); };
  Shape out;
  for (int d = 0; d < x.type.shape.rank(); ++d)
    if (!reduced(d))
      out.push_back(x.type.shape[d]);
  bool sums = n.op == OpId::Sum;
  Cells r{{n.type.dtype, out}, std::vector<double>(static_cast<std::size_t>(out.elements()), sums ? 0 : -1e300), {}};
  for_each_index(x.type.shape, [&](const auto &index) {
    std::int64_t to = 0;
    for (int d = 0; d < x.type.shape.rank(); ++d)
      if (!reduced(d))
        to = to * x.type.shape[d] + index[static_cast<std::size_t>(d)];
    double v = x.numbers[position(x.type.shape, x.type.shape, index)], &acc = r.numbers[static_cast<std::size_t>(to)];
    acc = sums ? acc + v : std::max(acc, v);
  });
  return r;
}

Cells run_op(const FakeNode &n, const std::vector<const Cells *> &in) {
  if (n.op == OpId::Sum || n.op == OpId::Max)
    return reduction(n, *in[0]);
  return elementwise(n, in);
}

void *text_payload(weft_frame *f, const std::string &s) {
  return weft_text(f, s.data(), static_cast<std::int64_t>(s.size()));
}

/// The elements of `c` in a new buffer of the frame.
void *payload(weft_frame *f, const Cells &c) {
  bool texts = c.type.dtype == DType::String;
  void *p = weft_alloc(f, std::max<std::int64_t>(byte_size(c.type), 8), texts ? 2 : 0);
  if (!texts)
    write_numbers(c, p);
  for (std::size_t i = 0; i < c.texts.size(); ++i) {
    void *t = text_payload(f, c.texts[i]);
    weft_text_store(f, static_cast<void **>(p) + i, t);
    weft_free(f, t);
  }
  return p;
}

void give(weft_frame *f, int k, const Cells &c) {
  weft_result &r = f->results[k];
  if (c.type.shape.rank() > 0)
    weft_give(f, k, payload(f, c));
  else if (c.type.dtype == DType::String)
    weft_give(f, k, text_payload(f, c.texts[0]));
  else
    write_numbers(c, &r.bits);
}

int run_effect(const FakeNode &n, weft_frame *f, const std::vector<const Cells *> &in) {
  if (n.kind == FakeNode::Kind::Assign) {
    weft_variable_assign(f, n.variable, payload(f, *in[0]));
    return 0;
  }
  bool checks = n.kind == FakeNode::Kind::Check;
  if (checks && in[0]->numbers[0] != 0)
    return 0;
  std::vector<weft_print_argument> args;
  std::vector<void *> buffers;
  for (const Cells *c : std::span(in).subspan(checks)) {
    buffers.push_back(payload(f, *c));
    args.push_back(
        {buffers.back(), c->type.shape.begin(), static_cast<std::int32_t>(c->type.dtype), c->type.shape.rank()});
  }
  int status = 1;
  if (checks)
    weft_fail(f, static_cast<std::int32_t>(ErrorKind::Check), n.texts[0].c_str(), "user.cpp", 7, 3, args.data(),
              std::ssize(args));
  else
    status = weft_print(f, args.data(), std::ssize(args));
  for (void *b : buffers)
    weft_free(f, b);
  return status;
}

Cells value_of(const FakeNode &n, const FakeProgram &p, weft_frame *f, const std::vector<const Cells *> &in) {
  switch (n.kind) {
  case FakeNode::Kind::Input: {
    TensorType t = n.type;
    std::size_t open = 0;
    for (int k = 0; k < n.input; ++k)
      open += static_cast<std::size_t>(std::count(p.inputs[static_cast<std::size_t>(k)].shape.begin(),
                                                  p.inputs[static_cast<std::size_t>(k)].shape.end(), dynamic));
    for (int d = 0; d < t.shape.rank(); ++d)
      if (t.shape[d] == dynamic)
        t.shape[d] = f->dims[open++];
    return read_cells(t, f->inputs[n.input]);
  }
  case FakeNode::Kind::Constant:
    return read_cells(n.type, n.constant->data);
  case FakeNode::Kind::Read:
    return read_cells(n.type, f->variables[n.variable].data);
  default:
    return run_op(n, in);
  }
}

int run(const FakeProgram &p, weft_frame *f) {
  std::vector<Cells> values;
  values.reserve(p.nodes.size());
  for (const FakeNode &n : p.nodes) {
    std::vector<const Cells *> in;
    for (int o : n.operands)
      in.push_back(&values[static_cast<std::size_t>(o)]);
    if (n.kind >= FakeNode::Kind::Assign) {
      if (int status = run_effect(n, f, in))
        return status;
      values.emplace_back();
    } else
      values.push_back(value_of(n, p, f, in));
  }
  for (std::size_t k = 0; k < p.results.size(); ++k) {
    const Cells &c = values[static_cast<std::size_t>(p.results[k])];
    give(f, static_cast<int>(k), c);
    const TensorType &type = p.nodes[static_cast<std::size_t>(p.results[k])].type;
    for (int d = 0, open = 0; d < type.shape.rank(); ++d)
      if (type.shape[d] == dynamic)
        f->results[k].dims[open++] = c.type.shape[d];
  }
  return 0;
}

// --- code: a function pointer for each of so many programs at once

struct Slot {
  std::atomic<bool> taken{false};
  FakeProgram program;
  FakeCompiler *compiler = nullptr;
};
constexpr std::size_t slot_count = 4096;
std::array<Slot, slot_count> slots;

template <std::size_t N> std::int32_t entry(weft_frame *f) {
  if (!slots[N].taken)
    std::abort(); // unmapped code
  ++slots[N].compiler->runs;
  try {
    return run(slots[N].program, f);
  } catch (const Failure &e) {
    weft_fail(f, static_cast<std::int32_t>(ErrorKind::Check), e.message.c_str(), "", 0, 0, nullptr, 0);
    return 1;
  }
}
template <std::size_t... N> constexpr auto make_entries(std::index_sequence<N...>) {
  return std::array<std::int32_t (*)(weft_frame *), sizeof...(N)>{entry<N>...};
}
const auto entries = make_entries(std::make_index_sequence<slot_count>());

class FakeCode final : public CompiledCode {
public:
  FakeCode(FakeProgram p, FakeCompiler &c) : compiler_(c) {
    while (slots[slot_].taken.exchange(true))
      slot_ = (slot_ + 1) % slot_count;
    slots[slot_].program = std::move(p);
    slots[slot_].compiler = &c;
    entry = entries[slot_];
    code_bytes = c.code_bytes;
    ++compiler_.live_code;
  }
  ~FakeCode() override {
    slots[slot_].program = {};
    slots[slot_].taken = false;
    --compiler_.live_code;
  }

private:
  FakeCompiler &compiler_;
  std::size_t slot_ = 0;
};

} // namespace

FakeCompiler::FakeCompiler() {
  KernelCache::clear_for_testing();
  set_for_testing(this);
}
FakeCompiler::~FakeCompiler() {
  KernelCache::clear_for_testing();
  set_for_testing(nullptr);
}

std::unique_ptr<Tracer> FakeCompiler::trace(const std::string &, const SourceLocation &) {
  ++traces;
  return std::make_unique<FakeTracer>(*this);
}

std::unique_ptr<CompiledCode> FakeCompiler::compile(const TracedFunction &f, const FunctionOptions &, Effort) {
  ++compiles;
  if (while_compiling)
    while_compiling();
  if (fail_compiles)
    raise(ErrorKind::Internal, {}, "no code today");
  return std::make_unique<FakeCode>(load(f.bytecode), *this);
}

std::string FakeCompiler::render(const TracedFunction &f, const FunctionOptions &, Stage stage) {
  return "stage " + std::to_string(static_cast<int>(stage)) + " of " + std::to_string(load(f.bytecode).nodes.size()) +
         " nodes";
}

} // namespace weft::testing
