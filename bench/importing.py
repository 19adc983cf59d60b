"""How fast needs come in, by the command a coordinator types."""

import tempfile
from pathlib import Path

from bench.answers import Answer, Figures, Table
from bench.filled import IMPORT_LIMIT_S, write_needs
from bench.processes import run_command


def measure_import(written: Path | None, *, rows: int) -> Answer:
    """Import that many needs in an empty database, then the same file again (nothing may enter)."""
    with tempfile.TemporaryDirectory() as folder:
        needs, database = Path(folder) / "needs.jsonl", Path(folder) / "mesure.db"
        write_needs(needs, rows, written)
        first, again = (
            run_command("import", "needs", str(needs), database=database, limit_s=IMPORT_LIMIT_S)
            for _ in range(2)
        )
    seconds = float(str(first.answer["seconds"]))
    accepted = int(str(first.answer["accepted"]))
    refused = first.answer["refused"]
    figures: Figures = {
        "rows": rows,
        "accepted": accepted,
        "refused": len(refused) if isinstance(refused, list) else 0,
        "seconds": seconds,
        "needs_per_s": round(accepted / seconds),
        "wall_s": first.wall_s,
        "peak_mib": first.peak_mib,
        "again_accepted": again.answer["accepted"],
        "again_seconds": again.answer["seconds"],
    }
    return Answer(
        key="import",
        figures=figures,
        tables=(
            Table(
                title=f"Import de {rows} besoins",
                columns=("", ""),
                rows=list(figures.items()),
            ),
        ),
    )
