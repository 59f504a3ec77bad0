// What a value is made of besides its tensors.
#pragma once
#include <weft/tree.h>

#include <string>

namespace weft::detail {

/// Writes it down as bytes, with a mark for each tensor: where two values' are equal, the values differ in tensors
/// only.
class StructureVisitor : public LeafVisitor {
public:
  std::string structure_bytes;

  void tensor(Tensor &) override { structure_bytes += 't'; }
  void operand(Operand &) override { structure_bytes += 'o'; }
  void variable(Variable &v) override { add('v', v.state()); }
  void host(const Host &h) override {
    add('h', h.size);
    structure_bytes.append(static_cast<const char *>(h.bytes), h.size);
  }
  void structure(std::uint64_t word) override { add('s', word); }

private:
  template <class T> void add(char kind, T word) {
    structure_bytes += kind;
    structure_bytes.append(reinterpret_cast<const char *>(&word), sizeof word);
  }
};

} // namespace weft::detail
