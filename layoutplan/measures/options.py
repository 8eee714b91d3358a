"""What is asked of a plan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, Final, Self

PRICES: Final = (
    "minute", "over_limit", "pushed", "gate_travel", "moved", "overload", "size", "unserved",
    "bus_rider", "boarder_primary", "boarder_junior",
)  # fmt: skip
"""What has a price in the objective besides money itself."""

_SITES: Final = ("keep", "close", "freeze")
_BY_NAME: Final = ("min_pupils", "size_max", "prices")


@dataclass(frozen=True, eq=False, kw_only=True)
class Options:
    """What is asked of a plan.

    Parameters
    ----------
    budget_yuan
        Capital that may be spent, yuan; no limit where None.
    annual_yuan_max
        Running cost a year, yuan: of the schools that are open, of boarders and of school
        buses; no limit where None.
    schools_max
        How many sites may be open; no limit where None.
    keep
        Ids of schools that stay open and lose no grades, and of candidates that are built.
    close
        Ids of schools that are closed.
    freeze
        Ids of schools that stay exactly as they are; a candidate is then not built.
    keep_choices
        Whether families who were observed to choose a farther school are left in
        peace. Where not, their pupils are sent to nearer schools as well if that
        costs less.
    split_villages
        Whether pupils of one village and band who go to the same school today may be sent
        to different schools; otherwise they stay together.
    together
        Whether all pupils of a band who leave a school that closes or loses the band go to
        one school.
    contiguous
        Whether the catchment of each school and band is to be connected: from each of its
        villages one gets to the village where the school stands through villages of the same
        catchment. A village belongs for a band to the school to which more of its pupils go
        daily than to any other (of equal numbers the first by its id); boarders are free
        of it, and so are the fewer pupils of the village who go elsewhere, by choice or
        because villages are split. Villages of which nobody goes daily, and the village
        where the school stands, may always be crossed. Rules that have a price come first:
        a village stays cut off where joining it would break one of them more, and the
        findings name those that do. The bound of the plan is that of the question without
        this option, which holds here as well.
    neighbours
        Pairs of ids of villages that border on each other, for ``contiguous``; those of
        `layoutplan.village_neighbours` where None.
    gates
        Whether a pupil who is newly sent beyond the limit and farther than today counts as
        a broken rule, as such a closure would fail its gate; see `layoutplan.gates`.
    moved_max
        How many pupils may change school; no limit where None.
    min_pupils
        Fewest pupils a school of a kind may have, by kind; teaching points are
        exempt. There is no national minimum: a county that has one gives it.
    size_max
        Most pupils of a school of a kind, by kind; where a kind is not given, the ceiling
        of the standards holds. More are counted and priced.
    equity
        Yuan a year for one minute of the mean way of the worst-off pupils, whose share is
        that of the standards; 0 to leave that out.
    minutes_max
        Most minutes one way, summed over all pupils and one day; no limit where None.
    worst_max
        Most minutes one way of any pupil who travels daily; no limit where None. Whoever
        has no such way counts as without a school.
    differ_from
        Layouts that the plan must differ from, each as the ids of its open sites.
    at_least
        In how many sites it must differ from each of them.
    prices
        Yuan a year for one pupil's minute each way, pupil beyond the limit,
        pupil newly pushed beyond it, pupil newly sent farther beyond it, pupil
        moved, pupil beyond the places, pupil beyond the greatest size, pupil unserved,
        pupil in a school bus, boarder in grades 4-6 and in grades 7-9; where a price is not
        given, that of the standards holds.

    Examples
    --------
    >>> Options(keep={"S012"}, budget_yuan=12_000_000).budget_yuan
    12000000
    """

    budget_yuan: float | None = None
    annual_yuan_max: float | None = None
    schools_max: int | None = None
    keep: Iterable[str] = frozenset()
    close: Iterable[str] = frozenset()
    freeze: Iterable[str] = frozenset()
    keep_choices: bool = True
    split_villages: bool = False
    together: bool = False
    contiguous: bool = False
    neighbours: Iterable[tuple[str, str]] | None = None
    gates: bool = True
    moved_max: int | None = None
    min_pupils: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    size_max: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    equity: float = 0.0
    minutes_max: float | None = None
    worst_max: float | None = None
    differ_from: Iterable[Iterable[str]] = ()
    at_least: int = 1
    prices: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Take copies, so that nothing changes the options later."""
        for name in _SITES:
            object.__setattr__(self, name, _ids(getattr(self, name)))
        layouts = tuple(_ids(layout) for layout in self.differ_from)
        object.__setattr__(self, "differ_from", layouts)
        if self.neighbours is not None:
            pairs = sorted({tuple(sorted(map(str, pair))) for pair in self.neighbours})
            object.__setattr__(self, "neighbours", tuple(pairs))
        for name in _BY_NAME:
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
            if f.name in _SITES:
                record[f.name] = sorted(value)
            elif f.name == "differ_from":
                record[f.name] = [sorted(layout) for layout in value]
            elif f.name == "neighbours" and value is not None:
                record[f.name] = [list(pair) for pair in value]
            elif isinstance(value, Mapping):
                record[f.name] = {k: value[k] for k in sorted(value)}
            else:
                record[f.name] = value
        return record


def _ids(given: Iterable[str]) -> frozenset[str]:
    return frozenset(str(i) for i in ((given,) if isinstance(given, str) else given))
