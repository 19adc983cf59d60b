"""Drawings made on the server: SVG, colours from the style sheet, values beside them in text.

Pure functions: values in, markup out. No inline style, so that the content policy stays closed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup, escape

from fabrique.web.labels.dates import hour
from fabrique.web.labels.numbers import number
from fabrique.web.labels.typography import NBSP, typo

KIND_WORDS = {"decision": "Décision", "exchange": "Échange", "information": "Information"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A point of an agenda on the time bar; kind is decision, exchange or information."""

    label: str
    minutes: int
    kind: str
    state: str = "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a funnel: its object or icon, its number already written, what it counts."""

    pictogram: Markup
    number: str
    label: str
    note: str


def sparkline(values: Sequence[int], title: str) -> Markup:
    """Draw a line from zero, usually twelve months; the title says what and how much."""
    highest = max(values, default=0) or 1
    step = 72 / max(len(values) - 1, 1)
    points = " ".join(
        f"{rank * step:.1f},{18 - 14 * value / highest:.1f}" for rank, value in enumerate(values)
    )
    return Markup(
        '<svg class="courbe" viewBox="-1 0 74 20" role="img"><title>{}</title>'
        '<polyline points="{}"/></svg>'
    ).format(typo(title), points)


def bar(share: float) -> Markup:
    """Draw one bar, a share of its track between 0 and 1; hidden, for its number is beside it."""
    width = min(max(share, 0.0), 1.0) * 100
    return Markup(
        '<svg class="barre" aria-hidden="true" height="10"><rect class="piste" width="100%" '
        'height="10" rx="5"/><rect class="part" width="{:.1f}%" height="10" rx="5"/></svg>'
    ).format(width)


def bar_list(
    rows: Iterable[tuple[str, float]], *, whole: float | None = None, sieve: bool = False
) -> Markup:
    """List label, bar and number; bars are shares of the whole, or of the greatest value.

    `sieve` puts each bar under its label, for long labels and numbers that only go down.
    """
    kept = list(rows)
    scale = whole or max((value for _, value in kept), default=0) or 1
    lines = (
        Markup('<li><span>{}</span>{}<strong class="nombre">{}</strong></li>').format(
            typo(label), bar(value / scale), number(value)
        )
        for label, value in kept
    )
    kind = " crible" if sieve else ""
    return Markup('<ul class="barres{}">{}</ul>').format(kind, Markup("").join(lines))


def time_bar(segments: Sequence[Segment], *, starts: datetime, available: int) -> Markup:
    """Draw the minutes of an agenda in proportion, with free time or over-run hatched.

    `available` is in minutes; the hours are written every half hour under the bar, and the total of
    each kind of point in words.
    """
    used = sum(segment.minutes for segment in segments)
    length = max(used, available, 1)
    shapes: list[Markup] = []
    begun = 0
    for segment in segments:
        shapes.append(_segment(segment, begun, length))
        begun += segment.minutes
    if used < available:
        shapes.append(_hatched("libre", used, available, length))
    elif used > available:
        shapes.append(_hatched("trop", available, used, length))
    title = _time_bar_title(segments, used, available)
    return Markup(
        '<figure class="temps"><svg class="temps-barre" role="img" height="52"><title>{}</title>{}'
        "{}</svg>{}<figcaption>{}</figcaption></figure>"
    ).format(title, _HATCHES, Markup("").join(shapes), _hours(starts, length), _kinds(segments))


_HATCHES = Markup(
    '<defs><pattern id="hachure" width="8" height="8" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect class="hachure-fond" width="8" height="8"/>'
    '<path class="hachure-trait" d="M0 0v8"/></pattern></defs>'
)


def _segment(segment: Segment, begun: int, length: int) -> Markup:
    left, width = 100 * begun / length, 100 * segment.minutes / length
    return Markup(
        '<g class="{} {}"><rect x="{:.2f}%" width="{:.2f}%" height="100%"/>'
        '<text x="{:.2f}%" y="50%" dy=".35em" text-anchor="middle">{}</text></g>'
    ).format(segment.kind, segment.state, left, width, left + width / 2, segment.label)


def _hatched(kind: str, start: int, end: int, length: int) -> Markup:
    return Markup(
        '<rect class="{}" x="{:.2f}%" width="{:.2f}%" height="100%" fill="url(#hachure)"/>'
    ).format(kind, 100 * start / length, 100 * (end - start) / length)


def _time_bar_title(segments: Sequence[Segment], used: int, available: int) -> str:
    parts = [f"{segment.label} : {segment.minutes} min" for segment in segments]
    return typo(f"{used} minutes sur {available}. {', '.join(parts)}.")


def _hours(starts: datetime, length: int) -> Markup:
    first = (-starts.minute) % 30
    marks = sorted({0, *range(first, length + 1, 30)})
    return Markup('<svg class="temps-heures" aria-hidden="true" height="20">{}</svg>').format(
        Markup("").join(
            Markup('<text x="{:.2f}%" y="14" text-anchor="{}">{}</text>').format(
                100 * mark / length,
                "start" if mark == 0 else "end" if mark >= length else "middle",
                hour(starts + timedelta(minutes=mark)),
            )
            for mark in marks
        )
    )


def _kinds(segments: Sequence[Segment]) -> Markup:
    totals = {
        kind: sum(segment.minutes for segment in segments if segment.kind == kind)
        for kind in KIND_WORDS
    }
    return Markup(" ").join(
        Markup('<span class="legende {}"><i aria-hidden="true"></i>{} {}</span>').format(
            kind, KIND_WORDS[kind], f"{minutes}{NBSP}min"
        )
        for kind, minutes in totals.items()
        if minutes
    )


def funnel(steps: Sequence[Step]) -> Markup:
    """List the steps from needs to jobs: each number, and how it compares to the one before."""
    return Markup('<ol class="entonnoir">{}</ol>').format(
        Markup("").join(
            Markup(
                '<li class="carte">{}<div><strong>{}</strong><span>{}</span><small>{}</small></div>'
                "</li>"
            ).format(step.pictogram, step.number, typo(step.label), typo(step.note))
            for step in steps
        )
    )


def follow_up_clock(
    day: int, *, done: Sequence[int] = (), notes: Iterable[tuple[int, str]]
) -> Markup:
    """Draw the forty-five days of an introduction: marks at 9, 21 and 45, today as a diamond.

    `day` counts from the sending; `done` are the marks already acted upon; `notes` are the words
    written under a mark.
    """
    today = min(max(day, 0), 45)
    marks = Markup("").join(
        Markup('<circle class="{}" cx="{:.1f}%" cy="10" r="5"/>').format(
            "fait" if mark in done or mark == 0 else "a-venir", _at(mark)
        )
        for mark in (0, 9, 21, 45)
    )
    words = Markup("").join(
        Markup('<text x="{:.1f}%" y="36" text-anchor="{}">{}</text>').format(
            100 * mark / 45, "start" if mark == 0 else "end" if mark == 45 else "middle", typo(word)
        )
        for mark, word in notes
    )
    return Markup(
        '<svg class="horloge" role="img" height="42"><title>{}</title>'
        '<line class="piste" x1="1%" x2="99%" y1="10" y2="10"/>'
        '<line class="part" x1="1%" x2="{:.1f}%" y1="10" y2="10"/>{}'
        '<svg class="jour" x="{:.1f}%" y="10" overflow="visible">'
        '<path d="M0-7 7 0 0 7-7 0z"/></svg>{}</svg>'
    ).format(escape(f"Jour {day} sur 45"), _at(today), marks, _at(today), words)


def _at(day: int) -> float:
    return 1 + 98 * day / 45


def opinions(counts: Sequence[int], title: str) -> Markup:
    """Draw how many opinions were given at each level from 0, their spread and their mean.

    `counts` holds the number of opinions per level; the triangle stands at the mean.
    """
    step = 24
    given = [level for level, n in enumerate(counts) if n]
    ticks = Markup("").join(
        Markup('<line class="cran" x1="{0}" x2="{0}" y1="9" y2="19"/>').format(12 + step * level)
        for level in range(len(counts))
    )
    circles = Markup("").join(
        Markup(
            '<circle cx="{0}" cy="14" r="8"/><text x="{0}" y="18" text-anchor="middle">{1}</text>'
        ).format(12 + step * level, counts[level])
        for level in given
    )
    spread = Markup("")
    if given:
        mean = sum(level * n for level, n in enumerate(counts)) / sum(counts)
        spread = Markup(
            '<line class="part" x1="{}" x2="{}" y1="14" y2="14"/><path d="M{:.1f} 24l5 8h-10z"/>'
        ).format(12 + step * given[0], 12 + step * given[-1], 12 + step * mean)
    return Markup(
        '<svg class="avis-donnes" viewBox="0 0 {} 34" role="img"><title>{}</title>'
        '<line class="cran" x1="12" x2="{}" y1="14" y2="14"/>{}{}{}</svg>'
    ).format(
        24 + step * (len(counts) - 1),
        typo(title),
        12 + step * (len(counts) - 1),
        ticks,
        spread,
        circles,
    )
