"""Real commands of the house in processes of their own: what they print, how long, how much memory.

Each has a time limit and is stopped at its end: nothing keeps running after a measure.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fabrique.core.db import JsonValue

ROOT = Path(__file__).resolve().parents[1]
_LOOK_EVERY_S = 0.02


class CommandFailedError(Exception):
    """A command ended badly or went on too long; carries the end of what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One command that ended well: its JSON object, its seconds (start-up included), its peak."""

    answer: Mapping[str, JsonValue]
    wall_s: float
    peak_mib: float


def environment(database: Path | None) -> dict[str, str]:
    """Return the environment of a command that works on this SQLite file."""
    settings = {} if database is None else {"FABRIQUE_DATABASE_URL": f"sqlite:///{database}"}
    return os.environ | settings


def run_command(*arguments: str, database: Path | None = None, limit_s: float) -> Done:
    """Run `python -m fabrique …` with `--json`; raises ``CommandFailedError``."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "fabrique", *arguments, "--json"],
            cwd=ROOT,
            env=environment(database),
            stdout=said,
            stderr=complained,
        )
        peak = _peak_until_end(process, deadline=started + limit_s)
        wall = time.perf_counter() - started
        said.seek(0)
        complained.seek(0)
        if process.returncode != 0:
            end = complained.read().decode(errors="replace")[-2000:]
            raise CommandFailedError(f"fabrique {' '.join(arguments)} : {end}")
        answer = json.loads(said.read())
    return Done(answer=answer, wall_s=round(wall, 3), peak_mib=peak)


def _peak_until_end(process: subprocess.Popen[bytes], *, deadline: float) -> float:
    """Wait for the end and return the peak of resident memory seen, in MiB (Linux)."""
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, peak_mib(process.pid))
        if time.perf_counter() > deadline:
            process.kill()
            process.wait()
            break
        time.sleep(_LOOK_EVERY_S)
    return peak


def peak_mib(process_id: int) -> float:
    """Return the highest resident memory of a living process (`VmHWM`), 0 where unknown."""
    try:
        status = Path(f"/proc/{process_id}/status").read_text()
    except OSError:
        return 0.0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return round(int(lines[0].split()[1]) / 1024, 1) if lines else 0.0


def cpu_seconds(process_id: int) -> float:
    """Return the processor time a process has used, in seconds (Linux, by hundredths).

    It does not depend on who else uses the machine, as seconds on the clock do.
    """
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
