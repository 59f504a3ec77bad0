// See background.h.
#include "lib/function/background.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>

namespace weft::detail {
namespace {

class Worker {
public:
  /// Never destroyed: static objects may compile while they are.
  static Worker &get() {
    static Worker &worker = *new Worker;
    return worker;
  }

  void add(std::function<void()> job) {
    std::lock_guard lock(mutex_);
    if (ended_ || !started())
      return;
    jobs_.push_back(std::move(job));
    changed_.notify_all();
  }
  void end() {
    std::deque<std::function<void()>> dropped; // destroyed outside of the lock
    std::unique_lock lock(mutex_);
    ended_ = true;
    dropped.swap(jobs_);
    changed_.wait(lock, [&] { return !busy_; });
  }
  void finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !busy_ && jobs_.empty(); });
  }

private:
  Worker() {
    pthread_atfork([] { get().before_fork(); }, [] { get().in_parent(); }, [] { get().in_child(); });
  }

  // A job holds locks of libraries, which nobody in the child would give back: so forks wait for it.
  void before_fork() {
    running_.lock();
    mutex_.lock();
  }
  void in_parent() {
    mutex_.unlock();
    running_.unlock();
  }
  void in_child() {
    new (&changed_) std::condition_variable; // it counts threads that are not here
    busy_ = started_ = false;
    in_parent();
  }

  /// Signals are for the program's threads.
  bool started() {
    if (started_)
      return true;
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    try {
      std::thread([this] { work(); }).detach();
      started_ = true;
    } catch (const std::system_error &) { // no thread to be had: then nothing gets better
    }
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
    return started_;
  }

  [[noreturn]] void work() {
    pthread_setname_np(pthread_self(), "weft-compiler");
    for (;;) {
      std::function<void()> job;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !jobs_.empty(); });
        job = std::move(jobs_.front());
        jobs_.pop_front();
        busy_ = true;
      }
      {
        std::lock_guard lock(running_);
        job();
        job = nullptr;
      }
      std::lock_guard lock(mutex_);
      busy_ = false;
      changed_.notify_all();
    }
  }

  std::mutex running_; // held while a job runs; taken before mutex_
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool started_ = false, busy_ = false, ended_ = false;
};

/// Static objects end before or after each other as they began, and a job may use some of LLVM's that have just begun.
/// But exit() ends the thread-local objects of its thread first: this one, of the main thread.
struct EndOfMain {
  ~EndOfMain() {
    if (gettid() == getpid())
      end_background();
  }
};
thread_local EndOfMain end_of_main;
[[maybe_unused]] const EndOfMain *const watched = &end_of_main; // when the library is loaded

} // namespace

void run_later(std::function<void()> job) { Worker::get().add(std::move(job)); }
void end_background() { Worker::get().end(); }
void finish_background() { Worker::get().finish(); }

} // namespace weft::detail
