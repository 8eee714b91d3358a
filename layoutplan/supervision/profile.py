"""The numbers that deadlines, lights and lists rest on: a profile of standards."""

from typing import Final

from layoutplan.standards import Standards, standards

PROFILE: Final = "cn-supervision"
"""The profile that is taken where none is given."""


def rules(given: Standards | None = None) -> Standards:
    """Give the profile that supervision goes by.

    Parameters
    ----------
    given
        A profile; what it lacks is taken from `PROFILE`.

    Returns
    -------
    Standards
        A profile with all numbers of supervision.

    Examples
    --------
    >>> rules().value("supervision_near_days") > 0
    True
    """
    usual = standards(PROFILE)
    if given is None:
        return usual
    if set(usual) <= set(given):
        return given
    entries = {**usual.entries, **given.entries}
    return Standards(
        name=given.name, title_zh=given.title_zh, title_en=given.title_en, entries=entries,
        rules={**usual.rules, **given.rules},
    )  # fmt: skip
