"""French typography: no-break spaces, apostrophes and ellipses, put by one function.

It changes how a text is shown, never what is kept: words are not touched.
"""

import re
from functools import lru_cache

from markupsafe import Markup

NBSP = "\u00a0"

_SPACES = r"[ \u00a0\u202f]"
_ENTITY = re.compile(r"&#?\w+;")
_UNITS = (
    "%|€|°C|k€|M€|km²|km|m²|m|cm|kg|g|t|ko|Mo|Go|kWh|ha|h|min|s|ans?|mois|jours?|heures?|minutes?"
    "|semaines?|ETP|habitants|hab|points?"
)
_MONTHS = (
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|déc|nov"
    "|oct|sept|juil|janv|févr"
)
_PHONE = (r"\1", r"\2", r"\3", r"\4", r"\5")
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\.\.\."), "…"),
    (re.compile(r"(?<=[^\W\d_])'(?=[\w«]|$)"), "’"),
    (re.compile(rf"«{_SPACES}*"), f"«{NBSP}"),
    (re.compile(rf"{_SPACES}*»"), f"{NBSP}»"),
    (re.compile(rf"{_SPACES}+(?=[?!:;])"), NBSP),
    (re.compile(r"(?<=[\w)%€])(?=[?!]+(?:\s|»|$))"), NBSP),
    (re.compile(r"(?<=[^\W\d_]|[)%€])(?=[:;](?:\s|$))"), NBSP),
    (re.compile(r"(?<=\d)[ \u202f](?=\d{3}(?!\d))"), NBSP),
    (re.compile(r"(?<!\d)(0\d) (\d\d) (\d\d) (\d\d) (\d\d)(?!\d)"), NBSP.join(_PHONE)),
    (re.compile(rf"(?<=\d) (?=(?:{_UNITS})(?!\w))"), NBSP),
    (re.compile(rf"(?<=\d{NBSP}h) (?=\d\d(?!\d))"), NBSP),
    (re.compile(rf"(?<=\d) (?=(?:{_MONTHS})(?!\w))"), NBSP),
    (re.compile(rf"(?<=\b1er) (?=(?:{_MONTHS})(?!\w))"), NBSP),
    (re.compile(r"(?<=\bn°) (?=\d)"), NBSP),
    (re.compile(r"(?<=\bM\.) (?=\w)"), NBSP),
    (re.compile(r"(?<=\bMme) (?=\w)"), NBSP),
)


def typo(text: str) -> str:
    """Return the text with French spaces and apostrophes; in a `Markup`, tags are left alone."""
    if isinstance(text, Markup):
        shown, _ = typo_html(str(text), inside_tag=False)
        return Markup(shown)  # noqa: S704 (it was markup already; only its spaces changed)
    return _plain(text)


def typo_html(html: str, *, inside_tag: bool) -> tuple[str, bool]:
    """Treat a stretch of HTML that may begin or end inside a tag.

    Returns the new text and whether its end is inside a tag.
    """
    parts: list[str] = []
    position = 0
    while position < len(html):
        if inside_tag:
            end = html.find(">", position)
            stop = len(html) if end < 0 else end + 1
            parts.append(html[position:stop])
            inside_tag = end < 0
        else:
            opening = _TAG_START.search(html, position)
            stop = len(html) if opening is None else opening.start()
            parts.append(_text_of_html(html[position:stop]))
            inside_tag = opening is not None
            if opening is not None:
                parts.append("<")
                stop += 1
        position = stop
    return "".join(parts), inside_tag


_TAG_START = re.compile(r"<(?=[A-Za-z/!]|$)")


def _text_of_html(text: str) -> str:
    """Apply the rules between the entities, whose semicolons are not punctuation."""
    text = text.replace("&#39;", "'")
    parts: list[str] = []
    position = 0
    for entity in _ENTITY.finditer(text):
        parts += [_plain(text[position : entity.start()]), entity.group()]
        position = entity.end()
    parts.append(_plain(text[position:]))
    return "".join(parts)


# The words of templates come again on every page: most texts have been treated before.
@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
