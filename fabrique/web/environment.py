"""The Jinja environment of every page: loaders, French filters, component macros, assets.

It knows no domain: the roof names the packages whose `templates` folder it reads.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup, escape

from fabrique.web import charts
from fabrique.web.labels import dates, numbers
from fabrique.web.labels.objects import OBJECTS
from fabrique.web.labels.sectors import SECTORS, sector
from fabrique.web.labels.typography import typo, typo_html

WEB = Path(__file__).resolve().parent
STATIC = WEB / "static"
STATIC_URL = "/static/"
COMPONENTS = ("text", "forms", "lists", "work", "committee")


class FrenchText(Extension):
    """Puts French spaces and apostrophes in the texts written in templates, at compile time."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Treat what is outside tags; values are left to the filter `typo`."""
        inside_tag = False
        for token in stream:
            if token.type == "data":
                text, inside_tag = typo_html(token.value, inside_tag=inside_tag)
                yield Token(token.lineno, "data", text)
            else:
                yield token


@cache
def icon_names() -> frozenset[str]:
    """Return the names of the icons of the sprite."""
    return frozenset((WEB / "icons.txt").read_text(encoding="utf-8").split())


@cache
def asset(path: str) -> str:
    """Return the address of a file of `static` with a digest, so that it may be cached for good."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"{STATIC_URL}{path}?v={digest}"


def icon(name: str, *, large: bool = False) -> Markup:
    """Return an icon of the sprite, hidden from screen readers; KeyError if it is not in it."""
    if name not in icon_names():
        raise KeyError(f"no icon {name!r}: add it to fabrique/web/icons.txt")
    size = " icone-grande" if large else ""
    href = f"{asset('vendor/icons.svg')}#{name}"
    return Markup('<svg class="icone{}" aria-hidden="true"><use href="{}"/></svg>').format(
        size, href
    )


def marked(text: str, words: Iterable[str]) -> Markup:
    """Return the text with each given word or phrase in `<mark>`, whatever its case."""
    wanted = sorted({word for word in words if word.strip()}, key=len, reverse=True)
    if not wanted:
        return escape(text)
    either = "|".join(re.escape(word) for word in wanted)
    parts = re.split(rf"(?<!\w)({either})(?!\w)", text, flags=re.IGNORECASE)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(part) if rank % 2 else escape(part)
        for rank, part in enumerate(parts)
    )


def make_environment(packages: Sequence[str]) -> Environment:
    """Return the environment reading the `templates` folder of each package, first one first."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in packages]),
        extensions=[FrenchText],
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        typo=typo,
        marked=marked,
        number=numbers.number,
        percent=numbers.percent,
        public_count=numbers.public_count,
        ordinal=numbers.ordinal,
        long_day=dates.long_day,
        day=dates.day,
        month=dates.month,
        short_month=dates.short_month,
        hour=dates.hour,
        moment=dates.moment,
        ago=dates.ago,
        duration=dates.duration,
    )
    components = SimpleNamespace()
    environment.globals.update(
        ui=components,
        asset=asset,
        icon=icon,
        charts=charts,
        count=numbers.count,
        plural=numbers.plural,
        sector=sector,
        SECTORS=SECTORS,
        OBJECTS=OBJECTS,
        STATIC_URL=STATIC_URL,
    )
    for family in COMPONENTS:
        module = environment.get_template(f"web/components/{family}.html").module
        for name, macro in vars(module).items():
            if not name.startswith("_"):
                setattr(components, name, macro)
    return environment
