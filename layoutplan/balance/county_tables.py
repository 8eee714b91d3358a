"""The county and its townships: means, coefficients of variation, who is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from layoutplan.balance.columns import INDICATORS, LEFT_OUT, TOWNSHIPS
from layoutplan.balance.indicators import STAGES, Measured, Stage
from layoutplan.balance.rulebook import county_rule, school_rule
from layoutplan.balance.school_values import at_least, half_up
from layoutplan.balance.variation import variation
from layoutplan.standards import STATUSES, Standard, Standards
from layoutplan.words import Language

_KEY = ["stage", "school_id"]


def indicator_rows(
    units: pd.DataFrame,
    values: pd.DataFrame,
    measured: Sequence[Measured],
    rules: Standards,
    schools: pd.DataFrame,
    *,
    quality: bool,
    rounded: bool,
    whole: bool,
    lang: Language,
) -> pd.DataFrame:
    """Give mean, deviation and coefficient of each indicator by stage, and the composite.

    Parameters
    ----------
    units
        Units with pupils and resources.
    values
        Their values per pupil, NaN where not known.
    measured
        The indicators.
    rules
        The standards.
    schools
        The table of schools, with the values as they are judged.
    quality
        Whether each coefficient has a limit; otherwise the composite has.
    rounded
        Whether numbers are rounded as in the forms.
    whole
        Whether all indicators of the assessment have data: where not, the composite is
        not judged. Nor is a coefficient that a school of its stage has no data for,
        since that school could change it.
    lang
        The language of sources.

    Returns
    -------
    pandas.DataFrame
        The table of indicators.
    """
    rows = []
    means = int(rules.value("quality_decimals_county_mean")) if quality and rounded else None
    for stage in STAGES:
        here = units["stage"].eq(stage)
        name, decimals = county_rule(rules, stage, quality=quality)
        # The rule can be less certain than the number that it names.
        limit = rules[name]
        rule = rules.rules[f"quality_cv_{stage}" if quality else f"basic_composite_{stage}"]
        status = max(limit.status, rule.status, key=STATUSES.index)
        limit = replace(limit, status=status)
        found = []
        for m in measured:
            known = here & values[m.name].notna()
            if not known.any():
                continue
            spread = variation(m.per * units.loc[known, m.resource], units.loc[known, "pupils"])
            found.append(spread.cv)
            cv = _rounded(spread.cv, decimals if rounded else None)
            row: dict[str, object] = {
                "stage": stage,
                "indicator": m.name,
                "unit": m.unit,
                "schools": int(known.sum()),
                "mean": _rounded(spread.mean, means),
                "deviation": spread.deviation,
                "cv": cv,
            }
            if quality:
                row |= _held(cv, limit, decimals, lang)
                row["met"] = row["met"] if known.sum() == here.sum() else ""
                row |= _standing(schools.loc[known, m.name], m, stage, rules)
            rows.append(row)
        if found:
            composite = float(np.mean(found))
            row = {
                "stage": stage,
                "indicator": "composite",
                "unit": "ratio",
                "schools": int(here.sum()),
                "cv": _rounded(composite, decimals if rounded else None),
            }
            if not quality:
                row |= _held(composite, limit, decimals, lang)
                filled = values.loc[here, [m.name for m in measured]].notna().to_numpy()
                row["met"] = row["met"] if whole and filled.all() else ""
            rows.append(row)
    names = [c.name for c in INDICATORS.columns]
    table = pd.DataFrame(rows, columns=names)
    texts = [c.name for c in INDICATORS.columns if c.type in ("text", "category")]
    return table.fillna(dict.fromkeys(texts, "")).astype(
        dict.fromkeys(texts, "str")
        | {n: "float64" for n in names if n not in (*texts, "schools")}
        | {"schools": "int64"}
    )


def _rounded(value: float, decimals: int | None) -> float:
    if decimals is None:
        return value
    return float(half_up(np.array([value]), decimals)[0])


def _held(cv: float, limit: Standard, decimals: int | None, lang: Language) -> dict[str, object]:
    """Hold a coefficient to its limit, rounded as the forms print it."""
    met = "" if np.isnan(cv) else "yes" if _rounded(cv, decimals) <= limit.value else "no"
    return {
        "cv_limit": limit.value,
        "met": met,
        "source": limit.citation(lang),
        "status": limit.status,
    }


def _standing(numbers: pd.Series, m: Measured, stage: Stage, rules: Standards) -> dict[str, object]:
    rule = school_rule(rules, stage)
    if m.name not in rule.wanted:
        return {}
    standard = rules.value(rule.wanted[m.name])
    shown = numbers.to_numpy(dtype=np.float64)
    floor = rule.floor * standard
    return {
        "standard": standard,
        "reached": int(at_least(shown, np.array(standard)).sum()),
        "below_floor": int((~at_least(shown, np.array(floor))).sum()),
    }


def township_rows(
    units: pd.DataFrame,
    values: pd.DataFrame,
    measured: Sequence[Measured],
    schools: pd.DataFrame,
    names: Mapping[str, str],
    *,
    rules: Standards,
    quality: bool,
    rounded: bool,
) -> pd.DataFrame:
    """Sum up each township: per pupil of its schools, and how many of them pass.

    Parameters
    ----------
    units
        Units.
    values
        Their values, NaN where not known.
    measured
        The indicators.
    schools
        The table of schools.
    names
        The names of the townships.
    rules
        The rulebook.
    quality
        Whether schools are judged; the share that passes is that of the schools for
        which there are data enough.
    rounded
        Whether numbers are rounded as in the forms: values to 2 decimals, shares to one
        decimal of a percent.

    Returns
    -------
    pandas.DataFrame
        The table of townships.
    """
    key = ["stage", "township_id"]
    places = int(rules.value("quality_decimals_school")) if rounded else 0
    percent = int(rules.value("quality_decimals_percent")) if rounded else 0
    parts = units[[*key, "pupils"]].assign(schools=1, weighted=schools["level"] * units["pupils"])
    if quality:
        parts = parts.assign(
            passing=schools["met"].eq("yes").astype("int64"),
            judged=schools["met"].ne("").astype("int64"),
        )
    for m in measured:
        known = values[m.name].notna()
        parts[f"has {m.name}"] = (m.per * units[m.resource]).where(known, 0.0)
        parts[f"of {m.name}"] = units["pupils"].where(known, 0.0)
    sums = parts.groupby(key, sort=True).sum().reset_index()
    table = sums[key].assign(
        name=sums["township_id"].map(names).astype("str").fillna(sums["township_id"]),
        schools=sums["schools"],
        pupils=sums["pupils"],
    )
    for m in measured:
        share = sums[f"has {m.name}"] / sums[f"of {m.name}"].where(sums[f"of {m.name}"] > 0)
        table[m.name] = half_up(share.to_numpy(), places) if rounded else share
    if quality:
        part = (sums["passing"] / sums["judged"].where(sums["judged"] > 0)).to_numpy()
        table["passing"] = sums["passing"]
        table["passing_share"] = half_up(100 * part, percent) / 100 if rounded else part
    table["level"] = sums["weighted"] / sums["pupils"]
    wanted = [c.name for c in TOWNSHIPS.columns if c.name in table]
    order = table["stage"].map({s: i for i, s in enumerate(STAGES)})
    return table[wanted].iloc[order.argsort(kind="stable")].reset_index(drop=True)


def left_out_rows(
    rows: pd.DataFrame,
    skipped: Mapping[str, str],
    all_units: pd.DataFrame,
    units: pd.DataFrame,
    why: pd.DataFrame,
    measured: Sequence[Measured],
) -> pd.DataFrame:
    """List what is not counted: schools, stages of schools, and single indicators.

    Parameters
    ----------
    rows
        The rows of the stock.
    skipped
        Schools that are left out altogether, with the reason.
    all_units
        All units, with the column ``reason``, empty where they count.
    units
        The units that count.
    why
        Why a resource of theirs is not known.
    measured
        The indicators.

    Returns
    -------
    pandas.DataFrame
        The table of what is left out; ``indicator`` is empty where nothing of the unit
        is counted, ``stage`` where nothing of the school is.
    """
    names = [c.name for c in LEFT_OUT.columns]
    schools = pd.DataFrame({"school_id": list(skipped), "reason": list(skipped.values())})
    schools = schools.assign(
        stage="", indicator="", name=schools["school_id"].map(rows["name"]).astype("str")
    )
    outside = all_units.loc[all_units["reason"].ne(""), [*_KEY, "name", "reason"]]
    resources = [m.resource for m in measured]
    reasons = why[resources].to_numpy(dtype=object)
    row, column = np.nonzero(reasons != "")
    single = units.iloc[row][[*_KEY, "name"]].assign(
        indicator=np.array([m.name for m in measured], dtype=object)[column],
        reason=reasons[row, column],
    )
    parts = [schools, outside.assign(indicator=""), single]
    filled = [p[names] for p in parts if len(p)]
    table = pd.concat(filled) if filled else pd.DataFrame(columns=names)
    return table.astype("str").sort_values([*_KEY, "indicator"], ignore_index=True)
