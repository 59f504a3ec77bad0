"""The expected results of the operation tests, from NumPy. Reads cases (an expression and its operands), evaluates
them and writes the results. NumPy runs when the tests run, so that a row of the table is all that a new operation
takes, and no file of old results can go stale.

usage: expected.py REQUEST RESPONSE
Both files are: a line "<count> <expression>", then for each array a line "<dtype> <sizes...>" and the elements; a string
element is its length in 4 bytes and its UTF-8. A response's line is "<dtype> <sizes...>" too; the dtype `reference` is
two float64 arrays, whose sum is the value.
"""

import ctypes
import fractions
import math
import sys

try:
    import numpy as np
except ImportError:
    sys.exit(3)

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


def integral(a):
    return np.issubdtype(a.dtype, np.integer)


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


def bits(dtype):
    return 8 * dtype.itemsize


def shift_left(x, y):
    return exact(x, y, lambda a, n: a << n if 0 <= n < bits(x.dtype) else 0)


def shift_right(x, y):
    return exact(x, y, lambda a, n: a >> n if 0 <= n < bits(x.dtype) else (-1 if a < 0 else 0))


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


def sigmoid(x):
    return 1 / (1 + np.exp(-wide(x)))


def single(x):
    """16-bit floats as the float32 in which their products are computed."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


def double(x):
    return x.astype(np.float64)


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


# --- strings

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


# --- random numbers

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


def held(a):
    """A step's result as an element holds it."""
    return from_bfloat16(to_bfloat16(a)) if Case.bfloat16 and a.dtype == np.float32 else a


def cumulative(x, axis, initial, combine):
    """Step by step, each held by an element of the result; `initial` stands first if it is not None."""
    lines = np.moveaxis(x if x.dtype == np.float16 else accumulator(x), axis, 0)
    r = lines.copy()
    for i in range(1, len(r)):
        r[i] = held(np.asarray(combine(r[i - 1], lines[i])))
    if initial is not None:
        r = np.concatenate([np.full((1,) + r.shape[1:], initial, r.dtype), r])
    return np.moveaxis(r, 0, axis)


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


def isclose(x, y, equal_nan):
    """np.isclose, whose numbers would widen arrays of rank 0 and rounds each step."""
    real = lambda a: a if np.issubdtype(a.dtype, np.floating) else a.astype(np.float64)
    x, y = real(x), real(y)
    return np.isclose(*(a.reshape(a.shape or (1,)) for a in (x, y)), equal_nan=equal_nan).reshape(np.broadcast(x, y).shape)


def read_array(f):
    dtype, *shape = f.readline().decode().split()
    shape = tuple(int(d) for d in shape)
    count = int(np.prod(shape, dtype=np.int64))
    if dtype == "string":
        texts = [f.read(int.from_bytes(f.read(4), "little")).decode() for _ in range(count)]
        return dtype, np.array(texts + [None], object)[:-1].reshape(shape)
    stored = np.dtype("uint16" if dtype == "bfloat16" else dtype)
    a = np.frombuffer(f.read(count * stored.itemsize), stored).reshape(shape)
    return dtype, from_bfloat16(a) if dtype == "bfloat16" else a


def write_array(f, a):
    a = np.asarray(a, object if isinstance(a, str) else None)
    sizes = "".join(" %d" % d for d in a.shape)
    if a.dtype == object:
        texts = b"".join(len(t.encode()).to_bytes(4, "little") + t.encode() for t in a.ravel())
        f.write(("string%s\n" % sizes).encode() + texts)
        return
    if a.dtype == LONG:
        high = a.astype(np.float64)
        low = np.where(np.isfinite(high), a - high, 0).astype(np.float64)
        f.write(("reference%s\n" % sizes).encode() + high.tobytes() + low.tobytes())
        return
    if Case.bfloat16 and a.dtype == np.float32:
        f.write(("bfloat16%s\n" % sizes).encode() + to_bfloat16(a).tobytes())
        return
    f.write(("%s%s\n" % (a.dtype.name, sizes)).encode() + np.ascontiguousarray(a).tobytes())


def main():
    np.seterr(all="ignore")
    with open(sys.argv[1], "rb") as request, open(sys.argv[2], "wb") as response:
        while line := request.readline().decode():
            count, expression = line.rstrip("\n").split(" ", 1)
            arrays = [read_array(request) for _ in range(int(count))]
            Case.bfloat16 = any(dtype == "bfloat16" for dtype, _ in arrays)
            names = dict(zip("xyz", (a for _, a in arrays)))
            write_array(response, eval(expression, globals(), names))


if __name__ == "__main__":
    main()
