"""Pages that change the shape of groupings: all the words of one, a union before it is made, the
cut the machine would make."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from capture.models import Cluster, ClusterMember, Need, NeedVector
from capture.nlp.sectors import Sector
from capture.queries.cluster import TYPICAL, Quote, cluster_named, members_in_sight, quote_of
from capture.queries.published import alive, place_name
from capture.queries.voices import NO_VOICE, voices_of
from fabrique.core.access import Actor
from fabrique.core.places import Gazetteer
from fabrique.core.text import shorten

TESTIMONIES = 100
OFFERED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """The words of a need, then those of the voices that confirmed it."""

    quote: Quote
    title: str
    confirmations: tuple[tuple[str, dt.datetime, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestimoniesView:
    """Every word of a grouping, ``TESTIMONIES`` needs at a time."""

    reference: str
    title: str
    sector: Sector | None
    needs: int
    testimonies: tuple[Testimony, ...]
    more_after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """A grouping in a list to choose from."""

    reference: str
    title: str
    sector: Sector | None
    needs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Union:
    """What two groupings would be together."""

    other: GroupLine
    testimonies: int
    communes: int
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeView:
    """The grouping kept, those it could take in, and the union chosen, if any."""

    kept: GroupLine
    asked: str
    offered: tuple[GroupLine, ...]
    union: Union | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitLine:
    """A need of a grouping to be cut, and whether the machine would take it out."""

    reference: str
    title: str
    excerpt: str
    place: str
    observed_on: dt.date
    leaves: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitView:
    """A grouping and the cut the machine would make."""

    reference: str
    title: str
    stay: tuple[SplitLine, ...]
    leave: tuple[SplitLine, ...]


def testimonies_view(
    session: Session, actor: Actor, reference: str, *, after: str, places: Gazetteer
) -> TestimoniesView:
    """The needs of a grouping word for word, newest first, after the last one seen."""
    cluster = cluster_named(session, actor, reference)
    conditions = [*members_in_sight(actor, cluster)]
    if after:
        last = select(Need.id).where(Need.fabrique_id == actor.fabrique_id, Need.reference == after)
        conditions.append(Need.id < last.scalar_subquery())
    needs = session.scalars(
        select(Need)
        .join(ClusterMember, ClusterMember.need_id == Need.id)
        .where(*conditions)
        .options(selectinload(Need.confirmations))
        .order_by(Need.id.desc())
        .limit(TESTIMONIES + 1)
    ).all()
    size = session.scalars(select(func.count()).where(ClusterMember.cluster_id == cluster.id)).one()
    return TestimoniesView(
        reference=cluster.reference,
        title=cluster.title,
        sector=cluster.sector,
        needs=size,
        testimonies=tuple(
            _testimony(need, list(cluster.keywords), places) for need in needs[:TESTIMONIES]
        ),
        more_after=needs[TESTIMONIES - 1].reference if len(needs) > TESTIMONIES else None,
    )


def _testimony(need: Need, keywords: Sequence[str], places: Gazetteer) -> Testimony:
    return Testimony(
        quote=quote_of(need, keywords, places),
        title=need.title,
        confirmations=tuple(
            (place_name(places, voice.commune), voice.created_at, voice.text)
            for voice in need.confirmations
        ),
    )


def merge_view(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    asked: str,
    chosen: str,
    places: Gazetteer,
) -> MergeView:
    """The groupings one could take in; ``asked`` filters by words, ``chosen`` is previewed."""
    kept = cluster_named(session, actor, reference)
    lines = group_lines(session, kept, asked=asked, chosen=chosen)
    other = next((line for line in lines if line.reference == chosen), None)
    return MergeView(
        kept=GroupLine(
            reference=kept.reference,
            title=kept.title,
            sector=kept.sector,
            needs=session.scalars(
                select(func.count()).where(ClusterMember.cluster_id == kept.id)
            ).one(),
        ),
        asked=asked,
        offered=tuple(lines),
        union=_union(session, actor, kept, other, places) if other else None,
    )


def group_lines(
    session: Session, kept: Cluster, *, asked: str = "", chosen: str = ""
) -> list[GroupLine]:
    """The living groupings beside one: of its sector, or that hold the words asked."""
    needs = select(func.count()).where(ClusterMember.cluster_id == Cluster.id).scalar_subquery()
    beside = [Cluster.title.icontains(word, autoescape=True) for word in asked.split()] or [
        Cluster.sector.is_not_distinct_from(kept.sector)
    ]
    return [
        GroupLine(reference=row.reference, title=row.title, sector=row.sector, needs=row.needs)
        for row in session.execute(
            select(Cluster.reference, Cluster.title, Cluster.sector, needs.label("needs"))
            .where(
                alive(kept.fabrique_id),
                Cluster.id != kept.id,
                or_(Cluster.reference == chosen, and_(*beside)),
            )
            .order_by((Cluster.reference == chosen).desc(), needs.desc(), Cluster.id)
            .limit(OFFERED)
        )
    ]


def _union(
    session: Session, actor: Actor, kept: Cluster, other: GroupLine, places: Gazetteer
) -> Union:
    merged = cluster_named(session, actor, other.reference)
    voices = voices_of(session, [kept.id, merged.id])
    ours, theirs = voices.get(kept.id, NO_VOICE), voices.get(merged.id, NO_VOICE)
    quoted = session.scalars(
        select(Need)
        .join(ClusterMember, ClusterMember.need_id == Need.id)
        .where(*members_in_sight(actor, merged))
        .order_by(Need.id.in_(merged.typical_need_ids).desc(), ClusterMember.strength.desc())
        .limit(TYPICAL)
    )
    return Union(
        other=other,
        testimonies=ours.testimonies + theirs.testimonies,
        communes=len({code for code, _ in (*ours.places, *theirs.places)}),
        quotes=tuple(quote_of(need, list(kept.keywords), places) for need in quoted),
    )


def split_view(session: Session, actor: Actor, reference: str, *, places: Gazetteer) -> SplitView:
    """The needs of a grouping on the two sides of the cut that the machine would make."""
    cluster = cluster_named(session, actor, reference)
    rows = session.execute(
        select(
            Need.reference,
            Need.title,
            Need.text,
            Need.commune,
            Need.observed_on,
            NeedVector.vector,
        )
        .join(ClusterMember, ClusterMember.need_id == Need.id)
        .outerjoin(NeedVector, NeedVector.need_id == Need.id)
        .where(*members_in_sight(actor, cluster))
        .order_by(Need.id)
    ).all()
    size = max((len(row.vector) for row in rows if row.vector), default=0)
    vectors = [np.frombuffer(row.vector or bytes(size), dtype=np.float32) for row in rows]
    leaves = smaller_side(np.stack(vectors)) if size else [False] * len(rows)
    lines = [
        SplitLine(
            reference=row.reference,
            title=row.title or shorten(row.text, 80),
            excerpt=shorten(row.text, 160) if row.title else "",
            place=place_name(places, row.commune),
            observed_on=row.observed_on,
            leaves=leaving,
        )
        for row, leaving in zip(rows, leaves, strict=True)
    ]
    return SplitView(
        reference=cluster.reference,
        title=cluster.title,
        stay=tuple(line for line in lines if not line.leaves),
        leave=tuple(line for line in lines if line.leaves),
    )


def smaller_side(vectors: NDArray[np.float32]) -> list[bool]:
    """For unit rows (n, d), which are on the smaller side of the cut where they differ most.

    The cut is across the first principal component (Boley 1998, divisive partitioning).
    """
    spread = vectors - vectors.mean(axis=0, keepdims=True)
    if len(vectors) < 2 or not np.any(spread):
        return [False] * len(vectors)
    across = spread @ np.linalg.svd(spread, full_matrices=False)[2][0]
    beyond = across > 0
    # The sign of a component is arbitrary: the smaller side leaves, the first row stays if equal.
    if (2 * int(beyond.sum()), bool(beyond[0])) > (len(beyond), False):
        beyond = ~beyond
    return [bool(side) for side in beyond]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingView:
    """A grouping that somebody is about to name."""

    reference: str
    title: str
    summary: str
    sector: Sector | None
    keywords: tuple[str, ...]


def naming_view(session: Session, actor: Actor, reference: str) -> NamingView:
    """The grouping of that reference with the words it was made of."""
    cluster = cluster_named(session, actor, reference)
    return NamingView(
        reference=cluster.reference,
        title=cluster.title,
        summary=cluster.summary,
        sector=cluster.sector,
        keywords=tuple(cluster.keywords),
    )
