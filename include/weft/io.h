// Files of NumPy's: one tensor in a .npy file, several with names in a .npz file. What cannot be read or written is an
// IoError that begins with the name of the file.
#pragma once
#include <weft/operand.h>

#include <map>
#include <string>

namespace weft {

/// The array in a .npy file, format 1.0 to 3.0: numbers and bools of either byte order, texts (NumPy's U; S as UTF-8
/// bytes), in C or Fortran order. IoError for a file that is cut off or no .npy file, and for elements without a dtype:
/// complex numbers, structures, objects. NumPy `load`. Inside a traced function the file is read once, by the trace.
WEFT_API Tensor load(const std::string &path, std::source_location loc = std::source_location::current());
/// Writes a .npy file (format 1.0) of that very name; bfloat16 has no NumPy type (IoError), texts become U. NumPy
/// `save`. A TraceError for a traced tensor, which has no value yet.
WEFT_API void save(const std::string &path, const Operand &x);

/// The arrays of a .npz file by their names without ".npy", compressed or not. NumPy `load`.
WEFT_API std::map<std::string, Tensor> load_npz(const std::string &path,
                                                std::source_location loc = std::source_location::current());
/// Writes a .npz file without compression; the same tensors give the same bytes. A file that was there is replaced at
/// the end, as a whole. NumPy `savez`.
WEFT_API void savez(const std::string &path, const std::map<std::string, Tensor> &tensors,
                    std::source_location loc = std::source_location::current());

} // namespace weft
