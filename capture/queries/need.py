"""One need: its words for anybody; for the coordination, what the machine read and where it is."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from capture.models import (
    Cluster,
    ClusterMember,
    ClusterState,
    Need,
    NeedPart,
    NeedReading,
    NeedState,
    NeedToldApart,
    NeedVector,
)
from capture.nlp.language import Language
from capture.nlp.passages import bare, passages
from capture.nlp.sectors import Sector
from capture.nlp.splitting import UnitOfMeaning
from capture.nlp.vectorise import Vectoriser
from capture.queries.history import HistoryLine, history_view
from capture.queries.nearest import NeedSearch
from capture.queries.parts import meets, needs_cut_out, words_of
from capture.queries.placing import NearNeed, Placing, placing_of
from capture.queries.published import (
    alive,
    place_name,
    readable,
)
from capture.queries.reading import Reading, reading_of
from capture.queries.similar import Told, similar_needs
from capture.queries.ties import Tie, ties_of
from fabrique.core.access import Action, Actor
from fabrique.core.errors import NotFound
from fabrique.core.people import Quality
from fabrique.core.places import Gazetteer

# Groupings offered to move a need into: those of its sector, the largest first.
OFFERED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An optional answer of the form that was filled in."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Another voice on the same need."""

    place: str
    at: dt.datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage of the message; ``sector`` where the machine hears another need there.

    ``span`` is « start-end » in the text. One other need is cut out at a time: the passages of the
    first one heard are ticked.
    """

    span: str
    words: str
    sector: Sector | None
    is_ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A need that shares a message with this one, and its words there."""

    reference: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedGroup:
    """A grouping the need could be moved to."""

    reference: str
    title: str
    testimonies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """What only the coordination sees of a need."""

    reading: Reading | None
    passages: tuple[Passage, ...]
    message: Heard | None
    parts: tuple[Heard, ...]
    placing: Placing | None
    ties: tuple[Tie, ...]
    nearest: tuple[NearNeed, ...]
    offered: tuple[OfferedGroup, ...]
    history: tuple[HistoryLine, ...]
    waits_for_a_person: bool
    answers: tuple[Answer, ...]
    confirmations: tuple[Confirmation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedView:
    """What the page of a need knows; ``work`` is None for whoever is not of the coordination."""

    reference: str
    title: str
    text: str
    place: str
    observed_on: dt.date
    quality: Quality
    state: NeedState
    sector: Sector | None
    voices: int
    group_reference: str | None
    group_title: str | None
    work: Workbench | None


def need_view(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    language: Language,
    search: NeedSearch,
    places: Gazetteer,
    today: dt.date,
) -> NeedView:
    """The need of that reference if the actor may read it; raises ``NotFound``."""
    need = session.scalar(
        select(Need)
        .outerjoin(NeedReading, NeedReading.need_id == Need.id)
        .where(readable(actor), Need.reference == reference)
        .options(
            joinedload(Need.reading),
            joinedload(Need.membership).joinedload(ClusterMember.cluster),
            selectinload(Need.confirmations),
        )
    )
    if need is None:
        raise NotFound("need.unknown")
    sector = need.chosen_sector or (need.reading.sector if need.reading else None)
    cluster = need.membership.cluster if need.membership else None
    # A grouping nobody has signed is not shown outside the coordination.
    is_shown = cluster is not None and (
        actor.may(Action.CLUSTER_READ) or cluster.state is ClusterState.CONFIRMED
    )
    return NeedView(
        reference=need.reference,
        title=need.title,
        text=need.text,
        place=place_name(places, need.commune),
        observed_on=need.observed_on,
        quality=need.quality,
        state=need.state,
        sector=sector,
        voices=1 + len(need.confirmations),
        group_reference=cluster.reference if cluster and is_shown else None,
        group_title=cluster.title if cluster and is_shown else None,
        work=(
            _workbench(
                session,
                actor,
                need,
                sector,
                language=language,
                search=search,
                places=places,
                today=today,
            )
            if actor.may(Action.NEED_READ_ALL)
            else None
        ),
    )


def _workbench(
    session: Session,
    actor: Actor,
    need: Need,
    sector: Sector | None,
    *,
    language: Language,
    search: NeedSearch,
    places: Gazetteer,
    today: dt.date,
) -> Workbench:
    history = history_view(session, need.fabrique_id, need.reference)
    reviewed = any(line.action == "need.published" for line in history)
    placing = placing_of(session, need, language=language, places=places)
    parts = needs_cut_out(session, need.id)
    message = _message(session, need)
    return Workbench(
        reading=reading_of(session, actor, need, parts, language=language, places=places),
        passages=_passages(need, parts, language) if message is None else (),
        message=message,
        parts=tuple(Heard(reference=part.reference, words=part.text) for part, _ in parts),
        placing=placing,
        ties=ties_of(session, need),
        nearest=(
            placing.nearest
            if placing
            else _nearest(session, need, language.vectoriser, search, places, today)
        ),
        offered=_offered(session, need, sector),
        history=history,
        waits_for_a_person=need.state is NeedState.TO_REVIEW
        or (
            need.state is NeedState.RECEIVED
            and need.reading is not None
            and need.reading.personal_count > 0
            and not reviewed
        ),
        answers=_answers(need),
        confirmations=tuple(
            Confirmation(
                place=place_name(places, confirmation.commune),
                at=confirmation.created_at,
                text=confirmation.text,
            )
            for confirmation in need.confirmations
        ),
    )


def _passages(
    need: Need, parts: Sequence[tuple[Need, NeedPart]], language: Language
) -> tuple[Passage, ...]:
    """What may be cut out of a message: nothing when it is all in one passage."""
    taken = [span for _, part in parts for span in part.spans]
    units = language.units_of_meaning(need.text)
    left = [
        unit
        for unit in units
        if any(
            need.text[place].isalnum() and not any(start <= place < end for start, end in taken)
            for place in range(unit.start, unit.end)
        )
    ]
    spans = [
        (start, end)
        for start, end in passages(need.text, [unit.start for unit in units])
        if any(char.isalnum() for char in need.text[start:end])
        and not any(meets((start, end), other) for other in taken)
    ]
    if len(spans) < 2:
        return ()
    heard = {
        span: unit for span in spans for unit in left[1:] if meets(span, (unit.start, unit.end))
    }
    return tuple(_passage(need.text, span, heard.get(span), left[1:2]) for span in spans)


def _passage(
    text: str,
    span: tuple[int, int],
    heard: UnitOfMeaning | None,
    first: Sequence[UnitOfMeaning],
) -> Passage:
    start, end = span
    return Passage(
        span=f"{start}-{end}",
        words=bare(text[start:end]),
        sector=heard.sector if heard else None,
        is_ticked=heard in first,
    )


def _message(session: Session, need: Need) -> Heard | None:
    """The message in which this need was heard, when it was."""
    message = session.scalar(
        select(Need)
        .join(NeedPart, NeedPart.message_id == Need.id)
        .where(NeedPart.need_id == need.id)
    )
    return Heard(reference=message.reference, words=message.text) if message else None


def _answers(need: Need) -> tuple[Answer, ...]:
    given = (
        ("audiences", ", ".join(need.audiences)),
        ("extent", need.extent.value),
        ("how_known", need.how_known.value if need.how_known else ""),
        ("urgency", need.urgency),
        ("causes", need.causes),
        ("existing_answers", need.existing_answers),
        ("solution", need.solution),
        ("seen_elsewhere", need.seen_elsewhere),
        ("interested_actors", need.interested_actors),
        ("participation", need.participation.value if need.participation else ""),
    )
    return tuple(
        Answer(question=question, answer=answer)
        for question, answer in given
        if answer and answer != "unknown"
    )


def _nearest(
    session: Session,
    need: Need,
    vectoriser: Vectoriser,
    search: NeedSearch,
    places: Gazetteer,
    today: dt.date,
) -> tuple[NearNeed, ...]:
    """The published needs of the département most like one that stands on its own."""
    commune = places.commune(need.commune) if need.commune else None
    vector = session.get(NeedVector, need.id)
    if commune is None or vector is None or vector.vectoriser != vectoriser.id:
        return ()
    told = Told(
        text=words_of(need.title, need.text),
        vector=np.frombuffer(vector.vector, dtype=np.float32),
        vectoriser=vectoriser,
        kinds=np.frombuffer(vector.kinds, dtype=np.float32),
        commune=commune,
        not_same=_not_the_same(session, need),
    )
    found = similar_needs(
        session, need.fabrique_id, told, search=search, places=places, today=today
    )
    return tuple(
        NearNeed(
            reference=near.reference,
            title=near.title,
            place=near.place,
            observed_on=near.observed_on,
        )
        for near in found
    )


def _not_the_same(session: Session, need: Need) -> set[str]:
    """The references of the need itself and of those that somebody told apart from it."""
    told = select(NeedToldApart.need_id, NeedToldApart.other_id).where(
        or_(NeedToldApart.need_id == need.id, NeedToldApart.other_id == need.id)
    )
    ids = {need.id, *(one for pair in session.execute(told) for one in pair)}
    return set(session.scalars(select(Need.reference).where(Need.id.in_(ids))))


def _offered(session: Session, need: Need, sector: Sector | None) -> tuple[OfferedGroup, ...]:
    own = need.membership.cluster_id if need.membership else 0
    needs = func.count(ClusterMember.need_id)
    return tuple(
        OfferedGroup(reference=reference, title=title, testimonies=testimonies)
        for reference, title, testimonies in session.execute(
            select(Cluster.reference, Cluster.title, needs)
            .outerjoin(ClusterMember, ClusterMember.cluster_id == Cluster.id)
            .where(
                alive(need.fabrique_id),
                Cluster.id != own,
                Cluster.sector == sector if sector else Cluster.sector.is_(None),
            )
            .group_by(Cluster.id)
            .order_by(needs.desc(), Cluster.id)
            .limit(OFFERED)
        )
    )
