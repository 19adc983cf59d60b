"""How near rows are to rows that are known, and how the trained models keep these."""

import numpy as np
from numpy.typing import NDArray

_ROWS_AT_ONCE = 256


def nearness(rows: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the (n, m) nearness exp(-|x - s|²) of unit rows, 1 for the same row."""
    near: NDArray[np.float32] = rows @ known.T
    near -= 1
    near *= 2
    np.exp(near, out=near)
    return near


def pulled(
    rows: NDArray[np.float32], known: NDArray[np.float32], pulls: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the (n, r) sums of the pulls (m, r) of known rows, each as strong as it is near."""
    sums = np.zeros((len(rows), pulls.shape[1]), dtype=np.float32)
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        sums[part] = nearness(rows[part], known) @ pulls
    return sums


def packed_rows(rows: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Return rows as whole steps from -127 to 127 and the size of a step of each row (m, 1)."""
    steps = (np.abs(rows).max(axis=1, keepdims=True) / 127).astype(np.float16)
    safe = np.maximum(steps.astype(np.float32), 1e-7)
    return np.clip(np.rint(rows / safe), -127, 127).astype(np.int8), steps


def unpacked_rows(packed: NDArray[np.int8], steps: NDArray[np.float16]) -> NDArray[np.float32]:
    """Return the rows that were packed, to half a step."""
    rows: NDArray[np.float32] = packed.astype(np.float32) * steps.astype(np.float32)
    return rows
