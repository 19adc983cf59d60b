"""Ways to reach or identify somebody: e-mail addresses, telephones, social security numbers."""

import re
from collections.abc import Iterator

import phonenumbers
from stdnum.fr import nir

Span = tuple[int, int]
"""Start and end of a passage in the text."""

# A toll-free or surcharged number belongs to a service, not to a person.
_PERSONAL_LINES = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    phonenumbers.PhoneNumberType.VOIP,
)
# Metropolitan France, La Réunion and Mayotte, Guadeloupe, Martinique, Guyane, Saint-Pierre.
_REGIONS = ("FR", "RE", "YT", "GP", "MQ", "GF", "PM")

_AT = r"(?:@|[(\[]\s?(?:at?|arobase?)\s?[)\]]|\barobase?\b)"
_DOT = r"(?:\.|\s?[(\[]\s?(?:dot|point)\s?[)\]]\s?|\s(?:dot|point)\s)"
_HAS_AT = re.compile(_AT, re.IGNORECASE)
_EMAIL = re.compile(rf"[\w.+-]{{1,64}}\s?{_AT}\s?[\w-]{{1,64}}(?:{_DOT}[\w-]+)+", re.IGNORECASE)

_MANY_DIGITS = re.compile(r"\d(?:[\s.,/_()-]{0,3}[\dAB]){8}")
# Ten digits, whatever is put between them; inside a longer number they are no telephone.
_PHONE = re.compile(
    r"(?<![\d+])(?<!\d[ ./])0[1-79](?:(?P<by>[ .,/_-]?)\d\d(?:(?P=by)\d\d){3}"
    r"|\d\d(?P<after>[ .-])\d\d(?:(?P=after)\d\d){2})(?![ ./]?\d)"
)
# Sex, year, month, département, commune, order and key (INSEE).
_NIR = re.compile(
    r"(?<!\d)[1-478][ .-]?\d{2}[ .-]?(?P<month>0[1-9]|1[0-2]|[2-9]\d)[ .-]?(?:\d{2}|2[AB])[ .-]?"
    r"\d{3}[ .-]?\d{3}(?:[ .-]?\d{2})?(?!\d)"
)


def emails(text: str) -> list[Span]:
    """Return the e-mail addresses, even written so that machines miss them."""
    return [m.span() for m in _EMAIL.finditer(text)] if _HAS_AT.search(text) else []


def social_security_numbers(text: str) -> list[Span]:
    """Return the numbers that INSEE gives to people (NIR), with their key or without."""
    if not _MANY_DIGITS.search(text):
        return []
    return [m.span() for m in _NIR.finditer(text) if _is_nir(m)]


def telephones(text: str) -> list[Span]:
    """Return the telephones of people, French ones and those that begin by their country."""
    return list(_telephones(text)) if _MANY_DIGITS.search(text) else []


def _telephones(text: str) -> Iterator[Span]:
    for match in phonenumbers.PhoneNumberMatcher(text, "FR"):
        if phonenumbers.number_type(match.number) in _PERSONAL_LINES:
            yield match.start + match.raw_string.startswith("("), match.end
    for written in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", written.group())
        if any(_is_personal(digits, region) for region in _REGIONS):
            yield written.span()


def _is_personal(digits: str, region: str) -> bool:
    return phonenumbers.number_type(phonenumbers.parse(digits, region)) in _PERSONAL_LINES


def _is_nir(written: re.Match[str]) -> bool:
    digits = written.group()
    # Digits in a row are often something else, a month of birth is mostly one of the twelve.
    looks_like_one = not digits.isdigit() or (digits[0] in "12" and written["month"] <= "12")
    return looks_like_one or bool(nir.is_valid(digits))
