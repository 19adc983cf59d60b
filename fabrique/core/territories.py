"""The fabriques of the instance and the territories they work on: sets of communes.
The reference table of communes itself is in ``places``."""

import datetime as dt

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fabrique.core.db import Base, Owned


class Fabrique(Base):
    """One fabrique à initiatives, carried by one organisation."""

    __tablename__ = "fabrique"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    region_name: Mapped[str] = mapped_column(String(200))
    carrier_name: Mapped[str] = mapped_column(String(200))
    # The host name under which this fabrique is reached when the instance holds several.
    host: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[dt.datetime]


class Territory(Owned, Base):
    """A named set of communes on which people hold roles and committees sit."""

    __tablename__ = "territory"
    __table_args__ = (UniqueConstraint("fabrique_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))


class TerritoryCommune(Base):
    """One commune of a territory, by INSEE code."""

    __tablename__ = "territory_commune"

    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), primary_key=True)
    insee_code: Mapped[str] = mapped_column(String(5), primary_key=True, index=True)
