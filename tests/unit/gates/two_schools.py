"""Two schools, and what is said of the closure of one of them."""

import pandas as pd

A = {"kind": "primary", "places": 90, "classrooms": 6, "beds": 0}

B = {"kind": "primary", "places": 270, "classrooms": 6, "beds": 0}


def votes(*rows):
    columns = ["school_id", "gate", "votes_for", "votes_against", "date"]
    return pd.DataFrame(list(rows), columns=columns)


FOR_IT = votes(("A", "parents", 30, 10, "2026-05-12"), ("A", "hearing", 9, 2, "2026-05-20"))


def check(done, name, **known):
    found = [c for c in done.checks if c.name == name]
    for key, value in known.items():
        found = [c for c in found if getattr(c, key) == value]
    assert len(found) == 1, done.checks
    return found[0]
