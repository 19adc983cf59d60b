"""Messages to the outside, written in the same transaction as what they announce and delivered
later by a job. A message is sent at most once per key."""

import datetime as dt
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Protocol
from urllib.parse import unquote, urlsplit

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fabrique.core.db import Base, Owned

# Five tries over about a day: a mail server that is down at night is back in the morning.
_RETRY_MINUTES = (5, 30, 120, 600, 1440)


class OutboxMessage(Owned, Base):
    """One e-mail waiting to leave, sent, or given up."""

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    sent_at: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(500), default="")


class Mailer(Protocol):
    """Sends one message; raises ``OSError`` or ``smtplib.SMTPException`` when it cannot."""

    def send(self, message: EmailMessage) -> None: ...


class SmtpMailer:
    """A mail server named by ``smtp://user:secret@host:port`` or ``smtps://…``."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)

    def send(self, message: EmailMessage) -> None:
        host, port = self._parts.hostname or "localhost", self._parts.port
        if self._parts.scheme == "smtps":
            context = ssl.create_default_context()
            with smtplib.SMTP_SSL(host, port or 465, timeout=20, context=context) as server:
                self._log_in_and_send(server, message)
            return
        with smtplib.SMTP(host, port or 25, timeout=20) as server:
            if self._parts.username:
                server.starttls(context=ssl.create_default_context())
            self._log_in_and_send(server, message)

    def _log_in_and_send(self, server: smtplib.SMTP, message: EmailMessage) -> None:
        if self._parts.username:
            server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
        server.send_message(message)


def write_message(
    session: Session,
    fabrique_id: int,
    *,
    key: str,
    recipient: str,
    subject: str,
    body: str,
    now: dt.datetime,
) -> None:
    """Put an e-mail in the outbox, unless one with this key is already there."""
    if session.scalar(select(OutboxMessage.id).where(OutboxMessage.key == key)) is not None:
        return
    session.add(
        OutboxMessage(
            fabrique_id=fabrique_id,
            key=key,
            recipient=recipient,
            subject=subject,
            body=body,
            created_at=now,
            due_at=now,
        )
    )


def due_messages(session: Session, now: dt.datetime, *, limit: int = 100) -> list[OutboxMessage]:
    """Messages whose time has come, oldest first."""
    return list(
        session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.due_at <= now)
            .order_by(OutboxMessage.id)
            .limit(limit)
        )
    )


def deliver(message: OutboxMessage, mailer: Mailer, *, sender: str, now: dt.datetime) -> bool:
    """Try to send one message and write down the outcome; true when it left."""
    email = EmailMessage()
    email["From"], email["To"], email["Subject"] = sender, message.recipient, message.subject
    email["Date"] = format_datetime(now)
    email["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "fabrique.example")
    email.set_content(message.body)
    message.attempts += 1
    try:
        mailer.send(email)
    except (OSError, smtplib.SMTPException) as error:
        message.last_error = type(error).__name__
        tries = message.attempts
        message.due_at = (
            now + dt.timedelta(minutes=_RETRY_MINUTES[tries - 1])
            if tries <= len(_RETRY_MINUTES)
            else None
        )
        return False
    message.sent_at, message.due_at = now, None
    return True
