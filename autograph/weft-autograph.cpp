// weft-autograph: rewrites native control flow over tensors for tracing. See Rewrite.h; the rules are in docs/autograph.md.
#include "Rewrite.h"

#include "llvm/Support/InitLLVM.h"

int main(int Count, const char **Words) {
  llvm::InitLLVM Setup(Count, Words);
  int Exit = 0;
  auto Asked = weft::autograph::readArguments(Count, Words, Exit);
  return Asked ? weft::autograph::rewrite(*Asked) : Exit;
}
