"""What cannot be measured is told in one French sentence, before anything is printed."""

from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from bench.processes import CommandFailedError
from fabrique.web.labels.typography import typo

_REFUSED = 2


class FrenchGroup(TyperGroup):
    """Commands whose refusals end with one sentence on standard error and the exit code 2."""

    def invoke(self, ctx: typer.Context) -> Any:
        """Call the command asked for."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as refused:
            said = refused.message if refused.param is None else _about(refused.param.opts[0])
        except CommandFailedError as failed:
            said = str(failed)
        Console(stderr=True).print(typo(said), style="red", soft_wrap=True, markup=False)
        raise typer.Exit(_REFUSED)


def _about(option: str) -> str:
    # What the framework says of an option of its own is in English.
    return f"« {option} » manque ou ne convient pas : --help dit ce qui est attendu."
