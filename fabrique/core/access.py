"""Who may do what: one table of roles and actions, and the actor every verb receives.
What an actor may not see does not exist for him; what he sees but may not do is forbidden."""

import enum
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute

from fabrique.core.errors import Forbidden, SignInNeeded
from fabrique.core.people import Role
from fabrique.core.territories import TerritoryCommune


class Action(enum.StrEnum):
    """Every act the service knows, as « object.act »."""

    NEED_LOG = "need.log"
    NEED_READ_ALL = "need.read_all"
    NEED_REVIEW = "need.review"
    NEED_IMPORT = "need.import"
    CLUSTER_READ = "cluster.read"
    CLUSTER_EDIT = "cluster.edit"
    GROUPING_RUN = "grouping.run"
    OPPORTUNITY_READ = "opportunity.read"
    OPPORTUNITY_SIGN = "opportunity.sign"
    OPPORTUNITY_ASSESS = "opportunity.assess"
    DIRECTORY_READ = "directory.read"
    DIRECTORY_EDIT = "directory.edit"
    MATCH_PROPOSE = "match.propose"
    INTRODUCTION_SEND = "introduction.send"
    COMMITTEE_READ = "committee.read"
    AGENDA_PREPARE = "agenda.prepare"
    AGENDA_FREEZE = "agenda.freeze"
    DECISION_RECORD = "decision.record"
    FOLLOW_UP_REPORT = "follow_up.report"
    PEOPLE_MANAGE = "people.manage"


_SENSOR = frozenset({Action.NEED_LOG})
_MEMBER = frozenset(
    {
        Action.NEED_LOG,
        Action.COMMITTEE_READ,
        Action.OPPORTUNITY_READ,
        Action.OPPORTUNITY_ASSESS,
        Action.FOLLOW_UP_REPORT,
    }
)
_FACILITATOR = frozenset(Action) - {Action.PEOPLE_MANAGE}

ALLOWED: dict[Role, frozenset[Action]] = {
    Role.IDEA_SENSOR: _SENSOR,
    Role.COMMITTEE_MEMBER: _MEMBER,
    Role.FACILITATOR: _FACILITATOR,
    Role.ADMINISTRATOR: frozenset(Action),
}

# Anybody may tell a need without an account.
_ANYBODY = frozenset({Action.NEED_LOG})


class ActorKind(enum.StrEnum):
    """Who acts: a person, the machine, or somebody without account."""

    PERSON = "person"
    MACHINE = "machine"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role on one territory, or on the whole fabrique when ``territory_id`` is None."""

    role: Role
    territory_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, in which fabrique, with which roles."""

    kind: ActorKind
    fabrique_id: int
    person_id: int | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()

    def may(self, action: Action, territory_id: int | None = None) -> bool:
        """Whether one of the roles allows the action there (anywhere when none is named)."""
        if self.kind is ActorKind.MACHINE or action in _ANYBODY:
            return True
        return any(
            action in ALLOWED[grant.role]
            and (
                territory_id is None
                or grant.territory_id is None
                or grant.territory_id == territory_id
            )
            for grant in self.grants
        )

    def require(self, action: Action, territory_id: int | None = None) -> None:
        """Raise ``SignInNeeded`` or ``Forbidden`` unless the action is allowed."""
        if self.may(action, territory_id):
            return
        if self.kind is ActorKind.ANONYMOUS:
            raise SignInNeeded
        raise Forbidden("access.forbidden", action=action.value)

    def territories(self, action: Action) -> frozenset[int] | None:
        """The territories where the action is allowed; None means the whole fabrique."""
        if self.kind is ActorKind.MACHINE:
            return None
        found: set[int] = set()
        for grant in self.grants:
            if action in ALLOWED[grant.role]:
                if grant.territory_id is None:
                    return None
                found.add(grant.territory_id)
        return frozenset(found)


def machine(fabrique_id: int) -> Actor:
    """The actor of jobs and commands."""
    return Actor(kind=ActorKind.MACHINE, fabrique_id=fabrique_id)


def anybody(fabrique_id: int) -> Actor:
    """Somebody who is not signed in."""
    return Actor(kind=ActorKind.ANONYMOUS, fabrique_id=fabrique_id)


def in_sight(
    actor: Actor,
    action: Action,
    commune: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
) -> ColumnElement[bool]:
    """The condition that keeps only rows whose commune the actor may see for that action."""
    territories = actor.territories(action)
    if territories is None:
        return true()
    return commune.in_(
        select(TerritoryCommune.insee_code).where(TerritoryCommune.territory_id.in_(territories))
    )
