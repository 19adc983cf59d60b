"""What size costs: vectorising, grouping, searching and memory from a thousand needs to a million.

Each size is measured in a process of its own, so that its peak of memory is its own.
"""

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import TypeVar

import numpy as np
import typer
from numpy.typing import NDArray

from bench.answers import Answer, Table
from bench.engine import compared_in_parts, grouping_of, load_engine
from bench.gold import read_texts
from bench.likeness import candidate
from bench.measures import percentile
from bench.peer_grouping import by_density, projected, warm_up
from bench.peers import PeerAbsentError
from bench.texts import demonstration_texts, many_texts, set_aside
from capture.nlp.cluster import Points
from capture.nlp.duplicates import near_duplicates
from capture.nlp.language import Language
from capture.nlp.search import NearestRows
from capture.nlp.vectorise import load_vectoriser
from capture.queries.similar import LOOKED_AT, SHOWN

# Recall is that of so many.
_NEAREST = 20
# Mixtures of fewer texts are so near each other that any index finds the nearest.
_VARIED = 5_000
_DENSE_SIZE = 10
# Two sums of the same products may differ by so much.
_SAME = 1e-5
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds of the engine for n needs, peak of its process, time of a search for the like.

    `kinds_s` is the reading of kinds of project, done once for each need as it arrives;
    `similar_recall` is the share of the twenty nearest that a search finds, for texts that are not
    among the needs; `index_s` the seconds until it can be asked. `written` texts were mixed.
    """

    n: int
    written: int
    vectorise_s: float
    kinds_s: float
    group_s: float
    groups: int
    peak_mib: float
    similar_p95_ms: float
    similar_recall: float
    index_s: float


def sizes_in(told: str) -> list[int]:
    """Return the numbers of needs in « 1000,10000 »; raises ``typer.BadParameter``."""
    sizes = []
    for size in told.split(","):
        if not size.strip().isdecimal() or int(size) < 1:
            raise typer.BadParameter(
                f"--n {told} : « {size} » n’est pas une taille. Donnez des nombres d’au moins 1,"
                " sans espace entre les chiffres, séparés par des virgules : 1000,10000."
            )
        sizes.append(int(size))
    return sizes


def measure_scale(sizes: Sequence[int], path: Path | None, *, peer_most: int) -> Answer:
    """Measure each size; the peer (UMAP-5D + HDBSCAN, our vectors) up to `peer_most` needs."""
    if path is not None:
        read_texts(path)  # what cannot be read is said before a process is started
    costs = [_in_own_process(cost_of, size, path) for size in sizes]
    peers = [
        _in_own_process(peer_seconds, size, path) if size <= peer_most else None for size in sizes
    ]
    return Answer(
        key="scale",
        figures=[
            asdict(cost)
            | {
                "vectorised_per_s": _per_s(cost),
                "group_us_per_n_log_n": _per_n_log_n(cost),
                "peer_s": peer if isinstance(peer, float) else None,
                "peer_absent": peer if isinstance(peer, str) else None,
            }
            for cost, peer in zip(costs, peers, strict=True)
        ],
        tables=cost_tables(costs, peers),
    )


def cost_of(size: int, path: Path | None) -> Cost:
    """Measure the engine on one size, in this process."""
    asked, written = set_aside(demonstration_texts() if path is None else read_texts(path))
    language = load_engine()
    texts = many_texts(written, size)
    # A mixture is given the sector of the need that opens it, or reading would hide the rest.
    opened = max(text.like for text in texts) + 1
    sectors = [reading.sector.subject for reading in language.read(written[:opened])]
    words = [text.words for text in texts]
    started = time.perf_counter()
    vectors = language.vectoriser.vectors(words)
    vectorised = time.perf_counter()
    compared = compared_in_parts(language, words, vectors)
    ready = time.perf_counter()
    points = Points(
        ids=np.arange(1, size + 1),
        vectors=compared,
        sectors=tuple(sectors[text.like] for text in texts),
    )
    grouping = grouping_of(points, language.parameters)
    grouped = time.perf_counter()
    peak = round(getrusage(RUSAGE_SELF).ru_maxrss / 1024, 1)
    search = NearestRows(width=vectors.shape[1])
    search.put(range(size), vectors)
    indexed = time.perf_counter()
    return Cost(
        n=size,
        written=len(written),
        vectorise_s=round(vectorised - started, 3),
        kinds_s=round(ready - vectorised, 3),
        group_s=round(grouped - ready, 3),
        groups=int(grouping.labels.max(initial=-1)) + 1,
        similar_p95_ms=_search_p95(asked, words, search, compared[:, vectors.shape[1] :], language),
        similar_recall=_search_recall(language.vectoriser.vectors(asked), vectors, search),
        index_s=round(indexed - grouped, 3),
        peak_mib=peak,
    )


def peer_seconds(size: int, path: Path | None) -> float | str:
    """Return the seconds of UMAP-5D + HDBSCAN on our vectors, or why there are none."""
    written = demonstration_texts() if path is None else read_texts(path)
    vectors = load_vectoriser().vectors([text.words for text in many_texts(written, size)])
    try:
        warm_up()
        started = time.perf_counter()
        by_density(projected(vectors, dimensions=5), smallest=_DENSE_SIZE)
    except PeerAbsentError as absent:
        return str(absent)
    return round(time.perf_counter() - started, 3)


def _search_p95(
    asked: Sequence[str],
    words: Sequence[str],
    search: NearestRows,
    kinds: NDArray[np.float32],
    language: Language,
) -> float:
    """Return the milliseconds, text to needs shown, that 95 searches in 100 stay under.

    The search is over every need, then the kinds (n, r) and the words of the nearest are compared:
    what a page does within its département, the other readings and the database aside.
    """
    spent = []
    for text in asked:
        started = time.perf_counter()
        told = language.vectoriser.vectors([text])
        called = language.kinds_of([text], told)[0]
        ids, _ = search.nearest(told[0], count=LOOKED_AT)
        candidates = [candidate(one, words[one], kinds[one]) for one in ids.tolist()]
        near_duplicates(text, called, None, candidates, limit=SHOWN, vectoriser=language.vectoriser)
        spent.append((time.perf_counter() - started) * 1000)
    return round(percentile(spent, 0.95), 3)


def _search_recall(
    asked: NDArray[np.float32], vectors: NDArray[np.float32], search: NearestRows
) -> float:
    """Return the share of the nearest that are found; one as near as the last of them counts."""
    shares = []
    for row in asked:
        likeness = vectors @ row
        count = min(_NEAREST, len(likeness))
        least = np.partition(likeness, -count)[-count]
        found = search.nearest(row, count=count)[0]
        shares.append(float((likeness[found] >= least - _SAME).mean()))
    return round(float(np.mean(shares)), 4)


def _in_own_process(
    measure: Callable[[int, Path | None], Result], size: int, path: Path | None
) -> Result:
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, size, path).result()


def _per_s(cost: Cost) -> int | None:
    """Texts vectorised in a second; None when there were too few to take a millisecond."""
    return round(cost.n / cost.vectorise_s) if cost.vectorise_s else None


def _per_n_log_n(cost: Cost) -> float:
    """Microseconds of grouping over n log₂ n: it stays level when the cost grows no faster."""
    return round(1e6 * cost.group_s / (cost.n * math.log2(max(cost.n, 2))), 4)


def _notes(costs: Sequence[Cost]) -> list[str]:
    notes = [
        "mémoire : à lire sans les références, dont une amène torch, que spaCy charge alors",
        "retrouvés : pour des textes absents de l’index",
    ]
    written = min(cost.written for cost in costs)
    if written < _VARIED:
        notes.append(
            f"{written} textes mélangés, trop peu variés pour juger d’un index (--needs en donne)"
        )
    return notes


def cost_tables(costs: Sequence[Cost], peers: Sequence[float | str | None]) -> tuple[Table, Table]:
    """Two tables, so that each holds in the width of a terminal."""
    absent = next((peer for peer in peers if isinstance(peer, str)), None)
    grouping = Table(
        title="Coût selon la taille : lire et regrouper",
        note=f"UMAP + HDBSCAN : {absent or 'la référence, sur nos vecteurs'}",
        columns=(
            "besoins",
            "vecteurs (s)",
            "par seconde",
            "natures (s)",
            "groupes (s)",
            "µs / n log n",
            "UMAP + HDBSCAN (s)",
        ),
        rows=[
            (
                cost.n,
                cost.vectorise_s,
                _per_s(cost),
                cost.kinds_s,
                cost.group_s,
                _per_n_log_n(cost),
                None if isinstance(peer, str) else peer,
            )
            for cost, peer in zip(costs, peers, strict=True)
        ],
    )
    searching = Table(
        title="Coût selon la taille : chercher, et mémoire",
        note=" ; ".join(_notes(costs)),
        columns=(
            "besoins",
            "groupes",
            "mémoire (Mio)",
            "recherche p95 (ms)",
            "retrouvés",
            "index (s)",
        ),
        rows=[
            (
                cost.n,
                cost.groups,
                cost.peak_mib,
                cost.similar_p95_ms,
                cost.similar_recall,
                cost.index_s,
            )
            for cost in costs
        ],
    )
    return grouping, searching
