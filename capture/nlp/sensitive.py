"""Health, religion, union and origin, where a sentence says them of somebody in particular.

From such a word one goes back over verbs of being and having, articles and the like: it is said of
somebody when a person comes next, and of nobody when any other word does.
"""

import tomllib
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from capture.nlp.person_names import load_names
from capture.nlp.words import FR, Word, fold, load_words

KINDS = ("health", "religion", "union", "origin")
# Words between somebody and what is said of them.
_FURTHEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveSpan:
    """A sensitive word said of somebody, and its kind, one of ``KINDS``."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    kind: str
    lemmas: tuple[str, ...]
    is_had: bool
    # Written so, where a capital tells it from a common word.
    written: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    start: int
    end: int
    written: str
    form: str
    lemma: str
    is_named: bool


class SensitiveReader:
    """Finds sensitive words by the reviewed lists of `sensitive.toml`."""

    def __init__(
        self,
        entries: Iterable[_Entry],
        said_of: Mapping[str, Sequence[str]],
        is_name: Callable[[str], bool],
    ) -> None:
        self._entries: dict[str, list[_Entry]] = {}
        for entry in entries:
            self._entries.setdefault(entry.lemmas[0], []).append(entry)
        self._words = {role: frozenset(words) for role, words in said_of.items()}
        self._idioms = [idiom.split() for idiom in said_of["idioms"]]
        self._is_name = is_name

    def spans(
        self,
        text: str,
        words: Sequence[Word],
        sentences: Sequence[tuple[int, int]],
        named: Sequence[tuple[int, int]],
    ) -> list[SensitiveSpan]:
        """Return the words said of somebody; ``named`` are the passages that name people."""
        if not any(fold(lemma) in self._entries for _, _, lemma in words):
            return []
        found = []
        starts = [start for start, _, _ in words]
        for begin, end in sentences:
            inside = slice(bisect_left(starts, begin), bisect_left(starts, end))
            tokens = [
                _Token(
                    start=a,
                    end=b,
                    written=text[a:b],
                    form=fold(text[a:b]).strip("-'"),
                    lemma=fold(lemma),
                    is_named=any(first <= a < last for first, last in named),
                )
                for a, b, lemma in words[inside]
            ]
            found += self._in_sentence(tokens)
        return found

    def _in_sentence(self, tokens: Sequence[_Token]) -> list[SensitiveSpan]:
        found: list[SensitiveSpan] = []
        said: set[int] = set()
        for i, token in enumerate(tokens):
            for entry in self._entries.get(token.lemma, ()):
                after = i + len(entry.lemmas)
                if _is_there(entry, tokens[i:after]) and (
                    self._is_said_of_somebody(tokens, i, entry, said)
                    or (entry.is_had and self._is_somebodys(tokens[after : after + 4]))
                ):
                    end = tokens[after - 1].end
                    found.append(SensitiveSpan(start=token.start, end=end, kind=entry.kind))
                    said.update(range(i, after))
        return found

    def _is_said_of_somebody(
        self, tokens: Sequence[_Token], i: int, entry: _Entry, said: Collection[int]
    ) -> bool:
        before = [token.form for token in tokens[max(0, i - _FURTHEST) : i + 1]]
        if any(before[-len(idiom) :] == idiom for idiom in self._idioms):
            return False
        # An article without verb parts two things: « mon voisin et le noir ».
        has_verb = has_article = says = False
        for j in range(i - 1, max(-1, i - 1 - _FURTHEST), -1):
            token = tokens[j]
            if self._is_somebody(tokens, j, has_verb=has_verb):
                return has_verb or not has_article
            if entry.is_had and token.form in self._words["own"]:
                return not has_article
            # « schizophrène et bipolaire »: what is said already leads to the same person.
            role = "links" if j in said else self._role(token)
            if role is None or (role == "have" and not (says or entry.is_had)):
                return False
            has_verb = has_verb or role in ("be", "have", "verbs")
            has_article = has_article or role in ("determiners", "possessives")
            # « J'ai un enfant sourd » but « j'ai une enceinte ».
            says = says or role in ("be", "verbs", "relatives")
        return False

    def _is_somebody(self, tokens: Sequence[_Token], j: int, *, has_verb: bool) -> bool:
        token = tokens[j]
        if token.is_named or token.lemma in self._words["people"]:
            return True
        if token.lemma in self._words["relatives"]:
            return any(
                each.form in self._words["possessives"] for each in tokens[max(0, j - 2) : j]
            )
        if token.form == "nous":
            return any(each.form in self._words["be"] for each in tokens[j + 1 : j + 2])
        # « Paul, 12 ans, est autiste »
        written = token.written
        return has_verb and written.istitle() and self._is_name(written)

    def _role(self, token: _Token) -> str | None:
        is_first_name = token.written.istitle() and self._is_name(token.written)
        if token.form.isdecimal() or token.written.lower() == "à" or is_first_name:
            return "links"
        roles = ("have", "be", "verbs", "relatives", "determiners", "possessives", "links")
        return next((role for role in roles if token.form in self._words[role]), None)

    def _is_somebodys(self, after: Sequence[_Token]) -> bool:
        if not after or after[0].form not in ("de", "d", "du", "chez"):
            return False
        for j in range(1, len(after)):
            if self._is_somebody(after, j, has_verb=False):
                return True
            if after[j].form not in self._words["possessives"]:
                return False
        return False


def _is_there(entry: _Entry, tokens: Sequence[_Token]) -> bool:
    if tuple(token.lemma for token in tokens) != entry.lemmas:
        return False
    return entry.written is None or entry.written == tokens[0].written


@cache
def load_sensitive() -> SensitiveReader:
    """Load the reviewed words about health, religion, union and origin."""
    lists = tomllib.loads((FR / "sensitive.toml").read_text("utf-8"))
    words = load_words()
    entries = [
        _Entry(
            kind=kind,
            lemmas=tuple(fold(lemma) for _, _, lemma in words.words(written)),
            is_had=role == "having",
            written=written if written != written.lower() else None,
        )
        for kind in KINDS
        for role in ("being", "having")
        for written in lists[kind][role]
    ]
    return SensitiveReader(entries, lists["said_of"], load_names().is_no_common_word)
