// Module: groups variables, functions and sub-modules, and hands out all variables below it.
#pragma once
#include <weft/variable.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weft {

namespace detail {
WEFT_API std::uint64_t next_identity();
}

template <class M> class ModuleList;

/// The base of a user's model part. Movable, not copyable. Members are made with variable(), module() and modules()
/// in the order in which they shall be listed.
class WEFT_API Module {
public:
  Module();
  Module(Module &&) noexcept;
  Module &operator=(Module &&) noexcept;
  Module(const Module &) = delete;
  Module &operator=(const Module &) = delete;
  virtual ~Module();

  /// All variables of this module and its sub-modules, in order of construction.
  std::vector<Variable> variables() const;
  /// The same with dotted names: "layers.0.w".
  std::vector<std::pair<std::string, Variable>> named_variables() const;
  /// All modules below this one, depth first, in order of construction.
  std::vector<const Module *> submodules() const;

  /// For weft itself: what a module parameter of a traced function is known by. Unlike an address it is never used again.
  std::uint64_t identity() const { return identity_; }

protected:
  /// A new member: a Variable with this value. VariableError for a name that is taken, empty or has a dot, and while tracing.
  Variable variable(const std::string &name, const Operand &initial);
  /// A new member: an M made from `args`, as a shared handle. Names as for variable().
  template <class M, class... A> std::shared_ptr<M> module(const std::string &name, A &&...args) {
    auto m = std::make_shared<M>(std::forward<A>(args)...);
    adopt(name, m);
    return m;
  }
  /// A new member: an empty list of M. Names as for variable().
  template <class M> ModuleList<M> modules(const std::string &name);

private:
  template <class M> friend class ModuleList;
  struct Members;
  Members &members(const std::string &new_name, const SourceLocation &loc);
  void adopt(const std::string &name, std::shared_ptr<Module> m);
  std::unique_ptr<Members> members_;
  std::uint64_t identity_ = detail::next_identity();
};

/// A list of sub-modules of one type, named "list.0", "list.1", …
template <class M> class ModuleList {
public:
  /// Makes an M from `args` at the end of the list. The reference stays valid as long as the list.
  template <class... A> M &emplace_back(A &&...args) {
    auto m = std::make_shared<M>(std::forward<A>(args)...);
    list_->adopt(std::to_string(items_.size()), m);
    items_.push_back(m);
    return *m;
  }
  /// How many modules the list has.
  std::size_t size() const { return items_.size(); }
  /// Module i, below size().
  M &operator[](std::size_t i) const { return *items_[i]; }
  /// The modules in order, as std::shared_ptr<M>.
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

private:
  friend class Module;
  explicit ModuleList(std::shared_ptr<Module> list) : list_(std::move(list)) {}
  std::shared_ptr<Module> list_;
  std::vector<std::shared_ptr<M>> items_;
};

template <class M> ModuleList<M> Module::modules(const std::string &name) {
  return ModuleList<M>(module<Module>(name));
}

} // namespace weft
