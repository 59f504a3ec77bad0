"""Numba: loops over elements in nopython mode; its whole-array operations are NumPy's."""

import numba
import numpy as np

from workloads import Peer, complex_plane, normal


@numba.njit
def collatz(limit):
    total = 0
    for i in range(1, limit):
        x = i
        while x != 1:
            if x % 2 == 0:
                x = x // 2
            else:
                x = 3 * x + 1
            total += 1
    return total


@numba.njit
def newton(steps):
    x = 1.0
    for i in range(steps):
        x = 0.5 * (x + 2.0 / x) + 1e-9 * i
    return x


@numba.njit(fastmath=True)
def heat(u, steps):
    other = u.copy()
    for _ in range(steps):
        for i in range(1, u.size - 1):
            other[i] = u[i] + np.float32(0.1) * (u[i + 1] - 2 * u[i] + u[i - 1])
        u, other = other, u
    return u


@numba.njit(fastmath=True)
def multiply_add(a, b, c):
    y = np.empty_like(a)
    for i in range(a.size):
        y[i] = a[i] * b[i] + c[i]
    return y


@numba.njit(fastmath=True)
def tanh_exp(a, b, c):
    y = np.empty_like(a)
    for i in range(a.size):
        y[i] = np.tanh(a[i] * b[i] + c[i]) * np.float32(0.5) + np.exp(-a[i])
    return y


@numba.njit(fastmath=True)
def total(x):
    s = np.float32(0)
    for i in range(x.size):
        s += x[i]
    return s


@numba.njit(fastmath=True)
def mandelbrot_points(re, im):
    turns = np.empty(re.size, np.int32)
    for i in range(re.size):
        x = y = np.float32(0)
        k = 0
        while k < 100 and x * x + y * y < 4:
            x, y = x * x - y * y + re[i], 2 * x * y + im[i]
            k += 1
        turns[i] = k
    return turns


class Numba(Peer):
    compiles = eager = False  # it has what is its own

    def __init__(self):
        self.own = {"call": lambda _: self.run(numba.njit(lambda a, b: a + b), np.float32(1), np.float32(1)),
                    "a*b+c": lambda n: self.run(multiply_add, *(normal(n) for _ in range(3))),
                    "tanh(a*b+c)*0.5+exp(-a)": lambda n: self.run(tanh_exp, *(normal(n) for _ in range(3))),
                    "sum": lambda n: self.run(total, normal(n)),
                    "collatz": lambda n: (lambda: collatz(n), collatz(n)),
                    "newton": lambda n: (lambda: newton(n), n),
                    "heat": lambda n: (self.run(lambda u: heat(u, n), np.eye(1, 1024, 512, dtype=np.float32)[0]), n),
                    "mandelbrot_points": lambda n: self.run(mandelbrot_points, *(x.ravel() for x in complex_plane(n)))}


def make(_):
    return Numba()
