"""One page for those who decide: children, minutes, money, who is affected, a map."""

from typing import Final

from layoutplan.papers.case import Case
from layoutplan.papers.effects import (
    actions_told,
    children_told,
    gates_told,
    hardest_hit,
    money_told,
    township_grid,
)
from layoutplan.papers.paper import Block, Heading, Paper, Picture, Text
from layoutplan.papers.provenance import provenance_rows

_MAP_MM: Final = 104
_TOWNSHIPS: Final = 4
_VILLAGES: Final = 4


def one_pager(case: Case, *, picture: bytes | None = None) -> Paper:
    """Write the page.

    Parameters
    ----------
    case
        The case.
    picture
        The map; the page says that there is none where None.

    Returns
    -------
    Paper
        The page.
    """
    blocks: list[Block] = [
        Text(text=case.say("one_pager.what", actions=actions_told(case))),
        Text(text=case.say("one_pager.children", told=children_told(case))),
        Text(text=case.say("one_pager.money", told=money_told(case))),
        Text(text=case.say("one_pager.gates", told=gates_told(case))),
    ]
    if picture is None:
        blocks.append(Text(text=case.say("missing.map"), tone="missing"))
    else:
        blocks.append(Picture(png=picture, width_mm=_MAP_MM, text=case.say("map_text")))
    if case.knows_today:
        blocks += [township_grid(case, most=_TOWNSHIPS), *hardest_hit(case, most=_VILLAGES)]
    if case.roadmap is None:
        blocks.append(Text(text=case.say("missing.roadmap"), tone="missing"))
    rows = dict(provenance_rows(case))
    told = case.say(
        "one_pager.provenance", **{k: rows[k] for k in ("version", "standards", "solver", "inputs")}
    )
    blocks.append(Text(text=told, tone="note"))
    return Paper(
        title=case.say("one_pager.title", county=case.county),
        lang=case.lang,
        blocks=tuple(b for b in blocks if not isinstance(b, Heading)),
        look="sheet",
    )
