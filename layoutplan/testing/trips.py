"""Whether pupils can get to the schools they are sent to in the way that is said."""

import math
from collections import defaultdict

from layoutplan.tables import BANDS, GRADES_PER_BAND
from layoutplan.testing.facts import BOARD, BUS, TOLERANCE, Facts


def trips(facts: Facts) -> list[str]:
    """Check every way: its minutes, who may take it, and beds.

    Parameters
    ----------
    facts
        The plan.

    Returns
    -------
    list of str
        What does not hold.
    """
    wrong = []
    plan = facts.plan
    known = {plan.times.mode, BOARD} | ({BUS} if facts.rides else set())
    lodged: dict[str, int] = defaultdict(int)
    for row in plan.assignment.to_dict("records"):
        village, band, site = str(row["village_id"]), str(row["band"]), str(row["site_id"])
        mode, minutes = str(row["mode"]), float(row["minutes"])
        where = f"{village} {band} to {site}"
        if mode not in known:
            wrong.append(f"{where}: {mode} is no way there is")
            continue
        way = facts.way(village, band, site, mode)
        if not math.isfinite(way):
            wrong.append(f"{where}: out of reach by {mode}")
        elif not abs(way - minutes) <= TOLERANCE:
            wrong.append(f"{where}: {minutes} minutes by {mode}, should be {way}")
        if band not in facts.taught(site):
            wrong.append(f"{where}: the band is not taught there")
        if mode == plan.times.mode:
            continue
        if facts.way(village, band, site, plan.times.mode) <= facts.limit(band):
            wrong.append(f"{where}: by {mode}, but within the limit from home")
        if mode == BOARD:
            lodged[site] += int(row["pupils"])
            first = 1 + GRADES_PER_BAND * BANDS.index(band)
            if band == BANDS[0] or first < facts.value("boarding_grade_min"):
                wrong.append(f"{where}: pupils board who may not")
    return wrong + [
        f"{site}: {pupils} boarders, {facts.sites[site]['beds']} beds"
        for site, pupils in lodged.items()
        if site in facts.sites and pupils > int(facts.sites[site]["beds"])
    ]
