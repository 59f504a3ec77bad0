// Module: the list of a module's members, and the walks over it.
#include "lib/tensor/trace_list.h"

#include <weft/module.h>

#include <fmt/format.h>

#include <algorithm>

namespace weft {

/// Variables and sub-modules in one list, so that they keep their order. Made with the first member.
struct Module::Members {
  struct Member {
    std::string name;
    Variable variable; // one of the two
    std::shared_ptr<Module> module;
  };
  std::vector<Member> list;

  /// Calls variable(name, v) and module(m), depth first, with dotted names below `prefix`.
  template <class V, class M>
  static void walk(const Module &m, const std::string &prefix, const V &variable, const M &module) {
    if (!m.members_)
      return;
    for (const Member &member : m.members_->list)
      if (member.module) {
        module(*member.module);
        walk(*member.module, prefix + member.name + '.', variable, module);
      } else {
        variable(prefix + member.name, member.variable);
      }
  }
};

Module::Module() = default;
Module::~Module() = default;
// Traces know a module by its identity, so none may pass to an object with other members.
Module::Module(Module &&o) noexcept : members_(std::move(o.members_)) { o.identity_ = detail::next_identity(); }
Module &Module::operator=(Module &&o) noexcept {
  members_ = std::move(o.members_);
  identity_ = detail::next_identity();
  o.identity_ = detail::next_identity();
  return *this;
}

Module::Members &Module::members(const std::string &new_name, const SourceLocation &loc) {
  if (!members_)
    members_ = std::make_unique<Members>();
  // Dots separate the names of modules in each other.
  if (new_name.empty() || new_name.find('.') != new_name.npos)
    detail::raise(detail::ErrorKind::Variable, loc,
                  fmt::format("'{}' cannot name a member of a Module: it must have letters and no dot", new_name));
  if (std::any_of(members_->list.begin(), members_->list.end(), [&](const auto &m) { return m.name == new_name; }))
    detail::raise(detail::ErrorKind::Variable, loc, fmt::format("this Module has a member '{}' already", new_name));
  return *members_;
}

Variable Module::variable(const std::string &name, const Operand &initial) {
  Members &m = members(name, initial.loc());
  return m.list.emplace_back(Members::Member{name, Variable(initial, name), nullptr}).variable;
}

void Module::adopt(const std::string &name, std::shared_ptr<Module> module) {
  members(name, detail::traced_location()).list.push_back({name, Variable(), std::move(module)});
}

std::vector<Variable> Module::variables() const {
  std::vector<Variable> all;
  Members::walk(*this, "", [&](const std::string &, const Variable &v) { all.push_back(v); }, [](const Module &) {});
  return all;
}

std::vector<std::pair<std::string, Variable>> Module::named_variables() const {
  std::vector<std::pair<std::string, Variable>> all;
  Members::walk(
      *this, "", [&](std::string name, const Variable &v) { all.emplace_back(std::move(name), v); },
      [](const Module &) {});
  return all;
}

std::vector<const Module *> Module::submodules() const {
  std::vector<const Module *> all;
  Members::walk(*this, "", [](const std::string &, const Variable &) {}, [&](const Module &m) { all.push_back(&m); });
  return all;
}

} // namespace weft
