"""Names of communes as people write them: folding, and an index that forgives (pure).

The index knows positions in a list of names; what they name is `fabrique.core.places`' business.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import StrEnum
from heapq import nlargest
from typing import NamedTuple

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from fabrique.core.text import fold

_SLASHED = re.compile(r"\b(s|ss)\s*/\s*")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_ORDINAL = re.compile(r"^(\d{1,2})(?:er|e|eme|ieme)$")
_SHORT_FORMS = {
    "st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "arrondissement": "",
    "arr": "", "cedex": "",
}  # fmt: skip
_ARTICLE = re.compile(r"^(?:le|la|les|l) (?=.)")
# Words that say nothing of which commune is meant.
_COMMON_WORDS = frozenset(
    {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "lez", "pres"}
    | {"saint", "saints", "sainte", "saintes", "sous", "sur"}
)
# What the names of EPCI share, and people leave out or write in full.
_EPCI_WORDS = frozenset(
    {"cc", "ca", "cu", "communaute", "communautes", "commune", "communes", "agglomeration"}
    | {"agglo", "urbaine", "metropole"}
    | {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les"}
)
# « Saint » begins 4,000 names: past this many, ordering them all costs more than it tells.
_TOO_MANY = 500
_LAST_CHARACTER = "\U0010ffff"
_GENERIC_START = re.compile(r"^saintes?|^saints?")


def folded_place(text: str) -> str:
    """The name as the gazetteer compares it: folded, « St » and « s/ » written out, no punctuation.

    « 12ᵉ arrondissement » becomes « 12 ».
    """
    folded = fold(text)
    if not folded.replace(" ", "").isalpha():
        written = _SLASHED.sub(lambda short: "sur " if short[1] == "s" else "sous ", folded)
        words = _NOT_A_WORD.sub(" ", written).split()
        folded = " ".join(_ORDINAL.sub(r"\1", word) for word in words)
    return " ".join(filter(None, (_SHORT_FORMS.get(word, word) for word in folded.split())))


def without_article(folded: str) -> str:
    """The folded name without « le », « la », « les » or « l' » at its head."""
    return _ARTICLE.sub("", folded)


def telling_words(epci_name: str) -> list[str]:
    """The folded words of the name of an EPCI that tell it from the others."""
    return [word for word in folded_place(epci_name).split() if word not in _EPCI_WORDS]


def _compact(folded: str) -> str:
    return folded.replace(" ", "")


def _letters(spelling: str) -> int:
    """The set of letters of a spelling, one bit each; figures share the bits of ten letters."""
    bits = 0
    for char in spelling:
        bits |= 1 << ord(char) % 32
    return bits


def forgiven_edits(folded: str) -> int:
    """How many typing errors a name may hold and still be that name, by its telling letters.

    One error in six letters is the rate at which most misspelt names of communes remain nearer
    to their own than to another; « saint » tells nothing, hence « Saint-Machin » has the six
    letters of « machin » and is not Saint-Martin.
    """
    letters = len(_GENERIC_START.sub("", _compact(without_article(folded))))
    return 0 if letters < 4 else 1 if letters < 8 else 2 if letters < 12 else 3


class MatchKind(StrEnum):
    """By what a commune answers a question, the surest first."""

    POSTAL_CODE = "code_postal"
    INSEE_CODE = "code_insee"
    NAME = "nom"
    OTHER_NAME = "autre_nom"
    BEGINNING = "debut"
    WORDS = "mots"
    LIKENESS = "ressemblance"


class Candidate(NamedTuple):
    """A name that may be the one meant; among those of a kind, the lower rank comes first."""

    kind: MatchKind
    position: int = -1
    rank: int = 0
    likeness: float = 1.0


class NameIndex:
    """Positions of names by the ways people write them; from `others` on, former or inner names.

    `populations` stand beside the names: where too many begin alike, only the largest are given.
    """

    def __init__(self, names: Sequence[str], populations: Sequence[int], *, others: int) -> None:
        self._names = [folded_place(name) for name in names]
        self._populations = populations
        self._others = others
        self._whole: defaultdict[str, list[int]] = defaultdict(list)
        self._beheaded: defaultdict[str, list[int]] = defaultdict(list)
        self._words: defaultdict[str, list[int]] = defaultdict(list)
        starts = []
        for position, name in enumerate(self._names):
            bare = without_article(name)
            starts.append((bare, position))
            self._whole[_compact(name)].append(position)
            if bare != name:
                self._beheaded[_compact(bare)].append(position)
            for word in bare.split():
                if word not in _COMMON_WORDS:
                    self._words[word].append(position)
        starts.sort()
        self._starts = [bare for bare, _ in starts]
        self._start_positions = [position for _, position in starts]
        self._spellings = sorted(self._whole.keys() | self._beheaded.keys(), key=len)
        self._lengths = np.array([len(each) for each in self._spellings])
        self._letters = np.array([_letters(each) for each in self._spellings], dtype=np.uint32)

    def same(self, folded: str) -> list[Candidate]:
        """The names that are these words, give or take spaces and an article left unsaid."""
        return [
            Candidate(
                position=position,
                kind=MatchKind.OTHER_NAME if self._is_other(position) else MatchKind.NAME,
            )
            for position in self._positions(_compact(folded))
        ]

    def beginning_with(self, folded: str) -> Iterator[Candidate]:
        """The names that begin so; first those where the words and the article agree whole."""
        bare = without_article(folded)
        first = bisect_left(self._starts, bare)
        last = bisect_left(self._starts, bare + _LAST_CHARACTER)
        positions = self._start_positions[first:last]
        if len(positions) > _TOO_MANY:
            positions = nlargest(_TOO_MANY, positions, key=self._populations.__getitem__)
        for position in positions:
            name = self._names[position]
            start = without_article(name)
            # « le nouvion » is the head of Le Nouvion-en-Thiérache, not of Nouvion-et-Catillon.
            heads = (name, start) if bare == folded else (name,)
            agree = any(f"{head} ".startswith(f"{folded} ") for head in heads)
            yield Candidate(
                kind=MatchKind.BEGINNING,
                position=position,
                rank=2 * (not agree) + self._is_other(position),
                likeness=len(bare) / len(start),
            )

    def resembling(self, folded: str) -> Iterator[Candidate]:
        """The names that begin so, hold these words, or are these words with typing errors."""
        yield from self.beginning_with(folded)
        for position in self._holding(folded):
            likeness = min(1.0, len(folded) / len(self._names[position]))
            yield Candidate(
                kind=MatchKind.WORDS,
                position=position,
                rank=int(self._is_other(position)),
                likeness=likeness,
            )
        yield from self._misspelt(folded)

    def _holding(self, folded: str) -> set[int]:
        words = [word for word in folded.split() if word not in _COMMON_WORDS]
        found = [set(self._words.get(word, ())) for word in words]
        return set.intersection(*found) if found else set()

    def _misspelt(self, folded: str) -> Iterator[Candidate]:
        # An error is a letter added, dropped, changed or swapped with its neighbour (optimal
        # string alignment distance, R. Lowrance and R. Wagner, Journal of the ACM 22, 1975).
        edits = forgiven_edits(folded)
        if not edits:
            return
        spelling = _compact(without_article(folded))
        near = process.extract(
            spelling,
            self._within_letters(spelling, edits),
            scorer=OSA.distance,
            score_cutoff=edits,
            limit=None,
        )
        for found, errors, _ in near:
            for position in self._positions(found):
                yield Candidate(
                    kind=MatchKind.LIKENESS,
                    position=position,
                    rank=2 * int(errors) + self._is_other(position),
                    likeness=1 - errors / max(len(spelling), len(found)),
                )

    def _within_letters(self, spelling: str, edits: int) -> list[str]:
        """Spellings of nearly the same length that neither lack nor add more letters than `edits`.

        One error changes the length by one at most, and brings or takes one letter at most: the
        one in thirty that pass are the only ones worth aligning.
        """
        first, last = np.searchsorted(
            self._lengths, (len(spelling) - edits, len(spelling) + edits + 1)
        )
        letters = self._letters[first:last]
        asked = np.uint32(_letters(spelling))
        lacking = np.bitwise_count(asked & ~letters)
        added = np.bitwise_count(letters & ~asked)
        kept = np.flatnonzero((lacking <= edits) & (added <= edits)) + first
        return [self._spellings[place] for place in kept.tolist()]

    def _is_other(self, position: int) -> bool:
        """Whether the name is one of before, or of a part: at equal likeness it comes after."""
        return position >= self._others

    def _positions(self, spelling: str) -> list[int]:
        return [*self._whole.get(spelling, ()), *self._beheaded.get(spelling, ())]
