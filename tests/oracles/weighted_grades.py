"""客服人员绩效考核管理制度 by hand (spec 5): 40/30/20/10, four grades, appeals by working days, fails in a row."""

from datetime import date
from fractions import Fraction

from oracles.reckoning import Listed, day_of, half_up, mean, nth_workday_after, records, span_of, workday_exceptions

DEFAULTS = {
    "common.grade_on": "rounded",
    "common.workday_calendar": "cn_statutory",
    "common.termination_action": "review_flag_only",
    "weight_quality": Fraction("0.40"),
    "weight_workload": Fraction("0.30"),
    "weight_satisfaction": Fraction("0.20"),
    "weight_teamwork": Fraction("0.10"),
    "sub_rating_mode": "mean",
    "workload_from_data": False,
    "workload_target": None,
    "missing_indicator": "incomplete",
    "include_trial": True,
    "include_head": False,
    "rating_due_workdays": 5,
    "grade_excellent": 90,
    "grade_good": 80,
    "grade_qualified": 60,
    "appeal_workdays": 3,
    "reply_workdays": 3,
    "replies_as_of": None,
    "no_reply_effect": "flag",
    "income_link": "none",
    "grade_coefficients": {},
    "income_base": None,
    "reward_excellent": 0,
    "streak_length": 3,
    "streak_gap": "break",
    "streak_full_months_only": True,
}
INDICATORS = ("quality", "workload", "satisfaction", "teamwork")
WEIGHED = dict(zip(INDICATORS, ("2.2a", "2.2b", "2.2c", "2.2d"), strict=True))
UNDECIDED = ("under_appeal", "needs_decision")


class Month:
    def __init__(self, period: str, params: dict, tables: dict):
        self.period, self.rules, self.tables = period, DEFAULTS | params, tables
        self.first, self.last = span_of(period)
        self.exceptions = workday_exceptions(tables)
        self.listed = Listed()
        self.broken = out_of_range(self)
        self.appeals = {record["employee_id"]: appeal(self, record) for record in records(tables, "appeals")}

    def workday(self, day: date, count: int) -> date:
        return nth_workday_after(day, count, self.rules["common.workday_calendar"], self.exceptions)

    def mine(self, table: str, id: str) -> list[dict]:
        """A person's records of this month."""
        return [one for one in records(self.tables, table) if one["employee_id"] == id and one.get("month") in (None, self.period)]


def reckon(period: str, params: dict, tables: dict) -> dict:
    month = Month(period, params, tables)
    results, points, flags = {}, {}, {}
    for person in records(tables, "employees"):
        id = person["employee_id"]
        result, parts = scored(month, person)
        if result["status"] == "complete":
            points[id] = parts
            for record in month.mine("appeals", id):
                result["status"] = state_of(record, month.appeals[id], month.rules) or "complete"
        uses(month.rules, result)
        months = months_of_person(month, id, result)
        count, months_in_a_row = streak(months, period, month.rules)
        if any(judged is not None for judged, _, _ in months.values()):
            result["streak"] = count
        if months_in_a_row and month.rules["common.termination_action"] != "none":
            flags[id] = months_in_a_row
        results[id] = {key: value for key, value in result.items() if key != "judged"}
    decided = {id: result["grade"] for id, result in results.items() if result["status"] not in UNDECIDED}
    return {
        "employees": results,
        "points": points,
        "reward_candidates": {id for id, grade in decided.items() if grade == "优秀"},  # 4.1b
        "company_rules": {id for id, grade in decided.items() if grade == "不合格"},  # 4.1c
        "streak_flags": flags,
        "appeals": month.appeals,
        "rating_due": str(month.workday(month.last, month.rules["rating_due_workdays"])),  # 3.1b
        "refused": month.listed.refused,
        "idle": month.listed.idle,
    }


def out_of_range(month: Month) -> set:
    """Who has a rating that nobody can have: refused, and the person's result with it (spec 5.3.1)."""
    people = set()
    for table, columns in (("ratings", INDICATORS), ("sub_ratings", ("score",))):
        for record in records(month.tables, table):
            if record.get("month") not in (None, month.period):
                month.listed.idle.add((table, record["row"]))
            elif any(record[one] is not None and not 0 <= record[one] <= 100 for one in columns):
                month.listed.refused.add((table, record["row"]))
                people.add(record["employee_id"])
    return people


def ratings_of(month: Month, id: str) -> dict:
    """The four ratings of a person, as given, from their parts or from the data (2.1.1 to 2.1.4, spec 5.3.1)."""
    rules, given = month.rules, next(iter(month.mine("ratings", id)), {})
    ratings = {indicator: given.get(indicator) for indicator in INDICATORS}
    if rules["workload_from_data"]:  # 2.1.2: min(1, handled ÷ target)
        target = given.get("target") or rules["workload_target"]
        known = given.get("handled") is not None and target is not None
        ratings["workload"] = 100 * min(Fraction(1), Fraction(given["handled"]) / Fraction(target)) if known else None
    if rules["sub_rating_mode"] == "mean":
        for indicator in INDICATORS:
            parts = [one["score"] for one in month.mine("sub_ratings", id) if one["indicator"] == indicator]
            ratings[indicator] = mean(parts) if parts else ratings[indicator]
    return ratings


def scored(month: Month, person: dict) -> tuple[dict, dict]:
    """Score and grade (spec 5.3.2 to 5.3.4) of whoever is assessed (1.2, spec 0.7), and what each clause of 2.2 gives."""
    rules, id = month.rules, person["employee_id"]
    hired, left = day_of(person.get("hire_date")), day_of(person.get("leave_date"))
    full_month = not (hired and hired > month.first) and not (left and left < month.last)
    result = {"score": None, "grade": None, "judged": None, "missing": [], "full_month": full_month}
    if (person.get("role") == "head" and not rules["include_head"]) or (person.get("status") == "trial" and not rules["include_trial"]):
        return result | {"status": "out_of_scope"}, {}
    if (left and left < month.last) or (hired and hired > month.last):
        return result | {"status": "not_assessed"}, {}
    if id in month.broken:
        return result | {"status": "error"}, {}
    ratings, weights = ratings_of(month, id), {indicator: Fraction(rules[f"weight_{indicator}"]) for indicator in INDICATORS}
    lacking = [indicator for indicator in INDICATORS if ratings[indicator] is None]
    present = sum(weight for indicator, weight in weights.items() if indicator not in lacking)
    if lacking and (rules["missing_indicator"] == "incomplete" or present == 0):
        return result | {"status": "incomplete", "missing": lacking}, {}
    parts = {WEIGHED[one]: weights[one] * ratings[one] for one in INDICATORS if one not in lacking}
    exact = sum(parts.values()) / (present if lacking else 1)
    published = half_up(exact)
    judged = published if rules["common.grade_on"] == "rounded" else exact  # spec 0.3.4: what every threshold is held against
    return result | {"status": "complete", "score": published, "judged": judged, "grade": grade(judged, rules)}, parts


def grade(score: Fraction, rules: dict) -> str:
    if score >= rules["grade_excellent"]:
        return "优秀"
    if score >= rules["grade_good"]:
        return "良好"
    return "合格" if score >= rules["grade_qualified"] else "不合格"


def appeal(month: Month, record: dict) -> dict:
    """申诉 and 答复 by working days, the day of receipt being day 0 (3.3a, 3.3b, spec 5.3.6)."""
    received, lodged, replied = (day_of(record.get(one)) for one in ("received_on", "lodged_on", "replied_on"))
    deadline = month.workday(received, month.rules["appeal_workdays"])
    found = {"appeal_deadline": str(deadline), "admissible": None, "reply_deadline": None, "reply_overdue": None}
    if lodged is None:
        return found
    found["admissible"] = lodged <= deadline
    if not found["admissible"]:
        return found
    due, today = month.workday(lodged, month.rules["reply_workdays"]), day_of(month.rules["replies_as_of"])
    unanswered = replied is None and (today is None or today > due)
    return found | {"reply_deadline": str(due), "reply_overdue": unanswered or (replied is not None and replied > due)}


def state_of(record: dict, found: dict, rules: dict) -> str | None:
    """What an admissible appeal leaves the month in: open, or granted by silence where the policy is read so."""
    if not found["admissible"]:
        return None
    if rules["no_reply_effect"] == "appeal_granted" and found["reply_overdue"] and record.get("outcome") is None:
        return "needs_decision"
    return "under_appeal" if record.get("replied_on") is None else None


def uses(rules: dict, result: dict) -> None:
    """4.1a 薪酬, by choice: an amount times the coefficient of the grade; 4.1b 奖励 for 优秀."""
    coefficient = rules["grade_coefficients"].get(result["grade"]) if rules["income_link"] == "grade_coefficient" else None
    decided = result["status"] not in UNDECIDED
    known = coefficient is not None and rules["income_base"] is not None and decided
    result["income"] = half_up(rules["income_base"] * Fraction(coefficient)) if known else None
    if result["status"] == "complete" and rules["reward_excellent"]:
        result["reward"] = half_up(rules["reward_excellent"]) if result["grade"] == "优秀" else None


def months_of_person(month: Month, id: str, result: dict) -> dict:
    """{month: (score, full month?, final?)} of a person, up to this one."""
    months = {}
    for record in records(month.tables, "history"):
        if record["employee_id"] == id and record["month"] < month.period:
            whole = True if record.get("full_month") is None else record["full_month"]
            months[record["month"]] = (record["score"], whole, record.get("status") != "under_appeal")
    for record in records(month.tables, "appeals"):
        earlier = record.get("month")
        if record["employee_id"] == id and earlier in months and state_of(record, month.appeals[id], month.rules):
            months[earlier] = (*months[earlier][:2], False)
    if result["score"] is not None:
        months[month.period] = (result["judged"], result["full_month"], result["status"] not in UNDECIDED)
    return months


def streak(months: dict, period: str, rules: dict) -> tuple[int, list[str]]:
    """连续不合格 (4.3, spec 5.3.5): how many fails in a row up to this month, and the months in which it was too many."""
    count, flagged = 0, []
    month = min(months, default=period)
    while month <= period:
        score, full, final = months.get(month, (None, True, True))
        if not final:
            pass  # a month under appeal changes nothing until it is final
        elif score is None:
            count = count if rules["streak_gap"] == "bridge" else 0
        elif score < rules["grade_qualified"] and (full or not rules["streak_full_months_only"]):
            count += 1
            if count >= rules["streak_length"]:
                flagged.append(month)
        else:
            count = 0
        month = next_month(month)
    return count, flagged


def next_month(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year + 1}-01" if number == 12 else f"{year}-{number + 1:02}"
