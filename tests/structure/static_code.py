"""Fails if an object of lib/math that is compiled for some processors only has code that runs when the library is loaded,
on any processor.

usage: static_code.py OBJECT...
"""

import subprocess
import sys

LEVELS = ("lib/math/avx2.cpp", "lib/math/avx512.cpp")


def main():
    objects = [o for o in sys.argv[1:] if any(level in o for level in LEVELS)]
    bad = [o for o in objects
           if "_GLOBAL__sub_I" in subprocess.run(["nm", o], check=True, capture_output=True, text=True).stdout]
    for o in bad:
        print(f"static_code: {o} begins static objects by code")
    if len(objects) != len(LEVELS):
        print(f"static_code: {len(objects)} objects found, not {len(LEVELS)}")
    sys.exit(bool(bad) or len(objects) != len(LEVELS))


if __name__ == "__main__":
    main()
