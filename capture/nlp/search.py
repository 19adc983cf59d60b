"""The rows nearest to one: each is looked at up to 200,000, a few cells of them beyond."""

from collections.abc import Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

# Looking at each of so many rows takes some ten milliseconds.
EXACT = 200_000
# An inverted file (Sivic and Zisserman 2003): rows are put in cells around means, and only the
# cells nearest to what is asked are looked at. At 400,000 needs, 64 of 2,500 cells hold 99.9 % of
# the twenty nearest. A graph of neighbours (HNSW) holds 98.6 % and takes six times as long to make.
_CELLS_BY_ROOT = 4
_CELLS_LOOKED_AT = 64
_SAMPLED = 100_000


class NearestRows:
    """Unit rows known by an id, and those nearest to another row.

    Rows put since cells were last drawn are looked at one by one, until there are `exact` of them.
    """

    def __init__(self, *, width: int, exact: int = EXACT) -> None:
        self._exact = exact
        self._ids = np.zeros(0, dtype=np.int64)
        self._rows = np.zeros((0, width), dtype=np.float32)
        self._place: dict[int, int] = {}
        self._cells: faiss.IndexIVFFlat | None = None
        self._drawn = 0
        self._changed: set[int] = set()

    def put(self, ids: Sequence[int], rows: NDArray[np.float32]) -> None:
        """Add n rows (n, width), or put them in place of those of the same ids."""
        new = [rank for rank, each in enumerate(ids) if each not in self._place]
        self._make_room(len(self._place) + len(new))
        for rank in new:
            self._place[int(ids[rank])] = len(self._place)
        places = np.array([self._place[int(each)] for each in ids], dtype=np.intp)
        self._ids[places] = ids
        self._rows[places] = rows
        self._changed.update(places[places < self._drawn].tolist())
        if len(self._place) - self._drawn + len(self._changed) > self._exact:
            self._draw_cells()

    def nearest(
        self, row: NDArray[np.float32], *, count: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the ids of the rows nearest to one, the nearest first, and those rows."""
        known = len(self._place)
        places = self._near(row, count)
        likeness = self._rows[places] @ row
        if self._drawn < known:
            likeness = np.concatenate([likeness, self._rows[self._drawn : known] @ row])
            places = np.concatenate([places, np.arange(self._drawn, known)])
        # Of rows as near, the last put comes first.
        chosen = _largest(likeness, count)
        chosen = chosen[np.lexsort((-places[chosen], -likeness[chosen]))]
        return self._ids[places[chosen]], self._rows[places[chosen]]

    def _near(self, row: NDArray[np.float32], count: int) -> NDArray[np.intp]:
        """Return places among those drawn: in the cells nearest, and of rows changed since."""
        if self._cells is None:
            return np.zeros(0, dtype=np.intp)
        found = self._cells.search(row[None], count)[1][0]
        return np.union1d(found[found >= 0], np.array(sorted(self._changed), dtype=np.intp))

    def _draw_cells(self) -> None:
        known = len(self._place)
        rows = self._rows[:known]
        cells = max(1, int(_CELLS_BY_ROOT * np.sqrt(known)))
        drawn = faiss.IndexIVFFlat(
            faiss.IndexFlatIP(rows.shape[1]), rows.shape[1], cells, faiss.METRIC_INNER_PRODUCT
        )
        drawn.cp.min_points_per_centroid = 1
        drawn.nprobe = _CELLS_LOOKED_AT
        drawn.train(rows[:: -(-known // _SAMPLED)])
        drawn.add(rows)
        self._cells, self._drawn, self._changed = drawn, known, set()

    def _make_room(self, count: int) -> None:
        if count <= len(self._ids):
            return
        # Half as much again, so that rows put one by one are not copied each time.
        room = max(count, len(self._ids) * 3 // 2)
        ids = np.zeros(room, dtype=np.int64)
        rows = np.zeros((room, self._rows.shape[1]), dtype=np.float32)
        known = len(self._place)
        ids[:known], rows[:known] = self._ids[:known], self._rows[:known]
        self._ids, self._rows = ids, rows


def _largest(values: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    if len(values) <= count:
        return np.arange(len(values))
    chosen: NDArray[np.intp] = np.argpartition(-values, count - 1)[:count]
    return chosen
