"""French text as the house compares, shortens, joins and cleans it (pure).

Nothing here knows a place, a sector or a person: those rules live with their own rooms.
"""

import re
import unicodedata
from collections.abc import Iterable

# The five blocks of combining diacritical marks; vowel signs of other scripts are letters.
_MARKS = dict.fromkeys(
    code
    for first, last in (
        (0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F),
    )
    for code in range(first, last + 1)
)  # fmt: skip
# Apostrophes, primes, hyphens, dashes and the minus sign, as people and word processors type them.
_JOINERS = "'\u2018\u2019\u201b\u02bc\u2032\u0060-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_FOLDED = str.maketrans({"œ": "oe", "æ": "ae"} | dict.fromkeys(_JOINERS, " "))
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
# Vertical tab is the soft line break of word processors; NEL, LS and PS come from other systems.
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Cc: controls; Cf: zero-width, soft hyphens, marks of direction; Cs: halves that no UTF-8 can hold.
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
_KEPT = frozenset("\n\t")


def fold(text: str) -> str:
    """Lower-case `text` without accents or ligatures, apostrophes and hyphens as single spaces.

    Two spellings of one French name fold to one string; folding twice changes nothing.
    """
    # Lowering can bring marks back (« İ »), hence the second pass; most names need neither.
    bare = _without_marks(_without_marks(text).casefold())
    return " ".join(bare.translate(_FOLDED).split())


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    # NFKD (Unicode Standard Annex 15) sets accents apart from their letters.
    return unicodedata.normalize("NFKD", text).translate(_MARKS)


def slug(text: str) -> str:
    """`text` as lower-case ASCII words joined by hyphens, fit for an address or a file name."""
    return _NOT_SLUG.sub("-", fold(text)).strip("-")


def sentence_list(items: Iterable[str]) -> str:
    """The items as a French enumeration: « a », « a et b », « a, b et c »; "" for none."""
    *firsts, last = list(items) or [""]
    return f"{', '.join(firsts)} et {last}" if firsts else last


def shorten(text: str, length: int) -> str:
    """`text` in at most `length` characters, cut between words and closed by « … » if cut.

    A first word longer than `length` is cut inside. Raises ValueError if `length` is below 1.
    """
    if length < 1:
        raise ValueError("a shortened text keeps at least one character")
    if len(text) <= length:
        return text
    room = length - 1
    kept = text[:room]
    if not text[room].isspace():
        words = kept.rsplit(maxsplit=1)
        if len(words) == 2 and not kept[-1].isspace():
            kept = words[0]
    return kept.rstrip(" \t\n,;:.!?…-–—'’«(") + "…"


def clean_text(text: str) -> str:
    """`text` as it may be stored: composed (NFC), line ends as newlines, nothing unseen in it.

    Control characters other than newline and tab, zero-width characters, marks of direction and
    lone surrogates are dropped; no visible word changes.
    """
    lines = _LINE_ENDS.sub("\n", text)
    seen = (char for char in lines if char in _KEPT or unicodedata.category(char) not in _UNSEEN)
    return unicodedata.normalize("NFC", "".join(seen))
