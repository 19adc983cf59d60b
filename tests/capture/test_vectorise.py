"""What a caller notices of the vectoriser: shape, meaning, bytes, speed of loading, adapters."""

import sys
from pathlib import Path
from time import process_time

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.nlp.vectorise import (
    StaticVectoriser,
    Vectoriser,
    folded,
    load_vectoriser,
    pieces_of,
    words_of,
)
from fabrique.core.errors import Invalid

NEEDS = (
    "Il n'y a plus de bus le samedi entre les villages et le marché.",
    "Pas de transport en commun pour aller travailler en ville.",
    "Une crèche ouverte tôt le matin pour les parents en horaires décalés.",
    "Les personnes âgées sont seules à la maison et ne voient personne.",
    "Je ne trouve pas de médecin traitant, le cabinet le plus proche est à 40 km.",
    "Réparer et réemployer les objets plutôt que les jeter.",
)


@pytest.fixture(scope="module")
def ours() -> Vectoriser:
    return load_vectoriser()


def test_vectors_have_one_unit_row_a_text(ours: Vectoriser) -> None:
    rows = ours.vectors(NEEDS)
    assert rows.shape == (len(NEEDS), ours.dimension)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_vectors_of_no_text_is_an_empty_array(ours: Vectoriser) -> None:
    assert ours.vectors([]).shape == (0, ours.dimension)


@pytest.mark.parametrize("text", ["", "   ", "?!… « »", "\x00", "日本"])
def test_text_without_known_letter_is_a_zero_row(ours: Vectoriser, text: str) -> None:
    assert not ours.vectors([text]).any()


def test_zero_rows_keep_their_place_among_others(ours: Vectoriser) -> None:
    rows = ours.vectors(["", NEEDS[0], "…", NEEDS[1], ""])
    assert rows.any(axis=1).tolist() == [False, True, False, True, False]


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.text(max_size=80), max_size=12))
def test_bytes_of_a_row_depend_on_its_text_only(ours: Vectoriser, texts: list[str]) -> None:
    together = ours.vectors([*texts, *NEEDS])
    for place, text in enumerate([*texts, *NEEDS]):
        assert ours.vectors([text])[0].tobytes() == together[place].tobytes()


def test_bytes_are_the_same_beyond_one_slice(ours: Vectoriser) -> None:
    many = [f"{need} {number}" for number in range(400) for need in NEEDS]
    forward = ours.vectors(many)
    assert forward.tobytes() == ours.vectors(many[::-1])[::-1].tobytes()


def test_same_need_in_other_words_is_nearer_than_another_need(ours: Vectoriser) -> None:
    bus, transport, *others = ours.vectors(NEEDS)
    assert all(bus @ transport > bus @ other for other in others)


@pytest.mark.parametrize(
    ("wrong", "right", "other"),
    [
        ("mediatheque", "médiathèque", "boulangerie"),
        ("covoiturrage", "covoiturage", "maraîchage"),
        ("RESSOURCERIE", "ressourcerie", "gendarmerie"),
        ("e\u0301picerie", "\u00e9picerie", "piscine"),
    ],
)
def test_misspelt_word_lands_near_the_right_one(
    ours: Vectoriser, wrong: str, right: str, other: str
) -> None:
    near, target, far = ours.vectors([wrong, right, other])
    assert near @ target > 0.5
    assert near @ target > near @ far + 0.2


def test_identifier_names_the_model_and_its_content(ours: Vectoriser) -> None:
    name, content = ours.id.rsplit("-", 1)
    assert name.startswith("fabrique-fr-")
    assert len(content) == 12
    assert load_vectoriser().id == ours.id


def test_our_model_loads_in_less_than_a_second_and_fits_in_git() -> None:
    start = process_time()
    load_vectoriser()
    assert process_time() - start < 1
    model = Path(load_vectoriser.__code__.co_filename).parent / "model" / "french.npz"
    assert model.stat().st_size <= 25_000_000


def test_words_are_folded_and_cut_at_apostrophes() -> None:
    assert words_of("L’Œuvre d'ÉTÉ, n°12 !") == ["l", "oeuvre", "d", "ete", "n", "12"]
    assert folded("Maïs") == "mais"


def test_pieces_mark_the_edges_of_a_word() -> None:
    buckets = 1 << 20
    inside = set(pieces_of("bus", shortest=3, longest=3, buckets=buckets))
    assert len(inside) == 3
    assert inside.isdisjoint(pieces_of("abusa", shortest=3, longest=3, buckets=buckets)[:1])


def a_static_vectoriser() -> StaticVectoriser:
    return StaticVectoriser(
        id="toy-1-000000000000",
        places={"bus": 0, "creche": 1},
        word_rows=np.array([[3, 0], [0, 4]], dtype=np.float32),
        piece_rows=np.zeros((8, 2), dtype=np.float32),
        shortest_piece=3,
        longest_piece=5,
    )


def test_text_points_where_the_sum_of_its_words_points() -> None:
    rows = a_static_vectoriser().vectors(["Bus, crèche", "bus", "inconnu"])
    assert rows.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [1, 0], [0, 0]]


def a_spacy_folder(folder: Path) -> Path:
    pipeline = spacy.blank("fr")
    pipeline.vocab.set_vector("bus", np.array([1, 0, 0], dtype=np.float32))
    pipeline.vocab.set_vector("car", np.array([1, 1, 0], dtype=np.float32))
    pipeline.vocab.set_vector("crèche", np.array([0, 0, 2], dtype=np.float32))
    pipeline.to_disk(folder)
    return folder


def test_spacy_folder_gives_unit_means_of_word_vectors(tmp_path: Path) -> None:
    theirs = load_vectoriser(a_spacy_folder(tmp_path / "petit"))
    assert theirs.dimension == 3
    rows = theirs.vectors(["bus", "crèche", "", "bus car"])
    assert rows[0].tolist() == [1, 0, 0]
    assert rows[1].tolist() == [0, 0, 1]
    assert rows[2].tolist() == [0, 0, 0]
    assert rows[0] @ rows[3] == pytest.approx(2 / 5**0.5)


def test_spacy_identifier_changes_with_the_content(tmp_path: Path) -> None:
    folder = a_spacy_folder(tmp_path / "petit")
    first = load_vectoriser(folder).id
    assert load_vectoriser(folder).id == first
    pipeline = spacy.load(folder)
    pipeline.vocab.set_vector("bus", np.array([0, 1, 0], dtype=np.float32))
    pipeline.to_disk(folder)
    assert load_vectoriser(folder).id != first


def refusal_of(folder: Path) -> str:
    """Why a folder is refused, which is named."""
    with pytest.raises(Invalid) as refused:
        load_vectoriser(folder)
    assert refused.value.facts["folder"] == str(folder)
    return refused.value.code


def test_spacy_folder_without_vectors_is_refused(tmp_path: Path) -> None:
    spacy.blank("fr").to_disk(tmp_path / "vide")
    assert refusal_of(tmp_path / "vide") == "vectoriser.no_vectors"


def test_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path) == "vectoriser.unknown"


def test_missing_sentence_transformers_is_said_clearly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "modules.json").write_text("[]", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    assert refusal_of(tmp_path) == "vectoriser.package_missing"


def test_damaged_model_is_refused(tmp_path: Path) -> None:
    folder = a_spacy_folder(tmp_path / "petit")
    (folder / "meta.json").write_text("{", encoding="utf-8")
    assert refusal_of(folder) == "vectoriser.unreadable"


def test_sentence_transformers_folder_gives_unit_rows(tmp_path: Path) -> None:
    package = pytest.importorskip("sentence_transformers")
    modules = pytest.importorskip("sentence_transformers.sentence_transformer.modules")
    bag = modules.BoW(vocab=["bus", "creche", "car"])
    package.SentenceTransformer(modules=[bag], device="cpu").save(str(tmp_path / "petit"))
    theirs = load_vectoriser(tmp_path / "petit")
    rows = theirs.vectors(["bus", "creche", "bus car", " "])
    assert theirs.dimension == 3
    assert rows[0] @ rows[1] == 0
    assert rows[0] @ rows[2] == pytest.approx(0.5**0.5)
    assert not rows[3].any()
    assert theirs.vectors([]).shape == (0, 3)
