"""Random bits and what is distributed by them."""

import numpy as np

from reference.numbers import LONG, wide


def philox(counter, key):
    """Philox4x32-10 by its paper: four words from four and two."""
    x, k = list(counter), list(key)
    for _ in range(10):
        p, q = 0xD2511F53 * x[0], 0xCD9E8D57 * x[2]
        x = [(q >> 32) ^ x[1] ^ k[0], q & 0xFFFFFFFF, (p >> 32) ^ x[3] ^ k[1], p & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return x


def random_bits(key, shape, dtype):
    count = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    key = [int(k) for k in key]
    words = [w for i in range(-(-count // 16)) for w in philox([i, 0, 0, 0], key)]
    return np.array(words, np.uint32).view(np.uint8)[:count].view(dtype).reshape(shape)


def random_keys(key, numbers, domain):
    key = [int(k) for k in key]
    halves = [philox([int(n) & 0xFFFFFFFF, (int(n) >> 32) & 0xFFFFFFFF, 0, domain], key)[:2] for n in numbers.ravel()]
    return np.array(halves, np.uint32).reshape(numbers.shape + (2,))


def fraction(key, shape, dtype):
    if dtype == "float32":
        return (random_bits(key, shape, "uint32") >> np.uint32(8)).astype(dtype) * np.float32(2.0 ** -24)
    return (random_bits(key, shape, "uint64") >> np.uint64(11)).astype(dtype) * 2.0 ** -53


def between(u, lo, hi):
    lo, hi = u.dtype.type(lo), u.dtype.type(hi)
    return np.minimum(u * (hi - lo) + lo, np.nextafter(hi, lo))


def box_muller(key, shape, dtype):
    width = 32 if dtype == "float32" else 64
    real = np.dtype(dtype).type
    words = random_bits(key, (2, int(np.prod(shape, dtype=np.int64))), "uint%d" % width)
    u = (words[0].astype(dtype) + real(1)) * real(2.0 ** -width)
    turns = words[1].view("int%d" % width).astype(dtype) * real(2.0 ** (1 - width))
    quarter = 2 * np.arctan(LONG(1))  # np.pi is a double
    return (np.sqrt(-2 * np.log(wide(u))) * np.sin(quarter * wide(turns))).reshape(shape)


def categorical(key, logits, shape):
    all_shape = shape + logits.shape
    digits = 23 if logits.dtype == np.float32 else 52
    word = "uint32" if logits.dtype == np.float32 else "uint64"
    top = random_bits(key, all_shape, word) >> np.dtype(word).type((32 if word == "uint32" else 64) - digits)
    u = (wide(top) + LONG(0.5)) * LONG(2.0) ** -digits
    return np.argmax(wide(logits) - np.log(-np.log(u)), -1)


def randint(key, shape, lo, hi, dtype):
    wide_one = np.dtype(dtype).itemsize == 8
    words = random_bits(key, ((2,) if wide_one else ()) + tuple(shape), "uint64").astype(object)
    value = (words[0] << 64 | words[1]) * (hi - lo) >> 128 if wide_one else words * (hi - lo) >> 64
    return (value + lo).astype(dtype)
