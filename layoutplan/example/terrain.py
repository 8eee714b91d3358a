"""The ground of the county: relief, outline and what travel over it costs."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.ndimage import binary_erosion

from layoutplan.example.lattice import STEPS, Flags, Floats, Lattice

Relief = Literal["mixed", "plain", "hills"]

CELL_M: Final = 200.0
"""Side of a cell: about one block of a town."""

AREA_PER_VILLAGE_M2: Final = 6.75e6
"""400 villages on 60 by 45 km."""

ORIGIN_M: Final = (460_000.0, 3_452_000.0)
"""Lower left corner in EPSG:4548, near 116.6 degrees east, 31.2 degrees north."""

STEEP: Final = 0.20
"""Root mean square slope of the mountains at the size of a cell."""

HINDRANCE: Final = 0.22
"""Spread of what fields, ponds and houses add to the cost of a road across a cell."""

GRADE_SCALE: Final = 0.07
"""Grade that doubles the cost of a metre of road."""


@dataclass(frozen=True, kw_only=True)
class Terrain:
    """The ground.

    Parameters
    ----------
    lattice
        The lattice.
    height
        Height of every cell in metres.
    slope
        Slope of every cell, metres per metre.
    inside
        Whether a cell lies in the county.
    core
        Whether a cell lies well inside, where people settle.
    cost
        Cost of a new road along every edge, in metres of level road.
    waves
        Wave vectors, shifts and amplitudes of the bend given to the map.
    border_waves
        The same for the bend of the borders between townships.
    corners
        The outline of the county before the bend.
    """

    lattice: Lattice
    height: Floats
    slope: Floats
    inside: Flags
    core: Flags
    cost: Floats
    waves: Floats
    border_waves: Floats
    corners: Floats

    def bend(self, xy: Floats) -> Floats:
        """Bend the map a little, so that nothing lies along the axes of the lattice."""
        return xy + _push(xy, self.waves)

    def level(self, xy: Floats) -> Floats:
        """Move points so that crooked borders between townships become straight."""
        return xy + _push(xy, self.border_waves)

    def unlevel(self, xy: Floats) -> Floats:
        """Undo `level`, by steps that each come closer as the waves are gentle."""
        out = xy
        for _ in range(40):
            out = xy - _push(out, self.border_waves)
        return out


def make_terrain(rng: np.random.Generator, *, villages: int, relief: Relief) -> Terrain:
    """Make the ground of a county.

    Parameters
    ----------
    rng
        The random numbers.
    villages
        Number of villages, which sets the area.
    relief
        ``"mixed"`` tilts from mountains in the west to a plain in the east.

    Returns
    -------
    Terrain
        The ground.
    """
    width = float(np.sqrt(villages * AREA_PER_VILLAGE_M2 * 4 / 3 / 0.82))
    lattice = Lattice(
        rows=int(np.ceil(width * 0.75 / CELL_M)), cols=int(np.ceil(width / CELL_M)), cell_m=CELL_M
    )
    height = _heights(rng, lattice=lattice, relief=relief)
    north, east = np.gradient(height, CELL_M)
    corners = _outline(rng, lattice=lattice)
    inside = _within(lattice, corners)
    return Terrain(
        lattice=lattice,
        height=height,
        slope=np.hypot(north, east),
        inside=inside,
        core=binary_erosion(inside, iterations=3),
        cost=_edge_costs(height, inside, hindrance=rng.lognormal(0, HINDRANCE, height.shape)),
        waves=_waves(rng, km=(9, 16), push=0.11),
        border_waves=_waves(rng, km=(3, 7), push=0.12),
        corners=corners,
    )


def _heights(rng: np.random.Generator, *, lattice: Lattice, relief: Relief) -> Floats:
    """Fractal relief, weighted from mountain to plain."""
    shape = (lattice.rows, lattice.cols)
    ky = np.fft.fftfreq(shape[0], d=CELL_M)[:, None]
    kx = np.fft.rfftfreq(shape[1], d=CELL_M)[None, :]
    # Ranges and valleys are no longer than about 12 km, whatever the county's size.
    k = np.sqrt(kx**2 + ky**2 + (1 / 12_000) ** 2)
    noise = np.fft.irfft2(np.fft.rfft2(rng.normal(size=shape)) * k**-2.1, s=shape)
    gy, gx = np.gradient(noise, CELL_M)
    noise *= STEEP / np.sqrt(np.mean(gy**2 + gx**2))
    noise -= noise.min()
    across = np.linspace(0, 1, shape[1])[None, :] + 0.15 * np.linspace(-1, 1, shape[0])[:, None]
    weight = {
        "mixed": np.clip(1.15 - 1.5 * across, 0.06, 1.0),
        "plain": np.full_like(across, 0.05),
        "hills": np.clip(1.1 - 0.35 * across, 0.6, 1.0),
    }[relief]
    return np.asarray(noise * weight + 60 * weight, dtype=np.float64)


def _outline(rng: np.random.Generator, *, lattice: Lattice) -> Floats:
    """Corners of the county: a rounded rectangle with an uneven border."""
    turn = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    radius = (np.abs(np.cos(turn)) ** 4 + np.abs(np.sin(turn)) ** 4) ** -0.25
    uneven = sum(
        rng.normal(0, 0.045 / wave) * np.cos(wave * turn + rng.uniform(0, 2 * np.pi))
        for wave in range(3, 16)
    )
    radius = np.minimum(radius * (0.94 + uneven), 0.99 * radius)
    half = np.array([lattice.cols, lattice.rows]) * CELL_M / 2
    corners: Floats = np.column_stack([np.cos(turn), np.sin(turn)]) * radius[:, None] * half + half
    return corners


def _within(lattice: Lattice, corners: Floats) -> Flags:
    """Whether cells lie within the outline, which is star-shaped."""
    half = np.array([lattice.cols, lattice.rows]) * CELL_M / 2
    points = (lattice.xy(np.arange(lattice.size)) - half) / half
    edge = (corners - half) / half
    turn = np.mod(np.arctan2(points[:, 1], points[:, 0]), 2 * np.pi)
    at = np.mod(np.arctan2(edge[:, 1], edge[:, 0]), 2 * np.pi)
    order = np.argsort(at)
    limit = np.interp(turn, at[order], np.hypot(edge[:, 0], edge[:, 1])[order], period=2 * np.pi)
    within = np.hypot(points[:, 0], points[:, 1]) < limit
    return np.asarray(within.reshape(lattice.rows, lattice.cols), dtype=np.bool_)


def _edge_costs(height: Floats, inside: Flags, *, hindrance: Floats) -> Floats:
    """Cost of every edge by its grade; infinite outside the county."""
    cost = np.full((len(STEPS), *height.shape), np.inf)
    for number, (down, right) in enumerate(STEPS):
        here = (
            slice(0, height.shape[0] - down),
            slice(max(-right, 0), height.shape[1] - max(right, 0)),
        )
        there = (
            slice(down, height.shape[0]),
            slice(max(right, 0), height.shape[1] + min(right, 0)),
        )
        length = CELL_M * np.hypot(down, right)
        grade = (height[there] - height[here]) / length
        both = inside[there] & inside[here]
        price = length * (1 + (grade / GRADE_SCALE) ** 2)
        price = price * (hindrance[here] + hindrance[there]) / 2
        cost[number][here] = np.where(both, price, np.inf)
    return cost


def _push(xy: Floats, waves: Floats) -> Floats:
    """How far waves push points."""
    push = np.zeros_like(xy)
    for kx, ky, shift, ax, ay in waves:
        wave = np.sin(kx * xy[:, 0] + ky * xy[:, 1] + shift)
        push += wave[:, None] * np.array([ax, ay])
    return push


def _waves(rng: np.random.Generator, *, km: tuple[int, int], push: float) -> Floats:
    """Waves of some lengths whose push stays far from folding the map."""
    turn = rng.uniform(0, 2 * np.pi, 4)
    number = 2 * np.pi / (1_000 * rng.uniform(*km, 4))
    toward = rng.uniform(0, 2 * np.pi, 4)
    amplitude = push / number
    return np.column_stack(
        [
            number * np.cos(turn),
            number * np.sin(turn),
            rng.uniform(0, 2 * np.pi, 4),
            amplitude * np.cos(toward),
            amplitude * np.sin(toward),
        ]
    )
