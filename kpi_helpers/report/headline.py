"""本期概况: what happened in this period in five lines of plain words and four figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kpi_helpers.language import say
from kpi_helpers.numbers import exact
from kpi_helpers.report import changes
from kpi_helpers.report.costs import points
from kpi_helpers.report.deadlines import deadlines
from kpi_helpers.report.grades import distribution
from kpi_helpers.report.views import View, mean, plain
from kpi_helpers.report.words import amount, show, status_word, unit_word, yuan


@dataclass(frozen=True)
class Figure:
    """One figure at the head of a page."""

    title: str
    value: str
    unit: str = ""
    assumed: bool = False


@dataclass(frozen=True)
class Line:
    """One of the five lines: what it is about, the section that says more, and the sentence."""

    title: str
    section: str
    words: str


def figures(view: View) -> list[Figure]:
    """Four figures: people, mean score, total pay, what is to decide; where one is missing, what is complete or refused."""
    result, found = view.result, []
    found.append(Figure(say("人数", "people"), str(len(result.employees))))
    score, frame = view.scored() or (None, None)
    average = mean(frame[score.name].array) if score else None
    if average is not None:
        assumed = any("分" in units for units in view.assumed.values())
        found.append(Figure(say(f"平均{score.title}", f"mean {score.title}"), show(average), unit_word(score.unit), assumed))
    if view.pay.clauses:
        found.append(Figure(say("应发合计", "total pay"), yuan(view.pay.grand_total()), say("元", "yuan"), bool(view.assumed)))
    found.append(Figure(say("待人决定", "to decide"), str(len(result.flags)), say("项", "")))
    found.append(Figure(say("已完成", "complete"), str(int((result.employees["status"] == "complete").sum()))))
    found.append(Figure(say("拒收行", "refused rows"), str(len(result.errors))))
    return found[:4]


def lines(view: View, then: View | None, why: str) -> list[Line]:
    """Five lines: people and data, scores, money (or what took most points), decisions, the period before."""
    return [
        Line(say("人员", "People"), "people", _people(view)),
        Line(say("得分", "Scores"), "people", _scores(view)),
        _money(view),
        Line(say("决定", "Decisions"), "decisions", _decisions(view)),
        Line(say("与上期比", "Since last period"), "changes", changes.overall(view, then) if then else why),
    ]


def _people(view: View) -> str:
    counts = Counter(view.result.employees["status"])
    size, refused, assumed = len(view.result.employees), len(view.result.errors), len(view.result.assumptions)
    statuses = say("、", ", ").join(f"{status_word(code)} {count}" for code, count in counts.most_common())
    words = say(f"共 {size} 人（{statuses}）", f"{size} people ({statuses})")
    words += say(f"，拒收 {refused} 行数据", f", {refused} rows refused") if refused else say("，数据全部有效", ", every row counts")
    return words + (say(f"，用了 {assumed} 个假设值。", f", {assumed} assumptions in use.") if assumed else say("。", "."))


def _scores(view: View) -> str:
    """The mean, who stands highest and lowest; how many have each grade."""
    score, frame = view.scored() or (None, None)
    values = {id: plain(one) for id, one in zip(frame.index, exact(frame[score.name]), strict=True)} if score else {}
    known = {id: one for id, one in values.items() if one is not None}
    if not known:
        return say("本期没有公布的得分。", "No score was published.")
    ends = [[view.person(id) for id, one in known.items() if one == end] for end in (max(known.values()), min(known.values()))]
    top, low = (_some(names) for names in ends)
    words = say(f"平均 {amount(mean(known.values()), score.unit)}", f"mean {show(mean(known.values()), score.unit)}")
    words += say(f"；最高的是{top}，{show(max(known.values()))} 分", f"; highest {top}, {show(max(known.values()))}")
    words += say(f"；最低的是{low}，{show(min(known.values()))} 分", f"; lowest {low}, {show(min(known.values()))}")
    grid = distribution(view)
    grades = say("、", ", ").join(f"{row[0]} {row[1]}" for row in grid.rows) if grid else ""
    return words + (say(f"；{grades}。", f"; {grades}.") if grades else say("。", "."))


def _some(names: list[str]) -> str:
    return names[0] if len(names) == 1 else say(f"{names[0]} 等 {len(names)} 个", f"{names[0]} and {len(names) - 1} more")


def _money(view: View) -> Line:
    """The total pay and its largest part; where nothing is paid, the clause that took most points."""
    if view.pay.clauses:
        largest = max(view.pay.by_clause().rows, key=lambda row: row[3])
        unpaid = sum(not published for published in view.pay.published.values())
        words = say(f"应发合计 {yuan(view.pay.grand_total())} 元（税前）", f"{yuan(view.pay.grand_total())} yuan in total (before tax)")
        words += say(f"，最大一项是“{largest[1]}”，{yuan(largest[3])} 元", f", the largest part {largest[1]} {yuan(largest[3])}")
        words += say(f"；{unpaid} 人的金额未公布", f"; no published pay for {unpaid}") if unpaid else ""
        return Line(say("金额", "Money"), "costs", words + say("。", "."))
    taken, _ = points(view)
    if not taken.rows:
        return Line(say("金额", "Money"), "costs", say("本期没有计算金额，也没有扣分。", "No money is paid and no points are taken."))
    first = taken.rows[0]
    whole, most = show(-taken.total[3]), show(-first[3])
    words = say(f"共扣 {whole} 分，最多的是“{first[1]}”，{most} 分", f"{whole} points taken, most by {first[1]} ({most})")
    return Line(say("扣分", "Points"), "costs", words + say("；本期不计金额。", "; no money is paid."))


def _decisions(view: View) -> str:
    """How many proposals, how many with a note of the risk, and the latest day of a term."""
    flags, found = view.result.flags, deadlines(view)
    count, noted = len(flags), sum(bool(note) for note in flags["note"])
    words = (
        say(f"{count} 项待人决定", f"{count} proposals for people to decide") if count else say("没有待人决定的事项", "nothing to decide")
    )
    words += say(f"，其中 {noted} 项附有风险提示", f", {noted} with a note of the risk") if noted else ""
    if found:
        last = found[-1]
        words += say(f"；最后一个期限是 {last.day}（{last.what}）", f"; the last deadline is {last.day} ({last.what})")
    return words + say("。", ".")
