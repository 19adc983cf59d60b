"""Groupings: what the machine reads and proposes, what people decide, and how to go back.
A run of the machine never overwrites a person."""

from capture.grouping.arrivals import place_new_needs
from capture.grouping.drafting import draft_regrouping
from capture.grouping.reading import read_new_needs
from capture.grouping.regrouping import RegroupCounts, apply_regrouping, regroup
from capture.grouping.reshaping import gather, merge, split
from capture.grouping.review import (
    answer_change,
    confirm,
    keep_apart,
    move,
    pin,
    rename,
    set_aside,
    withdraw_constraint,
)
from capture.grouping.teaching import apply_hearing, draft_hearing
from capture.grouping.tying import tie
from capture.grouping.undoing import undo

__all__ = [
    "RegroupCounts",
    "answer_change",
    "apply_hearing",
    "apply_regrouping",
    "confirm",
    "draft_hearing",
    "draft_regrouping",
    "gather",
    "keep_apart",
    "merge",
    "move",
    "pin",
    "place_new_needs",
    "read_new_needs",
    "regroup",
    "rename",
    "set_aside",
    "split",
    "tie",
    "undo",
    "withdraw_constraint",
]
