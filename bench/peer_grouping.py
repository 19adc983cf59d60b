"""How others group short texts, with the parameters that they publish; same seed for all."""

import warnings
from functools import cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.cluster import KMeans

from bench.peers import package

_SEED = 42
_NEIGHBOURS = 15


def by_kmeans(rows: NDArray[np.float32] | csr_matrix, *, k: int) -> NDArray[np.int64]:
    """Return k groups by k-means (Lloyd 1982; scikit-learn, ten starts)."""
    groups = KMeans(n_clusters=min(k, rows.shape[0]), n_init=10, random_state=_SEED)
    labels: NDArray[np.int64] = groups.fit_predict(rows).astype(np.int64)
    return labels


def projected(vectors: NDArray[np.float32], *, dimensions: int) -> NDArray[np.float32]:
    """Return the rows in few dimensions (UMAP; McInnes, Healy and Melville 2018).

    In two, with UMAP's defaults, as Kouchou-AI (broadlistening) before k-means; in five, packed and
    by cosine, as BERTopic (Grootendorst 2022) before HDBSCAN.
    """
    neighbours = min(_NEIGHBOURS, len(vectors) - 1)
    if len(vectors) <= dimensions + 2:
        return vectors
    reducer = _umap().UMAP(
        n_components=dimensions,
        n_neighbors=neighbours,
        metric="euclidean" if dimensions == 2 else "cosine",
        min_dist=0.1 if dimensions == 2 else 0.0,
        random_state=_SEED,
        n_jobs=1,  # a seed allows one worker only
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a peer says of its own inside is not ours to fix
        rows: NDArray[np.float32] = reducer.fit_transform(vectors)
    return rows


def by_density(rows: NDArray[np.float32], *, smallest: int) -> NDArray[np.int64]:
    """Return the dense groups of HDBSCAN (Campello, Moulavi and Sander 2013), -1 where sparse."""
    hdbscan = package("hdbscan", name="hdbscan")
    if len(rows) < 2:
        return np.full(len(rows), -1)
    groups = hdbscan.HDBSCAN(
        min_cluster_size=min(smallest, len(rows)),
        metric="euclidean",
        cluster_selection_method="eom",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        labels: NDArray[np.int64] = groups.fit_predict(rows).astype(np.int64)
    return labels


@cache
def warm_up() -> None:
    """Let UMAP compile itself, so that its seconds are those of the work."""
    umap = _umap()
    rows = np.random.default_rng(_SEED).normal(size=(300, 8)).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for dimensions, metric in ((2, "euclidean"), (5, "cosine")):
            for large in (False, True):  # beyond 4,096 rows neighbours are searched otherwise
                umap.UMAP(
                    n_components=dimensions,
                    metric=metric,
                    force_approximation_algorithm=large,
                    random_state=_SEED,
                    n_jobs=1,
                ).fit_transform(rows)
    package("hdbscan", name="hdbscan")


def _umap() -> ModuleType:
    return package("umap", name="umap-learn")
