"""Short French texts to unit vectors: our own model, or a spaCy or sentence-transformers one.

Files are read once by `load_vectoriser`; after that everything here is arithmetic on arrays.
No training (see `training/`), no database, no network.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from importlib import import_module
from importlib.resources import files
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from capture.nlp.coaches import coaches_spelt_out
from fabrique.core.errors import Invalid

if TYPE_CHECKING:
    from spacy.language import Language

MODEL_FILE = "french.npz"
_SETTING = "vectoriser_path"
TEXTS_PER_SLICE = 8192  # bounds the memory; a word is looked up once a slice
_WORD = re.compile(r"[^\W\d_]+|\d+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})


class Vectoriser(Protocol):
    """Turns texts into vectors that are compared by their dot product."""

    @property
    def id(self) -> str:
        """Name, version and content hash: two vectors are comparable when this is equal."""
        ...

    @property
    def dimension(self) -> int:
        """Number of columns of the vectors."""
        ...

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an (n, dimension) array of unit rows, a zero row where no word is known."""
        ...


def folded(word: str) -> str:
    """Return the lower-case word without accents, ligatures written out."""
    lowered = word.lower()
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered.translate(_LIGATURES))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """Return the folded words and numbers of a text, in order."""
    return [folded(word) for word in _WORD.findall(_composed(text))]


def pieces_of(word: str, *, shortest: int, longest: int, buckets: int) -> list[int]:
    """Return the bucket of each character n-gram of a word, its edges marked (as in fastText)."""
    marked = f"<{word}>".encode("ascii", "ignore")
    return [
        zlib.crc32(marked[start : start + size]) % buckets
        for size in range(shortest, longest + 1)
        for start in range(len(marked) - size + 1)
    ]


def unit_rows(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows divided by their Euclidean length; a zero row stays zero."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    units: NDArray[np.float32] = np.divide(
        rows, lengths, out=np.zeros_like(rows), where=lengths > 0
    )
    return units


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticVectoriser:
    """Our model: the vector of a text is the direction of the sum of the rows of its words.

    A word outside the vocabulary is the mean of the rows of its character n-grams, so that a
    misspelt word lands near the right one.
    """

    id: str
    places: dict[str, int]
    word_rows: NDArray[np.float32]
    piece_rows: NDArray[np.float32]
    shortest_piece: int
    longest_piece: int

    @property
    def dimension(self) -> int:
        """Number of columns of the vectors."""
        return int(self.word_rows.shape[1])

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n, dimension) unit rows; a row depends on its own text only, to the byte."""
        summed = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), TEXTS_PER_SLICE):
            part = slice(start, start + TEXTS_PER_SLICE)
            summed[part] = self._summed_rows(texts[part])
        return unit_rows(summed)

    def _summed_rows(self, texts: Sequence[str]) -> NDArray[np.float32]:
        tokens = [_WORD.findall(coaches_spelt_out(_composed(text))) for text in texts]
        flat = list(chain.from_iterable(tokens))
        local = {token: place for place, token in enumerate(dict.fromkeys(flat))}
        codes = np.fromiter(map(local.__getitem__, flat), dtype=np.int32, count=len(flat))
        starts = np.zeros(len(texts) + 1, dtype=np.int32)
        np.cumsum(np.fromiter(map(len, tokens), dtype=np.int32), out=starts[1:])
        # One entry a word, never merged: each row is added up in the order of its own text.
        ones = np.ones(len(flat), dtype=np.float32)
        bags = csr_array((ones, codes, starts), shape=(len(texts), len(local)))
        summed: NDArray[np.float32] = bags @ self._rows_of(list(local))
        return summed

    def _rows_of(self, tokens: Sequence[str]) -> NDArray[np.float32]:
        words = [folded(token) for token in tokens]
        places = np.fromiter((self.places.get(word, -1) for word in words), dtype=np.intp)
        rows = self.word_rows[places]
        for index in np.flatnonzero(places < 0):
            rows[index] = self._row_from_pieces(words[index])
        return rows

    def _row_from_pieces(self, word: str) -> NDArray[np.float32]:
        pieces = pieces_of(
            word,
            shortest=self.shortest_piece,
            longest=self.longest_piece,
            buckets=len(self.piece_rows),
        )
        if not pieces:
            return np.zeros(self.dimension, dtype=np.float32)
        mean: NDArray[np.float32] = self.piece_rows[pieces].mean(axis=0)
        return mean


class SentenceEncoder(Protocol):
    """The part of a sentence-transformers model that is used here."""

    def encode(self, sentences: list[str], *, convert_to_numpy: bool) -> NDArray[np.float32]:
        """Return one row a sentence."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SpacyVectoriser:
    """A spaCy model with vectors: the mean of the word vectors of a text."""

    id: str
    dimension: int
    model: "Language"

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n, dimension) unit rows."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[:] = self.model.make_doc(text).vector
        return unit_rows(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceTransformersVectoriser:
    """A sentence-transformers model: rows may differ in their last bits from batch to batch."""

    id: str
    dimension: int
    model: SentenceEncoder

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n, dimension) unit rows, zero where the text is blank."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        rows = self.model.encode(list(texts), convert_to_numpy=True).astype(np.float32)
        rows[[not text.strip() for text in texts]] = 0
        return unit_rows(rows)


def static_vectoriser(content: bytes) -> StaticVectoriser:
    """Read our model from the bytes of its file (written by `training/pack.py`)."""
    with np.load(BytesIO(content), allow_pickle=False) as stored:
        words = stored["words"].tobytes().decode("ascii").split("\n")
        rows = stored["rows"].astype(np.float32)
        rows *= stored["scales"].astype(np.float32)[:, None]
        shortest, longest = (int(size) for size in stored["piece_sizes"])
        name = stored["name"].tobytes().decode("ascii")
    return StaticVectoriser(
        id=f"{name}-{blake2b(content, digest_size=6).hexdigest()}",
        places={word: place for place, word in enumerate(words)},
        word_rows=rows[: len(words)],
        piece_rows=rows[len(words) :],
        shortest_piece=shortest,
        longest_piece=longest,
    )


def load_vectoriser(model: Path | None = None) -> Vectoriser:
    """Return our French vectoriser, or the one of the folder named.

    The folder holds a spaCy model with vectors or a sentence-transformers model. Raises
    ``Invalid`` when it is neither, when the package that reads it is not installed, or when it
    cannot be read.
    """
    if model is None:
        return static_vectoriser(files("capture.nlp").joinpath("model", MODEL_FILE).read_bytes())
    if (model / "modules.json").is_file():
        return _sentence_transformers(model)
    if (model / "meta.json").is_file() and (model / "vocab").is_dir():
        return _spacy(model)
    raise Invalid("vectoriser.unknown", field=_SETTING, folder=str(model))


def _composed(text: str) -> str:
    """Return the text with letters and accents joined."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _spacy(folder: Path) -> SpacyVectoriser:
    from spacy import load  # noqa: PLC0415 (loaded only when a setting names such a model)

    with _told_when_unreadable(folder):
        pipeline = load(folder)
    table = pipeline.vocab.vectors
    if not table.shape[1]:
        raise Invalid("vectoriser.no_vectors", field=_SETTING, folder=str(folder))
    name, version = pipeline.meta["name"], pipeline.meta["version"]
    return SpacyVectoriser(
        id=f"spacy-{name}-{version}-{_content_hash(folder)}",
        dimension=int(pipeline.vocab.vectors_length),
        model=pipeline,
    )


def _sentence_transformers(folder: Path) -> SentenceTransformersVectoriser:
    try:
        package = import_module("sentence_transformers")
    except ModuleNotFoundError as missing:
        raise Invalid("vectoriser.package_missing", field=_SETTING, folder=str(folder)) from missing
    with _told_when_unreadable(folder):
        encoder = package.SentenceTransformer(str(folder), device="cpu")
    return SentenceTransformersVectoriser(
        id=f"sentence-transformers-{folder.name}-{_content_hash(folder)}",
        # Asked by trying: the method that tells it changes name between versions.
        dimension=int(encoder.encode(["besoin"], convert_to_numpy=True).shape[1]),
        model=encoder,
    )


@contextmanager
def _told_when_unreadable(folder: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # a damaged model may raise anything in the package that reads it
        raise Invalid(
            "vectoriser.unreadable",
            field=_SETTING,
            folder=str(folder),
            reason=type(error).__name__,
        ) from error


def _content_hash(folder: Path) -> str:
    """Return a short hash of every file of a folder, names included."""
    digest = blake2b(digest_size=6)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode())
        with path.open("rb") as stream:
            for block in _blocks(partial(stream.read, 1 << 20)):
                digest.update(block)
    return digest.hexdigest()


def _blocks(read: partial[bytes]) -> Iterator[bytes]:
    return iter(read, b"")
