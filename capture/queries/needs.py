"""Lists of needs: what anybody may read around a commune, what the coordination filters."""

import datetime as dt
import enum
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from capture.models import (
    Cluster,
    ClusterMember,
    ClusterState,
    Need,
    NeedReading,
    NeedState,
)
from capture.nlp.sectors import Sector
from capture.queries.published import (
    CONFIRMATIONS,
    SECTOR,
    around,
    in_scope,
    place_name,
    readable,
    waits_for_a_person,
)
from fabrique.core.access import Action, Actor
from fabrique.core.people import Quality
from fabrique.core.places import Commune, Gazetteer
from fabrique.core.territories import Territory, TerritoryCommune
from fabrique.core.text import shorten

PAGE = 16
# Counting further would read every need: beyond this many, the page says « plus de 1 000 ».
COUNTED = 1_000


class Shelf(enum.StrEnum):
    """Where the coordination looks for needs."""

    TO_REVIEW = "a-relire"
    ISOLATED = "isoles"
    OUT_OF_SCOPE = "hors-champ"
    GROUPED = "groupes"
    HIDDEN = "masques"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFilters:
    """What is asked of the list; empty values ask nothing. ``after`` is the last need seen."""

    commune: str = ""
    text: str = ""
    territory: str = ""
    sector: Sector | None = None
    shelf: Shelf | None = None
    cluster: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedLine:
    """A need in a list."""

    reference: str
    title: str
    excerpt: str
    place: str
    observed_on: dt.date
    quality: Quality
    state: NeedState
    sector: Sector | None
    sector_is_chosen: bool
    voices: int
    cluster_reference: str | None
    cluster_title: str | None
    placed_by_a_person: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsView:
    """What the list of needs knows. ``total`` is None beyond ``COUNTED``, or when not counted."""

    lines: tuple[NeedLine, ...]
    more_after: str | None
    filters: NeedFilters
    commune: Commune | None
    group_title: str | None
    territories: tuple[tuple[str, str], ...]
    total: int | None
    sees_all: bool


def needs_view(
    session: Session, actor: Actor, filters: NeedFilters, *, places: Gazetteer
) -> NeedsView:
    """The needs the actor may read and asked for, newest first, ``PAGE`` at a time."""
    sees_all = actor.may(Action.NEED_READ_ALL)
    commune = _commune(places, filters.commune)
    conditions = [readable(actor), *_asked(filters, commune, places, actor)]
    # A grouping nobody has signed is the coordination's own business.
    shown = true() if actor.may(Action.CLUSTER_READ) else Cluster.state == ClusterState.CONFIRMED
    lines = _lines(session, conditions, shown=shown, after=_after(filters, actor), places=places)
    return NeedsView(
        lines=tuple(lines[:PAGE]),
        more_after=lines[PAGE - 1].reference if len(lines) > PAGE else None,
        filters=filters,
        commune=commune,
        group_title=_group_title(session, actor, filters.cluster),
        territories=territories_of(session, actor, Action.NEED_READ_ALL) if sees_all else (),
        total=_total(session, conditions) if sees_all else None,
        sees_all=sees_all,
    )


def _commune(places: Gazetteer, asked: str) -> Commune | None:
    found = places.find(asked, limit=1) if asked else ()
    return found[0].commune if found else None


def _asked(
    filters: NeedFilters, commune: Commune | None, places: Gazetteer, actor: Actor
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.commune:
        conditions.append(
            Need.commune.in_(around(places, commune)) if commune is not None else false()
        )
    if filters.cluster:
        conditions.append(Cluster.reference == filters.cluster)
    if not actor.may(Action.NEED_READ_ALL):
        return conditions
    if filters.text:
        conditions += [_contains(word) for word in filters.text.split()]
    if filters.territory:
        conditions.append(Need.commune.in_(_communes_of(filters.territory, actor)))
    if filters.sector is not None:
        conditions.append(SECTOR.in_([filters.sector]))
    if filters.shelf is not None:
        conditions.append(_on(filters.shelf))
    return conditions


def _contains(word: str) -> ColumnElement[bool]:
    return or_(
        Need.text.icontains(word, autoescape=True),
        Need.title.icontains(word, autoescape=True),
        Need.reference == word.upper(),
    )


def _communes_of(slug: str, actor: Actor) -> Select[str]:
    return (
        select(TerritoryCommune.insee_code)
        .join(Territory, Territory.id == TerritoryCommune.territory_id)
        .where(Territory.fabrique_id == actor.fabrique_id, Territory.slug == slug)
    )


def _on(shelf: Shelf) -> ColumnElement[bool]:
    match shelf:
        case Shelf.TO_REVIEW:
            return waits_for_a_person()
        case Shelf.HIDDEN:
            return Need.state == NeedState.HIDDEN
        case Shelf.OUT_OF_SCOPE:
            return SECTOR == Sector.HORS_CHAMP
        case Shelf.GROUPED:
            return ClusterMember.need_id.is_not(None)
        case Shelf.ISOLATED:
            return and_(
                ClusterMember.need_id.is_(None), Need.state == NeedState.RECEIVED, in_scope()
            )


def _after(filters: NeedFilters, actor: Actor) -> ColumnElement[bool] | None:
    if not filters.after:
        return None
    last = select(Need.id).where(
        Need.fabrique_id == actor.fabrique_id, Need.reference == filters.after
    )
    return Need.id < last.scalar_subquery()


_Row = Row[
    str,
    str,
    str,
    str | None,
    dt.date,
    Quality,
    NeedState,
    Sector | None,
    Sector | None,
    int,
    str,
    str,
    int | None,
]


def _lines(
    session: Session,
    conditions: list[ColumnElement[bool]],
    *,
    shown: ColumnElement[bool],
    after: ColumnElement[bool] | None,
    places: Gazetteer,
) -> list[NeedLine]:
    statement = (
        select(
            Need.reference,
            Need.title,
            Need.text,
            Need.commune,
            Need.observed_on,
            Need.quality,
            Need.state,
            SECTOR.label("sector"),
            Need.chosen_sector,
            CONFIRMATIONS.label("confirmations"),
            Cluster.reference.label("cluster_reference"),
            Cluster.title.label("cluster_title"),
            ClusterMember.person_id,
        )
        .outerjoin(NeedReading, NeedReading.need_id == Need.id)
        .outerjoin(ClusterMember, ClusterMember.need_id == Need.id)
        .outerjoin(Cluster, and_(Cluster.id == ClusterMember.cluster_id, shown))
        .where(*conditions)
        .order_by(Need.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        statement = statement.where(after)
    return [_line(row, places) for row in session.execute(statement)]


def _line(row: _Row, places: Gazetteer) -> NeedLine:
    return NeedLine(
        reference=row.reference,
        title=row.title or shorten(row.text, 90),
        excerpt=shorten(row.text, 220) if row.title else "",
        place=place_name(places, row.commune),
        observed_on=row.observed_on,
        quality=row.quality,
        state=row.state,
        sector=row.sector,
        sector_is_chosen=row.chosen_sector is not None,
        voices=1 + row.confirmations,
        cluster_reference=row.cluster_reference,
        cluster_title=row.cluster_title,
        placed_by_a_person=row.person_id is not None,
    )


def _total(session: Session, conditions: list[ColumnElement[bool]]) -> int | None:
    some = (
        select(Need.id)
        .outerjoin(NeedReading, NeedReading.need_id == Need.id)
        .outerjoin(ClusterMember, ClusterMember.need_id == Need.id)
        .outerjoin(Cluster, Cluster.id == ClusterMember.cluster_id)
        .where(*conditions)
        .limit(COUNTED + 1)
        .subquery()
    )
    total = session.scalars(select(func.count()).select_from(some)).one()
    return total if total <= COUNTED else None


def _group_title(session: Session, actor: Actor, reference: str) -> str | None:
    if not reference:
        return None
    statement = select(Cluster.title).where(
        Cluster.fabrique_id == actor.fabrique_id, Cluster.reference == reference
    )
    if not actor.may(Action.CLUSTER_READ):
        statement = statement.where(Cluster.state == ClusterState.CONFIRMED)
    return session.scalar(statement)


def territories_of(session: Session, actor: Actor, action: Action) -> tuple[tuple[str, str], ...]:
    """The territories (slug, name) where the actor may do something, by name."""
    statement = select(Territory.slug, Territory.name).where(
        Territory.fabrique_id == actor.fabrique_id
    )
    theirs = actor.territories(action)
    if theirs is not None:
        statement = statement.where(Territory.id.in_(theirs))
    return tuple((slug, name) for slug, name in session.execute(statement.order_by(Territory.name)))
