import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrique.web.environment import STATIC, icon_names
from fabrique.web.labels import dates, numbers
from fabrique.web.labels.objects import OBJECTS
from fabrique.web.labels.sectors import SECTORS, sector
from fabrique.web.labels.sentences import FIELD_SENTENCES, SENTENCES, field_sentence, sentence

PARIS_AFTERNOON = dt.datetime(2026, 11, 23, 13, 5, tzinfo=dt.UTC)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_dates_are_written_as_french_readers_say_them() -> None:
    assert plain(dates.long_day(dt.date(2026, 11, 23))) == "lundi 23 novembre 2026"
    assert plain(dates.long_day(dt.date(2026, 5, 1))) == "vendredi 1er mai 2026"
    assert plain(dates.day(dt.date(2026, 5, 1))) == "1er mai 2026"
    assert plain(dates.day(dt.date(2026, 5, 12), dt.date(2026, 11, 23))) == "12 mai"
    assert plain(dates.day(dt.date(2025, 5, 12), dt.date(2026, 11, 23))) == "12 mai 2025"
    assert plain(dates.month(dt.date(2026, 8, 3))) == "août 2026"
    assert dates.short_month(dt.date(2026, 12, 3)) == "déc."


def test_hours_are_those_of_paris() -> None:
    assert plain(dates.hour(PARIS_AFTERNOON)) == "14 h 05"
    assert plain(dates.hour(dt.time(14))) == "14 h"
    assert plain(dates.hour(dt.time(14), minutes=True)) == "14 h 00"
    assert plain(dates.moment(PARIS_AFTERNOON)) == "23 novembre 2026, 14 h 05"
    assert plain(dates.day(dt.datetime(2026, 6, 30, 22, 30, tzinfo=dt.UTC))) == "1er juillet 2026"


def test_a_moment_without_time_zone_is_refused() -> None:
    naive = PARIS_AFTERNOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        dates.hour(naive)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (dt.date(2026, 11, 23), "aujourd’hui"),
        (dt.date(2026, 11, 22), "hier"),
        (dt.date(2026, 11, 24), "demain"),
        (dt.date(2026, 11, 19), "19 novembre"),
    ],
)
def test_ago_names_the_near_days(shown: dt.date, expected: str) -> None:
    assert plain(dates.ago(shown, dt.date(2026, 11, 23))) == expected


@pytest.mark.parametrize(("minutes", "said"), [(45, "45 min"), (120, "2 h"), (90, "1 h 30")])
def test_duration_in_hours_and_minutes(minutes: int, said: str) -> None:
    assert plain(dates.duration(minutes)) == said


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (1762, 0, "1 762"),
        (12.5, 1, "12,5"),
        (Decimal("2.25"), 1, "2,3"),
        (-3, 0, "−3"),
        (1_000_000, 0, "1 000 000"),
    ],
)
def test_numbers_have_french_separators(
    value: int | float | Decimal, decimals: int, written: str
) -> None:
    assert plain(numbers.number(value, decimals=decimals)) == written


def test_plural_begins_at_two() -> None:
    counted = [plain(numbers.count(n, "témoignage", "témoignages")) for n in (0, 1, 2, 1762)]
    assert counted == ["0 témoignage", "1 témoignage", "2 témoignages", "1 762 témoignages"]
    assert numbers.plural(1.9, "emploi", "emplois") == "emploi"


def test_small_counts_are_masked_in_public() -> None:
    shown = [plain(numbers.public_count(n)) for n in (0, 1, 4, 5, 12)]
    assert shown == ["0", "moins de 5", "moins de 5", "5", "12"]


def test_percent_and_ordinals() -> None:
    assert plain(numbers.percent(0.444)) == "44 %"
    assert [numbers.ordinal(n) for n in (1, 2)] == ["1er", "2e"]
    assert numbers.ordinal(1, feminine=True) == "1re"


@given(st.integers(min_value=0, max_value=10**9))
def test_a_written_number_is_read_back(value: int) -> None:
    assert int(plain(numbers.number(value)).replace(" ", "")) == value


def test_every_sector_has_a_glyph_and_a_colour() -> None:
    css = (STATIC / "css/base.css").read_text(encoding="utf-8")
    assert len(SECTORS) == 18
    for code, found in SECTORS.items():
        assert sector(code) is found
        assert found.glyph in icon_names()
        assert f".{found.css_class}" in css


def test_the_four_objects_follow_the_river() -> None:
    assert list(OBJECTS) == ["need", "cluster", "opportunity", "project"]
    assert OBJECTS["opportunity"].many == "opportunités"


def test_a_sentence_takes_its_facts() -> None:
    assert sentence("place.homonyms", {"name": "Rue"}) == (
        "Plusieurs communes s'appellent Rue : laquelle ?"
    )


def test_a_field_sentence_prefers_the_words_of_the_form() -> None:
    assert field_sentence("missing", {}, {"missing": "Où ?"}) == "Où ?"
    assert field_sentence("missing", {}, {}) == FIELD_SENTENCES["missing"]
    assert "Saint-Machin" in field_sentence("place.unknown", {"name": "Saint-Machin"}, {})
    assert field_sentence("never_seen", {}, {}) == FIELD_SENTENCES["value_error"]


def test_sentences_address_people_calmly() -> None:
    for said in (*SENTENCES.values(), *FIELD_SENTENCES.values()):
        assert said[0].isupper() or said[0] == "«"
        assert said[-1] in ".?"
        assert not re.search(r"!|Oups|Êtes-vous sûr|cluster|score|token", said)


# Contrast (WCAG 2.2, 1.4.3 and 1.4.11): the relative luminance of sRGB colours.


def tokens(theme: int) -> dict[str, str]:
    css = Path(STATIC / "css/base.css").read_text(encoding="utf-8")
    written = re.findall(r"(--[a-z0-9-]+): var\(--jour, (#\w+)\) var\(--nuit, (#\w+)\)", css)
    return {name: values[theme] for name, *values in written}


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        linear = []
        for start in (0, 2, 4):
            part = int(digits[start : start + 2], 16) / 255
            linear.append(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((ink, ground) for ink in ("encre", "encre2") for ground in ("craie", "feuille", "creux")),
        *(("encre", f"{tint}-pale") for tint in ("sapin", "brique", "machine", "ok", "danger")),
        *((tone, f"{tone}-pale") for tone in ("machine", "ok", "attention", "danger", "info")),
        ("sapin", "craie"),
        ("sur-sapin", "sapin"),
        ("sapin-fort", "sapin-pale"),
        ("brique", "feuille"),
        ("encre", "surligne"),
        ("craie", "encre"),
    ],
)
def test_texts_have_enough_contrast(theme: int, text: str, ground: str) -> None:
    palette = tokens(theme)
    assert contrast(palette[f"--{text}"], palette[f"--{ground}"]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_edges_of_controls_and_focus_are_seen(theme: int) -> None:
    palette = tokens(theme)
    assert contrast(palette["--bord"], palette["--feuille"]) >= 3
    assert contrast(palette["--focus"], palette["--halo"]) >= 3


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_glyphs_are_seen_on_every_sector_tile(theme: int) -> None:
    css = (STATIC / "css/base.css").read_text(encoding="utf-8")
    tiles = re.findall(r"--secteur: var\(--jour, (#\w+)\) var\(--nuit, (#\w+)\)", css)
    glyph = tokens(theme)["--sur-secteur"]
    assert len(tiles) == 16
    assert min(contrast(tile[theme], glyph) for tile in tiles) >= 4.5
