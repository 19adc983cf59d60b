"""Names of communes in a text. A name that is also a word needs a context that shows a place, and
so does a name with a wrong letter.

Which commune is meant among homonyms is settled by the caller, who knows the author's territory.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from capture.nlp.near_names import NearNames
from capture.nlp.words import FR, Lemmas, fold, stop_words


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMention:
    """A commune named in the text: where, under which usual name, and its possible INSEE codes."""

    start: int
    end: int
    name: str
    insee_codes: tuple[str, ...]


_PIECE = re.compile(r"[^\W_]+")
_CAPITAL = re.compile(r"(?<![^\W_])[A-ZÀ-Þ][^\W_]*")
_LOWER_AFTER_A = re.compile(r"(?<![^\W_])(?:à|A|À)\s+([a-zà-ÿ][^\W_]{3,})")
# A name as written: capital words, joined by hyphens or by small words.
_WRITTEN = re.compile(
    r"[A-ZÀ-Þ][^\W\d_]+(?:[-‐‑ ](?:(?:sur|sous|en|de|du|des|la|le|les|lès|l)[-‐‑ '’])*"
    r"[A-ZÀ-Þ][^\W\d_]+)*"
)
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_ARTICLES = frozenset({"le", "la", "les", "l"})
_FREE_GAP = re.compile(r"[\s'’‐‑-]{1,3}")

# « à Sens », « la commune de Marché » : words that announce a place.
_ANNOUNCED = re.compile(
    r"(?:\b(?:à|vers|jusqu['’]à|près de|entre|sur|depuis)"
    r"|\b(?:commune|communes|ville|village|mairie|maire|canton|gare|habitants?|bourg|centre"
    r"|agglomération|communauté|quartier|maternité|hôpital|collège|lycée|marché)"
    r" (?:de |d['’]|du |des ))\s*$",
    re.IGNORECASE,
)
_CIVILITY = re.compile(r"(?:\bM\.?|\bMme|\bMlle|\bDr\.?|[Mm]onsieur|[Mm]adame|[Dd]octeur)\s+$")


class PlaceReader:
    """Finds commune names among the words that begin with a capital letter."""

    def __init__(
        self, commune_names: Mapping[str, tuple[str, ...]], lemmas: Lemmas, doubtful: Iterable[str]
    ) -> None:
        self._codes: dict[tuple[str, ...], tuple[str, ...]] = {}
        longest: dict[str, int] = {}
        for name, codes in commune_names.items():
            pieces = tuple(_PIECE.findall(fold(name)))
            if pieces:
                self._codes[pieces] = tuple(sorted({*self._codes.get(pieces, ()), *codes}))
                longest[pieces[0]] = max(longest.get(pieces[0], 0), len(pieces))
        self._longest = longest
        self._near = NearNames(" ".join(pieces) for pieces in self._codes)
        self._lemmas = lemmas
        self._ambiguous = {tuple(name.split()) for name in doubtful} | {
            pieces
            for pieces in self._codes
            if all(len(p) < 4 or p in stop_words() or lemmas.knows(p) for p in pieces)
        }

    def mentions(self, text: str) -> tuple[PlaceMention, ...]:
        """Return the communes named in the text in reading order, the longest name at a place."""
        found: list[PlaceMention] = []
        starts = {m.start() for m in _CAPITAL.finditer(text)}
        lower = {m.start(1) for m in _LOWER_AFTER_A.finditer(text)}
        shouted = text.isupper()
        for start in sorted(starts | lower):
            if found and start < found[-1].end:
                continue
            mention = self._at(text, start, needs_sure_name=start in lower or shouted)
            if mention is None and start in starts and not shouted:
                mention = self._misspelt(text, start)
            if mention is not None:
                found.append(mention)
        return tuple(found)

    def _at(self, text: str, start: int, *, needs_sure_name: bool) -> PlaceMention | None:
        pieces, ends = _pieces_from(text, start, self._longest)
        for length in range(len(pieces), 0, -1):
            name = tuple(pieces[:length])
            codes = self._codes.get(name)
            if codes is None:
                continue
            ambiguous = name in self._ambiguous
            if ambiguous and needs_sure_name:
                continue
            end = ends[length - 1]
            if _reads_as_place(text, start, end, ambiguous=ambiguous):
                return PlaceMention(start=start, end=end, name=" ".join(name), insee_codes=codes)
        return None

    def _misspelt(self, text: str, start: int) -> PlaceMention | None:
        """Return the only commune one letter away from a name that the text announces as a place.

        Its first letter is right, and it is no word of the language.
        """
        written = _WRITTEN.match(text, start)
        if written is None or not _ANNOUNCED.search(text[max(0, start - 24) : start]):
            return None
        pieces = [fold(piece) for piece in _PIECE.findall(written.group())]
        plain = " ".join(_SHORT.get(piece, piece) for piece in pieces)
        if all(piece in stop_words() or self._lemmas.knows(piece) for piece in pieces):
            return None
        near = self._near.one_letter_away(plain)
        if near is None:
            return None
        codes = self._codes[tuple(near.split())]
        return PlaceMention(start=start, end=written.end(), name=near, insee_codes=codes)


def _pieces_from(text: str, start: int, longest: Mapping[str, int]) -> tuple[list[str], list[int]]:
    """Return the folded words from a place on and their ends, no more than a name may need."""
    pieces: list[str] = []
    ends: list[int] = []
    position, wanted = start, 1
    while len(pieces) < wanted:
        written = _PIECE.match(text, position)
        if written is None:
            break
        plain = fold(written.group())
        pieces.append(_SHORT.get(plain, plain))
        ends.append(written.end())
        if len(pieces) == 1:
            wanted = longest.get(pieces[0], 0)
        gap = _FREE_GAP.match(text, written.end())
        if gap is None:
            break
        position = gap.end()
    return pieces, ends


def _reads_as_place(text: str, start: int, end: int, *, ambiguous: bool) -> bool:
    before = text[max(0, start - 24) : start]
    if _CIVILITY.search(before):
        return False
    follows = text[end : end + 2]
    if follows[:1] in "-'’" and follows[1:].isalpha():  # inside a longer name
        return False
    if not ambiguous:
        return True
    name = text[start:end]
    all_capitals = all(p[0].isupper() or fold(p) in _ARTICLES for p in _PIECE.findall(name))
    return all_capitals and _ANNOUNCED.search(before) is not None


def load_places(commune_names: Mapping[str, tuple[str, ...]], lemmas: Lemmas) -> PlaceReader:
    """Load a reader of the communes given, with the reviewed list of names to doubt."""
    lines = (FR / "doubtful_places.txt").read_text("utf-8").splitlines()
    doubtful = [name for name in lines if name and not name.startswith("#")]
    return PlaceReader(commune_names, lemmas, doubtful)
