"""The timetable: sweeps over what is due in the database, each slot claimed by one worker.
Every job is also a command."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass

from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

import capture.grouping
import matching.proposals
from capture.nlp.language import Language
from fabrique.core import outbox
from fabrique.core.access import Actor, machine
from fabrique.core.clock import PARIS, Clock
from fabrique.core.db import Database, JsonValue
from fabrique.core.journal import JobOutcome, JobRun
from fabrique.core.logs import request_id
from fabrique.core.outbox import SmtpMailer
from fabrique.core.places import Gazetteer
from fabrique.core.settings import Settings
from fabrique.core.territories import Fabrique

logger = logging.getLogger(__name__)

Counts = dict[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """What jobs work with."""

    settings: Settings
    database: Database
    clock: Clock
    places: Gazetteer
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A planned piece of work and when it is due (Europe/Paris)."""

    name: str
    trigger: CronTrigger
    work: Callable[[Worker], Counts]


def deliver_messages(worker: Worker) -> Counts:
    """Send what waits in the outbox; one message lost never stops the others."""
    if not worker.settings.smtp_url:
        return {"waiting_for_a_mail_server": True}
    mailer, sent, failed = SmtpMailer(worker.settings.smtp_url), 0, 0
    with worker.database.reading() as session:
        due = [message.id for message in outbox.due_messages(session, worker.clock.now())]
    for message_id in due:
        with worker.database.unit_of_work() as session:
            message = session.get_one(outbox.OutboxMessage, message_id)
            sender = worker.settings.mail_from
            left = outbox.deliver(message, mailer, sender=sender, now=worker.clock.now())
            sent, failed = sent + left, failed + (not left)
    return {"sent": sent, "failed": failed}


def read_needs(worker: Worker) -> Counts:
    """Read the needs that came since the last time and place them, so that pages can show them."""
    read = placed = 0
    for fabrique_id in _fabriques(worker):
        actor, now = machine(fabrique_id), worker.clock.now()
        with worker.database.unit_of_work() as session:
            read += capture.grouping.read_new_needs(
                session, actor, language=worker.language, now=now
            )
            placed += capture.grouping.place_new_needs(
                session, actor, language=worker.language, places=worker.places, read_at=now
            )
    return {"read": read, "placed": placed}


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageCounts:
    """What a passage did: needs read, needs heard again after a correction, groupings."""

    read: int
    heard_again: int
    regrouped: capture.grouping.RegroupCounts

    def as_json(self) -> dict[str, JsonValue]:
        """The counts by name."""
        return self.regrouped.as_json() | {"read": self.read, "heard_again": self.heard_again}


def read_all_needs(
    database: Database,
    actor: Actor,
    *,
    language: Language,
    clock: Clock,
    progress: Callable[[int], None] = lambda _read: None,
) -> int:
    """Read every need that this reader and vectoriser have not read; how many were."""
    read = 0
    while True:
        with database.unit_of_work() as session:
            done = capture.grouping.read_new_needs(
                session, actor, language=language, now=clock.now(), progress=progress
            )
        if not done:
            return read
        read += done


def make_passage(
    database: Database,
    actor: Actor,
    *,
    language: Language,
    places: Gazetteer,
    clock: Clock,
    progress: Callable[[int], None] = lambda _read: None,
) -> PassageCounts:
    """Read everything, learn the sectors people chose, group again, propose changes to what they
    confirmed.

    A need that today's reader has not read would be missing from its group: all are read first.
    Raises ``Conflict`` if a person acted on groupings meanwhile.
    """
    read = read_all_needs(database, actor, language=language, clock=clock, progress=progress)
    with database.reading() as session:
        hearing = capture.grouping.draft_hearing(session, actor, language=language)
    with database.unit_of_work() as session:
        heard = capture.grouping.apply_hearing(session, actor, hearing)
    now = clock.now()
    with database.reading() as session:
        draft = capture.grouping.draft_regrouping(
            session, actor, language=language, places=places, now=now
        )
    with database.unit_of_work() as session:
        regrouped = capture.grouping.apply_regrouping(session, actor, draft, now=now)
    return PassageCounts(read=read, heard_again=heard, regrouped=regrouped)


def group_needs(worker: Worker) -> Counts:
    """The passage of the night: read, learn the sectors people chose, group again, and propose
    changes to what they confirmed."""
    counts: Counts = {}
    for fabrique_id in _fabriques(worker):
        done = make_passage(
            worker.database,
            machine(fabrique_id),
            language=worker.language,
            places=worker.places,
            clock=worker.clock,
        )
        counts[str(fabrique_id)] = done.as_json()
    return counts


def propose_matches(worker: Worker) -> Counts:
    """Look again for who could carry or help the open opportunities."""
    counts: Counts = {}
    for fabrique_id in _fabriques(worker):
        with worker.database.unit_of_work() as session:
            done = matching.proposals.propose_matches(
                session,
                machine(fabrique_id),
                gazetteer=worker.places,
                vectoriser=worker.language.vectoriser,
                now=worker.clock.now(),
            )
        counts[str(fabrique_id)] = asdict(done)
    return counts


def close_silences(worker: Worker) -> Counts:
    """Close the introductions that nobody answered in time, so that the committee hears of it."""
    closed = 0
    for fabrique_id in _fabriques(worker):
        with worker.database.unit_of_work() as session:
            closed += matching.proposals.fall_silent(
                session, machine(fabrique_id), now=worker.clock.now()
            )
    return {"closed": closed}


TIMETABLE = (
    Job(
        name="deliver_messages",
        trigger=CronTrigger(minute="*", timezone=PARIS),
        work=deliver_messages,
    ),
    Job(name="read_needs", trigger=CronTrigger(minute="*", timezone=PARIS), work=read_needs),
    Job(name="group_needs", trigger=CronTrigger(hour=2, timezone=PARIS), work=group_needs),
    Job(name="propose_matches", trigger=CronTrigger(hour=3, timezone=PARIS), work=propose_matches),
    Job(name="close_silences", trigger=CronTrigger(hour=4, timezone=PARIS), work=close_silences),
)


def run_slot(job: Job, worker: Worker, slot: dt.datetime) -> bool:
    """Do the job for this slot unless another worker has claimed it; true if it was ours."""
    try:
        with worker.database.unit_of_work() as session:
            run = JobRun(
                job=job.name,
                slot=slot,
                started_at=worker.clock.now(),
                outcome=JobOutcome.RUNNING,
                counts={},
            )
            session.add(run)
    except IntegrityError:
        return False
    request_id.set(f"{job.name}-{slot:%H%M}")
    try:
        outcome, counts = JobOutcome.DONE, job.work(worker)
    except Exception:  # one of the three doors: a job that fails is tried at its next slot
        logger.exception("job_failed", extra={"job": job.name})
        outcome, counts = JobOutcome.FAILED, {}
    with worker.database.unit_of_work() as session:
        done = session.get_one(JobRun, run.id)
        done.outcome, done.counts, done.ended_at = outcome, counts, worker.clock.now()
    return True


def schedule(scheduler: BaseScheduler, worker: Worker) -> None:
    """Plan every job of the timetable."""
    for job in TIMETABLE:
        scheduler.add_job(
            _run_due,
            job.trigger,
            args=(job, worker),
            id=job.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=50,
        )


def work(worker: Worker) -> None:
    """Run the timetable until the process is stopped."""
    scheduler = BlockingScheduler(timezone=PARIS)
    schedule(scheduler, worker)
    scheduler.start()


def _run_due(job: Job, worker: Worker) -> None:
    # The planned minute, not the moment the thread got the processor, names the slot.
    slot = worker.clock.now().replace(second=0, microsecond=0)
    run_slot(job, worker, slot)


def _fabriques(worker: Worker) -> list[int]:
    with worker.database.reading() as session:
        return list(session.scalars(select(Fabrique.id).order_by(Fabrique.id)))
