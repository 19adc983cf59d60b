"""The fit of a party that passed the gates: a weighted mean of components between 0 and 1.
The number orders proposals and is never shown; what is shown are the facts of ``explain``."""

from dataclasses import dataclass

import numpy as np

from fabrique.core.places import distance_km
from matching.scoring.features import GENERALIST, Dossier, Party, PartyKind, Vector, bare_words
from matching.scoring.gates import open_offers
from matching.scoring.vocabulary import WANTED_HELP, HelpKind

NEAR_KM = 20.0
# Distance at which being far counts for half: about three quarters of an hour on country roads.
_HALF_KM = 40.0
# Cosines between a need and an organisation's own words, measured with our vectoriser on invented
# organisations: a quarter are under 0.3, only plainly related ones reach 0.6.
_FAR_TEXT, _CLOSE_TEXT = 0.25, 0.6
# What is not known neither helps nor harms.
_UNKNOWN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Share of each component; a component that has no meaning for a party is left out."""

    sector: float = 0.35
    territory: float = 0.15
    distance: float = 0.10
    stage: float = 0.15
    help: float = 0.10
    text: float = 0.10
    load: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Measures of one party for one opportunity; components are in 0–1, None when meaningless."""

    sector: float
    sector_met: str
    territory: float
    covered: int
    near: int
    nearest_km: float | None
    distance: float
    stage: float
    help: float | None
    help_met: tuple[HelpKind, ...]
    text: float | None
    words_met: tuple[str, ...]
    load: float


def fit_of(dossier: Dossier, party: Party) -> Fit:
    """Measure everything that the score and the facts need."""
    sector, sector_met = _sector_fit(dossier, party)
    covered = sum(1 for place in dossier.places if party.zone.covers(place))
    distances = _distances(dossier, party)
    nearest = min(distances, default=None)
    wanted = _help_met(dossier, party)
    is_actor = party.kind is PartyKind.ACTOR
    unknown_zone = party.zone.is_unknown or not dossier.places
    return Fit(
        sector=sector,
        sector_met=sector_met,
        territory=_UNKNOWN if unknown_zone else covered / len(dossier.places),
        covered=covered,
        near=sum(1 for distance in distances if distance <= NEAR_KM),
        nearest_km=nearest,
        distance=_distance_fit(distances),
        stage=_stage_fit(dossier, party),
        help=min(1.0, 0.5 * len(wanted)) if is_actor else None,
        help_met=wanted,
        text=text_fit(dossier.text, party.text),
        words_met=_words_met(dossier, party),
        load=min(1.0, max(0, party.capacity_left) / party.capacity) if party.capacity else 0.0,
    )


def score_of(fit: Fit, weights: Weights) -> float:
    """The weighted mean of the components that have a meaning, between 0 and 1."""
    parts = (
        (weights.sector, fit.sector),
        (weights.territory, fit.territory),
        (weights.distance, fit.distance),
        (weights.stage, fit.stage),
        (weights.help, fit.help),
        (weights.text, fit.text),
        (weights.load, fit.load),
    )
    meant = [(weight, value) for weight, value in parts if value is not None]
    # Rounded so that the order never hangs on the last bits of a floating sum.
    return round(sum(w * value for w, value in meant) / sum(w for w, _ in meant), 6)


def text_fit(wanted: Vector | None, offered: Vector | None) -> float | None:
    """Closeness of two unit vectors, 0 when far and 1 when close; None if one side has no text."""
    if wanted is None or offered is None:
        return None
    cosine = float(np.dot(wanted, offered))
    return min(1.0, max(0.0, (cosine - _FAR_TEXT) / (_CLOSE_TEXT - _FAR_TEXT)))


def sector_fit(sector: str, secondary: tuple[str, ...], known: tuple[str, ...]) -> float:
    """1 for the main trade, less for another of its sectors, a neighbouring one, a generalist."""
    if known[:1] == (sector,):
        return 1.0
    if sector in known:
        return 0.85
    if not set(secondary).isdisjoint(known):
        return 0.4
    return 0.3 if GENERALIST in known or sector == GENERALIST else 0.0


def _sector_fit(dossier: Dossier, party: Party) -> tuple[float, str]:
    fit = sector_fit(dossier.sector, dossier.secondary, party.sectors)
    if dossier.sector in party.sectors:
        return fit, dossier.sector
    met = [sector for sector in dossier.secondary if sector in party.sectors]
    return fit, met[0] if met else GENERALIST


def _distances(dossier: Dossier, party: Party) -> tuple[float, ...]:
    seat = party.seat
    if seat is None:
        return ()
    return tuple(distance_km(seat, place) for place in dossier.places)


def _distance_fit(distances: tuple[float, ...]) -> float:
    if not distances:
        return _UNKNOWN
    return 1 / (1 + sum(distances) / len(distances) / _HALF_KM)


def _stage_fit(dossier: Dossier, party: Party) -> float:
    if party.kind is PartyKind.ACTOR:
        offers = open_offers(dossier, party)
        if not offers:
            return _UNKNOWN
        now = any(not offer.stages or offer.stages & dossier.stages for offer in offers)
    else:
        now = not party.stages or bool(party.stages & dossier.stages)
    return 1.0 if now else 0.5


def _help_met(dossier: Dossier, party: Party) -> tuple[HelpKind, ...]:
    wanted = {kind for stage in dossier.stages | dossier.next_stages for kind in WANTED_HELP[stage]}
    offered = {kind for offer in open_offers(dossier, party) for kind in offer.help_kinds}
    return tuple(kind for kind in HelpKind if kind in wanted & offered)


def _words_met(dossier: Dossier, party: Party) -> tuple[str, ...]:
    return tuple(word for word in dossier.words if bare_words([word]) & party.words)
