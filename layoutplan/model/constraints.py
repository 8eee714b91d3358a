"""All constraints of the model, family by family, and the model as one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layoutplan.model.columns import Columns, make_columns
from layoutplan.model.county_rows import (
    other_layouts,
    within_budget,
    within_minutes,
    within_moves,
    within_number,
    within_running_cost,
)
from layoutplan.model.far_rows import far_pupils_arrive, far_where_taught
from layoutplan.model.growth import (
    a_bed_each_ahead,
    within_places_ahead,
    within_places_of_bands_ahead,
)
from layoutplan.model.pupil_rows import (
    every_pupil,
    no_trading,
    one_receiver,
    open_sites_only,
    stay_once,
    worst_off,
)
from layoutplan.model.rows import Rows, stack
from layoutplan.model.sets import Sets
from layoutplan.model.site_rows import (
    a_bed_each,
    beds_where_open,
    classes_where_open,
    greatest_size,
    junior_in_township,
    least_size,
    one_state,
    overload_where_open,
    within_places,
    within_places_of_bands,
)

FAMILIES: Final[tuple[Callable[[Sets, Columns], Rows], ...]] = (
    every_pupil,
    stay_once,
    within_places,
    within_places_of_bands,
    open_sites_only,
    overload_where_open,
    one_state,
    classes_where_open,
    beds_where_open,
    a_bed_each,
    least_size,
    greatest_size,
    within_budget,
    within_running_cost,
    within_number,
    within_moves,
    within_minutes,
    junior_in_township,
    no_trading,
    one_receiver,
    worst_off,
    other_layouts,
    far_pupils_arrive,
    far_where_taught,
    within_places_ahead,
    within_places_of_bands_ahead,
    a_bed_each_ahead,
)
"""The families in the order in which they enter the model."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Model:
    """Sets, variables and rows of one question.

    Parameters
    ----------
    sets
        The sets.
    columns
        The variables.
    rows
        All rows.
    family
        Where the rows of each family stand, by the name of its function.
    """

    sets: Sets
    columns: Columns
    rows: Rows
    family: Mapping[str, slice]

    def without(self, *names: str) -> NDArray[np.int64]:
        """Give the rows of all families but some.

        Parameters
        ----------
        *names
            The families to leave out.

        Returns
        -------
        numpy.ndarray
            Row numbers; rows that were added later are among them.
        """
        keep = np.ones(self.rows.matrix.shape[0], dtype=bool)
        for name in names:
            keep[self.family[name]] = False
        return np.flatnonzero(keep)


def make_model(sets: Sets) -> Model:
    """Write down the model of some sets.

    Parameters
    ----------
    sets
        The sets.

    Returns
    -------
    Model
        The model, without the links of single pairs.
    """
    columns = make_columns(sets)
    parts, family, start = [], {}, 0
    for write in FAMILIES:
        rows = write(sets, columns)
        size = rows.matrix.shape[0]
        parts.append(rows)
        family[write.__name__] = slice(start, start + size)
        start += size
    return Model(sets=sets, columns=columns, rows=stack(parts), family=MappingProxyType(family))
