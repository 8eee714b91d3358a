"""Moving: bringing teachers and equipment from where they are spare to the weakest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd

from layoutplan.balance.assessments import basic_2012, quality_2017
from layoutplan.balance.columns import MOVES
from layoutplan.balance.gaps import UNITS
from layoutplan.balance.indicators import MOVABLE, STAGES, TEACHERS, Stage
from layoutplan.balance.levelling import levelled
from layoutplan.balance.lifting import Change, Movable, lifted
from layoutplan.balance.noun import Balance
from layoutplan.balance.routing import routed
from layoutplan.balance.rulebook import QUALITY_2017
from layoutplan.balance.stock import OF_JUNIOR
from layoutplan.balance.ways import ways_between
from layoutplan.balance.worded import as_words
from layoutplan.demand.apportion import apportion
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.frozen_tables import FrozenTables
from layoutplan.validation import must_be
from layoutplan.words import Language

Aim = Literal["indicators", "cv", "posts"]

AIMS: Final[tuple[Aim, ...]] = get_args(Aim)

CAN_MOVE: Final = (*TEACHERS, "equipment_yuan", "computers", "books")
"""Resources that can be brought to another school; floors and rooms cannot."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Moves:
    """What is moved between schools, and what that does.

    Made by `move_resources`. Tables are copied out.

    Parameters
    ----------
    stage
        The stage.
    aim
        What was asked: ``indicators``, ``cv`` or ``posts``.
    reached
        Whether the aim is reached for all schools or resources; where not, the moves
        are the best there are and the findings say what is left.
    before, after
        The assessment before, and after the moves, computed anew.
    findings
        What is left, and why.
    tables
        ``moves``, with the columns of `layoutplan.balance.columns.MOVES`.
    """

    stage: Stage
    aim: Aim
    reached: bool
    before: Balance = field(repr=False)
    after: Balance = field(repr=False)
    findings: tuple[Finding, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def table(self) -> pd.DataFrame:
        """The moves, one row per pair of schools and resource."""
        return self.tables["moves"]

    def words(self, *, lang: Language | None = None) -> pd.DataFrame:
        """Give the moves in words, for a reader.

        Parameters
        ----------
        lang
            The language; that of the assessment where not given.

        Returns
        -------
        pandas.DataFrame
            The same rows with headings and labels instead of codes.
        """
        return as_words(self.table, MOVES, lang=lang or self.before.lang)

    def _repr_html_(self) -> str:
        """Show the moves, for notebooks."""
        return str(self.words().to_html(index=False, escape=True, border=0, na_rep=""))


def move_resources(
    balance: Balance,
    *,
    stage: Stage,
    aim: Aim = "indicators",
    resources: Iterable[str] | None = None,
    minutes: pd.DataFrame | None = None,
    limit: float | None = None,
    posts: pd.DataFrame | None = None,
) -> Moves:
    """Find the fewest moves of teachers and equipment that reach an aim.

    Teachers with a degree, a rank or a subject are exchanged for others, so that
    schools keep the number of their teachers and none gets more of a kind than it has
    teachers. Equipment moves in steps of ``balance_equipment_step_yuan``. No school
    gives what it needs to reach its own standard. Schools with several campuses, and
    the equipment of schools with several stages, stay as they are. What comes out is
    assessed anew.

    Parameters
    ----------
    balance
        An assessment.
    stage
        The stage.
    aim
        ``"indicators"``: as many schools as possible pass (at least six of seven, the
        rest at least 85 %), the weaker ones first among as many, with the fewest moves;
        ``"cv"``: the coefficient of each resource keeps its limit, with the fewest
        moves; ``"posts"``: teachers go from schools over their posts to those short of
        them.
    resources
        Columns that may move, for ``"indicators"`` and ``"cv"``; all that the
        assessment measures and that can move where None.
    minutes
        Minutes between schools, schools x schools; straight lines where None. Who
        gives to whom is settled by the shortest ways.
    limit
        The coefficient to keep under ``"cv"``; the limit of 2017 where None.
    posts
        The table of `posts`, for ``"posts"``.

    Returns
    -------
    Moves
        The moves, whether the aim is reached, and the assessment before and after.

    Raises
    ------
    OptionsError
        If an option is not known, or does not fit the assessment.
    SolverError
        If the solver gives no answer.

    Examples
    --------
    >>> from layoutplan import example
    >>> from layoutplan.balance import quality_2017
    >>> before = quality_2017(example.county(seed=1, villages=80))
    >>> done = move_resources(before, stage="primary")
    >>> passing = [int(b.schools["met"].eq("yes").sum()) for b in (done.before, done.after)]
    >>> passing[1] > passing[0]
    True
    """
    wanted = _checked(balance, stage, aim, resources, posts)
    at = balance.tables["units"]["stage"].eq(stage)
    units = balance.tables["units"][at].reset_index(drop=True)
    schools = balance.schools[at].reset_index(drop=True)
    if units.empty:
        finding = Finding(code="balance_no_schools", values={"stage": stage})
        raise OptionsError(finding, lang=balance.lang)
    movable = Movable.of(balance, units, wanted)
    changes: dict[str, Change]
    if aim == "indicators":
        changes, findings = lifted(balance, stage, units=units, schools=schools, movable=movable)
    elif aim == "cv":
        changes, findings = _levelled(balance, units, movable, limit)
    else:
        must_be(posts is not None, "posts for the aim of posts")
        changes, findings = _filled(units, movable, posts)
    table = _routes(balance, units, changes, movable, minutes)
    after = _assessed_anew(balance, table, stage)
    _verify(units, after, table, stage)
    return Moves(
        stage=stage,
        aim=aim,
        reached=not findings,
        before=balance,
        after=after,
        findings=tuple(findings),
        tables={"moves": table},
    )


def _checked(
    balance: Balance,
    stage: str,
    aim: str,
    resources: Iterable[str] | None,
    posts: pd.DataFrame | None,
) -> tuple[str, ...]:
    """Refuse what does not fit, and settle on the resources that may move."""
    measured = {m.resource for m in balance.measured}
    possible = [r for r in CAN_MOVE if r in measured]
    if aim == "posts":
        possible = ["teachers"]
    elif aim == "indicators":
        possible = [r for r in MOVABLE if r in measured and balance.profile == QUALITY_2017]
    given = (resources,) if isinstance(resources, str) else tuple(resources or possible)
    wrong: list[tuple[str, str, tuple[str, ...]]] = [
        (column, value, known)
        for column, value, known in (
            ("stage", stage, STAGES),
            ("aim", aim, AIMS),
            *(("resources", r, tuple(possible)) for r in given),
        )
        if value not in known
    ]
    if aim == "indicators" and not possible:
        wrong.append(("aim", aim, ("cv", "posts")))
    if aim == "posts" and posts is None:
        wrong.append(("posts", "None", ("posts(balance)",)))
    if wrong:
        found = [
            Finding(
                code="balance_bad_option",
                column=column,
                values={"value": value, "known": ", ".join(known)},
            )
            for column, value, known in wrong
        ]
        raise OptionsError(found, lang=balance.lang)
    return tuple(r for r in possible if r in given)


def _levelled(
    balance: Balance, units: pd.DataFrame, movable: Movable, limit: float | None
) -> tuple[dict[str, Change], list[Finding]]:
    changes, findings = dict[str, Change](), list[Finding]()
    stage = str(units["stage"].iloc[0])
    for resource in movable.resources:
        known = units[resource].notna().to_numpy() & (units["pupils"].to_numpy() > 0)
        most = balance.standards.value(f"quality_cv_max_{stage}") if limit is None else limit
        step = movable.step[resource]
        spare, room = movable.spare(resource), movable.room(resource)
        change = np.zeros(len(units), dtype=np.int64)
        change[known], kept = levelled(
            units.loc[known, resource].to_numpy(dtype=np.float64),
            units.loc[known, "pupils"].to_numpy(dtype=np.float64),
            limit=most,
            step=step,
            most_out=spare[known],
            most_in=room[known],
        )
        changes[resource] = (np.clip(-change, 0, None), np.clip(change, 0, None))
        if not kept:
            findings.append(
                Finding(
                    code="balance_limit_not_reached",
                    severity="warning",
                    table="schools",
                    column=resource,
                    rows=int(known.sum()),
                    values={"limit": f"{most:g}"},
                )
            )
    return changes, findings


def _filled(
    units: pd.DataFrame, movable: Movable, posts: pd.DataFrame | None
) -> tuple[dict[str, Change], list[Finding]]:
    assert posts is not None  # noqa: S101 - for the reader of types; checked above
    table = units[["stage", "school_id"]].merge(posts, on=["stage", "school_id"], how="left")
    can = movable.can("teachers")
    over = np.where(can, np.floor(table["over"].fillna(0)), 0).astype(np.int64)
    short = np.where(can, np.ceil(table["short"].fillna(0)), 0).astype(np.int64)
    lack = int(short.sum() - over.sum())
    findings = []
    if lack > 0:
        ids = tuple(units.loc[short > 0, "school_id"].astype(str))
        findings.append(
            Finding(
                code="balance_posts_short",
                severity="warning",
                table="schools",
                ids=ids,
                values={"number": lack},
            )
        )
        order = units["school_id"].to_numpy().astype("str")
        short = apportion(short.astype(np.float64), int(over.sum()), order=order)
    return {"teachers": (over, short)}, findings


def _routes(
    balance: Balance,
    units: pd.DataFrame,
    changes: Mapping[str, Change],
    movable: Movable,
    minutes: pd.DataFrame | None,
) -> pd.DataFrame:
    """Settle who gives to whom, resource by resource."""
    names = [c.name for c in MOVES.columns]
    parts = []
    for resource, (spare, need) in changes.items():
        giver, taker = np.flatnonzero(spare > 0), np.flatnonzero(need > 0)
        if not len(taker):
            continue
        ids = pd.Index(units["school_id"])
        ways, unit = ways_between(balance.stock, ids[giver], ids[taker], minutes)
        sent = routed(spare[giver], need[taker], ways)
        i, j = np.nonzero(sent)
        one, other = units.iloc[giver[i]], units.iloc[taker[j]]
        parts.append(
            pd.DataFrame(
                {
                    "stage": one["stage"].to_numpy(),
                    "resource": resource,
                    "from_school": one["school_id"].to_numpy(),
                    "from_name": one["name"].to_numpy(),
                    "to_school": other["school_id"].to_numpy(),
                    "to_name": other["name"].to_numpy(),
                    "number": sent[i, j] * movable.step[resource],
                    "unit": UNITS[resource],
                    "way": np.where(np.isfinite(ways[i, j]), ways[i, j], np.nan),
                    "way_unit": unit,
                }
            )
        )
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=names)
    texts = [c.name for c in MOVES.columns if c.type in ("text", "category")]
    numbers = dict.fromkeys([n for n in names if n not in texts], "float64")
    return table[names].astype({**dict.fromkeys(texts, "str"), **numbers})


def _assessed_anew(balance: Balance, table: pd.DataFrame, stage: Stage) -> Balance:
    """Carry the moves out in the stock and assess it again."""
    rows = balance.stock.table
    for resource, part in table.groupby("resource"):
        name = str(resource)
        lost = part.groupby("from_school")["number"].sum()
        won = part.groupby("to_school")["number"].sum()
        change = won.sub(lost, fill_value=0)
        ids = change.index
        if name in OF_JUNIOR:
            _write_down(balance, rows, ids, name)
            if stage == "junior":
                rows.loc[ids, OF_JUNIOR[name]] += change
        rows.loc[ids, name] += change
    stock = replace(balance.stock, rows=rows)
    assess = quality_2017 if balance.profile == QUALITY_2017 else basic_2012
    options: dict[str, Any] = dict(balance.asked)
    return assess(stock, standards=balance.standards, **options)


def _write_down(balance: Balance, rows: pd.DataFrame, ids: pd.Index, name: str) -> None:
    """Write down junior teachers that were attributed, so that a move stays in its stage."""
    units = balance.tables["units"]
    junior = units[units["stage"].eq("junior")].set_index("school_id")[name]
    column = OF_JUNIOR[name]
    rows.loc[ids, column] = junior.reindex(ids).fillna(0)


def _verify(units: pd.DataFrame, after: Balance, table: pd.DataFrame, stage: Stage) -> None:
    """Make sure that the assessment saw the moves, and that nothing was lost."""
    now = after.tables["units"]
    now = now[now["stage"].eq(stage)].set_index("school_id")
    was = units.set_index("school_id")
    for resource, part in table.groupby("resource"):
        name = str(resource)
        moved = part.groupby("to_school")["number"].sum()
        moved = moved.sub(part.groupby("from_school")["number"].sum(), fill_value=0)
        expected = was[name] + moved.reindex(was.index, fill_value=0)
        seen = now[name].reindex(was.index)
        same = np.isclose(seen, expected, rtol=1e-9, equal_nan=True).all()
        must_be(bool(same), f"moves of {name} as assessed anew")
