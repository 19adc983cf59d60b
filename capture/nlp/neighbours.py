"""Neighbour graph of many rows, and its cut into communities small enough to compare.

Nothing here knows what a row stands for.
"""

import igraph
import leidenalg
import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

_ROWS_AT_ONCE = 512
# Means are looked for among that many rows, then every row goes to the nearest.
_SAMPLE = 20_000
_TURNS = 8


def nearest_rows(
    rows: NDArray[np.float32], *, neighbours: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return the (n, k) nearest other rows of each row by dot product and their likeness."""
    count = len(rows)
    kept = min(neighbours, count - 1)
    nearest = np.zeros((count, kept), dtype=np.intp)
    likeness = np.zeros((count, kept), dtype=np.float32)
    for start in range(0, count, _ROWS_AT_ONCE):
        block = rows[start : start + _ROWS_AT_ONCE] @ rows.T
        own = np.arange(len(block))
        block[own, start + own] = -np.inf
        chosen = np.argpartition(-block, kept - 1, axis=1)[:, :kept]
        chosen.sort(axis=1)
        nearest[start : start + len(block)] = chosen
        likeness[start : start + len(block)] = np.take_along_axis(block, chosen, axis=1)
    return nearest, likeness


def communities(
    rows: NDArray[np.float32], *, neighbours: int, most: int, seed: int, compared: int = 30_000
) -> list[NDArray[np.intp]]:
    """Return the rows cut into communities of at most `most`, by Leiden on the neighbour graph.

    Traag, Waltman and van Eck 2019; the quality is modularity. More than `compared` rows are first
    cut around means (MacQueen 1967), so that the cost grows with their number and not with its
    square. What cannot be cut is cut in the order of its rows.
    """
    waiting = [np.arange(len(rows))]
    done: list[NDArray[np.intp]] = []
    while waiting:
        members = waiting.pop()
        if len(members) <= most:
            done.append(members)
            continue
        own = rows[members]
        if len(members) > compared:
            labels = _around_means(own, count=-(-2 * len(members) // compared), seed=seed)
        else:
            labels = _partition(own, neighbours=neighbours, seed=seed)
        parts = [members[labels == label] for label in np.unique(labels)]
        if len(parts) == 1:
            parts = np.array_split(members, -(-len(members) // most))
        waiting.extend(parts)
    return sorted(done, key=lambda members: int(members[0]))


def _around_means(rows: NDArray[np.float32], *, count: int, seed: int) -> NDArray[np.intp]:
    """Return for each row the nearest of `count` means."""
    draw = np.random.default_rng(seed)
    some = draw.choice(len(rows), size=min(_SAMPLE, len(rows)), replace=False)
    means, _ = kmeans2(rows[np.sort(some)], count, iter=_TURNS, minit="++", rng=seed)
    labels = np.zeros(len(rows), dtype=np.intp)
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        # Of unit rows, the nearest mean is that of the largest dot product less half its square.
        labels[part] = (rows[part] @ means.T - (means**2).sum(axis=1) / 2).argmax(axis=1)
    return labels


def _partition(rows: NDArray[np.float32], *, neighbours: int, seed: int) -> NDArray[np.intp]:
    nearest, likeness = nearest_rows(rows, neighbours=neighbours)
    sources = np.repeat(np.arange(len(rows)), nearest.shape[1])
    positive = likeness.ravel() > 0
    graph = igraph.Graph(
        n=len(rows),
        edges=np.column_stack([sources, nearest.ravel()])[positive],
        edge_attrs={"weight": likeness.ravel()[positive].astype(float)},
    )
    graph.simplify(combine_edges="sum")
    found = leidenalg.find_partition(
        graph,
        leidenalg.ModularityVertexPartition,
        weights="weight",
        n_iterations=2,
        seed=seed,
    )
    return np.array(found.membership, dtype=np.intp)
