"""个人绩效单: what stands on one person's slip, and nothing about anybody else, not even by elimination."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from kpi_helpers.bridge import FEWEST, Bridge, bridges, sharers
from kpi_helpers.cliffs.standing import reopened
from kpi_helpers.departments import Job
from kpi_helpers.language import say
from kpi_helpers.report import pools
from kpi_helpers.report.headline import Figure
from kpi_helpers.report.in_force import with_unit
from kpi_helpers.report.names import lacking, word
from kpi_helpers.report.next_steps import Step, next_steps
from kpi_helpers.report.own_records import Records, Veil
from kpi_helpers.report.published import listed_as, pseudonym
from kpi_helpers.report.views import View, plain
from kpi_helpers.report.words import amount, show, status_word
from kpi_helpers.result import Result

COUNTED = ("分", "元")  # lines in another unit are steps on the way


@dataclass(frozen=True)
class Entry:
    """One line: a clause, what the person's records say, what it was applied to, and points or yuan."""

    clause: str
    title: str
    quantity: str
    value: Fraction
    unit: str
    basis: str
    records: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sum:
    """One published result as the sum of its lines."""

    title: str
    unit: str
    entries: list[Entry]
    total: Fraction | None


@dataclass(frozen=True)
class Appeal:
    """申诉: how, and until when as far as it is known."""

    rule: str
    until: date | None = None
    doubt: str = ""


@dataclass(frozen=True)
class Slip:
    """Everything on one slip, ready to be set."""

    job: Job
    title: str
    policy: str
    person: str
    heads: list[Figure]
    missing: list[str]
    sums: list[Sum]
    steps: list[str]
    others: list[tuple[str, str]]
    group: str
    pool: list[pools.Step]
    group_records: list[tuple[str, str, list[str]]]
    period: str
    period_before: str
    bridge: Bridge | None
    ahead: list[Step]
    appeal: Appeal
    assumptions: list[str]
    listed: str  # under which sign the person stands on the published list


class Slips:
    """The slips of one result; whatever is told of everybody in the same way is found once."""

    def __init__(self, job: Job, result: Result, earlier: Result | None = None):
        self.job, self.result, self.earlier, self.policy = job, result, earlier, result.policy
        self.view, self.veil = View(result), Veil(result)
        self.listed, self.digest = listed_as(job, self.policy), job.digest()
        self.records = Records(result, self.veil)
        self.group_records = self.records.for_the_group()
        self.bridges = bridges(result, earlier) if earlier is not None else {}
        self.pools = pools.common_steps(self.view)
        self.ahead, self.sharers, self.appeals = next_steps(self.view), sharers(result), Appeals(result)
        self.lines: dict[str, list[dict]] = defaultdict(list)
        for row in self.view.ledger:
            if row["employee_id"] is not None and row["value"] is not None:
                self.lines[row["employee_id"]].append(row)

    def slip(self, id: str) -> Slip:
        """One person's slip."""
        person = self.result.employees.loc[id]
        heads, assumptions = self._heads(id, person), self._assumptions(id)
        if not assumptions and any(one.assumed for one in heads):  # which ones would tell of the others' records
            assumptions = [say("小组得分用到的数", "numbers behind the group's score")]
        return Slip(
            job=self.job,
            title=f"{say('个人绩效单', 'Personal statement')} {self.policy.period}",
            policy=self.policy.title,
            person=self.view.person(id),
            heads=heads,
            missing=[self.veil.cover(one, id) for one in lacking(self.policy, person["missing"])],
            sums=self._sums(id),
            steps=self._steps(id),
            others=self._others(id, person),
            group=self._group(plain(person.get("group_id"))),
            pool=self._pool(id, plain(person.get("group_id"))),
            group_records=self._group_records(id),
            period=str(self.policy.period),
            period_before=str(self.policy.period.before()),
            bridge=self.bridges.get(id),
            ahead=self.ahead.get(id, []),
            appeal=self.appeals.of(id),
            assumptions=assumptions,
            listed=pseudonym(self.digest, id) if self.listed == "pseudonym" else "",
        )

    def _heads(self, id: str, person) -> list[Figure]:
        """得分, 等级, 金额; the status where it is not simply done."""
        heads = []
        for one in self.view.shown(self.result.employees):
            value = plain(person[one.name])
            if one.role in ("score", "grade") and value is not None:
                assumed = self.view.rests_on_assumption(id, one, value)
                heads.append(Figure(one.title, show(word(one, value), one.unit), one.unit, assumed))
        paid = self.view.pay.total(id)
        if paid is not None and any(row["unit"] == "元" for row in self.lines[id]):
            heads.append(Figure(say("应发金额", "pay"), show(paid, "元"), "元", bool(self.view.assumed.get(id))))
        return heads if person["status"] == "complete" and heads else [*heads, Figure(say("状态", "status"), status_word(person["status"]))]

    def _sums(self, id: str) -> list[Sum]:
        score = next((one for one in self.view.shown(self.result.employees) if one.role == "score"), None)
        totals = {"元": self.view.pay.total(id), "分": plain(self.result.employees.at[id, score.name]) if score else None}
        titles = {"元": say("应发金额", "pay"), "分": score.title if score else say("得分", "score")}
        found = [Sum(titles[unit], unit, self._entries(id, unit), totals[unit]) for unit in COUNTED]
        return [one for one in found if one.entries]

    def _entries(self, id: str, unit: str) -> list[Entry]:
        return [
            Entry(
                row["clause"],
                self._titled(row, id),
                self._quantity(row),
                row["value"],
                unit,
                row["basis"],
                self.records.of(id, row["clause"], row["note"]),
            )
            for row in self.lines[id]
            if row["unit"] == unit and (row["value"] or self.records.of(id, row["clause"], row["note"]))
        ]

    def _quantity(self, row: dict) -> str:
        """The sum behind the line, else what it was applied to, where that is not the line's value itself."""
        told = self.view.calculations.of(row)
        one_share = row["quantity"] == 1 and self.policy.clause(row["clause"]).kind == "pool"
        if told or row["quantity"] in (None, row["value"]) or one_share:
            return told
        return show(row["quantity"], self.view.calculations.unit_of(row))

    def _titled(self, row: dict, id: str) -> str:
        note = self.veil.cover(row["note"], id)
        return f"{row['title']}（{note}）" if note else row["title"]

    def _steps(self, id: str) -> list[str]:
        """计算过程: ratings, ratios and quotas on the way to a line, but no place among others."""
        lines = self.lines[id]
        told = {row["quantity"] for row in lines if row["unit"] in COUNTED}  # stands beside the line that it leads to
        return [
            f"{row['clause']} {self._titled(row, id)} {amount(row['value'], row['unit'])}"
            for row in lines
            if row["unit"] not in COUNTED and row["value"] and row["value"] not in told and not row["unit"].startswith("名")
        ]

    def _others(self, id: str, person) -> list[tuple[str, str]]:
        """Further results of the person that no line shows: not a place among others, and nobody else's name."""
        posted = {row["clause"] for row in self.lines[id]}
        lined = {clause.result for clause in self.policy.clauses if clause.id in posted} | {"total"}
        told, found = {row["value"] for row in self.lines[id]}, []
        for one in self.view.shown(self.result.employees):
            value = word(one, plain(person[one.name]))
            named = [str(part) for part in (value if isinstance(value, (list, tuple)) else [value])]
            if one.role != "detail" or value is None or value == [] or compares(one) or isinstance(value, dict):
                continue
            known = one.name in lined or isinstance(value, Fraction) and value in told
            if not known and not any(self.veil.mentions(part, id) for part in named):
                found.append((one.title, self.veil.cover(amount(value, one.unit), id)))
        return found

    def _group(self, name: str | None) -> str:
        """小组: its score and head-counts, of a group in which each could not work out the others' part from them."""
        frame = self.result.groups
        told = [one for one in self.view.shown(frame) if one.role == "score" or one.unit == "人"]
        if name is None or name not in frame.index or not told:
            return ""
        if self.sharers.get(name, 0) < FEWEST:
            return say(
                f"小组分配人数不足 {FEWEST} 人，不列小组的数。", f"Fewer than {FEWEST} share in the group: its figures are not shown."
            )
        known = [(one, plain(frame.at[name, one.name])) for one in told]
        words = [f"{one.title} {amount(value, one.unit)}" for one, value in known if value is not None]
        return " · ".join([name, *words])

    def _pool(self, id: str, group: str | None) -> list[pools.Step]:
        """奖金池 in which the person has a share, from heads to share, among enough people that nobody's part can be worked out."""
        steps = []
        for clause in pools.sharing(self.view):
            shared = group if pools.within(clause) == "group" else None
            heads = self.sharers.get(shared, 0) if shared else sum(self.sharers.values())
            if heads >= FEWEST and any(row["clause"] == clause.id and row["value"] for row in self.lines[id]):
                steps = steps or self.pools.get(shared, [])
        return steps

    def _group_records(self, id: str) -> list[tuple[str, str, list[str]]]:
        """The person's own records that count for the group, by clause."""
        found: dict[str, tuple[str, str, list[str]]] = {}
        for clause, words in self.group_records.get(id, ()):
            points = clause.arguments.get("points")
            each = say(f"每次 {show(points)} 分", f"{show(points)} points each") if isinstance(points, Fraction) else ""
            found.setdefault(clause.id, (clause.title, each, []))[2].append(words)
        return [(f"{clause} {title}", each, words) for clause, (title, each, words) in found.items()]

    def _assumptions(self, id: str) -> list[str]:
        """假设 behind the person's own lines, numbers and whole clauses; of a table only the name, for it may hold what others get."""
        mine = {row["clause"] for row in self.lines[id] if row["value"] or row["basis"] == "A"}
        clauses = [clause for clause in self.policy.clauses if clause.id in mine]
        used = dict.fromkeys(name for clause in clauses for name in clause.assumptions)
        found = [clause.title for clause in clauses if clause.basis == "A" and not clause.assumptions]
        for parameter in (self.policy.parameters[name] for name in used):
            title, value = parameter.title or parameter.name, parameter.value
            if isinstance(value, (Fraction, int)) and not isinstance(value, bool):
                found.append(f"{title} {with_unit(self.policy, parameter)}")
            else:
                words = show(value) if isinstance(value, bool) else parameter.called if isinstance(value, str) or value is None else ""
                found.append(f"{title} {words}".rstrip())
        return found


class Appeals:
    """申诉期限 as the policy states it, with the day where the data says when the result was handed over or published."""

    def __init__(self, result: Result):
        self.result, self.policy = result, result.policy
        self.clause = next((one for one in self.policy.clauses if one.table == "appeals" and "workdays" in one.arguments), None)

    def of(self, id: str) -> Appeal:
        """How and until when one person may appeal."""
        if self.clause is None:
            return Appeal(
                say(
                    "本办法没有写明申诉期限；对结果有疑问，请向人力资源部门提出。",
                    "The policy states no time for appeals; please take questions to human resources.",
                )
            )
        days = show(Fraction(self.clause.arguments["workdays"]))
        rule = say(
            f"对结果有异议，可在接到结果（公布）之日起 {days} 个工作日内提出申诉（{self.clause.source}，条款 {self.clause.id}；"
            "当日不计）。",
            f"An appeal may be lodged within {days} working days of receiving the result ({self.clause.source}, clause {self.clause.id}; "
            "that day is not counted).",
        )
        known = self._received.get(id, self._published)
        if known is None:
            return Appeal(rule)
        calendar = reopened(self.result).workdays()
        until = calendar.after(known, int(self.clause.arguments["workdays"]))
        guessed = say("该年放假安排未公布，按周一至周五推算", "no official calendar for that year yet, counted Monday to Friday")
        return Appeal(rule, until, guessed if until.year in calendar.unknown_years else "")

    @cached_property
    def _received(self) -> dict[str, date]:
        """The day on which each person had this period's result, as HR has noted it; a row without a month is of this one."""
        rows = self._rows("appeals", "received_on")
        return {row["employee_id"]: row["received_on"].date() for row in rows if row.get("month") in (None, self.policy.month)}

    @cached_property
    def _published(self) -> date | None:
        """The day on which this period's results were published."""
        rows = self._rows("publications", "published_on")
        return next((row["published_on"].date() for row in rows if row.get("month") == self.policy.month), None)

    def _rows(self, table: str, day: str) -> list[dict]:
        frame = self.result.inputs.get(table)
        if frame is None or day not in frame:
            return []
        rows = ({name: plain(value) for name, value in row.items()} for row in frame.to_dict("records"))
        return [row for row in rows if row[day] is not None]


def compares(shown) -> bool:
    """A place among others says something about the others."""
    return shown.unit.startswith("名") or "rank" in shown.name
