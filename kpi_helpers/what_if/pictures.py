"""图: scores before and after against the grades' thresholds, and who gains or loses how much, as small SVG text."""

from __future__ import annotations

from fractions import Fraction
from html import escape

import numpy as np

from kpi_helpers.compare import Comparison
from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, texts
from kpi_helpers.report.words import show

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 640, 240, 44, 26
_BINS, _BARS = 24, 40


def scores(sides: tuple[ExactArray, ExactArray], edges: tuple[list[Fraction], list[Fraction]]) -> str:
    """得分分布: how many people (or groups) have which score, in force (grey, downwards) and in the trial (coloured, upwards).

    edges: the thresholds of the score, in force and in the trial, drawn as lines.
    """
    before, after = map(_floats, sides)
    known = np.concatenate([before, after])
    if not len(known):
        return ""
    marks = [float(edge) for side in edges for edge in side]
    low, high = min(known.min(), *marks, known.max()), max(known.max(), *marks, known.min())
    low, high = (low, high) if high > low else (low - 1, high + 1)
    bins = np.linspace(low, high, _BINS + 1)
    counts = [np.histogram(one, bins)[0] for one in (after, before)]
    most = max(1, *(one.max() for one in counts))
    inner, middle = _WIDTH - _LEFT, (_HEIGHT - _BOTTOM) / 2
    width, unit = inner / _BINS, (middle - 14) / most
    parts = []
    for count, tone, up in zip(counts, ("t", "f"), (True, False), strict=True):
        for place in np.flatnonzero(count):
            x, tall = _LEFT + place * width, count[place] * unit
            y = middle - tall if up else middle
            parts.append(f'<rect class="{tone}" x="{x + 1:.1f}" y="{y:.1f}" width="{width - 2:.1f}" height="{tall:.1f}"/>')
    for side, tone, start in ((edges[1], "t", 0), (edges[0], "f", middle)):
        for edge in side:
            x = _LEFT + (float(edge) - low) / (high - low) * inner
            parts.append(f'<line class="e {tone}" x1="{x:.1f}" x2="{x:.1f}" y1="{start:.1f}" y2="{start + middle:.1f}"/>')
            parts.append(f'<text x="{x + 3:.1f}" y="{start + (11 if not start else middle - 3):.1f}">{show(edge)}</text>')
    parts += [
        f'<line class="a" x1="{_LEFT}" x2="{_WIDTH}" y1="{middle}" y2="{middle}"/>',
        f'<text x="0" y="{middle / 2:.0f}">{say("试算", "trial")}</text>',
        f'<text x="0" y="{middle * 3 / 2:.0f}">{say("现行", "in force")}</text>',
        f'<text x="{_LEFT}" y="{_HEIGHT - 8}">{low:g}</text>',
        f'<text x="{_WIDTH}" y="{_HEIGHT - 8}" text-anchor="end">{high:g}{say(" 分", " points")}</text>',
    ]
    return _svg(say("得分分布：试算与现行", "Scores: the trial and in force"), parts)


def pay_differences(comparison: Comparison, names: np.ndarray) -> str:
    """应发差额: a bar for each of those who gain or lose most."""
    difference = comparison.pay_difference
    moved = np.flatnonzero(~difference.isna() & (difference != 0))
    if not len(moved):
        return f"<p>{say('没有人的应发有变化。', 'Nobody’s pay changes.')}</p>"
    values = _floats(difference.take(moved))
    order = np.argsort(-np.abs(values), kind="stable")[:_BARS]
    order = order[np.argsort(-values[order], kind="stable")]
    most = np.abs(values[order]).max()
    row, label, number = 16, 130, 90
    height, half = len(order) * row + 8, (_WIDTH - label - 2 * number) / 2
    middle = label + number + half
    parts = [f'<line class="a" x1="{middle}" x2="{middle}" y1="0" y2="{height}"/>']
    exact = texts(difference.take(moved[order]), 2)
    for place, position in enumerate(order):
        y, value = place * row + 4, values[position]
        wide = abs(value) / most * half
        who = names[moved[position]]
        x = middle if value > 0 else middle - wide
        parts.append(f'<rect class="{"g" if value > 0 else "b"}" x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{row - 4}"/>')
        parts.append(f'<text x="0" y="{y + 10}">{escape(str(who))[:40]}</text>')
        anchor, at = ("start", middle + wide + 4) if value > 0 else ("end", middle - wide - 4)
        parts.append(f'<text x="{at:.1f}" y="{y + 10}" text-anchor="{anchor}">{"+" if value > 0 else ""}{exact[place]}</text>')
    left = len(moved) - len(order)
    rest = f"<p>{say(f'另有 {left} 人差额较小，未画出。', f'{left} more with smaller differences are not drawn.')}</p>" if left else ""
    return _svg(say("应发差额（元）", "Differences in pay (yuan)"), parts, height) + rest


def _floats(values: ExactArray) -> np.ndarray:
    """Known values as places in a picture; nothing is reckoned with them."""
    known = values[~values.isna()]
    return np.asarray(known.num, dtype=float) / np.asarray(known.den, dtype=float)


def _svg(title: str, parts: list[str], height: float = _HEIGHT) -> str:
    return (
        f'<figure class="kpi-figure"><figcaption>{title}</figcaption><svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{title}">'
        f"{''.join(parts)}</svg></figure>"
    )
