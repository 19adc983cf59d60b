"""One click to become one of the three people of the demonstration; refused in production."""

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from fabrique.core.errors import NotFound
from fabrique.core.people import Person
from fabrique.core.signin import open_session
from fabrique.web.account import DemoIdentity, safe_path, signed_in
from fabrique.web.deps import CurrentFabrique, Now, Writing, seal_of
from fabrique.web.forms import SubmittedForm

router = APIRouter()

SENSOR_EMAIL = "s.thiery@centre-du-gue.example"
FACILITATOR_EMAIL = "c.delattre@etabli-du-nord.example"
MEMBER_KEY = "marchandise"

DEMO_IDENTITIES = (
    DemoIdentity(
        key="capteur",
        label="Sandrine Thiéry, capteuse d’idées",
        sentence="Elle signale un besoin et suit ce qu’il devient.",
    ),
    DemoIdentity(
        key="coordination",
        label="Claire Delattre, coordinatrice",
        sentence="Elle relit les regroupements, ouvre des opportunités, prépare les comités.",
    ),
    DemoIdentity(
        key="membre",
        label="Hélène Marchandise, membre du comité",
        sentence="Elle lit l’ordre du jour, donne son avis et suit les décisions.",
    ),
)


def member_email(key: str) -> str:
    """The invented address of a committee member who has none in the data."""
    return f"{key}@comite.example"


_EMAILS = {
    "capteur": SENSOR_EMAIL,
    "coordination": FACILITATOR_EMAIL,
    "membre": member_email(MEMBER_KEY),
}
_FIRST_PAGE = {
    "capteur": "/besoins/nouveau",
    "coordination": "/regroupements",
    "membre": "/comites",
}


@router.post("/connexion/demo")
def become(
    request: Request,
    fabrique: CurrentFabrique,
    submitted: SubmittedForm,
    session: Writing,
    now: Now,
) -> Response:
    """Open a session for one of the three, without code."""
    key = submitted.first("identite")
    person = session.scalar(
        select(Person).where(
            Person.fabrique_id == fabrique.id, Person.email == _EMAILS.get(key, "")
        )
    )
    if person is None:
        raise NotFound
    token = open_session(
        session,
        seal_of(request),
        person,
        user_agent=request.headers.get("user-agent", ""),
        now=now,
    )
    asked = safe_path(submitted.first("suite") or "/")
    return signed_in(request, token, asked if asked != "/" else _FIRST_PAGE[key])
