"""How long the balance of a county of 300 schools takes."""

import pandas as pd
import pytest

import layoutplan as lp
from layoutplan import balance as b

pytestmark = pytest.mark.benchmark


@pytest.fixture(scope="module", name="stock")
def _stock():
    county = lp.example.county(seed=1)
    one = b.stock_of(county)
    rows = pd.concat([one.rows.rename(index=lambda i, n=n: f"{i}-{n}") for n in range(3)])
    return b.Stock(name="large", lang="zh", county=county, rows=rows.sort_index().iloc[:300])


@pytest.mark.parametrize("assess", [b.basic_2012, b.quality_2017])
def test_assessment(benchmark, stock, assess):
    done = benchmark(assess, stock)
    assert len(done.schools) > 200
    assert benchmark.stats.stats.min < 0.5


def test_gaps(benchmark, stock):
    assert len(benchmark(b.gaps, b.quality_2017(stock)))
