"""The gate of size: does a closure make a school oversized or give it large classes."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from layoutplan.gates.check import Check, nobody_arrives
from layoutplan.gates.class_sizes import (
    classes_needed,
    even_largest_class,
    least_largest_class,
)
from layoutplan.gates.losses import Losses
from layoutplan.tables import BANDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layoutplan.plan import Plan

_GATE = "size"

Row = Mapping[Hashable, Any]


def size_checks(plan: "Plan", lost: Losses, have: pd.DataFrame) -> Iterator[Check]:
    """Check the size and the classes of the receiving schools.

    What stands already is not the closure's doing: a check fails where the number is
    beyond the limit in the plan and larger than today. A receiver is judged with all
    that the plan sends it.

    *Size*: pupils of grades 1-9 against the largest school of the kind. *Classes*: the
    largest class against the size from which a class is large or extra large. Single
    grades are not in the tables, so there are two numbers: the gate fails where the
    least that the largest class can be
    (`layoutplan.gates.class_sizes.least_largest_class`) is large, whatever the grades; it
    is unknown where only grades of equal size
    (`layoutplan.gates.class_sizes.even_largest_class`) make it large. Classes beyond the
    standard size that are not yet large are remarked and do not fail the gate. Where
    pupils move and none has a school, there is no receiver to judge: unknown.

    Parameters
    ----------
    plan
        The plan.
    lost
        What it takes from which school.
    have
        What the receivers have; see `layoutplan.gates.receivers.receivers`.

    Yields
    ------
    Check
        The checks, closure by closure.
    """
    ways = lost.ways[lost.ways["receiver"].ne("")]
    sums = ways.groupby(["site_id", "receiver"])["pupils"].sum()
    sized = _sized(plan, have)
    rows_of = {str(s): r for s, r in sized.to_dict("index").items()}
    leaving = lost.proposals["pupils"].to_dict()
    for site in lost.proposals.index:
        pairs = sums[sums.index.get_level_values(0) == site]
        if pairs.empty:
            yield nobody_arrives(site, _GATE, leaving[site])
        for (_, receiver), pupils in pairs.items():
            row = rows_of[str(receiver)]
            bare = Check(site_id=site, gate=_GATE, name="school_size", verdict="pass",
                         receiver=str(receiver), unit="persons")  # fmt: skip
            yield _school(plan, row, int(pupils), bare)
            yield from _classes(plan, row, int(pupils), bare)


def _sized(plan: "Plan", have: pd.DataFrame) -> pd.DataFrame:
    """Add the largest class, at its least and with even grades, and the classes needed."""
    value = plan.standards.value
    junior, primary = value("class_size_junior"), value("class_size_primary")
    small = have["bands"].eq(BANDS[0]).to_numpy()
    sizes = np.tile([primary, primary, junior], (len(have), 1))
    sizes[small] = value("class_size_teaching_point")
    columns: dict[str, NDArray[Any]] = {}
    for when in ("today", "after"):
        pupils = have[[f"{when}_{b}" for b in BANDS]].to_numpy()
        classes = have[f"classes_{when}"].to_numpy()
        columns[f"class_{when}"] = least_largest_class(pupils, classes)
        columns[f"even_{when}"] = even_largest_class(pupils, classes)
        columns[f"needed_{when}"] = classes_needed(pupils, sizes)
    return have.assign(**columns)


def _school(plan: "Plan", row: Row, pupils: int, bare: Check) -> Check:
    through = len(row["bands"].split()) == len(BANDS)
    limit = plan.standards["size_max_nine_year" if through else "size_max_single_stage"]
    after, today = row["pupils_after"], row["pupils_today"]
    fails = after > limit.value and after > today
    return replace(
        bare,
        name="school_size",
        verdict="fail" if fails else "pass",
        pupils=pupils if fails else 0,
        value=float(after),
        before=float(today),
        limit=limit.value,
        standards=(limit,),
    )


def _classes(plan: "Plan", row: Row, pupils: int, bare: Check) -> Iterator[Check]:
    large, extra = (plan.standards[f"{n}_class_pupils"] for n in ("large", "extra_large"))
    if not row["classes_known"]:
        yield replace(
            bare, name="class_size", verdict="unknown", limit=large.value, standards=(large,)
        )
        return
    # Proved is what holds whatever the grades; likely is what holds for even ones.
    fails, likely = (
        row[f"{n}_after"] >= large.value and row[f"{n}_after"] > row[f"{n}_today"]
        for n in ("class", "even")
    )
    shown = "class" if fails else "even"
    after, today = row[f"{shown}_after"], row[f"{shown}_today"]
    limit = extra if (fails or likely) and after >= extra.value else large
    yield replace(
        bare,
        name="even_class_size" if likely and not fails else "class_size",
        verdict="fail" if fails else "unknown" if likely else "pass",
        pupils=pupils if fails else 0,
        value=float(after),
        before=float(today),
        limit=limit.value,
        standards=(limit,),
    )
    short = row["needed_after"] - row["classes_after"]
    if not fails and short > 0 and short > row["needed_today"] - row["classes_today"]:
        names = ("class_size_primary", "class_size_junior", "class_size_teaching_point")
        size = plan.standards[names[_stage(row)]]
        yield replace(
            bare,
            name="above_standard_class",
            verdict="pass",
            value=float(row["needed_after"]),
            before=float(row["classes_after"]),
            limit=size.value,
            unit="classes",
            standards=(size,),
        )


def _stage(row: Row) -> int:
    if row["bands"] == BANDS[0]:
        return 2
    return 1 if row["after_g13"] + row["after_g46"] == 0 else 0
