// SLEEF, which the functions of mathematics come from, is not there.
#include "tests/error/wrong.h"
#include "tests/support/absent_library.h"

using namespace weft;
using namespace weft::test;

// Run by the test below, in a process of its own.
TEST(Sleef, DISABLED_IsBroken) {
  Tensor x = {1.0f, 2.0f};
  EXPECT_EQ(sum(x + x).item<float>(), 6.0f);
  for (int i = 0; i < 2; ++i)
    EXPECT_ERROR(IoError, sin(x), "install the Debian package libsleef3");
}

TEST(Sleef, AbsenceIsAnErrorThatNamesThePackage) {
  EXPECT_TRUE(passes_without("libsleef.so.3", "Sleef.DISABLED_IsBroken"));
}
