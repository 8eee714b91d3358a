"""The due dates of a roadmap as a calendar that phones and mail programs read (RFC 5545)."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Final

from layoutplan.repeatable_workbook import MADE
from layoutplan.reports.plain_text import legal
from layoutplan.roadmap import Roadmap
from layoutplan.words import Language, say

_OCTETS: Final = 75
"""No line is longer, not counting its end (RFC 5545, 3.1)."""

_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def calendar_text(roadmap: Roadmap, *, lang: Language) -> str:
    r"""Give the steps of a roadmap as a calendar: an all-day event on each due date.

    An event keeps its UID as long as its school and measure do, so that a roadmap made anew
    moves it instead of adding another.

    Parameters
    ----------
    roadmap
        The roadmap.
    lang
        The language.

    Returns
    -------
    str
        The calendar; lines end with CR LF and are folded at 75 octets.

    Examples
    --------
    >>> import layoutplan as lp
    >>> from layoutplan.roadmap import roadmap
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> calendar_text(roadmap(today, years=1), lang="en").split("\r\n")[0]
    'BEGIN:VCALENDAR'
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//layoutplan//roadmap//EN",
        "CALSCALE:GREGORIAN",
        *_events(roadmap, lang),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _events(roadmap: Roadmap, lang: Language) -> Iterator[str]:
    plan = roadmap.plan
    names = plan.decisions["name"].fillna("").to_dict()
    actions = roadmap.actions["action"].to_dict()
    stamp = MADE.strftime("%Y%m%dT%H%M%SZ")
    for step_id, row in roadmap.steps.iterrows():
        due = dt.date.fromisoformat(str(row["due"]))
        site = str(row["site_id"])
        school = str(names.get(site, "")) or site
        action = say(f"roadmap.action.{actions[row['action_id']]}", lang)
        step = say(f"step.{row['step']}", lang)
        values = {
            "action": action, "site": site, "starts": row["starts"], "due": row["due"],
            "responsible": row["responsible"] or "–",
        }  # fmt: skip
        yield "BEGIN:VEVENT"
        yield f"UID:{uid_of(plan.county.name, str(step_id))}"
        yield f"DTSTAMP:{stamp}"
        yield f"DTSTART;VALUE=DATE:{due:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{due + dt.timedelta(days=1):%Y%m%d}"
        summary = say("roadmap.calendar.summary", lang, school=school, action=action, step=step)
        yield f"SUMMARY:{escaped(summary)}"
        yield f"DESCRIPTION:{escaped(say('roadmap.calendar.description', lang, **values))}"
        yield "TRANSP:TRANSPARENT"
        yield "END:VEVENT"


def uid_of(county: str, step_id: str) -> str:
    """Give the lasting name of an event.

    Parameters
    ----------
    county
        The county.
    step_id
        The step.

    Returns
    -------
    str
        The name.
    """
    digest = hashlib.sha256(f"{county}\n{step_id}".encode()).hexdigest()
    return f"{digest[:32]}@layoutplan"


def escaped(text: str) -> str:
    r"""Write a text so that nothing in it is taken for a part of the calendar.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text (RFC 5545, 3.3.11).

    Examples
    --------
    >>> escaped("a;b\nEND:VEVENT")
    'a\\;b\\nEND:VEVENT'
    """
    return legal(text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")).translate(
        _ESCAPED
    )


def folded(line: str) -> str:
    r"""Fold a line at 75 octets, never within a character.

    Parameters
    ----------
    line
        The line.

    Returns
    -------
    str
        The line; what is carried over begins with a blank (RFC 5545, 3.1).

    Examples
    --------
    >>> [len(part.encode()) for part in folded("x" * 100).split("\r\n")]
    [75, 26]
    """
    parts, part, used = [], "", 0
    for letter in line:
        size = len(letter.encode())
        if used + size > _OCTETS:
            parts.append(part)
            part, used = " ", 1
        part, used = part + letter, used + size
    return "\r\n".join([*parts, part])
