"""Counties of a province in the plain loop: sources, border, resuming, what goes wrong."""

import errno
import json

import numpy as np
import pandas as pd
import pyogrio
import pytest
from provinces import EAST, WEST, as_dataset, as_folder, as_geopackage, counts, halves, today

import layoutplan as lp
from layoutplan.county_file import write_county
from layoutplan.regions import one_county
from layoutplan.regions.folders import folder_name
from layoutplan.regions.jobs import Done, assess_today
from layoutplan.regions.one_county import DONE
from layoutplan.tables import BANDS_OF_KIND

pytest.importorskip("pyarrow")


def broken(_asked):
    raise RuntimeError("a fault of ours")


@pytest.fixture(scope="module")
def counties():
    return halves(lp.example.county(seed=1, villages=40))


@pytest.fixture(scope="module")
def source(counties, tmp_path_factory):
    return as_folder(counties, tmp_path_factory.mktemp("province") / "in")


def files_of(out):
    """Every table as bytes; the files that tell when or how long are none."""
    kinds = (".parquet", ".csv", ".html", ".json")
    return {
        p.relative_to(out).as_posix(): p.read_bytes()
        for p in sorted(out.rglob("*"))
        if p.suffix in kinds
    }


def test_every_kind_of_source_gives_the_same(counties, source, tmp_path):
    layered = as_geopackage(counties, tmp_path / "province.gpkg")
    parted = as_dataset(counties, tmp_path / "parted")
    found = {
        name: lp.plan_regions(given, tmp_path / name, job=counts, workers=0, margin_m=0).counties
        for name, given in (("files", source), ("layers", layered), ("dataset", parted))
    }
    assert found["files"].index.tolist() == [WEST, EAST]
    for name in ("layers", "dataset"):
        both = ["villages", "pupils_in", "rows_villages", "rows_schools", "rows_roads"]
        pd.testing.assert_frame_equal(found[name][both], found["files"][both])


def test_the_border_and_an_agreement(counties, source, tmp_path):
    wide = {"job": today, "workers": 0, "lang": "en", "margin_m": 30_000}
    apart = lp.plan_regions(source, tmp_path / "out", **wide)
    border = apart.border
    assert set(border["from_county"]) | set(border["to_county"]) == {WEST, EAST}
    assert (border["minutes_less"] > 0).all()
    whole = lp.example.county(seed=1, villages=40)
    expected = nearer_by_hand(whole, counties)
    assert int(border["pupils"].sum()) == expected["pupils"]
    assert border["minutes_less"].sum() == pytest.approx(expected["less"], rel=1e-6)

    agreement = tmp_path / "out" / "agreement_proposed.csv"
    shared = lp.plan_regions(source, tmp_path / "out", **wide, agreement=agreement)
    pupils = int(whole.villages[["pupils_g13", "pupils_g46", "pupils_g79"]].to_numpy().sum())
    for run in (apart, shared):
        assert int(run.counties["pupils"].sum()) == pupils
        assert int(run.counties["unserved"].sum()) == 0
    assert shared.counties["minutes"].sum() < apart.counties["minutes"].sum()
    granted = pd.read_csv(agreement, dtype={"school_id": "str"}, encoding="utf-8-sig")
    taken = taken_places(tmp_path / "out", granted, counties)
    assert taken["taken"].sum() > 0
    assert (taken["taken"] <= taken["places"]).all()


def nearer_by_hand(whole, counties):
    """Find the pupils who are nearer across, from the travel times of the undivided county."""
    times = lp.travel_times(whole)
    kinds = whole.schools["kind"]
    pupils, less = 0, 0.0
    for code, county in counties.items():
        other = counties[EAST if code == WEST else WEST]
        for band in ("g13", "g46", "g79"):
            table = times.table(band).loc[county.villages.index]
            teach = [s for s in kinds.index if band in BANDS_OF_KIND[kinds[s]]]
            own = table[[s for s in teach if s in county.schools.index]].min(axis=1)
            far = table[[s for s in teach if s in other.schools.index]].min(axis=1)
            there = county.villages[f"pupils_{band}"].where(far < own, 0)
            pupils += int(there.sum())
            less += float((there * (own - far).where(np.isfinite(own), 0).fillna(0)).sum())
    return {"pupils": pupils, "less": less}


def taken_places(out, granted, counties):
    rows = []
    for row in granted.to_dict("records"):
        guest = pd.read_parquet(out / "counties" / str(row["to_county"]) / "assignment.parquet")
        taken = guest.loc[guest["site_id"] == row["school_id"], "pupils"].sum()
        rows.append({"taken": int(taken), "places": int(row["places"])})
        assert row["school_id"] in counties[str(row["from_county"])].schools.index
    return pd.DataFrame(rows)


def test_a_second_run_does_only_what_changed(counties, tmp_path):
    source, out = as_folder(counties, tmp_path / "in"), tmp_path / "out"
    first = lp.plan_regions(source, out, job=counts, workers=0, margin_m=0)
    before = files_of(out)
    again = lp.plan_regions(source, out, job=counts, workers=0, margin_m=0)
    assert again.counties["state"].tolist() == ["kept", "kept"]
    tables = [n for n in before if n.startswith(("counties/", "facts/"))]
    assert {n: files_of(out)[n] for n in tables} == {n: before[n] for n in tables}

    changed = counties[EAST].villages
    changed.loc[changed.index[0], "pupils_g13"] += 1
    tables = {n: counties[EAST].table(n) for n in counties[EAST].tables} | {"villages": changed}
    new = lp.County.from_tables(**tables, name=counties[EAST].name)
    (source / f"{EAST} {new.name}.gpkg").unlink()
    write_county(new, source / f"{EAST} {new.name}.gpkg")
    third = lp.plan_regions(source, out, job=counts, workers=0, margin_m=0)
    assert third.counties["state"].to_dict() == {WEST: "kept", EAST: "done"}
    assert third.counties.loc[EAST, "pupils_in"] == first.counties.loc[EAST, "pupils_in"] + 1
    other = lp.plan_regions(
        source, out, job=counts, workers=0, margin_m=0, options=lp.Options(schools_max=99)
    )
    assert set(other.counties["state"]) == {"done"}


def test_results_that_were_damaged_are_made_anew(source, tmp_path):
    out = tmp_path / "out"
    lp.plan_regions(source, out, job=counts, workers=0, margin_m=0)
    table = out / "counties" / WEST / "counts.parquet"
    whole = table.read_bytes()
    table.write_bytes(whole[:-20])
    (out / "counties" / EAST / DONE).write_text("{", encoding="utf-8")
    again = lp.plan_regions(source, out, job=counts, workers=0, margin_m=0)
    assert set(again.counties["state"]) == {"done"}
    assert table.read_bytes() == whole


def test_a_corrupt_county_is_named_and_the_others_go_on(counties, tmp_path):
    source, out = as_folder(counties, tmp_path / "in"), tmp_path / "out"
    good = source / f"{EAST} {counties[EAST].name}.gpkg"
    kept = good.read_bytes()
    good.write_bytes(b"not a GeoPackage")
    done = lp.plan_regions(source, out, job=counts, workers=0, lang="en")
    assert done.counties["state"].to_dict() == {WEST: "done", EAST: "failed"}
    assert done.failed["county_code"].tolist() == [EAST]
    assert not done.failed["cure"].eq("").any()
    good.write_bytes(kept)
    repaired = lp.plan_regions(source, out, job=counts, workers=0, lang="en", margin_m=0)
    assert repaired.failed.empty
    assert repaired.counties.loc[EAST, "state"] == "done"


def test_a_county_without_schools_is_named(counties, tmp_path):
    whole = as_geopackage(counties, tmp_path / "p.gpkg")
    schools = pyogrio.read_dataframe(whole, layer="schools")
    schools[schools["county_code"] == WEST].to_file(whole, layer="schools", driver="GPKG")
    done = lp.plan_regions(whole, tmp_path / "out", job=counts, workers=0, lang="en")
    assert done.counties["state"].to_dict() == {WEST: "done", EAST: "failed"}
    assert "schools" in done.failed["message"].iloc[0]


def test_counties_in_different_systems_meet(counties, source, tmp_path):
    mixed = dict(counties)
    tables = {n: t for n in counties[EAST].tables if (t := counties[EAST].table(n)) is not None}
    moved = {n: t.to_crs(4548) if hasattr(t, "to_crs") else t for n, t in tables.items()}
    mixed[EAST] = lp.County.from_tables(**moved, name=counties[EAST].name)
    other = as_folder(mixed, tmp_path / "in")
    same = lp.plan_regions(source, tmp_path / "a", job="travel_times", workers=0).border
    found = lp.plan_regions(other, tmp_path / "b", job="travel_times", workers=0).border
    assert found["pupils"].tolist() == same["pupils"].tolist()
    assert np.allclose(found["minutes_less"], same["minutes_less"], rtol=1e-3)


def test_a_fault_is_tried_again_and_recorded(source, tmp_path):
    done = lp.plan_regions(source, tmp_path / "out", job=broken, workers=0, lang="en", margin_m=0)
    assert done.failed["fault"].tolist() == [True, True]
    assert done.failed["message"].str.contains("a fault of ours").all()


def test_a_full_disk_stops_the_run_and_nothing_is_lost(source, tmp_path, monkeypatch):
    out = tmp_path / "out"
    first = lp.plan_regions(source, out, job=counts, workers=0, margin_m=0)
    before = files_of(out)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(one_county, "_parquet", full)
    stopped = lp.plan_regions(source, out, job=assess_today, workers=0, margin_m=0, lang="en")
    assert stopped.stopped == "disk_full"
    assert "full" in stopped.sentences()[-1]
    assert files_of(out) == before
    monkeypatch.undo()
    again = lp.plan_regions(source, out, job=counts, workers=0, margin_m=0)
    assert set(again.counties["state"]) == {"kept"}
    pd.testing.assert_frame_equal(
        again.counties.drop(columns="state"), first.counties.drop(columns="state")
    )


def test_ctrl_c_leaves_a_state_to_go_on_from(source, tmp_path):
    seen = []

    def interrupt(done, *_):
        seen.append(done)
        raise KeyboardInterrupt

    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        lp.plan_regions(source, out, job=counts, workers=0, margin_m=0, progress=interrupt)
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["stopped"] == "interrupted"
    assert record["states"] == {"done": 1, "waiting": 1}
    done = lp.plan_regions(source, out, job=counts, workers=0, margin_m=0)
    assert done.counties["state"].tolist() == ["kept", "done"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([("nowhere", WEST, EAST, 5)], "agreement_unknown"),
        ([("=", WEST, WEST, 5)], "agreement_own"),
        ([("=", EAST, WEST, 5)], "agreement_other_county"),
        ([("=", WEST, EAST, 10**6)], "agreement_beyond"),
    ],
)
def test_what_is_wrong_in_an_agreement(counties, source, tmp_path, rows, code):
    school = str(counties[WEST].schools.index[0])
    rows = [(school if r[0] == "=" else r[0], *r[1:]) for r in rows]
    table = pd.DataFrame(rows, columns=["school_id", "from_county", "to_county", "places"])
    with pytest.raises(lp.OptionsError) as caught:
        lp.plan_regions(source, tmp_path / "out", job=counts, workers=0, agreement=table)
    assert code in [f.code for f in caught.value.findings]


def test_two_counties_with_one_code_are_refused(tmp_path):
    twice = tmp_path / "in"
    twice.mkdir()
    for name in (f"{WEST} a.gpkg", f"{WEST} b.gpkg"):
        (twice / name).write_bytes(b"")
    with pytest.raises(lp.DataError) as caught:
        lp.plan_regions(twice, tmp_path / "out", workers=0)
    assert [f.code for f in caught.value.findings] == ["province_same_code"]
    assert caught.value.findings[0].count == 2
    (tmp_path / "empty").mkdir()
    with pytest.raises(lp.DataError, match=r"empty"):
        lp.plan_regions(tmp_path / "empty", tmp_path / "out", workers=0)


def test_locks_are_kept_where_the_site_is_and_unknown_ones_refused(counties, source, tmp_path):
    school = str(counties[EAST].schools.index[0])
    named = lp.Options(keep={school})
    done = lp.plan_regions(source, tmp_path / "a", job=kept_sites, workers=0, options=named)
    assert done.counties["kept"].to_dict() == {WEST: 0.0, EAST: 1.0}
    with pytest.raises(lp.OptionsError, match="nowhere"):
        lp.plan_regions(
            source, tmp_path / "b", job=counts, workers=0, options=lp.Options(close={"nowhere"})
        )


def kept_sites(asked):
    return Done(tables={}, numbers={"kept": float(len(asked.options.keep))})


def test_codes_are_no_paths():
    names = [folder_name(c) for c in ("../../x", "a/b", "CON", "340100", "", "x" * 300, "县城")]
    assert len(set(names)) == len(names)
    assert names[3] == "340100"
    assert not any("/" in n or "\\" in n or n.startswith(".") or len(n) > 60 for n in names)


def test_workers_that_are_no_number_of_ours(source, tmp_path):
    with pytest.raises(lp.OptionsError):
        lp.plan_regions(source, tmp_path / "out", workers=-1, tries=0, margin_m=-5)
    with pytest.raises(lp.OptionsError):
        lp.plan_regions(source, source / "inside", workers=0)
