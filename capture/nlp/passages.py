"""The passages of a message: its sentences and the items of its lists, and every place where it
may pass from one need to another.
"""

import enum
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise

from capture.nlp.words import sentences

# What separates the items of a list inside a sentence, for whoever cuts a message by hand.
_LIST_MARK = re.compile(
    r"[;•]\s*|\s[-–—]\s+|,\s+(?:et\s+)?(?=[^\W\d_]{3,}[ei]r\b|pas d|plus d|manque)"
)
# Words that may join two needs inside a sentence; the longer first, which hold the shorter.
_LINKS = (
    "ainsi que|mais aussi|et aussi|et puis|et en plus|sans compter|et surtout|tandis que"
    "|sans parler"
)
_JOINT = re.compile(
    r"(?P<item>\s*[\r\n]+\s*(?:[-–—•*]|\d{1,2}\s*[).°])?\s*|\s+(?:\d\s*[)°]|[-–—•*+/])\s+"
    r"|(?<=[^\W\d_]{3})/(?=[^\W\d_]{3}))"
    r"|\s*;\s*|\s*,?\s+ni\s+(?=\w)"
    rf"|\s*,?\s+(?:{_LINKS})\s+"
    r"|\s*,?\s+(?:et|ou|&)\s+|(?P<comma>\s*,\s+)",
    re.IGNORECASE,
)

# A sentence that begins like the item of a list.
_NUMBER = re.compile(r"\s*(?:[-–—•*]|\d{1,2}\s*[).°])\s*(?!\d)")
# What is left at an end of a passage by what joined it to another.
_JOINING = rf"(?:{_LINKS}|et|ou|ni|&)"
_ENDS = re.compile(
    rf"^(?:[\s,;/]*{_JOINING}\s+)|(?:[\s,;/]+{_JOINING})?[\s,;/]+$|[\s,;/]+{_JOINING}$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
# A page does not wait for the cutting of an endless text: so many places are looked at.
_MOST = 40


class Mark(enum.Enum):
    """What separates two passages."""

    ITEM = "item"
    COMMA = "comma"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A place where a message may pass to another need: what precedes ends at `end`, what follows
    starts at `start`; its clause goes to `clause_end`, its sentence to `sentence_end`.
    """

    end: int
    start: int
    clause_end: int
    sentence_end: int
    mark: Mark


def passages(text: str, also: Iterable[int] = ()) -> list[tuple[int, int]]:
    """Return the sentences, cut again at the marks of a list and at the places of `also`; together
    they cover the text.
    """
    cuts = [0, *also]
    for start, end in sentences(text):
        marks = [mark.end() for mark in _LIST_MARK.finditer(text, start, end)]
        cuts += [start, *(mark for mark in marks if not _within_brackets(text[start:mark]))]
    inside = sorted({cut for cut in cuts if 0 < cut < len(text)})
    return list(pairwise([0, *inside, len(text)]))


def may_be_cut(text: str, spans: Collection[tuple[int, int]]) -> bool:
    """Whether the spans go each from a place where the text may be cut to another, none over
    another.
    """
    ends = {0, len(text)}.union(*passages(text, [each.start for each in boundaries(text)]))
    ordered = sorted(spans)
    return all(start < end and {start, end} <= ends for start, end in ordered) and all(
        one[1] <= other[0] for one, other in pairwise(ordered)
    )


def bare(words: str) -> str:
    """Return the words of a passage without what joined it to its neighbours."""
    return _ENDS.sub("", words.strip()).strip()


def boundaries(text: str) -> list[Boundary]:
    """Return the places where the text may pass to another need, in reading order: the first ones
    of an endless text, and none before a clause without a word.
    """
    found: list[tuple[int, int, int, Mark]] = []
    for first, last in sentences(text):
        if first > 0:
            item = "\n" in text[max(0, first - 3) : first] or _NUMBER.match(text, first)
            found.append((first, first, last, Mark.ITEM if item else Mark.OTHER))
        found += [
            (joint.start(), joint.end(), last, Mark(joint.lastgroup or "other"))
            for joint in _JOINT.finditer(text, first, last)
            if first < joint.start() and joint.end() < last
        ]
    clause_ends = [*(end for end, _, _, _ in found), len(text)][1:]
    places = [
        Boundary(end=end, start=start, clause_end=clause_end, sentence_end=last, mark=mark)
        for (end, start, last, mark), clause_end in zip(found, clause_ends, strict=True)
        if _WORD.search(text, start, clause_end)
    ]
    return places[:_MOST]


def _within_brackets(before: str) -> bool:
    return before.count("(") > before.count(")")
