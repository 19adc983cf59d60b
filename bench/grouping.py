"""Are the groups those of a reader? The engine and every peer on the same texts in the same run.

The sectors and groups of the file are never shown to the engine: it reads the sectors itself.
`learnt` of the `n` needs were taught with their sector and `learnt_groups` with their group, when
the shipped models were trained: figures on those are not of unseen texts.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import typer
from numpy.typing import NDArray

from bench.answers import Answer, Figures
from bench.engine import grouping_at, grouping_of, load_engine, points_of
from bench.gold import GoldSet, read_gold
from bench.grouping_means import At, Measured, means, table
from bench.learnt import load_learnt
from bench.measures import grouping_figures
from bench.peer_grouping import by_density, by_kmeans, projected, warm_up
from bench.peers import PeerAbsentError, minilm_vectors, word_rows
from capture.nlp.language import Language
from capture.nlp.sectors import Sector

# BERTopic's own least size of a topic, and the least size of our groups: the kinder one counts.
_DENSE_SIZES = (10, 2)
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is given (every text) and what is scored (the places of needs that have a group)."""

    texts: Sequence[str]
    scored: NDArray[np.intp]
    gold: Sequence[str]

    @property
    def k(self) -> int:
        """How many groups the reader made."""
        return len(set(self.gold))


def measure_grouping(paths: Sequence[Path], *, with_noise: bool) -> Answer:
    """Measure the engine and the peers on gold files, set by set, then on average."""
    told, left_out = _comparable(read_gold(paths))
    if not told:
        names = ", ".join(str(path) for path in paths)
        raise typer.BadParameter(
            f"{names} : il faut au moins deux besoins qui ont un « group » dans une même question."
        )
    language = load_engine()
    sets = [(one.name, _measure_set(language, _asked(one, with_noise=with_noise))) for one in told]
    whole = means([measured for _name, measured in sets])
    figures: Figures = {**whole.as_json(), "left_out": left_out}
    if len(sets) > 1:
        figures["sets"] = [{"name": name, **measured.as_json()} for name, measured in sets]
    title = f"{whole.scored} besoins, {whole.groups} groupes, {len(sets)} question(s)"
    tables = [table(whole, title=title, left_out=left_out)]
    if len(sets) > 1:
        tables += [table(measured, title=name) for name, measured in sets]
    return Answer(key="grouping", figures=figures, tables=tuple(tables))


def _comparable(sets: Sequence[GoldSet]) -> tuple[list[GoldSet], list[str]]:
    """Return the sets in which two needs or more have a group, and the names of the others: a need
    alone is well grouped by any method.
    """
    counts = {one.name: sum(bool(need.group) for need in one.needs) for one in sets}
    return (
        [one for one in sets if counts[one.name] >= 2],
        [name for name, count in counts.items() if count < 2],
    )


def _asked(gold_set: GoldSet, *, with_noise: bool) -> _Asked:
    given = [need for need in gold_set.needs if with_noise or need.group]
    scored = [place for place, need in enumerate(given) if need.group]
    return _Asked(
        texts=[need.text for need in given],
        scored=np.array(scored, dtype=np.intp),
        gold=[given[place].group for place in scored],
    )


def _measure_set(language: Language, asked: _Asked) -> Measured:
    started = time.perf_counter()
    points = points_of(language, asked.texts)
    read = time.perf_counter()
    own = grouping_of(points, language.parameters).labels
    done = time.perf_counter()
    known = _as_many(asked, lambda k: grouping_at(points, k=k))
    scored, learnt = [asked.texts[place] for place in asked.scored], load_learnt()
    peers, absent = _peers(asked, language.vectoriser.vectors(asked.texts))
    return Measured(
        scored=len(scored),
        learnt=learnt.with_sector(scored),
        learnt_groups=learnt.with_group(scored),
        given=len(asked.texts),
        groups=asked.k,
        out_of_scope=sum(sector is Sector.HORS_CHAMP for sector in points.sectors),
        seconds=done - started,
        group_seconds=done - read,
        engine={
            "own_k": _figures(asked, own, done - started),
            "known_k": _figures(asked, known),
        },
        peers=peers,
        absent=absent,
    )


def _peers(asked: _Asked, ours: NDArray[np.float32]) -> tuple[dict[str, At], dict[str, str]]:
    """Return the figures of each peer, and why the others have none."""
    peers: dict[str, At] = {}
    absent: dict[str, str] = {}
    trials: tuple[tuple[str, Callable[[], dict[str, At]]], ...] = (
        ("tfidf_kmeans", partial(_of_words, asked)),
        ("ours_umap", partial(_of_vectors, asked, "ours", lambda: ours)),
        ("minilm_umap", partial(_of_vectors, asked, "minilm", lambda: minilm_vectors(asked.texts))),
    )
    for name, trial in trials:
        try:
            peers |= trial()
        except PeerAbsentError as missing:
            absent[name] = str(missing)
    return peers, absent


def _of_words(asked: _Asked) -> dict[str, At]:
    started = time.perf_counter()
    rows = word_rows(asked.texts)
    labels = _as_many(asked, lambda k: by_kmeans(rows, k=k))
    return {"tfidf_kmeans": {"known_k": _figures(asked, labels, time.perf_counter() - started)}}


def _of_vectors(
    asked: _Asked, name: str, vectors: Callable[[], NDArray[np.float32]]
) -> dict[str, At]:
    warm_up()
    rows = vectors()
    started = time.perf_counter()
    flat = projected(rows, dimensions=2)
    labels = _as_many(asked, lambda k: by_kmeans(flat, k=k))
    seconds = time.perf_counter() - started
    peers: dict[str, At] = {f"{name}_umap2_kmeans": {"known_k": _figures(asked, labels, seconds)}}
    started = time.perf_counter()
    few = projected(rows, dimensions=5)
    projecting = time.perf_counter() - started
    for smallest in _DENSE_SIZES:
        started = time.perf_counter()
        labels = by_density(few, smallest=smallest)
        seconds = projecting + time.perf_counter() - started
        peers[f"{name}_umap5_hdbscan_{smallest}"] = {"own_k": _figures(asked, labels, seconds)}
    return peers


def _as_many(asked: _Asked, group: Callable[[int], NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the groups asked for in the number that leaves as many as the reader's among the
    needs scored: more are asked for when other needs are given too.
    """
    wanted = asked.k
    for _ in range(_TRIES):
        labels = group(wanted)
        found = len(np.unique(labels[asked.scored]))
        if found >= asked.k:
            break
        wanted = min(len(asked.texts), math.ceil(wanted * asked.k / found))
    return labels


def _figures(
    asked: _Asked, labels: NDArray[np.int64], seconds: float | None = None
) -> dict[str, float]:
    figures: dict[str, float] = asdict(grouping_figures(asked.gold, labels[asked.scored]))
    return figures if seconds is None else figures | {"seconds": round(seconds, 3)}
