"""Contrast of the pages' colours (WCAG 2.1, 1.4.3 and 1.4.11), computed from their styles."""

import re
from importlib.resources import files

import pytest

from layoutplan.maps.look import look

TEXT, GRAPHIC = 4.5, 3.0
SURFACES = ("#ffffff", "#f1eef7", "#f6f7f9", "#ece7f6")


def luminance(colour):
    digits = colour.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rules():
    """Give selector, text colour and own background of every rule that sets a colour."""
    assets = files("layoutplan.maps").joinpath("assets")
    css = "".join(assets.joinpath(n).read_text("utf-8") for n in ("review.css", "what_if.css"))
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    named = dict(re.findall(r"(--\w+):\s*(#\w+)", css))
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        plain = re.sub(r"var\((--\w+)\)", lambda m: named.get(m.group(1), ""), body)
        colour = re.search(r"(?:^|[;\s])color:\s*(#\w+)", plain)
        ground = re.search(r"background:\s*(#\w+)", plain)
        # What cannot be used now is exempt.
        if colour and ":disabled" not in selector:
            yield selector.strip(), colour.group(1), ground.group(1) if ground else None


def test_the_measure_is_that_of_the_standard():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_text_can_be_read():
    found = list(rules())
    assert len(found) > 20
    for selector, colour, own in found:
        for ground in (own,) if own else SURFACES:
            assert contrast(colour, ground) >= TEXT, (selector, colour, ground)


def test_controls_stand_out():
    css = files("layoutplan.maps").joinpath("assets", "review.css").read_text(encoding="utf-8")
    edges = re.findall(
        r"(?:\.choice span|select|\.search input) \{[^}]*?border: 1px solid (#\w+)", css
    )
    assert len(edges) == 3
    assert all(contrast(edge, "#ffffff") >= GRAPHIC for edge in edges)
    (focus,) = re.findall(r":focus-visible \{ outline: 3px solid (#\w+)", css)
    assert contrast(focus, "#ffffff") >= GRAPHIC


def test_names_and_signs_stand_out_on_the_ground():
    for colour in look()["ink"].values():
        for ground in (look()["ground"], look()["county"]):
            assert contrast(colour, ground) >= TEXT, colour
    for name, action in look()["actions"].items():
        if "sign" in action:
            assert contrast(action["ink"], action["fill"]) >= GRAPHIC, name
        edge = max(contrast(action[part], look()["county"]) for part in ("fill", "stroke"))
        assert edge >= GRAPHIC, name


def test_signs_do_not_rest_on_colour_alone():
    """Each action has a sign, a size or an outline of its own."""
    looks = [
        (a.get("sign"), a["size"], a.get("dash", False), luminance(a["fill"]) > 0.9)
        for a in look()["actions"].values()
    ]
    assert len(set(looks)) == len(looks)
    shapes = look()["shapes"]
    assert len(set(shapes.values())) == len(shapes)
    assert len(set(look()["verdict_signs"])) == 4
