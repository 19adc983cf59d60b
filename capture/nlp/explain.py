"""Why a need stands in its group: the words it shares, the needs nearest to it, the next group."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from capture.nlp.describe import Member
from capture.nlp.words import fold, stop_words

_TERMS = 5
_NEAREST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another need of the group and its cosine likeness to the one explained."""

    id: int
    likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Terms of the need that other members say, the most said first; its nearest members; and how
    much nearer it is to this group than to the next one (mean cosine, None without a next one)."""

    shared_terms: tuple[str, ...]
    nearest: tuple[Neighbour, ...]
    margin: float | None


def explain(need: Member, group: Sequence[Member], *, second: Sequence[Member] = ()) -> Explanation:
    """Return why `need` stands in `group`; it may itself be among the members."""
    others = [member for member in group if member.id != need.id]
    margin = _mean_likeness(need, others) - _mean_likeness(need, second) if second else None
    return Explanation(
        shared_terms=_shared_terms(need, others), nearest=_nearest(need, others), margin=margin
    )


def _mean_likeness(need: Member, members: Sequence[Member]) -> float:
    if not members:
        return 0.0
    return float(np.stack([member.vector for member in members]).mean(axis=0) @ need.vector)


def _nearest(need: Member, others: Sequence[Member]) -> tuple[Neighbour, ...]:
    found = [Neighbour(id=m.id, likeness=float(m.vector @ need.vector)) for m in others]
    found.sort(key=lambda neighbour: (-neighbour.likeness, neighbour.id))
    return tuple(found[:_NEAREST])


def _shared_terms(need: Member, others: Sequence[Member]) -> tuple[str, ...]:
    silent = stop_words()
    own = [lemma for lemma in dict.fromkeys(need.lemmas) if fold(lemma) not in silent]
    said = Counter(lemma for member in others for lemma in set(member.lemmas))
    shared = [lemma for lemma in own if said[lemma]]
    return tuple(sorted(shared, key=lambda lemma: (-said[lemma], own.index(lemma)))[:_TERMS])
