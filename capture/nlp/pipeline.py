"""Reading of French texts: lemmas, sentences, places named, personal data.

Texts in, `ReadText` out, offsets in the original text; what a text means is for `sectors`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from capture.nlp.personal import PersonalKind, PersonalReader, PersonalSpan, load_personal
from capture.nlp.place_names import PlaceMention, PlaceReader, load_places
from capture.nlp.territory_names import TerritoryMention, TerritoryReader
from capture.nlp.words import WordReader, load_words, sentences
from fabrique.core.places import PlaceNames

__all__ = [
    "PersonalKind",
    "PersonalSpan",
    "PlaceMention",
    "ReadText",
    "Reader",
    "TerritoryMention",
    "load_reader",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadText:
    """What the machine read in one text; spans are (start, end) in the original text.

    `places` are communes; a name inside that of a territory (« Rennes » in « Rennes Métropole ») is
    none of them.
    """

    lemmas: tuple[str, ...]
    sentences: tuple[tuple[int, int], ...]
    places: tuple[PlaceMention, ...]
    territories: tuple[TerritoryMention, ...]
    personal: tuple[PersonalSpan, ...]


class Reader:
    """Reads texts one after the other; holds only look-up tables, so one serves all threads."""

    def __init__(
        self,
        *,
        words: WordReader,
        places: PlaceReader,
        territories: TerritoryReader,
        personal: PersonalReader,
    ) -> None:
        self._words = words
        self._places = places
        self._territories = territories
        self._personal = personal

    def read(self, texts: Sequence[str]) -> list[ReadText]:
        """Return one reading per text, in the same order."""
        return [self._read_one(text) for text in texts]

    def personal(self, text: str) -> tuple[PersonalSpan, ...]:
        """Return the passages of one text that may identify or expose somebody."""
        return self._personal.spans(text, self._words.words(text), sentences(text))

    def _read_one(self, text: str) -> ReadText:
        words = self._words.words(text)
        parts = sentences(text)
        territories = self._territories.mentions(text)
        return ReadText(
            lemmas=tuple([lemma for _, _, lemma in words]),
            sentences=parts,
            places=tuple(
                place
                for place in self._places.mentions(text)
                if not any(
                    each.start < place.end and place.start < each.end for each in territories
                )
            ),
            territories=territories,
            personal=self._personal.spans(text, words, parts),
        )


def load_reader(names: PlaceNames) -> Reader:
    """Load a reader that knows the places given."""
    words = load_words()
    return Reader(
        words=words,
        places=load_places(names, words.lemmas),
        territories=TerritoryReader(names),
        personal=load_personal(),
    )
