"""Reading of French texts: lemmas, sentences, communes named, personal data.

Texts in, `ReadText` out, offsets in the original text; what a text means is for `sectors`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from capture.nlp.personal import PersonalKind, PersonalReader, PersonalSpan, load_personal
from capture.nlp.place_names import PlaceMention, PlaceReader, load_places
from capture.nlp.words import WordReader, load_words, sentences

__all__ = ["PersonalKind", "PersonalSpan", "PlaceMention", "ReadText", "Reader", "load_reader"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadText:
    """What the machine read in one text; spans are (start, end) in the original text."""

    lemmas: tuple[str, ...]
    sentences: tuple[tuple[int, int], ...]
    places: tuple[PlaceMention, ...]
    personal: tuple[PersonalSpan, ...]


class Reader:
    """Reads texts one after the other; holds only look-up tables, so one serves all threads."""

    def __init__(self, *, words: WordReader, places: PlaceReader, personal: PersonalReader) -> None:
        self._words = words
        self._places = places
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
        return ReadText(
            lemmas=tuple([lemma for _, _, lemma in words]),
            sentences=parts,
            places=self._places.mentions(text),
            personal=self._personal.spans(text, words, parts),
        )


def load_reader(commune_names: Mapping[str, tuple[str, ...]]) -> Reader:
    """Load a reader that knows the communes given: accent-folded name → INSEE codes."""
    words = load_words()
    return Reader(
        words=words,
        places=load_places(commune_names, words.lemmas),
        personal=load_personal(),
    )
