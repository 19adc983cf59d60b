"""Several needs in one message: where it passes from one to another, in its own words.

Only what is explicit counts, and in doubt nothing is cut: two neighbouring passages are two needs
when each speaks of a sector of its own and the second does not lean on the first.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from capture.nlp.sectors import SECTORS, Sector
from capture.nlp.words import fold, load_words, sentences, stop_words

# By 550 statements cut by a reader: nearer than this, fewer of the cuts are hers.
_LIKE = 0.2
# Below that probability a passage introduces or explains the need beside it.
_NEED = 0.65
_LEAST_WORDS = 1
# Inside a sentence, a list may pass to another need.
_LIST_MARK = re.compile(
    r"[;•]\s*|\s[-–—]\s+|,\s+(?:et\s+)?(?=[^\W\d_]{3,}[ei]r\b|pas d|plus d|manque)"
)
# A pronoun or a link leans on what precedes; « il manque », « il faut » do not.
_LEANS = re.compile(
    r"\W*(?:mais|car|donc|cela|ceci|ça|ce|c['’]|cet|cette|ces|ils|elles?|en effet|par exemple|ex"
    r"|notamment|ainsi|alors|en particulier|voire|parce|puisque|sinon|or|leurs?|son|sa|ses|celui"
    r"|il(?!\s+(?:manque|faut|faudrait|faudra|y|n['’]y|n['’]existe|existe|est|serait)\b)"
    r"|celles?|ceux|y|qui|que|pour|pourquoi|comment|comme|afin|dont|où|ou|sans|avec)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageReading:
    """The probability of each sector, and that a passage tells a need at all (0–1)."""

    sectors: Mapping[Sector, float]
    need: float

    @property
    def sector(self) -> Sector:
        """The likeliest sector."""
        return max(SECTORS, key=lambda sector: self.sectors[sector])


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOfMeaning:
    """A passage of the original text that tells one need, and the sector it speaks of most."""

    start: int
    end: int
    sector: Sector


def units_of_meaning(
    texts: Sequence[str], read: Callable[[Sequence[str]], Sequence[PassageReading]]
) -> list[tuple[UnitOfMeaning, ...]]:
    """Return the needs of each text in reading order; one unit, or none, when it tells one need.

    `read` says what passages tell. The units cover the text.
    """
    spans = [passages(text) for text in texts]
    several = [number for number, found in enumerate(spans) if len(found) > 1]
    readings = iter(
        read([texts[number][start:end] for number in several for start, end in spans[number]])
    )
    units: list[tuple[UnitOfMeaning, ...]] = [() for _ in texts]
    for number in several:
        told = [(start, end, next(readings)) for start, end in spans[number]]
        units[number] = _joined(texts[number], told)
    return units


def passages(text: str) -> list[tuple[int, int]]:
    """Return the sentences, cut again at the marks of a list; together they cover the text."""
    cuts = [0]
    for start, end in sentences(text):
        marks = [mark.end() for mark in _LIST_MARK.finditer(text, start, end)]
        cuts += [start, *(mark for mark in marks if not _within_brackets(text[start:mark]))]
    inside = sorted({cut for cut in cuts if 0 < cut < len(text)})
    return list(pairwise([0, *inside, len(text)]))


def _within_brackets(before: str) -> bool:
    return before.count("(") > before.count(")")


def _joined(
    text: str, told: Sequence[tuple[int, int, PassageReading]]
) -> tuple[UnitOfMeaning, ...]:
    units: list[UnitOfMeaning] = []
    last: PassageReading | None = None
    for start, end, reading in told:
        passage = text[start:end]
        # What introduces or explains a need stays with it.
        tells = reading.need >= _NEED and _content_words(passage) >= _LEAST_WORDS
        another = last and tells and _is_another(passage, last, reading)
        if not units or (another and units[-1].sector is not reading.sector):
            units.append(UnitOfMeaning(start=start, end=end, sector=reading.sector))
        else:
            sector = units[-1].sector if last or not tells else reading.sector
            units[-1] = UnitOfMeaning(start=units[-1].start, end=end, sector=sector)
        if tells:
            last = reading
    return tuple(units)


def _is_another(passage: str, before: PassageReading, reading: PassageReading) -> bool:
    """Whether a passage tells another need than the one before it."""
    return (
        Sector.HORS_CHAMP not in {before.sector, reading.sector}
        and _likeness(before, reading) < _LIKE
        and not _LEANS.match(passage)
    )


def _likeness(one: PassageReading, other: PassageReading) -> float:
    """Return how much two readings agree, 0 to 1 (Bhattacharyya 1943)."""
    return float(np.sqrt([one.sectors[each] * other.sectors[each] for each in SECTORS]).sum())


def _content_words(passage: str) -> int:
    return sum(fold(lemma) not in stop_words() for _, _, lemma in load_words().words(passage))
