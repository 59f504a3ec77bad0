// The way to expected.py and back: questions in one file, answers in another. The interpreter is $WEFT_PYTHON, or the first
// of python3 and /usr/bin/python3 (Debian's, which the package python3-numpy belongs to) that has NumPy.
#include "tests/ops/numpy.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace weft::test {
namespace {

void write(std::ostream &os, const Array &a) {
  os << name(a.dtype);
  for (std::int64_t d : a.shape)
    os << ' ' << d;
  os << '\n';
  for (const std::string &t : a.texts) {
    auto length = static_cast<std::uint32_t>(t.size());
    os.write(reinterpret_cast<const char *>(&length), sizeof length);
    os.write(t.data(), length);
  }
  os.write(a.bytes.data(), static_cast<std::streamsize>(a.bytes.size()));
}

DType dtype_named(const std::string &text) {
  for (int d = 0; d < dtype_count; ++d)
    if (name(static_cast<DType>(d)) == text)
      return static_cast<DType>(d);
  throw std::runtime_error("expected.py answered with the dtype " + text);
}

Expected read(std::istream &is) {
  std::string line, dtype;
  std::getline(is, line);
  std::istringstream words(line);
  words >> dtype;
  Expected e;
  for (std::int64_t d; words >> d;)
    e.value.shape.push_back(d);
  e.reference = dtype == "reference";
  e.value.dtype = e.reference ? float64 : dtype_named(dtype);
  auto n = static_cast<std::size_t>(e.value.elements());
  if (e.value.dtype == string) {
    for (std::size_t i = 0; i < n; ++i) {
      std::uint32_t length = 0;
      is.read(reinterpret_cast<char *>(&length), sizeof length);
      std::string &t = e.value.texts.emplace_back(length, '\0');
      is.read(t.data(), length);
    }
  } else {
    e.value.bytes.resize(n * itemsize(e.value.dtype));
    is.read(e.value.bytes.data(), static_cast<std::streamsize>(e.value.bytes.size()));
  }
  if (e.reference) {
    e.low.resize(n);
    is.read(reinterpret_cast<char *>(e.low.data()), static_cast<std::streamsize>(n * sizeof(double)));
  }
  if (!is)
    throw std::runtime_error("expected.py's answer ends early");
  return e;
}

} // namespace

Folder::Folder() : path(std::filesystem::temp_directory_path() / fmt::format("weft-test-ops-{}", getpid())) {
  std::filesystem::create_directories(path);
}
Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

void run_python(const std::string &arguments) {
  const char *chosen = std::getenv("WEFT_PYTHON");
  std::vector<std::string> pythons = chosen ? std::vector<std::string>{chosen} : std::vector<std::string>{"python3", "/usr/bin/python3"};
  for (const std::string &python : pythons) {
    int status = std::system(fmt::format("'{}' {}", python, arguments).c_str());
    if (status == 0)
      return;
    constexpr int without_numpy = 3, not_found = 127;
    if (WEXITSTATUS(status) != without_numpy && WEXITSTATUS(status) != not_found)
      throw std::runtime_error(fmt::format("Python failed; what it said is above: {}", arguments));
  }
  throw std::runtime_error("no Python with NumPy: install python3-numpy, or set WEFT_PYTHON to an interpreter that has it");
}

std::vector<Expected> ask_numpy(const std::vector<Question> &questions) {
  Folder folder;
  std::filesystem::path request = folder.path / "request", response = folder.path / "response";
  {
    std::ofstream os(request, std::ios::binary);
    for (const Question &q : questions) {
      os << q.operands->size() << ' ' << q.expression << '\n';
      for (const Array &a : *q.operands)
        write(os, a);
    }
  }
  run_python(fmt::format("'{}/tests/ops/expected.py' '{}' '{}'", WEFT_SOURCE_DIR, request.string(), response.string()));
  std::ifstream is(response, std::ios::binary);
  std::vector<Expected> answers;
  for (std::size_t i = 0; i < questions.size(); ++i)
    answers.push_back(read(is));
  return answers;
}

} // namespace weft::test
