// weft/io.h against NumPy: files that it writes are read, what weft writes of them NumPy reads back, and a file that is
// damaged in any way is an IoError that names it.
#include "tests/ops/numpy.h"

#include <weft/weft.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace weft::test {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path &path, const std::string &bytes) { std::ofstream(path, std::ios::binary) << bytes; }

/// The error of what `run` does, which begins with the line, then names the file.
template <class F> std::string refusal(F run, const fs::path &path) {
  try {
    run(path.string());
  } catch (const IoError &e) {
    EXPECT_NE(std::string(e.what()).find(path.filename().string()), std::string::npos) << e.what();
    EXPECT_NE(e.where().line, 0u) << e.what();
    return e.what();
  } catch (const std::exception &e) {
    ADD_FAILURE() << path << ": no IoError: " << e.what();
    return "";
  }
  ADD_FAILURE() << path << ": no error";
  return "";
}
std::string load_refusal(const fs::path &path) {
  return refusal([](const std::string &p) { (void)load(p); }, path);
}
std::string load_npz_refusal(const fs::path &path) {
  return refusal([](const std::string &p) { (void)load_npz(p); }, path);
}

class Files : public testing::Test {
protected:
  static void SetUpTestSuite() {
    folder_ = new Folder;
    run_python(script("write"));
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }
  static std::string script(const char *what) {
    return fmt::format("'{}/tests/ops/files.py' {} '{}'", WEFT_SOURCE_DIR, what, folder_->path.string());
  }
  static fs::path path(const std::string &name) { return folder_->path / name; }

private:
  static Folder *folder_;
};
Folder *Files::folder_ = nullptr;

TEST_F(Files, GoThereAndBack) {
  std::map<std::string, Tensor> all = load_npz(path("all.npz").string()),
                                again = load_npz(path("compressed.npz").string());
  EXPECT_GT(all.size(), 60u);
  ASSERT_EQ(again.size(), all.size());
  for (const auto &[name, x] : all) {
    Tensor y = load(path(name + ".npy").string());
    EXPECT_TRUE(array_equal(x, y) || name == "special") << name; // NaN is equal to nothing
    EXPECT_EQ(to_string(again.at(name)), to_string(x)) << name;
    save(path(name + ".written.npy").string(), y);
  }
  savez(path("written.npz").string(), all);
  savez(path("written_none.npz").string(), {});
  EXPECT_TRUE(load_npz(path("none.npz").string()).empty());
  EXPECT_TRUE(load_npz(path("written_none.npz").string()).empty());
  run_python(script("check"));
}

TEST_F(Files, OfEveryFormatVersion) {
  for (int version : {1, 2, 3})
    EXPECT_EQ(load(path(fmt::format("version{}.npy", version)).string()).to_vector<std::int64_t>(),
              (std::vector<std::int64_t>{0, 1, 2}));
}

TEST_F(Files, AreTheSameBytesEachTime) {
  Tensor x = {1.0f, 2.0f};
  for (const char *name : {"a.npz", "b.npz"})
    savez(path(name).string(), {{"x", x}, {"folder/y", x}});
  EXPECT_EQ(read(path("a.npz")), read(path("b.npz")));
  EXPECT_EQ(load_npz(path("a.npz").string()).at("folder/y").shape(), Shape(2));
  savez(path("a.npz").string(), {{"z", x}}); // replaces all of it
  EXPECT_EQ(load_npz(path("a.npz").string()).size(), 1u);
}

TEST_F(Files, OfOtherElementsAreRefused) {
  for (const auto &[name, words] : std::map<std::string, std::string>{{"complex", "'<c8'"},
                                                                      {"structure", "structured"},
                                                                      {"object", "'|O'"},
                                                                      {"date", "'<M8[D]'"},
                                                                      {"longdouble", "'<f16'"}})
    EXPECT_NE(load_refusal(path("refused_" + name + ".npy")).find(words), std::string::npos) << name;
  EXPECT_THROW(save(path("x.npy").string(), zeros({2}, bfloat16)), IoError);
}

TEST_F(Files, CutOffAnywhereAreRefused) {
  for (const char *name : {"int16", "texts", "float64_scalar"}) {
    std::string bytes = read(path(std::string(name) + ".npy"));
    ASSERT_GT(bytes.size(), 100u);
    fs::path cut = path("cut.npy");
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      write(cut, bytes.substr(0, length));
      load_refusal(cut);
    }
    write(cut, bytes + "x");
    load_refusal(cut);
  }
  savez(path("small.npz").string(), {{"x", Tensor{1, 2}}, {"y", Tensor("text")}});
  std::string bytes = read(path("small.npz"));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    write(path("cut.npz"), bytes.substr(0, length));
    load_npz_refusal(path("cut.npz"));
  }
}

// Any byte changed: an error that names the file, or another array, but nothing else.
TEST_F(Files, WithAWrongByteAreRefusedOrRead) {
  savez(path("some.npz").string(), {{"x", Tensor{1, 2}}});
  for (const char *name : {"int16.npy", "texts.npy", "some.npz"}) {
    bool zip = fs::path(name).extension() == ".npz";
    std::string bytes = read(path(name));
    fs::path wrong = path(zip ? "wrong.npz" : "wrong.npy");
    for (std::size_t at = 0; at < bytes.size(); ++at)
      for (char flip : {1, 16, -128}) {
        std::string changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ flip);
        write(wrong, changed);
        try {
          if (zip)
            (void)load_npz(wrong.string());
          else
            (void)load(wrong.string());
        } catch (const IoError &e) {
          EXPECT_NE(std::string(e.what()).find(wrong.filename().string()), std::string::npos) << e.what();
        }
      }
  }
}

TEST_F(Files, WithAbsurdHeadersAreRefused) {
  auto header = [](std::string dict) {
    dict.append(127 - 10 - dict.size() % 117, ' ');
    return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(dict.size()) + '\0' + dict;
  };
  for (const char *dict :
       {"{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 9999999999), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 99999999999, 99999999999), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,0), }",
        "{'descr': '<U0', 'fortran_order': False, 'shape': (99999999999999,), }",
        "{'descr': '<U99999999', 'fortran_order': False, 'shape': (2,), }",
        "{'descr': '<f4', 'fortran_order': False, }", "{'descr': '<f4', 'shape': (), }", "{'shape': (), }",
        "{'descr': 'f', 'fortran_order': False, 'shape': (), }", "{'descr': '", "", "()"}) {
    write(path("absurd.npy"), header(dict));
    load_refusal(path("absurd.npy"));
  }
  write(path("version9.npy"), "\x93NUMPY\x09" + std::string(200, '\0'));
  load_refusal(path("version9.npy"));
}

TEST_F(Files, ThatAreNoneAreRefused) {
  load_refusal(path("missing.npy"));
  load_npz_refusal(path("missing.npz"));
  load_refusal(path(".")); // a folder
  write(path("text.npz"), "no archive at all");
  load_npz_refusal(path("text.npz"));
  EXPECT_NE(load_npz_refusal(path("int8.npy")).find(".npz"), std::string::npos);
  EXPECT_NE(load_refusal(path("all.npz")).find("load_npz"), std::string::npos);
  Tensor x = 1;
  refusal([&](const std::string &p) { save(p, x); }, path("missing/x.npy"));
  refusal([&](const std::string &p) { savez(p, {{"x", x}}); }, path("missing/x.npz"));
}

TEST_F(Files, AreNotWrittenByATrace) {
  std::string file = path("traced.npy").string();
  auto f = function([&](Tensor x) {
    save(file, x);
    return x;
  });
  EXPECT_THROW(f(1.0f), TraceError);
  auto g = function([&](Tensor x) { return x + load(path("float32.npy").string()); });
  EXPECT_EQ(g(1.0f).to_vector<float>(), (std::vector<float>{1, 2, 3, 101, 6, 8}));
}

} // namespace
} // namespace weft::test
