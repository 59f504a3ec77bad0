"""Reductions, in the order of docs/pipeline.md, and what is made of them."""

import numpy as np

from reference.numbers import accumulated, accumulator, integral, wide


def lanes(data, combine):
    """The last axis but one, `steps` elements for each of 64 lanes: combined in order, then folded in halves."""
    total = data[..., 0, :]
    for step in range(1, data.shape[-2]):
        total = combine(total, data[..., step, :])
    for width in (32, 16, 8, 4, 2, 1):
        total = combine(total[..., :width], total[..., width:2 * width])
    return total[..., 0]


def grouped(flat, identity, block):
    """flat (..., n) padded with the identity, as (..., blocks, block // 64 + 1, 64): the first step is the identity."""
    n = flat.shape[-1]
    blocks = max(1, -(-n // block))
    padded = np.full(flat.shape[:-1] + (blocks * block,), identity, flat.dtype)
    padded[..., :n] = flat
    padded = padded.reshape(flat.shape[:-1] + (blocks, block // 64, 64))
    start = np.full(flat.shape[:-1] + (blocks, 1, 64), identity, flat.dtype)
    return np.concatenate([start, padded], -2)


def ordered(x, axis, keepdims, identity, combine):
    """A reduction in the order of docs/pipeline.md."""
    axes = tuple(range(x.ndim)) if axis is None else tuple(a % x.ndim for a in np.atleast_1d(axis))
    kept = [a for a in range(x.ndim) if a not in axes]
    flat = x.transpose(kept + sorted(axes)).reshape([x.shape[a] for a in kept] + [-1] if x.size else
                                                    [x.shape[a] for a in kept] + [int(np.prod([x.shape[a] for a in axes]))])
    partial = lanes(grouped(flat, identity, 4096), combine)
    if partial.shape[-1] == 1:
        result = partial[..., 0]
    else:
        count = -(-partial.shape[-1] // 64) * 64
        result = lanes(grouped(partial, identity, count), combine)[..., 0]
    shape = [1 if a in axes else x.shape[a] for a in range(x.ndim)] if keepdims else [x.shape[a] for a in kept]
    return np.asarray(result).reshape(shape).astype(x.dtype)


def reduce_sum(x, axis, keepdims):
    return accumulated(ordered(accumulator(x), axis, keepdims, 0, np.add), x)


def reduce_prod(x, axis, keepdims):
    return accumulated(ordered(accumulator(x), axis, keepdims, 1, np.multiply), x)


def reduce_max(x, axis, keepdims):
    r = np.max(x, axis=axis, keepdims=keepdims)
    if integral(x):
        return r
    positive = np.any((x == 0) & ~np.signbit(x), axis=axis, keepdims=keepdims)
    return np.where(r == 0, np.where(positive, 0.0, -0.0).astype(x.dtype), r)


def reduce_min(x, axis, keepdims):
    return np.min(x, axis=axis, keepdims=keepdims) if integral(x) else -reduce_max(-x, axis, keepdims)


def reduce_any(x, axis, keepdims):
    return np.any(x, axis=axis, keepdims=keepdims)


def reduce_all(x, axis, keepdims):
    return np.all(x, axis=axis, keepdims=keepdims)


def count_of(x, axis):
    axes = range(x.ndim) if axis is None else np.atleast_1d(axis)
    return int(np.prod([x.shape[a] for a in axes], dtype=np.int64))


def mean(x, axis, keepdims):
    w = accumulator(x)
    return np.asarray(reduce_sum(w, axis, keepdims) / w.dtype.type(count_of(x, axis)), x.dtype)


def var(x, axis, correction, keepdims, root=False):
    w = accumulator(x)
    d = w - mean(w, axis, True)
    count = w.dtype.type(count_of(x, axis)) - w.dtype.type(correction)
    result = reduce_sum(d * d, axis, keepdims) / count
    return np.asarray(np.sqrt(result) if root else result, x.dtype)


def count_nonzero(x, axis, keepdims):
    return np.asarray(np.count_nonzero(x, axis=axis, keepdims=keepdims), np.int64)


def softmax(x, axis):
    e = np.exp(wide(x) - np.max(wide(x), axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def logsumexp(x, axis, keepdims):
    top = np.max(wide(x), axis=axis, keepdims=True)
    r = np.log(np.sum(np.exp(wide(x) - top), axis=axis, keepdims=True)) + top
    return r if keepdims else np.squeeze(r, axis)
