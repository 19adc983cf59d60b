"""Several needs in one message: where it passes from one to another, in its own words.

Every place where it may pass is judged by what is told before and after: how near their kinds of
project, sectors and vectors are, the things they name, and the words that tie them. What each of
these counts for is learnt from messages that readers cut (`training/train_cutting.py`). In doubt
nothing is cut.
"""

import enum
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from capture.nlp.parts import Part, pieces_of
from capture.nlp.passages import Boundary, Mark, boundaries
from capture.nlp.sectors import SECTORS, Sector
from capture.nlp.words import FR, fold

SIGNS = (
    "item", "comma", "same form", "kinds", "sectors", "vectors", "other thing", "same family",
    "new thing", "need before", "need after", "leans", "adds", "tells before", "tells after",
    "words of clause", "words of sentence",
)  # fmt: skip
"""What is measured at a boundary, in order."""

_OUT = SECTORS.index(Sector.HORS_CHAMP)
# From that probability a passage is about politics or nothing local, and no need beside another.
_SURELY_OUT = 0.7
# Passages are read many at a time: one by one, a long message would keep a page waiting.
_AHEAD = 8
# Characters read on each side of a boundary.
_NEAR = 400

Span = tuple[int, int]
"""Start and end of a passage in the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageReading:
    """What a passage tells: its likeliest sector and the probability of each (18,), that it tells
    a need at all, unit rows of its kinds (r,) and meaning (d,), the things it names with the family
    of each, and how many words carry a theme.
    """

    sector: Sector
    sectors: NDArray[np.float64]
    need: float
    kinds: NDArray[np.float32]
    vector: NDArray[np.float32]
    things: dict[int, int]
    words: int


Read = Callable[[Sequence[str]], Sequence[PassageReading]]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOfMeaning:
    """A passage of the original text that tells one need, and the sector it speaks of most."""

    start: int
    end: int
    sector: Sector


@dataclass(frozen=True, slots=True, kw_only=True)
class CuttingModel:
    """Logistic regression on the signs of a boundary: `weights` (17,), `intercept`, and the
    probability from which a message is cut.
    """

    weights: NDArray[np.float64]
    intercept: float
    threshold: float

    def cuts(self, signs: Sequence[float]) -> bool:
        """Whether a message passes to another need at a boundary of these signs."""
        logit = float(self.weights @ np.array(signs)) + self.intercept
        return bool(1 / (1 + np.exp(-logit)) >= self.threshold)


class ToldPassages:
    """What the passages of a text tell, each read once."""

    def __init__(self, text: str, read: Read) -> None:
        self._text, self._read = text, read
        self._told: dict[Span, PassageReading] = {}

    def words(self, start: int, end: int) -> str:
        """Return the words of a passage."""
        return self._text[start:end]

    def knows(self, span: Span) -> bool:
        """Whether a passage was read."""
        return span in self._told

    def of(self, *spans: Span) -> list[PassageReading]:
        """Return what each passage tells; those not read yet are read together."""
        unread = [span for span in dict.fromkeys(spans) if span not in self._told]
        read = self._read([self.words(*span) for span in unread]) if unread else ()
        self._told.update(zip(unread, read, strict=True))
        return [self._told[span] for span in spans]


def units_of_meaning(text: str, read: Read, model: CuttingModel) -> tuple[UnitOfMeaning, ...]:
    """Return the needs of a text in reading order; none when it tells one need.

    `read` says what passages tell. The units cover the text.
    """
    told, starts = ToldPassages(text, read), [0]
    found = boundaries(text)
    for number, boundary in enumerate(found):
        unit, _, sentence = _around(boundary, starts[-1])
        if not told.knows(unit):
            ahead = found[number : number + _AHEAD]
            told.of(*(span for each in ahead for span in _around(each, starts[-1])))
        sides = told.of(unit, sentence)
        if all(side.sectors[_OUT] < _SURELY_OUT for side in sides) and model.cuts(
            signs_of(boundary, starts[-1], told)
        ):
            starts.append(boundary.start)
    if len(starts) == 1:
        return ()
    spans = list(pairwise([*starts, len(text)]))
    return tuple(
        UnitOfMeaning(start=start, end=end, sector=reading.sector)
        for (start, end), reading in zip(spans, told.of(*spans), strict=True)
    )


def signs_of(boundary: Boundary, unit_start: int, told: ToldPassages) -> tuple[float, ...]:
    """Return what is measured at a boundary (`SIGNS`), the unit before it having begun there."""
    unit, clause, sentence = _around(boundary, unit_start)
    before, following, rest = told.of(unit, clause, sentence)
    families = set(before.things.values())
    return (
        float(boundary.mark is Mark.ITEM),
        float(boundary.mark is Mark.COMMA),
        float(_form(told.words(*unit)) == _form(told.words(*clause)) != _Form.OTHER),
        float(before.kinds @ rest.kinds),
        float(np.sqrt(before.sectors * rest.sectors).sum()),  # Bhattacharyya 1943
        float(before.vector @ rest.vector),
        float(_is_other(before.things, following.things)),
        float(not families.isdisjoint(following.things.values())),
        float(_is_other(before.things, rest.things)),
        before.need,
        rest.need,
        float(_begins("leans", told.words(*clause))),
        float(_begins("adds", told.words(*clause))),
        float(_says("tells", told.words(*unit))),
        float(_says("tells", told.words(*sentence))),
        float(np.log1p(following.words)),
        float(np.log1p(rest.words)),
    )


def _around(boundary: Boundary, unit_start: int) -> tuple[Span, Span, Span]:
    """Return the unit before a boundary, the clause that follows it and the rest of its sentence,
    no farther than a reader looks.
    """
    start, far = boundary.start, boundary.start + _NEAR
    return (
        (max(unit_start, boundary.end - _NEAR), boundary.end),
        (start, min(boundary.clause_end, far)),
        (start, min(boundary.sentence_end, far)),
    )


def _is_other(before: dict[int, int], after: dict[int, int]) -> bool:
    """Whether both name things, and none in common."""
    return bool(before) and bool(after) and before.keys().isdisjoint(after)


class _Form(enum.Enum):
    """How a passage begins: needs told side by side often begin alike."""

    INFINITIVE = "infinitive"
    LACK = "lack"
    OTHER = "other"


# Enough characters to tell how a passage begins.
_FIRST_WORDS = 60
_LACK = re.compile(r"\W*(?:\d\W*)?(?:pas|plus|aucune?|rien|manque|personne)\b")


def _form(words: str) -> _Form:
    if _LACK.match(fold(words)):
        return _Form.LACK
    first = next(iter(pieces_of(words[:_FIRST_WORDS])), None)
    is_infinitive = first is not None and first.part is Part.INFINITIVE
    return _Form.INFINITIVE if is_infinitive else _Form.OTHER


def _begins(kind: str, words: str) -> bool:
    return re.match(rf"\W*(?:{_links()[kind]})", fold(words)) is not None


def _says(kind: str, words: str) -> bool:
    return re.search(rf"\b(?:{_links()[kind]})", fold(words)) is not None


@cache
def _links() -> dict[str, str]:
    """Return the words of each kind of link, one as an alternative of the other."""
    links = tomllib.loads((FR / "links.toml").read_text("utf-8"))
    return {
        kind: "|".join(re.escape(word) + ("" if word.endswith("'") else r"\b") for word in words)
        for kind, words in links.items()
    }


def load_cutting() -> CuttingModel:
    """Load the weights shipped with the package."""
    path = files("capture.nlp") / "model" / "cutting.npz"
    with path.open("rb") as stored, np.load(stored, allow_pickle=False) as arrays:
        return CuttingModel(
            weights=arrays["weights"],
            intercept=float(arrays["intercept"]),
            threshold=float(arrays["threshold"]),
        )
