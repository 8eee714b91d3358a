"""Degrees as people write them: 116.9583, 116°57′30″, 116度57分30秒, E116 57 30."""

import re
import unicodedata
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_SIGN = {"s": -1.0, "w": -1.0, "南": -1.0, "西": -1.0}
_SIDE = re.compile(r"东经|西经|北纬|南纬|[nsew东西南北]")
_NUMBER = r"\d+(?:\.\d+)?"
_PARTS = re.compile(
    rf"^([+-]?)({_NUMBER})(?:[°º度d:\s]+({_NUMBER})?(?:[′'’`分m:\s]+({_NUMBER})?[″\"”秒s]*)?)?$"
)
_MOST: Final = 60.0
"""Minutes in a degree, seconds in a minute."""


def degrees_of(text: object) -> float:
    """Read one angle.

    Parameters
    ----------
    text
        Decimal degrees, or degrees, minutes and seconds with their signs, blanks or colons
        between, and the side of the earth before or behind.

    Returns
    -------
    float
        Decimal degrees, or whatever plain number it is; NaN where it is none.

    Examples
    --------
    >>> degrees_of("116°57′30″"), degrees_of("31度27分36秒"), degrees_of("S 31.46°")
    (116.95833333333334, 31.46, -31.46)
    >>> degrees_of("116°75′")
    nan
    """
    plain = unicodedata.normalize("NFKC", str(text)).strip().lower().replace("''", '"')
    plain = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", plain)
    plain = re.sub(r"(m\s*[\d.]+)\s*s", r"\1秒", plain)
    side = _SIDE.findall(plain)
    plain = _SIDE.sub("", plain).strip() if len(side) == 1 else plain
    # NFKC takes the prime and double prime apart into others of the same look.
    plain = plain.replace("″", '"').replace("′′", '"').replace("′", "'")
    match = _PARTS.match(plain)
    if match is None:
        return float("nan")
    sign, whole, minutes, seconds = match.groups()
    parts = [float(whole), float(minutes or 0), float(seconds or 0)]
    if max(parts[1:]) >= _MOST:
        return float("nan")
    value = parts[0] + parts[1] / 60 + parts[2] / 3600
    flip = -1.0 if sign == "-" else 1.0
    return value * flip * _SIGN.get(side[0][0] if len(side) == 1 else "", 1.0)


def numbers_of(values: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read a column of coordinates.

    Parameters
    ----------
    values
        Numbers or text.

    Returns
    -------
    tuple of numpy.ndarray
        The numbers, NaN where there is none, and whether each was read out of text that is
        no plain number.

    Examples
    --------
    >>> numbers, read = numbers_of(pd.Series(["116.5", "116°30′", "", None, "unknown"]))
    >>> numbers.tolist(), read.tolist()
    ([116.5, 116.5, nan, nan, nan], [False, True, False, False, False])
    """
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    text = values.astype("str").str.strip()
    rest = np.isnan(numbers) & values.notna().to_numpy() & text.ne("").to_numpy()
    numbers = numbers.copy()
    numbers[rest] = [degrees_of(t) for t in text[rest]]
    return numbers, rest & np.isfinite(numbers)
