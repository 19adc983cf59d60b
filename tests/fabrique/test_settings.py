"""Settings refuse what would be dangerous in production."""

import pytest
from pydantic import ValidationError

from fabrique.core.settings import Settings

SAFE = {
    "production": True,
    "secret_key": "a-long-random-key-of-this-installation",
    "base_url": "https://fabrique.example",
    "database_url": "postgresql://fabrique@localhost/fabrique",
}


def test_safe_production_is_accepted() -> None:
    assert Settings(**SAFE).origin == "https://fabrique.example"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"secret_key": "development-only-secret-never-in-production"}, "FABRIQUE_SECRET_KEY"),
        ({"base_url": "http://fabrique.example"}, "https://"),
        ({"demo": True}, "FABRIQUE_DEMO"),
        ({"database_url": "sqlite:///x.db", "replicas": 2}, "PostgreSQL"),
    ],
)
def test_unsafe_production_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Settings(**(SAFE | change))


def test_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FABRIQUE_DATABASE_URL", "sqlite:///ailleurs.db")
    assert Settings().database_url == "sqlite:///ailleurs.db"
