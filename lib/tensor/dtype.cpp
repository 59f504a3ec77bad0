// Names of dtypes.
#include <weft/dtype.h>

#include <ostream>

namespace weft {

std::string_view name(DType d) {
  static constexpr std::string_view names[dtype_count] = {"bool",     "int8",    "int16",   "int32",  "int64",
                                                          "uint8",    "uint16",  "uint32",  "uint64", "float16",
                                                          "bfloat16", "float32", "float64", "string"};
  auto i = static_cast<std::size_t>(d);
  return i < std::size(names) ? names[i] : "no dtype";
}

std::ostream &operator<<(std::ostream &os, DType d) { return os << name(d); }

} // namespace weft
