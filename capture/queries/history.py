"""The journal of one dossier as people read it: who did what, when, why, and what can be undone."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from fabrique.core.access import ActorKind
from fabrique.core.db import JsonValue
from fabrique.core.journal import history_of

# Acts whose line can be given to « Annuler », as long as it is the last of its dossier.
UNDOABLE = frozenset(
    {
        "cluster.confirmed",
        "cluster.gathered",
        "cluster.renamed",
        "cluster.merged",
        "cluster.split",
        "cluster.set_aside",
        "cluster.kept_apart",
        "need.cut_out",
        "need.moved",
        "need.parted",
        "need.pinned",
        "need.tied",
        "change.accepted",
        "change.refused",
    }
)
_UNDONE = ".undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One act: ``is_undone`` when the line itself undoes an earlier one."""

    id: int
    at: dt.datetime
    action: str
    is_undone: bool
    who: str
    by_machine: bool
    why: str
    facts: Mapping[str, JsonValue]
    can_be_undone: bool


def history_view(session: Session, fabrique_id: int, subject: str) -> tuple[HistoryLine, ...]:
    """The acts on a dossier, newest first."""
    return tuple(
        HistoryLine(
            id=entry.id,
            at=entry.at,
            action=entry.action.removesuffix(_UNDONE),
            is_undone=entry.action.endswith(_UNDONE),
            who=entry.person.name if entry.person else "",
            by_machine=entry.actor_kind is ActorKind.MACHINE,
            why=entry.why,
            facts=entry.facts,
            can_be_undone=rank == 0 and entry.action in UNDOABLE,
        )
        for rank, entry in enumerate(history_of(session, fabrique_id, subject))
    )
