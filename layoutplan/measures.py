"""What may be done at each site, and what is asked of a plan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, Final, Self

import numpy as np
import pandas as pd

from layoutplan.county import County
from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.standards import Standards
from layoutplan.tables import BANDS, BANDS_OF_KIND, GRADES_PER_BAND

PRICES: Final = ("minute", "over_limit", "pushed", "moved", "overload", "unserved")
"""What has a price in the objective besides money itself."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Options:
    """What is asked of a plan.

    Parameters
    ----------
    budget_yuan
        Capital that may be spent, yuan; no limit where None.
    schools_max
        How many sites may be open; no limit where None.
    keep
        Ids of schools that stay open, and of candidates that are built.
    close
        Ids of schools that are closed.
    freeze
        Ids of schools that stay exactly as they are; a candidate is then not built.
    keep_choices
        Whether families who were observed to choose a farther school are left in
        peace. Where not, their pupils are sent to nearer schools as well if that
        costs less.
    min_pupils
        Fewest pupils a school of a kind may have, by kind; teaching points are
        exempt. There is no national minimum: a county that has one gives it.
    prices
        Yuan a year for one pupil's minute each way, pupil beyond the limit,
        pupil newly pushed beyond it, pupil moved, pupil beyond the places, pupil
        unserved; where a price is not given, that of the standards holds.

    Examples
    --------
    >>> Options(keep={"S012"}, budget_yuan=12_000_000).budget_yuan
    12000000
    """

    budget_yuan: float | None = None
    schools_max: int | None = None
    keep: Iterable[str] = frozenset()
    close: Iterable[str] = frozenset()
    freeze: Iterable[str] = frozenset()
    keep_choices: bool = True
    min_pupils: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    prices: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Take copies, so that nothing changes the options later."""
        for name in ("keep", "close", "freeze"):
            given = getattr(self, name)
            ids = (given,) if isinstance(given, str) else given
            object.__setattr__(self, name, frozenset(str(i) for i in ids))
        for name in ("min_pupils", "prices"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def replace(self, **changes: Any) -> Self:  # noqa: ANN401
        """Give a copy with some of the options changed.

        Parameters
        ----------
        **changes
            Names and new values.

        Returns
        -------
        Options
            The copy.
        """
        return replace(self, **changes)

    def as_record(self) -> dict[str, object]:
        """Give the options as plain values, in a fixed order.

        Returns
        -------
        dict
            Name to number, list or mapping, ready for JSON.
        """
        record: dict[str, object] = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name in ("keep", "close", "freeze"):
                record[f.name] = sorted(value)
            elif isinstance(value, Mapping):
                record[f.name] = {k: value[k] for k in sorted(value)}
            else:
                record[f.name] = value
        return record


def check_options(options: Options, county: County) -> None:
    """Refuse options that contradict each other or name unknown schools.

    Parameters
    ----------
    options
        The options.
    county
        The county they are meant for.

    Raises
    ------
    OptionsError
        With everything wrong at once.
    """
    known = set(county.sites.index)
    found = []
    for name in ("keep", "close", "freeze"):
        unknown = sorted(set(getattr(options, name)) - known)
        if unknown:
            found.append(Finding(code="unknown_site", column=name, ids=tuple(unknown)))
    frozen_sites = set(options.freeze) & set(county.candidates.index)
    for one, other in (("keep", "close"), ("freeze", "close"), ("keep", "freeze")):
        both = sorted(set(getattr(options, one)) & set(getattr(options, other)))
        if (one, other) == ("keep", "freeze"):
            both = sorted(set(both) & frozen_sites)
        if (one, other) == ("freeze", "close"):
            both = sorted(set(both) - frozen_sites)
        if both:
            found.append(
                Finding(code="contradiction", ids=tuple(both), values={"one": one, "other": other})
            )
    found += _bad_numbers(options)
    if options.schools_max is not None and _is_number(options.schools_max):
        candidates = set(county.candidates.index)
        locked = len(set(options.keep) | (set(options.freeze) - candidates))
        if locked > options.schools_max:
            values = {"kept": locked, "most": options.schools_max}
            found.append(Finding(code="keep_more_than_max", values=values))
    if found:
        raise OptionsError(found, lang=county.language())


def _is_number(value: object, *, whole: bool = False) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        return False
    number = float(value)
    return bool(np.isfinite(number) and number >= 0 and not (whole and number % 1))


def _bad_numbers(options: Options) -> list[Finding]:
    found = []
    for name in ("budget_yuan", "schools_max"):
        value = getattr(options, name)
        whole = name == "schools_max"
        if value is not None and not _is_number(value, whole=whole):
            found.append(Finding(code="bad_option", column=name, values={"value": value}))
    for kind, least in options.min_pupils.items():
        if kind not in BANDS_OF_KIND or not _is_number(least, whole=True):
            value = f"{kind}: {least}"
            found.append(Finding(code="bad_option", column="min_pupils", values={"value": value}))
    for price, value in options.prices.items():
        if price not in PRICES or not _is_number(value):
            shown = f"{price}: {value}"
            found.append(Finding(code="bad_option", column="prices", values={"value": shown}))
    return found


def site_measures(county: County, *, standards: Standards) -> pd.DataFrame:
    """List what may be done at each site: one row per site and measure.

    The table can be edited like any other and given to `layoutplan.propose`.
    Every site has ``keep`` and ``close`` (a candidate: ``new`` and ``unused``);
    ``expand`` where classes can be added; ``teaching_point`` where a primary
    school could keep grades 1-3 only.

    Parameters
    ----------
    county
        The county.
    standards
        Class sizes, areas and costs.

    Returns
    -------
    pandas.DataFrame
        Columns site_id, measure, bands (text, separated by blanks), places
        (persons), classes, class_places (places that one added class brings),
        extra_classes_max, class_yuan (per added class), capital_yuan, annual_yuan
        (fixed cost a year), allowed (bool).

    Raises
    ------
    DataError
        If a school has neither places nor classrooms nor enrolment.

    Examples
    --------
    >>> from layoutplan import example
    >>> from layoutplan.standards import standards
    >>> table = site_measures(example.county(seed=1, villages=40), standards=standards())
    >>> sorted(set(table["measure"]) & {"keep", "close"})
    ['close', 'keep']
    """
    sites = site_capacity(county, standards=standards)
    primary = sites["bands"].map(lambda b: "g13" in b.split())
    posts = sites["kind"].map(lambda k: standards.value(f"fixed_posts_{k}"))
    post = standards.value("post_yuan")
    floor = np.where(
        primary,
        standards.value("floor_m2_per_place_primary"),
        standards.value("floor_m2_per_place_junior"),
    )
    base = sites.assign(
        class_yuan=sites["class_places"] * floor * standards.value("building_yuan_per_m2"),
        annual_yuan=posts * post,
        extra_classes_max=0,
        allowed=True,
    )
    old, new = base[~base["candidate"]], base[base["candidate"]]
    nothing: dict[str, Any] = {
        "bands": "",
        "places": 0,
        "classes": 0,
        "capital_yuan": 0.0,
        "annual_yuan": 0.0,
    }
    can_expand = old[old["max_extra_classes"] > 0]
    full = old[(old["kind"] == "primary") & (old["bands"] == "g13 g46")]
    small = standards.value("class_size_teaching_point") * GRADES_PER_BAND
    # A school that teaches none of the bands, such as one for special education, is no
    # part of this question: it stays.
    closable = old[old["bands"] != ""]
    parts = [
        old.assign(measure="keep", capital_yuan=0.0),
        closable.assign(measure="close", **nothing),
        can_expand.assign(
            measure="expand", capital_yuan=0.0, extra_classes_max=can_expand["max_extra_classes"]
        ),
        full.assign(
            measure="teaching_point",
            bands="g13",
            places=np.minimum(full["places"], small),
            classes=np.minimum(full["classes"], GRADES_PER_BAND),
            capital_yuan=0.0,
            annual_yuan=standards.value("fixed_posts_teaching_point") * post,
        ),
        new.assign(measure="new", extra_classes_max=new["max_extra_classes"]),
        new.assign(measure="unused", **nothing),
    ]
    table = pd.concat([p for p in parts if len(p)]).rename_axis("site_id").reset_index()
    names = [
        "site_id", "measure", "bands", "places", "classes", "class_places",
        "extra_classes_max", "class_yuan", "capital_yuan", "annual_yuan", "allowed",
    ]  # fmt: skip
    whole = dict.fromkeys(("places", "classes", "class_places", "extra_classes_max"), "int64")
    return table[names].astype(whole).sort_values(["site_id", "measure"], ignore_index=True)


def site_capacity(county: County, *, standards: Standards) -> pd.DataFrame:
    """Give bands, places and classes of every site as it stands.

    Places are those of the table; where it has none, classrooms times the class
    size of the kind (GB 50099-2011, 3.0.1); where it has neither, today's
    enrolment rounded up to whole classes.

    Parameters
    ----------
    county
        The county.
    standards
        Class sizes.

    Returns
    -------
    pandas.DataFrame
        Indexed by site_id: kind, candidate, bands, places, classes,
        class_places, max_extra_classes, capital_yuan.

    Raises
    ------
    DataError
        If a site has none of the three.
    """
    sites = county.sites
    kind = sites["kind"]
    bands = kind.map(lambda k: " ".join(BANDS_OF_KIND[k]))
    sizes = {
        "teaching_point": standards.value("class_size_teaching_point"),
        "junior": standards.value("class_size_junior"),
        "complete_secondary": standards.value("class_size_junior"),
    }
    size = kind.map(lambda k: sizes.get(k, standards.value("class_size_primary")))

    def number(name: str) -> pd.Series:
        blank = pd.Series(np.nan, index=sites.index)
        return sites[name].astype(float) if name in sites else blank

    enrolment = sum((number(f"enrolment_{b}").fillna(0) for b in BANDS), start=0 * size)
    rooms = number("classrooms")
    places = number("places").fillna(rooms * size)
    places = places.fillna((np.ceil(enrolment / size) * size).where(enrolment > 0))
    unknown = places.isna() & bands.ne("")
    if unknown.any():
        ids = tuple(sites.index[unknown].astype(str))
        where = "schools" if not sites.loc[unknown, "candidate"].all() else "candidates"
        raise DataError(Finding(code="no_capacity", table=where, ids=ids), lang=county.language())
    places = places.fillna(0)
    extra = number("max_extra_classes").fillna(standards.value("extra_classes_default"))
    return pd.DataFrame(
        {
            "kind": kind,
            "candidate": sites["candidate"],
            "bands": bands,
            "places": places,
            "classes": rooms.fillna(np.ceil(places / size)),
            "class_places": size,
            "max_extra_classes": extra,
            "capital_yuan": number("capital_yuan").fillna(0.0),
        }
    )
