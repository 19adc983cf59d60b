"""The board of groupings: columns by sector, the most loaded first, or one list; filters."""

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from capture.models import (
    ChangeAnswer,
    Cluster,
    ClusterChange,
    ClusterState,
    GroupingRun,
    Need,
    Opportunity,
)
from capture.nlp.sectors import Sector
from capture.queries.census import Census, CensusKeeper, CountedCluster, census_of
from capture.queries.needs import territories_of
from fabrique.core.access import Action, Actor, in_sight
from fabrique.core.territories import Territory, TerritoryCommune

COLUMNS = 4
CARDS = 6
CARDS_OF_ONE_SECTOR = 48
PAGE = 16
# Two titles of one sector that share nearly all their words (token set ratio of rapidfuzz).
CLOSE_TITLES = 85.0


class Order(enum.StrEnum):
    """How the groupings of a column, or the list, are sorted."""

    TESTIMONIES = "temoignages"
    COMMUNES = "communes"
    RECENT = "recents"


class Layout(enum.StrEnum):
    """The two ways to see the groupings."""

    BOARD = "tableau"
    LIST = "liste"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFilters:
    """What is asked of the board; empty values ask nothing. ``page`` counts from 1."""

    territory: str = ""
    sector: Sector | None = None
    state: ClusterState | None = None
    order: Order = Order.TESTIMONIES
    layout: Layout = Layout.BOARD
    all_sectors: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCard:
    """A grouping on the board; ``curve`` counts needs in each of the last twelve months."""

    reference: str
    title: str
    sector: Sector
    state: ClusterState
    title_is_locked: bool
    testimonies: int
    communes: int
    opportunity: str | None
    close_to: str | None
    curve: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardColumn:
    """The groupings of one sector: all are counted, the first are shown."""

    sector: Sector
    clusters: int
    testimonies: int
    cards: tuple[BoardCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The last passage of the machine, and what waits for an answer."""

    number: int
    isolated: int
    out_of_scope: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """What the board knows; ``cards`` is the list when the layout is one."""

    columns: tuple[BoardColumn, ...]
    cards: tuple[BoardCard, ...]
    other_sectors: int
    has_more: bool
    clusters: int
    run: LastRun | None
    filters: BoardFilters
    territories: tuple[tuple[str, str], ...]


def board_view(
    session: Session,
    actor: Actor,
    filters: BoardFilters,
    *,
    census: CensusKeeper,
    today: dt.date,
) -> BoardView:
    """The living groupings asked for; raises ``Forbidden`` or ``SignInNeeded``."""
    actor.require(Action.CLUSTER_READ)
    every = _in_territory(session, actor, filters, census=census, today=today)
    asked = _asked(every, filters)
    by_sector: dict[Sector, list[CountedCluster]] = {}
    for each in asked:
        by_sector.setdefault(each.sector, []).append(each)
    loaded = sorted(by_sector.items(), key=lambda item: -sum(each.testimonies for each in item[1]))
    is_list = filters.layout is Layout.LIST
    columns = [] if is_list else loaded[: None if filters.all_sectors else COLUMNS]
    cap = CARDS_OF_ONE_SECTOR if filters.sector else CARDS
    start = (filters.page - 1) * PAGE
    listed = asked[start : start + PAGE] if is_list else []
    shown = [*listed, *(each for _, group in columns for each in group[:cap])]
    cards = _cards(session, shown, every)
    return BoardView(
        columns=tuple(
            BoardColumn(
                sector=sector,
                clusters=len(group),
                testimonies=sum(each.testimonies for each in group),
                cards=tuple(cards[each.id] for each in group[:cap]),
            )
            for sector, group in columns
        ),
        cards=tuple(cards[each.id] for each in listed),
        other_sectors=0 if is_list else len(loaded) - len(columns),
        has_more=is_list and len(asked) > start + PAGE,
        clusters=len(asked),
        run=_last_run(session, actor.fabrique_id),
        filters=filters,
        territories=territories_of(session, actor, Action.CLUSTER_READ),
    )


def _in_territory(
    session: Session,
    actor: Actor,
    filters: BoardFilters,
    *,
    census: CensusKeeper,
    today: dt.date,
) -> Census:
    if not filters.territory:
        return census.of(session, actor, today=today)
    communes = (
        select(TerritoryCommune.insee_code)
        .join(Territory, Territory.id == TerritoryCommune.territory_id)
        .where(Territory.fabrique_id == actor.fabrique_id, Territory.slug == filters.territory)
    )
    sight = and_(Need.commune.in_(communes), in_sight(actor, Action.CLUSTER_READ, Need.commune))
    return census_of(session, actor.fabrique_id, sight, today=today)


def _asked(every: Census, filters: BoardFilters) -> list[CountedCluster]:
    kept = (
        each
        for each in every
        if filters.sector in (None, each.sector) and filters.state in (None, each.state)
    )
    match filters.order:
        case Order.TESTIMONIES:
            return sorted(kept, key=lambda each: (-each.testimonies, each.id))
        case Order.COMMUNES:
            return sorted(kept, key=lambda each: (-each.communes, -each.testimonies, each.id))
        case Order.RECENT:
            return sorted(kept, key=lambda each: (-each.last.toordinal(), each.id))


def _cards(
    session: Session, shown: Sequence[CountedCluster], every: Census
) -> Mapping[int, BoardCard]:
    opportunities = dict(
        session.execute(
            select(Opportunity.cluster_id, Opportunity.reference)
            .where(Opportunity.cluster_id.in_([each.id for each in shown]))
            .order_by(Opportunity.id)
        ).all()
    )
    return {
        each.id: BoardCard(
            reference=each.reference,
            title=each.title,
            sector=each.sector,
            state=each.state,
            title_is_locked=each.title_is_locked,
            testimonies=each.testimonies,
            communes=each.communes,
            opportunity=opportunities.get(each.id),
            close_to=close_title(each.id, each.folded_title, each.sector, every),
            curve=each.curve,
        )
        for each in shown
    }


def close_title(own_id: int, folded: str, sector: Sector, every: Census) -> str | None:
    """The title of a sector that shares nearly all its words with this one, if there is one."""
    others = [each for each in every if each.sector is sector and each.id != own_id]
    found = process.extractOne(
        folded,
        [other.folded_title for other in others],
        scorer=fuzz.token_set_ratio,
        score_cutoff=CLOSE_TITLES,
    )
    return others[found[2]].title if found else None


def _last_run(session: Session, fabrique_id: int) -> LastRun | None:
    waiting = (
        select(func.count())
        .select_from(ClusterChange)
        .join(Cluster, Cluster.id == ClusterChange.cluster_id)
        .where(Cluster.fabrique_id == fabrique_id, ClusterChange.answer == ChangeAnswer.WAITING)
        .scalar_subquery()
    )
    row = session.execute(
        select(GroupingRun.number, GroupingRun.counts, waiting.label("waiting"))
        .where(GroupingRun.fabrique_id == fabrique_id, GroupingRun.ended_at.is_not(None))
        .order_by(GroupingRun.number.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return LastRun(
        number=row.number,
        isolated=int(row.counts.get("isolated", 0)),
        out_of_scope=int(row.counts.get("out_of_scope", 0)),
        waiting=row.waiting,
    )
