// Reading a signature from arguments, keeping it, and saying it in words.
#include "lib/function/signature.h"

#include "lib/function/words.h"

#include <fmt/format.h>

#include <atomic>
#include <cstring>

namespace weft::detail {

LeafVisitor::~LeafVisitor() = default;

std::string host_number(double v) { return fmt::format("{}", v); }
std::string host_number(long double v) { return fmt::format("{}", v); }
std::string host_number(std::int64_t v) { return std::to_string(v); }
std::string host_number(std::uint64_t v) { return std::to_string(v); }

std::uint64_t next_identity() {
  static std::atomic<std::uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

namespace {

// The first word of a leaf: its kind in the lowest byte. A tensor's dtype, rank and weakness follow, and its dimensions in the
// next words; a host value has its size in bytes here, then its type and its bits.
enum Kind : std::uint64_t { tensor_leaf = 1, variable_leaf, host_leaf, structure_leaf };
constexpr std::uint64_t weak_bit = std::uint64_t{1} << 24;

constexpr std::uint64_t tensor_header(DType dtype, int rank, bool weak) {
  return tensor_leaf | std::uint64_t(dtype) << 8 | std::uint64_t(rank) << 16 | (weak ? weak_bit : 0);
}
constexpr Kind kind_of(std::uint64_t header) { return Kind(header & 0xff); }
constexpr int rank_of(std::uint64_t header) { return int(header >> 16 & 0xff); }
constexpr std::size_t host_words(std::uint64_t header) { return ((header >> 8) + 7) / 8; }
/// How many words a leaf has after its first.
std::size_t following(std::uint64_t header) {
  switch (kind_of(header)) {
  case tensor_leaf: return std::size_t(rank_of(header));
  case host_leaf: return 1 + host_words(header);
  default: return 1;
  }
}

bool is_open(const Opening &o, int rank, int dim, std::int64_t size) { return size != 1 && o.is_open(rank, dim); }

} // namespace

bool Opening::join(const Opening &o) {
  bool more = false;
  for (std::size_t rank = 0; rank < dims.size(); ++rank) {
    more |= (o.dims[rank] & ~dims[rank]) != 0;
    dims[rank] |= o.dims[rank];
  }
  return more;
}

TensorType opened(const TensorType &type, const Opening &o) {
  TensorType t = type;
  for (int d = 0; d < t.shape.rank(); ++d)
    if (is_open(o, t.shape.rank(), d, t.shape[d]))
      t.shape[d] = dynamic;
  return t;
}

std::unique_ptr<const Openings> openings_of(const std::vector<TensorType> &types) {
  auto openings = std::make_unique<Openings>();
  bool any = false;
  for (const TensorType &t : types) {
    Opening o;
    for (int d = 0; d < t.shape.rank(); ++d)
      if (t.shape[d] == dynamic)
        o.open(t.shape.rank(), d), any = true;
    openings->push_back(o);
  }
  return any ? std::move(openings) : nullptr;
}

void Signature::tensor(Tensor &t) {
  Value *v = t.value();
  if (!v || v->kind >= Value::Kind::Poison)
    unusable(t);
  leaf(v, false);
}

void Signature::operand(Operand &o) { leaf(o.value().get(), o.weak()); }

void Signature::leaf(Value *v, bool weak) {
  const Shape &shape = v->type.shape;
  words_.push_back(tensor_header(v->type.dtype, shape.rank(), weak));
  std::size_t k = leaves_.size();
  if (!openings_ || k >= openings_->size())
    for (std::int64_t d : shape)
      words_.push_back(static_cast<std::uint64_t>(d));
  else
    for (int d = 0; d < shape.rank(); ++d)
      words_.push_back(static_cast<std::uint64_t>(is_open((*openings_)[k], shape.rank(), d, shape[d]) ? dynamic : shape[d]));
  leaves_.push_back(v);
  symbolic_ |= v->kind == Value::Kind::Symbolic;
}

void Signature::unusable(const Tensor &t) const {
  if (!t.value())
    raise(ErrorKind::Trace, where_, fmt::format("an empty Tensor was passed to a traced function (tensor {} of its arguments)",
                                                leaves_.size()));
  (void)t.checked(where_); // throws the handle's own reason
  raise(ErrorKind::Trace, where_, "a Tensor without a value was passed to a traced function");
}

void Signature::variable(Variable &v) {
  if (!v.defined())
    raise(ErrorKind::Variable, where_, "an empty Variable was passed to a traced function");
  words_.push_back(variable_leaf);
  words_.push_back(reinterpret_cast<std::uintptr_t>(v.state()));
  variables_.push_back(v.state());
}

void Signature::host(const Host &h) {
  std::uint64_t header = host_leaf | std::uint64_t(h.size) << 8;
  words_.push_back(header);
  words_.push_back(reinterpret_cast<std::uintptr_t>(h.type));
  std::size_t left = h.size;
  for (auto *p = static_cast<const char *>(h.bytes); left; p += 8) {
    std::uint64_t word = 0;
    std::size_t n = std::min<std::size_t>(left, 8);
    std::memcpy(&word, p, n);
    words_.push_back(word);
    left -= n;
  }
  if (h.equal)
    objects_.push_back({h.object, h.equal, h.clone, h.destroy});
}

void Signature::structure(std::uint64_t word) {
  words_.push_back(structure_leaf);
  words_.push_back(word);
}

std::uint64_t Signature::hash() const { return hash_words(words_); }

TensorType Signature::type(std::size_t k) const {
  const TensorType &t = leaves_[k]->type;
  return openings_ && k < openings_->size() ? opened(t, (*openings_)[k]) : t;
}

Key::Key(const Signature &s) : words_(s.words().begin(), s.words().end()), hash_(s.hash()) {
  for (const Signature::Object &o : s.objects())
    objects_.push_back({std::unique_ptr<void, Destroy>(o.clone(o.object), Destroy{o.destroy}), o.equal});
  for (VariableState *v : s.variables())
    variables_.emplace_back(v);
  for (std::size_t k = 0; k < s.leaves().size(); ++k)
    types_.push_back(s.type(k));
}

bool Key::matches_objects(const Signature &s) const {
  for (std::size_t k = 0; k < objects_.size(); ++k)
    if (!objects_[k].equal(objects_[k].object.get(), s.objects()[k].object))
      return false;
  return true;
}

bool Key::matches_words(const Signature &s) const {
  std::span<const std::uint64_t> words = s.words();
  return std::ranges::equal(words, words_);
}

std::unique_ptr<Openings> Key::differing_dimensions(const Signature &s) const {
  std::span<const std::uint64_t> other = s.words();
  if (other.size() != words_.size())
    return nullptr;
  auto openings = std::make_unique<Openings>();
  bool differs = false;
  for (std::size_t i = 0; i < words_.size();) {
    std::uint64_t header = words_[i];
    std::size_t n = following(header);
    if (other[i] != header)
      return nullptr;
    if (kind_of(header) == tensor_leaf) {
      Opening o;
      for (std::size_t d = 0; d < n; ++d) {
        auto a = static_cast<std::int64_t>(words_[i + 1 + d]), b = static_cast<std::int64_t>(other[i + 1 + d]);
        if (a != b && (a == 1 || b == 1))
          return nullptr;
        if (a != b || a == dynamic)
          o.open(static_cast<int>(n), static_cast<int>(d));
        differs |= a != b;
      }
      openings->push_back(o);
    } else if (std::memcmp(&words_[i], &other[i], (1 + n) * sizeof(std::uint64_t)) != 0)
      return nullptr;
    i += 1 + n;
  }
  return differs ? std::move(openings) : nullptr;
}

namespace {

class Describer final : public LeafVisitor {
public:
  Describer(const Openings *openings) : openings_(openings) {}
  int parameter = 0;
  std::vector<LeafText> leaves;

  void tensor(Tensor &t) override { add_tensor(*t.value(), ""); }
  void operand(Operand &o) override { add_tensor(*o.value(), o.weak() ? "weak " : ""); }
  void variable(Variable &v) override {
    add(LeafText::Kind::Variable, fmt::format("variable {} {}", v.name(), to_string(TensorType{v.dtype(), v.shape()})),
        reinterpret_cast<std::uintptr_t>(v.state()));
  }
  void host(const Host &h) override {
    add(LeafText::Kind::Host, h.text(h.object), std::hash<std::string_view>{}({static_cast<const char *>(h.bytes), h.size}));
    if (h.equal) {
      leaves.back().object = std::shared_ptr<const void>(h.clone(h.object), [destroy = h.destroy](const void *p) { destroy(const_cast<void *>(p)); });
      leaves.back().equal = h.equal;
    }
  }
  void structure(std::uint64_t word) override { add(LeafText::Kind::Structure, std::to_string(word), 0); }

private:
  void add(LeafText::Kind kind, std::string text, std::uint64_t identity) {
    leaves.push_back({parameter, kind, {}, std::move(text), identity});
  }
  void add_tensor(const Value &v, const char *prefix) {
    TensorType t = openings_ && tensors_ < openings_->size() ? opened(v.type, (*openings_)[tensors_]) : v.type;
    ++tensors_;
    add(LeafText::Kind::Tensor, prefix + to_string(t), 0);
    leaves.back().type = t;
  }
  const Openings *openings_;
  std::size_t tensors_ = 0;
};

} // namespace

std::vector<LeafText> describe(const Body &body, void *args, const Openings *openings) {
  Describer d(openings);
  for (; d.parameter < body.parameters; ++d.parameter)
    body.walk_parameter(args, d.parameter, d);
  return std::move(d.leaves);
}

std::string signature_text(const std::vector<LeafText> &leaves, int parameters) {
  std::string text;
  auto leaf = leaves.begin();
  for (int p = 0; p < parameters; ++p) {
    auto first = leaf;
    std::string inner;
    for (; leaf != leaves.end() && leaf->parameter == p; ++leaf)
      if (leaf->kind != LeafText::Kind::Structure)
        inner += (inner.empty() ? "" : ", ") + leaf->text;
    bool single = leaf - first == 1 && first->kind != LeafText::Kind::Structure;
    text += (p ? ", " : "") + (single ? inner : "[" + inner + "]");
  }
  return "(" + text + ")";
}

} // namespace weft::detail
