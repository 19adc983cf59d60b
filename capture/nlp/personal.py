"""Personal data in a text: what would let somebody be found or known, flagged before saving.

Rules favour being asked once too often for contacts, and silence for opinions and health unless the
sentence speaks of somebody in particular.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from capture.nlp.addresses import AddressReader, load_addresses
from capture.nlp.contacts import emails, social_security_numbers, telephones
from capture.nlp.person_names import NameReader, load_names
from capture.nlp.words import FR, Word, fold


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
    """Finds personal data by pattern and by the reviewed words of `sensitive.toml`."""

    def __init__(
        self,
        *,
        names: NameReader,
        addresses: AddressReader,
        people: Iterable[str],
        sensitive: Mapping[PersonalKind, Sequence[str]],
    ) -> None:
        self._names = names
        self._addresses = addresses
        self._people = frozenset(people)
        self._sensitive = {word: kind for kind, words in sensitive.items() for word in words}

    def spans(
        self, text: str, words: Sequence[Word], sentences: Sequence[tuple[int, int]]
    ) -> tuple[PersonalSpan, ...]:
        """Return the passages to show to the author, in reading order, none over another."""
        found: list[tuple[int, int, PersonalKind]] = []
        for kind, passages in (
            (PersonalKind.EMAIL, emails(text)),
            (PersonalKind.NIR, social_security_numbers(text)),
            (PersonalKind.PHONE, telephones(text)),
            (PersonalKind.ADDRESS, self._addresses.spans(text)),
            (PersonalKind.NAME, self._names.spans(text)),
        ):
            found += [(start, end, kind) for start, end in passages]
        found += self._opinions_and_health(words, sentences, found)
        found.sort(key=lambda span: (span[0], -span[1]))
        spans: list[PersonalSpan] = []
        for start, end, kind in found:
            if not spans or start >= spans[-1].end:
                spans.append(
                    PersonalSpan(start=start, end=end, kind=kind, replacement=_REPLACEMENTS[kind])
                )
        return tuple(spans)

    def _opinions_and_health(
        self,
        words: Sequence[Word],
        sentences: Sequence[tuple[int, int]],
        named: Sequence[tuple[int, int, PersonalKind]],
    ) -> list[tuple[int, int, PersonalKind]]:
        folded = [fold(lemma) for _, _, lemma in words]
        suspects = [
            (words[i][0], words[i][1], self._sensitive[lemma])
            for i, lemma in enumerate(folded)
            if lemma in self._sensitive
        ]
        if not suspects:
            return []
        people = [words[i][0] for i, lemma in enumerate(folded) if lemma in self._people]
        people += [start for start, _, kind in named if kind is PersonalKind.NAME]
        spoken_of = [(a, b) for a, b in sentences if any(a <= start < b for start in people)]
        return [span for span in suspects if any(a <= span[0] < b for a, b in spoken_of)]


@cache
def load_personal() -> PersonalReader:
    """Load the reviewed words about health, religion, union and origin."""
    words = tomllib.loads((FR / "sensitive.toml").read_text("utf-8"))
    kinds = (PersonalKind.HEALTH, PersonalKind.RELIGION, PersonalKind.UNION, PersonalKind.ORIGIN)
    return PersonalReader(
        names=load_names(),
        addresses=load_addresses(),
        people=words["people_words"],
        sensitive={kind: words[kind]["words"] for kind in kinds},
    )
