"""The states that each site can be in, and what can be added to them."""

from typing import Final

import numpy as np
import pandas as pd

from layoutplan.measures import Options, with_defaults
from layoutplan.measures.names import BOARDING, CLOSED, EXPANDABLE, STATES
from layoutplan.standards import Standards
from layoutplan.tables import BANDS

_BECOMES: Final = {"nine_year": "nine_year", "primary_only": "primary",
                   "teaching_point": "teaching_point"}  # fmt: skip
"""The kind of school that a state makes of a site; others leave the kind as it is."""

_LESS: Final = (*CLOSED, "teaching_point", "primary_only")
"""States in which a school loses grades."""


def make_sites(
    measures: pd.DataFrame, places: pd.DataFrame, *, options: Options, standards: Standards
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """List the sites, and the states that each of them may be in.

    Parameters
    ----------
    measures
        What may be done at each site (`layoutplan.measures.site_measures`).
    places
        Kind, candidate and township_id of each site, indexed by site_id.
    options
        What is asked: sites kept, closed and frozen, least and greatest sizes.
    standards
        Greatest sizes, and how many beds are added at a time.

    Returns
    -------
    tuple
        Sites, indexed by site_id, sorted: kind, candidate, township_id, bands (taught today),
        class_places, class_yuan, bed_yuan, bed_module, extra_least and beds_least (what
        locks demand; beds in modules). And states, sorted by site and measure: site (row
        number), measure, bands, teaches_g13 to teaches_g79, places and most of each band, beds,
        extra_max (classes), beds_max (modules that can be added), capital_yuan,
        annual_yuan, open, least and most (pupils), free (whether locks leave the choice
        of it).
    """
    table = with_defaults(measures)
    table = table[table["allowed"].astype(bool)]
    names = pd.Index(sorted(set(measures["site_id"])), name="site_id")
    module = standards.value("bed_module")
    by = {m: rows.set_index("site_id").reindex(names) for m, rows in table.groupby("measure")}
    none = pd.DataFrame(np.nan, index=names, columns=table.columns.drop("site_id"))
    expand, board, new = (by.get(m, none) for m in ("expand", "board", "new"))
    first = expand.where(expand["class_places"].notna(), new)
    frozen = names.isin(list(options.freeze))
    today = with_defaults(measures).query("measure == 'keep'").set_index("site_id")["bands"]
    bands = today.reindex(names).fillna("").astype(str)
    sites = places.reindex(names)[["kind", "candidate", "township_id"]].assign(
        bands=bands,
        class_places=first["class_places"].fillna(1).astype(float),
        class_yuan=first["class_yuan"].fillna(0).astype(float),
        bed_yuan=board["bed_yuan"].fillna(0).astype(float),
        bed_module=module,
        extra_least=expand["locked"].eq(True).astype(float),  # noqa: FBT003 # blanks are no locks
        beds_least=board["locked"].eq(True).astype(float),  # noqa: FBT003
    )
    states = table[table["measure"].isin(STATES)].sort_values(["site_id", "measure"])
    at = names.get_indexer(pd.Index(states["site_id"]))
    measure = states["measure"].to_numpy()
    classes = np.where(
        np.isin(measure, EXPANDABLE), _number(expand, "extra_classes_max")[at],
        np.where(measure == "new", states["extra_classes_max"].to_numpy(dtype=float), 0.0),
    )  # fmt: skip
    beds = np.where(np.isin(measure, BOARDING), _number(board, "extra_beds_max")[at], 0.0)
    is_open = ~np.isin(measure, CLOSED)
    kind = sites["kind"].to_numpy()[at]
    becomes = np.array([_BECOMES.get(m, k) for m, k in zip(measure, kind, strict=True)])
    found = pd.DataFrame({"site": at, "measure": measure, "bands": states["bands"].to_numpy()})
    for band in BANDS:
        found[f"teaches_{band}"] = [band in b.split() for b in found["bands"]]
        found[f"places_{band}"] = states[f"places_{band}"].to_numpy(dtype=float)
    least = np.array([float(options.min_pupils.get(k, 0)) for k in becomes])
    return sites, found.assign(
        places=states["places"].to_numpy(dtype=float),
        beds=np.where(is_open, states["beds"].to_numpy(dtype=float), 0.0),
        extra_max=np.where(frozen[at], 0.0, classes),
        beds_max=np.where(frozen[at], 0.0, beds // module),
        capital_yuan=states["capital_yuan"].to_numpy(dtype=float),
        annual_yuan=states["annual_yuan"].to_numpy(dtype=float),
        open=is_open,
        counted=is_open & (found["bands"] != ""),
        least=np.where(is_open & (becomes != "teaching_point"), least, 0.0),
        most=[
            _most(k, options, standards) if o else 0.0
            for k, o in zip(becomes, is_open, strict=True)
        ],
        free=_free(found, sites, states, options),
    )


def _number(rows: pd.DataFrame, column: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(rows[column].astype(float).fillna(0), dtype=np.float64)


def _most(kind: str, options: Options, standards: Standards) -> float:
    """Give the greatest size of a kind of school; a school may not be larger."""
    whole = "size_max_nine_year" if kind == "nine_year" else "size_max_single_stage"
    return float(options.size_max.get(kind, standards.value(whole)))


def _free(
    found: pd.DataFrame, sites: pd.DataFrame, states: pd.DataFrame, options: Options
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which states the locks of the options and of the table leave."""
    name = sites.index.to_numpy()[found["site"].to_numpy()]
    measure = found["measure"].to_numpy()
    as_it_is = np.where(sites["candidate"].to_numpy(dtype=bool)[found["site"]], "unused", "keep")
    locked = states["locked"].to_numpy(dtype=bool)
    fixed = np.isin(found["site"], found["site"].to_numpy()[locked])
    keep, close, freeze = (np.isin(name, list(s)) for s in
                           (options.keep, options.close, options.freeze))  # fmt: skip
    barred = (keep & np.isin(measure, _LESS)) | (close & ~np.isin(measure, CLOSED))
    barred |= (freeze & (measure != as_it_is)) | (fixed & ~locked)
    return np.asarray(~barred, dtype=np.bool_)
