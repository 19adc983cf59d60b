"""The six errors of the house. The domain raises them; only the web and the command line turn
them into a status or a French sentence, found by their code in the catalogue of sentences."""

from collections.abc import Mapping

Fact = str | int | float | bool | None


class FabriqueError(Exception):
    """Something a person can be told: a stable code and the facts its sentence needs."""

    def __init__(self, code: str, **facts: Fact) -> None:
        super().__init__(code)
        self.code = code
        self.facts: Mapping[str, Fact] = facts


class SignInNeeded(FabriqueError):
    """Nobody is signed in and the page is for somebody."""

    def __init__(self) -> None:
        super().__init__("sign_in.needed")


class Forbidden(FabriqueError):
    """The person sees the thing but may not do this to it."""


class NotFound(FabriqueError):
    """The thing does not exist, or the person may not know that it does."""

    def __init__(self, code: str = "page.unknown", **facts: Fact) -> None:
        super().__init__(code, **facts)


class Invalid(FabriqueError):
    """A value cannot be taken: ``field`` says which, the code says why."""

    def __init__(self, code: str, *, field: str, **facts: Fact) -> None:
        super().__init__(code, field=field, **facts)
        self.field = field


class Conflict(FabriqueError):
    """The thing is no longer in a state where this can be done."""


class Unavailable(FabriqueError):
    """An outside service did not answer."""
