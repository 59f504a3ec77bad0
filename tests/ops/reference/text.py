"""Strings."""

import numpy as np

from reference.numbers import Case, from_bfloat16, integral, round_to_odd, to_bfloat16


def each(f, x, dtype=object):
    return np.array([f(s) for s in x.ravel()] + [None], object)[:-1].astype(dtype).reshape(x.shape)


def substr(x, position, length):
    def one(s, p, n):
        s = s.encode()
        s = s[p if p >= 0 else p + len(s):]
        return (s if n < 0 else s[:n]).decode(errors="surrogateescape")
    x, position, length = np.broadcast_arrays(x, position, length)
    return np.asarray(np.frompyfunc(one, 3, 1)(x, position.astype(object), length.astype(object)), object)


def reduce_join(x, axis, keepdims, separator):
    axes = tuple(range(x.ndim)) if axis is None else tuple(a % x.ndim for a in np.atleast_1d(axis))
    result = np.empty([x.shape[a] for a in range(x.ndim) if a not in axes], object)
    for place in np.ndindex(result.shape):
        at = iter(place)
        result[place] = separator.join(np.asarray(x[tuple(slice(None) if a in axes else next(at) for a in range(x.ndim))], object).ravel())
    return result.reshape([1 if a in axes else n for a, n in enumerate(x.shape)]) if keepdims else result


def shortest(v):
    """The shorter one of NumPy's shortest texts that read back, with and without an exponent."""
    if not np.isfinite(v):
        return "nan" if np.isnan(v) else "inf" if v > 0 else "-inf"
    fixed = np.format_float_positional(v, unique=True, trim="-")
    scientific = np.format_float_scientific(v, unique=True, trim="-", exp_digits=2)
    return scientific if len(scientific) < len(fixed) else fixed


def shortest_bfloat16(v):
    """NumPy has no bfloat16: the fewest digits that round to the same one."""
    if not np.isfinite(v) or v == 0:
        return shortest(v)
    for digits in range(17):
        # Of two texts of this length around v, the nearer one is tried first.
        text = "%.*e" % (digits, v)
        for t in (text, "%.*e" % (digits, np.nextafter(float(v), np.copysign(np.inf, float(v))))):
            if from_bfloat16(to_bfloat16(round_to_odd(np.array(float(t))))) == v:
                return shortest(np.float64(t))


def as_string(x):
    if x.dtype == np.bool_:
        return each(lambda b: "true" if b else "false", x)
    if integral(x):
        return each(str, x)
    return each(shortest_bfloat16 if Case.bfloat16 else shortest, x)


def to_number(x, dtype):
    if dtype == "bfloat16":
        Case.bfloat16 = True
        return from_bfloat16(to_bfloat16(round_to_odd(each(float, x, np.float64))))
    if np.issubdtype(np.dtype(dtype), np.integer):
        return each(int, x).astype(dtype)
    return each(np.dtype(dtype).type, x, dtype)
