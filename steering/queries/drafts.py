"""The agenda in hand: its rows, what it leaves out, and the same as values of ``planning``."""

from collections.abc import Iterable

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from fabrique.core.db import JsonValue
from fabrique.core.errors import Conflict, NotFound
from steering.models import Agenda, AgendaItem, ItemKind, ItemOrigin, Meeting
from steering.planning.outline import Outline
from steering.planning.points import Fact, LeftOut, Point

_FACTS = TypeAdapter(tuple[Fact, ...])
_NAMES = TypeAdapter(tuple[str, ...])
_LEFT_OUT = TypeAdapter(tuple[LeftOut, ...])


def agenda_of(session: Session, meeting: Meeting, version: int) -> Agenda | None:
    """That version of a meeting's agenda (0: the working one), with its items."""
    return session.scalar(
        select(Agenda)
        .where(Agenda.meeting_id == meeting.id, Agenda.version == version)
        .options(selectinload(Agenda.items).joinedload(AgendaItem.opportunity))
    )


def last_frozen(session: Session, meeting: Meeting) -> Agenda | None:
    """The frozen version in force, with its items."""
    return session.scalar(
        select(Agenda)
        .where(Agenda.meeting_id == meeting.id, Agenda.version > 0)
        .order_by(Agenda.version.desc())
        .limit(1)
        .options(selectinload(Agenda.items).joinedload(AgendaItem.opportunity))
    )


def working_agenda(session: Session, meeting: Meeting) -> Agenda:
    """The version that can still change; ``Conflict`` when it is frozen, ``NotFound`` if none."""
    agenda = agenda_of(session, meeting, 0)
    if agenda is not None:
        return agenda
    if last_frozen(session, meeting) is not None:
        raise Conflict("agenda.frozen")
    raise NotFound("agenda.none")


def item_of(agenda: Agenda, item_id: int) -> AgendaItem:
    """One item of the agenda; ``NotFound`` if it is not there (any more)."""
    for item in agenda.items:
        if item.id == item_id:
            return item
    raise NotFound("agenda.item_unknown")


def key_of(item: AgendaItem) -> str:
    """What tells the same point in two plans: its dossier, its project, its topic, or its row."""
    if item.opportunity_id is not None:
        return f"opportunity-{item.opportunity_id}"
    if item.project_id is not None:
        return f"project-{item.project_id}"
    return f"added-{item.id}" if item.origin is ItemOrigin.ADDED else item.topic


def subject_of(key: str) -> tuple[int | None, int | None]:
    """The ids of the opportunity and of the project that a key names."""
    kind, _, number = key.rpartition("-")
    if kind == "opportunity":
        return int(number), None
    return (None, int(number)) if kind == "project" else (None, None)


def point_of(item: AgendaItem, outline: Outline) -> Point:
    """An item as a plan sees it; a point that a person added comes after all sections."""
    topic = outline.topics.get(item.topic)
    return Point(
        key=key_of(item),
        topic=item.topic,
        kind=item.kind.value,
        section=topic.rank if topic else len(outline.topics),
        title=item.title,
        minutes=item.minutes,
        is_mandatory=item.origin is ItemOrigin.MANDATORY,
        is_kept=item.is_pinned or item.origin is ItemOrigin.ADDED,
        rapporteur=item.rapporteur,
        proposal=item.proposal,
        facts=reasons_of(item),
        candidates=candidates_of(item),
    )


def new_item(agenda: Agenda, point: Point) -> AgendaItem:
    """The row of a point that enters an agenda, not numbered yet."""
    opportunity_id, project_id = subject_of(point.key)
    return AgendaItem(
        agenda_id=agenda.id,
        position=0,
        kind=ItemKind(point.kind),
        origin=ItemOrigin.MANDATORY if point.is_mandatory else ItemOrigin.PROPOSED,
        topic=point.topic,
        title=point.title[:300],
        minutes=point.minutes,
        rapporteur=point.rapporteur,
        opportunity_id=opportunity_id,
        project_id=project_id,
        proposal=point.proposal,
        facts=facts_json(point),
    )


def copy_of(item: AgendaItem) -> AgendaItem:
    """The same row for another version."""
    return AgendaItem(
        position=item.position,
        kind=item.kind,
        origin=item.origin,
        topic=item.topic,
        title=item.title,
        minutes=item.minutes,
        rapporteur=item.rapporteur,
        is_pinned=item.is_pinned,
        opportunity_id=item.opportunity_id,
        project_id=item.project_id,
        facts=item.facts,
        synthesis=item.synthesis,
        proposal=item.proposal,
    )


def reasons_of(item: AgendaItem) -> tuple[Fact, ...]:
    """Why the point is there."""
    return _FACTS.validate_python(item.facts.get("reasons", []))


def candidates_of(item: AgendaItem) -> tuple[str, ...]:
    """Who would carry the project, when the point is about that."""
    return _NAMES.validate_python(item.facts.get("candidates", []))


def facts_json(point: Point) -> dict[str, JsonValue]:
    """The facts of a point as an item keeps them."""
    return {
        "reasons": _FACTS.dump_python(point.facts, mode="json"),
        "candidates": list(point.candidates),
    }


def left_out_of(agenda: Agenda) -> tuple[LeftOut, ...]:
    """What the agenda leaves out, in its order."""
    return _LEFT_OUT.validate_python(agenda.left_out.get("points", []))


def left_out_json(left_out: Iterable[LeftOut]) -> dict[str, JsonValue]:
    """What is left out, as an agenda keeps it."""
    return {"points": _LEFT_OUT.dump_python(tuple(left_out), mode="json")}
