"""What a changed network means for villages: whose way to school gets longer or shorter."""

from typing import Any, Final

import numpy as np
import pandas as pd

from layoutplan.errors import OptionsError, TravelError
from layoutplan.findings import Finding
from layoutplan.network.matrix import disagreements, labels, unknown_band
from layoutplan.travel.noun import TravelTimes

_ROUNDING_MINUTES: Final = 1e-6
"""Smaller changes come from the order in which numbers were added."""


def minutes_changed(
    before: TravelTimes, after: TravelTimes, *, band: str = "g13", of: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Tell whose way to school takes longer or shorter after a change of the roads.

    Parameters
    ----------
    before, after
        Travel times of the same villages, and of sites of their own.
    band
        The grade band.
    of
        The pairs to compare, with the columns ``village_id`` and ``site_id``, such as the
        assignment of a plan; each village and its nearest site where not given.

    Returns
    -------
    pandas.DataFrame
        ``village_id``, ``site_before``, ``site_after``, ``minutes_before``,
        ``minutes_after`` and ``change`` in minutes, those that lose most first. Minutes are
        infinite and the site missing where there is no way. Villages without any change
        are left out; a change of the site alone counts.

    Raises
    ------
    TravelError
        If the villages are not the same, or a pair names one that is unknown.
    OptionsError
        If the times are of different modes, there is no such band, or a pair of ``of`` was
        left out of times with a cut-off.

    Examples
    --------
    >>> one = pd.DataFrame([[12.0], [30.0]], index=["v1", "v2"], columns=["s1"])
    >>> two = pd.DataFrame([[12.0], [19.5]], index=["v1", "v2"], columns=["s1"])
    >>> times = [TravelTimes.from_matrix(frame, mode="walk") for frame in (one, two)]
    >>> minutes_changed(*times)[["village_id", "change"]].to_numpy().tolist()
    [['v2', -10.5]]
    """
    if before.mode != after.mode:
        values: dict[str, object] = {"before": before.mode, "after": after.mode}
        raise OptionsError(Finding(code="changed_mode", values=values))
    findings = disagreements(after.village_ids, before.village_ids, table="villages")
    if findings:
        raise TravelError(findings)
    one, other = (
        _nearest(times, band) if of is None else _pairs(times, band, of)
        for times in (before, after)
    )
    if of is not None:
        _all_known((before, one), (after, other))
    table = pd.DataFrame(
        {
            "village_id": one["village_id"],
            "site_before": one["site_id"],
            "site_after": other["site_id"],
            "minutes_before": one["minutes"],
            "minutes_after": other["minutes"],
        }
    )
    with np.errstate(invalid="ignore"):
        change = table["minutes_after"] - table["minutes_before"]
    # From no way to no way nothing changes.
    table["change"] = change.fillna(0.0)
    sites = table[["site_before", "site_after"]].fillna("")
    changed = (table["change"].abs() > _ROUNDING_MINUTES) | (sites.iloc[:, 0] != sites.iloc[:, 1])
    ordered = table[changed].sort_values(
        ["change", "village_id", "site_before"], ascending=[False, True, True]
    )
    return ordered.reset_index(drop=True)


def _all_known(*sides: tuple[TravelTimes, pd.DataFrame]) -> None:
    """Refuse pairs that a cut-off left out: they are not known to have no way."""
    cut = [(t.cutoff_minutes, np.isinf(p["minutes"])) for t, p in sides]
    left_out = [(cutoff, gone) for cutoff, gone in cut if cutoff is not None and gone.any()]
    if left_out:
        pairs = sides[0][1]
        gone = np.logical_or.reduce([g for _, g in left_out])
        raise OptionsError(
            Finding(
                code="changed_beyond_cutoff",
                table="of",
                ids=tuple(pairs.loc[gone, "village_id"].unique()),
                rows=int(gone.sum()),
                values={"minutes": f"{min(cutoff for cutoff, _ in left_out):g}"},
            )
        )


def _nearest(times: TravelTimes, band: str) -> pd.DataFrame:
    """Give every village its nearest site, in the order of their ids."""
    villages = pd.Index(sorted(times.village_ids), dtype="str", name="village_id")
    found = times.nearest(band=band).set_index("village_id").reindex(villages)
    return pd.DataFrame(
        {
            "village_id": villages,
            "site_id": found["site_id"].astype("str").array,
            "minutes": found["minutes"].fillna(np.inf).to_numpy(),
        }
    )


def _pairs(times: TravelTimes, band: str, of: pd.DataFrame) -> pd.DataFrame:
    """Look up the minutes of different pairs, in the order of their ids."""
    columns: list[tuple[str, Any]] = [
        ("village_id", times.village_ids),
        ("site_id", times.site_ids),
    ]
    missing = [c for c, _ in columns if c not in of.columns]
    if missing:
        have = ", ".join(map(str, of.columns))
        raise TravelError(
            Finding(
                code="missing_column", table="of", column=c, values={"heading": c, "have": have}
            )
            for c in missing
        )
    text = pd.DataFrame({c: labels(of[c], c) for c, _ in columns})
    pairs = text.drop_duplicates().sort_values(["village_id", "site_id"], ignore_index=True)
    rows, findings = [], []
    for column, known in columns:
        row = known.get_indexer(pd.Index(pairs[column]))
        if (row < 0).any():
            ids = tuple(pairs.loc[row < 0, column].unique())
            table = "villages" if column == "village_id" else "schools"
            findings.append(Finding(code="labels_unknown", table=table, ids=ids))
        rows.append(row)
    if findings:
        raise TravelError(findings)
    if band not in times.minutes:
        raise OptionsError(unknown_band(band))
    at = times.minutes.pairs.at(rows[0], rows[1])
    listed = at >= 0
    minutes = np.full(len(pairs), np.inf)
    minutes[listed] = times.minutes.of_pairs(band)[at[listed]]
    return pairs.assign(minutes=minutes)
