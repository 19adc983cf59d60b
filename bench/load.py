"""How long pages take when many people read at once, on the real server and a large SQLite base.

Three ways of reading: one reader alone; all at once without ever pausing, which keeps the server
full whatever its speed; all at once with a second between pages, which is already hurried.
"""

import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func, select

from bench.answers import Answer, Figures, Table
from bench.filled import a_coordinator, fill, write_needs
from bench.measures import percentile
from bench.processes import cpu_seconds, peak_mib
from bench.readers import Page, Read, read_pages
from bench.server import Server, serving
from capture.models import Cluster, ClusterMember, Need
from fabrique.core.db import Database, engine_for
from fabrique.core.settings import Settings
from fabrique.core.signin import Seal, open_session
from fabrique.web.deps import session_cookie

_ALONE = 40
_PAUSE_S = 1.0
_PAUSED_PAGES = 20
_OK = 200


def measure_load(
    written: Path | None, database: Path | None, *, rows: int, readers: int, requests: int
) -> Answer:
    """Fill a database if none is given, serve it, read its main pages, stop the server."""
    with tempfile.TemporaryDirectory() as folder:
        if database is None:
            database = Path(folder) / "mesure.db"
            needs = Path(folder) / "needs.jsonl"
            write_needs(needs, rows, written)
            fill(database, needs)
        count, pages = _pages(database.resolve())
        with serving(database.resolve()) as server:
            read_pages(server.port, pages, readers=1, requests=2 * len(pages))
            alone, spent = _one_by_one(server, pages)
            full = read_pages(server.port, pages, readers=readers, requests=requests)
            paused = read_pages(
                server.port,
                pages,
                readers=readers,
                requests=readers * _PAUSED_PAGES,
                pause_s=_PAUSE_S,
            )
            memory = peak_mib(server.process_id)
    ways = {"alone": alone, "full": full, "paused": paused}
    figures: Figures = {
        "needs": count,
        "readers": readers,
        "requests": len(full),
        "peak_mib": memory,
        "cpu_ms": spent,
        **{name: _figures(reads, pages) for name, reads in ways.items()},
    }
    return Answer(
        key="load",
        figures=figures,
        tables=(
            *(
                _table(reads, pages, title=f"{title}, {count} besoins")
                for title, reads in (
                    ("Un seul lecteur", alone),
                    (f"{readers} lecteurs sans pause", full),
                    (f"{readers} lecteurs, une seconde entre deux pages", paused),
                )
            ),
            Table(
                title="Processeur du serveur par page",
                columns=("page", "ms"),
                rows=list(spent.items()),
                note="ne dépend pas de ce que fait la machine par ailleurs",
            ),
        ),
    )


def _one_by_one(server: Server, pages: Sequence[Page]) -> tuple[list[Read], dict[str, float]]:
    """Read each page many times, one reader alone; what was read, and processor ms by page."""
    reads: list[Read] = []
    spent: dict[str, float] = {}
    for page in pages:
        before = cpu_seconds(server.process_id)
        reads += read_pages(server.port, [page], readers=1, requests=_ALONE)
        used = cpu_seconds(server.process_id) - before
        spent[page.name] = round(1000 * used / _ALONE, 1)
    return reads, spent


def _pages(database: Path) -> tuple[int, list[Page]]:
    """Return how many needs there are and the pages to read, signed in where it is asked."""
    base = Database(engine_for(f"sqlite:///{database}"))
    settings, now = Settings(), dt.datetime.now(dt.UTC)
    seal = Seal(settings.secret_key.get_secret_value())
    with base.unit_of_work() as session:
        person = a_coordinator(session, now=now)
        token = open_session(session, seal, person, user_agent="bench", now=now)
        count = session.scalar(select(func.count(Need.id))) or 0
        largest = session.scalar(
            select(Cluster.reference)
            .join(ClusterMember, ClusterMember.cluster_id == Cluster.id)
            .group_by(Cluster.id)
            .order_by(func.count().desc(), Cluster.id)
            .limit(1)
        )
    base.close()
    cookie = f"{session_cookie(settings)}={token}"
    return count, [
        Page(name="accueil", path="/"),
        Page(name="besoins", path="/besoins", cookie=cookie),
        Page(name="regroupements", path="/regroupements", cookie=cookie),
        Page(name="un regroupement", path=f"/regroupements/{largest}", cookie=cookie),
        Page(name="signaler", path="/besoins/nouveau"),
    ]


def _figures(reads: Sequence[Read], pages: Sequence[Page]) -> Figures:
    return {
        "all": _times(reads),
        **{page.name: _times([r for r in reads if r.page == page.name]) for page in pages},
    }


def _times(reads: Sequence[Read]) -> dict[str, float]:
    spent = [read.ms for read in reads]
    return {
        "n": len(reads),
        "failed": sum(read.status != _OK for read in reads),
        "p50_ms": round(percentile(spent, 0.5), 2),
        "p95_ms": round(percentile(spent, 0.95), 2),
        "max_ms": round(max(spent), 2),
    }


def _table(reads: Sequence[Read], pages: Sequence[Page], *, title: str) -> Table:
    columns = ("n", "failed", "p50_ms", "p95_ms", "max_ms")
    lines = [("toutes", _times(reads))]
    lines += [(page.name, _times([r for r in reads if r.page == page.name])) for page in pages]
    return Table(
        title=title,
        columns=("page", "lues", "échouées", "p50 (ms)", "p95 (ms)", "max (ms)"),
        rows=[(name, *(times[column] for column in columns)) for name, times in lines],
    )
