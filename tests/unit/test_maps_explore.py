"""Quick looks: one verb for what one has at hand, as maps that ask nobody for anything."""

import re

import folium
import pytest

import layoutplan as lp
from layoutplan.catchments import Assigned
from layoutplan.errors import OptionsError


@pytest.fixture(scope="module")
def things(small, small_times, small_today):
    assigned = Assigned(assignment=small_today.assignment, unserved=small_today.unserved)
    return {
        "county": (small,),
        "network": (lp.network(small),),
        "times": (small_times, small),
        "assigned": (assigned, small),
        "plan": (small_today,),
    }


@pytest.mark.parametrize("name", ["county", "network", "times", "assigned", "plan"])
def test_every_look_is_a_folium_map_without_addresses(things, name, tmp_path):
    looked = lp.explore(*things[name])
    assert isinstance(looked, folium.Map)
    looked.add_child(folium.Marker([30.0, 110.0]))
    path = tmp_path / "look.html"
    looked.save(path)
    text = path.read_text(encoding="utf-8")
    assert "L.marker" in text
    assert not re.findall(r"(?:src|href)=[\"']?https?:", text)
    assert "<iframe" in looked._repr_html_()


def test_a_look_at_times_says_the_minutes_of_every_village(things, small, small_times):
    looked = lp.explore(*things["times"], lang="en", band="g79")
    villages = looked.contents["layers"][1]
    near = small_times.nearest(band="g79").set_index("village_id")["minutes"]
    said = dict(zip(small.villages.index, (text for _, text in villages["said"]), strict=True))
    for village, minutes in near.items():
        assert said[village] == f"{minutes:.1f} min"


def test_what_cannot_be_looked_at_is_said(small, small_times):
    with pytest.raises(OptionsError, match="county"):
        lp.explore(small_times)
    with pytest.raises(OptionsError):
        lp.explore(42)
    with pytest.raises(OptionsError):
        lp.explore(small, band="g10")
