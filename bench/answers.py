"""How every measure is told: one table a person can read, or one JSON object with every figure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table as RichTable

from fabrique.core.db import JsonValue

Figures = dict[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Figures in rows, with the sentence that says where the measure comes from."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[JsonValue]]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command found: the figures by key, and the tables that show them."""

    key: str
    figures: JsonValue
    tables: tuple[Table, ...]


def tell(answer: Answer, *, as_json: bool) -> None:
    """Print the JSON object alone, or the tables."""
    if as_json:
        print(json.dumps({answer.key: answer.figures}, ensure_ascii=False))
        return
    console = Console()
    for table in answer.tables:
        console.print(_drawn(table))


def written(value: JsonValue) -> str:
    """A figure as it is shown: three decimals at most, a dash for what was not measured."""
    match value:
        case None:
            return "–"
        case bool():
            return "oui" if value else "non"
        case int():
            return f"{value:,}".replace(",", " ")
        case float():
            return f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}".replace(",", " ")
        case str():
            return value
        case Mapping() | Sequence():
            return json.dumps(value, ensure_ascii=False)


def _drawn(table: Table) -> RichTable:
    drawn = RichTable(title=table.title, title_justify="left", caption=table.note or None)
    for place, column in enumerate(table.columns):
        # Nothing is cut short in a narrow terminal: it goes on under itself.
        drawn.add_column(column, justify="left" if place == 0 else "right", overflow="fold")
    for row in table.rows:
        drawn.add_row(*(written(value) for value in row))
    return drawn
