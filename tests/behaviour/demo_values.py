"""Computes the numbers that demo_values_test.cpp expects, without weft: NumPy, Pillow and scikit-image.

usage: demo_values.py IMAGE    (last run with numpy 2.4.6, Pillow 13.0.0, scikit-image 0.26.0)
"""

import sys

import numpy as np
from PIL import Image
from skimage.filters import threshold_isodata, threshold_otsu


def blur(image):
    """The 3x3 binomial kernel in integers, rounded half up; the border stays as it is."""
    x = image.astype(np.int64)
    rows = x[:-2] + 2 * x[1:-1] + x[2:]
    both = rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]
    smooth = x.copy()
    smooth[1:-1, 1:-1] = (both + 8) // 16
    return smooth


def isodata(levels):
    """Ridler and Calvard: halfway between the means of the two classes, from the mean, until it moves less than 0.5."""
    threshold, turns, moved = levels.mean(), 0, np.inf
    while moved >= 0.5:
        low, high = levels[levels <= threshold], levels[levels > threshold]
        new = (low.mean() + high.mean()) / 2
        moved, threshold, turns = abs(new - threshold), new, turns + 1
    return threshold, turns


def collatz(limit):
    """The start below the limit with the longest chain, its steps, and the steps of all chains."""
    best, longest, total = 1, 0, 0
    for start in range(1, limit):
        x, steps = start, 0
        while x != 1:
            x = x // 2 if x % 2 == 0 else 3 * x + 1
            steps += 1
        total += steps
        if steps > longest:
            best, longest = start, steps
    return best, longest, total


def mandelbrot(size, turns):
    """float32 throughout, like the program; the counts summed, and how many points never left."""
    step = np.arange(size, dtype=np.float32)
    cr = (step * np.float32(3 / size) - np.float32(2.25))[None, :]
    ci = (step * np.float32(3 / size) - np.float32(1.5))[:, None]
    zr, zi = np.zeros((2, size, size), np.float32)
    counts = np.zeros((size, size), np.int32)
    for _ in range(turns):
        inside = zr * zr + zi * zi < 4
        zr, zi = np.where(inside, zr * zr - zi * zi + cr, zr), np.where(inside, 2 * zr * zi + ci, zi)
        counts += inside
    return counts.sum(), (counts == turns).sum()


if __name__ == "__main__":
    levels = blur(np.array(Image.open(sys.argv[1])))
    print("blur: sum", levels.sum(), "weighted", (levels * np.arange(levels.size).reshape(levels.shape) % 1000).sum())
    print("histogram: squares", (np.bincount(levels.ravel(), minlength=256).astype(np.int64) ** 2).sum())
    print("otsu:", threshold_otsu(levels.astype(np.uint8)), "above:", (levels > threshold_otsu(levels.astype(np.uint8))).sum())
    print("isodata:", isodata(levels), "scikit-image:", threshold_isodata(levels.astype(np.uint8)))
    for limit in (100, 10000):
        print("collatz", limit, collatz(limit))
    for size, turns in ((64, 50), (512, 100)):
        print("mandelbrot", size, turns, mandelbrot(size, turns))
