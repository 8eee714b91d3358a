"""The independent check of a layout for several years: from its tables and the projection."""

from collections import defaultdict
from dataclasses import replace

from layoutplan.horizon.noun import PlanAhead
from layoutplan.plan.noun import SolverReport
from layoutplan.tables import BANDS
from layoutplan.testing import plan_breaches
from layoutplan.testing.facts import TOLERANCE, Facts, facts_of
from layoutplan.testing.score import terms
from layoutplan.testing.sites import a_class_of

_PERSON = 1e-6


def plan_ahead_breaches(found: PlanAhead) -> list[str]:
    """List everything that does not hold of a layout for several years.

    Checked are: the layout itself, as every plan; the loads of every year and variant, from
    the projection's pupils and where the plan sends each village; the pupils beyond the places
    in the worst case; the objective, term by term; bound and gap.

    Parameters
    ----------
    found
        The layout.

    Returns
    -------
    list of str
        One line per breach; empty for a sound layout.
    """
    wrong = plan_breaches(replace(found.plan, solver=SolverReport(status="given")))
    facts = facts_of(found.plan)
    worst = dict.fromkeys(facts.sites, 0.0)
    for row in found.scenarios.to_dict("records"):
        name = f"{row['year']} {row['variant']}"
        here = _loads(found, int(row["year"]), str(row["variant"]))
        wrong += _scenario(found, facts, row, here)
        for site in facts.sites:
            over = _beyond(facts, site, here)
            worst[site] = max(worst[site], over)
        known = found.pupils_at(int(row["year"]), str(row["variant"])).to_dict("index")
        for (site, band), pupils in here.items():
            told = float(known.get(site, {}).get(band, 0.0))
            if abs(told - pupils) > _PERSON * max(1.0, pupils):
                wrong.append(f"{name}: {site} {band} has {told} pupils, should be {pupils}")
    if abs(float(found.scenarios["weight"].sum()) - 1) > TOLERANCE:
        wrong.append("the weights do not add up to 1")
    beyond = found.sites["beyond"].to_dict()
    for site, over in worst.items():
        told = float(beyond[site])
        # Told in whole persons.
        if abs(told - over) > 0.5 + _PERSON:
            wrong.append(f"{site}: {told} beyond the places, should be {over}")
    return [*wrong, *_objective(found, facts, worst)]


def assert_plan_ahead_valid(found: PlanAhead) -> None:
    """Fail with every breach where a layout for several years is not sound.

    Parameters
    ----------
    found
        The layout.

    Raises
    ------
    AssertionError
        With all breaches.
    """
    wrong = plan_ahead_breaches(found)
    if wrong:
        raise AssertionError("\n".join(wrong))


def _loads(found: PlanAhead, year: int, variant: str) -> dict[tuple[str, str], float]:
    """Count who comes to each site: the part of the village that goes there, of the year's."""
    projection = found.projection
    at = projection.variants.index(variant), projection.years.index(year)
    counts = projection.counts[at]
    grades = {"g13": (0, 1, 2), "g46": (3, 4, 5), "g79": (6, 7, 8)}
    number = {str(v): n for n, v in enumerate(projection.village_ids)}
    planned = found.plan.demand.to_dict("index")
    here: dict[tuple[str, str], float] = defaultdict(float)
    for row in found.plan.assignment.to_dict("records"):
        village, band, site = (str(row[c]) for c in ("village_id", "band", "site_id"))
        of_year = sum(int(counts[number[village]][g]) for g in grades[band])
        of_plan = int(planned[village][band])
        here[site, band] += int(row["pupils"]) * of_year / of_plan
    return here


def _beyond(facts: Facts, site: str, here: dict[tuple[str, str], float]) -> float:
    """Count pupils beyond the places of a site, or of one of its bands."""
    row = facts.sites[site]
    pupils = {b: here.get((site, b), 0.0) for b in BANDS}
    over = max(0.0, sum(pupils.values()) - float(row["places"]))
    action = str(row["action"])
    state = facts.measures.get((site, "keep" if action in ("expand", "board") else action))
    if state is None:
        return over
    more = int(row["extra_classes"]) * int(a_class_of(facts, site, state)["class_places"])
    for band in str(state["bands"]).split():
        most = float(state.get(f"places_{band}", state["places"]))
        over = max(over, pupils[band] - most - more)
    return over


def _scenario(
    found: PlanAhead, facts: Facts, row: dict[object, object], here: dict[tuple[str, str], float]
) -> list[str]:
    """Hold one row of the table of years and variants against the loads."""
    year, variant = int(str(row["year"])), str(row["variant"])
    at = found.projection.variants.index(variant), found.projection.years.index(year)
    pupils = int(found.projection.counts[at].sum())
    by_site: dict[str, float] = defaultdict(float)
    for (site, _), some in here.items():
        by_site[site] += some
    over = {s: max(0.0, n - float(facts.sites[s]["places"])) for s, n in by_site.items()}
    should = {
        "pupils": float(pupils),
        "unserved": pupils - sum(by_site.values()),
        "places": float(sum(int(r["places"]) for r in facts.sites.values())),
        "beyond_places": sum(over.values()),
        "sites_beyond": float(sum(n > _PERSON for n in over.values())),
    }
    return [
        f"{year} {variant}: {name} {row[name]}, should be {value}"
        for name, value in should.items()
        if abs(float(str(row[name])) - value) > 1e-4 * max(1.0, abs(value))
    ]


def _objective(found: PlanAhead, facts: Facts, worst: dict[str, float]) -> list[str]:
    """Score the layout anew, with the worst case beyond the places."""
    report, plan = found.solver, found.plan
    if report.objective is None or report.bound is None or report.gap is None:
        return ["a layout that was searched for has no objective"]
    price = float(plan.options.prices.get("overload", facts.value("price_yuan_overload")))
    scored = terms(facts) | {"overload": price * sum(worst.values())}
    total = sum(scored.values())
    near = TOLERANCE * max(1.0, abs(total))
    wrong = [
        f"term {name}: {report.terms.get(name)}, scored anew {value}"
        for name, value in scored.items()
        if not abs(report.terms.get(name, 0.0) - value) <= near
    ]
    if not abs(total - report.objective) <= near:
        wrong.append(f"objective {report.objective}, scored anew {total}")
    if report.bound > report.objective + near:
        wrong.append(f"bound {report.bound} above objective {report.objective}")
    return wrong
