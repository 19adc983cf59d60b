"""What already works elsewhere and resembles an opportunity, with its conditions held up to the
territory. Population is compared by count; every other condition is for a person to check."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from matching.scoring.explain import Fact, FactCode, FactValue, Sense
from matching.scoring.features import Dossier, Vector, bare_words
from matching.scoring.score import sector_fit, text_fit

_SECTOR_WEIGHT, _TEXT_WEIGHT, _WORDS_WEIGHT = 0.5, 0.35, 0.15
# An initiative of a neighbouring sector alone is shown only when its words are plainly the same.
_NEIGHBOUR_FLOOR = 0.6
# Three key words in common say as much as words alone can.
_ENOUGH_WORDS = 3


class ConditionKind(enum.StrEnum):
    """What an initiative needs to work again somewhere else (method §8)."""

    POPULATION_MIN = "population_min"
    PARTNER = "partner"
    SKILL = "skill"
    PLACE = "place"
    BUDGET = "budget"
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition in its author's words; ``value`` counts inhabitants, euros or square metres."""

    kind: ConditionKind
    sentence: str
    value: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """An initiative as matching sees it; ``sectors`` in order, the first is the main one."""

    key: str
    sectors: tuple[str, ...]
    conditions: tuple[Condition, ...]
    words: frozenset[str]
    text: Vector | None = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """An initiative that resembles the opportunity: rank from 1, score in 0–1, its conditions."""

    key: str
    rank: int
    score: float
    facts: tuple[Fact, ...]


def precedents_of(
    dossier: Dossier, precedents: Sequence[Precedent], *, most: int = 6
) -> tuple[Likeness, ...]:
    """The initiatives of the same sector, or of a neighbouring one when their words are close.

    Closest first; at most ``most``.
    """
    measured = (
        (_score(dossier, precedent), precedent)
        for precedent in precedents
        if precedent.key not in dossier.barred | dossier.introduced
        and not {dossier.sector, *dossier.secondary}.isdisjoint(precedent.sectors)
    )
    scored = [
        (score, precedent)
        for score, precedent in measured
        if dossier.sector in precedent.sectors or score >= _NEIGHBOUR_FLOOR
    ]
    # Of equals the first known; keys end in a number, and a shorter number is a smaller one.
    scored.sort(key=lambda item: (-item[0], len(item[1].key), item[1].key))
    return tuple(
        Likeness(
            key=precedent.key,
            rank=rank,
            score=score,
            facts=condition_facts(precedent.conditions, population=dossier.population),
        )
        for rank, (score, precedent) in enumerate(scored[:most], start=1)
    )


def condition_facts(conditions: Iterable[Condition], *, population: int) -> tuple[Fact, ...]:
    """Each condition held up to a territory of ``population`` inhabitants (0 when unknown)."""
    return tuple(_condition_fact(condition, population) for condition in conditions)


def _condition_fact(condition: Condition, population: int) -> Fact:
    if condition.kind is not ConditionKind.POPULATION_MIN or condition.value is None:
        said: dict[str, FactValue] = {"sentence": condition.sentence, "kind": condition.kind.value}
        return Fact(code=FactCode.CONDITION, sense=Sense.CHECK, values=said)
    values: dict[str, FactValue] = {"wanted": condition.value, "here": population}
    if not population:
        return Fact(code=FactCode.TERRITORY_UNKNOWN, sense=Sense.CHECK, values=values)
    if population >= condition.value:
        return Fact(code=FactCode.TERRITORY_LARGE_ENOUGH, sense=Sense.FOR, values=values)
    return Fact(code=FactCode.TERRITORY_TOO_SMALL, sense=Sense.AGAINST, values=values)


def _score(dossier: Dossier, precedent: Precedent) -> float:
    sector = sector_fit(dossier.sector, dossier.secondary, precedent.sectors)
    met = sum(1 for word in dossier.words if bare_words([word]) & precedent.words)
    words = min(1.0, met / _ENOUGH_WORDS)
    text = text_fit(dossier.text, precedent.text)
    if text is None:
        total = _SECTOR_WEIGHT * sector + _WORDS_WEIGHT * words
        return round(total / (_SECTOR_WEIGHT + _WORDS_WEIGHT), 6)
    return round(_SECTOR_WEIGHT * sector + _TEXT_WEIGHT * text + _WORDS_WEIGHT * words, 6)
