"""The four objects of the trade: their words and their pictograms, in the order of the river."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeObject:
    """One of the four objects, with its word in the singular and in the plural."""

    code: str
    one: str
    many: str


OBJECTS: dict[str, TradeObject] = {
    code: TradeObject(code=code, one=one, many=many)
    for code, one, many in (
        ("need", "besoin", "besoins"),
        ("cluster", "regroupement", "regroupements"),
        ("opportunity", "opportunité", "opportunités"),
        ("project", "projet", "projets"),
    )
}
