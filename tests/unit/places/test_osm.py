"""OpenStreetMap extracts become counties; what is left out is told with the reason."""

import builtins
import gzip
from collections import Counter

import pytest
import shapely

import layoutplan as lp
from layoutplan import cli
from layoutplan.sources.osm.merging import one_each
from layoutplan.sources.osm.numbers import people, speed_kmh
from layoutplan.sources.osm.reading import ATTRIBUTION, Thing
from layoutplan.sources.osm.schools import judged
from layoutplan.tables import KINDS
from layoutplan.words import catalogue

pytest.importorskip("osmium")


class Drawing:
    """An extract drawn by hand, in degrees around 117 E, 31 N."""

    def __init__(self):
        self.nodes, self.ways, self.relations = [], [], []

    def node(self, x, y, **tags):
        self.nodes.append((len(self.nodes) + 1, x, y, tags))
        return len(self.nodes)

    def way(self, points, *, lost=(), **tags):
        refs = [self.node(x, y) for x, y in points] + list(lost)
        return self.way_of(refs, **tags)

    def ring(self, x, y, size, **tags):
        corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]
        refs = [self.node(*c) for c in corners]
        return self.way_of([*refs, refs[0]], **tags)

    def way_of(self, refs, **tags):
        self.ways.append((1000 + len(self.ways), refs, tags))
        return self.ways[-1][0]

    def area(self, ways, **tags):
        self.relations.append((5000 + len(self.relations), ways, {"type": "boundary"} | tags))

    def text(self):
        def told(tags):
            quote = {"&": "&amp;", '"': "&quot;", "<": "&lt;"}
            return "".join(
                f'<tag k="{k.replace("__", ":")}" v="{"".join(quote.get(c, c) for c in v)}"/>'
                for k, v in tags.items()
            )

        parts = ['<?xml version="1.0"?><osm version="0.6" generator="hand">']
        parts += [
            f'<node id="{i}" version="1" lat="{31 + y:.7f}" lon="{117 + x:.7f}">{told(t)}</node>'
            for i, x, y, t in self.nodes
        ]
        for i, refs, tags in self.ways:
            inside = "".join(f'<nd ref="{r}"/>' for r in refs)
            parts.append(f'<way id="{i}" version="1">{inside}{told(tags)}</way>')
        for i, ways, tags in self.relations:
            inside = "".join(f'<member type="way" ref="{w}" role="outer"/>' for w in ways)
            parts.append(f'<relation id="{i}" version="1">{inside}{told(tags)}</relation>')
        return "\n".join([*parts, "</osm>"])


def county_drawing():
    drawn = Drawing()
    drawn.way([(0, 0), (0.05, 0), (0.1, 0)], highway="primary", maxspeed="40 mph", name="G1")
    drawn.way([(0.05, 0), (0.05, 0.03)], highway="residential", oneway="yes", maxspeed="CN:urban")
    drawn.way([(0.05, 0.01), (0.06, 0.01)], highway="service", access="private")
    drawn.way([(0.05, 0.02), (0.06, 0.02)], highway="service", access="no", foot="yes")
    drawn.way([(0.02, 0), (0.02, 0.01)], highway="construction")
    drawn.way([(0.03, 0), (0.03, 0.01)], highway="track", lost=[999_999])
    drawn.way([(0.07, 0), (0.07, 0.02)], highway="tertiary", bridge="yes", layer="1", tunnel="no")
    drawn.node(0.001, 0.001, place="village", name="Zhangcun", population="1 200")
    drawn.node(0.05, 0.029, place="town", name="Lizhen", population="many")
    drawn.node(0.099, 0.001, place="hamlet", name="Wangcun")
    drawn.node(0.07, 0.019, place="village", name="Zhaocun", population="800")
    drawn.ring(0.0691, 0.0181, 0.001, place="village", name="Zhaocun", population="999")
    drawn.node(0.03, 0.01, place="locality", name="A field")
    drawn.node(0.05, 0.028, place="suburb", name="A part of Lizhen", population="500")
    drawn.node(0.05, 0.001, amenity="school", name="中心小学", capacity="450")
    drawn.ring(0.0495, 0.0005, 0.001, amenity="school", name="中心小学", isced__level="1")
    drawn.node(0.0499, 0.0009, amenity="school")
    drawn.node(0.05, 0.027, amenity="school", name="第一中学")
    drawn.node(0.1, 0.0, amenity="school")
    drawn.node(0.01, 0.0, amenity="school", name="音乐学校")
    drawn.node(0.01, 0.001, amenity="kindergarten")
    west = drawn.way([(-0.01, -0.01), (0.045, -0.01), (0.045, 0.05), (-0.01, 0.05), (-0.01, -0.01)])
    east = drawn.way([(0.045, -0.01), (0.2, -0.01), (0.2, 0.05), (0.045, 0.05), (0.045, -0.01)])
    for name, way in (("西镇", west), ("东镇", east)):
        drawn.area([way], boundary="administrative", admin_level="8", name=name)
    return drawn


@pytest.fixture(scope="module")
def extract(tmp_path_factory):
    path = tmp_path_factory.mktemp("osm") / "made.osm"
    path.write_text(county_drawing().text(), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def county(extract):
    return lp.from_osm(extract, lang="en")


def found(county, code):
    return [f for f in county.findings if f.code == code]


def test_roads_keep_what_the_network_needs(county):
    roads = county.roads.reset_index(drop=True)
    assert Counter(roads["highway"]) == {
        "primary": 1, "residential": 1, "footway": 1, "track": 1, "tertiary": 1,
    }  # fmt: skip
    primary = roads[roads["highway"] == "primary"].iloc[0]
    assert primary["maxspeed_kmh"] == pytest.approx(64.37, abs=0.01)
    assert roads.set_index("highway").loc["residential", "oneway"] == "yes"
    assert roads.set_index("highway").loc["tertiary", "bridge"] == "yes"
    left = found(county, "osm_roads_left_out")[0]
    assert left.count == 2
    assert "access=private (1)" in left.what("en")
    assert "highway=construction (1)" in left.what("en")
    assert found(county, "osm_speeds_unread")[0].count == 1
    assert found(county, "osm_roads_on_foot")[0].count == 1
    assert "highway (1)" in found(county, "osm_cut")[0].what("en")


def test_villages_have_their_population_or_none(county):
    villages = county.villages.set_index("name")["population"]
    assert set(villages.index) == {"Zhangcun", "Lizhen", "Wangcun", "Zhaocun"}
    assert villages["Zhangcun"] == 1200
    assert villages["Zhaocun"] == 800
    assert villages[["Lizhen", "Wangcun"]].isna().all()
    assert found(county, "osm_population_unread")[0].count == 1
    assert found(county, "osm_population_blank")[0].count == 2
    assert found(county, "osm_places_joined")[0].count == 1
    assert "suburb (1)" in found(county, "osm_places_left_out")[0].what("en")


def test_schools_are_joined_judged_and_left_out_with_the_reason(county):
    schools = county.schools
    named = schools.dropna(subset="name").set_index("name")
    assert named["kind"].to_dict() == {"中心小学": "primary", "第一中学": "junior"}
    assert named.loc["中心小学", "places"] == 450
    assert schools["name"].isna().sum() == 1
    assert schools.loc[schools["name"].isna(), "kind"].tolist() == ["nine_year"]
    assert found(county, "osm_schools_joined")[0].count == 1
    assert len(found(county, "osm_schools_joined")[0].what("en").split(" + ")) == 3
    assert found(county, "osm_school_music_art")[0].values["which"] == "音乐学校"
    assert found(county, "osm_school_kindergarten")[0].count == 1
    assert found(county, "osm_kind_unknown")[0].count == 1


def test_areas_are_townships_and_hold_places(county):
    names = county.townships["name"]
    assert sorted(names) == ["东镇", "西镇"]
    here = county.villages.set_index("name")["township_id"].map(names)
    assert here["Zhangcun"] == "西镇"
    assert here["Lizhen"] == "东镇"
    assert county.schools["township_id"].notna().all()


def test_the_attribution_goes_along(county, tmp_path):
    from layoutplan.county_file import write_county

    assert ATTRIBUTION in found(county, "osm_read")[0].what("zh")
    again = lp.read_county(write_county(county, tmp_path / "made.gpkg"))
    for name in ("villages", "schools", "roads", "townships"):
        assert set(again.table(name)["source"]) == {ATTRIBUTION}


def test_estimates_are_made_only_where_asked_and_named(county, extract):
    assert "population_estimated" not in county.villages
    guessed = lp.from_osm(extract, estimate=True)
    villages = guessed.villages.set_index("name")
    assert villages["population_estimated"].to_dict() == {
        "Zhangcun": False, "Lizhen": True, "Wangcun": True, "Zhaocun": False,
    }  # fmt: skip
    rules = lp.standards()
    assert villages.loc["Lizhen", "population"] == rules.value("osm_people_town")
    assert villages.loc["Zhangcun", "population"] == 1200
    schools = guessed.schools
    assert schools["places"].notna().all()
    known = schools["name"] == "中心小学"
    assert schools.loc[known, "places"].tolist() == [450]
    assert schools["places_estimated"].sum() == 2
    told = found(guessed, "osm_population_estimated")[0]
    assert told.severity == "warning"
    assert "ESTIMATE" in told.what("en")
    assert found(guessed, "osm_places_estimated")
    plan = lp.propose(guessed, lp.travel_times(guessed), time_limit=10)
    lp.assert_plan_valid(plan)
    assert plan.pupils_in > 0


def test_estimates_meet_the_population_of_a_township(tmp_path):
    drawn = county_drawing()
    drawn.relations = [
        (i, ways, tags | ({"population": "3 000"} if tags["name"] == "东镇" else {}))
        for i, ways, tags in drawn.relations
    ]
    path = tmp_path / "made.osm"
    path.write_text(drawn.text(), encoding="utf-8")
    villages = lp.from_osm(path, estimate=True).villages.set_index("name")["population"]
    assert villages["Zhaocun"] == 800
    rules = lp.standards()
    town, hamlet = rules.value("osm_people_town"), rules.value("osm_people_hamlet")
    assert villages["Lizhen"] == round(2200 * town / (town + hamlet))
    assert villages[["Lizhen", "Wangcun", "Zhaocun"]].sum() == 3000


def test_all_endings_give_the_same(county, extract, tmp_path):
    import osmium

    packed = tmp_path / "made.osm.gz"
    packed.write_bytes(gzip.compress(extract.read_bytes()))
    binary = tmp_path / "made.osm.pbf"
    with osmium.SimpleWriter(str(binary)) as writer:
        for thing in osmium.FileProcessor(str(extract)):
            writer.add(thing)
    for path in (packed, binary):
        again = lp.from_osm(path)
        assert [f.code for f in again.findings] == [f.code for f in county.findings]
        for name in ("villages", "schools", "roads", "townships"):
            one, other = county.table(name), again.table(name)
            assert list(one.index) == list(other.index)
            assert shapely.distance(one.geometry.to_numpy(), other.geometry.to_numpy()).max() < 1e-7


def test_another_level_or_kind_of_place_can_be_asked_for(extract):
    with pytest.raises(lp.OptionsError, match="level 4"):
        lp.from_osm(extract, level="4", lang="en")
    assert len(lp.from_osm(extract, level="8").townships) == 2
    assert len(lp.from_osm(extract, places=("village",)).villages) == 2


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("made.osm.pbf", b"this is no extract", "damaged"),
        ("made.osm", b"<osm><node", "damaged"),
        ("made.osm.gz", b"no gzip", "damaged"),
        ("made.zip", b"PK", "no kind that can be read"),
    ],
)
def test_what_is_no_extract_is_refused(name, content, word, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(lp.DataError, match=word):
        lp.from_osm(path, lang="en")


def test_entities_of_xml_are_not_unfolded(tmp_path):
    path = tmp_path / "bomb.osm"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE o [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>'
        '<osm version="0.6"><node id="1" lat="31" lon="117"><tag k="name" v="&b;"/></node></osm>',
        encoding="utf-8",
    )
    with pytest.raises(lp.DataError, match="damaged"):
        lp.from_osm(path, lang="en")


def test_a_file_that_unpacks_without_end_is_refused(extract, tmp_path, monkeypatch):
    from layoutplan.sources.osm import reading

    packed = tmp_path / "made.osm.gz"
    packed.write_bytes(gzip.compress(extract.read_bytes()))
    monkeypatch.setattr(reading, "_UNPACKED_MAX", 1000)
    with pytest.raises(lp.DataError, match="too large"):
        lp.from_osm(packed, lang="en")
    monkeypatch.setattr(reading, "_FILE_MAX", 1000)
    with pytest.raises(lp.DataError, match="too large"):
        lp.from_osm(extract, lang="en")


def test_an_extract_without_schools_says_so(tmp_path):
    drawn = Drawing()
    drawn.way([(0, 0), (0.1, 0)], highway="primary")
    drawn.node(0, 0, place="village", name="A")
    drawn.node(0, 0.001, amenity="kindergarten", name="B")
    path = tmp_path / "made.osm"
    path.write_text(drawn.text(), encoding="utf-8")
    with pytest.raises(lp.DataError, match="no school of compulsory") as caught:
        lp.from_osm(path, lang="en")
    assert "kindergartens" in str(caught.value)


def test_without_osmium_the_extra_is_named(extract, monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.split(".")[0] == "osmium":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(lp.OptionsError, match=r"layoutplan\[osm\]") as caught:
        lp.from_osm(extract, lang="en")
    assert "附加组件" in caught.value.message("zh")


def test_the_command_writes_a_county_that_reads_back(extract, tmp_path, monkeypatch, capfd):
    out = tmp_path / "made.gpkg"
    argv = ["layoutplan", "from-osm", str(extract), "-o", str(out), "--lang", "en", "--estimate"]
    monkeypatch.setattr("sys.argv", argv)
    with pytest.raises(SystemExit) as stop:
        cli.run()
    assert not stop.value.code
    text = capfd.readouterr().out
    assert "OpenStreetMap contributors" in text
    assert "ESTIMATE" in text
    assert len(lp.read_county(out).schools) == 3
    monkeypatch.setattr("sys.argv", [*argv[:4], str(tmp_path / "made.xlsx"), "--lang", "en"])
    with pytest.raises(SystemExit) as stop:
        cli.run()
    assert stop.value.code == cli.BAD_USAGE


# Names and numbers


@pytest.mark.parametrize(
    ("tags", "kind", "reason"),
    [
        ({"isced:level": "1"}, "primary", ""),
        ({"isced:level": "1;2", "name": "Grundschule"}, "nine_year", ""),
        ({"isced:level": "2-3"}, "complete_secondary", ""),
        ({"isced:level": "0"}, "", "kindergarten"),
        ({"isced:level": "0;1"}, "primary", ""),
        ({"isced:level": "3"}, "", "senior"),
        ({"isced:level": "5;6"}, "", "higher"),
        ({"grades": "1-6"}, "primary", ""),
        ({"grades": "5-12"}, "complete_secondary", ""),
        ({"grades": "10-12"}, "", "senior"),
        ({"grades": "1-12"}, "nine_year", ""),
        ({"school:type": "music"}, "", "music_art"),
        ({"school": "primary;junior"}, "nine_year", ""),
        ({"amenity": "music_school", "name": "Grundschule"}, "", "music_art"),
        ({"amenity": "kindergarten"}, "", "kindergarten"),
        ({"name": "城关镇中心小学"}, "primary", ""),
        ({"name": "城关镇中心小学附属幼儿园"}, "", "kindergarten"),
        ({"name": "师范大学附属小学"}, "primary", ""),
        ({"name": "大学路小学"}, "primary", ""),
        ({"name": "舒城县第二高级中学"}, "", "senior"),
        ({"name": "桃溪初级中学"}, "junior", ""),
        ({"name": "九年一贯制学校"}, "nine_year", ""),
        ({"name": "山里教学点"}, "teaching_point", ""),
        ({"name": "县特殊教育学校"}, "special", ""),
        ({"name": "职业技术学校"}, "", "vocational"),
        ({"name": "新东方培训学校"}, "", "tutoring"),
        ({"name": "安徽大学"}, "", "higher"),
        ({"name": "Liechtensteinische Musikschule"}, "", "music_art"),
        ({"name": "Primarschule Triesen"}, "primary", ""),
        ({"name": "Weiterführende Schule Triesen"}, "junior", ""),
        ({"name": "École élémentaire Jules Ferry"}, "primary", ""),
        ({"name": "Escola Andorrana de 2a Ensenyança d'Ordino"}, "junior", ""),
        ({"name": "Centre de Formació d'adults"}, "", "adult"),
        ({"name": "Springfield Elementary School"}, "primary", ""),
        ({"name": "Riverside Driving School"}, "", "driving"),
        ({"name": "Something Else"}, "nine_year", ""),
        ({}, "nine_year", ""),
    ],
)
def test_a_school_is_told_by_tags_then_by_name(tags, kind, reason):
    school = Thing(label="n1", tags={"amenity": "school"} | tags, shape=None)
    assert (judged(school).kind, judged(school).reason) == (kind, reason)


def test_every_reason_has_words():
    from layoutplan.sources.osm.schools import _words

    told = {e["kind"] for e in _words()["words"]}
    told |= {*_words()["amenity"].values(), *_words()["type"].values(), "senior", "higher"}
    reasons = told - set(KINDS)
    assert len(reasons) >= 10
    for lang in ("zh", "en"):
        assert not [r for r in reasons if f"finding.osm_school_{r}.what" not in catalogue(lang)]


def thing(label, x, y, name="", *, size=0.0, amenity="school"):
    place = shapely.Point(117 + x, 31 + y)
    tags = {"amenity": amenity} | ({"name": name} if name else {})
    return Thing(label=label, tags=tags, shape=place.buffer(size) if size else place)


@pytest.mark.parametrize(
    ("things", "count"),
    [
        ([thing("n1", 0, 0, "A"), thing("w2", 0.0001, 0, "a ", size=0.001)], 1),
        ([thing("n1", 0, 0, "A"), thing("n2", 0.0024, 0, "A")], 1),  # 229 m apart
        ([thing("n1", 0, 0, "A"), thing("n2", 0.005, 0, "A")], 2),
        ([thing("n1", 0, 0, "A I"), thing("n2", 0, 0, "A II"), thing("n3", 0, 0, "A III")], 3),
        ([thing("n1", 0, 0), thing("w2", 0, 0, "A", size=0.001)], 1),
        ([thing("n1", 0.003, 0), thing("w2", 0, 0, "A", size=0.001)], 2),
        ([thing("n1", 0, 0, "A"), thing("n2", 0.0004, 0), thing("n3", 0.0008, 0, "B")], 2),
        ([thing("n1", 0, 0, amenity="kindergarten"), thing("w2", 0, 0, "A", size=0.001)], 2),
    ],
)
def test_parts_of_one_school_are_joined_and_no_others(things, count):
    assert len(one_each(things)) == count
    assert len(one_each(things[::-1])) == count


@pytest.mark.parametrize(
    ("text", "value"),
    [("50", 50), ("30 mph", 48.28), ("50;30", 30), ("RU:urban", None), ("zone:20", 20),
     ("none", None), ("walk", None), ("5 knots", 9.26), ("60 km/h", 60), ("0", None)],
)  # fmt: skip
def test_speeds(text, value):
    assert speed_kmh(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("1234", 1234), ("1,234", 1234), ("1.234.567", 1234567), ("14 521", 14521),
     ("~300", 300), ("120 (2011)", 120), ("500-600", 500), ("unknown", None), ("", None),
     ("12.5", None), ("approx. 40", None), ("80;90", 80)],
)  # fmt: skip
def test_populations(text, value):
    assert people(text) == value


# Real extracts, which stand beside the project


@pytest.mark.parametrize(
    ("name", "roads", "villages", "schools", "townships"),
    [("andorra", 7694, 75, 16, 7), ("liechtenstein", 4643, 19, 14, 11)],
)
def test_real_extracts_give_counties(name, roads, villages, schools, townships, shared):
    path = shared / "osm" / f"{name}.osm.pbf"
    if not path.exists():
        pytest.skip("the extract is not here")
    county = lp.from_osm(path, estimate=True, lang="en")
    counts = [len(county.table(t)) for t in ("roads", "villages", "schools", "townships")]
    assert counts == [roads, villages, schools, townships]
    assert county.villages["township_id"].notna().all()
    codes = {f.code for f in county.findings}
    assert {"osm_read", "osm_roads_left_out", "osm_school_music_art", "osm_schools_joined"} <= codes


def test_a_real_extract_without_schools_is_refused(shared):
    path = shared / "osm" / "north-bayreuth.osm.gz"
    if not path.exists():
        pytest.skip("the extract is not here")
    with pytest.raises(lp.DataError, match="kindergartens"):
        lp.from_osm(path, lang="en")


@pytest.mark.slow
def test_a_real_extract_goes_through_propose(shared):
    path = shared / "osm" / "andorra.osm.pbf"
    if not path.exists():
        pytest.skip("the extract is not here")
    county = lp.from_osm(path, estimate=True)
    plan = lp.propose(county, lp.travel_times(county), time_limit=20)
    lp.assert_plan_valid(plan)
    assert plan.pupils_in == plan.pupils_assigned + plan.pupils_unserved > 5000
