"""The sectors of the trade and, for a text, which ones it speaks of.

Lexical features, the vector of the text and its nearness to texts of known sector each add their
part; the weights are trained by `training/train_sectors.py`.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from capture.nlp.corrections import Heard, Lessons, learn
from capture.nlp.lexical import LexicalReader, LexicalReading
from capture.nlp.nearness import pulled, unpacked_rows


class Sector(enum.StrEnum):
    """Sixteen sectors, plus what concerns them all and what is no territory's business."""

    MOBILITE = "mobilite"
    ALIMENTATION = "alimentation"
    HABITAT = "habitat"
    AUTONOMIE = "autonomie"
    SANTE = "sante"
    ENFANCE = "enfance"
    JEUNESSE_EDUCATION = "jeunesse_education"
    INSERTION_EMPLOI = "insertion_emploi"
    CIRCULAIRE = "circulaire"
    ENERGIE = "energie"
    ENVIRONNEMENT = "environnement"
    NUMERIQUE = "numerique"
    ACCES_SERVICES = "acces_services"
    COMMERCE = "commerce"
    LIEN_SOCIAL = "lien_social"
    CULTURE_TOURISME = "culture_tourisme"
    TRANSVERSAL = "transversal"
    HORS_CHAMP = "hors_champ"


SECTORS = tuple(Sector)
# What a need can be about: the others say whom it concerns.
SUBJECTS = frozenset(SECTORS) - {Sector.TRANSVERSAL, Sector.HORS_CHAMP}
_MOST_SECONDARY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorReading:
    """What one text speaks of; `principal` is None when the machine prefers not to say.

    `subject` is the likeliest of the sixteen sectors, even for a text that concerns them all or
    seems out of scope: what it is grouped by. `scores` are calibrated probabilities over the
    eighteen sectors and sum to 1; where corrections made the likeliest sector another,
    `learnt_from` is the one that weighed most.
    """

    principal: Sector | None
    subject: Sector
    secondary: tuple[Sector, ...]
    scores: Mapping[Sector, float]
    learnt_from: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorWeights:
    """A trained model: scores = lexical rows @ `lexical` + nearness @ `pulls` + `intercept`.

    `lexical` is (width, 18). Nearness is exp(-|x - s|²) to each of the m unit rows `known` of texts
    whose sector was told; `pulls` is (m, 18). Both are empty when the model reads words alone.
    `temperature` divides the scores (Guo et al. 2017); `vectoriser` names the vectors it knows.
    """

    vectoriser: str
    lexical: NDArray[np.float32]
    known: NDArray[np.float32]
    pulls: NDArray[np.float32]
    intercept: NDArray[np.float32]
    temperature: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorThresholds:
    """Below `abstain` the principal sector is left open.

    Another one is named when the text speaks of it at `spoken_of`; where that is not known, when
    its own probability is `second_best`.
    """

    abstain: float = 0.3
    spoken_of: float = 0.3
    second_best: float = 0.15


class SectorModel:
    """Reads sectors with the vectors it was trained on, with words alone when they are others."""

    def __init__(
        self,
        *,
        lexical: LexicalReader,
        with_vectors: SectorWeights,
        words_alone: SectorWeights,
        thresholds: SectorThresholds,
    ) -> None:
        self._lexical = lexical
        self._with_vectors = with_vectors
        self._words_alone = words_alone
        self._thresholds = thresholds

    @property
    def vectoriser(self) -> str:
        """Id of the vectoriser whose vectors this model knows."""
        return self._with_vectors.vectoriser

    def read(
        self,
        lexical: LexicalReading,
        vectors: NDArray[np.float32] | None,
        *,
        vectoriser: str = "",
        lessons: Lessons | None = None,
        spoken_of: NDArray[np.float32] | None = None,
    ) -> list[SectorReading]:
        """Return one reading per text; `vectors` count only if `vectoriser` is the known one.

        `lessons` are what people's corrections have taught, `spoken_of` (n, 18) how likely it is
        that a text speaks of each sector, first or not. Raises ValueError when readings and
        vectors are not as many.
        """
        contents = lexical.contents
        if vectors is not None and len(vectors) != len(contents):
            raise ValueError("readings and vectors must be as many")
        if not contents:
            return []
        probabilities = self._probabilities(lexical, vectors, vectoriser)
        teachers: list[int | None] = [None] * len(contents)
        if lessons is not None and vectors is not None:
            heard = Heard(vectors=vectors, lexical=lexical.rows, scores=probabilities)
            probabilities, teachers = lessons.applied(heard)
        return [
            self._reading(row, teacher, others, is_told=bool(words))
            for row, teacher, others, words in zip(
                probabilities,
                teachers,
                [None] * len(contents) if spoken_of is None else spoken_of,
                contents,
                strict=True,
            )
        ]

    def lessons(
        self,
        ids: Sequence[int],
        lexical: LexicalReading,
        vectors: NDArray[np.float32],
        chosen: Sequence[Sector],
        *,
        vectoriser: str,
    ) -> Lessons:
        """Learn from texts, at least one, whose sector people have chosen; `ids` name them."""
        scores = self._probabilities(lexical, vectors, vectoriser)
        heard = Heard(vectors=vectors, lexical=lexical.rows, scores=scores)
        return learn(ids, heard, np.array([SECTORS.index(sector) for sector in chosen]))

    def _probabilities(
        self, lexical: LexicalReading, vectors: NDArray[np.float32] | None, vectoriser: str
    ) -> NDArray[np.float32]:
        weights = self._words_alone
        logits = np.zeros((len(lexical.contents), len(SECTORS)), dtype=np.float32)
        if vectors is not None and vectoriser == self.vectoriser:
            weights = self._with_vectors
            logits += pulled(vectors, weights.known, weights.pulls)
        logits += lexical.rows @ weights.lexical + weights.intercept
        return _softmax(logits / weights.temperature)

    def _reading(
        self,
        row: NDArray[np.float32],
        learnt_from: int | None,
        spoken_of: NDArray[np.float32] | None,
        *,
        is_told: bool,
    ) -> SectorReading:
        order = np.argsort(-row, kind="stable")
        first = int(order[0])
        named = is_told and bool(row[first] >= self._thresholds.abstain)
        taught = named and learnt_from is not None
        others = self._others(row, spoken_of, first) if is_told else []
        return SectorReading(
            principal=SECTORS[first] if named else None,
            subject=next(SECTORS[k] for k in order if SECTORS[k] in SUBJECTS),
            secondary=_secondary(first, others, is_named=named),
            scores=MappingProxyType(
                dict(zip(SECTORS, (float(value) for value in row), strict=True))
            ),
            learnt_from=learnt_from if taught else None,
        )

    def _others(
        self, row: NDArray[np.float32], spoken_of: NDArray[np.float32] | None, first: int
    ) -> list[int]:
        """Return the other sectors that a text speaks of, the likeliest first."""
        chances = row if spoken_of is None else spoken_of
        least = self._thresholds.second_best if spoken_of is None else self._thresholds.spoken_of
        order = np.argsort(-chances, kind="stable").tolist()
        return [k for k in order if chances[k] >= least and k != first]


def _secondary(first: int, others: Sequence[int], *, is_named: bool) -> tuple[Sector, ...]:
    """Return two sectors at most; what is out of scope speaks of none."""
    if is_named and SECTORS[first] is Sector.HORS_CHAMP:
        return ()
    said = [SECTORS[k] for k in (others if is_named else [first, *others])]
    return tuple(sector for sector in said if sector is not Sector.HORS_CHAMP)[:_MOST_SECONDARY]


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    rows: NDArray[np.float32] = raised / raised.sum(axis=1, keepdims=True)
    return rows


def load_sector_model(lexical: LexicalReader) -> SectorModel:
    """Load the trained weights shipped with the package, some 20 MB once unpacked."""
    path = files("capture.nlp") / "model" / "sectors.npz"
    with path.open("rb") as stored, np.load(stored, allow_pickle=False) as arrays:
        columns = arrays["columns"]
        known = unpacked_rows(arrays["known"], arrays["known_steps"])
        nothing = np.zeros((0, 0), dtype=np.float32)

        def weights(name: str, vectoriser: str) -> SectorWeights:
            table = np.zeros((lexical.features.width, len(SECTORS)), dtype=np.float32)
            table[columns] = unpacked_rows(arrays[name], arrays[f"{name}_steps"])
            return SectorWeights(
                vectoriser=vectoriser,
                lexical=table,
                known=known if vectoriser else nothing,
                pulls=arrays["pulls"].astype(np.float32) if vectoriser else nothing,
                intercept=arrays[f"{name}_intercept"],
                temperature=float(arrays[f"{name}_temperature"]),
            )

        return SectorModel(
            lexical=lexical,
            with_vectors=weights("full", str(arrays["vectoriser"])),
            words_alone=weights("words", ""),
            thresholds=SectorThresholds(abstain=float(arrays["abstain"])),
        )
