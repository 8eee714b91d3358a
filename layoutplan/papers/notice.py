"""The public notice (公示): what is proposed, for everybody to read, and nobody to be known by."""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from layoutplan.gates.procedure import NOTICE_STANDARD
from layoutplan.gates.shown import bands_words
from layoutplan.papers.case import Case
from layoutplan.papers.masking import Masked, masked
from layoutplan.papers.paper import Block, Grid, Heading, Paper, Seal, Text
from layoutplan.papers.shown import count, known, listed
from layoutplan.tables import BANDS
from layoutplan.words import say

SMALL_COUNT: Final = "notice_small_count"
"""The standard under which counts are withheld."""


def notice(case: Case) -> Paper:
    """Write the notice.

    It holds no data of single pupils and no counts by village. Counts below the standard
    ``notice_small_count`` are withheld, and so are others from which they could be
    computed; see `layoutplan.papers.masking`. It has no map, because on ours the circles of
    villages grow with their pupils.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    Paper
        The notice.
    """
    return Paper(
        title=case.say("notice.title", county=case.county),
        lang=case.lang,
        blocks=(
            Text(text=case.say("notice.lead", county=case.county)),
            Heading(text=case.say("notice.closures")),
            *_closures(case),
            Heading(text=case.say("notice.others")),
            *_others(case),
            Heading(text=case.say("notice.period")),
            *_period(case),
            Seal(),
        ),
    )


def masked_counts(case: Case) -> tuple[tuple[str, ...], Masked | None]:
    """Count the pupils of each proposed closure by band, small counts withheld.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    tuple
        The schools in their order, and the table; None where nothing is proposed.
    """
    sites = tuple(str(s) for s in case.gates.proposals.index)
    if not sites:
        return sites, None
    ways = case.gates.ways
    wide = ways.pivot_table(
        index="site_id", columns="band", values="pupils", aggfunc="sum", fill_value=0, observed=True
    ).reindex(index=list(sites), columns=list(BANDS), fill_value=0)
    limit = int(case.plan.standards.value(SMALL_COUNT))
    return sites, masked(wide.to_numpy(dtype=np.int64), limit=limit)


def _closures(case: Case) -> Iterator[Block]:
    sites, table = masked_counts(case)
    if table is None:
        yield Text(text=case.say("notice.no_closures"))
        return
    lang, proposals = case.lang, case.gates.proposals
    longest = case.gates.ways.groupby("site_id")["after"].max()
    rows = []
    for site in sites:
        row = proposals.loc[site]
        minutes = longest.get(site, float("nan"))
        rows.append(
            [
                case.school(site),
                case.township(row["township_id"]),
                say(f"proposal.{row['proposal']}", lang),
                bands_words(str(row["bands"]), lang),
                listed([case.school(r) for r in str(row["receivers"]).split()], lang),
                str(math.ceil(minutes)) if known(minutes) else case.say("unknown"),
            ]
        )
    yield Grid(
        head=case.say("head.notice").split("|"),
        rows=rows,
        widths=(3.4, 2.1, 1.9, 2.4, 4, 2.4),
        numbers=frozenset({5}),
    )
    mark = case.say("notice.mark")
    labels = [*(case.school(s) for s in sites), case.say("total")]
    counts = [
        [label, *(mark if h else count(n, lang) for n, h in zip(line, away, strict=True))]
        for label, line, away in zip(
            labels, table.counts.tolist(), table.hidden.tolist(), strict=True
        )
    ]
    yield Grid(
        head=[
            case.say("column.school"), *(say(f"band.{b}", lang) for b in BANDS), case.say("total"),
        ],
        rows=counts,
        widths=(5, 2, 2, 2, 2),
        numbers=frozenset({1, 2, 3, 4}),
        total=True,
        caption=case.say("notice.counts"),
    )  # fmt: skip
    if table.hidden.any():
        standard = case.plan.standards[SMALL_COUNT]
        told = case.say(
            "notice.masked", mark=mark, limit=table.limit, source=standard.citation(lang)
        )
        yield Text(text=told, tone="note")


def _others(case: Case) -> Iterator[Block]:
    lang = case.lang
    proposed = set(case.gates.proposals.index.astype("str"))
    table = case.sites[~case.sites["action"].isin(["keep", "unused"])]
    rows = [
        [
            case.school(str(site)),
            case.township(r["township_id"]),
            say(f"action.{r['action']}", lang),
            count(r["extra_classes"], lang),
            count(r["extra_beds"], lang),
            count(r["capital_yuan"], lang),
        ]
        for site, r in table.iterrows()
        if str(site) not in proposed
    ]
    if not rows:
        yield Text(text=case.say("notice.no_others"))
        return
    yield Grid(
        head=case.say("head.others").split("|"),
        rows=rows,
        widths=(4, 2.5, 2.5, 1.6, 1.6, 2.5),
        numbers=frozenset({3, 4, 5}),
    )


def _period(case: Case) -> Iterator[Block]:
    standards = case.plan.standards
    if NOTICE_STANDARD in standards:
        rule = standards[NOTICE_STANDARD]
        told = case.say("notice.days", days=f"{rule.value:g}", source=rule.citation(case.lang))
        yield Text(text=told)
    else:
        yield Text(text=case.say("missing.notice_days"), tone="missing")
    yield Text(text=case.say("notice.contact"))
    yield Text(text=case.say("notice.ground"))
