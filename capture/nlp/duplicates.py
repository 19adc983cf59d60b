"""Needs that say the same thing: the kind of project they call for, the words they share and those
they do not, place and age.

Two thresholds: the same need told again, and another need on the same theme. Which needs may be
shown at all (not hidden, not one's own, not refused before) is the caller's to decide.
"""

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.nlp.compared_words import ComparedWords
from capture.nlp.same_need import Measures, load_same_need
from capture.nlp.vectorise import Vectoriser
from capture.nlp.words import fold, load_words, stop_words

# On folds of pairs half of which are made to deceive (`training/told_pairs.jsonl`), more than eight
# in ten shown from `RELATED` are the same need and 98 in a hundred from `SAME`; of those shown
# beside unlearnt needs (`needs_dev`), nearly half and six in ten are of one group.
SAME, RELATED = 0.7, 0.45
# The words of so many needs, the nearest by their kinds, are compared.
_COMPARED = 20
_MOST_WORDS = 4


class LikenessKind(enum.StrEnum):
    """Why a need is shown beside another."""

    SAME = "same"
    RELATED = "related"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A need that may be shown: its words, commune (INSEE code), age and unit row of kinds (r,)."""

    id: int
    text: str
    commune: str | None
    months_ago: float
    kinds: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike a candidate is (0–1), as what, and the telling words that both texts use."""

    id: int
    likeness: float
    kind: LikenessKind
    common_words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """What place and age take from a likeness: the same words elsewhere or long ago are less so."""

    other_commune: float = 0.03
    per_year: float = 0.01
    most: float = 0.15


def near_duplicates(
    text: str,
    kinds: NDArray[np.float32],
    commune: str | None,
    candidates: Sequence[Candidate],
    limit: int = 3,
    *,
    vectoriser: Vectoriser,
    same: float = SAME,
    related: float = RELATED,
    nearness: Nearness = Nearness(),
) -> list[Likeness]:
    """Return the candidates most like a text, at most `limit`, the most alike first.

    A likeness is how likely both tell the same need, by the words of each and the kinds of project,
    whose unit row is `kinds` (r,) for the text (vectors may stand for kinds that are not known).
    `same` and `related` are the least likeness of each kind, after place and age.
    """
    if not candidates:
        return []
    cosine = np.stack([candidate.kinds for candidate in candidates]) @ kinds
    nearest = np.argsort(-cosine, kind="stable")[:_COMPARED]
    compared = [candidates[int(place)] for place in nearest]
    written, *others = [telling_words(each) for each in (text, *(one.text for one in compared))]
    words = ComparedWords([each.keys() for each in (written, *others)], vectoriser)
    found: list[Likeness] = []
    for candidate, other, near in zip(compared, others, cosine[nearest], strict=True):
        measures = measures_of(words, written, other, float(near))
        # A text without a word that tells something is like nothing.
        said = load_same_need().probability(measures) if written and other else 0.0
        likeness = said - _distance(candidate, commune, nearness)
        if likeness >= related:
            found.append(
                Likeness(
                    id=candidate.id,
                    likeness=likeness,
                    kind=LikenessKind.SAME if likeness >= same else LikenessKind.RELATED,
                    common_words=_common(written, other),
                )
            )
    found.sort(key=lambda item: (-item.likeness, item.id))
    return found[:limit]


def measures_of(
    words: ComparedWords, one: Collection[str], other: Collection[str], kinds: float
) -> Measures:
    """Return what tells whether two texts, given by the lemmas that carry a theme, tell one need;
    `kinds` is the cosine of their kinds of project.
    """
    return Measures(
        kinds=min(1.0, max(0.0, kinds)),
        unshared=words.likeness_of_unshared(one, other),
        shared=words.shared(one, other),
    )


def _distance(candidate: Candidate, commune: str | None, nearness: Nearness) -> float:
    other = bool(commune and candidate.commune and commune != candidate.commune)
    elsewhere = nearness.other_commune if other else 0.0
    years = max(0.0, candidate.months_ago) / 12
    return min(nearness.most, elsewhere + nearness.per_year * years)


def telling_words(text: str) -> dict[str, str]:
    """Return lemma → word as written, for the words that carry a theme, in order."""
    silent = stop_words()
    telling: dict[str, str] = {}
    for start, end, lemma in load_words().words(text):
        if fold(lemma) not in silent:
            telling.setdefault(lemma, text[start:end])
    return telling


def _common(one: dict[str, str], other: dict[str, str]) -> tuple[str, ...]:
    return tuple(word for lemma, word in one.items() if lemma in other)[:_MOST_WORDS]
