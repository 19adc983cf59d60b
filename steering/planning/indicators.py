"""The funnel of a year, counted from dossiers: from needs to projects and jobs."""

from collections.abc import Mapping
from dataclasses import dataclass

# The six steps of the yearly report, in the order of the river.
FUNNEL = ("needs", "clusters", "opportunities", "studies", "projects", "jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """One step: how many, and the share of the step before (None when it was empty)."""

    code: str
    count: float
    share: float | None


def funnel(counts: Mapping[str, float]) -> tuple[FunnelStep, ...]:
    """The steps in order with their rate to the previous one; a missing count is 0.

    Jobs are not a part of the projects: their step has no share.
    """
    steps: list[FunnelStep] = []
    for code in FUNNEL:
        count = counts.get(code, 0)
        before = steps[-1].count if steps else 0
        share = count / before if before and code != "jobs" else None
        steps.append(FunnelStep(code=code, count=count, share=share))
    return tuple(steps)
