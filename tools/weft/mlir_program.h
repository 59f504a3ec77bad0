// A function in a .mlir file, run like any traced function.
#pragma once
#include <weft/weft.h>

#include <string>
#include <vector>

namespace tool {

struct MlirProgram {
  std::string name;
  std::vector<weft::TensorSpec> inputs;
  weft::Function<std::vector<weft::Tensor>(std::vector<weft::Tensor>)> function;

  /// Throws weft::IoError, one line that names the file and the place, for what is no function in the Traced form.
  static MlirProgram read(const std::string &path);
  /// Errors about the inputs have no place: there is no program of the user's that made the call.
  std::vector<weft::Tensor> operator()(const std::vector<weft::Tensor> &arguments) const {
    return function(arguments, {});
  }
};

} // namespace tool
