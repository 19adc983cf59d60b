"""Everything the machine needs to read French needs, loaded once and shared. Files are read here,
at load; nothing afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.nlp.cluster import GroupingParameters, parameters_for
from capture.nlp.corrections import Lessons
from capture.nlp.deciding import deciding_words
from capture.nlp.gist import gist
from capture.nlp.kinds import Kinds, compared_rows, load_kinds
from capture.nlp.lexical import LexicalReader, LexicalReading, load_lexical_reader
from capture.nlp.pipeline import Reader, ReadText, load_reader
from capture.nlp.secondary import SecondaryModel, load_secondary
from capture.nlp.sectors import SECTORS, Sector, SectorModel, SectorReading, load_sector_model
from capture.nlp.splitting import (
    CuttingModel,
    PassageReading,
    UnitOfMeaning,
    load_cutting,
    units_of_meaning,
)
from capture.nlp.things import load_things
from capture.nlp.vectorise import Vectoriser, load_vectoriser
from capture.nlp.wellbeing import WellbeingModel, WellbeingReading, load_wellbeing
from capture.nlp.yardstick import yardstick_of
from fabrique.core.places import PlaceNames

# Changes whenever a reading made earlier would differ from one made now.
READER_VERSION = "fr-7"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReading:
    """All that is understood of one text; it is compared by its `vector` (d,) and `kinds` (r,).

    r is 0 when the kinds of project are not known for the vectoriser.
    """

    words: ReadText
    sector: SectorReading
    wellbeing: WellbeingReading
    vector: NDArray[np.float32]
    kinds: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The instruments and how they work together."""

    reader: Reader
    vectoriser: Vectoriser
    lexical: LexicalReader
    kinds: Kinds | None
    sectors: SectorModel
    secondary: SecondaryModel | None
    wellbeing: WellbeingModel
    cutting: CuttingModel
    parameters: GroupingParameters

    def read(self, texts: Sequence[str], *, lessons: Lessons | None = None) -> list[TextReading]:
        """Read texts in a batch, in the same order; `lessons` come from people's corrections."""
        words = self.reader.read(texts)
        said = [gist(text, read) for text, read in zip(texts, words, strict=True)]
        vectors = self.vectoriser.vectors(said)
        lexical = self.lexical.read(said)
        kinds = _kinds_of(self.kinds, vectors, lexical)
        sectors = self._sectors(lexical, vectors, kinds, lessons)
        coded = self.wellbeing.read(said, vectors, vectoriser=self.vectoriser.id)
        return [
            TextReading(words=read, sector=sector, wellbeing=wellbeing, vector=vector, kinds=kind)
            for read, sector, wellbeing, vector, kind in zip(
                words, sectors, coded, vectors, kinds, strict=True
            )
        ]

    def units_of_meaning(self, text: str) -> tuple[UnitOfMeaning, ...]:
        """Cut a text where it passes from one need to another."""
        return units_of_meaning(text, self.read_passages, self.cutting)

    def read_passages(self, passages: Sequence[str]) -> list[PassageReading]:
        """Read what passages of a message tell, as cutting it asks."""
        things = load_things()
        contents = [self.lexical.features.contents(passage) for passage in passages]
        return [
            PassageReading(
                sector=each.sector.subject,
                sectors=np.array([each.sector.scores[sector] for sector in SECTORS]),
                need=each.wellbeing.need,
                kinds=each.kinds,
                vector=each.vector,
                things={thing: things.family_of[thing] for _, _, thing in things.named(words)},
                words=len(words),
            )
            for each, words in zip(self.read(passages), contents, strict=True)
        ]

    def lessons(
        self, ids: Sequence[int], texts: Sequence[str], chosen: Sequence[Sector]
    ) -> Lessons | None:
        """Learn from the sectors that people chose for texts; None when there are none."""
        if not texts:
            return None
        said = self._gists(texts)
        return self.sectors.lessons(
            ids,
            self.lexical.read(said),
            self.vectoriser.vectors(said),
            chosen,
            vectoriser=self.vectoriser.id,
        )

    def sectors_of(self, texts: Sequence[str], lessons: Lessons | None) -> list[SectorReading]:
        """Read the sectors of texts, and nothing else."""
        return self._sectors_said(self._gists(texts), lessons)

    def deciding_words(self, text: str, sector: Sector) -> tuple[str, ...]:
        """Return the words of a text without which the sector would be less likely, three at most.

        What corrections have taught is left out.
        """
        said = self._gists([text])[0]
        contents = self.lexical.features.contents(said)
        hits = self.lexical.features.lexicon_hits([lemma for _, _, lemma in contents])
        phrases = [(first, last) for first, last, _ in hits]

        def likelihood(texts: Sequence[str]) -> NDArray[np.float64]:
            readings = self._sectors_said(texts, None)
            return np.array([reading.scores[sector] for reading in readings])

        return deciding_words(said, contents, phrases, likelihood)

    def _gists(self, texts: Sequence[str]) -> list[str]:
        return [gist(text, read) for text, read in zip(texts, self.reader.read(texts), strict=True)]

    def _sectors_said(self, said: Sequence[str], lessons: Lessons | None) -> list[SectorReading]:
        vectors, lexical = self.vectoriser.vectors(said), self.lexical.read(said)
        return self._sectors(lexical, vectors, _kinds_of(self.kinds, vectors, lexical), lessons)

    def _sectors(
        self,
        lexical: LexicalReading,
        vectors: NDArray[np.float32],
        kinds: NDArray[np.float32],
        lessons: Lessons | None,
    ) -> list[SectorReading]:
        return self.sectors.read(
            lexical,
            vectors,
            vectoriser=self.vectoriser.id,
            lessons=lessons,
            spoken_of=self.secondary.of(vectors, kinds) if self.secondary else None,
        )

    def kinds_of(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the (n, r) kinds of project of texts whose vectors are known."""
        return _kinds_of(self.kinds, vectors, self.lexical.read(texts))


def _kinds_of(
    kinds: Kinds | None, vectors: NDArray[np.float32], lexical: LexicalReading
) -> NDArray[np.float32]:
    if kinds is None:
        return np.zeros((len(vectors), 0), dtype=np.float32)
    return kinds.of(vectors, lexical)


def load_language(names: PlaceNames, vectoriser_path: Path | None = None) -> Language:
    """Load the instruments, which know the places given."""
    vectoriser = load_vectoriser(vectoriser_path)
    lexical, kinds = load_lexical_reader(), load_kinds(vectoriser.id)

    def compared(texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = vectoriser.vectors(texts)
        return compared_rows(vectors, _kinds_of(kinds, vectors, lexical.read(texts)))

    parameters = parameters_for(yardstick_of(compared))
    return Language(
        reader=load_reader(names),
        vectoriser=vectoriser,
        lexical=lexical,
        kinds=kinds,
        sectors=load_sector_model(lexical),
        secondary=load_secondary(kinds),
        wellbeing=load_wellbeing(),
        cutting=load_cutting(),
        parameters=parameters,
    )
