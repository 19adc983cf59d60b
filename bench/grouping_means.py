"""The figures of a grouping, for one question set or on average over several, and their table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.answers import Figures, Table

At = Mapping[str, Mapping[str, float]]
"""Figures by what was known: « own_k » (the method chose how many groups) or « known_k »."""

_SHOWN = ("k", "v", "ari", "pairwise_f1", "b3_f1", "seconds")
_SOURCES = (
    "V : Rosenberg et Hirschberg 2007 ; ARI : Hubert et Arabie 1985 ; "
    "B³ : Bagga et Baldwin 1998 ; un besoin isolé est un groupe d’un seul"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the engine and each peer found; `absent` names the peers that have no answer.

    `learnt` of the needs scored were taught with their sector, `learnt_groups` with their group;
    `seconds` are the engine's, reading included, at its own number of groups; `group_seconds` are
    those of the grouping alone; `out_of_scope` needs would be set aside by the service before any
    grouping, here they are grouped like the others.
    """

    scored: int
    learnt: int
    learnt_groups: int
    given: int
    groups: float
    out_of_scope: int
    seconds: float
    group_seconds: float
    engine: At
    peers: Mapping[str, At]
    absent: Mapping[str, str]

    def as_json(self) -> Figures:
        """Every figure by name."""
        return {
            "n": self.scored,
            "learnt": self.learnt,
            "learnt_groups": self.learnt_groups,
            "given": self.given,
            "groups": self.groups,
            "out_of_scope": self.out_of_scope,
            "engine": self.engine,
            "peers": {**self.peers, **{name: {"absent": why} for name, why in self.absent.items()}},
            "times_best_peer": times_best_peer(self),
            "seconds": round(self.seconds, 3),
            "group_seconds": round(self.group_seconds, 3),
        }


def means(sets: Sequence[Measured]) -> Measured:
    """Return the mean of every figure over the sets, each counting the same; sizes are summed.

    A peer that is absent from one set is absent from the mean.
    """
    if len(sets) == 1:
        return sets[0]
    told = [name for name in sets[0].peers if all(name in one.peers for one in sets)]
    return Measured(
        scored=sum(one.scored for one in sets),
        learnt=sum(one.learnt for one in sets),
        learnt_groups=sum(one.learnt_groups for one in sets),
        given=sum(one.given for one in sets),
        groups=sum(one.groups for one in sets) / len(sets),
        out_of_scope=sum(one.out_of_scope for one in sets),
        seconds=sum(one.seconds for one in sets),
        group_seconds=sum(one.group_seconds for one in sets),
        engine=_mean([one.engine for one in sets]),
        peers={name: _mean([one.peers[name] for one in sets]) for name in told},
        absent={name: why for one in sets for name, why in one.absent.items()},
    )


def times_best_peer(measured: Measured) -> dict[str, float | None]:
    """Return how many times the best peer's figure the engine's is, at its own number of groups.

    A peer may know the number of groups: the best of its figures counts.
    """
    times: dict[str, float | None] = {}
    for name in ("v", "ari", "b3_f1"):
        best = max(
            (at[name] for peer in measured.peers.values() for at in peer.values()), default=0.0
        )
        times[name] = measured.engine["own_k"][name] / best if best > 0 else None
    return times


def table(measured: Measured, *, title: str, left_out: Sequence[str] = ()) -> Table:
    """Return the engine and the peers, one line for each number of groups.

    `left_out` names the questions that could not be measured.
    """
    methods = {"moteur": measured.engine, **measured.peers}
    rows: list[Sequence[str | float | None]] = [
        (name, "connu" if at == "known_k" else "choisi", *(figures.get(one) for one in _SHOWN))
        for name, by_count in methods.items()
        for at, figures in by_count.items()
    ]
    return Table(
        title=title,
        columns=("", "nombre", "groupes", "V", "ARI", "F1 des paires", "B³ F1", "secondes"),
        rows=rows,
        note=" ; ".join(_notes(measured, left_out)),
    )


def _notes(measured: Measured, left_out: Sequence[str]) -> list[str]:
    learnt = (
        "besoins dont le modèle a appris le secteur, donc pas nouveaux :"
        f" {measured.learnt} sur {measured.scored}, dont {measured.learnt_groups} avec leur groupe"
    )
    return [
        learnt,
        "moteur, nombre connu : méthode de Ward, et non celle du service",
        *(f"{name} est absent : {why}" for name, why in measured.absent.items()),
        *(f"laissée de côté, moins de deux besoins groupés : {name}" for name in left_out),
        _SOURCES,
    ]


def _mean(ats: Sequence[At]) -> dict[str, dict[str, float]]:
    return {
        at: {name: sum(one[at][name] for one in ats) / len(ats) for name in ats[0][at]}
        for at in ats[0]
    }
