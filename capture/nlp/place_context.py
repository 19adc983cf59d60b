"""What stands around a name in a text, and tells a place from a word, a person or a street."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping

from capture.nlp.words import FR

# The longest announcement, « habitants du centre-ville de », with its spaces.
_REACH = 40
_INSIDE = re.compile(r"[-‐‑'’][^\W\d_]")
_PART = re.compile(r"(?:[^\W_][-‐‑]|\b[Gg]rand\s)$")
_GOES_ON = re.compile(r"\s[A-ZÀ-Þ]")
_SENTENCE_START = re.compile(r"(?:^|[.!?;:\n«•*–—-])\s*$")
# « Tours de guet », « Cannes à pêche ».
_COMPLETED = re.compile(r"\s(?:(?:de|du|des|à|en)\b|d['’])")
# « il a fermé ».
_HAS = re.compile(
    r"(?:\b(?:il|elle|on|y|qui|ça|tout|nous|lui|me|te|se)\s|['’])a\s+$", re.IGNORECASE
)


# The letter is looked for before what precedes it: that is much quicker.
_AFTER_A = re.compile(r"[àaÀA](?<![^\W_].)(?:\s+|(?=ux?\s+[a-zà-ÿœ]))(?=[a-zà-ÿœ])")


class PlaceContext:
    """Says what the words before and after a name make of it."""

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        # Nouns that the tables of lemmas lack.
        self.words = frozenset(words["words"])
        before, owner = _any(words["before"]), _any(words["of"])
        # What they all end with, to look no further behind any other word.
        self._last = {word.split()[-1] for word in (*words["before"], *words["hints"])}
        self._last |= {"à", "a", "de", "du", "des", "jusqu’à"}
        self._leading = {word.split()[0] for word in (*words["before"], *words["of"])}
        of = r"(?:de\s+|du\s+|des\s+|d['’]\s?)"
        self._announced = re.compile(
            rf"(?<![^\W_])(?:(?:[àa]|{before})\s+|{owner}\s+{of})$", re.IGNORECASE
        )
        self._held = re.compile(
            rf"(?<![^\W_])(?:habit\w*\s+(?:[àa]\s+)?|{owner}\s+{of})$", re.IGNORECASE
        )
        self._hinted = re.compile(
            rf"(?<![^\W_])(?:{_any(words['hints'])}\s+|d['’]\s?)$", re.IGNORECASE
        )
        self._after_word = re.compile(
            rf"(?<![^\W_])(?:{before}\s+|{owner}\s+(?:de\s+|d['’]\s?|(?=des?\s|du\s)))(?=[a-zà-ÿœ])"
        )
        self._borne = re.compile(rf"(?<![^\W_]){_any(words['bearers'])}\.?\s+$", re.IGNORECASE)
        self._civility = re.compile(rf"(?<![^\W_]){_any(words['civilities'])}\.?\s+$")
        self._named_after = re.compile(
            rf"(?<![^\W_]){_any(words['named_after'])}\s+{of}$", re.IGNORECASE
        )
        self._person = re.compile(
            rf",\s(?:mon|ma|notre|sa|son|une?|la|le)\s(?:\w+\s)?{_any(words['people'])}\b"
        )

    def small_starts(self, text: str) -> Iterator[int]:
        """Where a name in small letters may begin; at « au » in « au mans »."""
        for match in _AFTER_A.finditer(text):
            contracted = match.end() == match.start() + 1
            if contracted or not _HAS.search(text[max(0, match.start() - 6) : match.end()]):
                yield match.start() if contracted else match.end()
        if not self._leading.isdisjoint(text.replace("’", " ").replace("'", " ").split()):
            for match in self._after_word.finditer(text):
                yield match.end()

    def may_announce(self, text: str, start: int) -> bool:
        """Whether the last word before a name may announce it or hint at it."""
        last = words_before(text, start).rstrip().rpartition(" ")[2].lower()
        return last in self._last or last[-1:] in {"'", "’"} or last[1:2] in {"'", "’"}

    def announced(self, before: str) -> bool:
        """Whether the words before can hardly be followed by anything but a place."""
        return self._announced.search(before) is not None and not _HAS.search(before)

    def held(self, before: str) -> bool:
        """Whether the words before are followed by a place whatever its name."""
        return self._held.search(before) is not None

    def hinted(self, before: str) -> bool:
        """Whether a place often follows the words before: « pour », « de »."""
        return self._hinted.search(before) is not None

    def no_place(self, text: str, start: int, end: int) -> bool:
        """Whether it is a person, a part of a longer name, or a treaty."""
        return (
            _INSIDE.match(text, end) is not None
            or self._civility.search(words_before(text, start)) is not None
            or self._person.match(text, end) is not None
            or self._named_after.search(words_before(text, start)) is not None
        )

    def goes_on(self, text: str, end: int) -> bool:
        """Whether the words after a name are a part of it: « la Croix Rouge »."""
        return _GOES_ON.match(text, end) is not None

    def doubtful(self, text: str, start: int, end: int) -> bool:
        """Whether a capital may be there for another reason than a place."""
        before = words_before(text, start)
        return (
            self._borne.search(before) is not None
            or _PART.search(before) is not None
            or self.goes_on(text, end)
            or (_COMPLETED.match(text, end) is not None and bool(_SENTENCE_START.search(before)))
        )


def words_before(text: str, start: int) -> str:
    """As much of the text before a name as may say what it is."""
    return text[max(0, start - _REACH) : start]


def load_context() -> PlaceContext:
    """Load the reviewed words that stand around the names of places."""
    return PlaceContext(tomllib.loads((FR / "places.toml").read_text("utf-8")))


def _any(words: Iterable[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(w).replace("'", "['’]") for w in longest_first) + ")"
