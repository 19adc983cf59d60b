from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, ClassVar

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import Field

from fabrique.web.forms import Bound, Form, Sentences, SubmittedForm


class Kind(StrEnum):
    NEED = "need"
    IDEA = "idea"


class NeedForm(Form):
    sentences: ClassVar[Sentences] = MappingProxyType(
        {"text": {"string_too_short": "Dites-nous le besoin en quelques mots."}}
    )

    text: Annotated[str, Field(min_length=10)]
    kind: Kind = Kind.NEED
    people: Annotated[int, Field(ge=1)] | None = None
    audiences: tuple[str, ...] = ()
    tags: list[str] | None = None


def values(**typed: str | list[str]) -> Mapping[str, list[str]]:
    return {name: [one] if isinstance(one, str) else one for name, one in typed.items()}


def test_accepted_answers_make_the_model() -> None:
    form = Bound(NeedForm, values(text="  Plus de car le soir  ", people="12", tags="a"))
    assert form.validated == NeedForm(text="Plus de car le soir", people=12, tags=["a"])
    assert form.errors == ()


def test_several_values_are_kept_for_a_field_that_takes_them() -> None:
    form = Bound(NeedForm, values(text="Plus de car le soir", audiences=["jeunes", "aînés"]))
    assert form.validated is not None
    assert form.validated.audiences == ("jeunes", "aînés")
    assert form.values("audiences") == ("jeunes", "aînés")


def test_an_empty_answer_counts_as_none() -> None:
    form = Bound(NeedForm, values(text="Plus de car le soir", people=" ", kind=""))
    assert form.validated is not None
    assert (form.validated.people, form.validated.kind) == (None, Kind.NEED)


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        (values(text="plus de"), "text", "Dites-nous le besoin en quelques mots."),
        (values(), "text", "Répondez à cette question."),
        (values(text="x" * 10, people="douze"), "people", "Écrivez un nombre entier, par exemple"),
        (values(text="x" * 10, people="0"), "people", "Donnez un nombre d’au moins 1."),
        (values(text="x" * 10, kind="autre"), "kind", "Choisissez une des réponses proposées."),
    ],
)
def test_a_refused_answer_says_how_to_repair(
    typed: Mapping[str, list[str]], field: str, said: str
) -> None:
    form = Bound(NeedForm, typed)
    assert form.validated is None
    assert (form.error(field) or "").startswith(said)


def test_what_was_typed_is_kept_as_typed() -> None:
    form = Bound(NeedForm, values(text=" plus de ", people="douze"))
    assert (form.value("text"), form.value("people"), form.value("kind")) == (
        " plus de ",
        "douze",
        "",
    )


def test_errors_come_in_the_order_of_the_form() -> None:
    form = Bound(NeedForm, values(people="douze"))
    form.reject("kind", "enum")
    assert [error.name for error in form.errors] == ["text", "kind", "people"]


def test_a_field_may_be_refused_after_validation() -> None:
    form = Bound(NeedForm, values(text="Plus de car le soir"))
    form.reject("text", "place.homonyms", name="Saint-Michel")
    assert form.validated is None
    assert (
        form.error("text") == "Plusieurs communes s’appellent Saint-Michel\u00a0: laquelle\u00a0?"
    )


def test_a_blank_form_shows_initial_values_and_no_error() -> None:
    form = Bound.blank(NeedForm, kind="idea", audiences=["jeunes"])
    assert (form.value("kind"), form.values("audiences")) == ("idea", ("jeunes",))
    assert (form.validated, form.errors) == (None, ())


def test_a_plain_endpoint_receives_fields_and_files() -> None:
    app = FastAPI()

    @app.post("/")
    def receive(sent: SubmittedForm) -> dict[str, object]:
        content = sent.files["sheet"].file.read().decode() if "sheet" in sent.files else ""
        return {"tags": sent.values.get("tag", []), "first": sent.first("tag"), "file": content}

    with TestClient(app) as client:
        posted = client.post(
            "/", data={"tag": ["a", "b"]}, files={"sheet": ("s.csv", b"x;y"), "none": ("", b"")}
        )
        empty = client.post("/", data={})
    assert posted.json() == {"tags": ["a", "b"], "first": "a", "file": "x;y"}
    assert empty.json() == {"tags": [], "first": "", "file": ""}
