"""Schema migrations: ``upgrade`` brings a database to the current models."""

import io
from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine


def configuration(engine: Engine) -> Config:
    """The Alembic configuration bound to an engine."""
    with as_file(files("fabrique.migrations")) as folder:
        # Alembic talks on standard output, which belongs to the commands.
        config = Config(stdout=io.StringIO())
        config.set_main_option("script_location", str(folder))
        config.attributes["engine"] = engine
        return config


def upgrade(engine: Engine) -> None:
    """Apply every migration that is not yet applied."""
    command.upgrade(configuration(engine), "head")


def check(engine: Engine) -> None:
    """Raise ``alembic.util.CommandError`` if the models are ahead of the migrations."""
    command.check(configuration(engine))
