"""Still pictures of plans: what is on them, what is refused, which font writes them."""

import pytest
import shapely
from PIL import Image

import layoutplan as lp
from layoutplan.errors import OptionsError
from layoutplan.example import county_tables
from layoutplan.maps import fonts
from layoutplan.maps.edition import data_version
from layoutplan.maps.look import look, strokes
from layoutplan.maps.picture import around
from layoutplan.maps.picture_drawing import drawing_of
from layoutplan.maps.picture_ground import view_of
from layoutplan.maps.picture_legend import draw_legend
from layoutplan.maps.picture_plan import merges, plain_name
from layoutplan.maps.sheet import Sheet

needs_chinese = pytest.mark.skipif(fonts.chinese_font() is None, reason="there is no Chinese font")


@pytest.fixture(scope="module")
def plans():
    tables = county_tables(seed=1, villages=40)
    tables["schools"].iloc[0, tables["schools"].columns.get_loc("name")] = (
        "A\n\u202e\U0001f600" * 300
    )
    county = lp.County.from_tables(**tables, name="霁川县", year=2025)
    today = lp.evaluate(county, lp.travel_times(county))
    pupils = today.decisions[["before_g13", "before_g46"]].sum(axis=1)
    site = today.decisions[today.decisions["kind"].eq("primary") & pupils.gt(0)].index[0]
    return today, lp.evaluate(county, today.times, today.decisions_with({site: "close"}))


def closed(plan):
    return plan.decisions.query("action == 'close'").index[0]


def colours(path):
    with Image.open(path) as picture:
        return {f"#{r:02x}{g:02x}{b:02x}" for _, (r, g, b) in picture.getcolors(2**24)}


@needs_chinese
def test_a_county_and_a_school_are_drawn(plans, tmp_path):
    today, plan = plans
    whole = lp.map_picture(plan, tmp_path / "图" / "county.png", width=700, height=500)
    near = lp.map_picture(
        plan, tmp_path / "near.png", site=closed(plan), against=today, width=700, height=500
    )
    with Image.open(whole) as picture:
        assert picture.size == (700, 500)
    assert look()["ground"] in colours(whole)
    assert look()["actions"]["close"]["stroke"] in colours(whole)
    assert whole.read_bytes() != near.read_bytes()
    again = lp.map_picture(plan, tmp_path / "again.png", width=700, height=500)
    assert again.read_bytes() == whole.read_bytes()


@needs_chinese
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_legend_is_written_out(plans, lang):
    today, plan = plans
    drawing = drawing_of(plan, against=today, lang=lang)
    sheet = Sheet(870, 560, fonts.face_for(drawing.names, font=None, lang=lang))
    draw_legend(sheet, 672, 62, drawing=drawing, lines=["today", "plan", "receiver"], tallies=True)
    texts = [text for _, _, text, _ in sheet._texts]
    assert len(texts) > 10
    assert not [text for text in texts if "…" in text]


def test_all_places_of_a_school_are_within_the_frame(plans):
    today, plan = plans
    site = closed(plan)
    drawing = drawing_of(plan, against=today, lang="zh")
    ground = drawing.ground
    places = around(drawing, site)
    rows = today.assignment.query("site_id == @site and pupils > 0")
    assert set(rows["village_id"]) | {site} <= set(places.index)
    assert set(merges(plan, site)["to_site"]) <= set(places.index)
    frame = (10, 20, 510, 320)
    view = view_of(ground, frame, places)
    at = view.pixels(places[["x", "y"]].to_numpy(dtype=float))
    assert (at > [10, 20]).all()
    assert (at < [510, 320]).all()
    ends = shapely.points([[0.0, 0.0], [1000.0, 0.0]])
    wide = view.pixels(shapely.get_coordinates(ends))
    assert wide[1, 0] - wide[0, 0] == pytest.approx(1000 * view.scale)


def test_arrows_carry_the_pupils_of_the_plan(plans):
    plan = plans[1]
    moved = plan.moves
    to = moved["to_site"].fillna("")
    moved = moved[moved["from_site"].eq(closed(plan)) & to.ne("") & to.ne(moved["from_site"])]
    assert merges(plan)["pupils"].sum() == moved["pupils"].sum() > 0


def test_what_cannot_be_drawn_is_refused_all_at_once(plans, tmp_path):
    with pytest.raises(OptionsError) as caught:
        lp.map_picture(
            plans[0], tmp_path / "a.jpg", site="nowhere", theme="sunshine", width=10, lang="en"
        )
    codes = [f.code for f in caught.value.findings]
    assert codes == ["picture_ending", "picture_theme_unknown", "unknown_site", "picture_size"]
    with pytest.raises(OptionsError, match="compare"):
        lp.map_picture(plans[0], tmp_path / "a.png", theme="change", lang="en")
    assert not list(tmp_path.iterdir())


def test_a_machine_without_a_chinese_font_is_told(plans, tmp_path, monkeypatch):
    monkeypatch.setattr("layoutplan.maps.fonts.chinese_font", lambda: None)
    with pytest.raises(OptionsError, match="fonts-noto-cjk"):
        lp.map_picture(plans[0], tmp_path / "a.png", lang="en")
    (tmp_path / "no.ttf").write_text("no font")
    with pytest.raises(OptionsError, match=r"no\.ttf"):
        lp.map_picture(plans[0], tmp_path / "a.png", font=tmp_path / "no.ttf", lang="en")
    assert fonts.face_for(["Longhe"], font=None, lang="en").at(20).getlength("Longhe") > 0


def test_names_are_one_short_line():
    assert plain_name("A\n\u202eB\x00") == "A B"
    assert len(plain_name("龙" * 500)) == 22


def test_every_shape_and_sign_can_be_read():
    for path in (*look()["shapes"].values(), *look()["signs"].values()):
        found = strokes(path)
        assert found
        assert all(abs(stroke).max() <= 1.3 for stroke in found)


def test_the_version_follows_values_and_not_the_order_of_rows():
    tables = {n: t.iloc[::-1] for n, t in county_tables(seed=1, villages=40).items()}
    straight = lp.County.from_tables(**county_tables(seed=1, villages=40))
    assert data_version(lp.County.from_tables(**tables)) == data_version(straight)
    changed = county_tables(seed=1, villages=40)
    changed["villages"].iloc[0, changed["villages"].columns.get_loc("pupils_g13")] += 1
    assert data_version(lp.County.from_tables(**changed)) != data_version(straight)
