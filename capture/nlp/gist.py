"""What a text says once greetings, who and where are left out: the words that meaning is read by.

« Bonjour Monsieur le Maire, », « Mme Dupont (06…) : » or « À Ploërmel, » would draw a need towards
other subjects, and needs of one place towards each other, which distance already does.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

from capture.nlp.personal import PersonalKind, PersonalSpan
from capture.nlp.pipeline import PlaceMention, ReadText, TerritoryMention
from capture.nlp.words import FR, fold

_CLAUSE_END = re.compile(r"(?:[,;:!?\n]|\.(?!\d))+")
_WORD = re.compile(r"[^\W\d_]+")
# The others may be what the need is about; these only tell who somebody is.
_WHO = frozenset(
    {
        PersonalKind.EMAIL,
        PersonalKind.PHONE,
        PersonalKind.NIR,
        PersonalKind.NAME,
        PersonalKind.ADDRESS,
    }
)


def gist(text: str, read: ReadText) -> str:
    """Return the text without courtesies at either end nor passages that tell who or where.

    The text itself when no other word is in it.
    """
    who = [span for span in read.personal if span.kind in _WHO]
    said = _without(text, [*who, *read.places, *read.territories])
    cuts = [0, *(end.end() for end in _CLAUSE_END.finditer(said)), len(said)]
    clauses = [said[start:end] for start, end in pairwise(cuts)]
    while clauses and _is_courtesy(clauses[0]):
        del clauses[0]
    while clauses and _is_courtesy(clauses[-1]):
        del clauses[-1]
    kept = "".join(clauses)
    return kept if _WORD.search(kept) else text


def unexposed(text: str, read: ReadText) -> str:
    """Return the text with a blank instead of each passage that tells where, or anything of
    somebody in particular, be it the whole text: what a label may say."""
    return _without(text, [*read.personal, *read.places, *read.territories])


def _without(text: str, spans: Iterable[PersonalSpan | PlaceMention | TerritoryMention]) -> str:
    told = list(text)
    for span in spans:
        told[span.start : span.end] = " " * (span.end - span.start)
    return "".join(told)


def _is_courtesy(clause: str) -> bool:
    """Whether a clause has no word, or courtesies only."""
    words = _WORD.findall(fold(clause))
    marks, around = _courtesies()
    if not words:
        return True
    return not marks.isdisjoint(words) and (marks | around).issuperset(words)


@cache
def _courtesies() -> tuple[frozenset[str], frozenset[str]]:
    told = tomllib.loads((FR / "courtesies.toml").read_text("utf-8"))
    return frozenset(told["marks"]), frozenset(told["around"])
