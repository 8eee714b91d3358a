"""Whether rows of data keep the rules of a profile: met, not met, or unknown and why.

A value that is missing never counts as kept or broken. A rule of several parts is
decided where the parts that are known decide it whatever the others are, and is
unknown elsewhere (the three-valued logic of Kleene).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.standards.noun import STATUSES, Standards, cited
from layoutplan.standards.rules import Allowed, Form, KOfN, Mean, Op, Range, Rule
from layoutplan.words import Language, language

Verdict = Literal["met", "not_met", "unknown"]

VERDICT_COLUMNS: Final = (
    "rule", "label", "row", "verdict", "severity", "value", "lower", "upper", "unit",
    "reached", "of", "below", "under_floor", "missing", "relaxed_by", "source", "status",
)  # fmt: skip

_WORDS: Final[Mapping[int, Verdict]] = {1: "met", 0: "not_met", -1: "unknown"}

_NOISE: Final = 1e-9
"""Relative error of floating-point numbers, so that 0.85 x 4.2 is reached by 3.57."""

_Verdicts = NDArray[np.int8]
_Numbers = NDArray[np.float64]
_Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """What a form says of each row; flags are rows x metrics."""

    verdict: _Verdicts
    value: _Numbers
    lower: float
    upper: float
    unit: str
    failed: _Flags
    under_floor: _Flags
    missing: _Flags


def verdicts(
    data: pd.DataFrame,
    standards: Standards,
    *,
    rules: Iterable[str] | None = None,
    relaxed: Iterable[str] = (),
    year: int | None = None,
    lang: str = "auto",
) -> pd.DataFrame:
    """Hold every row of a table to the rules of a profile.

    Parameters
    ----------
    data
        One row per unit that is judged, such as a school's stage or a county, under an
        index without doubles; its columns are the metrics and those named in the
        rules' ``where``. A column that is not there counts as missing in every row.
    standards
        The profile.
    rules
        The ids of the rules; all that relax no other where None.
    relaxed
        The ids of the relaxations asked for. Where the conditions of one hold and it is
        kept, the rule that it relaxes counts as met.
    year
        The year, for rules and relaxations that hold from or until one; they hold in
        every year where None.
    lang
        The language of ``label`` and ``source``: ``"zh"``, ``"en"`` or ``"auto"``.

    Returns
    -------
    pandas.DataFrame
        A row for each rule and each row it concerns, with: ``rule``; ``label``; ``row``,
        the row's label in `data`; ``verdict`` (``met``, ``not_met``, ``unknown``);
        ``severity``; ``value`` (of a k-of-n the number reached, of an each the value
        farthest on the wrong side); ``lower`` and ``upper``, the limits, NaN where there
        is none; ``unit``; ``reached`` of ``of`` metrics; the metrics ``below`` their limit
        (on its wrong side), those ``under_floor`` and those ``missing``, as text;
        ``relaxed_by``; ``source``; ``status``, that of the least certain number.

    Raises
    ------
    OptionsError
        If the profile has no such rule or relaxation, or a rule names a standard that
        the profile does not hold.
    DataError
        If a metric holds something that is not a number, or index or columns have doubles.

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> classes = pd.DataFrame({"stage": ["primary"] * 3, "largest_class": [45, 46, None]})
    >>> table = verdicts(
    ...     classes, standards("cn-quality-2017"), rules=["quality_class_size_primary"], lang="en"
    ... )
    >>> table["verdict"].tolist()
    ['met', 'not_met', 'unknown']
    >>> table["missing"].tolist()
    ['', '', 'largest_class']
    """
    spoken = language(lang)
    asked = (
        list(rules)
        if rules is not None
        else [k for k, r in standards.rules.items() if not r.relaxes]
    )
    further = list(relaxed)
    _must_be_known([*asked, *further], standards)
    chosen = [standards.rules[k] for k in asked if standards.rules[k].holds_in(year)]
    looser = [standards.rules[k] for k in further if standards.rules[k].holds_in(year)]
    _must_be_usable(data, [*chosen, *looser], standards)
    tables = [
        _one(data, standards, rule=r, looser=[x for x in looser if x.relaxes == r.id], lang=spoken)
        for r in chosen
    ]
    made = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return made.reindex(columns=pd.Index(VERDICT_COLUMNS))


def _must_be_known(asked: Iterable[str], standards: Standards) -> None:
    unknown = [k for k in dict.fromkeys(asked) if k not in standards.rules]
    values = {"profile": standards.name, "known": ", ".join(standards.rules) or "–"}
    found = [Finding(code="unknown_rule", values=values | {"rule": k}) for k in unknown]
    needed = {
        s: standards.name
        for k in asked
        if k in standards.rules
        for s in standards.rules[k].standards
        if s not in standards
    }
    found += [
        Finding(code="unknown_standard", values={"standard": s, "profile": p})
        for s, p in needed.items()
    ]
    if found:
        raise OptionsError(found)


def _must_be_usable(data: pd.DataFrame, rules: Iterable[Rule], standards: Standards) -> None:
    found = []
    doubles = [*data.index[data.index.duplicated()], *data.columns[data.columns.duplicated()]]
    if doubles:
        ids = tuple(dict.fromkeys(str(i) for i in doubles))
        found.append(Finding(code="verdicts_doubles", table=standards.name, ids=ids))
    metrics = {m for r in rules for f in (r.form, *r.when) for m in f.metrics}
    for metric in sorted(metrics & set(data.columns)) if not found else ():
        given = data[metric]
        wrong = given.notna() & pd.to_numeric(given, errors="coerce").isna()
        if wrong.any():
            ids = tuple(str(i) for i in data.index[wrong])
            found.append(
                Finding(code="verdicts_not_numbers", table=standards.name, column=metric, ids=ids)
            )
    if found:
        raise DataError(found)


def _one(
    data: pd.DataFrame, standards: Standards, *, rule: Rule, looser: list[Rule], lang: Language
) -> pd.DataFrame:
    concerned, unsure = _where(data, rule.where)
    rows = data[concerned]
    unsure = {k: flags[concerned] for k, flags in unsure.items()}
    judged = _form(rows, rule.form, standards, decimals=rule.decimals)
    verdict = np.where(
        np.any([*unsure.values(), np.zeros(len(rows), bool)], axis=0), -1, judged.verdict
    )
    missing = _named(judged.missing, rule.form.metrics, unsure)
    by = np.full(len(rows), "", dtype=object)
    for other in looser:
        verdict, missing, by = _loosened(
            rows, standards, other=other, verdict=verdict, missing=missing, by=by
        )
    resting = [standards[k].status for k in rule.standards]
    worst = max((rule.status, *resting), key=STATUSES.index)
    return pd.DataFrame(
        {
            "rule": rule.id,
            "label": rule.label(lang),
            "row": rows.index,
            "verdict": [_WORDS[v] for v in verdict.tolist()],
            "severity": rule.severity,
            "value": judged.value,
            "lower": judged.lower,
            "upper": judged.upper,
            "unit": judged.unit,
            "reached": (~judged.failed & ~judged.missing).sum(axis=1),
            "of": judged.failed.shape[1],
            "below": _named(judged.failed, rule.form.metrics, {}),
            "under_floor": _named(judged.under_floor, rule.form.metrics, {}),
            "missing": missing,
            "relaxed_by": by,
            "source": cited(rule.document, rule.article, worst, lang=lang),
            "status": worst,
        }
    )


def _where(data: pd.DataFrame, where: Mapping[str, Allowed]) -> tuple[_Flags, dict[str, _Flags]]:
    """Give the rows that a rule may concern, and by column where that is not known."""
    concerned = np.ones(len(data), dtype=bool)
    unsure = {}
    for column, allowed in where.items():
        given = data[column] if column in data else pd.Series(None, index=data.index, dtype=object)
        blank = given.isna().to_numpy()
        concerned &= blank | given.isin(list(allowed)).to_numpy()
        unsure[column] = blank
    return concerned, unsure


def _named(flags: _Flags, metrics: tuple[str, ...], more: Mapping[str, _Flags]) -> list[str]:
    """Write out, for each row, the names whose flag is set."""
    columns = [*(flags[:, i] for i in range(len(metrics))), *more.values()]
    names = np.array([*metrics, *more], dtype=object)
    if not columns:
        return []
    return [", ".join(dict.fromkeys(names[row])) for row in np.column_stack(columns)]


def _loosened(
    rows: pd.DataFrame,
    standards: Standards,
    *,
    other: Rule,
    verdict: _Verdicts,
    missing: list[str],
    by: NDArray[np.object_],
) -> tuple[_Verdicts, list[str], NDArray[np.object_]]:
    """Apply a relaxation where its conditions hold and the rule itself is not met."""
    inside, unsure = _where(rows, other.where)
    conditions = [_form(rows, c, standards, decimals="") for c in other.when]
    holds = np.max([c.verdict == 1 for c in conditions], axis=0)
    fails = np.min([c.verdict == 0 for c in conditions], axis=0) | ~inside
    doubt = np.any([*unsure.values(), np.zeros(len(rows), bool)], axis=0)
    judged = _form(rows, other.form, standards, decimals=other.decimals)
    asked = (verdict != 1) & ~fails
    lifted = asked & holds & ~doubt & (judged.verdict == 1)
    open_ = asked & ~lifted & (judged.verdict != 0)
    names = [m for c in other.when for m in c.metrics]
    flags = np.column_stack([c.missing for c in conditions])
    further = _named(flags, tuple(names), unsure)
    told = [
        ", ".join(filter(None, (a, b))) if o else a
        for a, b, o in zip(missing, further, open_.tolist(), strict=True)
    ]
    told = ["" if up else text for text, up in zip(told, lifted.tolist(), strict=True)]
    loose = np.where(lifted, 1, np.where(open_, -1, verdict)).astype(np.int8)
    return loose, told, np.where(lifted, other.id, by).astype(object)


def _form(rows: pd.DataFrame, form: Form, standards: Standards, *, decimals: str) -> _Judged:
    places = int(standards.value(decimals)) if decimals else None
    values = np.column_stack([_numbers(rows, m, places) for m in form.metrics])
    missing = np.isnan(values)
    none = np.zeros_like(missing)
    blank = _Judged(
        verdict=np.full(len(rows), -1, dtype=np.int8), value=values[:, 0], lower=np.nan,
        upper=np.nan, unit="", failed=none, under_floor=none, missing=missing,
    )  # fmt: skip
    if isinstance(form, KOfN):
        return _k_of_n(blank, values, form, standards)
    if isinstance(form, Range):
        low, high = standards[form.lower], standards[form.upper]
        kept = _keeps(values, "ge", low.value) & _keeps(values, "le", high.value)
        blank = replace(blank, lower=low.value, upper=high.value, unit=low.unit)
        return _all_of(blank, kept)
    standard = standards[form.standard]
    upward = form.op in {"ge", "gt"}
    blank = replace(
        blank,
        unit=standard.unit,
        lower=standard.value if upward else np.nan,
        upper=np.nan if upward else standard.value,
    )
    if isinstance(form, Mean):
        # The mean of what is there would be another number than the rule's.
        mean = values.mean(axis=1)
        mean = mean if places is None else _rounded(mean, places)
        verdict = np.where(np.isnan(mean), -1, _keeps(mean, form.op, standard.value))
        return replace(blank, value=mean, verdict=verdict.astype(np.int8))
    kept = _keeps(values, form.op, standard.value)
    worst = np.min if upward else np.max
    empty = np.inf if upward else -np.inf
    value = worst(np.where(missing, empty, values), axis=1)
    value = np.where(missing.all(axis=1), np.nan, value)
    return _all_of(replace(blank, value=value), kept)


def _all_of(blank: _Judged, kept: _Flags) -> _Judged:
    failed = ~kept & ~blank.missing
    verdict = np.where(failed.any(axis=1), 0, np.where(blank.missing.any(axis=1), -1, 1))
    return replace(blank, failed=failed, verdict=verdict.astype(np.int8))


def _k_of_n(blank: _Judged, values: _Numbers, form: KOfN, standards: Standards) -> _Judged:
    limits = [standards.value(p.standard) for p in form.parts]
    kept = np.column_stack(
        [_keeps(values[:, i], p.op, limits[i]) for i, p in enumerate(form.parts)]
    )
    failed = ~kept & ~blank.missing
    many = len(form.parts)
    least = standards.value(form.least) if form.least else many - standards.value(form.missed_most)
    reached = (kept & ~blank.missing).sum(axis=1)
    open_ = blank.missing.sum(axis=1)
    under = np.zeros_like(failed)
    if form.floor:
        share = standards.value(form.floor)
        above = [_keeps(values[:, i], "ge", share * v) for i, v in enumerate(limits)]
        under = failed & ~np.column_stack(above)
    verdict = np.full(len(values), -1, dtype=np.int8)
    # Met whatever the missing parts are; with a floor each of them could lie under it.
    verdict[(reached >= least) & ((open_ == 0) | (not form.floor))] = 1
    verdict[(reached + open_ < least) | under.any(axis=1)] = 0
    return replace(
        blank, value=reached.astype(float), lower=float(least), unit="indicators", failed=failed,
        under_floor=under, verdict=verdict,
    )  # fmt: skip


def _numbers(rows: pd.DataFrame, metric: str, places: int | None) -> _Numbers:
    """Give a metric's numbers, NaN where missing; per no pupils, a number is missing too."""
    if metric not in rows:
        return np.full(len(rows), np.nan)
    given = pd.to_numeric(rows[metric], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    given = np.where(np.isfinite(given), given, np.nan)
    return given if places is None else _rounded(given, places)


def _rounded(values: _Numbers, places: int) -> _Numbers:
    """Round halves away from zero, as tables of the assessments are rounded."""
    scale = 10.0**places
    size: _Numbers = np.floor(np.abs(values) * scale * (1 + _NOISE) + 0.5) / scale
    return np.copysign(size, values)


def _keeps(values: _Numbers, op: Op, limit: float) -> _Flags:
    slack = _NOISE * max(1.0, abs(limit))
    if op == "le":
        return values <= limit + slack
    if op == "lt":
        return values < limit - slack
    if op == "ge":
        return values >= limit - slack
    return values > limit + slack
