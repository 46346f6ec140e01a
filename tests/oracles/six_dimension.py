"""客服部门考核制度范本 by hand (spec 7): 17 items in six parts, 110 points in all, rated by several people."""

from datetime import date
from fractions import Fraction
from statistics import median

from oracles.reckoning import (
    Listed,
    day_of,
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
    "scale": "normalise_100",
    "full_score": 100,
    "include_trial": False,
    "eligibility_date": "period_end",
    "period_mode": "direct_else_mean",
    "survey_conversion": "linear",
    "grader_aggregate": "mean",
    "min_graders": 2,
    "rating_due_workdays": 5,
    "grades": None,
    "income_link": None,
}
# art5 to art10: the most that each item may give
PARTS = {
    "business_knowledge": {"5.1": 10, "5.2": 10, "5.3": 10},
    "service_attitude": {"6.1": 10, "6.2": 5, "6.3": 5},
    "teamwork": {"7.1": 5, "7.2": 5, "7.3": 5},
    "communication": {"8.1": 5, "8.2": 5, "8.3": 5},
    "problem_solving": {"9.1": 10, "9.2": 5, "9.3": 5},
    "innovation": {"10.1": 5, "10.2": 5},
}
ITEMS = {item: most for part in PARTS.values() for item, most in part.items()}


class Period:
    def __init__(self, period: str, params: dict, tables: dict):
        self.period, self.rules, self.tables = period, DEFAULTS | params, tables
        self.first, self.last = span_of(period)
        self.listed = Listed()

    def mine(self, table: str, id: str) -> list[dict]:
        return [one for one in records(self.tables, table) if one["employee_id"] == id]


def reckon(period: str, params: dict, tables: dict) -> dict:
    span = Period(period, params, tables)
    rules, results, judged = span.rules, {}, {}
    for person in records(tables, "employees"):
        id = person["employee_id"]
        ratings, broken = readable(span, id)
        result = results[id] = {"status": standing(span, person), "score": None, "raw": None, "rank": None}
        result |= {"grade": None, "income": None} | dict.fromkeys(PARTS)
        if result["status"] == "complete" and broken:
            result["status"] = "error"
        if result["status"] == "complete":
            exact = direct_or_derived(span, person, ratings, result)
            if exact is not None:
                result["score"] = half_up(exact)
                judged[id] = result["score"] if rules["common.grade_on"] == "rounded" else exact
    for id, rank in ranks({id: results[id]["score"] for id in judged}).items():
        results[id]["rank"] = rank
    for id, score in judged.items():  # art11.0, art4c: tables of HR, by the published or by the exact score
        results[id]["grade"] = in_bands(score, rules["grades"])
        results[id]["income"] = half_up(in_bands(score, rules["income_link"]))
    due = nth_workday_after(span.last, rules["rating_due_workdays"], rules["common.workday_calendar"], workday_exceptions(tables))
    return {"employees": results, "rating_due": str(due), "refused": span.listed.refused, "idle": span.listed.idle}


def standing(span: Period, person: dict) -> str:
    """art2a 适用于全体正式员工 (spec 7.4.1, 0.7)."""
    regular, left = day_of(person.get("regular_from")), day_of(person.get("leave_date"))
    judged_on = span.last if span.rules["eligibility_date"] == "period_end" else span.first
    trial = person["status"] == "trial" or (regular is not None and regular > judged_on)
    if (left and left < span.first) or (trial and not span.rules["include_trial"]):
        return "out_of_scope"
    return "not_assessed" if left and left < span.last else "complete"


def readable(span: Period, id: str) -> tuple[list[dict], bool]:
    """The ratings of a person in the period, without their own (art11.2), and whether one of them cannot be (spec 7.4.2)."""
    mine, broken = [], False
    for one in span.mine("ratings", id):
        place = ("ratings", one["row"])
        if one.get("period") not in (None, span.period):
            span.listed.idle.add(place)
        elif one["grader_id"] == id:
            span.listed.refused.add(place)
        elif any(one[item] is not None and not 0 <= one[item] <= most for item, most in ITEMS.items()):
            span.listed.refused.add(place)
            broken = True
        else:
            mine.append(one)
    return mine, broken


def direct_or_derived(span: Period, person: dict, ratings: list[dict], result: dict) -> Fraction | None:
    """art4b: a month by its ratings; a quarter or year by its own, else by the published months (spec 7.4.5)."""
    id, mode, monthly = person["employee_id"], span.rules["period_mode"], len(months_of(span.period)) == 1
    result |= {"source": None, "reason": None, "missing": set()}
    if monthly or (ratings and mode != "mean_only"):
        result["source"] = "direct"
        return rated(span, id, ratings, result)
    entered = [one["score"] for one in span.mine("period_scores", id) if one["period"] == span.period]
    if mode != "mean_only" and entered and entered[0] is not None:
        result["source"] = "direct"
        return Fraction(entered[0])
    scores = published_months(span, person)
    if mode != "direct_only" and scores:
        result |= {"source": "derived", "months_used": len(scores)}
        return mean(scores)
    result |= {"status": "incomplete", "reason": "no_scores", "missing": {"ratings" if mode == "direct_only" else "month_scores"}}
    return None


def published_months(span: Period, person: dict) -> list:
    """The scores of the months in which the person was in scope."""
    regular, months = day_of(person.get("regular_from")), set()
    for year, month in months_of(span.period):
        judged_on = month_end(year, month) if span.rules["eligibility_date"] == "period_end" else date(year, month, 1)
        if span.rules["include_trial"] or regular is None or regular <= judged_on:
            months.add(f"{year}-{month:02}")
    own = span.mine("month_scores", person["employee_id"])
    return [one["score"] for one in own if one["month"] in months and one["score"] is not None]


def rated(span: Period, id: str, ratings: list[dict], result: dict) -> Fraction | None:
    """Items, parts, raw and score of one person (spec 7.4.2 to 7.4.4; art3, art5 to art10, art11.2)."""
    rules, ratings = span.rules, [one for one in ratings if any(one[item] is not None for item in ITEMS)]
    if len(ratings) < rules["min_graders"]:
        result |= {"status": "incomplete", "reason": "too_few_graders", "missing": {"graders"}}
        return None
    items = {}
    for item in ITEMS:
        given = [Fraction(one[item]) for one in ratings if one[item] is not None]
        items[item] = None if not given else mean(given) if rules["grader_aggregate"] == "mean" else median(given)
    surveyed = [one["avg_score_100"] for one in span.mine("survey", id) if one["avg_score_100"] is not None]
    if rules["survey_conversion"] == "linear" and surveyed:
        items["6.3"] = Fraction(5 * surveyed[0]) / 100  # art6.3
    lacking = {item for item, value in items.items() if value is None}
    if lacking:
        result |= {"status": "incomplete", "reason": "item_not_rated", "missing": lacking}
        return None
    raw, full = sum(items.values()), Fraction(rules["full_score"])
    result |= items | {part: half_up(sum(items[item] for item in own)) for part, own in PARTS.items()}
    result |= {"raw": half_up(raw), "graders": len(ratings)}
    return {"normalise_100": raw * full / sum(ITEMS.values()), "raw_110": raw, "cap_100": min(full, raw)}[rules["scale"]]


def in_bands(score: Fraction, bands: list[dict] | None):
    """What the first band gives that the score reaches."""
    return next((band["give"] for band in bands or [] if score >= band.get("from", score)), None)
