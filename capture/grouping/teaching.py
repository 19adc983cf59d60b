"""The sectors that people choose teach the machine: what is read next, and what was read before."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from capture.models import GroupingRun, Need, NeedReading, NeedState
from capture.nlp.corrections import Lessons
from capture.nlp.language import Language
from capture.nlp.sectors import Sector, SectorReading
from capture.queries.parts import spans_taken, words_left, words_of
from fabrique.core.access import Action, Actor

# The latest choices say enough of how a coordination sorts, and are learnt in a second.
_LEARNT = 500
_AT_ONCE = 2_000


def lessons_of(session: Session, fabrique_id: int, *, language: Language) -> Lessons | None:
    """What the sectors chosen in this fabrique teach; None while nobody has chosen any."""
    rows = session.execute(
        select(Need.id, Need.title, Need.text, Need.chosen_sector)
        .where(
            Need.fabrique_id == fabrique_id,
            Need.state != NeedState.WITHDRAWN,
            Need.chosen_sector.is_not(None),
        )
        .order_by(Need.sector_chosen_at.desc(), Need.id.desc())
        .limit(_LEARNT)
    ).all()
    return language.lessons(
        [row.id for row in rows],
        _texts(session, fabrique_id, [(row.id, row.title, row.text) for row in rows]),
        [row.chosen_sector for row in rows],
    )


def hear_again(session: Session, actor: Actor, *, language: Language) -> int:
    """Read again the sectors of the needs that people's choices bear on; how many changed.

    Nothing is done when nobody has chosen a sector since the last passage. A sector chosen by a
    person stays as it is.
    """
    actor.require(Action.GROUPING_RUN)
    if not _chosen_since_last_run(session, actor.fabrique_id):
        return 0
    lessons = lessons_of(session, actor.fabrique_id, language=language)
    changed, last = 0, 0
    while True:
        rows = session.execute(_heard(actor.fabrique_id, after=last)).all()
        if not rows:
            return changed
        last = rows[-1].id
        texts = _texts(session, actor.fabrique_id, [(row.id, row.title, row.text) for row in rows])
        found = language.sectors_of(texts, lessons)
        anew = [
            {"need_id": row.id, **sector_columns(reading)}
            for row, reading in zip(rows, found, strict=True)
            if (row.sector, row.subject, row.learnt_from_id)
            != (reading.principal, reading.subject, reading.learnt_from)
        ]
        if anew:
            session.execute(update(NeedReading), anew)
        changed += len(anew)


def sector_columns(read: SectorReading) -> dict[str, object]:
    """What is kept of the reading of sectors."""
    return {
        "sector": read.principal,
        "subject": read.subject,
        "secondary": [sector.value for sector in read.secondary],
        "sector_scores": {
            sector.value: round(score, 4) for sector, score in read.scores.items() if score >= 0.01
        },
        "sector_words": list(read.words),
        "learnt_from_id": read.learnt_from,
    }


def _chosen_since_last_run(session: Session, fabrique_id: int) -> bool:
    chosen_at = session.scalar(
        select(func.max(Need.sector_chosen_at)).where(Need.fabrique_id == fabrique_id)
    )
    passed_at: dt.datetime | None = session.scalar(
        select(func.max(GroupingRun.started_at)).where(GroupingRun.fabrique_id == fabrique_id)
    )
    return chosen_at is not None and (passed_at is None or chosen_at > passed_at)


def _heard(
    fabrique_id: int, *, after: int
) -> Select[int, str, str, Sector | None, Sector, int | None]:
    return (
        select(
            Need.id,
            Need.title,
            Need.text,
            NeedReading.sector,
            NeedReading.subject,
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


def _texts(session: Session, fabrique_id: int, needs: Iterable[tuple[int, str, str]]) -> list[str]:
    taken = spans_taken(session, fabrique_id)
    return [
        words_of(title, words_left(text, taken.get(need_id, ()))) for need_id, title, text in needs
    ]
