"""JAX: jax.jit; its eager row is jax.numpy without it."""

import os

os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from workloads import Operations, Peer, complex_plane, mlp

jax.config.update("jax_enable_x64", True)


def conv2d(x, w):
    return lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))


class Jax(Peer):
    np = Operations(jnp, relu=jax.nn.relu, softmax=jax.nn.softmax, rsqrt=lax.rsqrt, transposed=jnp.transpose, conv2d=conv2d)

    def __init__(self):
        self.own = {"collatz": self.collatz, "newton": self.newton, "heat": self.heat, "mandelbrot": self.mandelbrot}

    def array(self, x):
        return jnp.asarray(x)

    def compile(self, f):
        return jax.jit(lambda *args: f(*args))  # a function compiled before would not be traced again

    def wait(self, x):
        return jax.block_until_ready(x)

    def training(self, images, labels, weights):
        x, y, w, network = self.array(images), self.array(labels), [self.array(a) for a in weights], mlp(self)

        def loss(w, x, y):
            z = network(x, *w)
            z = z - z.max(-1, keepdims=True)
            log_p = z - jnp.log(jnp.exp(z).sum(-1, keepdims=True))
            return -jnp.mean(jnp.take_along_axis(log_p, y[:, None], 1))

        step = self.compile(lambda w, x, y: [a - 0.01 * g for a, g in zip(w, jax.grad(loss)(w, x, y))])
        return lambda: self.wait(step(w, x, y))

    def loop(self, f, *args):
        g = jax.jit(f)
        return lambda: g(*args).block_until_ready()

    def collatz(self, limit):
        def chain_below(i, total):
            step = lambda s: (jnp.where(s[0] % 2 == 0, s[0] // 2, 3 * s[0] + 1), s[1] + 1)
            return lax.while_loop(lambda s: s[0] != 1, step, (i, total))[1]
        run = self.loop(lambda n: lax.fori_loop(1, n, chain_below, jnp.int64(0)), jnp.int64(limit))
        return run, int(run())

    def newton(self, steps):
        body = lambda i, x: 0.5 * (x + 2.0 / x) + 1e-9 * i
        return self.loop(lambda n: lax.fori_loop(0, n, body, jnp.float64(1.0)), jnp.int64(steps)), steps

    def heat(self, steps):
        body = lambda i, u: u.at[1:-1].add(0.1 * (u[2:] - 2 * u[1:-1] + u[:-2]))
        u = jnp.zeros(1024, np.float32).at[512].set(1)
        return self.loop(lambda u, n: lax.fori_loop(0, n, body, u), u, jnp.int64(steps)), steps

    def mandelbrot(self, size):
        def counts(re, im):
            def turn(s):
                x, y, counts, k = s
                inside = x * x + y * y < 4
                return (jnp.where(inside, x * x - y * y + re, x), jnp.where(inside, 2 * x * y + im, y),
                        counts + inside.astype(jnp.int32), k + 1)
            start = jnp.zeros_like(re), jnp.zeros_like(im), jnp.zeros(re.shape, jnp.int32), 0
            return lax.while_loop(lambda s: s[3] < 100, turn, start)[2]
        return self.loop(counts, *(self.array(x) for x in complex_plane(size)))


def make(_):
    return Jax()
