"""Alembic's environment: all models, foreign keys off during SQLite table rebuilds, one migrator at
a time on PostgreSQL."""

from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Engine, text

import steering.models  # noqa: F401 - registers every table: steering imports the domains below
from fabrique.core import (  # noqa: F401 - registers the tables of the ground floor
    journal,
    outbox,
    people,
    references,
    signin,
    territories,
)
from fabrique.core.db import Base, UtcDateTime

# Any constant works, as long as every release uses the same.
_ADVISORY_LOCK = 7_240_611


def _render(kind: str, value: object, context: AutogenContext) -> str | Literal[False]:
    # A migration outlives the code: it names plain column types, never ours.
    if kind != "type":
        return False
    if isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(value, sa.Enum):
        return f"sa.String({value.length})"
    if isinstance(value, sa.JSON):
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()


def _migrate(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            _run(connection)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise RuntimeError(f"rows without parent after migration: {broken}")
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.exec_driver_sql("BEGIN")
        return
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        _run(connection)


_migrate(context.config.attributes["engine"])
