"""Words of a French text with their place and lemma, sentences, folding of accents.

Everything here is about one text and its characters; meaning is left to the other modules.
"""

import enum
import gzip
import json
import re
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

import spacy_lookups_data
from spacy.lang.char_classes import LIST_ELLIPSES, LIST_PUNCT, LIST_QUOTES
from spacy.tokenizer import Tokenizer
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex
from spacy.vocab import Vocab

from capture.nlp.coaches import coaches

FR = files("capture.nlp") / "fr"

Word = tuple[int, int, str]
"""Start and end in the original text, and the lemma in lower case with its accents."""

# spaCy's tokeniser works on one run of characters between spaces and is slow on endless ones.
_LONGEST_CHUNK = 120
_CHUNK = re.compile(r"\S+")
_PLAIN_WORD = re.compile(r"[^\W_]+")
# The lemma of the conjunction « car » is that of its synonym: the vehicle keeps the word.
_COACH, _BECAUSE = "car", "puisque"
_PLAIN = str.maketrans(
    {accented: plain for plain, accents in {
        "a": "àâäáã", "c": "ç", "e": "éèêë", "i": "îïíì", "n": "ñ", "o": "ôöóòõ", "u": "ùûüú",
        "y": "ÿ", "oe": "œ", "ae": "æ", "ss": "ß", "'": "’ʼ", "-": "‐‑",
    }.items() for accented in accents}
)  # fmt: skip

# Elided words and clitics are cut from their neighbour; other compounds stay whole.
_ELISION = r"(?i:(?:^|(?<=[(«\"“/-]))(?:jusqu|lorsqu|puisqu|quoiqu|qu|[cdjlmnst])['’])"
_WHOLE = (
    r"(?i)(?:aujourd['’]hui|prud['’]\w+|presqu['’]îles?|quelqu['’]une?s?|rendez-vous|là-bas"
    r"|c['’]est-à-dire|grand['’]\w+|entr['’]\w+)$"
)
_CLITIC = (
    r"(?i:-(?:t-)?(?:ils?|elles?|on|je|tu|nous|vous|ce|ci|là|le|la|les|lui|leur|moi|toi|y|en))"
)

# A sentence ends at . ! ? … before a space or an end, at a line break, or at « ; » and a space.
_SENTENCE_END = re.compile(r"[.!?…]+[»\")\]]*(?=\s|$)|[.!?…]+(?=[A-ZÀ-Þ][a-zà-ÿ])|;(?=\s)|[\r\n]+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:M|MM|Mr|Mme|Mmes|Mlle|Dr|Pr|Me|St|Ste|av|bd|art|etc|ex|cf|tél|tel|p|n°|no|env|min|max"
    r"|resp|vs|Cie|chap|éd|ed)|\b[A-Z]|c\.-à-d|\b\d)\.$"
)


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """Return the text in lower case without accents or ligatures, apostrophes made straight."""
    plain = text.lower().translate(_PLAIN)
    if plain.isascii():
        return plain
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


@cache
def stop_words() -> frozenset[str]:
    """Return the accent-folded lemmas that carry no theme of their own."""
    lines = (FR / "stop_words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


class WordKind(enum.Enum):
    """What a word mostly is, as far as tables can tell without its sentence."""

    NOUN = enum.auto()
    ADJECTIVE = enum.auto()
    INFINITIVE = enum.auto()
    VERB = enum.auto()
    ADVERB = enum.auto()


class Lemmas:
    """Lemma of a French form, read in the tables of spacy-lookups-data (MIT licence).

    A form that may be a noun is read as one, since nouns carry the theme; a form typed without its
    accents is looked up among the folded forms of the table.
    """

    def __init__(
        self,
        *,
        table: Mapping[str, str],
        nouns: Collection[str],
        adjectives: Collection[str],
        verbs: Collection[str],
        adverbs: Collection[str],
        corrections: Mapping[str, str],
    ) -> None:
        self._lemma = dict(table)
        self._nouns = frozenset(nouns)
        self._adjectives = frozenset(adjectives)
        self._verbs = frozenset(verbs)
        self._adverbs = frozenset(adverbs)
        self._corrections = dict(corrections)
        self._lemmas = frozenset(self._lemma.values())
        # The table of verbs lacks common ones; a lemma with an imperfect is one.
        self._infinitives = self._verbs | {
            lemma
            for form, lemma in self._lemma.items()
            if form.endswith("ait") and lemma.endswith(("er", "ir", "re", "oir"))
        }
        unaccented: dict[str, str] = {}
        for form in self._lemma.keys() | self._lemmas:
            if not form.isascii():
                plain = fold(form)
                unaccented[plain] = min(form, unaccented.get(plain, form))
        self._unaccented = {
            plain: form
            for plain, form in unaccented.items()
            if plain not in self._lemma and plain not in self._lemmas
        }

    def lemma(self, form: str) -> str:
        """Return the lemma of a form written in lower case, the form itself when unknown."""
        if form in self._corrections:
            return self._corrections[form]
        if fold(form) in stop_words():
            return form
        known = self._lemma.get(form)
        if known is not None:
            return self._rather_a_noun(form) if known in self._verbs and known != form else known
        if form in self._lemmas:
            return form
        plain = fold(form)
        accented = self._unaccented.get(plain, plain)
        return self.lemma(accented) if accented != form and self.knows(accented) else form

    def knows(self, form: str) -> bool:
        """Say whether an accent-folded or accented lower-case form is a common French word."""
        return form in self._lemma or form in self._lemmas or form in self._unaccented

    def kind(self, form: str, lemma: str) -> WordKind:
        """Return what a lower-case form of a known lemma mostly is; a noun if it may be one."""
        if form in self._corrections or {form, form.rstrip("sx")} & self._nouns:
            return WordKind.NOUN
        if lemma in self._adjectives or lemma.endswith(("é", "able", "ible", "ique")):
            return WordKind.ADJECTIVE
        if lemma in self._verbs:
            return WordKind.INFINITIVE if form == lemma else WordKind.VERB
        if lemma in self._nouns:
            return WordKind.NOUN
        return WordKind.ADVERB if lemma in self._adverbs else WordKind.NOUN

    def kinds(self, form: str, lemma: str) -> frozenset[WordKind]:
        """Return all that a lower-case form may be without its sentence; nothing when unknown."""
        singular = {form, form.rstrip("sx"), lemma}
        masculine = {re.sub("euse$", "eux", each).removesuffix("e") for each in singular}
        corrected = form in self._corrections and lemma not in self._adjectives
        participle = re.sub(r"ée?s?$", "er", form)
        is_participle = participle != form and participle in self._infinitives and not corrected
        told = {
            WordKind.NOUN: corrected or singular & self._nouns,
            WordKind.ADJECTIVE: is_participle
            or ((singular | masculine) & self._adjectives) - self._infinitives,
            WordKind.INFINITIVE: form in self._infinitives,
            WordKind.VERB: self._may_be_conjugated(form),
            WordKind.ADVERB: lemma in self._adverbs,
        }
        return frozenset(kind for kind, is_told in told.items() if is_told)

    def accented(self, form: str) -> str:
        """Return a lower-case form with the accents it was typed without, if it is common."""
        if form in self._lemma or form in self._lemmas:
            return form
        accented = self._unaccented.get(fold(form), form)
        # « ouvre » is not « ouvré », but « cafe » is « café ».
        is_participle = accented.rstrip("es").endswith("é") and form[-1] != accented[-1]
        return form if is_participle and accented.rstrip("s") not in self._nouns else accented

    def _may_be_conjugated(self, form: str) -> bool:
        known = self._lemma.get(form, form)
        if known != form and known in self._infinitives:
            return True
        stems = [form.removesuffix(end) for end in ("e", "es", "ent") if form.endswith(end)]
        # « j’enlève », « je complète »: the infinitive has another accent.
        stems += [re.sub(r"è(?=[^è]+$)", other, stem) for stem in stems for other in "eé"]
        return any(f"{stem}er" in self._infinitives for stem in stems)

    def _rather_a_noun(self, form: str) -> str:
        for noun in (form, form[:-1] if form[-1] in "sx" else form):
            if noun in self._nouns:
                return noun
        for ending in ("", "s", "e", "es"):
            adjective = form.removesuffix(ending)
            if adjective in self._adjectives and adjective.endswith(("é", "i", "u")):
                return adjective
        return self._lemma[form]


class WordReader:
    """Splits texts into words by spaCy's tokeniser, called once for each written form."""

    def __init__(self, tokenizer: Tokenizer, lemmas: Lemmas, elisions: Mapping[str, str]) -> None:
        self.lemmas = lemmas
        self._tokenizer = tokenizer
        self._elisions = elisions
        self._cached: Callable[[str], tuple[Word, ...]] = lru_cache(maxsize=200_000)(self._split)

    def words(self, text: str) -> list[Word]:
        """Return the words of the text in reading order, punctuation left out."""
        found: list[Word] = []
        for chunk in _CHUNK.finditer(text):
            offset, written = chunk.start(), chunk.group()
            if len(written) <= _LONGEST_CHUNK:
                split = self._cached(written)
            else:
                split = self._split_plainly(written)
            found.extend([(offset + start, offset + end, lemma) for start, end, lemma in split])
        if not any(lemma == _COACH for _, _, lemma in found):
            return found
        vehicles = {start for start, _ in coaches(text)}
        return [
            (start, end, _BECAUSE if lemma == _COACH and start not in vehicles else lemma)
            for start, end, lemma in found
        ]

    def _split(self, chunk: str) -> tuple[Word, ...]:
        if chunk.isalpha():
            return ((0, len(chunk), self.lemmas.lemma(chunk.lower())),)
        split: list[Word] = []
        for token in self._tokenizer(chunk):
            if any(character.isalnum() for character in token.text):
                start = token.idx
                split.append((start, start + len(token.text), self._lemma(token.text.lower())))
        return tuple(split)

    def _split_plainly(self, chunk: str) -> tuple[Word, ...]:
        return tuple(
            (m.start(), m.end(), self._lemma(m.group().lower()))
            for m in _PLAIN_WORD.finditer(chunk)
        )

    def _lemma(self, form: str) -> str:
        if form[-1] in "'’":
            return self._elisions.get(form[:-1], form[:-1])
        return self.lemmas.lemma(form.removeprefix("-").removeprefix("t-").replace("’", "'"))


@cache
def load_words() -> WordReader:
    """Load the French tokeniser and the lemma table (about one second, then kept)."""
    own = tomllib.loads((FR / "lemmas.toml").read_text("utf-8"))
    table: dict[str, list[str]] = _look_up("lookup")
    index: dict[str, list[str]] = _look_up("index")
    lemmas = Lemmas(
        table={form: found[0] for form, found in table.items() if found},
        nouns=index["noun"],
        adjectives=index["adj"],
        verbs=index["verb"],
        adverbs=index["adv"],
        corrections={form: noun for noun in own["nouns"] for form in (noun, f"{noun}s")}
        | own["forms"],
    )
    return WordReader(_tokenizer(), lemmas, own["elisions"])


def _look_up(name: str) -> dict[str, list[str]]:
    folder = files(spacy_lookups_data) / "data"
    with gzip.open(str(folder / f"fr_lemma_{name}.json.gz")) as packed:
        table: dict[str, list[str]] = json.load(packed)
    return table


def _tokenizer() -> Tokenizer:
    """Build spaCy's tokeniser with French rules; its own take five seconds to compile."""
    marks = [*LIST_PUNCT, *LIST_ELLIPSES, *LIST_QUOTES, r"[-–—+=<>|*#~%€$•·→_/\\]"]
    link = r"(?i)(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.-]*\w"
    return Tokenizer(
        Vocab(),
        prefix_search=compile_prefix_regex([_ELISION, *marks]).search,
        suffix_search=compile_suffix_regex([_CLITIC, *marks, r"(?<=\w)\."]).search,
        infix_finditer=compile_infix_regex(
            [
                *LIST_ELLIPSES,
                r"[/\\()\[\]{}«»“”\"=+*|:;!?…→•]",
                r"(?<=\D)[.,](?=[^\W\d]{2})",
                r"(?<=[^\W\d]['’])",
            ]
        ).finditer,
        token_match=re.compile(_WHOLE).match,
        url_match=re.compile(link).match,
    )


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Return start and end of each sentence, spaces trimmed; every visible character is in one."""
    cuts = [0]
    for end in _SENTENCE_END.finditer(text):
        before = text[max(0, end.start() - 8) : end.start() + 1]
        if end.group() != "." or not _ABBREVIATION.search(before):
            cuts.append(end.end())
    cuts.append(len(text))
    spans: list[tuple[int, int]] = []
    for start, end_ in pairwise(cuts):
        part = text[start:end_]
        if any(character.isalnum() for character in part):
            lead = len(part) - len(part.lstrip())
            spans.append((start + lead, start + len(part.rstrip())))
        elif part.strip() and spans:
            spans[-1] = (spans[-1][0], start + len(part.rstrip()))
    return tuple(spans)
