"""NumPy: the yardstick of eager work; it compiles nothing."""

import numpy as np

from workloads import Operations, Peer


def softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


class NumPy(Peer):
    compiles = False
    np = Operations(np, relu=lambda x: np.maximum(x, 0), softmax=softmax, rsqrt=lambda x: 1 / np.sqrt(x),
               transposed=lambda x: np.ascontiguousarray(x.T))


def make(_):
    return NumPy()
