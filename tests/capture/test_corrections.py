"""What corrections of sectors teach: what is like them follows, the rest stays as it was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from capture.nlp.corrections import Heard, learn
from capture.nlp.language import Language
from capture.nlp.sectors import Sector
from tests.capture.told import WASTE, WASTE_TOO

ELSEWHERE = (
    "Plus aucun médecin ne prend de nouveaux patients",
    "Pas de bus le soir pour rentrer de la gare",
    "Baisser la TVA et rétablir l'ISF",
)


def test_text_like_the_corrected_ones_is_read_as_people_chose(language: Language) -> None:
    before = language.read([WASTE_TOO])[0].sector
    assert before.principal is not Sector.LIEN_SOCIAL
    lessons = language.lessons(range(10, 16), WASTE, [Sector.LIEN_SOCIAL] * len(WASTE))
    after = language.read([WASTE_TOO], lessons=lessons)[0].sector
    assert after.principal is after.subject is Sector.LIEN_SOCIAL
    assert after.learnt_from in range(10, 16)
    assert before.learnt_from is None


def test_past_is_not_lost(language: Language) -> None:
    lessons = language.lessons(range(6), WASTE, [Sector.LIEN_SOCIAL] * len(WASTE))
    for one, other in zip(
        language.read(ELSEWHERE), language.read(ELSEWHERE, lessons=lessons), strict=True
    ):
        assert other.sector.principal is one.sector.principal
        assert other.sector.learnt_from is None
        for sector in Sector:
            assert other.sector.scores[sector] == pytest.approx(one.sector.scores[sector], abs=0.1)


def test_choices_that_agree_with_the_machine_change_nothing(language: Language) -> None:
    agreed = [reading.sector.principal for reading in language.read(ELSEWHERE)]
    chosen = [sector for sector in agreed if sector is not None]
    assert len(chosen) == len(ELSEWHERE)
    lessons = language.lessons(range(3), ELSEWHERE, chosen)
    read = language.read([WASTE_TOO, *ELSEWHERE], lessons=lessons)
    assert [each.sector.learnt_from for each in read] == [None] * 4


def test_sector_that_nobody_chose_has_no_correction_for_reason(language: Language) -> None:
    lessons = language.lessons(range(6), WASTE, [Sector.LIEN_SOCIAL] * len(WASTE))
    texts = ["Acheter en vrac au magasin", "Propreté de la plage", *WASTE, WASTE_TOO]
    for read in language.read(texts, lessons=lessons):
        if read.sector.learnt_from is not None:
            assert read.sector.principal is Sector.LIEN_SOCIAL


def test_nobody_has_chosen_anything(language: Language) -> None:
    assert language.lessons([], [], []) is None


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_scores_stay_probabilities(data: st.DataObject) -> None:
    texts, sectors = data.draw(st.integers(1, 6)), data.draw(st.integers(2, 5))
    draw = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    heard = Heard(
        vectors=draw.standard_normal((texts, 4)).astype(np.float32),
        lexical=csr_array(draw.random((texts, 7)).astype(np.float32)),
        scores=draw.dirichlet(np.ones(sectors), texts).astype(np.float32),
    )
    chosen = draw.integers(0, sectors, texts)
    scores, teachers = learn(range(texts), heard, chosen).applied(heard)
    assert np.allclose(scores.sum(axis=1), 1, atol=1e-5)
    assert (scores >= 0).all()
    for text, teacher in enumerate(teachers):
        if teacher is not None:
            assert chosen[teacher] == scores[text].argmax() != heard.scores[text].argmax()
