"""The page: the frame around every screen, and `render`, which answers it whole or in part."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from fabrique.web.environment import make_environment

if TYPE_CHECKING:
    from _typeshed import DataclassInstance as PageContext


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationEntry:
    """An entry of the main navigation; `count_label` says the count aloud: « 24 à décider »."""

    label: str
    href: str
    count: int | None = None
    count_label: str | None = None
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A word and where it leads."""

    label: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """What has just happened, said once: kind is `ok`, `info`, `attention` or `danger`."""

    sentence: str
    kind: str = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """The last act that can be undone, and the form that undoes it."""

    sentence: str
    action: str
    name: str = "undo"
    value: str = "1"


FOOTER = (
    Link(label="Accessibilité : non conforme", href="/accessibilite"),
    Link(label="Mentions légales", href="/mentions-legales"),
    Link(label="Données personnelles", href="/donnees-personnelles"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What surrounds every page; built once per request and kept in `request.state.frame`.

    `theme` is `light`, `dark` or None (as the device says); `today` is the day at Paris.
    """

    fabrique_name: str
    fabrique_subtitle: str
    fabrique_sentence: str
    navigation: tuple[NavigationEntry, ...]
    path: str
    today: date
    home: str = "/"
    person_name: str | None = None
    account_href: str = "/compte"
    theme: str | None = None
    flash: tuple[Flash, ...] = ()
    undo: Undo | None = None
    footer: tuple[Link, ...] = FOOTER


class Templates:
    """The templates of the house and of its domains; one per application, in `app.state`."""

    def __init__(self, packages: Sequence[str]) -> None:
        """Read the `templates` folder of each package; ValueError if one has none."""
        self.environment: Environment = make_environment(packages)

    def page(
        self, name: str, context: "PageContext", frame: Frame, block: str | None = None
    ) -> str:
        """Return a whole page, or only one of its blocks; KeyError if it has no such block."""
        variables = {item.name: getattr(context, item.name) for item in fields(context)}
        taken = variables.keys() & (self.environment.globals.keys() | {"frame"})
        if taken:
            raise ValueError(f"{type(context).__name__} hides {sorted(taken)} of the environment")
        variables["frame"] = frame
        template = self.environment.get_template(name)
        if block is None:
            return template.render(variables)
        return "".join(template.blocks[block](template.new_context(variables)))


def render(
    request: Request,
    name: str,
    context: "PageContext",
    *,
    block: str | None = None,
    status: int = 200,
) -> Response:
    """Answer the page, or only the block when htmx asks for a part of it."""
    templates: Templates = request.app.state.templates
    part = block if wants_part(request) else None
    html = templates.page(name, context, request.state.frame, part)
    return HTMLResponse(html, status_code=status, headers={"Vary": "HX-Request"})


def wants_part(request: Request) -> bool:
    """Tell whether htmx asks for a part of the page, not the whole of it."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-Request-Type") != "full"
