// exit: 1
// Control flow over tensors in a coroutine.
#include <weft/weft.h>

#include <coroutine>

using weft::Tensor;

struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};

Task coroutine(Tensor x) {
  if (x > 0) //~ 3: error: control flow over tensors in a coroutine cannot be traced
    x += 1;
  co_await std::suspend_never();
}

Task host_coroutine(Tensor x, int mode) {
  if (mode > 0)
    x += 1;
  co_await std::suspend_never();
}
