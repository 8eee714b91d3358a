"""The review map in Firefox: its picture shows the map, the panel and the plan."""

import shutil
import subprocess

import pytest
from PIL import Image

import layoutplan as lp
from layoutplan.maps.look import look

FIREFOX = shutil.which("firefox") or shutil.which("firefox-esr")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(FIREFOX is None, reason="there is no Firefox"),
]


def test_firefox_draws_the_map(tmp_path):
    county = lp.example.county(seed=1, villages=40)
    today = lp.evaluate(county, lp.travel_times(county))
    lp.review_map(today).save(tmp_path / "map.html")
    shot = tmp_path / "shot.png"
    address = (tmp_path / "map.html").as_uri() + "#theme=minutes"
    command = [FIREFOX, "--headless", "--no-remote", "--profile", str(tmp_path / "profile")]
    (tmp_path / "profile").mkdir()
    size = ["--window-size", "1400,900", "--screenshot", str(shot)]
    subprocess.run([*command, *size, address], check=True, capture_output=True, timeout=120)
    with Image.open(shot) as picture:
        counted = picture.convert("RGB").getcolors(2**24)
    shares = {f"#{r:02x}{g:02x}{b:02x}": n for n, (r, g, b) in counted}
    whole = sum(shares.values())
    assert shares[look()["ground"]] / whole > 0.02
    # The areas of the villages lie over the county, each class in its pale colour.
    plain = {"#ffffff", look()["ground"], look()["county"]}
    areas = [c for c, n in shares.items() if n / whole > 0.02 and c not in plain]
    assert len(areas) >= 3
    drawn = [c for c in look()["colours"]["minutes"] if shares.get(c, 0) > 20]
    assert len(drawn) >= 3
    assert "#4a2a86" in shares
