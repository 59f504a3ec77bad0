"""Functions of elements that NumPy has not, or computes with fewer digits."""

import ctypes

import numpy as np

from reference.numbers import bits, exact, integral, wide


def by_python(f, a):
    """A function of float64 that NumPy does not have."""
    return wide(np.vectorize(f, otypes=[np.float64])(a.astype(np.float64)))


def by_libm(name, a):
    """A function of the C library that NumPy does not have, computed in long double: in float64 some are several units off."""
    f = getattr(ctypes.CDLL("libm.so.6"), name + "l")
    f.argtypes, f.restype = [ctypes.c_longdouble], ctypes.c_longdouble
    return by_python(f, a)


def whole(f, a):
    """NumPy rounds integers to float64; the Array API leaves them alone."""
    return a if integral(a) else f(a)


def toward_zero(a, b):
    q = abs(a) // abs(b)
    return q if (a < 0) == (b < 0) else -q


def trunc_divide(x, y):
    return exact(x, y, toward_zero) if integral(x) else np.divide(x, y)


def fmod(x, y):
    return exact(x, y, lambda a, b: a - b * toward_zero(a, b)) if integral(x) else np.fmod(x, y)


def floor_divide(x, y):
    if integral(x):
        return exact(x, y, lambda a, b: a // b)
    return np.floor_divide(x, y)


def remainder(x, y):
    if integral(x):
        return exact(x, y, lambda a, b: a % b)
    return np.remainder(x, y)


def maximum(x, y):
    """np.maximum, with +0 above -0, which NumPy leaves open."""
    r = np.maximum(x, y)
    if integral(x):
        return r
    zeros = (x == 0) & (y == 0)
    return np.where(zeros, np.where(np.signbit(x) & np.signbit(y), -0.0, 0.0).astype(x.dtype), r)


def minimum(x, y):
    return np.minimum(x, y) if integral(x) else -maximum(-x, -y)


def shift_left(x, y):
    return exact(x, y, lambda a, n: a << n if 0 <= n < bits(x.dtype) else 0)


def shift_right(x, y):
    return exact(x, y, lambda a, n: a >> n if 0 <= n < bits(x.dtype) else (-1 if a < 0 else 0))


def sigmoid(x):
    return 1 / (1 + np.exp(-wide(x)))


def isclose(x, y, equal_nan):
    """np.isclose, whose numbers would widen arrays of rank 0 and rounds each step."""
    real = lambda a: a if np.issubdtype(a.dtype, np.floating) else a.astype(np.float64)
    x, y = real(x), real(y)
    return np.isclose(*(a.reshape(a.shape or (1,)) for a in (x, y)), equal_nan=equal_nan).reshape(np.broadcast(x, y).shape)
