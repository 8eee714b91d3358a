"""A year of a made-up county: ten townships, six stories, and the table kept by hand."""

import numpy as np
import pandas as pd

from layoutplan.assessment import Assessment
from layoutplan.standards import standards
from layoutplan.supervision import (
    add_item,
    close_item,
    init_ledger,
    note_progress,
    postpone,
    record_assessment,
)
from layoutplan.tables import ASSESSMENT

TOWNS = {f"T{i:02d}": f"镇{i}" for i in range(10)}

RULES = standards("cn-supervision").with_values(
    supervision_remedy_days_indicator=90, supervision_near_days=15, supervision_behind_share=0.5
)

# The value found each month from January; 0 keeps the limit.
STORIES = {
    "travel_beyond": (5,) * 12,
    "travel_none_near": (4, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "classes_over_size": (0, 3, 6, 6, 0, 0, 0, 2, 2, 2, 0, 0),
    "schools_over_places": (0, 0, 7, 7, 7, 7, 5, 5, 5, 0, 0, 0),
    "classes_large": (0, 0, 0, 0, 0, 0, 1, 2, 1, 0, 0, 0),
}
STRUCK_OFF = {
    ("travel_none_near", "2027-03-20"),
    ("classes_over_size", "2027-05-05"),
    ("classes_over_size", "2027-11-05"),
    ("schools_over_places", "2027-09-29"),
}

# month: open, green, yellow, red, new, closed, reopened, overdue, postponed
BY_HAND = {
    1: (20, 20, 0, 0, 20, 0, 0, 0, 0),
    2: (30, 10, 20, 0, 10, 0, 0, 0, 0),
    3: (30, 10, 10, 10, 10, 10, 0, 0, 0),
    4: (40, 0, 20, 20, 10, 0, 0, 20, 0),
    5: (20, 0, 10, 10, 0, 20, 0, 10, 0),
    6: (20, 0, 10, 10, 0, 0, 0, 10, 10),
    7: (40, 10, 10, 20, 10, 0, 10, 10, 0),
    8: (50, 10, 10, 30, 0, 0, 10, 10, 0),
    9: (40, 20, 10, 10, 0, 10, 0, 10, 0),
    10: (40, 0, 30, 10, 0, 0, 0, 10, 0),
    11: (30, 0, 20, 10, 0, 10, 0, 10, 0),
    12: (29, 0, 20, 9, 0, 1, 0, 9, 0),
}
MEASURES = (
    "open", "green", "yellow", "red", "new", "closed", "reopened", "overdue", "postponed",
)  # fmt: skip


def assessed(values, *, towns=TOWNS, name="today", source="国发〔2016〕40号"):
    """Make an assessment: what each indicator is in every township."""
    rows = [
        {
            "indicator": indicator, "level": "township", "group": town, "band": "",
            "value": float(value), "unit": "persons", "limit": 0.0,
            "met": "no" if value else "yes", "source": source, "status": "confirmed",
            "left_out": 0, "reason": "",
        }
        for indicator, value in values.items()
        for town in towns
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=[c.name for c in ASSESSMENT.columns])
    return Assessment(name=name, lang="zh", townships=towns, rows=table)


def shuffled(done, seed):
    rows = done.rows.sample(frac=1, random_state=np.random.default_rng(seed))
    return Assessment(name=done.name, lang=done.lang, townships=done.townships, rows=rows)


def items_of(ledger, subject):
    """Find the numbers of the items of an indicator, or of a title."""
    from layoutplan.supervision.state import frame
    from layoutplan.supervision.store import reading

    with reading(ledger.path) as db:
        items = frame(db, "items")
    return items[items["subject"].eq(subject) | items["title"].eq(subject)]["item_id"].tolist()


def lived(path, *, months=12, seed=None):
    """Live through a year: assessments on the 10th, people in between."""
    ledger = init_ledger(path, county="龙河县", lang="zh")
    acts = []
    for month in range(1, months + 1):
        done = assessed({k: v[month - 1] for k, v in STORIES.items()})
        acts.append((f"2027-{month:02d}-10", "assess", done))
    acts += [(on, "close", subject) for subject, on in STRUCK_OFF]
    acts += [
        ("2027-04-05", "add", "2027-04-25"),
        ("2027-05-12", "close", "整治校门口道路"),
        ("2027-07-01", "add", "2027-12-31"),
        ("2027-06-01", "postpone", "schools_over_places"),
        ("2027-09-15", "progress", "classes_over_size"),
        ("2027-12-20", "close one", "travel_beyond"),
    ]
    for on, act, what in sorted(acts, key=lambda a: a[:2]):
        if int(on[5:7]) > months:
            continue
        if act == "assess":
            done = what if seed is None else shuffled(what, seed)
            record_assessment(ledger, done, date=on, standards=RULES, who="督导室")
        elif act == "add":
            for town in TOWNS:
                add_item(ledger, "整治校门口道路", date=on, due=what, owner=town,
                         owner_kind="township")  # fmt: skip
        else:
            ids = items_of(ledger, what)
            for item in ids[:1] if act == "close one" else ids:
                if act == "postpone":
                    postpone(ledger, item, date=on, due="2027-09-30", who="局长", reason="汛期")
                elif act == "progress":
                    note_progress(ledger, item, date=on, progress=0.4, note="已招标")
                else:
                    close_item(ledger, item, date=on, who="督导员", evidence="核查报告")
    return ledger
