"""Sorting, sets, running sums, and elements by index."""

import numpy as np

from reference.numbers import accumulated, accumulator, held


def assign(x, y, where):
    r = x.copy()
    r[where] = y[()]  # the element itself, where y has one
    return r


def sort_order(x, axis, descending):
    """Stable: of equal elements the first stays first, also from the largest down. NaN is above all."""
    if not descending:
        return np.argsort(x, axis=axis, kind="stable")
    return np.flip(x.shape[axis] - 1 - np.argsort(np.flip(x, axis), axis=axis, kind="stable"), axis)


def in_order(x, axis, descending):
    return np.take_along_axis(x, sort_order(x, axis, descending), axis)


def cumulative(x, axis, initial, combine):
    """Step by step; `initial` stands first if it is not None. Floats of 16 bits are float32 until the end."""
    lines = np.moveaxis(accumulator(x), axis, 0)
    r = lines.copy()
    for i in range(1, len(r)):
        r[i] = combine(r[i - 1], lines[i])
    if initial is not None:
        r = np.concatenate([np.full((1,) + r.shape[1:], initial, r.dtype), r])
    return accumulated(np.moveaxis(r, 0, axis), x)


def scatter(x, indices, updates, combine):
    r = x.copy()
    updates = np.broadcast_to(updates, indices.shape + x.shape[1:]).reshape((-1,) + x.shape[1:])
    for i, update in zip(indices.ravel(), updates):
        r[i] = combine(r[i], update)
    return r


def scatter_add(x, indices, updates):
    return scatter(x, indices, updates, lambda old, new: held(np.asarray(old + new, x.dtype)))


def segment_sum(x, ids, count):
    kept = ids >= 0
    return scatter_add(np.zeros((count,) + x.shape[ids.ndim:], x.dtype), ids[kept], x[kept])


def unique(x):
    """Values, first positions, where each element is among them, counts; NaNs apart."""
    values, indices, inverse, counts = np.unique(x, True, True, True, equal_nan=False)
    return values, indices, inverse.reshape(x.shape), counts
