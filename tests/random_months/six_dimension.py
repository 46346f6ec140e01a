"""Random months, quarters and years of 客服部门考核制度范本: one to four graders, scores about the bands, 转正 about the ends."""

from datetime import timedelta
from fractions import Fraction

from oracles.reckoning import months_of
from oracles.six_dimension import ITEMS

from random_months.month import Days, Dice, Month, numbered

# numbers and readings other than the default: these seldom, those of OFTEN often
READINGS = {
    "full_score": [110, 50, Fraction("99.9")],
    "include_trial": [True],
    "eligibility_date": ["period_start"],
    "survey_conversion": ["rating"],
    "min_graders": [1, 3],
    "rating_due_workdays": [1, 10],
    "common.workday_calendar": ["mon_fri"],
}
OFTEN = {
    "scale": ["raw_110", "cap_100"],
    "period_mode": ["mean_only", "direct_only"],
    "grader_aggregate": ["median"],
    "common.grade_on": ["raw"],
    "grades": [[{"from": 90, "give": "优"}, {"from": Fraction("80.01"), "give": "良"}, {"give": "差"}]],
    "income_link": [[{"from": 90, "give": Fraction("500.005")}, {"from": 60, "give": 100}, {"give": 0}]],
}


def month(dice: Dice) -> Month:
    period = dice.one_of("2024-03", "2023-12", "2024Q1", "2025Q3", "2024")
    days = Days(dice, period)
    params = dice.readings(READINGS) | dice.readings(OFTEN, 40)
    roster = numbered("employee_id", "E", dice.several(lambda: person(dice, days), 5, least=1))
    people = [one["employee_id"] for one in roster]
    rated = dice.some(people, 90 if period.count("-") else 50)
    months = [f"{year}-{month:02}" for year, month in months_of(period)][:4]
    tables = {
        "employees": roster,
        "ratings": [one for id in rated for one in ratings(dice, id, period)],
        "survey": [{"employee_id": id, "avg_score_100": dice.one_of(100, 0, Fraction("87.005"), None)} for id in dice.some(people, 40)],
        "month_scores": [
            {"employee_id": id, "month": month, "score": dice.one_of(90, Fraction("90.01"), Fraction("59.99"), 80, 0, None)}
            for id in people
            for month in dice.some([*months, "2022-12"], 60)
        ],
        "period_scores": [
            {"employee_id": id, "period": period, "score": dice.one_of(80, Fraction("88.88"), None)} for id in dice.some(people, 15)
        ],
        "calendar_exceptions": [
            {"date": str(days.last + timedelta(n)), "is_workday": dice.one_of(True, False)} for n in dice.some(range(1, 12), 10)
        ],
    }
    return Month("six_dimension", period, params, tables)


def person(dice: Dice, days: Days) -> dict:
    edges = (days.before, days.first, days.first + timedelta(1), days.last, days.after)
    return {
        "status": dice.often("regular", "trial") if dice.chance(40) else "regular",
        "regular_from": str(dice.one_of(*edges)) if dice.chance(40) else None,
        "leave_date": str(dice.one_of(*edges, days.last - timedelta(1))) if dice.chance(15) else None,
    }


def ratings(dice: Dice, id: str, period: str) -> list[dict]:
    """What the graders gave one person, mostly the same part of every maximum, so that scores lie on or beside an edge."""
    part = dice.one_of(Fraction(9, 10), Fraction(4, 5), Fraction(6, 10), 1, 0)
    found = []
    for grader in [f"g{n}" for n in range(1, dice.one_of(2, 2, 3, 4, 1) + 1)] + [id] * dice.chance(10):
        record = {"employee_id": id, "grader_id": grader, "period": dice.one_of(None, period)}
        record |= {item: most * part for item, most in ITEMS.items()}
        for item in dice.some(ITEMS, 20):
            record[item] = Fraction(dice.number(0, 200 * ITEMS[item]), 200)
        if dice.chance(10):
            record |= {dice.one_of(*ITEMS): None, "6.3": None}
        if dice.chance(2):
            record["6.2"] = dice.one_of(Fraction("5.01"), Fraction("-0.01"))
        if dice.chance(2):
            record |= dict.fromkeys(ITEMS)
        found.append(record)
        if dice.chance(4):
            found.append(record | {"period": "2022-01"})
    return found
