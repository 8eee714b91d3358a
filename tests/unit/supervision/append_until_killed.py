"""Appends entries and says which are written; started and killed by the test of crashes."""

import json
import os
import random
import signal
import sqlite3
import sys
import time
from contextlib import closing

from layoutplan.supervision import add_item, note_progress, open_ledger


def worker(ledger, run, told):
    """Append and acknowledge, until killed."""
    for n in range(10_000):
        name = f"{run}-{n}"
        note_progress(ledger, "0001", date="2027-01-02", note=name)
        os.write(told, f"{name}\n".encode())


def one_life(ledger, run, rng):
    """Fork a worker, kill it at some moment, and give what it acknowledged."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        worker(ledger, run, write)
        os._exit(1)
    os.close(write)
    first = os.read(read, 1)
    time.sleep(rng.uniform(0, 0.03))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(read, "rb") as rest:
        text = (first + rest.read()).decode()
    return text.splitlines()


def main(path, lives):
    rng = random.Random(1)  # noqa: S311 - moments, no secrets
    ledger = open_ledger(path)
    add_item(ledger, "a", date="2027-01-01", due="2027-12-31", owner="b")
    acknowledged = [line for run in range(lives) for line in one_life(ledger, run, rng)]
    open_ledger(path)
    with closing(sqlite3.connect(path)) as db:
        notes = [r[0] for r in db.execute("SELECT note FROM events WHERE kind = 'progress'")]
        sound = db.execute("PRAGMA integrity_check").fetchone()[0]
    print(json.dumps({"acknowledged": acknowledged, "notes": notes, "sound": sound}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
