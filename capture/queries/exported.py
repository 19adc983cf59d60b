"""Every need as a line of a spreadsheet: what was said, where, and where it stands."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.models import Cluster, ClusterMember, Need, NeedReading, NeedState, Opportunity
from capture.nlp.sectors import Sector
from fabrique.core.access import Action, Actor, in_sight


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedNeed:
    """One line; ``commune`` is an INSEE code, ``cluster`` and ``opportunity`` are references."""

    reference: str
    observed_on: dt.date
    commune: str | None
    sector: Sector | None
    title: str
    text: str
    cluster: str | None
    opportunity: str | None
    state: NeedState


def exported_needs(session: Session, actor: Actor) -> Iterator[ExportedNeed]:
    """The needs in the actor's sight, oldest first, withdrawn ones left out."""
    actor.require(Action.NEED_READ_ALL)
    for row in session.execute(
        select(
            Need.reference,
            Need.observed_on,
            Need.commune,
            Need.chosen_sector,
            NeedReading.sector,
            Need.title,
            Need.text,
            Cluster.reference,
            Opportunity.reference,
            Need.state,
        )
        .outerjoin(NeedReading, NeedReading.need_id == Need.id)
        .outerjoin(ClusterMember, ClusterMember.need_id == Need.id)
        .outerjoin(Cluster, Cluster.id == ClusterMember.cluster_id)
        .outerjoin(Opportunity, Opportunity.cluster_id == Cluster.id)
        .where(
            Need.fabrique_id == actor.fabrique_id,
            Need.state != NeedState.WITHDRAWN,
            in_sight(actor, Action.NEED_READ_ALL, Need.commune),
        )
        .order_by(Need.id, Opportunity.id)
        .execution_options(yield_per=2_000)
    ):
        yield ExportedNeed(
            reference=row[0],
            observed_on=row[1],
            commune=row[2],
            sector=row[3] or row[4],
            title=row[5],
            text=row[6],
            cluster=row[7],
            opportunity=row[8],
            state=row[9],
        )
