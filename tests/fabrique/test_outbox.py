"""Messages leave once, through a real mail server on loopback, and are tried again if it fails."""

import datetime as dt
import socket
from collections.abc import Iterator
from email.message import Message

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from sqlalchemy import select
from sqlalchemy.orm import Session

from fabrique.core.outbox import OutboxMessage, SmtpMailer, deliver, due_messages, write_message
from fabrique.core.territories import Fabrique


class Mailbox(MessageHandler):
    def __init__(self) -> None:
        super().__init__()
        self.received: list[Message] = []

    def handle_message(self, message: Message) -> None:
        self.received.append(message)


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    handler = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, f"smtp://127.0.0.1:{port}"
    controller.stop()


def written(session: Session, fabrique: Fabrique, now: dt.datetime) -> OutboxMessage:
    write_message(
        session,
        fabrique.id,
        key="need-1",
        recipient="camille@example.fr",
        subject="Votre besoin est bien reçu",
        body="Merci, c’est noté.",
        now=now,
    )
    session.flush()
    return session.scalars(select(OutboxMessage)).one()


def test_message_leaves_once(
    session: Session, fabrique: Fabrique, now: dt.datetime, mailbox: tuple[Mailbox, str]
) -> None:
    handler, url = mailbox
    message = written(session, fabrique, now)
    assert deliver(message, SmtpMailer(url), sender="fabrique@example.fr", now=now)
    assert due_messages(session, now + dt.timedelta(days=9)) == []
    (received,) = handler.received
    assert received["To"] == "camille@example.fr"
    assert "bien reçu" in str(received["Subject"]) or "=?utf-8?" in str(received["Subject"])


def test_same_key_is_written_once(session: Session, fabrique: Fabrique, now: dt.datetime) -> None:
    written(session, fabrique, now)
    assert written(session, fabrique, now).attempts == 0


def test_message_waits_longer_after_each_failure_then_is_given_up(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    message = written(session, fabrique, now)
    nowhere = SmtpMailer("smtp://127.0.0.1:1")
    waits = []
    while message.due_at is not None:
        tried_at = message.due_at
        assert not deliver(message, nowhere, sender="fabrique@example.fr", now=tried_at)
        waits.append(message.due_at - tried_at if message.due_at else None)
    assert waits == [*[dt.timedelta(minutes=m) for m in (5, 30, 120, 600, 1440)], None]
    assert message.last_error == "ConnectionRefusedError"
