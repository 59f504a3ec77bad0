"""TensorFlow: eager, tf.function, and tf.function with XLA."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import tensorflow as tf
import tensorflow.experimental.numpy as tnp

from workloads import Operations, Peer, complex_plane, mlp

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)


class TensorFlow(Peer):
    np = Operations(tnp, exp=tf.exp, tanh=tf.tanh, sum=tf.reduce_sum, mean=tf.reduce_mean, square=tf.square, take=tf.gather,
               matmul=tf.matmul, cumsum=tf.cumsum, relu=tf.nn.relu, softmax=tf.nn.softmax, rsqrt=tf.math.rsqrt,
               transposed=tf.transpose, conv2d=lambda x, w: tf.nn.conv2d(x, w, 1, "SAME"))

    def __init__(self, column):
        self.column = column
        self.eager = column == "TF eager"
        self.compiles = not self.eager
        # A turn of a loop takes microseconds without XLA: fewer of them are as telling.
        self.turns = (lambda n: n) if column == "TF + XLA" else (lambda n: n // 50)
        self.own = {"mandelbrot": self.mandelbrot}
        if self.compiles:
            self.own |= {"collatz": self.collatz, "newton": self.newton, "heat": self.heat}

    def array(self, x):
        return tf.constant(x)

    def compile(self, f, signature=None):
        if not self.compiles:
            return f
        return tf.function(f, jit_compile=self.column == "TF + XLA", input_signature=signature)

    def compile_open(self, f):
        return self.compile(f, [tf.TensorSpec([None], tf.float32)] * f.__code__.co_argcount)

    def training(self, images, labels, weights):
        x, y, w, network = self.array(images), self.array(labels), [tf.Variable(a) for a in weights], mlp(self)

        def step(x, y):
            with tf.GradientTape() as tape:
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=network(x, *w))
                loss = tf.reduce_mean(losses)
            for a, g in zip(w, tape.gradient(loss, w)):
                a.assign_sub(0.01 * g)
            return loss
        compiled = self.compile(step)
        return lambda: compiled(x, y)

    def collatz(self, limit):
        def total_below(n):
            total, i = tf.constant(0, tf.int64), tf.constant(1, tf.int64)
            while i < n:
                x = i
                while tf.not_equal(x, 1):
                    if x % 2 == 0:
                        x = x // 2
                    else:
                        x = 3 * x + 1
                    total += 1
                i += 1
            return total
        f, n = self.compile(total_below), tf.constant(limit if self.turns(50) == 50 else 101, tf.int64)
        return (lambda: f(n)), int(f(n))

    def newton(self, steps):
        def f(x, n):
            for i in tf.range(n):
                x = 0.5 * (x + 2.0 / x) + 1e-9 * tf.cast(i, tf.float64)
            return x
        g, x, n = self.compile(f), tf.constant(1.0, tf.float64), self.turns(steps)
        return (lambda: g(x, tf.constant(n))), n

    def heat(self, steps):
        def f(u, n):
            for _ in tf.range(n):
                u = tf.concat([u[:1], u[1:-1] + 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2]), u[-1:]], 0)
            return u
        g, u, n = self.compile(f), self.array(np.eye(1, 1024, 512, dtype=np.float32)[0]), self.turns(steps)
        return (lambda: g(u, tf.constant(n))), n

    def mandelbrot(self, size):
        def counts(re, im):
            x, y, n, k = tf.zeros_like(re), tf.zeros_like(im), tf.zeros(re.shape, tf.int32), tf.constant(0)
            while k < 100:
                inside = x * x + y * y < 4
                x, y = tf.where(inside, x * x - y * y + re, x), tf.where(inside, 2 * x * y + im, y)
                n += tf.cast(inside, tf.int32)
                k += 1
            return n
        return self.run_compiled(counts, *complex_plane(size))


def make(column):
    return TensorFlow(column)
