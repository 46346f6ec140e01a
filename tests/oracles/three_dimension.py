"""客服（部）人员绩效考核细则 2018 by hand (spec 2): three dimensions, each rating with evidence, in a window of five days."""

from datetime import date, datetime, time, timedelta
from fractions import Fraction

from oracles.reckoning import (
    Listed,
    day_of,
    days_between,
    employed_within,
    half_up,
    is_workday,
    months_of,
    ranks,
    records,
    span_of,
    time_of,
    workday_exceptions,
)

DEFAULTS = {
    "common.grade_on": "rounded",
    "common.workday_calendar": "cn_statutory",
    "weight_ability": 50,
    "weight_attitude": 30,
    "weight_compliance": 20,
    "assessed_month": "previous",
    "window_first_day": 1,
    "window_last_day": 5,
    "window_shift_holidays": False,
    "window_enforcement": "flag",
    "evidence_required": True,
    "include_trial": True,
    "income_link": "none",
    "perf_pay_base": 800,
    "dept_coefficient": 1,
}
DIMENSIONS = ("ability", "attitude", "compliance")
# spec 2.2: the placeholder indicators; their weights are shares of the weight of their dimension
PLACEHOLDERS = {
    "A1": ("ability", 20),
    "A2": ("ability", 20),
    "A3": ("ability", 10),
    "B1": ("attitude", 15),
    "B2": ("attitude", 15),
    "C1": ("compliance", 10),
    "C2": ("compliance", 10),
}
EVERYBODY = ("部门", "department")


class Month:
    def __init__(self, period: str, params: dict, tables: dict):
        self.period, self.rules, self.tables = period, DEFAULTS | params, tables
        self.first, self.last = span_of(period)
        self.window = rating_window(period, self.rules, tables)
        self.indicators = indicators_in_force(self.rules, tables)
        self.listed = Listed()


def reckon(period: str, params: dict, tables: dict) -> dict:
    month = Month(period, params, tables)
    results, priorities, ranked = {}, {}, {}
    for person in records(tables, "employees"):
        id = person["employee_id"]
        ratings, broken = readable(month, id)
        result = results[id] = {"status": standing(month, person, ratings, broken)} | dict.fromkeys((*DIMENSIONS, "total"))
        result |= {"performance_pay": None, "rank": None, "partial_month": partial_month(month, person)}
        if result["status"] in ("out_of_scope", "not_assessed", "error"):
            continue
        scores = counted(month, person, ratings, result)
        if scores:
            priorities[id] = priority_list(month, scores)
        exact = total(month, scores, result)
        if exact is not None:
            ranked[id] = result["total"] if month.rules["common.grade_on"] == "rounded" else exact
            result["performance_pay"] = performance_pay(month, person, result)
    for id, rank in ranks(ranked).items():  # spec 2.3.6
        results[id]["rank"] = rank
    return {
        "employees": results,
        "priority_list": priorities,
        "rating_window": {period: {"first": str(month.window[0]), "last": str(month.window[1])}},
        "refused": month.listed.refused,
        "idle": month.listed.idle,
    }


def rating_window(period: str, rules: dict, tables: dict) -> tuple[date, date]:
    """5b 每月的1-5日: of the month after the one assessed; by choice the first five working days."""
    (year, month), *_ = months_of(period)
    if rules["assessed_month"] == "previous":
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    days = days_between(*span_of(f"{year}-{month:02}"))
    if rules["window_shift_holidays"]:
        exceptions = workday_exceptions(tables)
        days = [day for day in days if is_workday(day, rules["common.workday_calendar"], exceptions)]
    return days[rules["window_first_day"] - 1], days[rules["window_last_day"] - 1]


def indicators_in_force(rules: dict, tables: dict) -> dict[str, tuple[str, Fraction]]:
    """{indicator: (dimension, weight)} from HR's table, else the placeholders (6a, spec 2.2)."""
    if records(tables, "indicators"):
        return {one["indicator_id"]: (one["dimension"], Fraction(one["weight"])) for one in records(tables, "indicators")}
    whole = {dimension: sum(weight for own, weight in PLACEHOLDERS.values() if own == dimension) for dimension in DIMENSIONS}
    return {
        id: (dimension, Fraction(rules[f"weight_{dimension}"]) * weight / whole[dimension])
        for id, (dimension, weight) in PLACEHOLDERS.items()
        if rules[f"weight_{dimension}"] > 0
    }


def readable(month: Month, id: str) -> tuple[list[dict], bool]:
    """A person's ratings of the month, and whether one that cannot be leaves the result in error (spec 2.3.1)."""
    mine, seen, broken = [], set(), False
    for one in (one for one in records(month.tables, "ratings") if one["employee_id"] == id):
        indicator, score, place = one["indicator_id"], one["score"], ("ratings", one["row"])
        if one.get("month") not in (None, month.period):
            month.listed.idle.add(place)
        elif indicator not in month.indicators or indicator in seen or (score is not None and not 0 <= score <= 100):
            month.listed.refused.add(place)
            broken = True
        else:
            seen.add(indicator)
            mine.append(one)
    return mine, broken


def standing(month: Month, person: dict, ratings: list[dict], broken: bool) -> str:
    """4a 适用于所有的客服人员; leavers only where somebody rated them (spec 0.7)."""
    hired, left = day_of(person.get("hire_date")), day_of(person.get("leave_date"))
    if person.get("role") == "cleaner" or (person.get("status") == "trial" and not month.rules["include_trial"]):
        return "out_of_scope"
    rated = broken or any(one["score"] is not None for one in ratings)
    if not rated and ((left and left <= month.last) or (hired and hired > month.last)):
        return "not_assessed"
    return "error" if broken else "incomplete"


def counted(month: Month, person: dict, ratings: list[dict], result: dict) -> dict:
    """{indicator: score} that count: with evidence (2e), and in the window (5b) or excused from it (4c)."""
    opens, closes = datetime.combine(month.window[0], time()), datetime.combine(month.window[1] + timedelta(1), time())
    scores, result["late"], result["refused"] = {}, set(), set()
    for one in ratings:
        at, id = time_of(one.get("rated_at")), one["indicator_id"]
        if one["score"] is None:
            continue
        late = at is not None and not opens <= at < closes and not excused(month, person)
        bare = month.rules["evidence_required"] and not (one.get("evidence_ref") or "").strip()
        if late:
            result["late"].add(id)
        if bare:
            result["refused"].add(id)
            month.listed.refused.add(("ratings", one["row"]))
        if not bare and not (late and month.rules["window_enforcement"] == "reject"):
            scores[id] = Fraction(one["score"])
    return scores


def excused(month: Month, person: dict) -> bool:
    """4c 特殊情况: accepted, and told by the last day of the window."""
    return any(
        one["month"] == month.period
        and one["decision"] == "accepted"
        and day_of(one["reported_on"]) <= month.window[1]
        and one["unit"] in (*EVERYBODY, person["employee_id"], person.get("group_id"))
        for one in records(month.tables, "exemptions")
    )


def total(month: Month, scores: dict, result: dict) -> Fraction | None:
    """3 三个方面 (spec 2.3.3, 2.3.4): a dimension lacks what one of its indicators lacks, and the total lacks it too."""
    result["missing"] = {id for id in month.indicators if id not in scores}
    for dimension in DIMENSIONS:
        own = {id: weight for id, (where, weight) in month.indicators.items() if where == dimension}
        if own and not own.keys() & result["missing"]:
            result[dimension] = half_up(sum(weight * scores[id] for id, weight in own.items()) / sum(own.values()))
    if result["missing"]:
        return None
    exact = sum(weight * scores[id] for id, (_, weight) in month.indicators.items()) / 100
    result |= {"status": "complete", "total": half_up(exact)}
    return exact


def priority_list(month: Month, scores: dict) -> list[list]:
    """P3 轻重缓急: what each indicator lost, the most first, then the heavier, then by id (spec 2.3.5)."""
    lost = {id: month.indicators[id][1] * (100 - score) / 100 for id, score in scores.items()}
    order = sorted(lost, key=lambda id: (-lost[id], -month.indicators[id][1], id))
    return [[id, half_up(lost[id])] for id in order]


def partial_month(month: Month, person: dict) -> bool:
    hired, left = day_of(person.get("hire_date")), day_of(person.get("leave_date"))
    return bool((hired and month.first < hired <= month.last) or (left and month.first <= left < month.last))


def performance_pay(month: Month, person: dict, result: dict) -> Fraction | None:
    """2a 与个人收入挂钩, by choice (spec 2.3.7); part of a month needs its days, a full month counts as 1."""
    rules = month.rules
    if rules["income_link"] == "none":
        return None
    if person.get("days_scheduled"):
        part = Fraction(person["days_worked"]) / Fraction(person["days_scheduled"])
    elif result["partial_month"] or not employed_within(person, month.first, month.last):
        return None
    else:
        part = Fraction(1)
    return half_up(rules["perf_pay_base"] * part * result["total"] / 100 * rules["dept_coefficient"])
