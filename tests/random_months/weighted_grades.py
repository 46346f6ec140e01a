"""Random months of 客服人员绩效考核管理制度: scores about 60, 80 and 90, appeals about their deadlines, fails in a row."""

from datetime import timedelta
from fractions import Fraction

from oracles.weighted_grades import INDICATORS

from random_months.month import Days, Dice, Month, months_about, numbered

# numbers and readings other than the default: these seldom, those of OFTEN often
READINGS = {
    "common.workday_calendar": ["mon_fri"],
    "common.termination_action": ["none"],
    "sub_rating_mode": ["none"],
    "workload_target": [100, Fraction("33.3")],
    "include_trial": [False],
    "include_head": [True],
    "rating_due_workdays": [1, 10],
    "grade_excellent": [95, Fraction("89.99")],
    "grade_qualified": [65],
    "appeal_workdays": [0, 1, 5],
    "reply_workdays": [0, 1, 5],
    "no_reply_effect": ["appeal_granted"],
    "reward_excellent": [100, Fraction("88.885")],
    "streak_length": [1, 2, 4],
    "streak_full_months_only": [False],
}
OFTEN = {"common.grade_on": ["raw"], "missing_indicator": ["reweight"], "streak_gap": ["bridge"]}
WEIGHTS = [("0.25", "0.25", "0.25", "0.25"), ("0.5", "0.3", "0.2", "0"), ("0", "0", "1", "0"), ("0.333", "0.333", "0.333", "0.001")]
COEFFICIENTS = [
    {"优秀": Fraction("1.2"), "良好": 1, "合格": Fraction("0.8"), "不合格": 0},
    {"优秀": Fraction("1.005"), "良好": 1, "合格": Fraction("0.805"), "不合格": Fraction("0.333")},
]


def month(dice: Dice) -> Month:
    period = dice.one_of("2024-03", "2024-02", "2024-09", "2024-12", "2025-01")
    days = Days(dice, period)
    about = months_about(period, 6, 1)
    before, after = about[:6], about[-1]
    roster = numbered("employee_id", "E", dice.several(lambda: person(dice, days), 6, least=1))
    people = [one["employee_id"] for one in roster]
    params = dice.readings(READINGS) | dice.readings(OFTEN, 35)
    params["workload_from_data"] = dice.often(False, True)
    if dice.chance(15):
        params |= {f"weight_{one}": Fraction(weight) for one, weight in zip(INDICATORS, dice.one_of(*WEIGHTS), strict=True)}
    if dice.chance(40):
        params |= {"income_link": "grade_coefficient", "grade_coefficients": dice.one_of(*COEFFICIENTS)}
        params |= dice.readings({"income_base": [1000, Fraction("333.33"), Fraction("0.5")]}, 80)
    if dice.chance(30):
        params["replies_as_of"] = f"{after}-{dice.one_of('10', '20')}"
    sub_rated = [one for one in INDICATORS if one != "workload" or not params["workload_from_data"]]
    tables = {
        "employees": roster,
        "ratings": [{"employee_id": id} | rating(dice, period) for id in dice.some(people, 93)],
        "sub_ratings": [
            {"employee_id": dice.one_of(*people), "indicator": dice.one_of(*sub_rated), "sub": f"s{n}", "score": mark(dice)}
            for n in range(dice.one_of(0, 0, 1, 3, 6))
        ],
        "history": [{"employee_id": id, "month": month} | earlier(dice) for id in people for month in dice.some(before, 60)],
        "appeals": [{"employee_id": id} | appeal(dice, days, [None, None, period, *before[-2:]]) for id in dice.some(people, 30)],
        "calendar_exceptions": [
            {"date": f"{after}-{day:02}", "is_workday": dice.one_of(True, False)} for day in dice.some(range(1, 16), 12)
        ],
    }
    return Month("weighted_grades", period, params, tables)


def person(dice: Dice, days: Days) -> dict:
    return {
        "role": dice.often("agent", "online", "leader", "head", None),
        "status": dice.often("regular", "trial", None),
    } | days.employment()


def mark(dice: Dice):
    """A mark that anybody may have, or an impossible one."""
    return dice.one_of(101, -1, Fraction("100.01")) if dice.chance(2) else dice.one_of(90, 80, 60, 100, 0, 55, 75, Fraction("89.95"))


def rating(dice: Dice, period: str) -> dict:
    """Four marks, mostly such that the score lies on or just beside the edge of a grade."""
    record = {"month": dice.often(None, period), "handled": dice.one_of(100, 99, 50, 0, None), "target": dice.one_of(None, 100, 90)}
    if dice.chance(30):
        return record | {one: None if dice.chance(15) else mark(dice) for one in INDICATORS}
    edge = dice.one_of(90, 80, 60)
    record |= dict.fromkeys(INDICATORS, edge) | {
        "teamwork": edge + dice.near(0, step=Fraction("0.05")) + dice.near(0, step=Fraction("0.05"))
    }
    return record | {dice.one_of(*INDICATORS): None} if dice.chance(10) else record


def earlier(dice: Dice) -> dict:
    score = dice.one_of(59, Fraction("59.99"), 50, 60, Fraction("60.01"), 80, None)
    status = dice.often("final", "under_appeal", None)
    return {"score": score, "full_month": dice.often(True, False, None), "status": status}


def appeal(dice: Dice, days: Days, about: list) -> dict:
    received = days.after + timedelta(dice.one_of(0, 4, 5, 8, 9))
    lodged = received + timedelta(dice.number(0, 7)) if dice.chance(85) else None
    replied = lodged + timedelta(dice.number(0, 9)) if lodged and dice.chance(70) else None
    return {
        "month": dice.one_of(*about),
        "received_on": str(received),
        "lodged_on": lodged and str(lodged),
        "replied_on": replied and str(replied),
        "outcome": dice.one_of(None, "维持"),
    }
