// The sink of weft::print: whole lines, on the calling thread, exceptions through, free to print and to replace itself.
#include "lib/tensor/value.h"

#include <weft/effects.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <thread>
#include <vector>

namespace weft {
namespace {

void emit_line(std::string_view line) { detail::emit_line(line, detail::print_sink()); }

class PrintSinkTest : public testing::Test {
protected:
  void TearDown() override { set_print_sink({}); }
};

TEST_F(PrintSinkTest, GetsEachLineWithItsNewline) {
  std::vector<std::string> lines;
  set_print_sink([&](std::string_view line) { lines.emplace_back(line); });
  emit_line("[1 2 3]");
  emit_line("");
  EXPECT_EQ(lines, (std::vector<std::string>{"[1 2 3]\n", "\n"}));
}

TEST_F(PrintSinkTest, RunsOnTheCallingThread) {
  std::thread::id where;
  set_print_sink([&](std::string_view) { where = std::this_thread::get_id(); });
  emit_line("x");
  EXPECT_EQ(where, std::this_thread::get_id());
}

TEST_F(PrintSinkTest, ExceptionsPassThrough) {
  set_print_sink([](std::string_view) { throw std::domain_error("full"); });
  EXPECT_THROW(emit_line("x"), std::domain_error);
  set_print_sink({});
}

TEST_F(PrintSinkTest, ASinkMayPrintAndReplaceItself) {
  std::string text;
  set_print_sink([&text, first = std::string("first ")](std::string_view line) {
    set_print_sink([&text](std::string_view inner) { text += "second " + std::string(inner); });
    text += first + std::string(line); // the closure must outlive its replacement
    emit_line("b");
  });
  emit_line("a");
  emit_line("c");
  EXPECT_EQ(text, "first a\nsecond b\nsecond c\n");
}

TEST_F(PrintSinkTest, WithoutASinkLinesGoToStdoutInOrder) {
  testing::internal::CaptureStdout();
  std::fputs("host 1\n", stdout);
  emit_line("traced");
  ASSERT_EQ(::write(STDOUT_FILENO, "host 2\n", 7), 7); // past stdout's buffer
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "host 1\ntraced\nhost 2\n");
}

TEST_F(PrintSinkTest, SinksMayBeSetWhileOthersPrint) {
  std::atomic<int> lines{0};
  set_print_sink([&](std::string_view) { ++lines; });
  std::thread setter([&] {
    for (int i = 0; i < 1000; ++i)
      set_print_sink([&](std::string_view) { ++lines; });
  });
  for (int i = 0; i < 1000; ++i)
    emit_line("x");
  setter.join();
  EXPECT_EQ(lines.load(), 1000);
}

} // namespace
} // namespace weft
