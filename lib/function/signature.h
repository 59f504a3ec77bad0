// Signatures: what a call is looked up by. A Signature is read from the arguments, on the caller's stack, at every call; a
// Key is the copy that an entry keeps. Both are words: dtype, rank and dimensions of each tensor, type and bits (or hash) of
// each host value, sizes of containers.
#pragma once
#include "lib/tensor/small_vector.h"
#include "lib/tensor/variable_state.h"

#include <weft/function.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weft::detail {

/// The open dimensions of one tensor leaf, for each rank that it may have: bit d for dimension d. A size of 1 is never open.
struct Opening {
  std::array<std::uint8_t, Shape::max_rank + 1> dims{};

  void open(int rank, int dim) { dims[static_cast<std::size_t>(rank)] |= static_cast<std::uint8_t>(1u << dim); }
  bool is_open(int rank, int dim) const { return dims[static_cast<std::size_t>(rank)] >> dim & 1; }
  /// Opens what `o` opens; whether that was more.
  bool join(const Opening &o);
  friend bool operator==(const Opening &, const Opening &) = default;
};
/// Of all tensor leaves; the list may be shorter than they are.
using Openings = std::vector<Opening>;

/// `type` with the dimensions open that `o` opens.
TensorType opened(const TensorType &type, const Opening &o);
/// The dimensions that `types` leave open; null where there are none.
std::unique_ptr<const Openings> openings_of(const std::vector<TensorType> &types);

class WEFT_API Signature final : public LeafVisitor {
public:
  /// Leaves are visited by walking the arguments. `openings` may be null. Throws the error that fits an empty or poisoned
  /// tensor, with `where`.
  Signature(const Openings *openings, const std::source_location &where) : openings_(openings), where_(where) {}
  Signature(const Signature &) = delete;

  std::span<const std::uint64_t> words() const { return words_; }
  std::uint64_t hash() const;
  /// The values of the tensor leaves, alive as long as the arguments are.
  std::span<Value *const> leaves() const { return leaves_; }
  /// The type that leaf k is traced with.
  TensorType type(std::size_t k) const;
  /// Whether a leaf is a value of a trace, of a graph, or a spec.
  bool symbolic() const { return symbolic_; }
  SourceLocation where() const { return where_; }
  const std::source_location &place() const { return where_; }
  const Openings *openings() const { return openings_; }

  /// A host value that is compared by its own operator==.
  struct Object {
    const void *object;
    bool (*equal)(const void *, const void *);
    void *(*clone)(const void *);
    void (*destroy)(void *);
  };
  std::span<const Object> objects() const { return objects_; }
  std::span<VariableState *const> variables() const { return variables_; }

  void tensor(Tensor &t) override;
  void operand(Operand &o) override;
  void variable(Variable &v) override;
  void host(const Host &h) override;
  void structure(std::uint64_t word) override;

private:
  void leaf(Value *v, bool weak);
  [[noreturn]] void unusable(const Tensor &t) const;

  const Openings *openings_;
  const std::source_location &where_;
  bool symbolic_ = false;
  SmallVector<std::uint64_t, 48> words_;
  SmallVector<Value *, 16> leaves_;
  SmallVector<Object, 4> objects_;
  SmallVector<VariableState *, 4> variables_;
};

/// A signature that is kept.
class WEFT_API Key {
public:
  Key() = default;
  explicit Key(const Signature &s);

  bool matches(const Signature &s) const { return matches_words(s) && matches_objects(s); }
  /// The two halves of matches(), the second after the first only. matches_objects runs operator== of the user's: under no lock.
  bool matches_words(const Signature &s) const;
  bool matches_objects(const Signature &s) const;
  bool has_objects() const { return !objects_.empty(); }
  std::uint64_t hash() const { return hash_; }
  /// A signature whose words differ from this one's in sizes of dimensions only gives those dimensions; null where more differs
  /// or nothing that may be open. A size of 1 on either side is no difference that opening would mend. Objects are not looked at.
  std::unique_ptr<Openings> differing_dimensions(const Signature &s) const;
  /// The types of the tensor leaves.
  const std::vector<TensorType> &types() const { return types_; }

private:
  struct Destroy {
    void (*destroy)(void *);
    void operator()(void *p) const { destroy(p); }
  };
  struct Kept {
    std::unique_ptr<void, Destroy> object;
    bool (*equal)(const void *, const void *);
  };
  std::vector<std::uint64_t> words_;
  std::uint64_t hash_ = 0;
  std::vector<Kept> objects_;
  std::vector<Ref<VariableState>> variables_; // held, so that no other variable gets the address
  std::vector<TensorType> types_;
};

/// One leaf of a signature in words for people.
struct LeafText {
  enum class Kind { Tensor, Variable, Host, Structure };
  int parameter = 0;
  Kind kind = Kind::Host;
  TensorType type;            // of a Tensor
  std::string text;           // of every kind
  std::uint64_t identity = 0; // tells apart what has the same text: variables, modules, objects
  // Of a Host that is compared by its own operator==: a copy.
  std::shared_ptr<const void> object = {};
  bool (*equal)(const void *, const void *) = nullptr;

  /// Whether both stand for the same in a signature.
  bool same(const LeafText &o) const {
    return kind == o.kind && identity == o.identity && text == o.text && equal == o.equal &&
           (!equal || equal(object.get(), o.object.get()));
  }
};
/// The leaves of the arguments in the order of the walk.
std::vector<LeafText> describe(const Body &body, void *args, const Openings *openings);
/// "(float32 (2, 3), 4)"; a parameter of several leaves is in brackets.
std::string signature_text(const std::vector<LeafText> &leaves, int parameters);

} // namespace weft::detail
