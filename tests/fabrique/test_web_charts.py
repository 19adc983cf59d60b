import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markupsafe import Markup

from fabrique.web.charts import (
    Segment,
    Step,
    bar,
    bar_list,
    follow_up_clock,
    funnel,
    opinions,
    sparkline,
    time_bar,
)

TWO = dt.datetime(2026, 12, 10, 14, 0, tzinfo=ZoneInfo("Europe/Paris"))
KINDS = st.sampled_from(["decision", "exchange", "information"])
SEGMENTS = st.lists(
    st.builds(Segment, label=st.just("1"), minutes=st.integers(1, 60), kind=KINDS), max_size=12
)


def tree(markup: Markup) -> html.HtmlElement:
    return html.fragment_fromstring(markup)


def widths(figure: html.HtmlElement, path: str) -> list[float]:
    return [float(width.rstrip("%")) for width in figure.xpath(path)]


def test_a_sparkline_starts_at_zero_and_says_its_values() -> None:
    drawn = tree(sparkline([0, 5, 10], "Témoignages par mois : 0, 5, 10"))
    assert drawn.findtext("title") == "Témoignages par mois\u00a0: 0, 5, 10"
    assert drawn.xpath("polyline/@points") == ["0.0,18.0 36.0,11.0 72.0,4.0"]
    assert drawn.get("role") == "img"


@pytest.mark.parametrize("values", [[], [0, 0], [3]])
def test_a_sparkline_of_little_is_still_a_line(values: list[int]) -> None:
    assert "polyline" in sparkline(values, "Rien encore")


@pytest.mark.parametrize(
    ("share", "width"), [(0, "0.0%"), (0.25, "25.0%"), (1, "100.0%"), (1.5, "100.0%")]
)
def test_a_bar_is_a_share_of_its_track(share: float, width: str) -> None:
    assert tree(bar(share)).xpath("*[@class='part']/@width") == [width]


def test_a_bar_list_writes_its_numbers_beside_hidden_bars() -> None:
    drawn = tree(bar_list([("Hirson", 14), ("Fourmies", 7), ("Employeurs", 0)]))
    assert [line.text_content() for line in drawn] == ["Hirson14", "Fourmies7", "Employeurs0"]
    assert widths(drawn, ".//*[@class='part']/@width") == [100, 50, 0]
    assert set(drawn.xpath(".//svg/@aria-hidden")) == {"true"}


def test_a_bar_list_may_be_measured_against_a_whole() -> None:
    drawn = tree(bar_list([("Santé", 46)], whole=100, sieve=True))
    assert widths(drawn, ".//*[@class='part']/@width") == [46]
    assert drawn.get("class") == "barres crible"


def test_a_time_bar_keeps_proportions_and_hatches_free_time() -> None:
    segments = [
        Segment(label="1", minutes=30, kind="information"),
        Segment(label="2", minutes=60, kind="decision"),
    ]
    drawn = tree(time_bar(segments, starts=TWO, available=120))
    assert widths(drawn, ".//g/rect/@width") == [25, 50]
    assert widths(drawn, ".//rect[@class='libre']/@width") == [25]
    assert [text.replace("\u00a0", " ") for text in drawn.xpath("svg[2]/text/text()")] == [
        "14 h",
        "14 h 30",
        "15 h",
        "15 h 30",
        "16 h",
    ]
    words = drawn.xpath("figcaption")[0].text_content().replace("\u00a0", " ")
    assert words == "Décision 60 min Information 30 min"
    title = drawn.xpath("svg[1]/title/text()")[0].replace("\u00a0", " ")
    assert title == "90 minutes sur 120. 1 : 30 min, 2 : 60 min."


def test_a_time_bar_shows_its_over_run() -> None:
    drawn = tree(
        time_bar([Segment(label="1", minutes=128, kind="decision")], starts=TWO, available=120)
    )
    assert widths(drawn, ".//rect[@class='trop']/@width") == [6.25]
    assert drawn.xpath(".//rect[@class='libre']") == []


@given(SEGMENTS, st.integers(1, 240))
def test_a_time_bar_is_always_full(segments: list[Segment], available: int) -> None:
    drawn = tree(time_bar(segments, starts=TWO, available=available))
    total = sum(widths(drawn, ".//g/rect/@width") + widths(drawn, ".//rect[@class='libre']/@width"))
    assert total == pytest.approx(100, abs=0.1)


def test_a_funnel_is_a_list_in_order() -> None:
    step = Step(pictogram=Markup("<svg></svg>"), number="96", label="regroupements", note="1 < 11")
    drawn = tree(funnel([step, step]))
    assert [line.text_content() for line in drawn] == ["96regroupements1 < 11"] * 2


def test_a_follow_up_clock_says_its_day_and_fills_what_is_done() -> None:
    drawn = tree(follow_up_clock(12, done=(9,), notes=[(9, "9 j"), (45, "45 j : arrêt")]))
    assert drawn.findtext("title") == "Jour 12 sur 45"
    assert drawn.xpath("circle/@class") == ["fait", "fait", "a-venir", "a-venir"]
    assert drawn.xpath("text/text()") == ["9 j", "45 j\u00a0: arrêt"]


def test_a_follow_up_clock_stops_at_its_end() -> None:
    assert 'x2="99.0%"' in follow_up_clock(60, notes=[])


def test_opinions_show_counts_spread_and_mean() -> None:
    drawn = tree(opinions([0, 1, 2, 0, 1], "4 avis, moyenne 2,25"))
    assert drawn.xpath("text/text()") == ["1", "2", "1"]
    assert drawn.xpath("circle/@cx") == ["36", "60", "108"]
    band = drawn.xpath("line[@class='part']")[0]
    assert (band.get("x1"), band.get("x2")) == ("36", "108")
    assert drawn.xpath("path/@d") == ["M66.0 24l5 8h-10z"]


def test_opinions_not_yet_given_leave_the_scale_empty() -> None:
    drawn = tree(opinions([0] * 5, "Aucun avis"))
    assert drawn.xpath("circle | path | line[@class='part']") == []
