"""How near two places are, from one commune outwards: needs lived near each other are often one."""

import numpy as np
from numpy.typing import NDArray

_EARTH_KM = 6371.0
# Where nearness has fallen to a third: the width of two or three intercommunalités.
_REACH_KM = 40.0


def place_nearness(places: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return (n, m) nearness exp(-km / 40) of places, (n, 2) and (m, 2) degrees north and east.

    A place not known (NaN) is near nothing. Distances are those of the chord, which is the arc to
    a metre at the size of a région.
    """
    chord = np.sqrt(np.maximum(2 - 2 * _directions(places) @ _directions(others).T, 0))
    near = np.exp(chord * (-_EARTH_KM / _REACH_KM), dtype=np.float64).astype(np.float32)
    near[np.isnan(places).any(axis=1)] = 0
    near[:, np.isnan(others).any(axis=1)] = 0
    nearness: NDArray[np.float32] = near
    return nearness


def _directions(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, 3) unit rows from the middle of the Earth; any for a place not known."""
    north, east = np.radians(np.nan_to_num(places)).T
    return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], 1)
