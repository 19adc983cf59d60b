"""The machine reads needs: words, sector, vector. What it reads can always be thrown away."""

import datetime as dt
from collections.abc import Callable
from functools import reduce

from sqlalchemy import Select, and_, delete, insert, literal, or_, select
from sqlalchemy.orm import Session

from capture.grouping.teaching import lessons_of, sector_columns
from capture.models import FREE_ANSWERS, Need, NeedReading, NeedState, NeedVector
from capture.nlp.language import READER_VERSION, Language, TextReading
from capture.queries.parts import spans_taken, words_of, words_read
from fabrique.core.access import Action, Actor


def read_new_needs(
    session: Session,
    actor: Actor,
    *,
    language: Language,
    now: dt.datetime,
    limit: int = 2_000,
    progress: Callable[[int], None] = lambda _read: None,
) -> int:
    """Read up to ``limit`` needs never read by this reader and vectoriser; how many were.

    Call it again until it returns 0: each call is a short transaction, so a reading that was
    killed goes on where it stopped.
    """
    actor.require(Action.GROUPING_RUN)
    vectoriser = language.vectoriser.id
    waiting = session.execute(_unread(actor.fabrique_id, vectoriser).limit(limit)).all()
    if not waiting:
        return 0
    ids = [row.id for row in waiting]
    taken = spans_taken(session, actor.fabrique_id)
    readings = language.read(
        [words_read(row.title, row.text, taken.get(row.id, ())) for row in waiting],
        lessons=lessons_of(session, actor.fabrique_id, language=language),
    )
    # Pages show the words of the other needs of a message too: whoever they name is named there.
    named = [
        len(language.reader.personal(row.answers))
        + (
            len(language.reader.personal(words_of(row.title, row.text)))
            if row.id in taken
            else len(read.words.personal)
        )
        for row, read in zip(waiting, readings, strict=True)
    ]
    _write(session, ids, readings, named, vectoriser=vectoriser, now=now)
    progress(len(ids))
    return len(ids)


def _unread(fabrique_id: int, vectoriser: str) -> Select[int, str, str, str]:
    answers = reduce(
        lambda written, name: written + "\n" + getattr(Need, name), FREE_ANSWERS, literal("")
    )
    return (
        select(Need.id, Need.title, Need.text, answers.label("answers"))
        .outerjoin(NeedReading, NeedReading.need_id == Need.id)
        .outerjoin(
            NeedVector, and_(NeedVector.need_id == Need.id, NeedVector.vectoriser == vectoriser)
        )
        .where(
            Need.fabrique_id == fabrique_id,
            Need.state != NeedState.WITHDRAWN,
            or_(
                NeedReading.need_id.is_(None),
                NeedReading.reader != READER_VERSION,
                NeedVector.need_id.is_(None),
            ),
        )
        .order_by(Need.id)
        # Nobody cuts a message while it is read.
        .with_for_update(of=Need, key_share=True)
    )


def _write(
    session: Session,
    ids: list[int],
    readings: list[TextReading],
    named: list[int],
    *,
    vectoriser: str,
    now: dt.datetime,
) -> None:
    session.execute(delete(NeedReading).where(NeedReading.need_id.in_(ids)))
    session.execute(delete(NeedVector).where(NeedVector.need_id.in_(ids)))
    session.execute(
        insert(NeedReading),
        [
            _reading(need_id, read, count, now)
            for need_id, read, count in zip(ids, readings, named, strict=True)
        ],
    )
    session.execute(
        insert(NeedVector),
        [
            {
                "need_id": need_id,
                "vectoriser": vectoriser,
                "dimension": int(read.vector.size),
                "vector": read.vector.tobytes(),
                "kinds": read.kinds.tobytes(),
            }
            for need_id, read in zip(ids, readings, strict=True)
        ],
    )


def _reading(need_id: int, read: TextReading, named: int, now: dt.datetime) -> dict[str, object]:
    return {
        "need_id": need_id,
        "reader": READER_VERSION,
        "read_at": now,
        "lemmas": list(read.words.lemmas),
        **sector_columns(read.sector),
        "polarity": read.wellbeing.polarity,
        "dimension": read.wellbeing.dimension,
        "places": [list(place.insee_codes) for place in read.words.places],
        "territories": sorted({code for each in read.words.territories for code in each.codes}),
        "personal_count": named,
    }
