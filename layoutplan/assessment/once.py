"""Tables that are made once for a plan and then only looked at."""

from collections.abc import Callable
from functools import wraps
from weakref import WeakKeyDictionary

import pandas as pd

from layoutplan.plan import Plan


def once(make: Callable[[Plan], pd.DataFrame]) -> Callable[[Plan], pd.DataFrame]:
    """Make a table at the first look at a plan and keep it as long as the plan lives.

    A plan never changes, so the table cannot go stale. Every look gives a copy that
    pandas makes only where somebody writes to it (copy-on-write).

    Parameters
    ----------
    make
        The function from a plan to a table.

    Returns
    -------
    Callable
        The same function, which works once for each plan.

    Examples
    --------
    >>> @once
    ... def villages(plan):
    ...     print("looking")
    ...     return pd.DataFrame({"pupils": [30]})
    >>> class Anything: ...
    >>> plan = Anything()
    >>> len(villages(plan)), len(villages(plan))
    looking
    (1, 1)
    """
    made: WeakKeyDictionary[Plan, pd.DataFrame] = WeakKeyDictionary()

    @wraps(make)
    def look(plan: Plan) -> pd.DataFrame:
        if plan not in made:
            made[plan] = make(plan)
        return made[plan].copy(deep=False)

    return look
