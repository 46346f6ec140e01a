"""图: small pictures as SVG text, without a library: exact places, readable in grey, everything escaped."""

from __future__ import annotations

from fractions import Fraction
from html import escape

from kpi_helpers.cliffs import Swing, Tornado
from kpi_helpers.language import say
from kpi_helpers.numbers import half_up, text
from kpi_helpers.report.words import show, signed

_WIDTH, _LEFT, _RIGHT, _ROW, _BAR, _HEAD = 760, 300, 84, 36, 14, 26
_FONT = "font:13px -apple-system,'PingFang SC','Microsoft YaHei','HarmonyOS Sans SC','Noto Sans CJK SC',sans-serif"
_INK, _SOFT, _LINE, _ACCENT = "var(--ink,#1d2830)", "var(--soft,#5a6670)", "var(--line,#dde3e8)", "var(--accent,#17607a)"
_LONGEST = 21  # wide characters of a title that fit beside the bars


def tornado_svg(tornado: Tornado, most: int = 10) -> str:
    """一数之动 as bars around the total in force: hollow where the number is lower, filled where it is higher; "" without swings."""
    swings = tornado.swings[:most]
    if not swings:
        return ""
    height = _HEAD + _ROW * len(swings)
    scale = _Scale(swings)
    parts = [_legend(), _rect(scale.zero, _HEAD - 6, Fraction(1), height - _HEAD + 6, f"fill:{_SOFT}")]
    for place, swing in enumerate(swings):
        parts += _bars(swing, tornado.unit, scale, _HEAD + place * _ROW)
    label = say(f"哪个数最影响{_of(tornado.unit)}：", f"which number moves {_of(tornado.unit)} most: ")
    label += "; ".join(f"{one.tunable.title} {' / '.join(_changed(change, tornado.unit) for change in one.changes)}" for one in swings[:3])
    size = f'viewBox="0 0 {_WIDTH} {height}" style="{_FONT};width:100%;max-width:{_WIDTH}px"'
    return f'<svg class="tornado" role="img" aria-label="{escape(label)}" {size}>{"".join(parts)}</svg>'


class _Scale:
    """From a change to a place: the widest change of either side fits between the titles and the right edge."""

    def __init__(self, swings: list[Swing]):
        changes = [Fraction(0), *(change for one in swings for change in one.changes if change is not None)]
        room = _WIDTH - _LEFT - 2 * _RIGHT  # numbers stand at both ends
        self.one = room / (max(changes) - min(changes))
        self.zero = _LEFT + _RIGHT - min(changes) * self.one


def _bars(swing: Swing, unit: str, scale: _Scale, top: int) -> list[str]:
    """One row: the title, the values tried, and both bars with what they change."""
    one, middle = swing.tunable, top + _BAR
    tried = " / ".join("–" if value is None else show(value) for value in (swing.low, swing.high))
    parts = [
        f"<g><title>{escape(f'{one.title}（{one.name}） {show(one.value)} → {tried}')}</title>",
        _text(0, middle - 1, _short(one.title), f"fill:{_INK}"),
        _text(0, middle + 12, f"{show(one.value)} → {tried}", f"fill:{_SOFT};font-size:11px"),
    ]
    ends: dict[bool, list[Fraction]] = {}
    for change, colour in zip(swing.changes, ("#fff", _ACCENT), strict=True):
        if change:
            left = min(scale.zero, scale.zero + change * scale.one)
            parts.append(_rect(left, top, abs(change) * scale.one, _BAR, f"fill:{colour};stroke:{_ACCENT}"))
            ends.setdefault(change > 0, []).append(change)
    for up, changes in ends.items():
        far = max(changes, key=abs)
        words = " / ".join(_changed(change, unit) for change in changes)
        style = f"fill:{_INK};text-anchor:{'start' if up else 'end'};font-size:11px"
        parts.append(_text(scale.zero + far * scale.one + (6 if up else -6), middle - 3, words, style))
    return [*parts, "</g>"]


def _short(title: str) -> str:
    """A title that fits beside the bars; what it ends with, such as 每次, tells numbers of one clause apart and stays.

    >>> _short("接待时站姿、手势、用语、微笑不规范 · 每次")
    '接待时站姿、手势、用语、微笑不… · 每次'
    """
    if len(title) <= _LONGEST:
        return title
    head, dot, tail = title.rpartition(" · ")
    end = dot + tail if head and len(tail) < _LONGEST // 2 else ""
    return f"{title[: _LONGEST - 1 - len(end)]}…{end}"


def _legend() -> str:
    low, high = say("数小一成", "number a tenth lower"), say("数大一成", "a tenth higher")
    parts = [
        _rect(Fraction(_LEFT), 4, Fraction(12), 10, f"fill:#fff;stroke:{_ACCENT}"),
        _text(_LEFT + 18, 14, low, f"fill:{_SOFT};font-size:11px"),
    ]
    parts += [
        _rect(Fraction(_LEFT + 160), 4, Fraction(12), 10, f"fill:{_ACCENT}"),
        _text(_LEFT + 178, 14, high, f"fill:{_SOFT};font-size:11px"),
    ]
    return "".join(parts)


def _of(unit: str) -> str:
    return say("应发合计", "the total pay") if unit.startswith("元") else say("平均得分", "the mean score")


def _changed(change: Fraction | None, unit: str) -> str:
    """+12.50, −3, – where it was not tried."""
    return "–" if change is None else signed(half_up(change), unit)


def _rect(x: Fraction, y: int, width: Fraction, height: int, style: str) -> str:
    return f'<rect x="{text(x, 1)}" y="{y}" width="{text(max(width, Fraction(1)), 1)}" height="{height}" style="{style}"/>'


def _text(x, y: int, words: str, style: str) -> str:
    return f'<text x="{text(Fraction(x), 1)}" y="{y}" style="{style}">{escape(words)}</text>'
