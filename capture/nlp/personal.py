"""Personal data in a text: what would let somebody be found or known, flagged before saving.

Rules favour being asked once too often for contacts, and silence for opinions and health unless the
sentence speaks of somebody in particular.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from capture.nlp.addresses import AddressReader, load_addresses
from capture.nlp.contacts import emails, social_security_numbers, telephones
from capture.nlp.person_names import NameReader, load_names
from capture.nlp.sensitive import SensitiveReader, load_sensitive
from capture.nlp.words import Word


class PersonalKind(StrEnum):
    """What a span of text may say about a person."""

    EMAIL = "email"
    PHONE = "phone"
    NIR = "nir"
    NAME = "name"
    ADDRESS = "address"
    HEALTH = "health"
    RELIGION = "religion"
    UNION = "union"
    ORIGIN = "origin"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalSpan:
    """A passage of the original text, what it may say of somebody, and a text to put instead."""

    start: int
    end: int
    kind: PersonalKind
    replacement: str


_REPLACEMENTS = {
    PersonalKind.EMAIL: "[adresse électronique]",
    PersonalKind.PHONE: "[téléphone]",
    PersonalKind.NIR: "[numéro de sécurité sociale]",
    PersonalKind.NAME: "[nom]",
    PersonalKind.ADDRESS: "[adresse]",
    PersonalKind.HEALTH: "[santé]",
    PersonalKind.RELIGION: "[religion]",
    PersonalKind.UNION: "[syndicat]",
    PersonalKind.ORIGIN: "[origine]",
}


class PersonalReader:
    """Finds personal data by pattern and by reviewed words."""

    def __init__(
        self, *, names: NameReader, addresses: AddressReader, sensitive: SensitiveReader
    ) -> None:
        self._names = names
        self._addresses = addresses
        self._sensitive = sensitive

    def spans(
        self, text: str, words: Sequence[Word], sentences: Sequence[tuple[int, int]]
    ) -> tuple[PersonalSpan, ...]:
        """Return the passages to show to the author, in reading order, none over another."""
        named = self._names.spans(text)
        found = [
            (start, end, kind)
            for kind, passages in (
                (PersonalKind.EMAIL, emails(text)),
                (PersonalKind.NIR, social_security_numbers(text)),
                (PersonalKind.PHONE, telephones(text)),
                (PersonalKind.ADDRESS, self._addresses.spans(text)),
                (PersonalKind.NAME, named),
            )
            for start, end in passages
        ]
        found += [
            (span.start, span.end, PersonalKind(span.kind))
            for span in self._sensitive.spans(text, words, sentences, named)
        ]
        found.sort(key=lambda span: (span[0], -span[1]))
        spans: list[PersonalSpan] = []
        for start, end, kind in found:
            if not spans or start >= spans[-1].end:
                spans.append(
                    PersonalSpan(start=start, end=end, kind=kind, replacement=_REPLACEMENTS[kind])
                )
        return tuple(spans)


@cache
def load_personal() -> PersonalReader:
    """Load all that tells a person."""
    return PersonalReader(
        names=load_names(), addresses=load_addresses(), sensitive=load_sensitive()
    )
