"""Why a need stands in its group: terms, neighbours, margin, words told from kinds of project."""

import numpy as np
import pytest

from capture.nlp.explain import Compared, explain
from capture.nlp.language import Language
from tests.capture.told import REPAIR, TRANSPORT


def compared(
    language: Language, *texts: str, first: int = 1, by_words_alone: bool = False
) -> list[Compared]:
    """Members of a group, numbered in order."""
    return [
        Compared(
            id=number,
            lemmas=read.words.lemmas,
            vector=read.vector,
            kinds=read.kinds[:0] if by_words_alone else read.kinds,
        )
        for number, read in enumerate(language.read(texts), start=first)
    ]


def test_explanation_names_terms_neighbours_and_margin(language: Language) -> None:
    group = compared(language, *TRANSPORT, by_words_alone=True)
    others = compared(language, *REPAIR, first=11, by_words_alone=True)
    reason = explain(group[1], group, second=others)
    assert reason.shared_terms[:2] == ("transport", "demande")
    assert {near.id for near in reason.nearest[:2]} == {3, 4}
    assert len(reason.nearest) == 3
    assert reason.margin is not None
    assert reason.margin > 0


def test_need_alone_has_no_neighbour(language: Language) -> None:
    alone = compared(language, TRANSPORT[0])
    reason = explain(alone[0], alone)
    assert (reason.shared_terms, reason.nearest, reason.margin) == ((), (), None)


def test_explanation_tells_words_from_the_kind_of_project(language: Language) -> None:
    group = compared(
        language,
        "Il faudrait plus de médecins dans nos campagnes.",
        "On attend six mois chez le généraliste.",
    )
    reason = explain(group[0], group)
    assert reason.same_kind is not None
    assert reason.same_kind > reason.same_words


def test_by_words_alone_likeness_is_a_cosine(language: Language) -> None:
    group = compared(language, *REPAIR, by_words_alone=True)
    reason = explain(group[0], group)
    near = reason.nearest[0]
    other = next(member for member in group if member.id == near.id)
    assert near.likeness == pytest.approx(float(np.dot(group[0].vector, other.vector)))
    assert reason.same_kind is None
