// Logarithms for one number of each sixteenth of [1, 2): with them the logarithms of all bases begin, and pow. Those at
// both ends are exact, so that they cancel where logarithms vanish.
#pragma once

namespace weft::detail::math {
namespace {

/// A whole number can be added to these exactly, and they are the reciprocals' logarithms but for 2^-63, of float32
/// 2^-32: of the multiples of 2^-42 and of 2^-15 near the middle of the sixteenth, the first whose power is so close to
/// a number.
struct RoundLogarithms {
  alignas(64) static constexpr float narrow_reciprocals[16] = {
      0x1p0f,         0x1.d39f74p-1f, 0x1.ba6bc8p-1f, 0x1.a4657ep-1f, 0x1.8fb8cep-1f, 0x1.7c270cp-1f,
      0x1.6b7b36p-1f, 0x1.5a783p-1f,  0x1.498c8ep-1f, 0x1.402b7p-1f,  0x1.345356p-1f, 0x1.29d684p-1f,
      0x1.21a49p-1f,  0x1.173496p-1f, 0x1.0d2da4p-1f, 0x1p-1f};
  alignas(64) static constexpr float narrow_logarithms[16] = {
      0x0p0f,       0x1.0bep-3f,  0x1.af9p-3f, 0x1.2338p-2f, 0x1.6db8p-2f, 0x1.b7ep-2f,  0x1.fa2p-2f,  0x1.2078p-1f,
      0x1.4574p-1f, 0x1.5ac8p-1f, 0x1.76ap-1f, 0x1.903p-1f,  0x1.a4ccp-1f, 0x1.bfe8p-1f, 0x1.daecp-1f, 0x1p0f};
  alignas(64) static constexpr double wide_reciprocals[16] = {0x1p0,
                                                              0x1.d41d41d401f23p-1,
                                                              0x1.bacf914bf81fep-1,
                                                              0x1.a41a41a41e5dbp-1,
                                                              0x1.8f9c18f986cf7p-1,
                                                              0x1.7d05f4179c92dp-1,
                                                              0x1.6c16c169d56c3p-1,
                                                              0x1.5c9882b9deb17p-1,
                                                              0x1.4e5e0a7302b3p-1,
                                                              0x1.414141418849ap-1,
                                                              0x1.3521cfb2ff18p-1,
                                                              0x1.29e4129eb6cacp-1,
                                                              0x1.1f7047dc8892fp-1,
                                                              0x1.15b1e5f73eb62p-1,
                                                              0x1.0c9714fbeada2p-1,
                                                              0x1p-1};
  alignas(64) static constexpr double wide_logarithms[16] = {0x0p0,
                                                             0x1.08c588ce54p-3,
                                                             0x1.acf5e2dc3cp-3,
                                                             0x1.24407ab0d2p-2,
                                                             0x1.6e221cdaaap-2,
                                                             0x1.b47ebf7451p-2,
                                                             0x1.f7a85695d7p-2,
                                                             0x1.1bf311e7edp-1,
                                                             0x1.3abb3fa9d98p-1,
                                                             0x1.58482268e68p-1,
                                                             0x1.74b1fd64358p-1,
                                                             0x1.900e615edc8p-1,
                                                             0x1.aa708f56d08p-1,
                                                             0x1.c3e9ca2e4e8p-1,
                                                             0x1.dc899ab3afp-1,
                                                             0x1p0};
};

/// A number of the sixteenth times these is 1 + r with an r that is exact. The logarithms are as round and have
/// remainders.
struct ShortReciprocals {
  alignas(64) static constexpr float narrow_reciprocals[16] = {
      0x1p0f,    0x1.dp-1f, 0x1.cp-1f,  0x1.ap-1f,  0x1.9p-1f, 0x1.8p-1f,  0x1.7p-1f, 0x1.6p-1f,
      0x1.5p-1f, 0x1.4p-1f, 0x1.38p-1f, 0x1.28p-1f, 0x1.2p-1f, 0x1.18p-1f, 0x1.1p-1f, 0x1p-1f};
  alignas(64) static constexpr float narrow_logarithms[16] = {
      0x0p0f,       0x1.22ep-3f,  0x1.8a9p-3f, 0x1.32cp-2f,  0x1.6cbp-2f, 0x1.a9p-2f,  0x1.e7ep-2f,  0x1.14c4p-1f,
      0x1.3724p-1f, 0x1.5b2cp-1f, 0x1.6dep-1f, 0x1.94c4p-1f, 0x1.a9p-1f,  0x1.bddp-1f, 0x1.d338p-1f, 0x1p0f};
  alignas(64) static constexpr float narrow_remainders[16] = {
      0x0p0f,           -0x1.48f554p-17f, -0x1.9fd502p-17f, -0x1.1c8f12p-22f,
      0x1.ed0cbap-19f,  -0x1.a39fbep-20f, -0x1.40358ep-19f, 0x1.60fe68p-17f,
      -0x1.d448f8p-17f, 0x1.ed0cbap-20f,  -0x1.eac382p-20f, -0x1.78b6d4p-17f,
      -0x1.a39fbep-19f, -0x1.62336ap-17f, 0x1.20a6dep-21f,  0x0p0f};
  alignas(64) static constexpr double wide_reciprocals[16] = {
      0x1p0,    0x1.dp-1, 0x1.cp-1,  0x1.ap-1,  0x1.9p-1, 0x1.8p-1,  0x1.7p-1, 0x1.6p-1,
      0x1.5p-1, 0x1.4p-1, 0x1.38p-1, 0x1.28p-1, 0x1.2p-1, 0x1.18p-1, 0x1.1p-1, 0x1p-1};
  alignas(64) static constexpr double wide_logarithms[16] = {0x0p0,
                                                             0x1.22dadc2ab4p-3,
                                                             0x1.8a8980abfcp-3,
                                                             0x1.32bfee370fp-2,
                                                             0x1.6cb0f6865dp-2,
                                                             0x1.a8ff971811p-2,
                                                             0x1.e7df5fe539p-2,
                                                             0x1.14c560fe688p-1,
                                                             0x1.37222bb7078p-1,
                                                             0x1.5b2c3da197p-1,
                                                             0x1.6ddfc2a79p-1,
                                                             0x1.94c287492c8p-1,
                                                             0x1.a8ff9718108p-1,
                                                             0x1.bdce9dcc96p-1,
                                                             0x1.d338120a6ep-1,
                                                             0x1p0};
  alignas(64) static constexpr double wide_remainders[16] = {0x0p0,
                                                             -0x1.6d25a5b8a19b2p-44,
                                                             -0x1.66cccab240e9p-46,
                                                             -0x1.979a5db68721dp-46,
                                                             -0x1.c57f2495fb7fap-44,
                                                             -0x1.6879fa00b120ap-44,
                                                             -0x1.532c412ba94dbp-44,
                                                             0x1.7c407050799bfp-44,
                                                             -0x1.c22d2cad415aep-44,
                                                             0x1.1d406db502403p-44,
                                                             -0x1.ce60916e52e91p-44,
                                                             -0x1.927dfc23d978p-44,
                                                             0x1.2f0c0bfe9dbecp-44,
                                                             0x1.871a7610e40bdp-45,
                                                             -0x1.3167ccc538261p-44,
                                                             0x0p0};
};

} // namespace
} // namespace weft::detail::math
