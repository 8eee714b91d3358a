"""Which decisions are right in every year and variant, and what knowing the future is worth."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from layoutplan.frozen_tables import FrozenTables
from layoutplan.horizon.cost import cost_over_years
from layoutplan.horizon.noun import PlanAhead
from layoutplan.horizon.scenarios import scenarios_of
from layoutplan.plan import Plan, propose

Progress = Callable[[int, int, str], None]

_CHANGE_NOTHING = ("keep", "unused")


@dataclass(frozen=True, eq=False, kw_only=True)
class Waiting:
    """Decisions held against those that each year and variant would have for itself.

    Made by `layoutplan.waiting`. Tables are copied out.

    Parameters
    ----------
    expected_yuan
        What the layout costs, expected over years and variants, yuan a year; see
        `layoutplan.cost_over_years`.
    known_yuan
        What can be had at least if the year and variant were known before deciding, yuan a
        year: the mean of the bounds of plans made for each alone.
    tables
        ``decisions`` and ``scenarios``.
    """

    expected_yuan: float
    known_yuan: float
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def worth_most(self) -> float:
        """The most that waiting until the future is known can be worth, yuan a year.

        The expected value of perfect information (Raiffa and Schlaifer 1961), from above:
        plans for a year known beforehand cost at least their bound. Where the options limit money,
        ways or pupils moved, the layout may go beyond that in a year and then seem cheaper.
        """
        return max(self.expected_yuan - self.known_yuan, 0.0)

    @property
    def decisions(self) -> pd.DataFrame:
        """The decisions that change something, indexed by ``site_id``.

        Columns: name, kind, action, capital_yuan, right (share of the weight of the years and
        variants whose own plan decides the same), first_right (the first year in which all
        variants do; missing where none) and advice: ``now`` where it is right throughout,
        ``later`` where it is right in the end only, ``watch`` otherwise.
        """
        return self.tables["decisions"]

    @property
    def scenarios(self) -> pd.DataFrame:
        """The years and variants: year, variant, weight, yuan of the layout, known, gap, status."""
        return self.tables["scenarios"]


def waiting(
    found: PlanAhead,
    *,
    years: Iterable[int] | None = None,
    variants: Iterable[str] | None = None,
    time_limit: float = 10.0,
    progress: Progress | None = None,
) -> Waiting:
    """Tell which decisions of a layout can be taken now and which had better wait.

    Each year and variant gets a plan of its own, with pupils as shares. A decision that all of
    these take as well is right whatever comes.

    Parameters
    ----------
    found
        The layout.
    years
        School years; the first, the middle and the last of the layout's where None.
    variants
        Variants; all of the layout's where None.
    time_limit
        Seconds for the plan of each year and variant.
    progress
        Called with plans done, plans in all, and the year and variant.

    Returns
    -------
    Waiting
        Decisions with the share of years and variants in which they are right, and what
        knowing the future would be worth at most.

    Raises
    ------
    OptionsError
        If a year or variant is not in the projection.
    """
    known = found.scenarios
    span = sorted(set(known["year"]))
    chosen = sorted({span[0], span[len(span) // 2], span[-1]}) if years is None else sorted(years)
    named = list(dict.fromkeys(known["variant"])) if variants is None else list(variants)
    projection, plan = found.projection, found.plan
    table = scenarios_of(projection, years=chosen, variants=named).table
    cost = cost_over_years(plan, projection, years=chosen, variants=named)
    rows, actions = [], []
    for number, (year, variant, weight) in enumerate(table.itertuples(index=False, name=None)):
        if progress is not None:
            progress(number, len(table), f"{year} {variant}")
        own = propose(
            projection.county_in(year, variant), plan.times, standards=plan.standards,
            options=replace(plan.options, split_villages=True), measures=plan.measures,
            bus=plan.bus, time_limit=time_limit,
        )  # fmt: skip
        actions.append(own.decisions["action"].rename(number))
        solver = own.solver
        rows.append(
            {
                "year": year,
                "variant": variant,
                "weight": weight,
                "yuan": float(cost["yuan"].iloc[number]),
                "known": solver.bound,
                "gap": solver.gap,
                "status": solver.status,
            }
        )
    if progress is not None:
        progress(len(table), len(table), "")
    scenarios = pd.DataFrame(rows)
    weights = scenarios["weight"].to_numpy(dtype=float)
    same = pd.concat(actions, axis=1).eq(plan.decisions["action"], axis=0)
    return Waiting(
        expected_yuan=float(scenarios["yuan"].to_numpy(dtype=float) @ weights),
        known_yuan=float(scenarios["known"].to_numpy(dtype=float) @ weights),
        tables={"decisions": _decisions(plan, same, scenarios), "scenarios": scenarios},
    )


def _decisions(plan: Plan, same: pd.DataFrame, scenarios: pd.DataFrame) -> pd.DataFrame:
    """Say of each decision that changes something where it is right."""
    table = plan.decisions[["name", "kind", "action", "capital_yuan"]]
    table = table[~table["action"].isin(_CHANGE_NOTHING)]
    same = same.reindex(table.index)
    weights = scenarios["weight"].to_numpy(dtype=float)
    by_year = same.T.groupby(scenarios["year"].to_numpy()).all().T
    # Right from a year on: in it and in all later ones.
    lasting = by_year.iloc[:, ::-1].cummin(axis=1).iloc[:, ::-1]
    first = lasting.apply(
        lambda row: row.index[row.to_numpy()].min() if row.any() else None, axis=1
    )
    right = same.to_numpy(dtype=float) @ weights
    advice = [
        "now" if every else "later" if year is not None else "watch"
        for every, year in zip(same.all(axis=1), first, strict=True)
    ]
    return table.assign(
        right=right, first_right=pd.Series(first, index=table.index, dtype="Int64"), advice=advice
    )
