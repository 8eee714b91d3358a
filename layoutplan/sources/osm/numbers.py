"""Numbers as mappers write them: speeds and populations."""

import re
from typing import Final

_MILE_KM: Final = 1.609344
_KNOT_KM: Final = 1.852
_SPEED = re.compile(r"^(?:[a-z]{2}:)?(?:zone:?)?(\d+(?:\.\d+)?)\s*(mph|knots|km/?h|kph|kmh)?$")
_PEOPLE = re.compile(r"^[~≈c.<>ca\s]*(\d{1,3}(?:[ ,.'’ ]\d{3})+|\d+)(?:\s*[-–+(\[;].*|\s+\D.*)?$")


def speed_kmh(text: str) -> float | None:
    """Read a speed limit.

    Parameters
    ----------
    text
        The value of ``maxspeed``; of several, the lowest counts.

    Returns
    -------
    float or None
        Kilometres an hour; None where it names no number, such as ``none``, ``signals`` or
        the custom of a country (``DE:rural``).

    Examples
    --------
    >>> speed_kmh("50"), speed_kmh("30 mph"), speed_kmh("CH:zone30"), speed_kmh("DE:rural")
    (50.0, 48.28, 30.0, None)
    """
    found = []
    for part in text.lower().split(";"):
        match = _SPEED.match(part.strip())
        if match:
            unit = {"mph": _MILE_KM, "knots": _KNOT_KM}.get(match[2] or "", 1.0)
            found.append(round(float(match[1]) * unit, 2))
    return min(found) if found and min(found) > 0 else None


def people(text: str) -> int | None:
    """Read a population.

    Parameters
    ----------
    text
        The value of ``population``.

    Returns
    -------
    int or None
        Persons; None where it is no number.

    Examples
    --------
    >>> people("14 521"), people("1.234"), people("~500"), people("120 (2011)"), people("many")
    (14521, 1234, 500, 120, None)
    """
    match = _PEOPLE.match(text.strip())
    return int(re.sub(r"\D", "", match[1])) if match else None
