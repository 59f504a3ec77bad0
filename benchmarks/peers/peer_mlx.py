"""MLX on the CPU: mx.compile; its eager row is without it."""

import mlx.core as mx

from workloads import Operations, Peer, mlp

mx.set_default_device(mx.cpu)


class Mlx(Peer):
    np = Operations(mx, relu=lambda x: mx.maximum(x, 0), softmax=lambda x: mx.softmax(x, axis=-1),
               transposed=lambda x: mx.contiguous(x.T),
               conv2d=lambda x, w: mx.conv2d(x, w.transpose(3, 0, 1, 2), padding=1))

    def array(self, x):
        return mx.array(x)

    def compile(self, f):
        return mx.compile(f)

    def compile_open(self, f):
        return mx.compile(f, shapeless=True)

    def wait(self, x):
        mx.eval(x)
        return x

    def training(self, images, labels, weights):
        x, y, w, network = self.array(images), self.array(labels), [self.array(a) for a in weights], mlp(self)

        def loss(w):
            z = network(x, *w)
            return mx.mean(mx.logsumexp(z, axis=-1) - mx.take_along_axis(z, y[:, None], 1)[:, 0])
        gradient = mx.grad(loss)
        step = self.compile(lambda w: [a - 0.01 * g for a, g in zip(w, gradient(w))])
        return lambda: self.wait(step(w))


def make(_):
    return Mlx()
