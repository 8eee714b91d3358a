"""Rulebook: the numbers and rules of an assessment, with posts, prices and a county's own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from layoutplan.balance.indicators import BASIC, QUALITY, STAGES, Measured, Stage
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.standards import Each, KOfN, Mean, Rule, Standards
from layoutplan.standards import standards as load_standards

BASIC_2012: Final = "cn-basic-2012"
QUALITY_2017: Final = "cn-quality-2017"

_BESIDE: Final = ("cn-funding-and-posts", "cn-layout-national")
"""Posts and prices, which the assessments themselves do not set."""

_CV: Final = "cv_"
"""What the names of coefficients begin with in rules."""

_KNOWN: Final = MappingProxyType({m.name: m for m in (*QUALITY, *BASIC)})


@dataclass(frozen=True, kw_only=True)
class SchoolRule:
    """What each school of a stage is held to.

    Made by `school_rule`.

    Parameters
    ----------
    id
        The id of the rule.
    wanted
        Indicator to the id of its standard.
    least
        How many indicators must be reached.
    floor
        The share of its standard that every other indicator must reach, 0 where none.
    decimals
        To how many decimals values are rounded before they are judged; None where they
        are not.
    """

    id: str
    wanted: Mapping[str, str]
    least: int
    floor: float
    decimals: int | None


def rulebook(profile: str, *, own: Standards | None = None, rounded: bool = True) -> Standards:
    """Put the numbers of an assessment together with posts and prices.

    Parameters
    ----------
    profile
        The profile of the assessment.
    own
        The county's standards, which hold over the profile where both have a number or
        a rule.
    rounded
        Whether rules round before they judge, as the forms do.

    Returns
    -------
    Standards
        All of them in one; the name is that of the profile.

    Examples
    --------
    >>> rules = rulebook("cn-quality-2017")
    >>> rules.value("quality_floor_share"), rules.value("pupils_per_post_junior")
    (0.85, 13.5)
    """
    base, beside = load_standards(profile), load_standards(*_BESIDE)
    entries = {**beside.entries, **base.entries, **({} if own is None else own.entries)}
    rules = {**base.rules, **({} if own is None else own.rules)}
    if not rounded:
        rules = {name: replace(rule, decimals="") for name, rule in rules.items()}
    return Standards(
        name=base.name,
        title_zh=base.title_zh,
        title_en=base.title_en,
        entries=MappingProxyType(entries),
        rules=MappingProxyType(rules),
    )


def school_rule(rules: Standards, stage: Stage) -> SchoolRule:
    """Read what each school of a stage is held to.

    Parameters
    ----------
    rules
        The rulebook.
    stage
        The stage.

    Returns
    -------
    SchoolRule
        Standards, how many must be reached, and the floor for the rest.

    Raises
    ------
    OptionsError
        If the rule has another form in the county's own profile.

    Examples
    --------
    >>> rule = school_rule(rulebook("cn-quality-2017"), "primary")
    >>> rule.least, len(rule.wanted), rule.floor
    (6, 7, 0.85)
    """
    rule = _rule(rules, f"quality_resources_{stage}")
    form = rule.form
    if not isinstance(form, KOfN):
        raise _other_form(rule, "k-of-n")
    if form.missed_most:
        least = len(form.parts) - int(rules.value(form.missed_most))
    else:
        least = int(rules.value(form.least))
    return SchoolRule(
        id=rule.id,
        wanted=MappingProxyType({p.metric: p.standard for p in form.parts}),
        least=least,
        floor=rules.value(form.floor) if form.floor else 0.0,
        decimals=int(rules.value(rule.decimals)) if rule.decimals else None,
    )


def county_rule(rules: Standards, stage: Stage, *, quality: bool) -> tuple[str, int | None]:
    """Read what the coefficients of a stage are held to.

    Parameters
    ----------
    rules
        The rulebook.
    stage
        The stage.
    quality
        Whether each coefficient is held to a limit, or their mean.

    Returns
    -------
    limit : str
        The id of the limit.
    decimals : int or None
        To how many decimals a coefficient is rounded before it is judged.

    Raises
    ------
    OptionsError
        If the rule has another form in the county's own profile.
    """
    rule = _rule(rules, f"quality_cv_{stage}" if quality else f"basic_composite_{stage}")
    wanted = Each if quality else Mean
    if not isinstance(rule.form, wanted):
        raise _other_form(rule, "each" if quality else "mean")
    decimals = int(rules.value(rule.decimals)) if rule.decimals else None
    return rule.form.standards[0], decimals


def measured_by(rules: Standards, *, quality: bool) -> tuple[Measured, ...]:
    """List the indicators that an assessment's rules name.

    Parameters
    ----------
    rules
        The rulebook.
    quality
        Whether it is that of 2017.

    Returns
    -------
    tuple of Measured
        The indicators in the order of the rules; a metric that no column of the schools
        table gives is not among them.

    Examples
    --------
    >>> len(measured_by(rulebook("cn-basic-2012"), quality=False))
    8
    """
    names: dict[str, None] = {}
    for stage in STAGES:
        if quality:
            names |= dict.fromkeys(school_rule(rules, stage).wanted)
        rule = _rule(rules, f"quality_cv_{stage}" if quality else f"basic_composite_{stage}")
        names |= dict.fromkeys(m.removeprefix(_CV) for m in rule.form.metrics)
    return tuple(_KNOWN[name] for name in names if name in _KNOWN)


def _rule(rules: Standards, name: str) -> Rule:
    if name not in rules.rules:
        values = {"standard": name, "profile": rules.name}
        raise OptionsError(Finding(code="unknown_standard", values=values))
    return rules.rules[name]


def _other_form(rule: Rule, wanted: str) -> OptionsError:
    values = {"rule": rule.id, "wanted": wanted}
    return OptionsError(Finding(code="balance_other_form", values=values))
