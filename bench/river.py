"""The whole chain on a file of real needs: import, regroup, sign, match, agenda.

Commands where a person types one, verbs in a coordinator's name where a person signs.
"""

import datetime as dt
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import func, select

from bench.answers import Answer, Figures, Table
from bench.filled import IMPORT_LIMIT_S, REGROUP_LIMIT_S, a_coordinator
from bench.gold import read_ids
from bench.processes import Done, run_command
from capture.models import Cluster, ClusterMember, ClusterState, Need
from capture.opportunities import open_opportunity
from fabrique.core.db import Database, JsonValue, engine_for
from fabrique.core.signin import person_actor
from fabrique.demo.directory import load_directory

SIGNED = 20
_STEP_LIMIT_S = 600


def measure_river(needs: Path) -> Answer:
    """Run the chain in a fresh database and check that every id that came in is accounted for."""
    sent = read_ids(needs)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "mesure.db"
        steps = {
            "import": run_command(
                "import", "needs", str(needs.resolve()), database=database, limit_s=IMPORT_LIMIT_S
            ),
            "regroup": run_command("regroup", database=database, limit_s=REGROUP_LIMIT_S),
        }
        signing = _sign_largest(database)
        steps["match"] = run_command("match", database=database, limit_s=_STEP_LIMIT_S)
        steps["agenda"] = run_command(
            "agenda", "--output", folder, database=database, limit_s=_STEP_LIMIT_S
        )
        lost = _lost(database, sent, steps["import"].answer, steps["regroup"].answer)
    told: Figures = {name: _step(done) for name, done in steps.items()}
    figures: Figures = {
        **told,
        "sign": signing,
        "peak_mib": max(done.peak_mib for done in steps.values()),
        "seconds": sum(done.wall_s for done in steps.values()) + float(str(signing["seconds"])),
        "lost": lost,
        "nothing_lost": not any(lost.values()),
    }
    rows: list[tuple[str, float | None, float | None, str]] = [
        (name, done.wall_s, done.peak_mib, _counts(_step(done))) for name, done in steps.items()
    ]
    rows.insert(2, ("sign", float(str(signing["seconds"])), None, _counts(signing)))
    rows.append(("rien de perdu", None, None, "oui" if not any(lost.values()) else str(lost)))
    return Answer(
        key="river",
        figures=figures,
        tables=(
            Table(
                title=f"La chaîne sur {needs.name}",
                columns=("étape", "secondes", "mémoire (Mio)", "comptes"),
                rows=rows,
            ),
        ),
    )


def _sign_largest(database: Path) -> Figures:
    """Sign the largest groups and enter the demonstration's directory, as a coordinator would."""
    base = Database(engine_for(f"sqlite:///{database}"))
    now = dt.datetime.now(dt.UTC)
    started = time.perf_counter()
    with base.unit_of_work() as session:
        actor = person_actor(a_coordinator(session, now=now))
        directory = load_directory(session, actor, now=now)
        size = func.count(ClusterMember.need_id)
        largest = session.execute(
            select(Cluster.reference, Cluster.title, size)
            .join(ClusterMember, ClusterMember.cluster_id == Cluster.id)
            .where(Cluster.state == ClusterState.PROPOSED)
            .group_by(Cluster.id)
            .order_by(size.desc(), Cluster.id)
            .limit(SIGNED)
        ).all()
        for reference, title, _size in largest:
            open_opportunity(session, actor, reference, title=title, summary="", now=now)
    base.close()
    return {
        "signed": len(largest),
        "largest": [{"title": title, "needs": needs} for _ref, title, needs in largest],
        **directory,
        "seconds": round(time.perf_counter() - started, 3),
    }


def _lost(
    database: Path,
    sent: set[str],
    imported: Mapping[str, JsonValue],
    regrouped: Mapping[str, JsonValue],
) -> dict[str, int]:
    """Return how many ids of the file are nowhere, and how many needs no step accounts for."""
    base = Database(engine_for(f"sqlite:///{database}"))
    with base.reading() as session:
        kept = set(session.scalars(select(Need.source_id)))
        members = session.scalar(select(func.count(ClusterMember.need_id))) or 0
    base.close()
    refusals = imported["refused"]
    refused = (
        {str(one["source_id"]) for one in refusals if isinstance(one, dict)}
        if isinstance(refusals, list)
        else set()
    )
    counted = {
        name: int(str(regrouped[name])) for name in ("needs", "grouped", "isolated", "out_of_scope")
    }
    return {
        "ids_nowhere": len(sent - kept - refused),
        "ids_from_nowhere": len(kept - sent),
        "needs_not_regrouped": abs(len(kept) - counted["needs"]),
        "needs_without_outcome": abs(
            counted["needs"] - counted["grouped"] - counted["isolated"] - counted["out_of_scope"]
        ),
        "members_not_counted": abs(members - counted["grouped"]),
    }


def _step(done: Done) -> Figures:
    """Return what a step said, a list of refusals being replaced by how many there are."""
    counts: Figures = {
        name: len(value) if name == "refused" and isinstance(value, list) else value
        for name, value in done.answer.items()
        if name != "files"
    }
    return {**counts, "wall_s": done.wall_s, "peak_mib": done.peak_mib}


def _counts(step: Figures) -> str:
    return ", ".join(
        f"{name} {value}"
        for name, value in step.items()
        if isinstance(value, int) and not isinstance(value, bool)
    )
