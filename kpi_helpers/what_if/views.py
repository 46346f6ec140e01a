"""试算所见: 现行 | 试算 | 差额 as HTML text: the cost, people, groups, grades; all words from a workbook are escaped."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from html import escape

import numpy as np
import pandas as pd

from kpi_helpers.compare import Comparison
from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, exact, half_up, is_missing, missing, rank_codes
from kpi_helpers.report.views import mean, score_column
from kpi_helpers.report.words import show

PAGE = 50  # people shown at once


@dataclass(frozen=True)
class Order:
    """Which people a table shows, and in which order."""

    by: str = "pay_difference"
    rising: bool = False
    only: str = "all"
    word: str = ""
    page: int = 0


def orders() -> list[tuple[str, str]]:
    """By what people can be sorted."""
    return [
        (say("差额", "difference"), "pay_difference"),
        (say("得分差", "difference in score"), "score_difference"),
        (say("花名册顺序", "order of the roster"), "roster"),
        (say("试算得分", "score of the trial"), "score_after"),
        (say("试算应发", "pay of the trial"), "pay_after"),
        (say("现行得分", "score in force"), "score_before"),
        (say("现行应发", "pay in force"), "pay_before"),
    ]


def filters() -> list[tuple[str, str]]:
    """Which people can be shown."""
    return [
        (say("全部", "everybody"), "all"),
        (say("多得的", "who gains"), "gainers"),
        (say("少得的", "who loses"), "losers"),
        (say("换等级的", "who changes grade"), "regraded"),
        (say("得分变了的", "whose score changes"), "rescored"),
    ]


# -- figures ---------------------------------------------------------------------------------------------------------


def cost(comparison: Comparison) -> str:
    """The total cost and the mean score, now, in the trial, the difference; how many gain, lose, change grade."""
    rows = []
    if pays(comparison):
        rows.append((say("应发合计", "total pay"), *comparison.cost, "元"))
    scores = [mean(side.score) for side in (comparison.before, comparison.after)]
    if None not in scores:
        rows.append((say("平均得分", "mean score"), *scores, scores[1] - scores[0], "分"))
    cards = "".join(_card(*row) for row in rows)
    difference = comparison.pay_difference if pays(comparison) else comparison.after.score - comparison.before.score
    up, down = (say("多得", "gain"), say("少得", "lose")) if pays(comparison) else (say("得分升", "score up"), say("得分降", "score down"))
    counts = [(up, difference > 0, "good"), (down, difference < 0, "bad"), (say("换等级", "change grade"), comparison.regraded, "")]
    numbers = "".join(
        f'<div><span>{word}</span><b class="{tone}">{int(np.sum(mask))}<small> {say("人", "people")}</small></b></div>'
        for word, mask, tone in counts
    )
    return f'<div class="kpi-figures">{cards}{numbers}</div>'


def pays(comparison: Comparison) -> bool:
    """Does anybody have pay on either side?"""
    return any(not side.pay.isna().all() for side in (comparison.before, comparison.after))


def _card(title: str, now: Fraction, then: Fraction, difference: Fraction, unit: str) -> str:
    force, trial = say("现行", "in force"), say("试算", "trial")
    return (
        f"<div><span>{title}</span><b>{show(then, unit)}<small> {unit_word(unit)} {trial}</small></b>"
        f"<span>{force} {show(now, unit)} · {signed(difference, unit)}</span></div>"
    )


def unit_word(unit: str) -> str:
    """元 and 分 in the reader's language."""
    return say(unit, {"元": "yuan", "分": "points"}.get(unit, unit))


def signed(value, unit: str = "") -> str:
    """A difference with its sign and colour: +12.00, −3, 0; missing as –."""
    if value is None or is_missing(value):
        return "–"
    plain = show(half_up(abs(Fraction(value)), 4), unit)
    if value == 0:
        return plain
    return f'<span class="{"good" if value > 0 else "bad"}">{"+" if value > 0 else "−"}{plain}</span>'


# -- tables ----------------------------------------------------------------------------------------------------------


def people(comparison: Comparison, order: Order) -> str:
    """A page of people: score, grade and pay on both sides."""
    rows = _rows(comparison, order)
    shown = rows[order.page * PAGE : (order.page + 1) * PAGE]
    sides = comparison.before, comparison.after
    graded = any(word is not None for side in sides for word in side.grade[shown])
    columns = {"score": (say("得分", "score"), "分"), "pay": (say("应发", "pay"), "元")}
    columns = {name: words for name, words in columns.items() if any(not getattr(side, name).isna().all() for side in sides)}
    names, groups = facts(comparison, "name"), facts(comparison, "group_id")
    head = [say("工号", "id"), say("姓名", "name"), say("小组", "group"), *([say("等级", "grade")] if graded else [])]
    head += [word for title, _ in columns.values() for word in _heads(title)]
    cells = [[f"<th scope=row>{text(comparison.ids[row])}</th><td>{text(names[row])}</td><td>{text(groups[row])}</td>" for row in shown]]
    cells += [[f"<td>{_grade(sides[0].grade[row], sides[1].grade[row])}</td>" for row in shown]] if graded else []
    for name, (_, unit) in columns.items():
        before, after = (getattr(side, name).take(shown) for side in sides)
        cells.append([_triple(*numbers, unit) for numbers in zip(before, after, after - before, strict=True)])
    body = [f"<tr>{''.join(parts)}</tr>" for parts in zip(*cells, strict=True)]
    count = say(f"共 {len(rows)} 人", f"{len(rows)} people")
    pages = max(1, -(-len(rows) // PAGE))
    page = say(f"，第 {order.page + 1}/{pages} 页", f", page {order.page + 1} of {pages}") if pages > 1 else ""
    return _table(head, body, 3 * len(columns), f"{count}{page}")


def facts(comparison: Comparison, name: str) -> np.ndarray:
    """What the roster says of everybody; None where it says nothing."""
    known = [side.employees[name] for side in (comparison.baseline, comparison.trial) if name in side.employees]
    size = len(comparison.ids)
    return known[0].reindex(comparison.ids).to_numpy(dtype=object) if known else np.full(size, None, dtype=object)


def last_page(comparison: Comparison, order: Order) -> int:
    """The number of the last page, from 0."""
    return max(0, (len(_rows(comparison, order)) - 1) // PAGE)


def groups(comparison: Comparison) -> str:
    """Score and pay of each group."""
    frame = comparison.groups()
    names, before, after = group_scores(comparison)
    parts = []
    if len(names):
        body = [
            f"<tr><th scope=row>{text(name)}</th>{_triple(*numbers, '分')}</tr>"
            for name, *numbers in zip(names, before, after, after - before, strict=True)
        ]
        parts.append(_table([say("小组", "group"), *_heads(say("得分", "score"))], body, 3))
    if len(frame):
        head = [say("小组", "group"), say("人数", "people"), *_heads(say("应发", "pay"))]
        body = [
            f"<tr><th scope=row>{text(name)}</th><td class=n>{count}</td>{_triple(now, then, difference, '元')}</tr>"
            for name, count, now, then, difference in zip(frame.index, *(frame[column] for column in frame), strict=True)
        ]
        parts.append(_table(head, body, 4))
    return f"<h3>{say('小组', 'Groups')}</h3>{''.join(parts)}" if parts else ""


def group_scores(comparison: Comparison) -> tuple[pd.Index, ExactArray, ExactArray]:
    """The groups and their scores on both sides, where the policy scores groups."""
    sides = [(result.groups, score_column(result.policy)) for result in (comparison.baseline, comparison.trial)]
    names = next((frame.index for frame, shown in sides if shown is not None and shown.name in frame), pd.Index([]))
    scores = [
        exact(frame[shown.name].reindex(names)) if shown is not None and shown.name in frame else missing(len(names))
        for frame, shown in sides
    ]
    return names, *scores


def grades(comparison: Comparison) -> str:
    """How many people have each grade."""
    frame = comparison.grades()
    if not len(frame):
        return ""
    head = [say("等级", "grade"), say("现行人数", "in force"), say("试算人数", "trial"), say("差", "difference")]
    body = [
        f"<tr><th scope=row>{text(word)}</th>{_triple(int(now), int(then), int(then - now), '人')}</tr>"
        for word, now, then in zip(frame.index, frame["now"], frame["trial"], strict=True)
    ]
    return f"<h3>{say('等级人数', 'Grades')}</h3>{_table(head, body, 3)}"


def differences(rows: list[tuple[str, str, str, str]], titles: tuple[str, str]) -> str:
    """The text of what differs: name, title, one side, the other."""
    if not rows:
        return f"<p>{say('没有不同。', 'Nothing differs.')}</p>"
    head = [say("名称", "name"), say("内容", "title"), *map(text, titles)]
    body = [f"<tr><th scope=row>{text(name)}</th>{''.join(f'<td>{text(one)}</td>' for one in rest)}</tr>" for name, *rest in rows]
    return f"<h3>{say('不同之处', 'What differs')}</h3>{_table(head, body, 0)}"


def _table(head: list[str], body: list[str], numbers: int, caption: str = "") -> str:
    """A table whose last columns are numbers."""
    first = len(head) - numbers
    titles = "".join(f"<th scope=col{' class=n' if place >= first else ''}>{word}</th>" for place, word in enumerate(head))
    words = f"<caption>{caption}</caption>" if caption else ""
    return f"<div class=kpi-scroll><table>{words}<thead><tr>{titles}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"


def _heads(word: str) -> list[str]:
    return [f"{word} {say('现行', 'in force')}", say("试算", "trial"), say("差额", "difference")]


def _triple(now, then, difference, unit: str) -> str:
    numbers = [show(None if is_missing(one) else one, unit) for one in (now, then)]
    return "".join(f"<td class=n>{one}</td>" for one in (*numbers, signed(difference, unit)))


def _grade(before, after) -> str:
    if before == after:
        return text(after)
    return f"<b class=kpi-changed>{text(before)} → {text(after)}</b>"


def text(value) -> str:
    """Any word as it may stand in a page; missing as –."""
    return "–" if value is None or is_missing(value) else escape(str(value))


def _rows(comparison: Comparison, order: Order) -> np.ndarray:
    """The positions of the people that are shown, sorted; who has no number comes last."""
    chosen = np.ones(len(comparison.ids), dtype=bool)
    if order.only == "rescored":
        difference = comparison.after.score - comparison.before.score
        chosen &= (difference != 0) | (comparison.before.score.isna() != comparison.after.score.isna())
    elif order.only != "all":
        chosen &= getattr(comparison, order.only)
    if order.word:
        names = pd.Series(facts(comparison, "name"), dtype=object).astype(str)
        texts = names.str.cat([pd.Series(facts(comparison, "group_id"), dtype=object).astype(str), comparison.ids.astype(str)], sep=" ")
        chosen &= texts.str.contains(order.word.strip(), case=False, regex=False).to_numpy(dtype=bool)
    rows = np.flatnonzero(chosen)
    if order.by == "roster":
        return rows
    keys = _key(comparison, order.by).take(rows)
    known = ~keys.isna()
    codes = np.zeros(len(rows), dtype=np.int64)
    codes[known] = rank_codes(keys[known]) * (1 if order.rising else -1)
    return rows[np.lexsort((codes, ~known))]


def _key(comparison: Comparison, by: str) -> ExactArray:
    if by == "pay_difference":
        return comparison.pay_difference
    if by == "score_difference":
        return comparison.after.score - comparison.before.score
    name, _, side = by.partition("_")
    return getattr(getattr(comparison, side), name)
