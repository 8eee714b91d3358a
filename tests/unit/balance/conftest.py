"""Stocks of a few schools, made of what passes and what differs from it."""

import numpy as np
import pandas as pd
import pytest
from five_schools import BOOKS, PASSES, PUPILS_OF

from layoutplan import balance as b
from layoutplan.balance.stock import PUPILS, with_pupils


@pytest.fixture(name="make")
def _make(small):
    def make(schools, **columns):
        """Make a stock: id to (pupils by stage, what differs from `PASSES` times pupils/100)."""
        rows, pupils = {}, {}
        for school, (number, given) in schools.items():
            stages = (number, 0, 0) if isinstance(number, (int, float)) else number
            whole = float(np.nansum(stages)) / 100
            base = {k: v * whole for k, v in PASSES.items()} | {"kind": "primary", "name": school}
            rows[school] = base | {"ownership": "县级教育部门", "township_id": "T1"} | given
            pupils[school] = dict(zip(PUPILS, stages, strict=True))
        table = pd.DataFrame.from_dict(rows, orient="index").assign(**columns)
        pupils = pd.DataFrame.from_dict(pupils, orient="index").astype(float)
        return b.Stock(name="five", lang="en", county=small, rows=with_pupils(table, pupils))

    return make


@pytest.fixture(name="five")
def _five(make):
    return make({str(i + 1): (p, {"books": float(BOOKS[i])}) for i, p in enumerate(PUPILS_OF)})
