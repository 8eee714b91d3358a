"""Conversions between systems against published points; angles as people write them."""

import numpy as np
import pyproj
import pytest
from frames_in_systems import DEGREE_M

import layoutplan as lp
from layoutplan.sources.coordinates import gauss_kruger
from layoutplan.sources.coordinates.angles import degrees_of
from layoutplan.sources.coordinates.convert import SYSTEMS, zone_meridian
from layoutplan.sources.coordinates.offsets import bd09_from_gcj02, gcj02_from_wgs84, undone


def test_gcj02_and_bd09_give_the_published_points():
    # Printed in the test file of github.com/wandergis/coordtransform.
    assert np.allclose(
        gcj02_from_wgs84(116.404, 39.915), (116.41024449916938, 39.91640428150164), atol=1e-12
    )
    assert np.allclose(
        bd09_from_gcj02(116.404, 39.915), (116.41036949371029, 39.92133699351021), atol=1e-12
    )
    # Its inverse of BD-09 is a formula that is not exact: a metre stands between.
    back = undone(bd09_from_gcj02, 116.404, 39.915)
    assert np.allclose(back, (116.39762729119315, 39.90865673957631), atol=1e-5)


def test_plain_pi_in_bd09_would_be_found():
    # Near Shucheng the wrong constant moves points by some metres, too few to be noticed.
    lon, lat = 116.94, 31.46
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * np.pi)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * np.pi)
    wrong = np.array([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])
    off = np.abs(np.array(bd09_from_gcj02(lon, lat)) - wrong) * DEGREE_M
    assert 1.5 < np.hypot(*off) < 6


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_the_inverse_is_exact_all_over_china(system):
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(74, 135, 5000), rng.uniform(18, 53, 5000)
    x, y = lp.to_wgs84(*lp.from_wgs84(lon, lat, system), system)
    assert np.abs(x - lon).max() < 1e-9
    assert np.abs(y - lat).max() < 1e-9
    moved = np.hypot(*(np.array(lp.from_wgs84(lon, lat, system)) - (lon, lat)))
    assert moved.min() * DEGREE_M > 20


def test_points_outside_china_are_not_shifted():
    for system in ("gcj02", "bd09"):
        assert np.allclose(lp.from_wgs84([1.5], [42.5], system), [[1.5], [42.5]])
        assert np.allclose(lp.to_wgs84([1.5], [42.5], system), [[1.5], [42.5]])


@pytest.mark.parametrize("datum", ["cgcs2000", "xian80", "beijing54"])
@pytest.mark.parametrize("width", [3, 6])
@pytest.mark.parametrize("prefix", [True, False])
def test_every_zone_has_its_meridian_and_easting(datum, width, prefix):
    for meridian in range(75, 136, width):
        crs = pyproj.CRS(gauss_kruger(datum, meridian=meridian, width=width, prefix=prefix))
        given = {p.name: p.value for p in crs.coordinate_operation.params}
        assert given["Longitude of natural origin"] == meridian
        zone = meridian // 3 if width == 3 else (meridian + 3) // 6
        assert given["False easting"] == (zone * 1_000_000 + 500_000 if prefix else 500_000)
        assert zone_meridian(zone) == (meridian, width)
        assert f"EPSG:{crs.geodetic_crs.to_epsg()}" == SYSTEMS[datum]


def test_the_codes_are_those_of_the_golden_file(shared):
    import tomllib

    golden = tomllib.loads((shared / "domain" / "golden.toml").read_text("utf-8"))["crs"]
    for key, width, prefix in (
        ("gk3_no_zone_prefix", 3, False),
        ("gk3_zone_prefix", 3, True),
        ("gk6_no_zone_prefix", 6, False),
        ("gk6_zone_prefix", 6, True),
    ):
        first = gauss_kruger("cgcs2000", meridian=75, width=width, prefix=prefix)
        last = gauss_kruger("cgcs2000", meridian=135, width=width, prefix=prefix)
        assert first == f"EPSG:{golden[key]['first']}"
        assert last == f"EPSG:{golden[key]['last']}"
    at = golden["shucheng"]
    assert gauss_kruger("cgcs2000", meridian=at["cm"]) == f"EPSG:{at['epsg']}"
    legacy = golden["legacy"]
    assert SYSTEMS["xian80"] == f"EPSG:{legacy['xian80']}"
    assert SYSTEMS["beijing54"] == f"EPSG:{legacy['beijing54']}"
    assert gauss_kruger("xian80", meridian=75) == f"EPSG:{legacy['xian80_gk3_first']}"


def test_an_unknown_zone_or_system_is_refused():
    with pytest.raises(lp.OptionsError, match="118"):
        gauss_kruger("cgcs2000", meridian=118)
    with pytest.raises(lp.OptionsError, match="mars"):
        lp.to_wgs84(116, 31, "mars")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("116°57′30″", 116.9583333),
        ("116°57'30\"E", 116.9583333),
        ("东经116度57分30秒", 116.9583333),
        ("北纬31°27′", 31.45),
        ("116 57 30", 116.9583333),
        ("116:57:30.6", 116.9585),
        ("\uff11\uff11\uff16\uff0e\uff19\uff15", 116.95),
        ("W 1°30′", -1.5),
        ("-1°30′", -1.5),
        ("116d57m30s", 116.9583333),
        ("39,512,345.6", 39512345.6),
    ],
)
def test_degrees_are_read_as_people_write_them(text, value):
    assert degrees_of(text) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("text", ["", "不详", "116°61′", "116°57′75″", "1.2.3", "NaN", "116;31"])
def test_what_is_no_angle_is_not_read(text):
    assert np.isnan(degrees_of(text))
