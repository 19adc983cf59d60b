"""Matches and introductions: the machine proposes; a person puts aside, writes, follows up.
A passage of the machine never changes what a person put aside, brought back or sent."""

from matching.proposals.introductions import (
    fall_silent,
    introduce,
    record_answer,
    remind,
    resume,
    suspend,
)
from matching.proposals.passage import MatchCounts, propose_matches
from matching.proposals.review import bring_back, put_aside

__all__ = [
    "MatchCounts",
    "bring_back",
    "fall_silent",
    "introduce",
    "propose_matches",
    "put_aside",
    "record_answer",
    "remind",
    "resume",
    "suspend",
]
