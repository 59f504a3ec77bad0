"""What is measured: each workload written once, over a peer's operations. worker.py runs them.

A workload `name` takes a Peer and the row's size, and gives a call to be timed, or a pair of that and the number of steps
in one call. A peer that says a workload in its own words, as loops are, has it in its `own`; weft's own are benchmarks/*.cpp.
What is compiled is written with the operations themselves, not with `p.np.tanh`, at which some compilers would stop.
"""

import itertools
import random
import threading
import types

import numpy as np

WORKLOADS, COMPILED, EAGER = {}, set(), set()


def workload(name, kind=None):
    """`kind`: COMPILED or EAGER for what is to be measured only where there is such a mode."""
    def register(f):
        WORKLOADS[name] = f
        if kind is not None:
            kind.add(name)
        return f
    return register


class Peer:
    """A library to be measured. `np`: its operations under NumPy's names, and relu, softmax, rsqrt, conv2d and
    transposed, which is in memory of its own."""
    np = None
    compiles = eager = True

    def __init__(self):
        self.own = {}

    def array(self, x):
        """A NumPy array as the library's."""
        return x

    def compile(self, f):
        return f

    def compile_open(self, f):
        """Compiles f for vectors of any size, where the library can."""
        return self.compile(f)

    def wait(self, x):
        """Until x is there."""
        return x

    def forget(self):
        """Before each row: drops what would keep it from compiling another program."""

    def forget_all(self):
        """Before each first call: drops, too, what would make it cheaper."""

    def run(self, f, *arrays):
        """A call of f, not compiled."""
        xs = [self.array(x) for x in arrays]
        return lambda: self.wait(f(*xs))

    def run_compiled(self, f, *arrays):
        return self.run(self.compile(f), *arrays)

    def training(self, images, labels, weights):
        """A call that trains once: the mean cross-entropy's gradient, and a step of 0.01."""
        raise NotImplementedError("no gradients")


class Operations(types.SimpleNamespace):
    """A module's, and those given."""
    def __init__(self, module, **more):
        super().__init__(**vars(module) | more)

    def __getattr__(self, name):
        raise NotImplementedError(f"no {name}")


def normal(*shape, scale=1.0):
    """Of few distinct numbers: drawing more of them would take longer than what is measured."""
    drawn = np.random.default_rng(len(shape)).standard_normal(1 << 16) * scale
    return np.resize(drawn.astype(np.float32), shape)


def complex_plane(size):
    steps = np.arange(size, dtype=np.float32) * np.float32(3 / size)
    re, im = np.meshgrid(steps - np.float32(2.25), steps - np.float32(1.5))
    return re.copy(), im.copy()


def one():
    return np.ones((), np.float32)


def add(a, b):
    return a + b


@workload("call", COMPILED)
def call(p, _):
    return p.run_compiled(add, one(), one())


@workload("eager_call", EAGER)
def eager_call(p, _):
    return p.run(add, one(), one())


@workload("signatures_in_turn", COMPILED)
def signatures_in_turn(p, count):
    f = p.compile(add)
    xs = [p.array(np.ones(n, np.float32)) for n in range(1, count + 1)]

    def calls():
        for x in xs:
            p.wait(f(x, x))
    return calls, count


@workload("threads", COMPILED)
def threads(p, count):
    f, a, b, calls = p.compile(add), p.array(one()), p.array(one()), 500
    p.wait(f(a, b))

    def some():
        for _ in range(calls):
            p.wait(f(a, b))

    def all_of_them():
        running = [threading.Thread(target=some) for _ in range(count)]
        for t in running:
            t.start()
        for t in running:
            t.join()
    return all_of_them, calls * count


@workload("nested_calls", COMPILED)
def nested_calls(p, count):
    inner = p.compile(lambda x: x * 0.5 + 1.0)

    def outer(x):
        for _ in range(count):
            x = inner(x)
        return x
    return p.run_compiled(outer, one())


@workload("new_size", COMPILED)
def new_size(p, _):
    f, sizes = p.compile_open(add), itertools.count(2)
    ready = (p.array(np.ones(n, np.float32)) for n in sizes)

    def next_call():
        x = next(ready)
        return lambda: p.wait(f(x, x))
    return next_call, "prepare"


def chain(p, steps):
    """Never the same program twice, in any process: some peers keep what they compiled."""
    tanh, salt = p.np.tanh, 1e-2 * random.SystemRandom().random()

    def f(x, y):
        for i in range(steps):
            x = x * y + (0.5 + salt) if i % 2 else tanh(x) - y
        return x * (1 + salt)
    return f


@workload("first_call", COMPILED)
def first_call(p, steps):
    x = p.array(np.ones(1024, np.float32))

    def first():
        p.forget_all()
        return p.wait(p.compile(chain(p, steps))(x, x))
    return first


@workload("program", EAGER)
def program(p, _):
    n = p.np

    def thirty_operations(x):
        y = n.exp(x)
        z = n.log(y)
        y = n.sin(x) + n.cos(z)
        z = n.tanh(y) - n.sqrt(n.abs(z))
        y = y * z / (n.square(x) + 1.0)
        y = n.where(y > z, n.maximum(x, y), n.minimum(y, z))
        z = n.floor(n.expm1(y)) + n.ceil(n.log1p(n.square(z)))
        m = n.reshape(n.sinh(z) + n.arctan(y), (32, 32))
        m = n.matmul(m, n.transpose(m))
        rows = n.sum(m, axis=0) + n.mean(m, axis=1) + n.max(m, axis=0) - n.min(m, axis=1)
        return n.take(n.cumsum(rows, axis=0), n.argmax(rows))
    return p.run(thirty_operations, np.ones(1024, np.float32))


def multiply_add(a, b, c):
    return a * b + c


@workload("a*b+c")
def multiply_add_row(p, n):
    return p.run_compiled(multiply_add, normal(n), normal(n), normal(n))


@workload("a*b+c, open size", COMPILED)
def multiply_add_open(p, n):
    return p.run(p.compile_open(multiply_add), normal(n), normal(n), normal(n))


@workload("tanh(a*b+c)*0.5+exp(-a)")
def tanh_exp(p, n):
    tanh, exp = p.np.tanh, p.np.exp
    return p.run_compiled(lambda a, b, c: tanh(a * b + c) * 0.5 + exp(-a), normal(n), normal(n), normal(n))


@workload("sum")
def total(p, n):
    sum_of = p.np.sum
    return p.run_compiled(lambda x: sum_of(x), normal(n))


@workload("softmax")
def softmax(p, n):
    return p.run_compiled(p.np.softmax, normal(n, n))


@workload("layer_norm")
def layer_norm(p, n):
    mean, square, rsqrt = p.np.mean, p.np.square, p.np.rsqrt

    def f(x):
        centred = x - mean(x, axis=-1, keepdims=True)
        return centred * rsqrt(mean(square(centred), axis=-1, keepdims=True) + 1e-5)
    return p.run_compiled(f, normal(n, n))


@workload("sum_axis_0")
def sum_axis_0(p, n):
    sum_of = p.np.sum
    return p.run_compiled(lambda x: sum_of(x, axis=0), normal(n, n))


@workload("transpose")
def transpose(p, n):
    return p.run_compiled(p.np.transposed, normal(n, n))


def places(n):
    return np.random.default_rng(1).integers(0, n, n, dtype=np.int32)


@workload("gather")
def gather(p, n):
    return p.run_compiled(p.np.take, normal(n), places(n))


@workload("cumulative_sum")
def cumulative_sum(p, n):
    cumsum = p.np.cumsum
    return p.run_compiled(lambda x: cumsum(x, axis=0), normal(n))


@workload("matmul")
def matmul(p, n):
    return p.run_compiled(p.np.matmul, normal(n, n), normal(n, n))


@workload("conv2d")
def conv2d(p, images):
    return p.run_compiled(p.np.conv2d, normal(images, 56, 56, 64), normal(3, 3, 64, 64, scale=0.05))


def layers():
    return [normal(*s, scale=0.05) for s in ((784, 512), (512,), (512, 512), (512,), (512, 10), (10,))]


def mlp(p):
    relu, matmul = p.np.relu, p.np.matmul

    def f(x, *w):
        h = relu(matmul(x, w[0]) + w[1])
        h = relu(matmul(h, w[2]) + w[3])
        return matmul(h, w[4]) + w[5]
    return f


@workload("mlp_forward")
def mlp_forward(p, images):
    return p.run_compiled(mlp(p), normal(images, 784), *layers())


def labelled(images):
    return normal(images, 784), np.random.default_rng(2).integers(0, 10, images), layers()


@workload("mlp_training", COMPILED)
def mlp_training(p, images):
    return p.training(*labelled(images))


@workload("first_training_step", COMPILED)
def first_training_step(p, images):
    data = labelled(images)

    def first():
        p.forget_all()
        return p.training(*data)()
    return first
