"""Files for tests/ops/files_test.cpp: `files.py write FOLDER` writes them with NumPy, `files.py check FOLDER` holds what weft
has written from them against what they were. Leaves with 3 where there is no NumPy."""

import sys

try:
    import numpy as np
except ImportError:
    sys.exit(3)

NAMES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64"]


def arrays():
    """Name and array of every file."""
    values = np.array([[0, 1, 2], [100, 5, 7]])
    for name in NAMES:
        a = values.astype(name)
        yield name, a
        yield name + "_scalar", a[1, 0]
        yield name + "_empty", a[:0]
        yield name + "_fortran", np.asfortranarray(a)
        yield name + "_swapped", a.astype(a.dtype.newbyteorder(">"))
    yield "special", np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324, 1.7976931348623157e308])
    yield "rank8", np.arange(2 ** 8, dtype=np.float32).reshape((2,) * 8)
    yield "rank3_fortran", np.asfortranarray(np.arange(24, dtype=np.int16).reshape(2, 3, 4))
    texts = np.array([["", "a", "héllo"], ["日本", "𝄞", "longer than the others"]])
    yield "texts", texts
    yield "texts_scalar", np.array("one")
    yield "texts_fortran", np.asfortranarray(texts)
    yield "texts_swapped", texts.astype(texts.dtype.newbyteorder(">"))
    yield "texts_none", np.zeros((0, 2), "U3")
    yield "bytes", np.array([b"", b"abc", "é".encode()])


def native(a):
    """What weft makes of it: native byte order, C order, and U for S."""
    a = np.ascontiguousarray(a).reshape(a.shape)
    return np.char.decode(a, "utf-8") if a.dtype.kind == "S" else a.astype(a.dtype.newbyteorder("="))


def same(got, expected, name):
    expected = native(expected)
    assert got.shape == expected.shape, (name, got.shape, expected.shape)
    assert got.dtype.kind == expected.dtype.kind, (name, got.dtype, expected.dtype)
    if got.dtype.kind == "U":
        assert (got == expected).all(), (name, got, expected)
    else:
        assert got.dtype == expected.dtype and got.tobytes() == expected.tobytes(), (name, got, expected)


def write(folder):
    for name, a in arrays():
        np.save(f"{folder}/{name}.npy", a)
    np.savez(f"{folder}/all.npz", **dict(arrays()))
    np.savez_compressed(f"{folder}/compressed.npz", **dict(arrays()))
    np.savez(f"{folder}/none.npz")
    for version in (1, 0), (2, 0), (3, 0):
        with open(f"{folder}/version{version[0]}.npy", "wb") as f:
            np.lib.format.write_array(f, np.arange(3), version)
    np.save(f"{folder}/refused_complex.npy", np.zeros(2, np.complex64))
    np.save(f"{folder}/refused_structure.npy", np.zeros(2, [("a", "i4"), ("b", "f8")]))
    np.save(f"{folder}/refused_object.npy", np.array([1, None], object))
    np.save(f"{folder}/refused_date.npy", np.array(["2024-01-01"], "M8[D]"))
    np.save(f"{folder}/refused_longdouble.npy", np.zeros(2, np.longdouble))


def check(folder):
    with np.load(f"{folder}/written.npz") as z, np.load(f"{folder}/written_none.npz") as none:
        assert none.files == []
        assert sorted(z.files) == sorted(name for name, _ in arrays()), z.files
        for name, a in arrays():
            same(np.load(f"{folder}/{name}.written.npy"), a, name)
            same(z[name], a, name)


if __name__ == "__main__":
    {"write": write, "check": check}[sys.argv[1]](sys.argv[2])
