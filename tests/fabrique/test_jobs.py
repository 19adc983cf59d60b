"""A planned slot is worked once, whoever comes; a failure loses one run and is written down."""

import datetime as dt

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import select, update

from capture.models import ClusterMember, NeedReading, NeedVector
from fabrique.core.clock import PARIS
from fabrique.core.journal import JobOutcome, JobRun
from fabrique.jobs import TIMETABLE, Job, Worker, group_needs, read_needs, run_slot, schedule
from tests.builders import a_fabrique, a_need

SLOT = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)


def runs(worker: Worker) -> list[JobRun]:
    with worker.database.reading() as session:
        return list(session.scalars(select(JobRun)))


def test_slot_is_worked_once(worker: Worker) -> None:
    done: list[str] = []

    def work(_worker: Worker) -> dict[str, int]:
        done.append("x")
        return {"count": 3}

    job = Job(name="tests", trigger=CronTrigger(minute="*", timezone=PARIS), work=work)
    assert run_slot(job, worker, SLOT)
    assert not run_slot(job, worker, SLOT)
    assert run_slot(job, worker, SLOT + dt.timedelta(days=1))
    assert done == ["x", "x"]
    assert [(run.outcome, run.counts) for run in runs(worker)] == [
        (JobOutcome.DONE, {"count": 3})
    ] * 2


def test_failure_is_written_down(worker: Worker) -> None:
    def work(_worker: Worker) -> dict[str, int]:
        raise OSError("no space left")

    job = Job(name="tests", trigger=CronTrigger(minute="*", timezone=PARIS), work=work)
    assert run_slot(job, worker, SLOT)
    assert [run.outcome for run in runs(worker)] == [JobOutcome.FAILED]


def test_new_needs_are_read(worker: Worker) -> None:
    with worker.database.unit_of_work() as session:
        a_need(session, a_fabrique(session))
    assert read_needs(worker) == {"read": 1, "placed": 0}
    assert read_needs(worker) == {"read": 0, "placed": 0}
    with worker.database.reading() as session:
        assert len(session.scalars(select(NeedReading)).all()) == 1


def test_night_reads_everything_before_it_groups(worker: Worker) -> None:
    with worker.database.unit_of_work() as session:
        fabrique = a_fabrique(session)
        for text in (
            "Plus de bus pour aller chez le médecin.",
            "Il n’y a plus de bus pour aller chez le médecin.",
        ):
            a_need(session, fabrique, text=text)
    before = group_needs(worker)[str(fabrique.id)]
    assert (before["read"], before["grouped"]) == (2, 2)
    with worker.database.unit_of_work() as session:
        some = select(NeedReading.need_id).order_by(NeedReading.need_id).limit(1).scalar_subquery()
        session.execute(update(NeedReading).where(NeedReading.need_id == some).values(reader="old"))
        session.execute(update(NeedVector).where(NeedVector.need_id == some).values(kinds=b""))
    after = group_needs(worker)[str(fabrique.id)]
    assert (after["read"], after["grouped"]) == (1, 2)
    with worker.database.reading() as session:
        assert len(session.scalars(select(ClusterMember)).all()) == 2


def test_every_job_is_planned_in_french_time(worker: Worker) -> None:
    scheduler = BackgroundScheduler(timezone=PARIS)
    schedule(scheduler, worker)
    assert {job.id for job in scheduler.get_jobs()} == {job.name for job in TIMETABLE}
    assert {str(job.trigger.timezone) for job in TIMETABLE} == {"Europe/Paris"}
