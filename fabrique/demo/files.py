"""The written data of the demonstration, read as plain values."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import cast

Record = Mapping[str, object]


def records(name: str) -> list[Record]:
    """The objects of a JSON Lines file of the data folder."""
    text = (files("fabrique.demo") / "data" / f"{name}.jsonl").read_text(encoding="utf-8")
    return [cast(Record, json.loads(line)) for line in text.splitlines() if line.strip()]


def tables(name: str) -> Mapping[str, object]:
    """The content of a TOML file of the data folder."""
    text = (files("fabrique.demo") / "data" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True, slots=True)
class Row:
    """One record with typed access; a missing or ill-typed field is an error of the data."""

    values: Record

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name, default)
        if not isinstance(value, str):
            raise TypeError(f"{name}: {value!r} is not a text")
        return value

    def number(self, name: str, default: int | None = None) -> int:
        value = self.values.get(name, default)
        if not isinstance(value, int):
            raise TypeError(f"{name}: {value!r} is not a number")
        return value

    def decimal(self, name: str, default: float = 0.0) -> float:
        value = self.values.get(name, default)
        if not isinstance(value, int | float):
            raise TypeError(f"{name}: {value!r} is not a number")
        return float(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        return bool(self.values.get(name, default))

    def texts(self, name: str) -> list[str]:
        value = self.values.get(name, [])
        if not isinstance(value, list):
            raise TypeError(f"{name}: {value!r} is not a list")
        return [str(item) for item in value]

    def rows(self, name: str) -> list["Row"]:
        return rows_of(self.values, name)

    def row(self, name: str) -> "Row":
        value = self.values.get(name, {})
        if not isinstance(value, Mapping):
            raise TypeError(f"{name}: {value!r} is not a table")
        return Row(value)


def rows_of(table: Mapping[str, object], name: str) -> list[Row]:
    """The rows of an array of tables, none when it is absent."""
    value = table.get(name, [])
    if not isinstance(value, Sequence):
        raise TypeError(f"{name}: {value!r} is not a list")
    return [Row(cast(Record, item)) for item in value]


def rows_from(name: str) -> list[Row]:
    """The rows of a JSON Lines file."""
    return [Row(record) for record in records(name)]
