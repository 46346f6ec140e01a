"""Random months of 客服（部）人员绩效考核细则: totals at halves of a hundredth, ratings about the ends of the window, odd evidence."""

from datetime import timedelta
from fractions import Fraction

from oracles.three_dimension import DEFAULTS, DIMENSIONS, PLACEHOLDERS, rating_window

from random_months.month import Days, Dice, Month, numbered

# numbers and readings other than the default: these seldom, those of OFTEN often
READINGS = {
    "assessed_month": ["current"],
    "common.workday_calendar": ["mon_fri"],
    "window_enforcement": ["reject"],
    "evidence_required": [False],
    "include_trial": [False],
    "perf_pay_base": [0, Fraction("333.33"), 12345],
    "dept_coefficient": [Fraction("1.05"), 2, Fraction("0.333")],
    "window_shift_holidays": [True],
    "window_first_day": [2],
    "window_last_day": [4, 7],
}
OFTEN = {"common.grade_on": ["raw"], "income_link": ["linear"]}
WEIGHTS = [(60, 25, 15), (100, 0, 0), (Fraction("33.3"), Fraction("33.3"), Fraction("33.4")), (1, 0, 99)]
# HR's own indicators, adding up to 100
INDICATORS = [
    [("A1", "ability", 60), ("A10", "ability", Fraction("20.5")), ("B1", "attitude", Fraction("19.5"))],
    [("C1", "compliance", Fraction("0.01")), ("A1", "ability", Fraction("99.99"))],
    [("A1", "ability", 20), ("B1", "attitude", 20), ("B2", "attitude", 20), ("C1", "compliance", 20), ("C2", "compliance", 20)],
]


def month(dice: Dice) -> Month:
    days = Days(dice, dice.one_of("2024-03", "2023-12", "2024-02", "2025-09", "2018-05"))
    period = str(days.first)[:7]
    params = dice.readings(READINGS, 20) | dice.readings(OFTEN, 50)
    if dice.chance(25):
        params |= {f"weight_{one}": weight for one, weight in zip(DIMENSIONS, dice.one_of(*WEIGHTS), strict=True)}
    own = dice.one_of(*INDICATORS) if dice.chance(40) else []
    roster = numbered("employee_id", "E", dice.several(lambda: person(dice, days), 6, least=1))
    tables = {
        "employees": roster,
        "indicators": [{"indicator_id": id, "dimension": dimension, "weight": weight} for id, dimension, weight in own],
    }
    if dice.chance(30):
        tables["calendar_exceptions"] = [
            {"date": str(days.after + timedelta(n)), "is_workday": dice.one_of(True, False)} for n in dice.some(range(10), 25)
        ]
    first, last = rating_window(period, DEFAULTS | params, tables)
    ids = [id for id, *_ in own] or [id for id, (dimension, _) in PLACEHOLDERS.items() if params.get(f"weight_{dimension}", 1)]
    times = [f"{first} 00:00", f"{last} 23:59", f"{last + timedelta(1)} 00:00", f"{first - timedelta(1)} 23:59", None]
    tables["ratings"] = [one for person in roster for one in ratings(dice, person, ids, period, times)]
    units = ["部门", *(one[key] for one in roster for key in ("group_id", "employee_id") if one[key])]
    tables["exemptions"] = dice.several(lambda: exemption(dice, period, last, units), 2)
    return Month("three_dimension", period, params, tables)


def person(dice: Dice, days: Days) -> dict:
    scheduled = dice.one_of(None, 21, 22)
    return {
        "group_id": dice.one_of("G1", "G2", None),
        "role": dice.often("cs", "leader", "cleaner", None),
        "status": dice.often("regular", "trial", None),
        "days_scheduled": scheduled,
        "days_worked": scheduled and dice.one_of(scheduled, 8, Fraction("10.5"), 0),
    } | days.employment()


def ratings(dice: Dice, person: dict, indicators: list[str], period: str, times: list) -> list[dict]:
    """Ratings of one person; some have none, mostly those who left, and some lack an indicator or have a strange one."""
    id, found = person["employee_id"], []
    if dice.chance(50 if person.get("leave_date") else 5):
        return []
    usual = dice.one_of(90, Fraction("92.005"), Fraction("83.01"), 100)
    for indicator in indicators:
        if dice.chance(4):
            continue
        rating = {"employee_id": id, "indicator_id": indicator, "score": usual, "evidence_ref": "质检表", "rated_at": times[0]}
        if dice.chance(40):
            rating["score"] = Fraction(dice.number(0, 10000), 100)
        if dice.chance(10):
            rating |= {"rated_at": dice.one_of(*times), "evidence_ref": dice.one_of("质检表", "质检表", None, " ")}
        if dice.chance(2):
            rating["score"] = dice.one_of(None, Fraction("100.01"), Fraction("-0.01"))
        found.append(rating | {"month": dice.one_of(None, period)})
        if dice.chance(1):
            found.append(rating | dice.one_of({"month": period}, {"month": "2017-01"}, {"indicator_id": "Z9"}))
    return found


def exemption(dice: Dice, period: str, last, units: list[str]) -> dict:
    return {
        "month": dice.often(period, "2017-01"),
        "unit": dice.one_of(*units),
        "reason": "系统故障",
        "reported_on": str(last + timedelta(dice.one_of(0, -1, 1))),
        "decision": dice.often("accepted", "refused"),
    }
