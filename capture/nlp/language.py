"""Everything the machine needs to read French needs, loaded once and shared: reader, vectoriser,
sector model, grouper. Files are read here, at load; nothing afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.nlp.cluster import Grouper, GroupingParameters, load_grouper, parameters_for
from capture.nlp.kinds import Kinds, compared_rows, load_kinds
from capture.nlp.pipeline import Reader, ReadText, load_reader
from capture.nlp.sectors import SectorModel, SectorReading, load_sector_model
from capture.nlp.splitting import PassageReading, UnitOfMeaning, units_of_meaning
from capture.nlp.vectorise import Vectoriser, load_vectoriser
from capture.nlp.wellbeing import WellbeingModel, WellbeingReading, load_wellbeing
from capture.nlp.yardstick import yardstick_of
from fabrique.core.places import PlaceNames

# Changes whenever a reading made earlier would differ from one made now.
READER_VERSION = "fr-4"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReading:
    """All that is understood of one text."""

    words: ReadText
    sector: SectorReading
    wellbeing: WellbeingReading
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The instruments and how they work together."""

    reader: Reader
    vectoriser: Vectoriser
    kinds: Kinds | None
    sectors: SectorModel
    wellbeing: WellbeingModel
    grouper: Grouper
    parameters: GroupingParameters

    def read(self, texts: Sequence[str]) -> list[TextReading]:
        """Read texts in a batch, in the same order."""
        words = self.reader.read(texts)
        vectors = self.vectoriser.vectors(texts)
        sectors = self.sectors.read(texts, words, vectors, vectoriser=self.vectoriser.id)
        coded = self.wellbeing.read(texts, vectors, vectoriser=self.vectoriser.id)
        return [
            TextReading(words=read, sector=sector, wellbeing=wellbeing, vector=vector)
            for read, sector, wellbeing, vector in zip(words, sectors, coded, vectors, strict=True)
        ]

    def units_of_meaning(self, texts: Sequence[str]) -> list[tuple[UnitOfMeaning, ...]]:
        """Cut each text where it passes from one need to another."""
        return units_of_meaning(texts, self._passages)

    def _passages(self, passages: Sequence[str]) -> list[PassageReading]:
        return [
            PassageReading(sectors=each.sector.scores, need=each.wellbeing.need)
            for each in self.read(passages)
        ]

    def compared(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the rows by which needs of those vectors are grouped."""
        return compared_rows(vectors, self.kinds)


def load_language(names: PlaceNames, vectoriser_path: Path | None = None) -> Language:
    """Load the instruments, which know the places given."""
    vectoriser = load_vectoriser(vectoriser_path)
    kinds = load_kinds(vectoriser.id)
    yardstick = yardstick_of(lambda texts: compared_rows(vectoriser.vectors(texts), kinds))
    parameters = parameters_for(yardstick)
    return Language(
        reader=load_reader(names),
        vectoriser=vectoriser,
        kinds=kinds,
        sectors=load_sector_model(),
        wellbeing=load_wellbeing(),
        grouper=load_grouper(parameters),
        parameters=parameters,
    )
