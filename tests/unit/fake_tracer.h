// A tracer that only remembers what it is asked about variables: for tests of the rooms that reach the tracer through
// lib/function/compiler.h, without the compiler library.
#pragma once
#include "lib/function/compiler.h"
#include "lib/tensor/variable_state.h"

#include <string>
#include <vector>

namespace weft::detail {

/// Is the current tracer of this thread while it lives.
class FakeTracer final : public Tracer {
public:
  FakeTracer() : outer_(Tracer::current()) { Tracer::set_current(this); }
  ~FakeTracer() override { Tracer::set_current(outer_); }

  std::vector<std::string> log; // "read v:12", "assign v:13"

  static ValueRef symbol(const TensorType &type) {
    auto v = ValueRef::adopt(new SymbolicValue);
    v->kind = Value::Kind::Symbolic;
    v->type = type;
    return v;
  }

  ValueRef variable_read(VariableState &v, const SourceLocation &loc) override {
    log.push_back("read " + v.name + ":" + std::to_string(loc.line));
    return symbol(v.type);
  }
  void variable_assign(VariableState &v, const ValueRef &, const SourceLocation &loc) override {
    log.push_back("assign " + v.name + ":" + std::to_string(loc.line));
  }
  void op(const OpCall &call, std::span<ValueRef> results) override {
    log.emplace_back(info(call.op).name);
    for (std::size_t k = 0; k < results.size(); ++k)
      results[k] = symbol(call.result(k));
  }

  ValueRef dim(const ValueRef &, int, const SourceLocation &) override { return symbol({DType::Int64, {}}); }
  ValueRef argument(int, const TensorType &type, const SourceLocation &) override { return symbol(type); }
  void if_stmt(const Operand &, Block, Block, const ag::Site &) override {}
  void while_stmt(FunctionRef<ag::Cond()>, Block, std::span<const ShapeInvariant>, const ag::Site &) override {}
  LoopState *open_range(const Range &, const ag::Site &) override { return nullptr; }
  LoopState *open_rows(const ValueRef &, const ag::Site &) override { return nullptr; }
  ValueRef turns(const Range &) override { return {}; }
  ValueRef iterate(LoopState *) override { return {}; }
  void close(LoopState *) override {}
  void abandon(LoopState *, bool) noexcept override {}
  void print(std::span<const Operand>, const SourceLocation &) override {}
  void check(const Operand &, std::string_view, std::span<const Operand>, ErrorKind) override {}
  bool finds_sizes(std::span<const ValueRef>) const override { return false; }
  TracedFunction finish(std::span<const ValueRef>, const SourceLocation &) override { return {}; }
  std::vector<ValueRef> inline_call(const TracedFunction &, std::span<const ValueRef>,
                                    const SourceLocation &) override {
    return {};
  }

private:
  Tracer *outer_;
};

} // namespace weft::detail
