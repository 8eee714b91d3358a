"""Every defect met in real files, put into a clean delivery: found, named, repaired where it is."""

import in_cells
import in_files
import in_places
import numpy as np
import pytest
import shapely
from delivery import as_delivered, copied

import layoutplan as lp
from layoutplan.checks import findings
from layoutplan.errors import DataError
from layoutplan.example import county_tables

DEFECTS = [*in_cells.defects(), *in_places.defects(), *in_files.defects()]
METRES = "EPSG:4548"
PRESENT = ("villages", "schools", "candidates")


@pytest.fixture(scope="module")
def tables():
    return county_tables(5, villages=40)


@pytest.fixture(scope="module")
def clean(tables):
    return as_delivered(tables)


@pytest.fixture(scope="module")
def truth(tables):
    return lp.County.from_tables(**tables, name="霁川县", year=2026)


@pytest.fixture(scope="module")
def quiet(clean, tmp_path_factory):
    """What is told of the clean delivery, by code."""
    county = lp.read_county(clean.write(tmp_path_factory.mktemp("clean") / "霁川县"))
    return {f.code: set(f.ids) for f in findings(county)}


def test_there_are_a_hundred_defects_of_different_names():
    assert len({d.name for d in DEFECTS}) == len(DEFECTS) >= 100


def test_the_clean_delivery_is_the_truth_and_raises_no_alarm(clean, truth, quiet, tmp_path):
    assert differences(lp.read_county(clean.write(tmp_path / "d")), truth) == []
    # Two schools are overfull, and the layers come in two systems: both are so.
    assert set(quiet) == {"crs_converted", "crowded"}


@pytest.mark.parametrize("defect", [d for d in DEFECTS if d.repaired], ids=lambda d: d.name)
def test_repaired_to_the_truth_and_told(defect, clean, truth, tmp_path):
    delivery = copied(clean)
    defect.change(delivery)
    county = lp.read_county(delivery.write(tmp_path / "d"))
    assert differences(county, truth) == []
    told = {f.code for f in findings(county)}
    assert told & defect.codes or not defect.codes, told


@pytest.mark.parametrize(
    "defect", [d for d in DEFECTS if not d.repaired and not d.refused], ids=lambda d: d.name
)
def test_named_with_its_rows(defect, clean, quiet, tmp_path):
    delivery = copied(clean)
    ids = ids_of(defect.change(delivery))
    county = lp.read_county(delivery.write(tmp_path / "d"))
    told = [f for f in findings(county) if f.code in defect.codes]
    new = [f for f in told if set(f.ids) != quiet.get(f.code)]
    assert new
    if ids:
        named = set().union(*(f.ids for f in new))
        assert ids & named, (ids, named)
    assert all(f.what("zh") and f.cure("zh") and f.what("en") and f.cure("en") for f in new)


@pytest.mark.parametrize("defect", [d for d in DEFECTS if d.refused], ids=lambda d: d.name)
def test_refused_with_the_reason(defect, clean, tmp_path):
    delivery = copied(clean)
    ids = ids_of(defect.change(delivery))
    with pytest.raises(DataError) as caught:
        lp.read_county(delivery.write(tmp_path / "d"))
    told = [f for f in caught.value.findings if f.code in defect.codes]
    assert told
    named = set().union(*(f.ids for f in told))
    assert not ids or not named or ids & named or any(i.startswith("#") for i in named)


def ids_of(changed):
    return {i for i in changed or () if isinstance(i, str)} - {"None"}


def differences(county, truth):
    """What differs from the truth: ids, values, or a place by a metre."""
    found = []
    for name in PRESENT:
        got, true = county.table(name), truth.table(name)
        if set(got.index) != set(true.index):
            found.append(f"{name}: ids")
            continue
        got = got.reindex(true.index)
        for column in true.columns:
            if column == "geometry":
                here, there = got.geometry.to_crs(METRES), true.geometry.to_crs(METRES)
                apart = shapely.distance(here.to_numpy(), there.to_numpy())
                if not np.all(apart < 1):
                    found.append(f"{name}: {apart.max():.0f} m")
            elif column not in got:
                found.append(f"{name}: no {column}")
            elif not same(got[column], true[column]):
                found.append(f"{name}: {column}")
    return found


def same(got, true):
    a, b = (s.astype(object).where(s.notna(), None) for s in (got, true))
    return bool(((a == b) | (got.isna() & true.isna()).to_numpy()).all())
