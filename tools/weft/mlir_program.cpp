// The text becomes a finished trace, and the traced function inlines it: so cache, frames, errors and stages are those
// of every other function.
#include "mlir_program.h"

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
  auto body = [traced](std::vector<Tensor> arguments) {
    std::vector<weft::detail::ValueRef> values;
    for (const Tensor &a : arguments)
      values.push_back(a.checked({}));
    std::vector<Tensor> results;
    for (weft::detail::ValueRef &v : weft::detail::Tracer::current()->inline_call(traced, values, {}))
      results.emplace_back(std::move(v));
    return results;
  };
  program.function = weft::function(program.name, body, {.input_signature = program.inputs});
  return program;
}

} // namespace tool
