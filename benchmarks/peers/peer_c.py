"""C: the loops of limits.c, in the library that `run` made of them, and OpenBLAS for products of matrices."""

import ctypes
import os

import numpy as np

from workloads import Peer, complex_plane, normal, places


class C(Peer):
    compiles = eager = False

    def __init__(self):
        self.library = ctypes.CDLL(os.environ["WEFT_LIMITS"])
        self.own = {"call": self.calls, "collatz": self.collatz, "newton": self.newton, "heat": self.heat,
                    "mandelbrot_points": self.mandelbrot_points, "matmul": self.matmul}
        for row, name, inputs, rank in (("a*b+c", "multiply_add", 3, 1), ("tanh(a*b+c)*0.5+exp(-a)", "tanh_exp", 3, 1),
                                        ("softmax", "softmax", 1, 2), ("layer_norm", "layer_norm", 1, 2),
                                        ("sum_axis_0", "sum_axis_0", 1, 2), ("transpose", "transpose", 1, 2),
                                        ("cumulative_sum", "cumulative_sum", 1, 1)):
            self.own[row] = lambda n, name=name, inputs=inputs, rank=rank: self.loop(
                name, *(normal(*[n] * rank) for _ in range(inputs)), np.empty([n] * rank, np.float32), n)
        self.own["sum"] = lambda n: self.loop("sum", normal(n), n)
        self.own["gather"] = lambda n: self.loop("gather", normal(n), places(n), np.empty(n, np.float32), n)

    def loop(self, name, *args, result=None):
        """Arrays are passed as pointers, and stay alive with the call."""
        f = getattr(self.library, "limit_" + name)
        f.restype = result
        passed = [ctypes.c_int64(a) if isinstance(a, int) else a.ctypes.data_as(ctypes.c_void_p) for a in args]
        return lambda: f(*passed)

    def calls(self, _):
        return self.loop("calls", 100_000), 100_000

    def collatz(self, limit):
        run = self.loop("collatz", limit, result=ctypes.c_int64)
        return run, run()

    def newton(self, steps):
        return self.loop("newton", steps), steps

    def heat(self, steps):
        return self.loop("heat", *np.eye(2, 1024, dtype=np.float32), 1024, steps), steps

    def mandelbrot_points(self, size):
        re, im = complex_plane(size)
        return self.loop("mandelbrot", re, im, np.empty(re.shape, np.int32), re.size)

    def matmul(self, n):
        gemm = ctypes.CDLL("libopenblas.so.0").cblas_sgemm
        x, y, result = (normal(n, n) for _ in range(3))
        size, one, zero = ctypes.c_int(n), ctypes.c_float(1), ctypes.c_float(0)
        at = [a.ctypes.data_as(ctypes.c_void_p) for a in (x, y, result)]
        return lambda: gemm(101, 111, 111, size, size, size, one, at[0], size, at[1], size, zero, at[2], size), 1


def make(_):
    return C()
