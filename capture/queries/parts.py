"""The needs that a person heard in one message: which words are theirs, which are left to it."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from capture.models import Need, NeedPart, NeedState

Span = Sequence[int]
"""Start and end of a passage in a text."""


def spans_taken(session: Session, fabrique_id: int) -> Mapping[int, list[Span]]:
    """The passages of each message that are now needs of their own; only messages with some."""
    taken: dict[int, list[Span]] = {}
    for message_id, spans in session.execute(
        select(NeedPart.message_id, NeedPart.spans)
        .join(Need, Need.id == NeedPart.message_id)
        .where(Need.fabrique_id == fabrique_id)
    ):
        taken.setdefault(message_id, []).extend(spans)
    return taken


def needs_cut_out(session: Session, message_id: int) -> list[tuple[Need, NeedPart]]:
    """The needs heard in a message that their author has not taken back, in order."""
    return [
        (need, part)
        for need, part in session.execute(
            select(Need, NeedPart)
            .join(NeedPart, NeedPart.need_id == Need.id)
            .where(NeedPart.message_id == message_id, Need.state != NeedState.WITHDRAWN)
            .options(joinedload(Need.reading), joinedload(Need.membership))
            .order_by(Need.id)
        )
    ]


def words_of(title: str, text: str) -> str:
    """What is read of a need: its title, if any, then its text."""
    return f"{title}.\n{text}" if title else text


def words_read(title: str, text: str, taken: Collection[Span]) -> str:
    """What is read of a message: its title and the words that are no need of their own."""
    return words_of(title, words_left(text, taken))


def words_left(text: str, taken: Collection[Span]) -> str:
    """The text without those passages; as it is when there is none."""
    if not taken:
        return text
    left, position = [], 0
    for start, end in sorted((span[0], span[1]) for span in taken):
        left.append(text[position:start])
        position = max(position, end)
    return " ".join(" ".join([*left, text[position:]]).split())


def meets(one: Span, other: Span) -> bool:
    """Whether two passages share a character."""
    return one[0] < other[1] and other[0] < one[1]
