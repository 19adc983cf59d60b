"""Why a need stands in its group: the words it shares, the needs nearest to it, the next group, and
whether its words or the kind of project that it calls for brought it there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.nlp.kinds import compared_rows
from capture.nlp.words import fold, stop_words

_TERMS = 5
_NEAREST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A need of a group with what it is compared by: `vector` (d,) and `kinds` (r,), r being 0 when
    kinds of project are not known."""

    id: int
    lemmas: Sequence[str]
    vector: NDArray[np.float32]
    kinds: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another need of the group and how alike it is to the one explained."""

    id: int
    likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Terms of the need that other members say, the most said first; its nearest members.

    `margin` is how much nearer it is to this group than to the next one (mean likeness, None
    without a next one); `same_words` and `same_kind` are its mean likeness to the others by their
    words and by the kind of project called for (None when kinds are not known, 0 when alone).
    """

    shared_terms: tuple[str, ...]
    nearest: tuple[Neighbour, ...]
    margin: float | None
    same_words: float
    same_kind: float | None


def explain(
    need: Compared, group: Sequence[Compared], *, second: Sequence[Compared] = ()
) -> Explanation:
    """Return why `need` stands in `group`; it may itself be among the members."""
    others = [member for member in group if member.id != need.id]
    vectors = np.stack([member.vector for member in (need, *others, *second)])
    kinds = np.stack([member.kinds for member in (need, *others, *second)])
    rows = compared_rows(vectors, kinds)
    alike = rows[1:] @ rows[0]
    inside, outside = alike[: len(others)], alike[len(others) :]
    order = sorted(range(len(others)), key=lambda place: (-inside[place], others[place].id))
    return Explanation(
        shared_terms=_shared_terms(need, others),
        nearest=tuple(
            Neighbour(id=others[place].id, likeness=float(inside[place]))
            for place in order[:_NEAREST]
        ),
        margin=_mean(inside) - _mean(outside) if second else None,
        same_words=_mean(vectors[1 : len(others) + 1] @ vectors[0]),
        same_kind=max(0.0, _mean(kinds[1 : len(others) + 1] @ kinds[0])) if kinds.size else None,
    )


def _mean(values: NDArray[np.float32]) -> float:
    return float(values.mean()) if len(values) else 0.0


def _shared_terms(need: Compared, others: Sequence[Compared]) -> tuple[str, ...]:
    silent = stop_words()
    own = [lemma for lemma in dict.fromkeys(need.lemmas) if fold(lemma) not in silent]
    said = Counter(lemma for member in others for lemma in set(member.lemmas))
    shared = [lemma for lemma in own if said[lemma]]
    return tuple(sorted(shared, key=lambda lemma: (-said[lemma], own.index(lemma)))[:_TERMS])
