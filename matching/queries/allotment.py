"""The overall allocation of holders to the open opportunities, beside the simple ranking."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.models import Opportunity
from fabrique.core.access import Action, Actor
from matching.models import Match, MatchState, ProjectHolder
from matching.scoring.assign import Pair, allocation, differences


@dataclass(frozen=True, slots=True, kw_only=True)
class AllotmentLine:
    """One opportunity: who comes first, whom the allocation gives it, and where its first goes.

    Names are empty where they may not be shown; ``allotted`` is None where nobody is left.
    """

    reference: str
    title: str
    first: str
    allotted: str | None
    elsewhere: tuple[str, ...]
    differs: bool


def allotments(session: Session, actor: Actor) -> tuple[AllotmentLine, ...]:
    """The allocation over every proposal of a holder, opportunity by opportunity."""
    rows = session.execute(
        select(
            Match.score,
            Opportunity.reference,
            Opportunity.title,
            ProjectHolder.id,
            ProjectHolder.name,
            ProjectHolder.is_person,
            ProjectHolder.capacity - ProjectHolder.load,
        )
        .join(Opportunity, Opportunity.id == Match.opportunity_id)
        .join(ProjectHolder, ProjectHolder.id == Match.holder_id)
        .where(
            Match.fabrique_id == actor.fabrique_id,
            Match.state == MatchState.PROPOSED,
            Opportunity.is_closed.is_(False),
        )
        .order_by(Opportunity.id, Match.rank)
    ).all()
    knows_names = actor.may(Action.DIRECTORY_READ)
    pairs = [Pair(dossier=row.reference, party=str(row.id), score=row.score) for row in rows]
    rooms = {str(row.id): int(row[6]) for row in rows}
    names = {str(row.id): row.name if knows_names or not row.is_person else "" for row in rows}
    titles = {row.reference: row.title for row in rows}
    allotted = allocation(pairs, rooms)
    differing = {each.dossier: each for each in differences(pairs, allotted)}
    lines = []
    for reference, title in titles.items():
        difference = differing.get(reference)
        given = next(iter(allotted[reference]), None)
        first = given if difference is None else difference.first
        lines.append(
            AllotmentLine(
                reference=reference,
                title=title,
                first=names[first] if first is not None else "",
                allotted=None if given is None else names[given],
                elsewhere=difference.elsewhere if difference else (),
                differs=difference is not None,
            )
        )
    return tuple(lines)
