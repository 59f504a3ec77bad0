// Native code as data, between the compiler that makes it, the disk that keeps it, and the process that runs it. An
// image is linked but for the addresses of the functions it calls, which it knows by name; so loading needs no
// compiler.
#pragma once
#include <weft/detail/export.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct weft_frame;

namespace weft::detail {

/// Native code that can be called. The destructor unmaps it.
class CompiledCode {
public:
  virtual ~CompiledCode() = default;
  std::int32_t (*entry)(weft_frame *) = nullptr; ///< 0, or 1 with the error in the frame
  std::size_t code_bytes = 0;                    ///< whole pages
  bool quick = false;                            ///< more effort would make better code
  /// What another process can load, for whoever keeps it; empty where the code was loaded or cannot be kept.
  std::string image;
};

struct CodeImage {
  /// Eight bytes at `offset` that hold an address: that of a symbol, or of the image's own beginning, and `addend`.
  struct Pointer {
    std::uint64_t offset;
    std::int64_t symbol; ///< index of `symbols`, or -1
    std::int64_t addend;
  };
  std::string bytes;
  std::uint64_t constant =
      0; ///< so many bytes, whole pages unless all, are code and constants; what follows is written
  std::uint64_t entry = 0;
  std::vector<std::string> symbols; ///< of runtime_symbol()
  std::vector<Pointer> pointers;

  static constexpr std::uint64_t page = 4096;
};

WEFT_API std::string to_bytes(const CodeImage &image);
/// None where the bytes are not those of an image.
WEFT_API std::optional<CodeImage> image_of(std::string_view bytes);

/// Maps the image. Null where memory or a symbol is missing; `why` then says which.
WEFT_API std::unique_ptr<CompiledCode> load(const CodeImage &image, std::string &why);

} // namespace weft::detail
