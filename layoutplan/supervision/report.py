"""The report of a month, a quarter or a half-year, from what the ledger holds."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from layoutplan.standards import Standards
from layoutplan.supervision.assessed import assessed_tables, read_assessed
from layoutplan.supervision.ledger import Ledger
from layoutplan.supervision.lights import lights
from layoutplan.supervision.listed import (
    changes_table,
    items_table,
    names_table,
    next_steps,
    notices_table,
    overview_table,
)
from layoutplan.supervision.missing import what_is_missing
from layoutplan.supervision.noun import SupervisionReport
from layoutplan.supervision.periods import Period, day, period
from layoutplan.supervision.profile import rules
from layoutplan.supervision.ranking import criticised, praised, townships_table
from layoutplan.supervision.state import Standings, assessed_by, standings
from layoutplan.supervision.store import reading
from layoutplan.supervision.worded import typed
from layoutplan.words import Language, language


def report(
    ledger: Ledger,
    of: str | Period,
    *,
    today: str | date | None = None,
    countdown: Mapping[str, str | date] | None = None,
    standards: Standards | None = None,
    lang: str = "auto",
) -> SupervisionReport:
    """Report a period: who owes what by when, in green, yellow and red.

    Parameters
    ----------
    ledger
        The ledger; it is only read.
    of
        ``2027-03`` for a month, ``2027Q1`` for a quarter, ``2027H1`` for a half-year.
    today
        The day up to which things are counted; the last day of the period where not given
        or later.
    countdown
        Days to count down to, by name.
    standards
        The numbers that lights and lists rest on; ``cn-supervision`` where not given.
    lang
        The language; that of the ledger where ``"auto"``.

    Returns
    -------
    SupervisionReport
        The report. Equal ledgers, periods and days give equal reports.

    Raises
    ------
    OptionsError
        If the period or a day is none.
    DataError
        If the ledger cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from layoutplan.supervision import add_item, init_ledger
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ledger = init_ledger(f"{folder}/ledger.sqlite", county="Longhe", lang="en")
    ...     _ = add_item(ledger, "mend the roof", date="2027-03-01", due="2027-03-20",
    ...                  owner="housing")
    ...     report(ledger, "2027-03").count("overdue")
    1
    """
    asked = period(of)
    until = min(day(today, what="today"), asked.end) if today is not None else asked.end
    held = rules(standards)
    spoken: Language = ledger.lang if lang == "auto" else language(lang)
    with reading(ledger.path, wait=ledger.wait) as db:
        now, before = standings(db, until), standings(db, asked.before)
        earlier = standings(db, asked.previous.before)
        new, old = read_assessed(db, until), read_assessed(db, asked.before)
        recorded = {part: assessed_by(db, until, part=part) for part in ("gates", "steps")}
    lit = with_heads(
        lit_items(now, before, today=until, since=asked.start, standards=held), new.townships
    )
    lit_before = lit_items(
        before, earlier, today=asked.before, since=asked.previous.start, standards=held
    )
    happened = changes_table(now, lit, since=asked.start, today=until)
    place = lit["township_id"]
    in_period = happened.assign(township_id=place.reindex(happened["item_id"]).to_numpy())
    townships = townships_table(
        lit, in_period, named=new.townships, schools=new.schools[["township_id", "met"]]
    )
    of_township = lit[lit["why"].eq("worse")]["township_id"].value_counts()
    names = names_table(lit, new, lang=spoken)
    items = items_table(lit[lit["in_period"]], names)
    tables = {
        "overview": overview_table(lit, lit_before, happened, new, old),
        **assessed_tables(new, old, standards=held, lang=spoken),
        "townships": townships,
        "items": items,
        "changes": typed(happened.join(names, on="item_id"), "changes"),
        "praise": praised(townships),
        "criticism": criticised(townships, held, of_township),
        "next_steps": next_steps(items, held),
        "countdown": _countdown(countdown or {}, until),
        "notices": notices_table(items, str(asked)),
        "names": names.drop(columns=["title", "place", "owner", "township"]).reset_index(),
    }
    return SupervisionReport(
        county=ledger.county,
        period=asked,
        today=until,
        last=asked.before,
        assessed=new.day,
        assessed_last=old.day,
        lang=spoken,
        standards=held,
        missing=what_is_missing(new, old, asked, townships, recorded, named=bool(countdown)),
        tables=tables,
    )


def lit_items(
    now: Standings, before: Standings, *, today: date, since: date, standards: Standards
) -> pd.DataFrame:
    """Give all items with their lights.

    Parameters
    ----------
    now
        How they stand.
    before
        How they stood at the end of the last period.
    today
        The day.
    since
        The first day of the period.
    standards
        The numbers that lights rest on.

    Returns
    -------
    pandas.DataFrame
        The items with light, why, days_left, last, overdue and in_period.
    """
    items = now.items
    lit = items.join(lights(items, before.items, today=today, since=since, standards=standards))
    still = lit["state"].ne("closed")
    return lit.assign(
        overdue=lit["state"].eq("open") & lit["days_left"].lt(0),
        in_period=still | lit["closed_on"].ge(since.isoformat()),
    )


def with_heads(items: pd.DataFrame, townships: pd.DataFrame) -> pd.DataFrame:
    """Name the heads of townships where an item of theirs names nobody.

    Parameters
    ----------
    items
        The items.
    townships
        township_id and person.

    Returns
    -------
    pandas.DataFrame
        The items.
    """
    named = dict(zip(townships["township_id"], townships["person"], strict=True))
    heads = items["owner"].map(lambda owner: named.get(owner, ""))
    nameless = items["person"].eq("") & items["owner_kind"].eq("township")
    return items.assign(person=items["person"].mask(nameless, heads).astype("str"))


def _countdown(days: Mapping[str, str | date], today: date) -> pd.DataFrame:
    rows = [(name, day(on, what=name)) for name, on in days.items()]
    rows.sort(key=lambda row: (row[1], row[0]))
    table = pd.DataFrame(
        [(name, on.isoformat(), float((on - today).days)) for name, on in rows],
        columns=["name", "date", "days_left"],
    )
    return typed(table, "countdown")
