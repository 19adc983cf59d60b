"""Names of communes in a text. A name that is also a word needs a context that shows a place, and
so does a name with a wrong letter.

Which commune is meant among homonyms is settled by the caller, who knows the author's territory.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from capture.nlp.near_names import NearNames
from capture.nlp.place_context import PlaceContext, load_context, words_before
from capture.nlp.words import FR, Lemmas, fold, stop_words
from fabrique.core.places import PlaceNames


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMention:
    """A commune named in the text: where, under which usual name, and its possible INSEE codes."""

    start: int
    end: int
    name: str
    insee_codes: tuple[str, ...]


Name = tuple[str, ...]
"""The folded words of a name, « St » written out."""

_PIECE = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[\s'’‐‑-]{1,3}")
# The letter is looked for before what precedes it: that is much quicker.
_CAPITAL = re.compile(r"[A-ZÀ-ÞŒ](?<![^\W_].)[^\W_]*")
# The article that may be a part of the name: « au Mans », « l’Aigle ».
_LED = re.compile(r"(?<![^\W_])(?:(aux?|du|des|les?|la)\s{1,2}|l['’]\s?)$")
_ARTICLE = re.compile(r"^(?:les?|la)\s", re.IGNORECASE)
_LED_ENDS = frozenset({"u ", "x ", "s ", "e ", "a ", "l'", "l’", "L'", "L’", "  ", "' ", "’ "})
_CONTRACTION = re.compile(r"(au|aux|du|des)\s{1,2}", re.IGNORECASE)
_CONTRACTED = {"au": ("à ", "le"), "aux": ("à ", "les"), "du": ("de ", "le"), "des": ("de ", "les")}
# A name as written: what hyphens join is one word.
_WRITTEN = re.compile(
    r"(?:(?:[Ll]es?|[Ll]a)\s|[Ll]['’])?[A-ZÀ-ÞŒ][^\W\d_]+(?:[-‐‑'’][^\W\d_]+"
    r"|\s(?:(?:sur|sous|en|de|du|des|la|le|les|lès|l|d|à)[-‐‑ '’])*[A-ZÀ-ÞŒ][^\W\d_]+)*"
)
_ACRONYM = re.compile(r"[^\W\d_a-zà-ÿ]{2}")
_LINKED = re.compile(r"\s*(?:,|-|\bet\b|\bou\b|\bà\b)\s*")
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_LINKS = frozenset(
    {"a", "au", "aux", "d", "de", "des", "du", "en", "entre", "et", "l", "la", "le", "les", "lez"}
    | {"pres", "sous", "sur"}
)
_ARTICLES = frozenset({"le", "la", "les", "l"})
_SAINTS = frozenset({"saint", "sainte", "saints", "saintes"})
# With a capital, the name of so peopled a commune is a place before it is a word.
_TOWN = 10_000
# A wrong letter is forgiven to a name so known; after « pour » or « de », which announce anything,
# to a name better known.
_PEOPLED = 500
_KNOWN = 2_000
# Fewer letters than that, articles aside, are near too many words.
_SHORTEST = 5


class _Run(NamedTuple):
    """Folded words of a text from `start` on, where each ends, and the text `before` them."""

    before: str
    start: int
    pieces: list[str]
    ends: list[int]


class PlaceReader:
    """Finds commune names among the words that have a capital letter or that « à » announces."""

    def __init__(
        self, names: PlaceNames, lemmas: Lemmas, doubtful: Iterable[str], context: PlaceContext
    ) -> None:
        self._codes: dict[Name, tuple[str, ...]] = {}
        self._longest: dict[Name, int] = {}
        for name, codes in names.communes.items():
            pieces = tuple(_PIECE.findall(fold(name)))
            if pieces:
                self._codes[pieces] = tuple(sorted({*self._codes.get(pieces, ()), *codes}))
                head = pieces[:2]
                self._longest[head] = max(self._longest.get(head, 0), len(pieces))
        self._first = {pieces[0] for pieces in self._codes}
        self._populations = names.populations
        self._departements = frozenset(names.departements)
        self._near = NearNames((" ".join(pieces) for pieces in self._codes), names.populations)
        self._lemmas = lemmas
        self._context = context
        self._doubtful = {tuple(name.split()) for name in doubtful}
        self._words = {
            pieces
            for pieces in self._codes
            if all(len(p) < 4 or self._is_french(p) for p in pieces)
        }

    def mentions(self, text: str) -> tuple[PlaceMention, ...]:
        """Return the communes named in the text in reading order, the longest name at a place."""
        found: list[PlaceMention] = []
        shouted = text.isupper()
        for start, first, small in sorted(self._starts(text)):
            if found and start < found[-1].end:
                continue
            linked = bool(found) and not small and _follows(text, found[-1].end, start)
            mention = self._at(text, start, first, linked=linked, small=small or shouted)
            if mention is not None:
                found.append(mention)
        return tuple(found)

    def _starts(self, text: str) -> Iterator[tuple[int, str, bool]]:
        """Where a name may begin, its first word folded, whether it has a small letter."""
        for capital in _CAPITAL.finditer(text):
            start = capital.start()
            yield start, fold(capital.group()), False
            if text[start - 2 : start] in _LED_ENDS and (
                led := _LED.search(text, max(0, start - 5), start)
            ):
                yield led.start(), fold(led[1] or "l"), False
        for start in self._context.small_starts(text):
            if word := _PIECE.match(text, start):
                yield start, fold(word.group()), True

    def _at(
        self, text: str, start: int, first: str, *, linked: bool, small: bool
    ) -> PlaceMention | None:
        exact = None
        contraction = _CONTRACTION.match(text, start) if first in _CONTRACTED else None
        if contraction:
            exact = self._exact(text, self._contracted(text, contraction), linked, small)
        if exact is None and _SHORT.get(first, first) in self._first:
            exact = self._exact(text, self._run(text, start), linked, small)
        if small or not (linked or contraction or self._context.may_announce(text, start)):
            return exact
        return self._misspelt(text, start, exact.end if exact else start, linked) or exact

    def _contracted(self, text: str, contraction: re.Match[str]) -> _Run:
        """Return the words of « au Mans » as those of Le Mans, after « à »."""
        preposition, article = _CONTRACTED[contraction[1].lower()]
        start, name = contraction.start(), contraction.end()
        return self._run(
            text, name, before=words_before(text, start) + preposition, article=article
        )

    def _run(self, text: str, start: int, *, before: str | None = None, article: str = "") -> _Run:
        """Return the words from a place on, no more than a name that begins so may need."""
        pieces, ends = ([article], [start]) if article else ([], [])
        position = start
        while written := _PIECE.match(text, position):
            plain = fold(written.group())
            pieces.append(_SHORT.get(plain, plain))
            ends.append(written.end())
            if len(pieces) >= self._wanted(pieces):
                break
            gap = _GAP.match(text, written.end())
            if gap is None:
                break
            position = gap.end()
        return _Run(words_before(text, start) if before is None else before, start, pieces, ends)

    def _wanted(self, pieces: list[str]) -> int:
        if len(pieces) > 1:
            return self._longest.get((pieces[0], pieces[1]), 0)
        return 2

    def _exact(self, text: str, run: _Run, linked: bool, small: bool) -> PlaceMention | None:
        for length in range(len(run.pieces), 0, -1):
            name, end = tuple(run.pieces[:length]), run.ends[length - 1]
            if name in self._codes:
                meant = self._meant_in_small if small else self._meant
                if self._context.no_place(text, run.start, end):
                    return None
                return (
                    self._mention(run.start, end, name)
                    if meant(text, run, name, end, linked)
                    else None
                )
        return None

    def _meant(self, text: str, run: _Run, name: Name, end: int, linked: bool) -> bool:
        """Whether words with capitals mean the commune that they name."""
        if not self._is_word(name):
            return True
        written = [
            piece for piece in _PIECE.findall(text, run.start, end) if fold(piece) not in _LINKS
        ]
        if not all(piece[0].isupper() for piece in written):
            return False
        announced = linked or self._context.announced(run.before)
        if (
            name in self._doubtful
            and name[0] in _ARTICLES
            and not text[run.start :].startswith("L")
        ):
            # « à l’Union européenne », « au Monde »: it takes « la commune de », « j’habite ».
            announced = self._context.held(run.before)
        if self._is_town(name):
            return announced or not self._context.doubtful(text, run.start, end)
        bare = _ARTICLE.sub("", text[run.start : end])
        joined = _told(name) > 1 and not any(map(str.isspace, bare))
        return joined or (announced and not self._context.goes_on(text, end))

    def _meant_in_small(self, text: str, run: _Run, name: Name, end: int, linked: bool) -> bool:
        """Whether words without capitals, or with nothing else, mean the commune they name."""
        if not self._is_word(name) and not self._is_elided(name):
            return True
        told = self._is_town(name) or (_told(name) > 1 and name not in self._doubtful)
        return told and (linked or self._context.announced(run.before))

    def _is_word(self, name: Name) -> bool:
        return name in self._words or name in self._doubtful

    def _is_elided(self, name: Name) -> bool:
        """Whether it may be a word after an article typed without its apostrophe: « lhopital »."""
        return len(name) == 1 and name[0][0] in "ld" and self._is_french(name[0][1:])

    def _is_town(self, name: Name) -> bool:
        return name not in self._doubtful and self._people(name) >= _TOWN

    def _people(self, name: Name) -> int:
        return self._populations.get(" ".join(name), 0)

    def _misspelt(self, text: str, start: int, after: int, linked: bool) -> PlaceMention | None:
        """Return the commune one letter away from a name that the text announces as a place.

        Its first letter is right, it is no word of the language, and it goes further than `after`.
        """
        before, article, begin = words_before(text, start), "", start
        if contraction := _CONTRACTION.match(text, start):
            preposition, article = _CONTRACTED[contraction[1].lower()]
            before, begin = before + preposition, contraction.end()
        written = _WRITTEN.match(text, begin)
        if written is None or written.end() <= after or _ACRONYM.search(written.group()):
            return None
        announced = linked or self._context.announced(before)
        if not announced and not self._context.hinted(before):
            return None
        for end in _ends(written, after):
            pieces = [
                _SHORT.get(each, each) for each in map(fold, _PIECE.findall(text, begin, end))
            ]
            near = self._near_name(article, pieces)
            if near and self._people(near) >= (_PEOPLED if announced else _KNOWN):
                return self._mention(begin, end, near)
        return None

    def _near_name(self, article: str, pieces: list[str]) -> Name | None:
        name = tuple(pieces)
        whole = (article, *name) if article else name
        letters = sum(len(piece) for piece in name if piece not in _LINKS)
        known = whole in self._codes or name in self._doubtful
        if known or " ".join(name) in self._departements or letters < _SHORTEST:
            return None
        # « Castelnau » is short for many names rather than a wrong Castelnou.
        if len(name) == 1 and name[0] in self._first:
            return None
        if len(name) < 3 and all(map(self._is_french, name)):
            return None
        near = self._near.one_letter_away(" ".join(whole))
        return tuple(near.split()) if near else None

    def _is_french(self, piece: str) -> bool:
        return (
            piece in stop_words()
            or piece in self._context.words
            or self._lemmas.knows(piece)
            or self._lemmas.knows(piece.removesuffix("s"))
        )

    def _mention(self, start: int, end: int, name: Name) -> PlaceMention:
        return PlaceMention(
            start=start, end=end, name=" ".join(name), insee_codes=self._codes[name]
        )


def _follows(text: str, end: int, start: int) -> bool:
    """Whether a name at `start` comes with the one before: « entre Tours et Sens »."""
    return text[start].isupper() and _LINKED.fullmatch(text, end, start) is not None


def _told(name: Name) -> int:
    """How many words of a name say which commune it is."""
    return sum(piece not in _LINKS and piece not in _SAINTS for piece in name)


def _ends(written: re.Match[str], after: int) -> list[int]:
    """Where the name may end, the furthest first: hyphens leave no part of it alone."""
    spaces = [written.start() + gap.start() for gap in re.finditer(r"\s", written.group())]
    return [end for end in (written.end(), *reversed(spaces)) if end > after]


def load_places(names: PlaceNames, lemmas: Lemmas) -> PlaceReader:
    """Load a reader of the communes given, with the reviewed list of names to doubt."""
    lines = (FR / "doubtful_places.txt").read_text("utf-8").splitlines()
    doubtful = [name for name in lines if name and not name.startswith("#")]
    return PlaceReader(names, lemmas, doubtful, load_context())
