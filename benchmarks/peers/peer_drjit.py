"""Dr.Jit on LLVM: frozen functions over vectors; its eager row is without freezing."""

import os
import shutil
import subprocess

if "DRJIT_LIBLLVM_PATH" not in os.environ:
    for config in filter(shutil.which, ("llvm-config-22", "llvm-config")):
        libraries = subprocess.run([config, "--libfiles", "--link-shared"], capture_output=True, text=True).stdout.split()
        os.environ["DRJIT_LIBLLVM_PATH"] = libraries[0]
        break

import drjit as dr
import numpy as np
from drjit.llvm import Float, Float64, Int, Int64, UInt32

from workloads import Operations, Peer, chain, complex_plane, normal

dr.set_thread_count(0)
dr.set_flag(dr.JitFlag.KernelFreezing, True)


class DrJit(Peer):
    np = Operations(dr, take=lambda x, i: dr.gather(Float, x, UInt32(i)), cumsum=lambda x, axis: dr.cumsum(x),
               sum=lambda x: dr.sum(x))

    def __init__(self):
        self.own = {"first_call": self.first_call, "a*b+c": self.multiply_add, "collatz": self.collatz,
                    "newton": self.newton, "mandelbrot_points": self.mandelbrot_points}

    def array(self, x):
        if x.ndim > 1:
            raise NotImplementedError("arrays of one dimension only")
        a = (Int if x.dtype == np.int32 else Float)(x.reshape(-1))
        dr.make_opaque(a)
        return a

    def compile(self, f):
        return dr.freeze(lambda *args: f(*args))  # f may be no Python function

    def wait(self, x):
        dr.eval(x)
        dr.sync_thread()
        return x

    def first_call(self, steps):
        x = self.array(np.ones(1024, np.float32))

        def first():
            dr.flush_kernel_cache()
            return self.wait(chain(self, steps)(x, x))
        return first

    def multiply_add(self, n):
        return self.run_compiled(lambda a, b, c: dr.fma(a, b, c), *(normal(n) for _ in range(3)))

    def collatz(self, limit):
        @dr.syntax
        def total_below(n):
            i, total = dr.ones(Int64, 1), dr.zeros(Int64, 1)
            while i < n:
                x = Int64(i)
                while x != 1:
                    if (x & 1) == 0:
                        x = x >> 1
                    else:
                        x = 3 * x + 1
                    total += 1
                i += 1
            return total
        n = dr.opaque(Int64, limit)
        return (lambda: self.wait(total_below(n))), int(total_below(n)[0])

    def newton(self, steps):
        @dr.syntax
        def f(n):
            x, i = dr.ones(Float64, 1), dr.zeros(Int64, 1)
            while i < n:
                x = 0.5 * (x + 2.0 / x) + 1e-9 * Float64(i)
                i += 1
            return x
        n = dr.opaque(Int64, steps)
        return (lambda: self.wait(f(n))), steps

    def mandelbrot_points(self, size):
        @dr.syntax
        def turns(re, im):
            width = dr.width(re)
            x, y, k = dr.zeros(Float, width), dr.zeros(Float, width), dr.zeros(Int, width)
            while (k < 100) & (x * x + y * y < 4):
                x, y = x * x - y * y + re, 2 * x * y + im
                k += 1
            return k
        return self.run_compiled(turns, *(x.ravel() for x in complex_plane(size)))


def make(_):
    return DrJit()
