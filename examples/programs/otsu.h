// Two classic thresholds of a grey picture, Otsu's and ISODATA, as functions over tensors: plain C++ that runs
// eagerly as it stands and compiled through weft::function.
#pragma once
#include <weft/weft.h>

namespace programs {

/// (H, W) grey levels 0..255 as int32 -> (H, W) float32, smoothed by the 3x3 binomial kernel; the border stays.
weft::Tensor blur(weft::Tensor image);
/// float32 -> the nearest int32, half upwards.
weft::Tensor grey_levels(weft::Tensor smooth);
/// Grey levels 0..255 of any shape, int32 -> how often each occurs, int32 (256,).
weft::Tensor histogram(weft::Tensor levels);
/// N. Otsu, "A threshold selection method from gray-level histograms", 1979: the level t, int32, for which the classes
/// "at most t" and "above t" have the largest variance between them; the smallest of equals.
weft::Tensor otsu(weft::Tensor histogram);
/// T. W. Ridler and S. Calvard, "Picture thresholding using an iterative selection method", 1978: from the mean,
/// halfway between the means of both classes, until it moves less than 0.5; float64.
weft::Tensor isodata(weft::Tensor levels);

struct Segmented {
  weft::Tensor levels;  ///< the smoothed picture, int32 (H, W)
  weft::Tensor otsu;    ///< int32
  weft::Tensor isodata; ///< float64
  weft::Tensor picture; ///< levels, above Otsu's and above ISODATA's threshold side by side: int32 (H, 3 W)
};
/// All of it, for one picture of int32 (H, W).
Segmented segment(weft::Tensor image);

} // namespace programs

template <> struct weft::Tree<programs::Segmented> {
  static auto fields(auto &s) { return std::tie(s.levels, s.otsu, s.isodata, s.picture); }
};
