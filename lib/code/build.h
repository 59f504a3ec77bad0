// Which build of weft this is: code that another build made must not run in this one.
#pragma once
#include <weft/detail/export.h>

#include <string>

namespace weft::detail {

/// The path of libweft-compiler.so: what WEFT_COMPILER_LIBRARY says, else beside libweft.so.
std::string compiler_library();

/// The folder of kernels that were compiled when weft was built, beside libweft.so.
WEFT_API std::string kernels_folder();

/// Hexadecimal digits that differ between builds of libweft, of libweft-compiler and of the LLVM beneath: made from the
/// build ids of their files, so no library has to be opened.
WEFT_API const std::string &build_id();

} // namespace weft::detail
