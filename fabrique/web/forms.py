"""A submitted form bound to a Pydantic model: typed values kept, errors in French.

The French sentence is chosen by the *type* of the error; a form may override it per field.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, ClassVar, Generic, TypeVar, get_args, get_origin

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import UploadFile

from fabrique.web.labels.sentences import field_sentence
from fabrique.web.labels.typography import typo

Sentences = Mapping[str, Mapping[str, str]]


class Form(BaseModel):
    """What a form hands over: spaces trimmed, unknown fields ignored, frozen.

    `sentences` gives, per field, the French sentence of an error type of Pydantic, `missing`
    included: `{"text": {"string_too_short": "Dites-nous le besoin en quelques mots."}}`.
    """

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore", frozen=True)

    sentences: ClassVar[Sentences] = MappingProxyType({})


FormT = TypeVar("FormT", bound=Form)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """A refused answer: the name of the field, which is its id in the page, and the sentence."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """The body of a posted form: every value of every name, and the files."""

    values: Mapping[str, Sequence[str]]
    files: Mapping[str, UploadFile] = field(default_factory=dict)

    def first(self, name: str) -> str:
        """Return the first value of a name, or an empty string."""
        return next(iter(self.values.get(name, ())), "")


async def submitted(request: Request) -> AsyncIterator[Submitted]:
    """Read the posted form; asynchronous, so that the endpoint itself may be a plain `def`."""
    async with request.form() as body:
        values: dict[str, list[str]] = {}
        files: dict[str, UploadFile] = {}
        for name, value in body.multi_items():
            if isinstance(value, str):
                values.setdefault(name, []).append(value)
            elif value.filename:
                files[name] = value
        yield Submitted(values=values, files=files)


SubmittedForm = Annotated[Submitted, Depends(submitted)]


class Bound(Generic[FormT]):
    """A form model with the values of a request: the valid model, or the errors to show."""

    def __init__(self, model: type[FormT], values: Mapping[str, Sequence[str]]) -> None:
        """Validate the values; an empty answer counts as no answer."""
        self._model = model
        self._values = values
        self._errors: dict[str, str] = {}
        self._validated: FormT | None = None
        try:
            self._validated = model.model_validate(self._answers())
        except ValidationError as refused:
            for error in refused.errors():
                name = str(error["loc"][0]) if error["loc"] else ""
                overrides = model.sentences.get(name, {})
                self._add(name, field_sentence(error["type"], error.get("ctx", {}), overrides))

    @classmethod
    def blank(cls, model: type[FormT], **initial: str | Sequence[str]) -> "Bound[FormT]":
        """Return a form shown for the first time: initial values, no error, nothing validated."""
        form = cls.__new__(cls)
        form._model = model
        form._values = {
            name: [value] if isinstance(value, str) else list(value)
            for name, value in initial.items()
        }
        form._errors = {}
        form._validated = None
        return form

    @property
    def validated(self) -> FormT | None:
        """The model when every answer is accepted, else None."""
        return None if self._errors else self._validated

    @property
    def errors(self) -> tuple[FieldError, ...]:
        """The refused answers, in the order of the fields of the model."""
        order = {name: rank for rank, name in enumerate(self._model.model_fields)}
        ranked = sorted(self._errors.items(), key=lambda item: order.get(item[0], len(order)))
        return tuple(FieldError(name=name, sentence=sentence) for name, sentence in ranked)

    def value(self, name: str) -> str:
        """Return what was typed in a field, as it was typed, or an empty string."""
        return next(iter(self._values.get(name, ())), "")

    def values(self, name: str) -> tuple[str, ...]:
        """Return every value of a field that takes several."""
        return tuple(self._values.get(name, ()))

    def error(self, name: str) -> str | None:
        """Return the French sentence of a refused field, or None."""
        return self._errors.get(name)

    def reject(self, name: str, error_type: str, /, **facts: object) -> None:
        """Refuse a field for a reason found after validation; the code is in the catalogue."""
        self._add(name, field_sentence(error_type, facts, self._model.sentences.get(name, {})))

    def _add(self, name: str, sentence: str) -> None:
        self._errors.setdefault(name, typo(sentence))

    def _answers(self) -> dict[str, str | list[str]]:
        answers: dict[str, str | list[str]] = {}
        for name, info in self._model.model_fields.items():
            given = [value for value in self._values.get(name, ()) if value.strip()]
            if not given:
                continue
            answers[name] = given if _takes_several(info.annotation) else given[-1]
        return answers


def _takes_several(annotation: object) -> bool:
    several = (list, tuple, set, frozenset, Sequence)
    kinds = (annotation, *get_args(annotation)) if get_origin(annotation) else (annotation,)
    return any((get_origin(kind) or kind) in several for kind in kinds)
