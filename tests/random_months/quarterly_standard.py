"""Random quarters of 客服部绩效考核标准: measures about their targets, items about the training line, weeks across the ends."""

from datetime import timedelta
from fractions import Fraction

from oracles.quarterly_standard import DIMENSIONS, ITEMS, RATED, reckon
from oracles.reckoning import days_between, months_of

from random_months.month import Days, Dice, Month, numbered

# numbers and readings other than the default: these seldom, those of OFTEN often
READINGS = {
    "item_1a_source": ["measured"],
    "response_rate_target": [Fraction("0.8")],
    "survey_count_target": [8, Fraction("12.5")],
    "survey_score_target": [100],
    "survey_score_in_1d": [False],
    "summary_per_week": [2],
    "aht_target_minutes": [Fraction("5.5")],
    "handled_daily_target": [50],
    "answer_rate_target": [1, Fraction("0.8")],
    "complaint_rate_target": [Fraction("0.003")],
    "missing_measure": ["block"],
    "missing_self": ["block"],
    "override_measured": ["never"],
    "form_quarter": ["coming"],
    "form_issue_workdays": [1, 10],
    "common.workday_calendar": ["mon_fri"],
}
OFTEN = {
    "week_belongs": ["thursday"],
    "complaints_counted": ["all"],
    "self_weight": [Fraction("0.2"), Fraction("0.5"), 1],
    "training_threshold": [80, 100],
    "common.grade_on": ["raw"],
}
WEIGHTS = [(40, 30, 20, 10), (0, 0, 100, 0), (Fraction("33.3"), Fraction("33.3"), Fraction("33.4"), 0)]


def month(dice: Dice) -> Month:
    period = dice.one_of("2024Q1", "2023Q4", "2025Q2", "2025Q3")
    days = Days(dice, period)
    params = dice.readings(READINGS) | dice.readings(OFTEN, 35)
    if dice.chance(25):
        params |= {f"weight_{one}": weight for one, weight in zip(DIMENSIONS, dice.one_of(*WEIGHTS), strict=True)}
    roster = numbered(
        "employee_id", "E", dice.several(lambda: {"role": dice.often("cs", "leader", "cleaner")} | days.employment(), 5, least=1)
    )
    people = [one["employee_id"] for one in roster]
    whole = dice.chance(60)  # every rating was given
    sundays = [day for day in days_between(days.first - timedelta(7), days.last + timedelta(7)) if day.weekday() == 6]
    busy = [days.before, days.first, *days.middle(), days.last, days.after]
    months = [f"{year}-{number:02}" for year, number in months_of(period)]
    tables = {
        "employees": roster,
        "ratings": [one for id in people for one in ratings(dice, id, period, whole)],
        "monthly_survey": [
            {"employee_id": id, "month": one, "completed_count": dice.one_of(0, 10, 20, 25, 19), "avg_score": dice.one_of(90, 81, 95, None)}
            for id in dice.some(people, 80)
            for one in dice.some([*months, "2022-01"], 75)
        ],
        "weekly_summary": [
            {"employee_id": id, "week_end": str(day), "summaries": dice.one_of(1, 1, 0, 2), "full_leave": dice.often(False, True, None)}
            for id in dice.some(people, 80)
            for day in dice.some(sundays, 85)
        ],
        "daily_ops": [
            {"employee_id": id, "date": str(day)} | operations(dice) for id in dice.some(people, 80) for day in dice.some(busy, 60)
        ],
        "tasks": numbered("task_id", "T", dice.several(lambda: task(dice, days, people), 8)),
        "complaint_counts": [{"employee_id": id, "quarter": dice.one_of(None, period)} | counts(dice) for id in dice.some(people, 70)],
        "feedback": numbered("feedback_id", "F", dice.several(lambda: feedback(dice, days, people), 8)),
        "calendar_exceptions": [
            {"date": str(days.last + timedelta(n)), "is_workday": dice.one_of(True, False)} for n in dice.some(range(1, 12), 10)
        ],
    }
    known = reckon(period, params, tables)["items"]
    tables["adjustments"] = [adjustment(dice, period, id, items) for id, items in known.items() if dice.chance(30)]
    return Month("quarterly_standard", period, params, tables)


def mark(dice: Dice):
    return dice.one_of(60, Fraction("59.995"), Fraction("59.994"), 80, 100, 0, Fraction(dice.number(0, 10000), 100))


def ratings(dice: Dice, id: str, period: str, whole: bool) -> list[dict]:
    """One row an item; now and then one is missing, stands twice or cannot be, or the supervisor replaces a measure."""
    if dice.chance(8):
        return []
    found = []
    for item in ITEMS:
        record = {"employee_id": id, "item": item, "quarter": dice.one_of(None, period)}
        record |= {"self_score": mark(dice) if dice.chance(85) else None, "supervisor_score": mark(dice), "reason": None}
        if item not in RATED:
            if dice.chance(6):
                found.append(record | {"reason": dice.one_of("有原因", " ", None)})
        elif whole or dice.chance(94):
            found.append(record)
            if not whole and dice.chance(3):
                found.append(record | dice.one_of({"supervisor_score": Fraction("100.01")}, {"quarter": "2022Q1"}, {}))
    return found


def operations(dice: Dice) -> dict:
    handled, offered = dice.one_of(40, 39, 41, 20, 0, None), dice.one_of(100, 10, 50, 0, None)
    answered = None if offered is None or dice.chance(5) else offered * dice.one_of(9, 10, 8, 0) // 10
    return {
        "handled_count": handled,
        "handle_minutes": dice.one_of(240, 241, 239, 300, 0, Fraction("99.5"), None),
        "calls_offered": offered,
        "calls_answered": answered + 1 if answered is not None and dice.chance(1) else answered,
        "on_time_count": None if handled is None else dice.one_of(handled, handled // 2, None),
    }


def task(dice: Dice, days: Days, people: list[str]) -> dict:
    due = days.any()
    return {"employee_id": dice.one_of(*people), "due": due, "done": dice.one_of(None, due, days.any())}


def counts(dice: Dice) -> dict:
    """Complaints in 1000 contacts, about the target and twice the target."""
    justified = dice.near(3, 5, 6, 10)
    return {"contacts": 1000, "justified_complaints": justified, "complaints": dice.one_of(justified, justified + 2, None)}


def feedback(dice: Dice, days: Days, people: list[str]) -> dict:
    received = days.any()
    return {
        "employee_id": dice.one_of(*people),
        "received_on": received,
        "replied_on": dice.one_of(None, *(one for one in (received, str(days.last), str(days.after)) if one >= received)),
    }


def adjustment(dice: Dice, period: str, id: str, items: dict) -> dict:
    """What a meeting changed; the old value is mostly the right one."""
    item = dice.one_of(*ITEMS)
    old = items[item] if items[item] is not None and dice.chance(80) else 55
    return {
        "employee_id": id,
        "item": item,
        "old_value": old,
        "new_value": mark(dice),
        "reason": "会议",
        "quarter": dice.often(None, period),
    }
