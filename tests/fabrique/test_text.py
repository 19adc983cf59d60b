"""French text: folded, slugged, listed, shortened and cleaned."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrique.core.text import clean_text, fold, sentence_list, shorten, slug


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("L’Haÿ‑les‑Roses", "l hay les roses"),
        ("  Œuilly\n", "oeuilly"),
        ("ÉTRÉAUPONT", "etreaupont"),
        ("Cæsarée", "caesaree"),
        ("un\u00a0café – très serré", "un cafe tres serre"),
        ("e\u0301tat", "etat"),
        ("12ᵉ", "12e"),
        ("", ""),
    ],
)
def test_fold_removes_what_french_spellings_differ_by(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_fold_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_fold_forgets_case_composition_and_outer_spaces(text: str) -> None:
    assert fold(f" {unicodedata.normalize('NFD', text)}\t") == fold(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Garde d'enfants, le soir !", "garde-d-enfants-le-soir"),
        ("Été 2026 — œuvres", "ete-2026-oeuvres"),
        ("???", ""),
    ],
)
def test_slug_is_readable_ascii(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(st.text())
def test_slug_fits_an_address(text: str) -> None:
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug(text))


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        ([], ""),
        (["Hirson"], "Hirson"),
        (["Hirson", "Guise"], "Hirson et Guise"),
        (["Hirson", "Guise", "Laon"], "Hirson, Guise et Laon"),
    ],
)
def test_sentence_list_joins_as_french_does(items: list[str], sentence: str) -> None:
    assert sentence_list(items) == sentence


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("Plus de bus le soir", 19, "Plus de bus le soir"),
        ("Plus de bus le soir", 18, "Plus de bus le…"),
        ("Plus de bus, le soir", 13, "Plus de bus…"),
        ("Plus de bus le soir", 12, "Plus de bus…"),
        ("Anticonstitutionnellement", 10, "Anticonst…"),
        ("Plus", 1, "…"),
    ],
)
def test_shorten_cuts_between_words(text: str, length: int, short: str) -> None:
    assert shorten(text, length) == short


def test_shorten_to_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one character"):
        shorten("Hirson", 0)


@given(st.text(), st.integers(min_value=1, max_value=60))
def test_shorten_never_exceeds_and_only_removes_the_end(text: str, length: int) -> None:
    short = shorten(text, length)
    assert len(short) <= length
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("un\r\ndeux\rtrois\u2028quatre\vcinq", "un\ndeux\ntrois\nquatre\ncinq"),
        ("tab\tkept, nul\x00 and bell\x07 not", "tab\tkept, nul and bell not"),
        ("cafe\u0301", "café"),
        ("zéro\u200blargeur\ufeff\u2060\u00ad", "zérolargeur"),
        ("sens\u202e inversé\u202c", "sens inversé"),
        ("moitié \ud83d perdue", "moitié  perdue"),
        ("« Espace\u00a0insécable\u202f! » 👍", "« Espace\u00a0insécable\u202f! » 👍"),
        ("e\u200b\u0301", "é"),
    ],
)
def test_clean_text_drops_only_what_cannot_be_seen(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


@given(st.text(alphabet=st.characters()))
def test_clean_text_is_storable_and_stable(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not {"Cc", "Cf", "Cs"} & {
        unicodedata.category(char) for char in cleaned if char not in "\n\t"
    }
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
