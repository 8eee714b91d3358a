"""Writes the files of a folder again and again; started and killed by the test of crashes."""

import os
import random
import signal
import sys
import time
from itertools import count
from pathlib import Path

from layoutplan.reports.whole import whole_folder

NAMES = tuple(f"{n:02d}.txt" for n in range(20))
LINES = 400


def write(folder, told):
    """Write all files with one number, and say which number is written."""
    with whole_folder(folder) as new:
        for name in NAMES:
            (new / name).write_text(f"{told}\n" * LINES, encoding="utf-8")


def one_life(folder, begin, rng):
    """Fork a writer, kill it at some moment, and give the last number it told of."""
    read, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        for n in count(begin):
            write(folder, n)
            os.write(told, f"{n}\n".encode())
    os.close(told)
    first = os.read(read, 64)
    time.sleep(rng.uniform(0, 0.02))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(read, "rb") as rest:
        return int((first + rest.read()).split()[-1])


def main(folder, lives):
    rng = random.Random(1)  # noqa: S311 - moments, no secrets
    last = 0
    for _ in range(lives):
        last = one_life(folder, last + 1, rng)
        for name in NAMES:
            lines = (folder / name).read_text(encoding="utf-8").splitlines()
            # What was told of is there; at most the next round had begun.
            whole = len(lines) == LINES and len(set(lines)) == 1
            if not whole or int(lines[0]) not in (last, last + 1):
                sys.exit(f"{name}: {len(lines)} lines, {lines[:1]} after {last}")
    print(last)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
