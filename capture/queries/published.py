"""Which needs may be seen, by whom, and the expressions every list shares: the sector that counts,
the voices behind a need, the commune by its name."""

import re
from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from capture.models import Cluster, ClusterState, Need, NeedConfirmation, NeedReading, NeedState
from capture.nlp.sectors import Sector
from fabrique.core.access import Action, Actor, in_sight
from fabrique.core.journal import JournalEntry
from fabrique.core.places import Commune, Departement, Gazetteer, distance_km
from fabrique.core.text import fold

ALIVE = (ClusterState.PROPOSED, ClusterState.CONFIRMED)
# Somebody who looks for « around here » goes that far for shopping or school, as the crow flies.
AROUND_KM = 15.0
# One degree of latitude, on a sphere of 6,371 km.
KM_BY_DEGREE = 111.19
_WORD = re.compile(r"\w+(?:['’-]\w+)*")

# A person's choice wins over what the machine read.
SECTOR: ColumnElement[Sector | None] = func.coalesce(Need.chosen_sector, NeedReading.sector)
CONFIRMATIONS = (
    select(func.count(NeedConfirmation.id))
    .where(NeedConfirmation.need_id == Need.id)
    .correlate(Need)
    .scalar_subquery()
)


def in_scope() -> ColumnElement[bool]:
    """Needs that are not out of scope; the statement must join the reading."""
    return or_(SECTOR.is_(None), SECTOR != Sector.HORS_CHAMP)


def waits_for_a_person() -> ColumnElement[bool]:
    """Needs where the machine saw somebody named, until a person says they may be published."""
    read_again = exists().where(
        JournalEntry.fabrique_id == Need.fabrique_id,
        JournalEntry.subject == Need.reference,
        JournalEntry.action == "need.published",
    )
    return or_(
        Need.state == NeedState.TO_REVIEW,
        and_(Need.state == NeedState.RECEIVED, NeedReading.personal_count > 0, ~read_again),
    )


def published(fabrique_id: int) -> ColumnElement[bool]:
    """Needs anybody may read: received, read by the machine, in scope, naming nobody.

    The statement joins the reading.
    """
    return and_(
        Need.fabrique_id == fabrique_id,
        Need.state == NeedState.RECEIVED,
        NeedReading.need_id.is_not(None),
        in_scope(),
        ~waits_for_a_person(),
    )


def readable(actor: Actor) -> ColumnElement[bool]:
    """Needs the actor may read: all but the withdrawn for the coordination, else the published."""
    if not actor.may(Action.NEED_READ_ALL):
        return published(actor.fabrique_id)
    return and_(
        Need.fabrique_id == actor.fabrique_id,
        Need.state != NeedState.WITHDRAWN,
        in_sight(actor, Action.NEED_READ_ALL, Need.commune),
    )


def alive(fabrique_id: int) -> ColumnElement[bool]:
    """Groupings that are neither merged, dissolved nor set aside."""
    return and_(Cluster.fabrique_id == fabrique_id, Cluster.state.in_(ALIVE))


def place_name(places: Gazetteer, insee_code: str | None) -> str:
    """The name of a commune, its code where the table does not know it, "" without commune."""
    if insee_code is None:
        return ""
    commune = places.commune(insee_code)
    return commune.name if commune else insee_code


def place_names(places: Gazetteer, insee_codes: Iterable[str]) -> tuple[str, ...]:
    """The names of communes, in the same order."""
    return tuple(place_name(places, code) for code in insee_codes)


def places_meant(
    places: Gazetteer, mentions: Iterable[Collection[str]], *, near: str
) -> tuple[str, ...]:
    """The names of the communes that somebody of `near` names, each by the codes it may have."""
    meant = (places.homonym(codes, near=near) for codes in mentions)
    return tuple(dict.fromkeys(commune.name for commune in meant if commune))


def territories_meant(places: Gazetteer, codes: Iterable[str], *, near: str) -> tuple[str, ...]:
    """The names of the EPCI and départements that somebody of `near` names."""
    return tuple(
        f"{meant.name} (département)" if isinstance(meant, Departement) else meant.name
        for meant in places.territories_meant(codes, near=near)
    )


def around(places: Gazetteer, centre: Commune) -> tuple[str, ...]:
    """INSEE codes of the communes of its région within ``AROUND_KM`` of one, itself included."""
    return tuple(
        commune.insee_code
        for commune in places.communes_of(region=centre.region)
        # The latitude alone sets most of them aside at once.
        if abs(commune.latitude - centre.latitude) * KM_BY_DEGREE <= AROUND_KM
        and distance_km(centre, commune) <= AROUND_KM
    )


def words_to_mark(text: str, keywords: Collection[str]) -> tuple[str, ...]:
    """The words of a text, as written, that are key words but for accents and the plural."""
    wanted = {fold(word) for word in keywords}
    found = (
        word
        for word in _WORD.findall(text)
        if (folded := fold(word)) in wanted or folded.removesuffix("s") in wanted
    )
    return tuple(dict.fromkeys(found))
