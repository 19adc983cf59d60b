"""Every setting of the service, read once from ``FABRIQUE_*`` and passed to who needs it.
Nothing else reads the environment; there is no global settings object."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "development-only-secret-never-in-production"  # noqa: S105 - refused below


class Settings(BaseSettings):
    """Frozen settings; unsafe values are refused in production."""

    model_config = SettingsConfigDict(env_prefix="FABRIQUE_", frozen=True)

    production: bool = Field(False, description="refuse les réglages dangereux")
    database_url: str = Field("sqlite:///fabrique.db", description="base SQLite ou PostgreSQL")
    base_url: str = Field("http://127.0.0.1:8000", description="adresse publique du service")
    secret_key: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET), description="clé qui scelle codes et sessions"
    )
    smtp_url: str = Field("", description="serveur d’envoi, smtp://utilisateur:secret@hôte:port")
    mail_from: str = Field(
        "ne-pas-repondre@fabrique.example", description="adresse d’expédition des messages"
    )
    replicas: int = Field(1, ge=1, description="nombre de serveurs qui partagent la base")
    threads: int = Field(20, ge=2, le=100, description="requêtes traitées en même temps")
    communes_path: Path | None = Field(
        None, description="table des communes rafraîchie, à la place de celle fournie"
    )
    vectoriser_path: Path | None = Field(
        None, description="dossier d’un modèle spaCy ou sentence-transformers"
    )
    demo: bool = Field(False, description="identités de démonstration en un clic")

    @property
    def origin(self) -> str:
        """Scheme, host and port that browsers send as ``Origin``."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def is_https(self) -> bool:
        """Whether cookies may demand a secure connection."""
        return self.base_url.startswith("https://")

    @field_validator("database_url")
    @classmethod
    def _refuse_other_databases(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql", "postgres://")):
            raise ValueError(f"« {url} » n’est ni sqlite:///… ni postgresql://…")
        return url

    @field_validator("communes_path", "vectoriser_path")
    @classmethod
    def _refuse_missing_paths(cls, path: Path | None) -> Path | None:
        if path is not None and not path.exists():
            raise ValueError(f"« {path} » n’existe pas")
        return path

    @model_validator(mode="after")
    def _refuse_unsafe_production(self) -> "Settings":
        if not self.production:
            return self
        if self.secret_key.get_secret_value() == DEVELOPMENT_SECRET:
            raise ValueError("FABRIQUE_SECRET_KEY manque : la clé de développement est publique")
        if not self.is_https:
            raise ValueError("FABRIQUE_BASE_URL doit commencer par https:// en production")
        if self.demo:
            raise ValueError("FABRIQUE_DEMO ouvre les comptes sans code : interdit en production")
        if self.replicas > 1 and self.database_url.startswith("sqlite"):
            raise ValueError("plusieurs serveurs demandent PostgreSQL (FABRIQUE_DATABASE_URL)")
        return self
