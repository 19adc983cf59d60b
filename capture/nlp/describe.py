"""What a group is about, in the words of its members: a title, key words, the most typical quotes.

Nothing is written by the machine: every word shown was said by somebody.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capture.nlp.parts import TELLING, Part, is_light, pieces_of
from capture.nlp.titles import alike_key, best_title, phrases_of, titles_of

_KEYWORDS = 8
_QUOTES = 3
_SHORT_QUOTE, _LONG_QUOTE = 25, 160
# A word that one need alone says is rarely what a group is about, however rare it is elsewhere.
_SAID_ONCE = 0.35
# A word of no table is a name or a slip, unless that many needs say it.
_MANY = 3
# That many nouns said by more than one need make a title without the others.
_NOUNS_ENOUGH = 3
# What a number or a courtesy weighs in a title, beside a word that tells something.
_LIGHT = 0.3
# A title is looked for in the words of that many of the most typical members.
_READ_FOR_TITLE = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A need of a group as needed to describe it; `text` tells neither who nor where.

    `is_quotable` is false for a need that nobody may read yet.
    """

    id: int
    text: str
    vector: NDArray[np.float32]
    is_quotable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A title of a few French words, key words with how many needs say them, typical needs."""

    title: str
    keywords: Mapping[str, int]
    typical: tuple[int, ...]


class _Said(NamedTuple):
    key: str
    lemma: str
    shown: str
    is_noun: bool
    is_known: bool


def describe(
    groups: Mapping[int, Sequence[Member]], *, taken: Iterable[str] = ()
) -> dict[int, Description]:
    """Describe each group (key → members, at least one); no two titles are alike, nor like one of
    those already `taken`."""
    said = {key: [_said(member.text) for member in members] for key, members in groups.items()}
    counts = {key: _needs_saying(own) for key, own in said.items()}
    weights = class_weights(counts)
    alike = {alike_key(title) for title in taken}
    described: dict[int, Description] = {}
    for key in sorted(groups, key=lambda key: (-len(groups[key]), key)):
        members, typical = groups[key], _typical(groups[key], said[key])
        texts = [members[row].text for row in typical[:_READ_FOR_TITLE]]
        title = best_title(_titles(texts, said[key], weights[key], counts[key]), alike)
        alike.add(alike_key(title))
        quotable = [members[row].id for row in typical if members[row].is_quotable]
        described[key] = Description(
            title=title,
            keywords=_keywords(said[key], weights[key], counts[key]),
            typical=tuple(quotable[:_QUOTES]),
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


def _said(text: str) -> tuple[_Said, ...]:
    return tuple(
        _as_said(
            piece.key,
            piece.lemma,
            piece.shown,
            is_noun=piece.part is Part.NOUN,
            is_known=piece.is_known,
        )
        for piece in pieces_of(text)
        if piece.part in TELLING
    )


@lru_cache(maxsize=100_000)
def _as_said(key: str, lemma: str, shown: str, *, is_noun: bool, is_known: bool) -> _Said:
    return _Said(key, lemma, shown, is_noun, is_known)


def _needs_saying(said: Sequence[Sequence[_Said]]) -> Counter[str]:
    """Count the needs that say each key; a word of no table may name somebody, unless many do."""
    counts = Counter(key for own in said for key in {word.key for word in own})
    known = {word.key for own in said for word in own if word.is_known}
    return Counter({key: many for key, many in counts.items() if many >= _MANY or key in known})


def _typical(members: Sequence[Member], said: Sequence[Sequence[_Said]]) -> list[int]:
    """Return places by closeness to the middle of the group, easy to read first, repeats last."""
    vectors = np.stack([member.vector for member in members])
    closeness = np.round(vectors @ vectors.mean(axis=0), 4)
    worth = [near * _ease(member.text) for near, member in zip(closeness, members, strict=True)]
    order = sorted(range(len(members)), key=lambda row: (-worth[row], members[row].id))
    first_said: dict[tuple[str, ...], int] = {}
    for row in order:
        first_said.setdefault(tuple(word.key for word in said[row]), row)
    own = set(first_said.values())
    return [row for row in order if row in own] + [row for row in order if row not in own]


def _ease(text: str) -> float:
    """Return how well a quote reads alone: 1 for one sentence, less for scraps and speeches."""
    if len(text) < _SHORT_QUOTE:
        return 0.8
    return max(0.5, 1 - max(0, len(text) - _LONG_QUOTE) / 600)


def _titles(
    texts: Sequence[str],
    said: Sequence[Sequence[_Said]],
    weights: Mapping[str, float],
    counts: Mapping[str, int],
) -> Iterator[str]:
    telling = {key: weight * (_LIGHT if is_light(key) else 1) for key, weight in weights.items()}
    nouns = _usual(
        (word.key, word.shown)
        for own in said
        for word in own
        if word.is_noun and word.key in weights and not is_light(word.key)
    )
    shared = {key: form for key, form in nouns.items() if counts[key] > 1}
    phrases = [phrases_of(text, pieces_of(text)) for text in texts]
    best = shared if len(shared) >= _NOUNS_ENOUGH else nouns
    return titles_of(phrases, best, telling, shared)


def _keywords(
    said: Sequence[Sequence[_Said]], weights: Mapping[str, float], counts: Mapping[str, int]
) -> dict[str, int]:
    told = [key for key in weights if not is_light(key)]
    best = sorted(told, key=lambda key: (-weights[key], key))[:_KEYWORDS]
    lemmas = _usual((word.key, word.lemma) for own in said for word in own)
    return {lemmas[key]: counts[key] for key in best}


def _usual(said: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return for each key the way it is said most."""
    ways: dict[str, Counter[str]] = {}
    for key, way in said:
        ways.setdefault(key, Counter())[way] += 1
    return {key: min(own, key=lambda way: (-own[way], way)) for key, own in ways.items()}
