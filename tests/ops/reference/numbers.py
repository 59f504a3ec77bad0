"""Numbers as NumPy's arrays hold them, or as they are computed: bfloat16, integers that wrap, sums of few bits."""

import numpy as np

LONG = np.longdouble
assert np.finfo(LONG).nmant >= 63, "long double holds every 64-bit integer here"


# bfloat16 is not in NumPy: its elements are float32 here, and results are rounded back to 8 bits of mantissa.
def to_bfloat16(a):
    bits = np.ascontiguousarray(a, np.float32).view(np.uint32).astype(np.uint64)
    rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16
    return np.where(np.isnan(a), 0x7FC0, rounded).astype(np.uint16)


def from_bfloat16(bits):
    # np.left_shift of a rank-0 array would widen: NumPy before 2.0 promotes scalars by their value.
    return np.left_shift(bits, 16, dtype=np.uint32).view(np.float32)


class Case:
    """The case being evaluated: whether its floats stand for bfloat16."""
    bfloat16 = False


def wide(a):
    return a.astype(LONG)


def single(x):
    """16-bit floats as the float32 in which their products are computed."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


def double(x):
    return x.astype(np.float64)


def integral(a):
    return np.issubdtype(a.dtype, np.integer)


def bits(dtype):
    return 8 * dtype.itemsize


def wrap(values, dtype):
    """Python integers modulo 2^width."""
    mask = (1 << (8 * dtype.itemsize)) - 1
    unsigned = np.dtype("u%d" % dtype.itemsize)
    flat = [int(v) & mask for v in values.ravel()]
    return np.array(flat, unsigned).reshape(values.shape).view(dtype)


def exact(x, y, f):
    """f on Python integers, wrapped."""
    # A ufunc of rank-0 arrays gives a bare Python integer.
    return wrap(np.asarray(np.frompyfunc(f, 2, 1)(x.astype(object), y.astype(object)), object), x.dtype)


def round_to_odd(a):
    """float64 to float32 so that rounding once more, to fewer bits, gives what one rounding would."""
    r = a.astype(np.float32)
    i = r.view(np.int32)
    inexact = np.isfinite(a) & (r.astype(a.dtype) != a)
    even = (i & 1) == 0
    # The other neighbour of a: away from zero if r is nearer to zero than a.
    nearer = np.abs(r.astype(a.dtype)) < np.abs(a)
    return np.where(inexact & even, np.where(nearer, i + 1, i - 1), i).astype(np.int32).view(np.float32)


def cast(x, to):
    Case.bfloat16 = to == "bfloat16"
    if to == "bool":
        return x != 0
    if to == "bfloat16":
        return x.astype(np.float32) if x.dtype in (np.float32, np.float16, np.bool_) else round_to_odd(wide(x))
    dtype = np.dtype(to)
    if np.issubdtype(dtype, np.floating) or x.dtype == np.bool_:
        return wide(x).astype(np.float64).astype(dtype) if dtype == np.float16 and integral(x) else x.astype(dtype)
    if integral(x):
        return wrap(x.astype(object), dtype)
    limits = np.iinfo(dtype)
    whole = np.clip(np.trunc(np.nan_to_num(wide(x), nan=0.0, posinf=1e30, neginf=-1e30)), LONG(limits.min), LONG(limits.max))
    return np.array([int(v) for v in whole.ravel()], object).reshape(x.shape).astype(dtype)


def accumulator(x):
    if x.dtype == np.float16:
        return x.astype(np.float32)
    return x.astype(np.int32) if x.dtype == np.bool_ or (integral(x) and x.dtype.itemsize < 4) else x


def accumulated(result, x):
    """float16 is summed in float32 and rounded once."""
    return result.astype(np.float16) if x.dtype == np.float16 else result


def held(a):
    """A step's result as an element holds it."""
    return from_bfloat16(to_bfloat16(a)) if Case.bfloat16 and a.dtype == np.float32 else a
