"""Somebody who types commands, in this process or in one of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from capture.models import Need
from fabrique.cli import app
from fabrique.core.db import Base, engine_for

ROOT = Path(__file__).resolve().parents[1]
CAR = "Le dernier car part à 17 h 40, le cours finit à 18 h."
DOCTOR = "Plus un seul médecin ne prend de patients dans le canton."
CSV = (
    "id;texte;commune;date\n"
    f"a-1;{CAR};Hirson;2026-11-03\n"
    f"a-2;{DOCTOR};02789;04/11/2026\n"
    "a-3;Trop court;Hirson;\n"
    f"a-4;{CAR};Trifouillis-les-Oies;\n"
    f"a-5;{CAR};Hirson;un jour\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command that has ended: its code, what it printed, what it said beside."""

    code: int
    stdout: str
    stderr: str

    @property
    def values(self) -> dict[str, object]:
        """The one JSON object of standard output."""
        assert self.code == 0, self.stderr
        found = json.loads(self.stdout)
        assert isinstance(found, dict)
        assert self.stdout.count("\n") == 1
        return found

    @property
    def said(self) -> str:
        """Everything people read, with plain spaces and apostrophes."""
        return " ".join(f"{self.stdout} {self.stderr}".replace("\u2019", "'").split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Somebody who types commands on one database."""

    url: str
    folder: Path

    def typed(self, *words: str, **settings: str) -> Typed:
        """Call a command here."""
        environment = {"FABRIQUE_DATABASE_URL": self.url, "COLUMNS": "200"} | settings
        ended = CliRunner().invoke(app, list(words), env=environment)
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return Typed(code=ended.exit_code, stdout=ended.stdout, stderr=ended.stderr)

    @contextmanager
    def started(self, *words: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
        """A command in a process of its own, which does not outlive the block."""
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "FABRIQUE_DATABASE_URL": self.url,
            **settings,
        }
        with subprocess.Popen(
            [sys.executable, "-m", "fabrique", *words],
            cwd=self.folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def count(self, table: type[Base] = Need) -> int:
        """The number of rows of a table."""
        engine = engine_for(self.url)
        with Session(engine) as session:
            counted = session.scalar(select(func.count()).select_from(table)) or 0
        engine.dispose()
        return counted

    def file(self, name: str, content: str | bytes) -> str:
        """Write a file and return its path."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)
