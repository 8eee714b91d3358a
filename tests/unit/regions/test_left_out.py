"""What belongs to no county, what is mistyped, what would spoil something: all is named."""

import subprocess
import sys
import textwrap
from functools import partial

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from provinces import EAST, WEST, as_dataset, as_folder, as_geopackage, counts, halves, numbered

import layoutplan as lp
from layoutplan.regions.agreement import COLUMNS
from layoutplan.regions.asked_rightly import require_folder
from layoutplan.regions.facts import schools_told
from layoutplan.regions.jobs import Done
from layoutplan.regions.left_out import left_out
from layoutplan.regions.listing import counties_of
from layoutplan.regions.one_county import told_apart
from layoutplan.regions.reading import read_part
from layoutplan.regions.workers import workers_of

pytest.importorskip("pyarrow")

PLAIN = {"workers": 0, "margin_m": 0, "lang": "en", "job": counts}


@pytest.fixture(scope="module")
def counties():
    return halves(lp.example.county(seed=1, villages=24))


@pytest.fixture(scope="module")
def source(counties, tmp_path_factory):
    return as_folder(counties, tmp_path_factory.mktemp("province") / "in")


def pupils_of(villages):
    return int(villages[["pupils_g13", "pupils_g46", "pupils_g79"]].to_numpy().sum())


def emptied(path, layer, rows):
    """Take the county away from some rows of a layer."""
    table = pyogrio.read_dataframe(path, layer=layer)
    table.loc[rows, "county_code"] = None
    table.to_file(path, layer=layer, driver="GPKG")
    return table


def test_rows_of_a_geopackage_that_are_no_countys_are_named_with_their_pupils(counties, tmp_path):
    kept = ("villages", "schools", "roads", "townships")
    bare = {c: lp.County.from_tables(**{n: v.table(n) for n in kept}) for c, v in counties.items()}
    whole = as_geopackage(bare, tmp_path / "p.gpkg")
    villages = emptied(whole, "villages", [0, 1])
    emptied(whole, "schools", [0])
    done = lp.plan_regions(whole, tmp_path / "out", **PLAIN)
    found = done.findings.set_index("table")
    assert found.loc["villages", "rows"] == 2
    assert villages["village_id"].iloc[0] in found.loc["villages", "ids"]
    lost = pupils_of(villages.iloc[:2])
    assert str(lost) in found.loc["villages", "message"]
    assert found.loc["schools", "rows"] == 1
    assert int(done.counties["pupils_in"].sum()) + lost == pupils_of(villages)
    assert found.loc["villages", "message"] in done.sentences()
    written = pd.read_csv(tmp_path / "out" / "findings.csv", encoding="utf-8-sig")
    assert len(written) == len(found) == 2


@pytest.mark.parametrize("number", [int, float])
def test_codes_of_counties_may_be_numbers(counties, tmp_path, number):
    layered = as_geopackage(counties, tmp_path / "p.gpkg", number=number)
    files = as_dataset(counties, tmp_path / "files", number=number)
    for source in (layered, files):
        parts = counties_of(source)
        assert [p.code for p in parts] == [WEST, EAST]
        assert left_out(parts) == ()
        assert len(read_part(parts[0]).villages) == len(counties[WEST].villages)


def renamed(table):
    """Begin the codes of a table with its counties' and put them under headings of nobody's."""
    held = [c for c in ("village_id", "township_id") if c in table]
    codes = {c: table["county_code"] + table[c].astype("str").str[6:] for c in held}
    table = table.assign(**codes).drop(columns="county_code")
    return table.rename(columns={c: f"zz {c[:4]}" for c in held}), {c: f"zz {c[:4]}" for c in held}


def test_a_mapping_of_columns_tells_the_counties_of_a_geopackage(counties, tmp_path):
    made = as_geopackage(counties, tmp_path / "made.gpkg")
    path, columns = tmp_path / "province.gpkg", {}
    for name in ("villages", "schools", "townships", "flows", "roads"):
        table, columns[name] = renamed(pyogrio.read_dataframe(made, layer=name))
        pyogrio.write_dataframe(table, path, layer=name)
    with pytest.raises(lp.DataError) as caught:
        lp.plan_regions(path, tmp_path / "out", **PLAIN)
    assert [f.code for f in caught.value.findings] == ["province_without_counties"]
    done = lp.plan_regions(path, tmp_path / "out", columns=columns, **PLAIN)
    told = lp.plan_regions(made, tmp_path / "told", **PLAIN)
    assert done.counties.index.tolist() == [WEST, EAST]
    both = ["villages", "pupils_in", "rows_villages", "rows_schools"]
    pd.testing.assert_frame_equal(done.counties[both], told.counties[both])
    assert len(done.findings) == 0


def test_rows_of_a_dataset_that_are_no_countys_are_named(counties, tmp_path):
    parted = as_dataset(counties, tmp_path / "parted")
    for name, county in (("villages", WEST), ("schools", EAST)):
        nobody = parted / name / "county_code=__HIVE_DEFAULT_PARTITION__"
        nobody.mkdir()
        rows = gpd.read_parquet(parted / name / f"county_code={county}" / "part.parquet")
        rows.head(1).to_parquet(nobody / "part.parquet")
    files = as_dataset(counties, tmp_path / "files", number=str)
    rows = gpd.read_parquet(files / "schools.parquet")
    rows.loc[rows.index[0], "county_code"] = "999999"
    rows.to_parquet(files / "schools.parquet")
    found = {f.table: f for f in left_out(counties_of(parted))}
    assert {t: f.count for t, f in found.items()} == {"villages": 1, "schools": 1}
    first = counties[WEST].villages.head(1)
    assert found["villages"].ids == tuple(first.index)
    assert found["villages"].values["pupils"] == pupils_of(first)
    assert [(f.table, f.count) for f in left_out(counties_of(files))] == [("schools", 1)]


def test_a_table_that_tells_no_county_is_named(counties, tmp_path):
    whole = as_geopackage(counties, tmp_path / "p.gpkg")
    table = counties[WEST].schools.head(1).rename_axis("site_id").reset_index()
    table[["site_id", "geometry"]].to_file(whole, layer="candidates", driver="GPKG")
    assert [(f.code, f.table) for f in left_out(counties_of(whole))] == [
        ("province_table_without_county", "candidates")
    ]


def test_two_counties_may_use_the_same_school_ids(counties, tmp_path):
    both = {code: numbered(county) for code, county in counties.items()}
    source = as_folder(both, tmp_path / "same")
    wide = PLAIN | {"margin_m": 30_000}
    same = lp.plan_regions(source, tmp_path / "a", **wide)
    assert same.border["pupils"].sum() > 0
    across = pd.read_csv(tmp_path / "a" / "across.csv", encoding="utf-8-sig")
    assert across["their_school"].str.fullmatch(r"s\d+").all()
    assert (across["minutes_across"] < across["minutes_own"]).all()
    assert same.findings["code"].tolist() == ["province_same_school"]
    table = pd.DataFrame([("s0", WEST, EAST, 1)], columns=list(COLUMNS))
    with pytest.raises(lp.OptionsError) as caught:
        lp.plan_regions(source, tmp_path / "a", **wide, agreement=table)
    assert "agreement_same_id" in [f.code for f in caught.value.findings]


def test_an_agreement_is_looked_at_before_anything_is_begun(source, tmp_path):
    wrong = pd.DataFrame([("s", 1)], columns=["学校", "places"])
    with pytest.raises(lp.DataError) as caught:
        lp.plan_regions(source, tmp_path / "out", **PLAIN, agreement=wrong)
    assert {f.column for f in caught.value.findings} == {"school_id", "from_county", "to_county"}
    wrong.to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(lp.DataError):
        lp.plan_regions(source, tmp_path / "out", **PLAIN, agreement=tmp_path / "a.csv")
    half = pd.DataFrame([("s", WEST, EAST, 1.5)], columns=list(COLUMNS))
    with pytest.raises(lp.OptionsError) as refused:
        lp.plan_regions(source, tmp_path / "out", **PLAIN, agreement=half)
    assert [f.code for f in refused.value.findings] == ["agreement_places"]
    assert not (tmp_path / "out").exists()


def test_places_are_granted_without_a_margin_too(counties, source, tmp_path):
    told = schools_told(counties[WEST], code=WEST, standards=lp.standards("cn-layout-national"))
    school = told.index[told["spare"] > 0][0]
    given = pd.DataFrame([(school, WEST, EAST, 1)], columns=list(COLUMNS))
    done = lp.plan_regions(
        source, tmp_path / "out", **PLAIN | {"job": granted_here}, agreement=given
    )
    schools = done.counties["schools"].to_dict()
    assert schools == {WEST: len(counties[WEST].schools), EAST: len(counties[EAST].schools) + 1}
    assert done.counties["within_m"].max() < 500
    given["to_county"] = "34150l"
    with pytest.raises(lp.OptionsError) as caught:
        lp.plan_regions(source, tmp_path / "out", **PLAIN, agreement=given)
    assert [f.code for f in caught.value.findings] == ["agreement_unknown_county"]


def granted_here(asked):
    """Count the schools, those granted too, and tell how far they are from a road."""
    metres = 4548
    schools = asked.county.schools.to_crs(metres)
    far = schools.distance(asked.county.roads.to_crs(metres).union_all()).max()
    return Done(tables={}, numbers={"schools": float(len(schools)), "within_m": float(far)})


def test_a_corrupt_county_does_not_make_ids_unknown(counties, tmp_path):
    source = as_folder(counties, tmp_path / "in")
    school = str(counties[EAST].schools.index[0])
    (source / f"{EAST} {counties[EAST].name}.gpkg").write_bytes(b"x" * 10)
    given = pd.DataFrame([(school, EAST, WEST, 1)], columns=list(COLUMNS))
    done = lp.plan_regions(
        source, tmp_path / "out", **PLAIN, agreement=given, options=lp.Options(keep={school})
    )
    assert done.counties["state"].to_dict() == {WEST: "done", EAST: "failed"}
    assert str(done.counties["pupils_in"].dtype) == "Int64"


def test_options_for_a_county_that_there_is_not(source, tmp_path):
    with pytest.raises(lp.OptionsError, match="34150l"):
        lp.plan_regions(source, tmp_path / "out", **PLAIN, options={"34150l": lp.Options()})


def test_jobs_without_a_name_are_refused_and_changed_ones_are_told_apart(source, tmp_path):
    for job in (lambda _: Done(tables={}, numbers={}), partial(counts), "walk", 5):
        with pytest.raises(lp.OptionsError) as caught:
            lp.plan_regions(source, tmp_path / "out", **PLAIN | {"job": job})
        assert caught.value.findings[0].column == "job"
    assert told_apart(counts) != told_apart(granted_here)


def test_results_never_go_into_the_source(tmp_path):
    for name in ("counties", "facts/x"):
        (tmp_path / name).mkdir(parents=True)
        with pytest.raises(lp.OptionsError) as caught:
            require_folder(tmp_path, tmp_path / name, lang="en")
        assert caught.value.findings[0].code == "output_is_input"
    (tmp_path / "in").mkdir()
    require_folder(tmp_path, tmp_path / "in", lang="en")
    with pytest.raises(lp.OptionsError) as caught:
        require_folder(tmp_path / ("x" * 300), tmp_path / "in", lang="en")
    assert caught.value.findings[0].code == "cannot_write"
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(lp.OptionsError) as caught:
        require_folder(tmp_path / "file" / "out", tmp_path / "in", lang="en")
    assert caught.value.findings[0].code == "bad_output"


@pytest.mark.parametrize(("option", "given"), [("memory", "much"), ("memory", "-1"), ("client", 7)])
def test_memory_and_clients_that_are_none(option, given):
    pytest.importorskip("distributed")
    asked = {"client": None, "memory": "1GB"} | {option: given}
    with (
        pytest.raises(lp.OptionsError) as caught,
        workers_of(**asked, workers=1, tries=1, lang="en"),
    ):
        pass
    assert caught.value.findings[0].column == option


def huge(_asked):
    raise RuntimeError("x\n" * 5_000_000)


def test_a_long_text_of_a_fault_is_cut(counties, tmp_path):
    source = as_folder({WEST: counties[WEST]}, tmp_path / "in")
    done = lp.plan_regions(source, tmp_path / "out", **PLAIN | {"job": huge, "lang": "zh"})
    assert len(done.failed["message"].iloc[0]) < 1000
    assert (tmp_path / "out" / "failed.csv").stat().st_size < 5000


@pytest.mark.slow
def test_the_loop_needs_no_dask(source, tmp_path):
    code = f"""
        import sys
        for name in ("dask", "distributed"):
            sys.modules[name] = None
        import layoutplan as lp
        done = lp.plan_regions({str(source)!r}, {str(tmp_path / "out")!r}, job="check", workers=0)
        print(set(done.counties["state"]))
        try:
            lp.plan_regions({str(source)!r}, {str(tmp_path / "out")!r}, lang="en")
        except lp.OptionsError as error:
            print(error)
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert "{'done'}" in ran.stdout
    assert "Dask is not installed" in ran.stdout
