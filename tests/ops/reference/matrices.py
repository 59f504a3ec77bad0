"""Matrices and images."""

import fractions

import numpy as np

from reference.numbers import double, integral, single, wide


def swapped(x):
    return np.swapaxes(x, -1, -2)


def matmul(x, y):
    return np.matmul(single(x), single(y)).astype(x.dtype)


def lower_symmetric(x):
    """The symmetric matrices of which x has the lower triangles."""
    return np.tril(x) + swapped(np.tril(x, -1))


def identities(x, n):
    """As many identity matrices as x has matrices."""
    return np.broadcast_to(wide(np.eye(n)), x.shape[:-2] + (n, n))


def solve(x, y):
    """The Array API's: only y of rank 1 is a vector."""
    b = y[:, None] if y.ndim == 1 else y
    batch = np.broadcast_shapes(x.shape[:-2], b.shape[:-2])
    r = np.linalg.solve(np.broadcast_to(double(x), batch + x.shape[-2:]), np.broadcast_to(double(b), batch + b.shape[-2:]))
    return wide(r[..., 0] if y.ndim == 1 else r)


def exact_det(rows):
    """Of a list of lists of fractions, by elimination. NumPy's goes through a logarithm, which costs digits."""
    if not rows:
        return fractions.Fraction(1)
    pivot = next((i for i, row in enumerate(rows) if row[0]), None)
    if pivot is None:
        return fractions.Fraction(0)
    first, *rest = [rows[pivot]] + rows[:pivot] + rows[pivot + 1:]
    rest = [[b - row[0] / first[0] * a for a, b in zip(first[1:], row[1:])] for row in rest]
    return (-1) ** pivot * first[0] * exact_det(rest)


def det(x):
    n = x.shape[-1]
    # As many matrices as the dimensions in front say, also where they have no elements.
    matrices = x.reshape((int(np.prod(x.shape[:-2], dtype=np.int64)), n, n))
    values = [exact_det([[fractions.Fraction(float(v)) for v in row] for row in m]) for m in matrices]
    high = np.array([float(v) for v in values])
    low = np.array([float(v - fractions.Fraction(float(v))) for v in values])
    return (wide(high) + low).reshape(x.shape[:-2])


def windows(x, size, strides, same, gaps, outside):
    """For each element of a window (i, j): the elements of x, or `outside`, that it meets, with the shape of the result."""
    extents = [(n - 1) * g + 1 for n, g in zip(size, gaps)]
    counts = [-(-n // s) if same else max((n - e) // s + 1, 0) for n, s, e in zip(x.shape[1:3], strides, extents)]
    padding = [max((c - 1) * s + e - n, 0) if same else 0 for c, s, e, n in zip(counts, strides, extents, x.shape[1:3])]
    around = [(0, 0)] + [(p // 2, p - p // 2) for p in padding] + [(0, 0)]
    padded = np.pad(x, around, constant_values=outside)
    for i in range(size[0]):
        for j in range(size[1]):
            rows, columns = (slice(k * g, k * g + (c - 1) * s + 1, s) if c else slice(0)
                             for k, g, c, s in zip((i, j), gaps, counts, strides))
            yield (i, j), padded[:, rows, columns, :]


def conv2d(x, w, strides, same, gaps):
    r = sum(np.matmul(double(part), double(w[at])) for at, part in windows(x, w.shape[:2], strides, same, gaps, 0))
    return r.astype(x.dtype)


def max_pool2d(x, size, strides, same):
    lowest = np.iinfo(x.dtype).min if integral(x) else -np.inf
    return np.maximum.reduce([part for _, part in windows(x, size, strides, same, (1, 1), lowest)])


def avg_pool2d(x, size, strides, same):
    total = sum(part for _, part in windows(single(x), size, strides, same, (1, 1), 0))
    count = sum(part for _, part in windows(np.ones_like(single(x)), size, strides, same, (1, 1), 0))
    return (total / count).astype(x.dtype)
