"""How long a newcomer waits for the demonstration, from the command to the documents."""

import tempfile

from bench.answers import Answer, Figures, Table
from bench.processes import run_command

_LIMIT_S = 600


def measure_demo() -> Answer:
    """Run `demo --once` in a fresh folder."""
    with tempfile.TemporaryDirectory() as folder:
        done = run_command("demo", "--once", "--output", folder, limit_s=_LIMIT_S)
    steps: Figures = {
        name: counts["seconds"]
        for name, counts in done.answer.items()
        if isinstance(counts, dict) and "seconds" in counts
    }
    figures: Figures = {
        "seconds": done.answer["seconds"],
        "wall_s": done.wall_s,
        "peak_mib": done.peak_mib,
        "steps": steps,
    }
    rows = [*((f"étape {name} (s)", seconds) for name, seconds in steps.items())]
    rows += [
        ("en tout (s)", done.answer["seconds"]),
        ("démarrage compris (s)", done.wall_s),
        ("mémoire (Mio)", done.peak_mib),
    ]
    return Answer(
        key="demo",
        figures=figures,
        tables=(Table(title="demo --once", columns=("", ""), rows=rows),),
    )
