"""From the portfolio of a territory to a frozen agenda, as a coordinator does it."""

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.models import OpportunityStage, SheetHeading, SheetSection, Verdict
from capture.nlp.sectors import Sector
from fabrique.core.access import Actor, anybody
from fabrique.core.errors import Conflict, Forbidden, Invalid, NotFound, SignInNeeded
from fabrique.core.journal import JournalEntry, history_of
from fabrique.core.outbox import OutboxMessage
from fabrique.core.people import Role
from fabrique.core.territories import Fabrique, Territory
from steering.agendas import (
    Direction,
    ItemEntry,
    add_item,
    bring_in,
    edit_item,
    freeze_agenda,
    move_item,
    pin_item,
    prepare_agenda,
    readjust_agenda,
    remove_item,
    reopen_agenda,
    resize_item,
    unpin_item,
)
from steering.models import (
    Agenda,
    AgendaItem,
    Committee,
    CommitteeKind,
    ItemKind,
    ItemOrigin,
    Meeting,
    MeetingState,
    Milestone,
    Programme,
    ProjectState,
)
from steering.queries.agenda import agenda_page
from steering.queries.drafts import left_out_of
from tests import builders


@dataclass(frozen=True)
class Stage:
    """A territory with a meeting to prepare."""

    session: Session
    fabrique: Fabrique
    territory: Territory
    committee: Committee
    meeting: Meeting
    actor: Actor
    now: dt.datetime

    @property
    def reference(self) -> str:
        return self.meeting.reference

    def prepare(self) -> Agenda:
        return prepare_agenda(self.session, self.actor, self.reference, now=self.now)

    def titles(self) -> list[str]:
        page = agenda_page(self.session, self.actor, self.reference, now=self.now)
        return [point.title for point in page.points]


@pytest.fixture
def stage(session: Session, fabrique: Fabrique, now: dt.datetime) -> Stage:
    territory = builders.a_territory(session, fabrique)
    committee = builders.a_committee(session, territory)
    _, actor = builders.a_facilitator(session, fabrique)
    meeting = builders.a_meeting(session, committee)
    return Stage(session, fabrique, territory, committee, meeting, actor, now)


def a_returned_study(stage: Stage, title: str, *, needs: int = 3, **values: object) -> int:
    rows = tuple(builders.a_need(stage.session, stage.fabrique) for _ in range(needs))
    cluster = builders.a_cluster(stage.session, stage.fabrique, needs=rows)
    author = builders.a_person(stage.session, stage.fabrique, name="Camille Martin")
    opportunity = builders.an_opportunity(
        stage.session,
        stage.fabrique,
        cluster=cluster,
        title=title,
        stage_since=dt.date(2026, 9, 1),
        opened_by=author,
        **values,
    )
    stage.session.add(
        SheetSection(
            opportunity_id=opportunity.id,
            heading=SheetHeading.CONCLUSION,
            text="Il faut y aller.",
            written_by_id=author.id,
            written_at=dt.datetime(2026, 10, 14, 8, 0, tzinfo=dt.UTC),
        )
    )
    stage.session.flush()
    return opportunity.id


def item_titled(agenda: Agenda, start: str) -> AgendaItem:
    return next(item for item in agenda.items if item.title.startswith(start))


def test_prepare_agenda_drafts_obligations_and_ripe_dossiers_in_order(stage: Stage) -> None:
    a_returned_study(stage, "Garage solidaire", proposed_verdict=Verdict.CALL)
    agenda = stage.prepare()
    assert [(item.position, item.topic, item.origin) for item in agenda.items] == [
        (1, "welcome", ItemOrigin.MANDATORY),
        (2, "year_report", ItemOrigin.MANDATORY),
        (3, "watch", ItemOrigin.PROPOSED),
        (4, "study_returned", ItemOrigin.PROPOSED),
        (5, "budget", ItemOrigin.MANDATORY),
        (6, "calendar", ItemOrigin.MANDATORY),
    ]
    study = agenda.items[3]
    assert (study.title, study.kind) == ("Garage solidaire : étude rendue", ItemKind.DECISION)
    assert (study.proposal, study.rapporteur) == ("Lancer l'appel à porteur.", "C. Martin")
    assert study.facts["reasons"] == [
        {"code": "voices", "values": {"testimonies": 3, "communes": 1}},
        {"code": "study_returned", "values": {"days": 41}},
        {"code": "sector_undecided", "values": {"sector": "mobilite", "year": 2026}},
    ]
    [entry] = history_of(stage.session, stage.fabrique.id, stage.reference)
    assert (entry.action, entry.facts["points"]) == ("agenda.prepared", 6)


def test_prepare_agenda_says_why_each_other_dossier_waits(stage: Stage) -> None:
    builders.an_opportunity(stage.session, stage.fabrique, title="Habitat partagé")
    builders.an_opportunity(
        stage.session, stage.fabrique, title="Tiers-lieu", stage=OpportunityStage.IDEA
    )
    left = {one.point.title: one.reason.code for one in left_out_of(stage.prepare())}
    assert left == {"Habitat partagé": "study_running", "Tiers-lieu": "awaits_opinion"}


def test_prepare_agenda_leaves_other_territories_and_closed_dossiers_alone(stage: Stage) -> None:
    elsewhere = builders.a_need(stage.session, stage.fabrique, commune="59350")
    cluster = builders.a_cluster(stage.session, stage.fabrique, needs=(elsewhere,))
    builders.an_opportunity(stage.session, stage.fabrique, cluster=cluster, title="À Lille")
    builders.an_opportunity(stage.session, stage.fabrique, title="Fini", is_closed=True)
    assert left_out_of(stage.prepare()) == ()


def test_prepare_agenda_fits_the_minutes_and_prefers_what_matters_most(stage: Stage) -> None:
    for number in range(9):
        a_returned_study(stage, f"Étude {number}", needs=number + 1)
    agenda = stage.prepare()
    assert sum(item.minutes for item in agenda.items) <= stage.meeting.minutes
    assert item_titled(agenda, "Étude 8")
    outside = {one.point.title.split(" :")[0]: one.reason.code for one in left_out_of(agenda)}
    assert outside["Étude 0"] == "does_not_fit"


def test_prepare_agenda_of_a_technical_committee_follows_its_own_outline(stage: Stage) -> None:
    committee = builders.a_committee(stage.session, stage.territory, kind=CommitteeKind.COTECH)
    meeting = builders.a_meeting(
        stage.session,
        committee,
        programme=stage.session.get_one(Programme, stage.meeting.programme_id),
        reference="COTECH-2026-05",
        minutes=90,
    )
    a_returned_study(stage, "Garage solidaire")
    agenda = prepare_agenda(stage.session, stage.actor, meeting.reference, now=stage.now)
    assert [item.topic for item in agenda.items] == [
        "welcome",
        "new_needs",
        "groupings",
        "copil_preparation",
        "actions",
    ]
    [left] = left_out_of(agenda)
    assert (left.reason.code, left.reason.values) == ("waits_for_copil", {"day": "2026-12-10"})


def test_readjust_keeps_what_is_pinned_resized_added_and_moved(stage: Stage) -> None:
    for number in range(4):
        a_returned_study(stage, f"Étude {number}", needs=number + 1)
    agenda = stage.prepare()
    pinned, resized = item_titled(agenda, "Étude 0"), item_titled(agenda, "Étude 1")
    pin_item(stage.session, stage.actor, stage.reference, pinned.id, now=stage.now)
    resize_item(stage.session, stage.actor, stage.reference, resized.id, 35, now=stage.now)
    entry = ItemEntry(kind=ItemKind.EXCHANGE, title="Visite du garage", minutes=30)
    added = add_item(stage.session, stage.actor, stage.reference, entry, now=stage.now)
    move_item(stage.session, stage.actor, stage.reference, added.id, Direction.UP, now=stage.now)
    before = stage.titles()
    again = readjust_agenda(stage.session, stage.actor, stage.reference, now=stage.now)
    after = stage.titles()
    assert sum(item.minutes for item in again.items) <= stage.meeting.minutes
    assert item_titled(again, "Étude 1").minutes == 35
    assert {"Étude 0 : étude rendue", "Visite du garage"} <= set(after)
    assert after == [title for title in before if title in after]


def test_unpinned_point_may_be_left_out_again(stage: Stage) -> None:
    for number in range(9):
        a_returned_study(stage, f"Étude {number}", needs=number + 1)
    agenda = stage.prepare()
    left = next(one for one in left_out_of(agenda) if one.point.title.startswith("Étude 0"))
    item = bring_in(stage.session, stage.actor, stage.reference, left.point.key, now=stage.now)
    assert "Étude 0 : étude rendue" in stage.titles()
    unpin_item(stage.session, stage.actor, stage.reference, item.id, now=stage.now)
    readjust_agenda(stage.session, stage.actor, stage.reference, now=stage.now)
    assert "Étude 0 : étude rendue" not in stage.titles()


def test_bring_in_puts_the_point_in_its_section_and_off_the_list(stage: Stage) -> None:
    builders.an_opportunity(stage.session, stage.fabrique, title="Habitat partagé")
    [left] = left_out_of(stage.prepare())
    bring_in(stage.session, stage.actor, stage.reference, left.point.key, now=stage.now)
    page = agenda_page(stage.session, stage.actor, stage.reference, now=stage.now)
    assert [point.topic for point in page.points][-3:] == ["study_returned", "budget", "calendar"]
    assert page.left_out == ()
    with pytest.raises(NotFound, match=r"agenda\.item_unknown"):
        bring_in(stage.session, stage.actor, stage.reference, left.point.key, now=stage.now)


def test_removed_point_is_put_aside_for_good(stage: Stage) -> None:
    a_returned_study(stage, "Garage solidaire")
    item = item_titled(stage.prepare(), "Garage")
    remove_item(stage.session, stage.actor, stage.reference, item.id, now=stage.now)
    agenda = readjust_agenda(stage.session, stage.actor, stage.reference, now=stage.now)
    assert "Garage solidaire : étude rendue" not in stage.titles()
    [left] = left_out_of(agenda)
    assert (left.point.title, left.reason.code) == (
        "Garage solidaire : étude rendue",
        "put_aside",
    )


def test_move_item_at_an_end_changes_nothing(stage: Stage) -> None:
    agenda = stage.prepare()
    before = stage.titles()
    first, last = agenda.items[0].id, agenda.items[-1].id
    for item_id, direction in ((first, Direction.UP), (last, Direction.DOWN)):
        move_item(stage.session, stage.actor, stage.reference, item_id, direction, now=stage.now)
    assert stage.titles() == before


def test_edited_point_keeps_its_words_when_readjusted(stage: Stage) -> None:
    a_returned_study(stage, "Garage solidaire")
    item = item_titled(stage.prepare(), "Garage")
    entry = ItemEntry(
        kind=ItemKind.DECISION,
        title="Le garage : y va-t-on ?",
        minutes=25,
        rapporteur="S. Kaddour",
        synthesis="Avis partagés sur la plausibilité économique.",
        proposal="Lancer l'appel en janvier.",
    )
    edit_item(stage.session, stage.actor, stage.reference, item.id, entry, now=stage.now)
    readjust_agenda(stage.session, stage.actor, stage.reference, now=stage.now)
    page = agenda_page(stage.session, stage.actor, stage.reference, now=stage.now)
    point = next(one for one in page.points if one.title == "Le garage : y va-t-on ?")
    assert (point.minutes, point.rapporteur, point.proposal) == (
        25,
        "S. Kaddour",
        "Lancer l'appel en janvier.",
    )


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (ItemEntry(kind=ItemKind.EXCHANGE, title=" ", minutes=5), "agenda.title_missing"),
        (ItemEntry(kind=ItemKind.EXCHANGE, title="Un point", minutes=0), "agenda.minutes"),
        (ItemEntry(kind=ItemKind.EXCHANGE, title="Un point", minutes=241), "agenda.minutes"),
    ],
)
def test_add_item_refuses_what_cannot_be_a_point(stage: Stage, entry: ItemEntry, code: str) -> None:
    stage.prepare()
    with pytest.raises(Invalid, match=code):
        add_item(stage.session, stage.actor, stage.reference, entry, now=stage.now)


def test_freeze_agenda_numbers_the_version_and_writes_to_each_member_once(stage: Stage) -> None:
    member, _ = builders.an_actor(
        stage.session, stage.fabrique, Role.COMMITTEE_MEMBER, stage.territory
    )
    committee = stage.committee
    builders.a_seat(stage.session, committee, person_id=member.id)
    builders.a_seat(stage.session, committee, person_id=member.id)
    builders.a_seat(stage.session, committee)
    stage.session.expire_all()
    stage.prepare()
    frozen = freeze_agenda(stage.session, stage.actor, stage.reference, now=stage.now)
    assert (frozen.version, frozen.frozen_at, frozen.frozen_by_id) == (
        1,
        stage.now,
        stage.actor.person_id,
    )
    [message] = stage.session.scalars(
        select(OutboxMessage).where(OutboxMessage.recipient == member.email)
    )
    assert message.subject == f"Ordre du jour {stage.reference}, version 1"
    assert "1. Accueil, quorum, mandats, déclarations d'intérêts (5 min)" in message.body


def test_frozen_agenda_cannot_be_changed(stage: Stage) -> None:
    item_id = stage.prepare().items[0].id
    freeze_agenda(stage.session, stage.actor, stage.reference, now=stage.now)
    entry = ItemEntry(kind=ItemKind.EXCHANGE, title="Trop tard", minutes=5)
    session, actor, reference, now = stage.session, stage.actor, stage.reference, stage.now
    for act in (
        lambda: prepare_agenda(session, actor, reference, now=now),
        lambda: readjust_agenda(session, actor, reference, now=now),
        lambda: add_item(session, actor, reference, entry, now=now),
        lambda: edit_item(session, actor, reference, item_id, entry, now=now),
        lambda: move_item(session, actor, reference, item_id, Direction.DOWN, now=now),
        lambda: resize_item(session, actor, reference, item_id, 12, now=now),
        lambda: pin_item(session, actor, reference, item_id, now=now),
        lambda: unpin_item(session, actor, reference, item_id, now=now),
        lambda: bring_in(session, actor, reference, "opportunity-1", now=now),
        lambda: remove_item(session, actor, reference, item_id, now=now),
        lambda: freeze_agenda(session, actor, reference, now=now),
    ):
        with pytest.raises(Conflict, match=r"agenda\.frozen"):
            act()


def test_reopened_agenda_is_a_copy_and_becomes_version_two(stage: Stage) -> None:
    stage.prepare()
    first = freeze_agenda(stage.session, stage.actor, stage.reference, now=stage.now)
    titles = [item.title for item in first.items]
    copy = reopen_agenda(stage.session, stage.actor, stage.reference, now=stage.now)
    remove_item(stage.session, stage.actor, stage.reference, copy.items[0].id, now=stage.now)
    second = freeze_agenda(stage.session, stage.actor, stage.reference, now=stage.now)
    assert second.version == 2
    page = agenda_page(stage.session, stage.actor, stage.reference, version=1, now=stage.now)
    assert [point.title for point in page.points] == titles
    assert stage.titles() == titles[1:]
    with pytest.raises(Conflict, match=r"agenda\.frozen"):
        prepare_agenda(stage.session, stage.actor, stage.reference, now=stage.now)


def test_member_reads_frozen_versions_only(stage: Stage) -> None:
    _, member = builders.an_actor(
        stage.session, stage.fabrique, Role.COMMITTEE_MEMBER, stage.territory
    )
    stage.prepare()
    with pytest.raises(NotFound, match=r"agenda\.none"):
        agenda_page(stage.session, member, stage.reference, now=stage.now)
    freeze_agenda(stage.session, stage.actor, stage.reference, now=stage.now)
    reopen_agenda(stage.session, stage.actor, stage.reference, now=stage.now)
    page = agenda_page(stage.session, member, stage.reference, now=stage.now)
    assert (page.version, page.may_edit, page.may_freeze) == (1, False, False)
    with pytest.raises(NotFound, match=r"agenda\.none"):
        agenda_page(stage.session, member, stage.reference, version=0, now=stage.now)


def test_who_may_prepare(stage: Stage) -> None:
    other = builders.a_territory(stage.session, stage.fabrique, communes=("59350",))
    _, member = builders.an_actor(
        stage.session, stage.fabrique, Role.COMMITTEE_MEMBER, stage.territory
    )
    _, neighbour = builders.an_actor(stage.session, stage.fabrique, Role.FACILITATOR, other)
    _, stranger = builders.a_facilitator(stage.session, builders.a_fabrique(stage.session))
    refused = {
        anybody(stage.fabrique.id): SignInNeeded,
        member: Forbidden,
        neighbour: NotFound,
        stranger: NotFound,
    }
    for actor, error in refused.items():
        with pytest.raises(error):
            prepare_agenda(stage.session, actor, stage.reference, now=stage.now)
    assert stage.session.scalar(select(JournalEntry.id)) is None


def test_sector_decided_this_year_gives_way(stage: Stage) -> None:
    person = builders.a_person(stage.session, stage.fabrique)
    decided = a_returned_study(stage, "Ateliers", sector=Sector.HABITAT)
    builders.a_decision(stage.session, stage.meeting, person, opportunity_id=decided)
    a_returned_study(stage, "Habitat partagé", sector=Sector.HABITAT)
    item = item_titled(stage.prepare(), "Habitat")
    assert [fact["code"] for fact in item.facts["reasons"]] == ["voices", "study_returned"]  # type: ignore[index,union-attr,call-overload]


def test_agenda_page_names_who_must_not_take_part(stage: Stage) -> None:
    holder = builders.a_holder(stage.session, stage.fabrique, name="La Marmite de Thiérache")
    opportunity = builders.an_opportunity(
        stage.session, stage.fabrique, stage=OpportunityStage.HANDOVER, title="Cantine"
    )
    match = builders.a_match(stage.session, opportunity, holder=holder)
    sender = builders.a_person(stage.session, stage.fabrique)
    builders.an_introduction(stage.session, match, sender, state="interested")
    builders.a_seat(
        stage.session,
        stage.committee,
        holder_name="Alix Duval",
        organisation_name="LA MARMITE DE THIERACHE",
    )
    stage.session.expire_all()
    stage.prepare()
    page = agenda_page(stage.session, stage.actor, stage.reference, now=stage.now)
    point = next(one for one in page.points if one.topic == "handover")
    assert point.recused == ("Alix Duval",)
    assert point.proposal == "Confier le projet à La Marmite de Thiérache."
    codes = [fact.code for fact in page.known]
    assert codes == ["convocation_due", "recusal", "quorum"]


def test_project_in_difficulty_and_late_steps_come_to_the_agenda(stage: Stage) -> None:
    for title, state, due in (
        ("Épicerie", ProjectState.IN_DIFFICULTY, dt.date(2026, 11, 4)),
        ("Garage", ProjectState.RUNNING, dt.date(2026, 12, 20)),
        ("Fini", ProjectState.STOPPED, dt.date(2026, 1, 1)),
    ):
        opportunity = builders.an_opportunity(stage.session, stage.fabrique)
        holder = builders.a_holder(stage.session, stage.fabrique)
        project = builders.a_project(
            stage.session, opportunity, title=title, state=state, holder_id=holder.id
        )
        stage.session.add(Milestone(project_id=project.id, title="Ouvrir", due_on=due))
    stage.session.flush()
    agenda = stage.prepare()
    item = item_titled(agenda, "Épicerie")
    assert (item.title, item.project_id is not None) == ("Épicerie : projet en alerte", True)
    assert item.facts["reasons"] == [
        {"code": "in_difficulty", "values": {}},
        {"code": "late_milestones", "values": {"count": 1, "days": 20}},
    ]
    left = {one.point.title: one.reason.code for one in left_out_of(agenda)}
    assert left == {"Garage": "project_on_track"}


def test_agenda_needs_to_be_drafted_before_it_is_changed(stage: Stage) -> None:
    for act in (readjust_agenda, freeze_agenda, reopen_agenda):
        with pytest.raises(NotFound, match=r"agenda\.none"):
            act(stage.session, stage.actor, stage.reference, now=stage.now)
    stage.prepare()
    with pytest.raises(Conflict, match=r"agenda\.already_open"):
        reopen_agenda(stage.session, stage.actor, stage.reference, now=stage.now)
    with pytest.raises(NotFound, match=r"agenda\.item_unknown"):
        pin_item(stage.session, stage.actor, stage.reference, 10**6, now=stage.now)


def test_empty_agenda_is_not_frozen_and_a_past_meeting_is_not_prepared(stage: Stage) -> None:
    for item in list(stage.prepare().items):
        remove_item(stage.session, stage.actor, stage.reference, item.id, now=stage.now)
    with pytest.raises(Conflict, match=r"agenda\.empty"):
        freeze_agenda(stage.session, stage.actor, stage.reference, now=stage.now)
    stage.meeting.state = MeetingState.CLOSED
    with pytest.raises(Conflict, match=r"meeting\.over"):
        stage.prepare()


def test_agenda_page_starts_each_point_when_the_one_before_ends(stage: Stage) -> None:
    stage.prepare()
    page = agenda_page(stage.session, stage.actor, stage.reference, now=stage.now)
    assert page.points[0].starts_at == stage.meeting.starts_at
    assert page.points[1].starts_at - page.points[0].starts_at == dt.timedelta(minutes=5)
    assert page.margin == 120 - page.minutes_used
