// The writer locks of several variables, held together.
#pragma once
#include "lib/tensor/small_vector.h"
#include "lib/tensor/variable_state.h"

#include <span>

namespace weft::detail {

class WriterLocks {
public:
  /// `variables` are in address order, so that no two threads wait for each other, and outlive this.
  explicit WriterLocks(std::span<VariableState *const> variables) : WriterLocks(variables, 0) { lock_rest(); }
  WriterLocks(const WriterLocks &) = delete;
  ~WriterLocks() {
    while (held_)
      variables_[--held_]->writers.unlock();
  }

  /// For a callback of the user's, which may wait for other threads that write these variables: lets go of every lock, also of
  /// those that an outer call of this thread has on them.
  void let_go() {
    for (std::size_t k = 0; k < variables_.size(); ++k)
      depths_[k] = variables_[k]->writers.let_go();
  }
  void take_back() noexcept {
    for (std::size_t k = 0; k < variables_.size(); ++k)
      variables_[k]->writers.take_back(depths_[k]);
  }

private:
  // Once this one is done the destructor runs, also when a lock cannot be taken.
  WriterLocks(std::span<VariableState *const> variables, std::size_t held) : variables_(variables), held_(held), depths_(variables.size()) {}
  void lock_rest() {
    for (; held_ < variables_.size(); ++held_)
      variables_[held_]->writers.lock();
  }

  std::span<VariableState *const> variables_;
  std::size_t held_;
  SmallVector<int, 8> depths_;
};

} // namespace weft::detail
