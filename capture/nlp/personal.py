"""Personal data in a text: what would let somebody be found or known, flagged before saving.

Rules favour being asked once too often for contacts, and silence for opinions and health unless the
sentence speaks of somebody in particular.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import phonenumbers
from stdnum.fr import nir

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

# A toll-free or surcharged number belongs to a service, not to a person.
_PERSONAL_LINES = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    phonenumbers.PhoneNumberType.VOIP,
)
_EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_DIGIT = re.compile(r"\d")
_MANY_DIGITS = re.compile(r"\d(?:[\s./()-]{0,3}\d){8}")
# Sex, year, month, département, commune, order and key (INSEE).
_NIR = re.compile(
    r"(?<!\d)[1-478][ .]?\d{2}[ .]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .]?(?:\d{2}|2[AB])[ .]?"
    r"\d{3}[ .]?\d{3}(?:[ .]?\d{2})?(?!\d)"
)
_STREET = (
    r"(?:rue|avenue|av\.?|boulevard|bd\.?|bld|place|allée|allee|chemin|impasse|route|quai|square"
    r"|cours|passage|résidence|residence|lotissement|hameau|lieu-dit|sentier|venelle|faubourg|ruelle)"
)
_ADDRESS = re.compile(
    rf"\b\d{{1,4}}(?:\s?(?:bis|ter|quater|[A-D]))?\s?,?\s+{_STREET}\s+"
    r"(?:(?:de|du|des|d['’]|la|le|les|l['’])\s?){0,3}[A-ZÀ-Þ0-9][\w'’.-]*"
    r"(?:[\s-](?:(?:de|du|des|d['’]|la|le|les|l['’])\s?){0,2}[A-ZÀ-Þ][\w'’-]*){0,3}"
    r"(?:,?\s+\d{5}(?:\s+[A-ZÀ-Þ][\w'’-]*)?)?"
    r"|\b\d{1,4}(?:\s?(?:bis|ter|quater))?\s?,?\s+(?:rue|avenue|boulevard|impasse|allée|venelle)\s+"
    r"(?:(?:de|du|des|d['’]|la|le|les|l['’])\s?){0,3}[a-zà-ÿ'’-]{3,}(?:\s[a-zà-ÿ'’-]{4,})?"
)


class PersonalReader:
    """Finds personal data by pattern and by the reviewed words of `sensitive.toml`."""

    def __init__(
        self,
        *,
        names: NameReader,
        people: Iterable[str],
        sensitive: Mapping[PersonalKind, Sequence[str]],
    ) -> None:
        self._names = names
        self._people = frozenset(people)
        self._sensitive = {word: kind for kind, words in sensitive.items() for word in words}

    def spans(
        self, text: str, words: Sequence[Word], sentences: Sequence[tuple[int, int]]
    ) -> tuple[PersonalSpan, ...]:
        """Return the passages to show to the author, in reading order, none over another."""
        found: list[tuple[int, int, PersonalKind]] = []
        if "@" in text:
            found += [(*m.span(), PersonalKind.EMAIL) for m in _EMAIL.finditer(text)]
        if _DIGIT.search(text):
            found += _numbers(text)
            found += [(*m.span(), PersonalKind.ADDRESS) for m in _ADDRESS.finditer(text)]
        found += [(start, end, PersonalKind.NAME) for start, end in self._names.spans(text)]
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


def _numbers(text: str) -> list[tuple[int, int, PersonalKind]]:
    if not _MANY_DIGITS.search(text):
        return []
    found = [
        (*m.span(), PersonalKind.NIR)
        for m in _NIR.finditer(text)
        # Thirteen digits without their key are too common (a SIRET has fourteen) unless spaced.
        if nir.is_valid(m.group().replace(".", "")) or " " in m.group() or len(m.group()) == 15
    ]
    found += [
        (match.start + match.raw_string.startswith("("), match.end, PersonalKind.PHONE)
        for match in phonenumbers.PhoneNumberMatcher(text, "FR")
        if phonenumbers.number_type(match.number) in _PERSONAL_LINES
        and not any(start <= match.start < end for start, end, _ in found)
    ]
    return found


@cache
def load_personal() -> PersonalReader:
    """Load the reviewed words about health, religion, union and origin."""
    words = tomllib.loads((FR / "sensitive.toml").read_text("utf-8"))
    kinds = (PersonalKind.HEALTH, PersonalKind.RELIGION, PersonalKind.UNION, PersonalKind.ORIGIN)
    return PersonalReader(
        names=load_names(),
        people=words["people_words"],
        sensitive={kind: words[kind]["words"] for kind in kinds},
    )
