"""Measures rows in one peer, in this process; `run` starts it pinned, and reads a line of JSON for each row.

usage: worker.py PEER [--fresh] [--quick] ROW...
--fresh times the first call of a row, after everything is imported and made.
"""

import importlib
import json
import sys
import time

from workloads import COMPILED, EAGER, WORKLOADS

SPAN, SAMPLES = 0.02, 7    # seconds of a sample; samples
SLOW, GIVE_UP = 2.0, 20.0  # seconds of a call that is measured once; of one whose larger sizes are left out

PEERS = {"TF eager": "tensorflow", "tf.function": "tensorflow", "TF + XLA": "tensorflow", "jax.jit": "jax",
         "torch.compile": "torch", "Dr.Jit": "drjit", "MLX": "mlx", "Numba": "numba", "NumPy": "numpy", "C": "c"}


class NoSuchRow(Exception):
    """The peer has nothing to be measured for this row."""


def seconds(call, times=1):
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times


def least(call, samples):
    """The least mean of a sample; a sample is as many calls as fill SPAN, as Google Benchmark has it for weft."""
    call()
    once = seconds(call)
    if once > SLOW:
        return once
    times = max(1, int(SPAN / once))
    return min(once, *(seconds(call, times) for _ in range(samples)))


def measure(peer, row, fresh, samples):
    name, _, size = row.partition("/")
    peer.forget()
    if name in peer.own:
        made = peer.own[name](int(size))
    elif peer.np and name in WORKLOADS and (peer.compiles or name not in COMPILED) and (peer.eager or name not in EAGER):
        made = WORKLOADS[name](peer, int(size))
    else:
        raise NoSuchRow
    call, steps = made if isinstance(made, tuple) else (made, 1)
    if steps == "prepare":  # each call is made anew, outside of its time
        call()()
        return min(sum(seconds(call()) for _ in range(20)) / 20 for _ in range(samples))
    return (seconds(call) if fresh else least(call, samples)) / steps


def answers(column, rows, options):
    try:
        peer = importlib.import_module("peer_" + PEERS[column]).make(column)
    except Exception as e:  # it is not installed, or not for this machine
        yield from ({"row": row, "error": brief(e)} for row in rows)
        return
    too_slow = {}  # by workload, the size that took too long
    for row in rows:
        name = row.partition("/")[0]
        if name in too_slow:
            yield {"row": row, "error": f"{too_slow[name]} took more than {GIVE_UP:.0f} s"}
            continue
        try:
            taken = measure(peer, row, "--fresh" in options, 2 if "--quick" in options else SAMPLES)
            if taken > GIVE_UP:
                too_slow[name] = row
            yield {"row": row, "seconds": taken}
        except NoSuchRow:
            yield {"row": row, "error": None}
        except Exception as e:  # whatever a peer throws is this row's result
            yield {"row": row, "error": brief(e)}


def brief(e):
    name = "" if isinstance(e, NotImplementedError) else type(e).__name__ + ": "
    return name + (str(e).splitlines() or [""])[0][:120]


def main():
    arguments = sys.argv[2:]
    options = [a for a in arguments if a.startswith("--")]
    for answer in answers(sys.argv[1], [a for a in arguments if a not in options], options):
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
