"""What matching looks at, as frozen values: an opportunity, the parties that may carry or help it.
Rows, sessions and the present moment stay outside; identifiers are opaque keys."""

import datetime as dt
import enum
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from capture.nlp.vectorise import Vectoriser
from fabrique.core.places import Commune
from fabrique.core.text import fold
from matching.scoring.vocabulary import HelpKind, Stage, ZoneScale

Vector = NDArray[np.float32]

GENERALIST = "transversal"
# A second sector is one that at least a quarter of the readings name; two at most (method §5).
_SECONDARY_SHARE = 0.25
_MOST_SECONDARY = 2


class PartyKind(enum.StrEnum):
    """Who could carry a project, who could help it."""

    HOLDER = "holder"
    ACTOR = "actor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Where a party works: codes of one scale still in force, or the whole country.

    A zone that has lost all its codes is unknown; it excludes nobody.
    """

    scale: ZoneScale
    codes: frozenset[str]

    @property
    def is_unknown(self) -> bool:
        """Whether nothing can be said of where the party works."""
        return self.scale is not ZoneScale.COUNTRY and not self.codes

    def covers(self, place: Commune) -> bool:
        """Whether the zone holds the commune, directly or through what contains it."""
        match self.scale:
            case ZoneScale.COUNTRY:
                return True
            case ZoneScale.COMMUNE:
                return place.insee_code in self.codes
            case ZoneScale.EPCI:
                return place.epci in self.codes
            case ZoneScale.DEPARTEMENT:
                return place.departement in self.codes
            case ZoneScale.REGION:
                return place.region in self.codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing an actor gives; an empty set of stages or legal forms means all of them."""

    help_kinds: frozenset[HelpKind]
    stages: frozenset[Stage]
    legal_forms: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody who could carry or help: ``sectors`` in order, the first is the main trade."""

    key: str
    kind: PartyKind
    zone: Zone
    seat: Commune | None
    sectors: tuple[str, ...]
    stages: frozenset[Stage]
    offers: tuple[Offer, ...]
    legal_form: str
    capacity: int
    capacity_left: int
    absent_until: dt.date | None
    words: frozenset[str]
    text: Vector | None = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """An opportunity as matching sees it.

    ``stages`` is what it needs now, ``next_stages`` what it will need after; ``legal_form`` is
    that of its holder once somebody has said yes; ``barred`` holds the parties a person put aside
    or that refused, ``introduced`` those somebody is already talking to; ``words`` are its key
    words, strongest first.
    """

    key: str
    sector: str
    secondary: tuple[str, ...]
    places: tuple[Commune, ...]
    stages: frozenset[Stage]
    next_stages: frozenset[Stage]
    legal_form: str | None
    words: tuple[str, ...]
    barred: frozenset[str]
    introduced: frozenset[str]
    text: Vector | None = field(compare=False, repr=False)

    @property
    def population(self) -> int:
        """Inhabitants of its communes, each counted once."""
        return sum({place.insee_code: place.population for place in self.places}.values())


def secondary_sectors(principal: str, readings: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """The other sectors that enough readings of the same dossier name, most named first."""
    lists = [set(reading) for reading in readings]
    named = Counter(sector for reading in lists for sector in reading if sector != principal)
    enough = [
        (-times, sector)
        for sector, times in named.items()
        if times >= _SECONDARY_SHARE * len(lists)
    ]
    return tuple(sector for _, sector in sorted(enough)[:_MOST_SECONDARY])


def bare_words(words: Iterable[str]) -> frozenset[str]:
    """Folded words without the mark of the plural, so that « Véhicules » meets « véhicule »."""
    return frozenset(fold(word).rstrip("sx") for word in words if len(word) > 2)


def vectors_of(texts: Sequence[str], vectoriser: Vectoriser | None) -> list[Vector | None]:
    """One unit vector per text; None without a vectoriser, or where no word of it is known."""
    if vectoriser is None or not texts:
        return [None] * len(texts)
    return [row if row.any() else None for row in vectoriser.vectors(texts)]
