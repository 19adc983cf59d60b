"""Initiatives that already work elsewhere: which resemble, and what they need here."""

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.scoring.elsewhere import (
    Condition,
    ConditionKind,
    Precedent,
    condition_facts,
    precedents_of,
)
from matching.scoring.explain import FactCode, Sense
from tests.matching.values import SECTORS, a_dossier


def a_precedent(key: str = "initiative:1", **values: object) -> Precedent:
    return Precedent(
        **{  # type: ignore[arg-type]
            "key": key,
            "sectors": ("mobilite",),
            "conditions": (),
            "words": frozenset({"garage"}),
            "text": None,
        }
        | values
    )


def bassin(value: int | None) -> Condition:
    return Condition(
        kind=ConditionKind.POPULATION_MIN, sentence="Un bassin assez grand.", value=value
    )


def test_same_sector_and_words_come_first_and_other_trades_do_not_come() -> None:
    found = precedents_of(
        a_dossier(),
        [
            a_precedent("initiative:1", sectors=("commerce", "mobilite")),
            a_precedent("initiative:2"),
            a_precedent("initiative:3", sectors=("sante",)),
        ],
    )
    assert [(each.key, each.rank) for each in found] == [("initiative:2", 1), ("initiative:1", 2)]


def test_neighbouring_sector_comes_only_with_close_words() -> None:
    here = np.array([1, 0], dtype=np.float32)
    dossier = a_dossier(text=here)
    close = a_precedent(
        sectors=("commerce",), words=frozenset({"garage", "voiture", "permi"}), text=here
    )
    far = a_precedent(sectors=("commerce",), text=-here)
    assert [each.key for each in precedents_of(dossier, [close])] == [close.key]
    assert precedents_of(dossier, [far]) == ()


def test_initiative_put_aside_or_asked_is_not_proposed_again() -> None:
    dossier = a_dossier(barred=frozenset({"initiative:1"}), introduced=frozenset({"initiative:2"}))
    assert precedents_of(dossier, [a_precedent("initiative:1"), a_precedent("initiative:2")]) == ()


def test_population_is_counted_against_the_territory() -> None:
    facts = condition_facts([bassin(15_000), bassin(90_000)], population=41_000)
    assert [(fact.code, fact.sense, dict(fact.values)) for fact in facts] == [
        (FactCode.TERRITORY_LARGE_ENOUGH, Sense.FOR, {"wanted": 15_000, "here": 41_000}),
        (FactCode.TERRITORY_TOO_SMALL, Sense.AGAINST, {"wanted": 90_000, "here": 41_000}),
    ]


def test_territory_exactly_as_large_is_large_enough() -> None:
    (fact,) = condition_facts([bassin(41_000)], population=41_000)
    assert fact.code is FactCode.TERRITORY_LARGE_ENOUGH


def test_unknown_territory_and_other_conditions_are_to_be_checked() -> None:
    partner = Condition(kind=ConditionKind.PARTNER, sentence="Un garage voisin.", value=None)
    facts = condition_facts([bassin(15_000), bassin(None), partner], population=0)
    assert [(fact.code, fact.sense) for fact in facts] == [
        (FactCode.TERRITORY_UNKNOWN, Sense.CHECK),
        (FactCode.CONDITION, Sense.CHECK),
        (FactCode.CONDITION, Sense.CHECK),
    ]
    assert facts[2].values == {"sentence": "Un garage voisin.", "kind": "partner"}


@given(
    st.lists(
        st.builds(
            a_precedent,
            st.integers(1, 99).map(lambda number: f"initiative:{number}"),
            sectors=st.lists(st.sampled_from(SECTORS), min_size=1, unique=True).map(tuple),
        ),
        unique_by=lambda precedent: precedent.key,
        max_size=5,
    ),
    st.randoms(use_true_random=False),
)
def test_order_does_not_matter(known: list[Precedent], chance: Random) -> None:
    found = precedents_of(a_dossier(), known)
    shuffled = chance.sample(known, len(known))
    assert precedents_of(a_dossier(), shuffled) == found
    assert all(0 <= each.score <= 1 for each in found)
    assert len(found) <= 6
