"""The words of a text that decided its sector: those without which it would be less likely."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from capture.nlp.lexical import Content
from capture.nlp.words import fold

_SHOWN = 3
# Of a long text, so many words are tried: they would take a second otherwise.
_TRIED = 60
# Log odds: a word that moves them by less has decided nothing.
_LEAST = 0.2
Span = tuple[int, int]


def deciding_words(
    text: str,
    contents: Sequence[Content],
    phrases: Sequence[tuple[int, int]],
    likelihood: Callable[[Sequence[str]], NDArray[np.float64]],
) -> tuple[str, ...]:
    """Return at most three words or phrases of the text, the one that decided most first.

    `contents` are its words that carry a theme, `phrases` the (first, last) of those that are said
    together; `likelihood` reads n texts and returns how likely (0–1) the sector is in each (n,).
    Each is taken out, everywhere it is said (leaving one out: Li, Monroe and Jurafsky 2016).
    """
    said = _said(contents, phrases)[:_TRIED]
    if not said:
        return ()
    chances = likelihood([text, *(_without(text, spans) for spans in said)])
    odds = np.log(chances) - np.log1p(-chances)
    lost = odds[0] - odds[1:]
    order = np.argsort(-lost, kind="stable")[:_SHOWN]
    return tuple(text[slice(*said[k][0])] for k in order if lost[k] >= _LEAST)


def _said(contents: Sequence[Content], phrases: Sequence[tuple[int, int]]) -> list[list[Span]]:
    """Return the places of each word or phrase, in the order they are first said."""
    together = dict(phrases)
    found: dict[tuple[str, ...], list[Span]] = {}
    place = 0
    while place < len(contents):
        last = together.get(place, place)
        lemmas = tuple(fold(lemma) for _, _, lemma in contents[place : last + 1])
        found.setdefault(lemmas, []).append((contents[place][0], contents[last][1]))
        place = last + 1
    return list(found.values())


def _without(text: str, spans: Sequence[Span]) -> str:
    for start, end in reversed(spans):
        text = text[:start] + " " + text[end:]
    return text
