// The loops of ranges_test.cpp as a compiler sees them without weft-autograph: known from their iterators.
#define Ranges PlainRanges // another suite's name in the same program
#include "ranges_test.cpp"
