"""A message that tells several needs: a person makes of some of its words a need of its own."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import update
from sqlalchemy.orm import Session

from capture.intake import REFERENCE_PREFIX, need_named
from capture.models import Need, NeedContact, NeedPart, NeedReading, NeedState
from capture.nlp.passages import bare, may_be_cut
from capture.queries.parts import meets, spans_taken, words_left
from fabrique.core.access import Action, Actor
from fabrique.core.errors import Conflict, Invalid
from fabrique.core.journal import JournalEntry, record
from fabrique.core.outbox import write_message
from fabrique.core.references import next_references

# What a need cut out of a message has of it.
_OF_THE_MESSAGE = (
    *("fabrique_id", "kind", "commune", "state", "observed_on", "quality", "author_id"),
    *("organisation_id", "audiences", "extent", "how_known"),
)


def cut_out(
    session: Session,
    actor: Actor,
    reference: str,
    wanted: Collection[tuple[int, int]],
    *,
    now: dt.datetime,
) -> tuple[Need, JournalEntry]:
    """Make a need of its own of some of the passages of a message, (start, end) in its text.

    The message keeps all its words but is read again without those; its author is told. Returns
    the new need and the line that can be undone. Raises ``Invalid`` if a passage is not one of the
    message or unless words are left on both sides, ``Conflict`` if some are already those of
    another need or if the need is one itself.
    """
    actor.require(Action.NEED_REVIEW)
    message = need_named(session, actor, reference)
    session.refresh(message, ["state"], with_for_update={"of": Need, "key_share": True})
    if message.state is NeedState.WITHDRAWN:
        raise Conflict("need.already_withdrawn")
    if session.get(NeedPart, message.id) is not None:
        raise Conflict("need.is_a_part")
    taken = spans_taken(session, message.fabrique_id).get(message.id, [])
    chosen = sorted(set(wanted))
    if not may_be_cut(message.text, chosen):
        raise Invalid("need.passages_unknown", field="passages")
    if any(meets(one, other) for one in chosen for other in taken):
        raise Conflict("need.already_cut")
    words = " ".join(bare(message.text[start:end]) for start, end in chosen)
    if not _says_something(words) or not _says_something(
        words_left(message.text, [*taken, *chosen])
    ):
        raise Invalid("need.cut_needs_two_sides", field="passages")
    need = _born(session, message, words, now=now)
    session.add(
        NeedPart(need_id=need.id, message_id=message.id, spans=[list(span) for span in chosen])
    )
    # Any other reader than this one's makes the worker read it again.
    session.execute(update(NeedReading).where(NeedReading.need_id == message.id).values(reader=""))
    _tell_author(session, message, need, now=now)
    facts = {"message": message.reference}
    record(session, actor, "need.cut_from", need.reference, now=now, facts=facts)
    entry = record(session, actor, "need.cut_out", reference, now=now, facts={"cut_out": need.id})
    return need, entry


def _born(session: Session, message: Need, words: str, *, now: dt.datetime) -> Need:
    reference = next_references(
        session, message.fabrique_id, REFERENCE_PREFIX, now.year, count=1, digits=4
    )[0]
    need = Need(
        **{column: getattr(message, column) for column in _OF_THE_MESSAGE},
        reference=reference,
        source="message",
        source_id=reference,
        title="",
        text=words,
        created_at=now,
    )
    session.add(need)
    session.flush()
    return need


def _tell_author(session: Session, message: Need, need: Need, *, now: dt.datetime) -> None:
    contact = session.get(NeedContact, message.id)
    if contact is None or not contact.email:
        return
    write_message(
        session,
        message.fabrique_id,
        key=f"need-cut-{need.id}",
        recipient=contact.email,
        subject=f"Votre message {message.reference} parlait de plusieurs besoins",
        body="Bonjour,\n\nLa coordination a lu plusieurs besoins dans votre message. Celui-ci est "
        f"maintenant suivi à part, sous la référence {need.reference} :\n\n"
        f"« {need.text} »\n\nLe lien que vous avez déjà reçu dit où en est chacun.\n",
        now=now,
    )


def _says_something(words: str) -> bool:
    return any(char.isalnum() for char in words)
