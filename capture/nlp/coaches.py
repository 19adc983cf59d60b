"""« Car » is a coach or « because »: which one, told by the word before it.

Where the village has no other public transport, it is the word of half the needs of mobility.
"""

import re

COACH = "autocar"
_BEFORE = (
    "le|un|du|de|des|les|en|au|aux|ce|ces|par|aucun|chaque|quel|son|notre|votre|leur|mon"
    "|seul|dernier|premier|prochain|ancien|nouveau|petit|grand|vieux|deuxième|second|bon"
)
_SAID = re.compile(r"\bcars?\b", re.IGNORECASE)
_PRECEDED = re.compile(rf"\b(?:{_BEFORE})\s+$", re.IGNORECASE)
_REACH = 20


def coaches(text: str) -> list[tuple[int, int]]:
    """Return start and end of each « car » or « cars » of the text that is a vehicle."""
    if "car" not in text.lower():  # ten times quicker, and enough for most texts
        return []
    return [
        found.span()
        for found in _SAID.finditer(text)
        if found.end() - found.start() == len("cars")
        or _PRECEDED.search(text[max(0, found.start() - _REACH) : found.start()])
    ]


def coaches_spelt_out(text: str) -> str:
    """Return the text with « autocar » wherever « car » is a vehicle."""
    for start, end in reversed(coaches(text)):
        text = text[:start] + COACH + text[end:]
    return text
