"""客服部绩效考核标准 by hand (spec 3): fifteen items under four main indicators, some rated and some measured."""

from datetime import date, timedelta
from fractions import Fraction

from oracles.reckoning import (
    Listed,
    day_of,
    days_between,
    employed_within,
    half_up,
    mean,
    month_end,
    months_of,
    nth_workday_after,
    ranks,
    records,
    span_of,
    workday_exceptions,
)

DEFAULTS = {
    "common.grade_on": "rounded",
    "common.workday_calendar": "cn_statutory",
    "weight_service_quality": 25,
    "weight_teamwork": 25,
    "weight_efficiency": 25,
    "weight_satisfaction": 25,
    "item_1a_source": "rating",
    "response_rate_target": 1,
    "survey_count_target": 20,
    "survey_score_target": 90,
    "survey_score_in_1d": True,
    "summary_per_week": 1,
    "week_belongs": "sunday",
    "aht_target_minutes": 6,
    "handled_daily_target": 40,
    "answer_rate_target": Fraction("0.90"),
    "complaint_rate_target": Fraction("0.005"),
    "complaints_counted": "justified",
    "missing_measure": "reweight",
    "self_weight": 0,
    "missing_self": "flag",
    "override_measured": "with_reason",
    "form_quarter": "previous",
    "form_issue_workdays": 5,
    "training_threshold": 60,
}
DIMENSIONS = {
    "service_quality": ("1a", "1b", "1c", "1d"),
    "teamwork": ("2a", "2b", "2c", "2d"),
    "efficiency": ("3a", "3b", "3c", "3d"),
    "satisfaction": ("4a", "4b", "4c"),
}
ITEMS = [item for items in DIMENSIONS.values() for item in items]
RATED = ("1a", "1b", "1c", "2a", "2b", "2c")


class Quarter:
    def __init__(self, period: str, params: dict, tables: dict):
        self.period, self.rules, self.tables = period, DEFAULTS | params, tables
        self.first, self.last = span_of(period)
        self.rated = [item for item in RATED if item != "1a" or self.rules["item_1a_source"] == "rating"]
        self.listed = Listed()

    def mine(self, table: str, id: str) -> list[dict]:
        """A person's records that name this quarter or none."""
        own = [one for one in records(self.tables, table) if one["employee_id"] == id]
        self.listed.idle |= {(table, one["row"]) for one in own if one.get("quarter") not in (None, self.period)}
        return [one for one in own if one.get("quarter") in (None, self.period)]


def reckon(period: str, params: dict, tables: dict) -> dict:
    quarter = Quarter(period, params, tables)
    results, items, training = {}, {}, {}
    for person in records(tables, "employees"):
        id = person["employee_id"]
        result = results[id] = {"status": "complete", "total": None, "rank": None} | dict.fromkeys(DIMENSIONS)
        standing = scope(quarter, person)
        values, broken, self_missing = item_scores(quarter, person)
        if standing != "complete" or broken:
            result["status"] = standing if standing != "complete" else "error"
            continue
        weighed(quarter, values, self_missing, result)
        items[id] = {item: half_up(values[item]) for item in ITEMS}
        judged = items[id] if quarter.rules["common.grade_on"] == "rounded" else values
        low = [item for item in ITEMS if judged[item] is not None and judged[item] < quarter.rules["training_threshold"]]
        if low:
            training[id] = low  # F5
    for id, rank in ranks({id: one["total"] for id, one in results.items() if one["total"] is not None}).items():
        results[id]["rank"] = rank
    return {
        "employees": results,
        "items": items,
        "training": training,
        "form_issue": {period: {"due": str(form_due(quarter))}},
        "refused": quarter.listed.refused,
        "idle": quarter.listed.idle,
    }


def scope(quarter: Quarter, person: dict) -> str:
    """Spec 0.7: no cleaners; who left or has not begun only where a form was filled."""
    hired, left = day_of(person.get("hire_date")), day_of(person.get("leave_date"))
    if person.get("role") == "cleaner":
        return "out_of_scope"
    forms = quarter.mine("ratings", person["employee_id"])
    filled = any(one["self_score"] is not None or one["supervisor_score"] is not None for one in forms)
    return "not_assessed" if not filled and ((left and left <= quarter.last) or (hired and hired > quarter.last)) else "complete"


def item_scores(quarter: Quarter, person: dict) -> tuple[dict, bool, list]:
    """Every item of a person, measured (3.1), rated (F2a, F3) and as the meeting left it (F4)."""
    id, rules, listed = person["employee_id"], quarter.rules, quarter.listed
    values, broken = measured(quarter, person)
    seen, self_missing = set(), []
    for one in quarter.mine("ratings", id):
        item, own, given = one["item"], one["self_score"], one["supervisor_score"]
        if item in seen or any(score is not None and not 0 <= score <= 100 for score in (own, given)):
            listed.refused.add(("ratings", one["row"]))
            broken = True
            continue
        seen.add(item)
        if item in quarter.rated:
            if given is not None:
                share = Fraction(rules["self_weight"]) if own is not None else 0
                values[item] = share * (own or 0) + (1 - share) * Fraction(given)
                self_missing += [item] * (own is None)
        elif given is not None:
            if rules["override_measured"] == "with_reason" and (one.get("reason") or "").strip():
                values[item] = Fraction(given)
            else:
                listed.refused.add(("ratings", one["row"]))
    for one in quarter.mine("adjustments", id):
        if half_up(values[one["item"]]) == half_up(one["old_value"]):
            values[one["item"]] = Fraction(one["new_value"])
        else:
            listed.refused.add(("adjustments", one["row"]))
    return values, broken, self_missing


def weighed(quarter: Quarter, values: dict, self_missing: list, result: dict) -> None:
    """Spec 3.4.2, 3.4.3: items without data leave their weight to the others; a rated one nobody can do without."""
    rules, total, left_out, blocking = quarter.rules, Fraction(0), [], set()
    for dimension, items in DIMENSIONS.items():
        weight = Fraction(rules[f"weight_{dimension}"])
        open_items = [item for item in items if values[item] is None]
        lacking = [item for item in open_items if item in quarter.rated or rules["missing_measure"] == "block"]
        without_data = [item for item in open_items if item not in lacking]
        left_out += without_data
        if len(without_data) == len(items):
            lacking = without_data
        if lacking:
            blocking |= set(lacking) if weight > 0 else set()
            continue
        exact = mean(values[item] for item in items if values[item] is not None)
        result[dimension] = half_up(exact)
        total += weight * exact / 100
    if rules["missing_self"] == "block":
        blocking |= set(self_missing)
    result |= {"left_out": left_out, "missing": blocking}
    result |= {"status": "incomplete"} if blocking else {"total": half_up(total)}


def form_due(quarter: Quarter) -> date:
    """F1 每季度初: within so many working days, for the quarter just ended or, by choice, for the one that begins."""
    rules = quarter.rules
    before = quarter.last if rules["form_quarter"] == "previous" else quarter.first - timedelta(1)
    return nth_workday_after(before, rules["form_issue_workdays"], rules["common.workday_calendar"], workday_exceptions(quarter.tables))


# -- measured items (spec 3.1) ----------------------------------------------------------------------------------------


def measured(quarter: Quarter, person: dict) -> tuple[dict, bool]:
    id, values = person["employee_id"], dict.fromkeys(ITEMS)
    hired, left = day_of(person.get("hire_date")), day_of(person.get("leave_date"))
    first = max(quarter.first, hired) if hired else quarter.first
    last = min(quarter.last, left) if left else quarter.last

    def own(table: str, column: str) -> list[dict]:
        return [one for one in quarter.mine(table, id) if first <= day_of(one[column]) <= last]

    values |= surveys(quarter, person)
    values["2d"] = summaries(quarter, id, first, last)
    values |= daily(quarter, own("daily_ops", "date"))
    values["3c"] = percent(one["done"] is not None and one["done"] <= one["due"] for one in own("tasks", "due"))
    values["4b"] = complaints(quarter, id)
    replied = (one["replied_on"] is not None and day_of(one["replied_on"]) <= quarter.last for one in own("feedback", "received_on"))
    values["4c"] = percent(replied)
    impossible = [one["row"] for one in quarter.mine("daily_ops", id) if (one["calls_answered"] or 0) > (one["calls_offered"] or 0)]
    quarter.listed.refused |= {("daily_ops", row) for row in impossible}
    return values, bool(impossible)


def percent(hits):
    share = mean(hits)
    return None if share is None else 100 * share


def capped(value, target) -> Fraction:
    """How much of a target was reached, at most all of it: a strong day never makes up for a weak one."""
    return min(Fraction(1), Fraction(value) / Fraction(target))


def surveys(quarter: Quarter, person: dict) -> dict:
    """1d 调查问卷 by month, a month without a record being 0 questionnaires; 4a 评价分数 weighted by questionnaires."""
    rules, id = quarter.rules, person["employee_id"]
    months = [f"{y}-{m:02}" for y, m in months_of(quarter.period) if employed_within(person, date(y, m, 1), month_end(y, m))]
    handed_in = {one["month"]: one for one in quarter.mine("monthly_survey", id) if one["month"] in months}
    if not handed_in:
        return {}
    counts = mean(
        capped(handed_in[month]["completed_count"], rules["survey_count_target"]) if month in handed_in else 0 for month in months
    )
    scored = [one for one in handed_in.values() if one["avg_score"] is not None]
    scores = mean(capped(one["avg_score"], rules["survey_score_target"]) for one in scored)
    both = rules["survey_score_in_1d"] and scores is not None
    found = {"1d": 100 * (counts + scores) / 2 if both else 100 * counts}
    answered = sum(one["completed_count"] for one in scored)
    if answered:
        average = sum(one["completed_count"] * Fraction(one["avg_score"]) for one in scored) / answered
        found["4a"] = 100 * capped(average, rules["survey_score_target"])
    return found


def summaries(quarter: Quarter, id: str, first: date, last: date):
    """2d 每周撰写一篇工作总结: weeks of the quarter by their Sunday (or Thursday), without weeks of full leave."""
    if not records(quarter.tables, "weekly_summary"):
        return None
    handed_in = {day_of(one["week_end"]): one for one in quarter.mine("weekly_summary", id)}
    hits = []
    for sunday in days_between(quarter.first, quarter.last + timedelta(6)):
        belongs = sunday if quarter.rules["week_belongs"] == "sunday" else sunday - timedelta(3)
        employed = first <= sunday and sunday - timedelta(6) <= last
        record = handed_in.get(sunday, {"summaries": 0})
        if sunday.weekday() == 6 and quarter.first <= belongs <= quarter.last and employed and not record.get("full_leave"):
            hits.append(record["summaries"] >= quarter.rules["summary_per_week"])
    return percent(hits)


def daily(quarter: Quarter, days: list[dict]) -> dict:
    """3a 处理时间 over the quarter; 3b 处理量, 3d 接听率 and, by choice, 1a 响应及时性 day by day."""
    rules, found = quarter.rules, {}
    timed = [one for one in days if one["handled_count"] is not None and one["handle_minutes"] is not None]
    cases, minutes = (sum(Fraction(one[column]) for one in timed) for column in ("handled_count", "handle_minutes"))
    if cases:
        average, target = minutes / cases, Fraction(rules["aht_target_minutes"])
        found["3a"] = Fraction(100) if average <= target else 100 * target / average
    found["3b"] = percent(capped(one["handled_count"], rules["handled_daily_target"]) for one in days if one["handled_count"] is not None)
    calls = [one for one in days if one["calls_offered"] and one["calls_answered"] is not None]
    found["3d"] = percent(capped(Fraction(one["calls_answered"], one["calls_offered"]), rules["answer_rate_target"]) for one in calls)
    if rules["item_1a_source"] == "measured":
        quick = [one for one in days if one["handled_count"] and one["on_time_count"] is not None]
        found["1a"] = percent(capped(Fraction(one["on_time_count"], one["handled_count"]), rules["response_rate_target"]) for one in quick)
    return found


def complaints(quarter: Quarter, id: str):
    """4b 投诉率: all of it up to the target, nothing from twice the target on."""
    for one in quarter.mine("complaint_counts", id):
        count = one["justified_complaints"] if quarter.rules["complaints_counted"] == "justified" else one["complaints"]
        if count is not None:
            times = Fraction(count, one["contacts"]) / Fraction(quarter.rules["complaint_rate_target"])
            return Fraction(100) if times <= 1 else max(Fraction(0), 100 * (2 - times))
    return None
