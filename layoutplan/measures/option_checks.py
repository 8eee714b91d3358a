"""Refuse options that contradict each other, with everything wrong at once."""

from typing import Final

import numpy as np

from layoutplan.county import County
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.measures.options import PRICES, Options
from layoutplan.tables import BANDS_OF_KIND

_AMOUNTS: Final = ("budget_yuan", "annual_yuan_max", "minutes_max", "worst_max")
_COUNTS: Final = ("schools_max", "moved_max")
_SWITCHES: Final = ("keep_choices", "split_villages", "together", "contiguous", "gates")
_SIZES: Final = ("min_pupils", "size_max")


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
    found = [*_sites(options, county), *_villages(options, county), *_numbers(options)]
    if options.schools_max is not None and _is_number(options.schools_max):
        candidates = set(county.candidates.index)
        locked = len(set(options.keep) | (set(options.freeze) - candidates))
        if locked > options.schools_max:
            values = {"kept": locked, "most": options.schools_max}
            found.append(Finding(code="keep_more_than_max", values=values))
    if found:
        raise OptionsError(found, lang=county.language())


def _sites(options: Options, county: County) -> list[Finding]:
    known = set(county.sites.index)
    named = [(name, set(getattr(options, name))) for name in ("keep", "close", "freeze")]
    named += [("differ_from", set(layout)) for layout in options.differ_from]
    found = []
    for name, ids in named:
        unknown = sorted(ids - known)
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
    return found


def _villages(options: Options, county: County) -> list[Finding]:
    pairs = options.neighbours or ()
    wrong = [pair for pair in pairs if len(pair) != 2]  # noqa: PLR2004 # a pair
    if wrong:
        values = {"value": " ".join(wrong[0])}
        return [Finding(code="bad_option", column="neighbours", values=values)]
    unknown = sorted({v for pair in pairs for v in pair} - set(county.villages.index))
    if not unknown:
        return []
    return [Finding(code="unknown_village", column="neighbours", ids=tuple(unknown))]


def _is_number(value: object, *, whole: bool = False) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        return False
    number = float(value)
    return bool(np.isfinite(number) and number >= 0 and not (whole and number % 1))


def _numbers(options: Options) -> list[Finding]:
    singles = [
        (name, getattr(options, name), name in _COUNTS)
        for name in (*_AMOUNTS, *_COUNTS)
        if getattr(options, name) is not None
    ]
    singles += [("equity", options.equity, False), ("at_least", options.at_least, True)]
    wrong = [(name, value) for name, value, whole in singles if not _is_number(value, whole=whole)]
    if options.at_least == 0:
        wrong.append(("at_least", 0))
    wrong += [
        (name, f"{kind}: {number}")
        for name in _SIZES
        for kind, number in getattr(options, name).items()
        if kind not in BANDS_OF_KIND or not _is_number(number, whole=True)
    ]
    wrong += [
        ("prices", f"{price}: {value}")
        for price, value in options.prices.items()
        if price not in PRICES or not _is_number(value)
    ]
    found = [Finding(code="bad_option", column=n, values={"value": v}) for n, v in wrong]
    found += [
        Finding(code="bad_switch", column=name, values={"value": getattr(options, name)})
        for name in _SWITCHES
        if not isinstance(getattr(options, name), bool | np.bool_)
    ]
    return found
