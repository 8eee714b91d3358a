"""A plan on a still picture: villages by colour, schools by sign, arrows, names."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.actions import LOSING_ACTIONS
from layoutplan.maps.look import look
from layoutplan.maps.picture_ground import Ground, View
from layoutplan.maps.picture_signs import Signs
from layoutplan.maps.sheet import Sheet
from layoutplan.maps.themes import moves
from layoutplan.plan import Plan

_BEND: Final = 0.16
_NAME_MAX: Final = 22


@dataclass(frozen=True, kw_only=True)
class Label:
    """A text that is set where there is room for it.

    Parameters
    ----------
    x, y
        Pixels.
    text
        The text.
    kind
        ``town``, ``number``, ``site`` or ``village``.
    rank
        The greater come first.
    drop
        How far below its place it stands, thousandths of the width.
    """

    x: float
    y: float
    text: str
    kind: str
    rank: float
    drop: float = 0.0


LABEL_SIZES: Final = {"town": 17.0, "number": 15.0, "site": 15.0, "village": 13.5}


def draw_signs(sheet: Sheet, view: View, signs: Signs, *, grow: float) -> None:
    """Draw signs at their places.

    Parameters
    ----------
    sheet
        The sheet.
    view
        What is seen.
    signs
        The signs.
    grow
        By how much they are larger than they are given.
    """
    at = view.pixels(signs.places)
    for n in signs.order[view.shows(at)[signs.order]].tolist():
        sheet.glyph(at[n, 0], at[n, 1], signs.styles[n], size=float(signs.sizes[n]) * grow)


def merges(plan: Plan, site: str | None = None) -> pd.DataFrame:
    """Count the pupils whom schools that give up grades send to others.

    Parameters
    ----------
    plan
        The plan.
    site
        One school alone.

    Returns
    -------
    pandas.DataFrame
        ``from_site``, ``to_site``, ``pupils``; the most pupils first.
    """
    rows = moves(plan)
    if site is not None:
        return summed(rows[rows["from_site"].eq(site)])
    decisions = plan.decisions
    losing = decisions.index[decisions["action"].isin(LOSING_ACTIONS)]
    return summed(rows[rows["from_site"].isin(losing)])


def summed(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum up moves by the schools between which they are.

    Parameters
    ----------
    rows
        Rows of a plan's moves.

    Returns
    -------
    pandas.DataFrame
        ``from_site``, ``to_site``, ``pupils``; the most pupils first.
    """
    sums = rows.groupby(["from_site", "to_site"], observed=True)["pupils"].sum()
    pairs: pd.DataFrame = sums.reset_index()
    return pairs.sort_values(["pupils", "from_site", "to_site"], ascending=[False, True, True])


def draw_merges(sheet: Sheet, view: View, ground: Ground, pairs: pd.DataFrame) -> list[Label]:
    """Draw an arrow for each pair of schools.

    Parameters
    ----------
    sheet
        The sheet.
    view
        What is seen.
    ground
        The county.
    pairs
        See `merges`.

    Returns
    -------
    list of Label
        The numbers of pupils.
    """
    colour = look()["actions"]["close"]["stroke"]
    labels = []
    places = view.pixels(ground.sites[["x", "y"]].to_numpy(dtype=float))
    begin, end = (
        ground.sites.index.get_indexer(pd.Index(pairs[c])) for c in ("from_site", "to_site")
    )
    for ends, pupils in zip(np.stack([begin, end], axis=1), pairs["pupils"].tolist(), strict=True):
        curve = _curve(places[ends])
        sheet.line(curve, colour, width=min(5.0, 1 + pupils**0.5 * 0.32))
        middle, ahead = curve[7], curve[8]
        turn = float(np.arctan2(ahead[1] - middle[1], ahead[0] - middle[0]))
        style = {"shape": "arrow", "fill": colour, "stroke": "#ffffff", "width": 0.8}
        sheet.glyph(middle[0], middle[1], style, size=7, turn=turn)
        labels.append(
            Label(
                x=middle[0],
                y=middle[1],
                text=f"{pupils:,}",
                kind="number",
                rank=6 + min(pupils, 10_000) / 10_000,
                drop=7,
            )
        )
    return labels


def _curve(ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bend the way, so that arrows there and back lie apart."""
    (ax, ay), (bx, by) = ends
    middle = np.array([(ax + bx) / 2 - (by - ay) * _BEND, (ay + by) / 2 + (bx - ax) * _BEND])
    t = np.linspace(0, 1, 13)[:, None]
    curve: NDArray[np.float64] = (1 - t) ** 2 * ends[0] + 2 * t * (1 - t) * middle + t**2 * ends[1]
    return curve


def draw_ways(sheet: Sheet, view: View, rows: pd.DataFrame, *, today: bool) -> None:
    """Draw who goes where.

    Parameters
    ----------
    sheet
        The sheet.
    view
        What is seen.
    rows
        Pupils from village to site with the places of both, see `Drawing.ways`.
    today
        Whether they are today's: dashed and grey.
    """
    begins = view.pixels(rows[["village_x", "village_y"]].to_numpy(dtype=float))
    ends = view.pixels(rows[["site_x", "site_y"]].to_numpy(dtype=float))
    colour, dashes = look()["lines"]["today" if today else "plan"], (3.0, 5.0) if today else None
    for begin, end, pupils in zip(begins, ends, rows["pupils"].tolist(), strict=True):
        width = min(5.0, 1 + pupils**0.5 * 0.32) * (0.8 if today else 0.6)
        sheet.line(np.array([begin, end]), colour, width=width, dashes=dashes)


def names_of_places(view: View, places: pd.DataFrame, kind: str, ranks: pd.Series) -> list[Label]:
    """Give the names of places as labels.

    Parameters
    ----------
    view
        What is seen.
    places
        ``x``, ``y`` and ``name`` by id.
    kind
        See `Label`.
    ranks
        Their ranks by id.

    Returns
    -------
    list of Label
        Those within the frame.
    """
    if not len(places):
        return []
    at = view.pixels(places[["x", "y"]].to_numpy(dtype=float))
    left, top, right, bottom = view.frame
    inside = (at[:, 0] > left) & (at[:, 0] < right) & (at[:, 1] > top) & (at[:, 1] < bottom)
    drop = {"town": 0.0, "site": 11.0, "village": 9.0}[kind]
    return [
        Label(x=x, y=y, text=plain_name(name), kind=kind, rank=float(rank), drop=drop)
        for (x, y), name, rank in zip(
            at[inside].tolist(),
            places["name"].to_numpy()[inside],
            ranks.reindex(places.index).to_numpy()[inside],
            strict=True,
        )
    ]


def plain_name(name: object, longest: int = _NAME_MAX) -> str:
    r"""Make one short line of a name.

    Parameters
    ----------
    name
        Anything that stood in a table.
    longest
        Signs that are kept.

    Returns
    -------
    str
        The name without line ends and signs that steer the writing.

    Examples
    --------
    >>> plain_name("龙河\n小学\u202e")
    '龙河 小学'
    """
    text = "".join(c if c.isprintable() else " " for c in str(name))
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def set_labels(sheet: Sheet, view: View, labels: Iterable[Label]) -> int:
    """Set texts where there is room, the more important first.

    Parameters
    ----------
    sheet
        The sheet.
    view
        What is seen.
    labels
        What is to be set.

    Returns
    -------
    int
        How many found room.
    """
    ink = look()["ink"]
    taken: list[tuple[float, float, float, float]] = []
    left, top, right, bottom = view.frame
    for label in sorted(labels, key=lambda each: (-each.rank, each.text, each.x, each.y)):
        size = LABEL_SIZES[label.kind]
        wide = sheet.text_width(label.text, size) / 2 + 2 * sheet.unit
        high = size * 0.62 * sheet.unit
        y = label.y + (label.drop * sheet.unit + high if label.drop else 0)
        box = (label.x - wide, y - high, label.x + wide, y + high)
        if box[0] < left or box[1] < top or box[2] > right or box[3] > bottom:
            continue
        if any(
            not (box[2] < o[0] or box[0] > o[2] or box[3] < o[1] or box[1] > o[3]) for o in taken
        ):
            continue
        taken.append(box)
        colour = ink.get(label.kind, ink["plain"])
        bold = label.kind in ("town", "number")
        sheet.text(
            label.x, y, label.text, size=size, colour=colour, anchor="mm", bold=bold, halo=True
        )
    return len(taken)
