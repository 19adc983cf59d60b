"""Why a party is proposed: two to four facts, as codes and values. No sentence is written here.
Facts about one thing come together: the subject, the place, the moment, the help."""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matching.scoring.features import GENERALIST, Dossier, Party, PartyKind
from matching.scoring.gates import open_offers
from matching.scoring.score import NEAR_KM, Fit
from matching.scoring.vocabulary import Stage

FactValue = str | int | float | list[str]

_MOST_FACTS = 4
_MOST_WORDS = 3
_MOST_KINDS = 3
# Beyond an hour and a half of road, somebody has to say how the help will come.
_FAR_KM = 80.0
_WITHOUT_STRUCTURE = frozenset({"individual", "collective"})


class Sense(enum.StrEnum):
    """Whether a fact speaks for the proposal, is to be checked, or speaks against it."""

    FOR = "for"
    CHECK = "check"
    AGAINST = "against"


class FactCode(enum.StrEnum):
    """Every fact that matching can state."""

    SECTOR_MAIN = "sector_main"
    SECTOR_KNOWN = "sector_known"
    SECTOR_NEIGHBOUR = "sector_neighbour"
    SECTOR_GENERAL = "sector_general"
    WORDS_SHARED = "words_shared"
    ZONE_WHOLE = "zone_whole"
    ZONE_PART = "zone_part"
    ZONE_UNKNOWN = "zone_unknown"
    ZONE_OUTSIDE = "zone_outside"
    PLACE_NEAR = "place_near"
    PLACE_FAR = "place_far"
    STAGE_NOW = "stage_now"
    STAGE_NEXT = "stage_next"
    HELP_OFFERED = "help_offered"
    HELP_OTHER = "help_other"
    OFFER_UNKNOWN = "offer_unknown"
    LEGAL_FORMS_LIMITED = "legal_forms_limited"
    NO_STRUCTURE = "no_structure"
    TERRITORY_LARGE_ENOUGH = "territory_large_enough"
    TERRITORY_TOO_SMALL = "territory_too_small"
    TERRITORY_UNKNOWN = "territory_unknown"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One reason, as values: ``web.labels`` makes the sentence."""

    code: FactCode
    sense: Sense
    values: Mapping[str, FactValue]


def facts_of(dossier: Dossier, party: Party, fit: Fit) -> tuple[Fact, ...]:
    """Two to four facts, those for first; what is to be checked is never crowded out."""
    found = list(_facts(dossier, party, fit))
    wary = [fact for fact in found if fact.sense is not Sense.FOR]
    room = _MOST_FACTS - min(2, len(wary))
    favourable = [fact for fact in found if fact.sense is Sense.FOR][:room]
    return (*favourable, *wary[: _MOST_FACTS - len(favourable)])


def _facts(dossier: Dossier, party: Party, fit: Fit) -> Iterator[Fact]:
    yield _subject(dossier, fit)
    yield from _whereabouts(dossier, party, fit)
    yield from _help(dossier, party, fit)
    yield from _moment(dossier, party)
    if fit.words_met:
        yield _for(FactCode.WORDS_SHARED, words=list(fit.words_met[:_MOST_WORDS]))
    if party.legal_form in _WITHOUT_STRUCTURE and party.kind is PartyKind.HOLDER:
        yield _check(FactCode.NO_STRUCTURE)


def _subject(dossier: Dossier, fit: Fit) -> Fact:
    if fit.sector_met == dossier.sector:
        code = FactCode.SECTOR_MAIN if fit.sector == 1.0 else FactCode.SECTOR_KNOWN
        return _for(code, sector=dossier.sector)
    if fit.sector_met == GENERALIST:
        return _check(FactCode.SECTOR_GENERAL, sector=dossier.sector)
    return _check(FactCode.SECTOR_NEIGHBOUR, sector=dossier.sector, met=fit.sector_met)


def _whereabouts(dossier: Dossier, party: Party, fit: Fit) -> Iterator[Fact]:
    total = len(dossier.places)
    if not total or party.zone.is_unknown:
        yield _check(FactCode.ZONE_UNKNOWN)
    elif not fit.covered:
        yield _check(FactCode.ZONE_OUTSIDE, kilometres=round(fit.nearest_km or 0))
    elif fit.near:
        yield _for(FactCode.PLACE_NEAR, near=fit.near, total=total, kilometres=round(NEAR_KM))
    elif fit.covered == total:
        yield _for(FactCode.ZONE_WHOLE, total=total)
    if 0 < fit.covered < total and not party.zone.is_unknown:
        yield _check(FactCode.ZONE_PART, covered=fit.covered, total=total)
    elif fit.nearest_km is not None and fit.nearest_km > _FAR_KM:
        yield _check(FactCode.PLACE_FAR, kilometres=round(fit.nearest_km))


def _help(dossier: Dossier, party: Party, fit: Fit) -> Iterator[Fact]:
    if party.kind is not PartyKind.ACTOR:
        return
    if not party.offers:
        yield _check(FactCode.OFFER_UNKNOWN)
        return
    if fit.help_met:
        yield _for(FactCode.HELP_OFFERED, kinds=[kind.value for kind in fit.help_met[:_MOST_KINDS]])
    else:
        yield Fact(code=FactCode.HELP_OTHER, sense=Sense.AGAINST, values={})
    offers = open_offers(dossier, party)
    if dossier.legal_form is None and offers and all(offer.legal_forms for offer in offers):
        forms = sorted({form for offer in offers for form in offer.legal_forms})
        yield _check(FactCode.LEGAL_FORMS_LIMITED, forms=forms)


def _moment(dossier: Dossier, party: Party) -> Iterator[Fact]:
    of_actor = [offer.stages for offer in open_offers(dossier, party)]
    lists = of_actor if party.kind is PartyKind.ACTOR else [party.stages]
    reached = [stage for stage in Stage if any(not few or stage in few for few in lists)]
    now = [stage for stage in reached if stage in dossier.stages]
    after = [stage for stage in reached if stage in dossier.next_stages]
    if now:
        yield _for(FactCode.STAGE_NOW, stage=now[0])
    elif after:
        yield _check(FactCode.STAGE_NEXT, stage=after[0])


def _for(code: FactCode, **values: FactValue) -> Fact:
    return Fact(code=code, sense=Sense.FOR, values=values)


def _check(code: FactCode, **values: FactValue) -> Fact:
    return Fact(code=code, sense=Sense.CHECK, values=values)
