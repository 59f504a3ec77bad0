// Formatters for fmt: fmt::print("{} {}\n", x, x.shape()). The text is that of operator<<; width and fill apply to it.
// Not part of weft.h, so that fmt is needed only where it is used.
#pragma once
#include <weft/tensor.h>

#include <fmt/format.h>

template <> struct fmt::formatter<weft::Tensor> : fmt::formatter<fmt::string_view> {
  template <class Context> auto format(const weft::Tensor &t, Context &context) const {
    return fmt::formatter<fmt::string_view>::format(weft::to_string(t), context);
  }
};

template <> struct fmt::formatter<weft::Shape> : fmt::formatter<fmt::string_view> {
  template <class Context> auto format(const weft::Shape &s, Context &context) const {
    return fmt::formatter<fmt::string_view>::format(weft::to_string(s), context);
  }
};

template <> struct fmt::formatter<weft::DType> : fmt::formatter<fmt::string_view> {
  template <class Context> auto format(weft::DType d, Context &context) const {
    std::string_view text = weft::name(d);
    return fmt::formatter<fmt::string_view>::format({text.data(), text.size()}, context);
  }
};
