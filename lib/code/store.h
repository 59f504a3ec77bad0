// The disk cache: images of compiled code in a folder of the user's, found again by later processes. An entry is a file
// whose name is the hash of the program, in a folder for each build of weft and level of instructions. Whatever goes
// wrong with files is a miss, never an error.
#pragma once
#include "lib/code/image.h"

#include <atomic>

namespace weft::detail {

/// Names a program: 32 hexadecimal digits.
WEFT_API std::string program_key(std::string_view kind, std::string_view program);

/// Programs that were compiled when weft was built are found in kernels_folder(), too; nothing is written there.
class CodeStore {
public:
  /// The folder that WEFT_CACHE names, else `weft` in the user's folder for caches; nowhere for WEFT_CACHE=off. Never
  /// destroyed.
  WEFT_API static CodeStore &get();
  /// Nowhere for an empty path.
  WEFT_API explicit CodeStore(std::string folder);

  /// The code of a program, or null. `what` names it in the log.
  WEFT_API std::unique_ptr<CompiledCode> find(const std::string &key, std::string_view what);
  /// Writes the image of `code`, and takes it from there.
  WEFT_API void keep(const std::string &key, CompiledCode &code, std::string_view what);

  struct Stats {
    std::string folder; ///< empty: there is none
    std::uint64_t entries = 0, bytes = 0, limit = 0;
    std::uint64_t of_this_build = 0; ///< entries that this build can load
  };
  WEFT_API Stats stats() const;
  /// Removes all entries, those of other builds, too. The number of them.
  WEFT_API std::uint64_t clear();

  /// The least recently used entries go when there is more.
  static constexpr std::uint64_t limit = std::uint64_t{256} << 20;
  /// For tests: as if `limit` were so many bytes.
  WEFT_API void trim(std::uint64_t bytes);

private:
  std::string path_of(const std::string &folder, const std::string &key) const;
  std::unique_ptr<CompiledCode> read(const std::string &path, std::string &why, bool installed) const;
  std::string why_missing(const std::string &key) const;

  const std::string folder_;  // of all builds; empty: nowhere
  const std::string context_; // the folder's name in it for this build and level
  std::atomic<std::uint64_t> written_{0};
};

} // namespace weft::detail
