// The text becomes a finished trace, and the traced function inlines it: so cache, frames, errors and stages are those
// of every other function. Where functions run eagerly, or their results are verified by an eager run, its own code runs: a text
// has no other form.
#include "mlir_program.h"

#include "lib/function/entry.h"
#include "lib/trace/read_text.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

using weft::Tensor;

namespace tool {

MlirProgram MlirProgram::read(const std::string &path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad() || errno)
    throw weft::IoError({}, fmt::format("{}: cannot be read: {}", path, std::strerror(errno ? errno : EIO)));

  weft::detail::TracedFunction traced = weft::trace::read_function(text, path);
  MlirProgram program;
  program.name = traced.name;
  for (const weft::detail::InputSlot &slot : traced.inputs)
    program.inputs.push_back(weft::spec(slot.type.dtype, slot.type.shape));
  auto entry = weft::detail::Ref<weft::detail::Entry>::adopt(new weft::detail::Entry(weft::detail::Key(), std::move(traced)));
  auto body = [entry](std::vector<Tensor> arguments) {
    std::vector<weft::detail::ValueRef> values, results(entry->traced.results.size());
    for (const Tensor &a : arguments)
      values.push_back(a.checked({}));
    if (weft::detail::Tracer *tracer = weft::detail::Tracer::current()) {
      results = tracer->inline_call(entry->traced, values, {});
    } else {
      std::vector<weft::detail::Value *> leaves;
      for (const weft::detail::ValueRef &v : values)
        leaves.push_back(v.get());
      entry->compile({}, leaves);
      entry->run(leaves, results, std::source_location());
    }
    std::vector<Tensor> tensors;
    for (weft::detail::ValueRef &v : results)
      tensors.emplace_back(std::move(v));
    return tensors;
  };
  program.function = weft::function(program.name, body, {.input_signature = program.inputs});
  return program;
}

} // namespace tool
