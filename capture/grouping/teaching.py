"""The sectors that a coordination corrects teach the machine: what is read next, and before."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from capture.models import GroupingRun, Need, NeedReading, NeedState
from capture.nlp.corrections import Lessons
from capture.nlp.language import Language
from capture.nlp.sectors import Sector, SectorReading
from capture.queries.parts import spans_taken, words_read
from fabrique.core.access import Action, Actor
from fabrique.core.journal import JournalEntry

_CHOSEN = "need.sector_chosen"
# The latest choices say enough of how a coordination sorts, and are learnt in a second.
_LEARNT = 500
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """The sectors of a need, read again."""

    need_id: int
    read: SectorReading


def lessons_of(session: Session, fabrique_id: int, *, language: Language) -> Lessons | None:
    """What the sectors corrected by the coordination teach; None while it has corrected none.

    What authors and files say of their own needs teaches nothing about those of others.
    """
    rows = session.execute(
        select(Need.id, Need.title, Need.text, Need.chosen_sector)
        .where(
            Need.fabrique_id == fabrique_id,
            Need.state != NeedState.WITHDRAWN,
            Need.chosen_sector.is_not(None),
            _corrected(),
        )
        .order_by(Need.sector_chosen_at.desc(), Need.id.desc())
        .limit(_LEARNT)
    ).all()
    taken = spans_taken(session, fabrique_id)
    return language.lessons(
        [row.id for row in rows],
        [words_read(row.title, row.text, taken.get(row.id, ())) for row in rows],
        [row.chosen_sector for row in rows],
    )


def draft_hearing(session: Session, actor: Actor, *, language: Language) -> list[Hearing]:
    """What people's choices change in the sectors of needs already read; a reading session is
    enough. Empty when nobody has chosen or taken back a sector since the last passage."""
    actor.require(Action.GROUPING_RUN)
    if not _taught_since_last_run(session, actor.fabrique_id):
        return []
    lessons = lessons_of(session, actor.fabrique_id, language=language)
    taken = spans_taken(session, actor.fabrique_id)
    changed: list[Hearing] = []
    last = 0
    while rows := session.execute(_heard(actor.fabrique_id, after=last)).all():
        last = rows[-1].id
        texts = [words_read(row.title, row.text, taken.get(row.id, ())) for row in rows]
        found = language.sectors_of(texts, lessons)
        changed += [
            Hearing(need_id=row.id, read=reading)
            for row, reading in zip(rows, found, strict=True)
            if (row.sector, row.subject, row.secondary, row.learnt_from_id)
            != (reading.principal, reading.subject, list(reading.secondary), reading.learnt_from)
        ]
    return changed


def apply_hearing(session: Session, actor: Actor, hearings: Sequence[Hearing]) -> int:
    """Write what was heard; how many. What a person chose meanwhile stays, it is kept elsewhere."""
    actor.require(Action.GROUPING_RUN)
    for one in hearings:
        session.execute(
            update(NeedReading)
            .where(NeedReading.need_id == one.need_id)
            .values(**sector_columns(one.read))
            .execution_options(synchronize_session=False)
        )
    return len(hearings)


def sector_columns(read: SectorReading) -> dict[str, object]:
    """What is kept of the reading of sectors."""
    return {
        "sector": read.principal,
        "subject": read.subject,
        "secondary": [sector.value for sector in read.secondary],
        "sector_scores": {
            sector.value: round(score, 4) for sector, score in read.scores.items() if score >= 0.01
        },
        "learnt_from_id": read.learnt_from,
    }


def _corrected() -> ColumnElement[bool]:
    return exists().where(
        JournalEntry.fabrique_id == Need.fabrique_id,
        JournalEntry.subject == Need.reference,
        JournalEntry.action == _CHOSEN,
    )


def _taught_since_last_run(session: Session, fabrique_id: int) -> bool:
    chosen_at = session.scalar(
        select(func.max(JournalEntry.at)).where(
            JournalEntry.fabrique_id == fabrique_id, JournalEntry.action == _CHOSEN
        )
    )
    passed_at: dt.datetime | None = session.scalar(
        select(func.max(GroupingRun.started_at)).where(GroupingRun.fabrique_id == fabrique_id)
    )
    if chosen_at is None:
        return False
    if passed_at is None or chosen_at > passed_at:
        return True
    teacher = aliased(Need)
    taken_back = (
        _heard(fabrique_id, after=0)
        .join(teacher, teacher.id == NeedReading.learnt_from_id)
        .where(teacher.state == NeedState.WITHDRAWN)
    )
    return session.execute(taken_back.limit(1)).first() is not None


def _heard(
    fabrique_id: int, *, after: int
) -> Select[int, str, str, Sector | None, Sector, list[str], int | None]:
    return (
        select(
            Need.id,
            Need.title,
            Need.text,
            NeedReading.sector,
            NeedReading.subject,
            NeedReading.secondary,
            NeedReading.learnt_from_id,
        )
        .join(NeedReading, NeedReading.need_id == Need.id)
        .where(
            Need.fabrique_id == fabrique_id,
            Need.state != NeedState.WITHDRAWN,
            Need.chosen_sector.is_(None),
            Need.id > after,
        )
        .order_by(Need.id)
        .limit(_AT_ONCE)
    )
