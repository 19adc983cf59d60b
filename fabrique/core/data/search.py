"""What a question about a commune may mean, and which communes answer it (pure).

A question is a name, a code, or a name with a postal code or a département beside it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fabrique.core.data.names import Candidate, MatchKind, NameIndex, folded_place
from fabrique.core.data.table import Alias, Commune, Departement

_CODE = re.compile(r"\b(?:\d{5}|2[ab]\d{3})\b")
_DEPARTEMENT_CODE = re.compile(r"^(?:\d{2,3}|2[ab])\b|\b(?:\d{2,3}|2[ab])$")
# « Hirson (Aisne) », « Hirson, Aisne ».
_LAST_PART = re.compile(r"^(?P<place>.+)[(,](?P<area>[^(),]+)\)?\s*$")
# Words of « Alpes-de-Haute-Provence ».
_LONGEST_DEPARTEMENT = 4
_ORDER = {kind: order for order, kind in enumerate(MatchKind)}
_EXACT_KINDS = frozenset(
    {MatchKind.POSTAL_CODE, MatchKind.INSEE_CODE, MatchKind.NAME, MatchKind.OTHER_NAME}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A commune that answers a question; `name` is the name that did, `likeness` is in 0–1."""

    commune: Commune
    kind: MatchKind
    likeness: float
    name: str

    @property
    def is_exact(self) -> bool:
        """Whether a code or a whole name answered, rather than a part or a resemblance."""
        return self.kind in _EXACT_KINDS


class _Answer(NamedTuple):
    """A candidate with the name and the commune it stands for."""

    candidate: Candidate
    name: str
    commune: Commune


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One way to understand a question: these words, for communes of which `holds` is true.

    `entire`: the words must be a whole name. Not `sure`: a part of the question was set aside.
    """

    words: str
    holds: Callable[[Commune], bool]
    entire: bool = False
    sure: bool = True


class CommuneSearch:
    """Answers questions over one table; building it takes a good part of a second."""

    def __init__(
        self,
        communes: Sequence[Commune],
        aliases: Sequence[Alias],
        departements: Iterable[Departement],
    ) -> None:
        self._by_code = {commune.insee_code: commune for commune in communes}
        self._by_postal_code: dict[str, list[Commune]] = {}
        for commune in communes:
            for code in commune.postal_codes:
                self._by_postal_code.setdefault(code, []).append(commune)
        named = [(alias, self._by_code[alias.commune]) for alias in aliases if alias.name]
        for alias in aliases:
            self._by_code.setdefault(alias.code, self._by_code[alias.commune])
        # The seat of a merged commune lends it its name: Vire Normandie is Vire to everybody.
        own = [(commune.name, commune) for commune in communes]
        own += [(alias.name, commune) for alias, commune in named if alias.code == alias.commune]
        others = [(alias.name, commune) for alias, commune in named if alias.code != alias.commune]
        self._named = own + others
        self._index = NameIndex(
            [name for name, _ in self._named],
            [commune.population for _, commune in self._named],
            others=len(own),
        )
        self._departements = {
            folded_place(key): each.code for each in departements for key in (each.code, each.name)
        }

    def find(
        self,
        query: str,
        *,
        holds: Callable[[Commune], bool],
        precedence: Callable[[Commune], float],
        limit: int,
    ) -> tuple[Found, ...]:
        """Communes that answer `query` and of which `holds` is true, the surest first.

        Equals are ordered by `precedence`, the lowest first. All exact answers are given;
        approximate ones complete them up to `limit`.
        """
        for reading in self._readings(query, holds):
            if answers := self._answers(reading):
                return _shown(answers, precedence, limit, sure=reading.sure)
        return ()

    def _readings(self, query: str, holds: Callable[[Commune], bool]) -> Iterator[_Reading]:
        """The ways to understand the question, the most literal first."""
        whole = folded_place(query)
        if not whole:
            return
        # « Paris 12 » and « Château-Chinon (Ville) » are names, numbers and brackets included.
        yield _Reading(words=whole, holds=holds, entire=True)
        if code := _CODE.search(whole):
            rest = f"{whole[: code.start()]}{whole[code.end() :]}".strip()
            if rest:
                yield _Reading(words=rest, holds=_both(holds, self._bears(code[0])))
                if code[0] not in self._by_postal_code:
                    # A CEDEX code is in no list, but begins with its département.
                    yield _Reading(words=rest, holds=_both(holds, _inside(_beginnings(code[0]))))
                yield _Reading(words=rest, holds=holds, sure=False)
                yield _Reading(words=code[0], holds=holds, sure=False)
            return
        split = [
            (place, departement)
            for place, area in _split_areas(query, whole)
            if place and (departement := self._departements.get(area))
        ]
        for place, departement in split:
            yield _Reading(words=place, holds=_both(holds, _inside({departement})))
        yield _Reading(words=whole, holds=holds)
        for place, _ in split:
            yield _Reading(words=place, holds=holds, sure=False)

    def _bears(self, code: str) -> Callable[[Commune], bool]:
        bearers = {answer.commune.insee_code for answer in self._coded(code)}
        return lambda commune: commune.insee_code in bearers

    def _coded(self, code: str) -> list[_Answer]:
        bearers = [
            _Answer(Candidate(MatchKind.POSTAL_CODE), commune.name, commune)
            for commune in self._by_postal_code.get(code, ())
        ]
        # An old INSEE code may be a postal code of today: 75012 was Boulogne-Billancourt's.
        commune = self._by_code.get(code.upper())
        if commune and (commune.insee_code == code.upper() or not bearers):
            bearers.append(_Answer(Candidate(MatchKind.INSEE_CODE), commune.name, commune))
        return bearers

    def _answers(self, reading: _Reading) -> list[_Answer]:
        holds = reading.holds
        if _CODE.fullmatch(reading.words):
            return [answer for answer in self._coded(reading.words) if holds(answer.commune)]
        same = self._held(self._index.same(reading.words), holds)
        # A name of today leaves no doubt: what once bore it too is only among the beginnings.
        today = [answer for answer in same if answer.candidate.kind is MatchKind.NAME]
        if same := today or same:
            return same + self._held(self._index.beginning_with(reading.words), holds)
        return [] if reading.entire else self._held(self._index.resembling(reading.words), holds)

    def _held(
        self, candidates: Iterable[Candidate], holds: Callable[[Commune], bool]
    ) -> list[_Answer]:
        answers = (_Answer(each, *self._named[each.position]) for each in candidates)
        return [answer for answer in answers if holds(answer.commune)]


def _both(
    one: Callable[[Commune], bool], other: Callable[[Commune], bool]
) -> Callable[[Commune], bool]:
    return lambda commune: one(commune) and other(commune)


def _inside(departements: set[str]) -> Callable[[Commune], bool]:
    return lambda commune: commune.departement in departements


def _beginnings(code: str) -> set[str]:
    """The départements whose postal codes begin like this one."""
    return {"2A", "2B"} if code.startswith("20") else {code[:2], code[:3]}


def _split_areas(query: str, whole: str) -> Iterator[tuple[str, str]]:
    """What may be a place and its département: « Hirson 02 », « Hirson (Aisne) », « Hirson Aisne ».

    Words alone may be anything: whether they name a département is for the caller to see.
    """
    if number := _DEPARTEMENT_CODE.search(whole):
        yield f"{whole[: number.start()]}{whole[number.end() :]}".strip(), number[0]
    if parts := _LAST_PART.match(query):
        yield folded_place(parts["place"]), folded_place(parts["area"])
    words = whole.split()
    for length in range(1, min(len(words), _LONGEST_DEPARTEMENT + 1)):
        yield " ".join(words[:-length]), " ".join(words[-length:])


def _shown(
    answers: list[_Answer], precedence: Callable[[Commune], float], limit: int, *, sure: bool
) -> tuple[Found, ...]:
    """One Found per commune, its best; without certainty none is more than a resemblance."""
    ordered = sorted(
        answers,
        key=lambda answer: (
            _ORDER[answer.candidate.kind],
            answer.candidate.rank,
            precedence(answer.commune),
            answer.commune.insee_code,
        ),
    )
    found: dict[str, Found] = {}
    for candidate, name, commune in ordered:
        kind = candidate.kind if sure else MatchKind.LIKENESS
        if kind not in _EXACT_KINDS and len(found) >= limit:
            break
        if commune.insee_code not in found:
            found[commune.insee_code] = Found(
                commune=commune, kind=kind, likeness=round(candidate.likeness, 3), name=name
            )
    return tuple(found.values())
