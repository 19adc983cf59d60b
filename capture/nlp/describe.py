"""What a group is about, in the words of its members: a title, key words, the most typical quotes.

Nothing is written by the machine: every word shown was said by somebody.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from capture.nlp.titles import Phrase, best_title, phrases_of
from capture.nlp.words import fold, stop_words

_KEYWORDS = 8
_QUOTES = 3
_SHORT_QUOTE, _LONG_QUOTE = 25, 160
# A word that one need alone says is rarely what a group is about, however rare it is elsewhere.
_SAID_ONCE = 0.35
# A title is looked for in the words of that many of the most typical members.
_READ_FOR_TITLE = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A need of a group as needed to describe it."""

    id: int
    text: str
    lemmas: Sequence[str]
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A title of a few French words, key words with how many needs say them, typical needs."""

    title: str
    keywords: Mapping[str, int]
    typical: tuple[int, ...]


def describe(groups: Mapping[int, Sequence[Member]]) -> dict[int, Description]:
    """Describe each group (key → members, at least one); no two titles are alike."""
    counts = {key: _needs_saying(members) for key, members in groups.items()}
    weights = class_weights(counts)
    taken: set[str] = set()
    described: dict[int, Description] = {}
    for key in sorted(groups, key=lambda key: (-len(groups[key]), key)):
        members, telling = groups[key], weights[key]
        typical = _typical(members)
        phrases = _phrases(members, typical)
        title = best_title(phrases, telling, taken)
        taken.add(fold(title))
        described[key] = Description(
            title=title,
            keywords=_keywords(members, telling, counts[key]),
            typical=tuple(members[row].id for row in typical[:_QUOTES]),
        )
    return described


def class_weights(counts: Mapping[int, Mapping[str, int]]) -> dict[int, dict[str, float]]:
    """Return the weight of each word in each group by class-based TF-IDF.

    The formula is BERTopic's (Grootendorst 2022, arXiv 2203.05794, eq. 2): frequency in the group ×
    log(1 + mean number of words of a group / frequency everywhere); a need says a word once, and
    a word said by one need only is discounted.
    """
    everywhere: Counter[str] = Counter()
    for group in counts.values():
        everywhere.update(group)
    mean = sum(everywhere.values()) / max(1, len(counts))
    rarity = {word: float(np.log1p(mean / count)) for word, count in everywhere.items()}
    return {
        key: {
            word: count * rarity[word] * (_SAID_ONCE if count == 1 else 1.0)
            for word, count in group.items()
        }
        for key, group in counts.items()
    }


def _needs_saying(members: Sequence[Member]) -> Counter[str]:
    return Counter(word for member in members for word in set(_telling(member.lemmas)))


def _telling(lemmas: Sequence[str]) -> Iterator[str]:
    return (plain for lemma in lemmas if (plain := _told(lemma)))


@lru_cache(maxsize=100_000)
def _told(lemma: str) -> str:
    """Return the lemma without accents, nothing if it tells nothing."""
    plain = fold(lemma)
    tells = len(plain) > 2 and not plain[0].isdigit() and plain not in stop_words()
    return plain if tells else ""


def _typical(members: Sequence[Member]) -> list[int]:
    """Return places by closeness to the middle of the group, easy to read first, repeats last."""
    vectors = np.stack([member.vector for member in members])
    closeness = np.round(vectors @ vectors.mean(axis=0), 4)
    worth = [near * _ease(member.text) for near, member in zip(closeness, members, strict=True)]
    order = sorted(range(len(members)), key=lambda row: (-worth[row], members[row].id))
    first_said: dict[tuple[str, ...], int] = {}
    for row in order:
        first_said.setdefault(tuple(_telling(members[row].lemmas)), row)
    own = set(first_said.values())
    return [row for row in order if row in own] + [row for row in order if row not in own]


def _ease(text: str) -> float:
    """Return how well a quote reads alone: 1 for one sentence, less for scraps and speeches."""
    if len(text) < _SHORT_QUOTE:
        return 0.8
    return max(0.5, 1 - max(0, len(text) - _LONG_QUOTE) / 600)


def _phrases(members: Sequence[Member], typical: Sequence[int]) -> list[Phrase]:
    return [
        phrase
        for rank, row in enumerate(typical[:_READ_FOR_TITLE])
        for phrase in phrases_of(members[row].text, rank=rank)
    ]


def _keywords(
    members: Sequence[Member], telling: Mapping[str, float], counts: Mapping[str, int]
) -> dict[str, int]:
    best = sorted(telling, key=lambda word: (-telling[word], word))[:_KEYWORDS]
    wanted = set(best)
    written: dict[str, Counter[str]] = {word: Counter() for word in best}
    for member in members:
        for lemma in member.lemmas:
            plain = _told(lemma)
            if plain in wanted:
                written[plain][lemma] += 1
    shown: dict[str, int] = {}
    for word in best:
        usual = min(written[word], key=lambda lemma: (-written[word][lemma], lemma))
        shown.setdefault(usual, counts[word])
    return shown
