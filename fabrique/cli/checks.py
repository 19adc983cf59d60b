"""What ``doctor`` looks at, and the sentence that says what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from capture.nlp.vectorise import load_vectoriser
from fabrique.core.db import engine_for, normalised_url
from fabrique.core.errors import Invalid
from fabrique.core.places import load_gazetteer
from fabrique.core.settings import Settings
from fabrique.migrations import check as check_schema
from fabrique.web.labels.sentences import sentence
from fabrique.web.labels.typography import typo

STATIC = Path(__file__).parents[1] / "web" / "static"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at."""

    name: str
    is_ok: bool
    sentence: str


def checks(settings: Settings) -> list[Check]:
    """Look at everything the service needs; nothing is changed."""
    looked_at: tuple[tuple[str, Callable[[Settings], tuple[bool, str]]], ...] = (
        ("Base de données", _database),
        ("Communes", _communes),
        ("Langue", _language),
        ("Pages", _assets),
        ("Courriel", _mail),
    )
    found = []
    for name, look in looked_at:
        is_ok, sentence = look(settings)
        found.append(Check(name=name, is_ok=is_ok, sentence=sentence))
    return found


def _database(settings: Settings) -> tuple[bool, str]:
    url = make_url(normalised_url(settings.database_url))
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return False, "elle n’existe pas encore : lancez « fabrique db upgrade »."
    engine = engine_for(settings.database_url)
    try:
        check_schema(engine)
    except CommandError:
        return False, "le schéma est en retard : lancez « fabrique db upgrade »."
    except SQLAlchemyError as error:
        return False, f"elle ne répond pas ({type(error).__name__})."
    finally:
        engine.dispose()
    return True, "elle répond, son schéma est à jour."


def _communes(settings: Settings) -> tuple[bool, str]:
    places = load_gazetteer(settings.communes_path)
    return True, f"{len(places.communes):,} communes connues.".replace(",", " ")


def _language(settings: Settings) -> tuple[bool, str]:
    try:
        vectoriser = load_vectoriser(settings.vectoriser_path)
    except Invalid as refused:
        return False, typo(sentence(refused.code, refused.facts))
    return True, f"modèle {vectoriser.id}, {vectoriser.dimension} dimensions."


def _assets(_settings: Settings) -> tuple[bool, str]:
    if not (STATIC / "vendor").is_dir():
        return False, "polices et icônes absentes : réinstallez avec « make demo »."
    return True, "polices et icônes en place."


def _mail(settings: Settings) -> tuple[bool, str]:
    if not settings.smtp_url:
        # Without a mail server the service works; messages wait in the outbox.
        return True, "aucun serveur d’envoi (FABRIQUE_SMTP_URL) : les messages attendent."
    return True, "un serveur d’envoi est indiqué."
