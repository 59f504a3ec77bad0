"""The expected results of the operation tests, from NumPy. Reads cases (an expression and its operands), evaluates
them and writes the results. NumPy runs when the tests run, so that a row of the table is all that a new operation
takes, and no file of old results can go stale.

usage: expected.py REQUEST RESPONSE
Both files are: a line "<count> <expression>", then for each array a line "<dtype> <sizes...>" and the elements; a string
element is its length in 4 bytes and its UTF-8. A response's line is "<dtype> <sizes...>" too; the dtype `reference` is
two float64 arrays, whose sum is the value.
"""

import math  # named by expressions, as whatever the modules of reference/ define
import sys

try:
    import numpy as np
except ImportError:
    sys.exit(3)

from reference.elementwise import *
from reference.matrices import *
from reference.numbers import *
from reference.random_numbers import *
from reference.reductions import *
from reference.search import *
from reference.text import *


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
