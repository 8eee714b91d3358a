"""The page of a review map: one file, no requests, same bytes, names as text."""

import base64
import gzip
import html
import io
import json
import re
import stat
from importlib.resources import files
from string import Formatter

import folium
import pytest

import layoutplan as lp
from layoutplan.example import county_tables
from layoutplan.maps import ReviewMap
from layoutplan.maps.page import json_for_html, page_script
from layoutplan.words import catalogue

ATTACK = "</script><img src=x onerror=alert(1)><!--"


@pytest.fixture(scope="module")
def plans():
    tables = county_tables(seed=1, villages=40)
    tables["schools"].iloc[0, tables["schools"].columns.get_loc("name")] = ATTACK
    county = lp.County.from_tables(**tables, name=f"霁川县{ATTACK}", year=2025)
    today = lp.evaluate(county, lp.travel_times(county))
    small = today.decisions.query("kind == 'primary'").index[0]
    return today, lp.evaluate(county, today.times, today.decisions_with({small: "close"}))


@pytest.fixture(scope="module")
def made(plans):
    return lp.review_map(*plans)


def contents_of(page):
    found = re.search(r'id="review-contents">(.*?)</script>', page, re.DOTALL)
    return json.loads(found.group(1))


def test_it_is_a_folium_map(made):
    assert isinstance(made, ReviewMap)
    assert isinstance(made, folium.Map)


def test_the_same_plans_give_the_same_bytes(made, plans):
    assert made.page() == made.page()
    assert made.page() == lp.review_map(*plans).page()


def test_nothing_in_the_page_is_fetched(made):
    page = made.page()
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:)?//", page)
    assert "sourceMappingURL" not in page
    for kind, content in re.findall(r"data:text/(\w+);base64,([\w+/=]+)", page):
        text = base64.b64decode(content).decode()
        assert "sourceMappingURL" not in text
        if kind == "css":
            targets = re.findall(r"url\((.*?)\)", text)
            assert targets
            assert all(t.startswith(("data:", "#")) for t in targets)


def test_a_name_cannot_end_the_script(made):
    page = made.page()
    assert "<img src=x" not in page
    assert "<!--" not in page
    assert ATTACK in contents_of(page)["sites"]["name"]
    assert json.loads(json_for_html({"a": ATTACK})) == {"a": ATTACK}


def test_a_name_is_no_template(plans):
    """What folium renders a second time must not be computed, or code of a name would run."""
    tables = county_tables(seed=1, villages=40)
    name = "{{ 7 * 7 }}{% raw %}{# gone #}{{{x}}}{%"
    tables["villages"].iloc[0, tables["villages"].columns.get_loc("name")] = name
    county = lp.County.from_tables(**tables, name=f"县{name}", year=2025)
    today = lp.evaluate(county, plans[0].times)
    page = lp.review_map(today).page()
    contents = contents_of(page)
    assert contents["villages"]["name"][0] == name
    assert contents["title"] == f"县{name}"
    assert html.unescape(re.search(r"<title>(.*?)</title>", page).group(1)) == f"县{name}"
    assert json.loads(json_for_html({name: [{name: {}}]})) == {name: [{name: {}}]}


def test_saving_is_whole_and_readable_by_others(made, tmp_path):
    path = tmp_path / "图.html"
    path.write_text("old")
    made.save(path)
    assert path.read_bytes().decode("utf-8") == made.page()
    assert [p.name for p in tmp_path.iterdir()] == ["图.html"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    made.save(str(path))
    buffer = io.BytesIO()
    made.save(buffer, close_file=False)
    assert buffer.getvalue() == path.read_bytes()


def test_saving_leaves_nothing_behind_when_it_fails(made, tmp_path, monkeypatch):
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        made.save(tmp_path / "map.html")
    assert not list(tmp_path.iterdir())


def test_a_notebook_shows_it_in_a_frame(made):
    shown = made._repr_html_()
    assert "srcdoc=" in shown
    assert "startReview" in shown


def test_folium_layers_can_be_added(plans):
    made = lp.review_map(plans[0])
    folium.Marker([30, 110]).add_to(made)
    page = made.page()
    assert "L.marker(" in page
    assert page.index("startReview(map_") < page.index("marker_")


def test_the_language_is_that_of_the_names_or_the_one_asked_for(made, plans):
    assert contents_of(made.page())["lang"] == "zh"
    english = contents_of(lp.review_map(plans[0], lang="en", title="Meeting", roads=False).page())
    assert english["lang"] == "en"
    assert english["title"] == "Meeting"


def keys_in_scripts():
    text = page_script()
    plain = set(re.findall(r"say\(\"([\w.]+)\"", text))
    plain |= set(re.findall(r"\? \"([a-z]+\.[a-z_]+)\" : \"[a-z]+\.[a-z_]+\"", text))
    plain |= set(re.findall(r"\? \"[a-z]+\.[a-z_]+\" : \"([a-z]+\.[a-z_]+)\"", text))
    groups = set(re.findall(r"say\(`(\w+)\.\$\{", text))
    return plain, groups


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_text_the_page_asks_for_is_there(lang):
    plain, groups = keys_in_scripts()
    words = catalogue(lang)
    page_words = {k.removeprefix("map.") for k in words if k.startswith("map.")}
    assert len(plain) > 40
    assert not [k for k in plain if k not in page_words]
    for group in groups:
        assert any(k.startswith(f"{group}.") for k in {*page_words, *words}), group


def test_map_texts_of_both_languages_name_the_same_values():
    zh, en = catalogue("zh"), catalogue("en")
    keys = [k for k in zh if k.startswith("map.")]
    for key in keys:
        named = [{f for _, f, _, _ in Formatter().parse(t[key]) if f} for t in (zh, en)]
        assert named[0] == named[1], key


def test_leaflet_comes_with_its_licence(made):
    text = files("layoutplan.maps").joinpath("vendor", "LEAFLET-LICENSE").read_text()
    assert "BSD 2-Clause" in text
    assert "Redistributions in binary form" in made.page()


def test_scripts_never_write_html():
    script = page_script()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", script)


def test_the_page_is_small(plans):
    page = lp.review_map(*plans).page()
    assert len(page.encode()) < 500_000


def test_long_contents_are_packed_in_two_parts_that_are_all_of_them():
    contents = {"title": "x", "lang": "en", "names": "村" * 400_001, "what_if": {"keep": [1]}}
    made = ReviewMap(contents)
    elements = made.contents_element + made.rest_element
    parts = re.findall(r"<script[^>]*>([^<]*)</script>", elements)
    first, rest = (json.loads(gzip.decompress(base64.b64decode(part))) for part in parts)
    assert first | rest == contents
    assert list(rest) == ["what_if"]
    page = made.page()
    assert page.index("startReview(map_") < page.index('id="review-rest"')


def test_scripts_that_share_a_scope_share_no_name():
    """Of two functions of one name the later would silently take the place of the first."""
    body = page_script()
    names = re.findall(r"^(?:function|const|let) +([\w$]+)", body, re.MULTILINE)
    assert len(names) > 100
    assert sorted({name for name in names if names.count(name) > 1}) == []
