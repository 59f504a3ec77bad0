"""PyTorch: torch.compile; its eager row is without it."""

import numpy as np
import torch
from torch._higher_order_ops.while_loop import while_loop

from workloads import Operations, Peer, complex_plane, mlp

torch.set_num_threads(1)
torch.set_num_interop_threads(1)


def conv2d(x, w):
    """Of images whose channels are last in memory."""
    result = torch.nn.functional.conv2d(x.permute(0, 3, 1, 2), w.permute(3, 2, 0, 1), padding="same")
    return result.permute(0, 2, 3, 1)


class Torch(Peer):
    np = Operations(torch, mean=lambda x, axis, keepdims=False: torch.mean(x, axis, keepdim=keepdims), relu=torch.relu,
               max=torch.amax, min=torch.amin, softmax=lambda x: torch.softmax(x, -1), transpose=torch.t,
               take=lambda x, i: torch.index_select(x, 0, i.reshape(-1)), transposed=lambda x: x.T.contiguous(),
               conv2d=conv2d)

    def __init__(self):
        super().__init__()
        self.own = {"newton": self.newton, "mandelbrot": self.mandelbrot}

    def array(self, x):
        return torch.tensor(x)

    def compile(self, f):
        return torch.compile(f, dynamic=False, fullgraph=True)

    def compile_open(self, f):
        return torch.compile(f, dynamic=True, fullgraph=True)

    def forget(self):
        torch._dynamo.reset()  # else it gives up after eight programs from one line

    def forget_all(self):
        self.forget()
        torch._inductor.config.force_disable_caches = True  # it keeps programs on the disk

    def training(self, images, labels, weights):
        x, y, network = self.array(images), self.array(labels), mlp(self)
        w = [self.array(a).requires_grad_() for a in weights]
        loss = self.compile(lambda x, y: torch.nn.functional.cross_entropy(network(x, *w), y))

        def step():
            gradients = torch.autograd.grad(loss(x, y), w)
            with torch.no_grad():
                for a, g in zip(w, gradients):
                    a.sub_(g, alpha=0.01)
        return step

    def newton(self, steps):
        steps //= 100  # a turn takes microseconds

        def f(x):
            body = lambda i, x: (i + 1, 0.5 * (x + 2.0 / x) + 1e-9 * i)
            return while_loop(lambda i, x: i < steps, body, (torch.tensor(0), x))[1]
        return self.run_compiled(f, np.ones(())), steps

    def mandelbrot(self, size):
        def counts(re, im):
            def turn(k, x, y, n):
                inside = x * x + y * y < 4
                return (k + 1, torch.where(inside, x * x - y * y + re, x), torch.where(inside, 2 * x * y + im, y),
                        n + inside.to(torch.int32))
            start = torch.tensor(0), torch.zeros_like(re), torch.zeros_like(im), torch.zeros(re.shape, dtype=torch.int32)
            return while_loop(lambda k, x, y, n: k < 100, turn, start)[3]
        return self.run_compiled(counts, *complex_plane(size))


def make(_):
    return Torch()
