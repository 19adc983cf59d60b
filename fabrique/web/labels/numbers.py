"""Numbers as French readers write them, and the French rule of the plural."""

from decimal import ROUND_HALF_UP, Decimal

from fabrique.web.labels.typography import NBSP

FEWEST_SHOWN = 5


def number(value: int | float | Decimal, *, decimals: int = 0) -> str:
    """Return « 1 762 » or « 12,5 »: no-break space in thousands, comma, half rounded up."""
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{exact:,f}".replace(",", NBSP).replace(".", ",").replace("-", "−")


def percent(share: float, *, decimals: int = 0) -> str:
    """Return a share between 0 and 1 as « 44 % »."""
    return f"{number(share * 100, decimals=decimals)}{NBSP}%"


def plural(n: int | float, one: str, many: str) -> str:
    """Return the singular below two, as French does: 0 témoignage, 1,5 emploi, 2 témoignages."""
    return one if abs(n) < 2 else many


def count(n: int, one: str, many: str) -> str:
    """Return the number with its word: « 47 témoignages »."""
    return f"{number(n)}{NBSP}{plural(n, one, many)}"


def public_count(n: int) -> str:
    """Return a count that may be published: under five it is « moins de 5 », and 0 stays 0."""
    return f"moins de {FEWEST_SHOWN}" if 0 < n < FEWEST_SHOWN else number(n)


def ordinal(n: int, *, feminine: bool = False) -> str:
    """Return « 1er », « 1re » or « 2e »."""
    if n == 1:
        return "1re" if feminine else "1er"
    return f"{n}e"
