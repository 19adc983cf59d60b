"""The usual agenda of each committee: topics in order, with their minutes and their titles.
The words are in ``outlines.toml``, read by the caller and given here as text."""

import tomllib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One section of the usual agenda. ``title`` and ``proposal`` hold braces for the facts;
    ``rapporteur`` presents it when it is nobody's dossier.
    """

    code: str
    rank: int
    kind: str
    minutes: int
    title: str
    is_mandatory: bool
    proposal: str
    rapporteur: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The topics of one kind of committee, by code, and its usual proposals by verdict."""

    topics: dict[str, Topic]
    verdicts: dict[str, str]


def outlines(text: str) -> dict[str, Outline]:
    """The outlines by kind of committee (``copil``, ``cotech``), from the text of the file.

    Raises ``tomllib.TOMLDecodeError``, ``KeyError`` or ``TypeError`` if the file is not one.
    """
    read = tomllib.loads(text)
    return {
        committee: Outline(
            topics={
                row["topic"]: Topic(
                    code=row["topic"],
                    rank=rank,
                    kind=row["kind"],
                    minutes=row["minutes"],
                    title=row["title"],
                    is_mandatory=row.get("mandatory", False),
                    proposal=row.get("proposal", ""),
                    rapporteur=row.get("rapporteur", read["rapporteur"]),
                )
                for rank, row in enumerate(rows)
            },
            verdicts=dict(read["verdicts"]),
        )
        for committee, rows in read["committees"].items()
    }
