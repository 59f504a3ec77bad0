// The disk cache: what one process compiles another loads, and whatever happens to the files, results are right.
// Programs run in processes of their own, with WEFT_CACHE set; their lines of WEFT_LOG=cache say what was loaded.
#include "lib/code/store.h"
#include "lib/function/background.h"
#include "tests/support/itself.h"

#include <weft/weft.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>

namespace fs = std::filesystem;

namespace weft::test {
namespace {

using detail::CodeImage;
using detail::CodeStore;
using detail::CompiledCode;

/// A folder that is not there yet.
class Folder {
public:
  Folder() : path(fs::temp_directory_path() / fmt::format("weft-test-cache-{}-{}", getpid(), number++)) {}
  ~Folder() { fs::remove_all(path); }
  std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    for (const fs::directory_entry &e : fs::recursive_directory_iterator(path))
      if (e.is_regular_file())
        found.push_back(e.path());
    return found;
  }
  const fs::path path;

private:
  static inline int number = 0;
};

/// The program that these tests run: eager operations, and functions with state, strings and errors.
TEST(Store, DISABLED_Program) {
  Tensor x = from_span(std::vector<float>{1, 2, 3});
  EXPECT_EQ((x * 2.0f + 1.0f)[2].item<float>(), 7);
  EXPECT_EQ(sum(x).item<float>(), 6);
  auto f = function([](Tensor a, Tensor s) { return std::pair(exp(a) * 0 + a, s + Tensor("!")); });
  auto [same, text] = f(x, Tensor("ok"));
  EXPECT_EQ(same[1].item<float>(), 2);
  EXPECT_EQ(text.item<std::string>(), "ok!");
  // The same program twice, on two lines: one entry, and each error has its own line.
  auto first = function([](Tensor a) {
    check(all(a > 0.0f), "negative");
    return a * 3.0f;
  });
  auto second = function([](Tensor a) {
    check(all(a > 0.0f), "negative");
    return a * 3.0f;
  });
  EXPECT_EQ(first(x)[0].item<float>(), 3);
  detail::finish_background(); // what was made quickly is not kept
  EXPECT_EQ(second(x)[0].item<float>(), 3);
  std::uint32_t lines[2] = {};
  for (int k = 0; k < 2; ++k)
    try {
      (k ? second : first)(-x);
      ADD_FAILURE();
    } catch (const CheckError &e) {
      lines[k] = e.where().line;
      EXPECT_NE(std::string(e.where().file).find("store_test"), std::string::npos);
    }
  EXPECT_EQ(lines[1] - lines[0], 4u);
  detail::finish_background();
}

struct Ran {
  bool passed;
  std::size_t loaded, missing; ///< as the log says
  std::string log;
};

std::size_t count(const std::string &text, const std::string &what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1))
    ++n;
  return n;
}

Ran run(const fs::path &folder, const std::string &environment = "") {
  fs::path log = fs::temp_directory_path() / fmt::format("weft-test-log-{}", getpid());
  Finished program = run_itself(
      fmt::format("WEFT_CACHE='{}' WEFT_LOG=cache WEFT_DUMP= {} 2>'{}'", folder.string(), environment, log.string()),
      "Store.DISABLED_Program");
  std::stringstream text;
  text << std::ifstream(log).rdbuf();
  fs::remove(log);
  return {program.status == 0, count(text.str(), "loaded from " + folder.string()), count(text.str(), "is not in"),
          text.str()};
}

TEST(Store, AnotherProcessLoadsWhatOneCompiled) {
  Folder folder;
  Ran first = run(folder.path), second = run(folder.path);
  EXPECT_TRUE(first.passed) << first.log;
  EXPECT_TRUE(second.passed) << second.log;
  EXPECT_EQ(first.loaded, 1u) << first.log;  // the second of two equal functions
  EXPECT_GE(first.missing, 2u) << first.log; // the functions, and operations where no kernel is beside the library
  EXPECT_EQ(second.loaded, first.missing + 1) << second.log;
  EXPECT_EQ(second.missing, 0u) << second.log;
  EXPECT_EQ(folder.files().size(), first.missing);
  EXPECT_EQ(CodeStore(folder.path).stats().entries, first.missing);
}

TEST(Store, AMissSaysWhy) {
  Folder folder;
  EXPECT_NE(run(folder.path).log.find("has not been compiled before"), std::string::npos);
  Ran other = run(folder.path, "WEFT_MAX_ISA=baseline WEFT_TIER=quick");
  EXPECT_TRUE(other.passed) << other.log;
  EXPECT_NE(other.log.find("it was compiled for"), std::string::npos) << other.log;
  EXPECT_EQ(other.loaded, 1u);
}

TEST(Store, DamagedEntriesAreMadeAgain) {
  Folder folder;
  std::size_t entries = run(folder.path).missing;
  int kind = 0;
  for (const fs::path &file : folder.files()) {
    std::uintmax_t size = fs::file_size(file);
    switch (kind++ % 4) {
    case 0:
      fs::resize_file(file, size / 2);
      break;
    case 1:
      fs::resize_file(file, 0);
      break;
    case 2:
      fs::resize_file(file, size + 1);
      break;
    default: {
      std::fstream f(file, std::ios::in | std::ios::out | std::ios::binary);
      f.seekp(static_cast<std::streamoff>(size - 9));
      f.put('\x5a').put('\xa5');
    }
    }
  }
  Ran damaged = run(folder.path), mended = run(folder.path);
  EXPECT_TRUE(damaged.passed) << damaged.log;
  EXPECT_EQ(count(damaged.log, "it is damaged"), entries) << damaged.log;
  EXPECT_TRUE(mended.passed);
  EXPECT_EQ(mended.missing, 0u) << mended.log;
}

TEST(Store, FoldersThatCannotBeUsed) {
  Folder folder;
  std::ofstream(folder.path) << "no folder";
  EXPECT_TRUE(run(folder.path).passed);
  EXPECT_TRUE(run(folder.path / "below").passed);
  EXPECT_TRUE(run("/dev/null").passed);
  EXPECT_TRUE(run("/proc/weft").passed);
  EXPECT_EQ(run("off").log, "");
  fs::remove(folder.path);
  // What others may write is neither run nor written.
  fs::create_directory(folder.path);
  fs::permissions(folder.path, fs::perms::all);
  Ran shared = run(folder.path);
  EXPECT_TRUE(shared.passed);
  EXPECT_NE(shared.log.find("others can write there"), std::string::npos) << shared.log;
  EXPECT_TRUE(folder.files().empty());
}

TEST(Store, AFullDisk) {
  Folder folder;
  // No file may grow beyond 1 KB, and the signal that says so is not heard.
  Ran full = run(folder.path, "bash -c 'trap \"\" XFSZ; ulimit -f 1; exec \"$@\"' --");
  EXPECT_TRUE(full.passed) << full.log;
  EXPECT_NE(full.log.find("it cannot be written"), std::string::npos) << full.log;
  for (const fs::path &file : folder.files())
    EXPECT_LT(fs::file_size(file), 1025u) << file;
  EXPECT_TRUE(run(folder.path).passed);
}

/// An image of some size that only this test can tell from another.
CompiledCode code_of(unsigned seed) {
  CodeImage image;
  image.bytes.assign(100 + seed % 5000, static_cast<char>(0xc3)); // ret
  image.constant = image.bytes.size();
  image.entry = seed % 7;
  CompiledCode code;
  code.image = to_bytes(image);
  return code;
}

TEST(Store, ProcessesThatAreKilledWhileTheyWrite) {
  Folder folder;
  constexpr unsigned keys = 40;
  auto key = [](unsigned k) { return detail::program_key("test", std::to_string(k % keys)); };
  for (unsigned k = 0; k < keys; ++k) {
    CompiledCode code = code_of(k);
    CodeStore(folder.path).keep(key(k), code, "a test");
  }
  for (int round = 0; round < 20; ++round) {
    pid_t writers[2];
    for (pid_t &writer : writers)
      if ((writer = fork()) == 0) {
        CodeStore store(folder.path);
        for (unsigned k = 0;; ++k) {
          CompiledCode code = code_of(k % keys);
          store.keep(key(k), code, "a test");
        }
      }
    std::this_thread::sleep_for(std::chrono::milliseconds(3 + round));
    for (pid_t writer : writers) {
      kill(writer, SIGKILL);
      waitpid(writer, nullptr, 0);
    }
  }
  CodeStore store(folder.path);
  EXPECT_GE(store.stats().entries, keys);
  for (unsigned k = 0; k < keys; ++k) {
    auto code = store.find(key(k), "a test");
    ASSERT_TRUE(code) << k;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(code->entry) % 4096, k % 7);
  }
  // What the killed ones left is removed when it is old.
  for (const fs::path &file : folder.files())
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(2));
  store.trim(CodeStore::limit);
  EXPECT_EQ(folder.files().size(), keys);
}

TEST(Store, TheOldestGoWhenThereIsTooMuch) {
  Folder folder;
  CodeStore store(folder.path);
  std::vector<std::string> keys;
  for (unsigned k = 0; k < 100; ++k) {
    keys.push_back(detail::program_key("test", std::to_string(k)));
    CompiledCode code = code_of(1000);
    store.keep(keys.back(), code, "a test");
    EXPECT_TRUE(code.image.empty());
  }
  std::vector<fs::path> files = folder.files();
  std::ranges::sort(files);
  std::ofstream(folder.path / "mine") << "not weft's";
  fs::create_directory(folder.path / "mine too");
  std::ofstream(folder.path / "mine too" / keys[0]) << "nor this";
  for (const fs::path &file : files)
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(2 + (&file - files.data())));
  ASSERT_TRUE(store.find(files.back().filename(), "a test")); // the oldest, used now
  std::uint64_t bytes = store.stats().bytes;
  store.trim(bytes / 2);
  EXPECT_NEAR(static_cast<double>(store.stats().bytes), static_cast<double>(bytes) * 3 / 8, 2000);
  EXPECT_TRUE(fs::exists(files.back()) && fs::exists(files.front()));
  EXPECT_FALSE(fs::exists(files[98]));
  std::uint64_t entries = store.stats().entries;
  EXPECT_EQ(store.clear(), entries);
  EXPECT_EQ(store.stats().entries, 0u);
  EXPECT_EQ(folder.files().size(), 2u); // what is not weft's is not touched
}

TEST(Store, BytesThatAreNoImage) {
  CompiledCode code = code_of(5);
  std::string bytes = code.image;
  ASSERT_TRUE(detail::image_of(bytes));
  EXPECT_EQ(to_bytes(*detail::image_of(bytes)), bytes);
  for (std::size_t n = 0; n < bytes.size(); ++n)
    EXPECT_FALSE(detail::image_of(std::string_view(bytes).substr(0, n))) << n;
  for (std::size_t k = 0; k < 40; ++k) // each byte of the numbers before the code: an error, or an image that is sound
    for (int v : {0x01, 0x80, 0xff}) {
      std::string other = bytes;
      other[k] = static_cast<char>(other[k] ^ v);
      if (auto image = detail::image_of(other)) {
        EXPECT_LT(image->entry, image->bytes.size());
        EXPECT_LE(image->constant, image->bytes.size());
      }
    }
}

TEST(Store, ASymbolThatThisLibraryLacksIsAMiss) {
  CodeImage image;
  image.bytes.assign(64, '\xc3');
  image.constant = 64;
  image.symbols = {"weft_of_another_time"};
  image.pointers = {{8, 0, 0}};
  std::string why;
  EXPECT_FALSE(load(image, why));
  EXPECT_NE(why.find("weft_of_another_time"), std::string::npos);
}

} // namespace
} // namespace weft::test
