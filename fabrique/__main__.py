"""``python -m fabrique``."""

from fabrique.cli import app

app(prog_name="fabrique")
