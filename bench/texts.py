"""As many needs as a measure asks for: the written ones first, then mixtures of their halves."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from fabrique.demo.files import rows_from

_SEED = 2026
# Of the written texts, one in so many is kept out of the mixtures, up to a number.
_ASIDE, _MOST_ASIDE = 10, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A need to measure with; `like` is the place of the written need that opens it."""

    words: str
    like: int


def demonstration_texts() -> list[str]:
    """Return the texts of the demonstration, which ship with the project."""
    return [row.text("text") for row in rows_from("needs")]


def set_aside(written: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return texts to search with, kept apart from the others, and the others."""
    every = max(_ASIDE, len(written) // _MOST_ASIDE)
    aside = dict.fromkeys(words for place, words in enumerate(written) if place % every == 0)
    return list(aside), [words for words in written if words not in aside]


def many_texts(written: Sequence[str], count: int) -> list[Text]:
    """Return `count` texts, the same at every call.

    After the written ones, each is the first half of one followed by the second half of another:
    the words and lengths stay real, near-duplicates abound as they do in large collections.
    """
    texts = [Text(words=words, like=place) for place, words in enumerate(written[:count])]
    draw = random.Random(_SEED)
    halves = [_halves(words) for words in written]
    while len(texts) < count:
        start, end = draw.randrange(len(halves)), draw.randrange(len(halves))
        texts.append(Text(words=f"{halves[start][0]} {halves[end][1]}", like=start))
    return texts


def _halves(words: str) -> tuple[str, str]:
    parts = words.split()
    middle = (len(parts) + 1) // 2
    return " ".join(parts[:middle]), " ".join(parts[middle:])
