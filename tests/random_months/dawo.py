"""Random months of 达沃: quotas just met or missed, members about every tier, scores about 85 and 90, contact rates about the ladder."""

from datetime import timedelta
from fractions import Fraction

from oracles.dawo import EVENTS
from oracles.reckoning import days_between, half_up

from random_months.month import Days, Dice, Month, numbered

# numbers and readings other than the default: these seldom, those of OFTEN often
READINGS = {
    "common.event_month_basis": ["recorded_on"],
    "common.one_fact_one_clause": [False],
    "quota_scope": ["all"],
    "score_floor": ["none"],
    "score_cap": [100],
    "base_wage_quota_protected": [True],
    "incentive_tier_mode": ["cumulative"],
    "incentive_trial_eligible": [False],
    "personalised_min_ratio": [1, Fraction("1.10")],
    "personalised_status_date": ["month_start"],
    "ladder_thresholds": [[Fraction("0.5"), Fraction("0.7"), Fraction("0.65"), Fraction("0.9")]],
    "lowest_population": ["group"],
    "paid_leave_is_attended": [False],
    "perf_pay_mode": ["score_ratio"],
    "suggestion_points_and_money": ["points_only"],
    "suggestion_reward": [Fraction("33.33")],
    "star_month_decider": ["gm_office"],
    "discretion_add_max": [3],
    "daily_talk_quota": [100],
    "call_counting": ["connected"],
    "first_week_exempt": [False],
    "first_week_days": [5, 10],
    "exempt_days_in_numerator": [True],
    "first_month_quota": ["full"],
    "incentive_target": [10],
}
OFTEN = {
    "common.grade_on": ["raw"],
    "common.min_wage": [2500],
    "score_base": [90, 85],
    "basic_ratio_mode": ["mean", "product", "talk_only", "calls_only"],
    "basic_basis": ["days_met"],
    "incentive_requires_basic": [False],
    "personalised_base_deduction": [0, 2500],
    "personalised_opt": ["on_application", "best_for_employee"],
    "ladder_reset": ["quarter", "never"],
    "ladder_condition_false": ["repeat_previous"],
    "ladder_beyond_4": ["repeat_4"],
    "lowest_mode": ["either_once", "each", "composite"],
    "highest_mode": ["either_once", "each", "composite"],
    "lowest_tie": ["none"],
    "highest_tie": ["none"],
    "allowance_mode": ["min_ratio", "product"],
    "score_deduct_mode": ["cumulative"],
    "score_deduct_base": ["full"],
    "star_points_month": ["award_month"],
    "commission_basis": ["full_payment_only"],
    "commission_rounding": ["per_receipt"],
}


def month(dice: Dice) -> Month:
    days = Days(dice, dice.one_of("2024-03", "2024-05", "2024-12"))
    params = dice.readings(READINGS, 10) | dice.readings(OFTEN, 30)
    roster = numbered("employee_id", "E", dice.several(lambda: person(dice, days), 6, least=2))
    people = [one["employee_id"] for one in roster]
    tables = {"employees": roster}
    if dice.chance(60):
        tables["month"] = [{"employee_id": id} | totals(dice) for id in dice.some(people, 96)]
    else:
        tables |= day_by_day(dice, days, people)
    tables |= {
        "events": numbered("event_id", "V", dice.several(lambda: event(dice, days, people), 14)),
        "contact_weeks": [{"employee_id": id} | week for id in dice.some(people, 70) for week in weeks(dice, days)],
        "suggestions": numbered("suggestion_id", "S", dice.several(lambda: suggestion(dice, days, people), 3)),
        "exam_scores": [
            {"exam_id": "X1", "employee_id": id, "score": dice.one_of(100, 99, Fraction("99.99")), "full_mark": 100, "date": days.any()}
            for id in dice.some(people, 25)
        ],
        "star_decisions": [
            {
                "period": period,
                "employee_id": dice.one_of(*people),
                "decided_by": dice.often("manager", "gm_office"),
                "announced_on": days.any(),
            }
            for period in dice.some([str(days.first)[:7], str(days.before)[:7], "2024Q1", "2023"], 25)
        ],
    }
    tables["deals"] = numbered("deal_id", "D", dice.several(lambda: deal(dice, people), 3))
    tables["receipts"] = [receipt for one in tables["deals"] for receipt in receipts(dice, days, one)]
    return Month("dawo", str(days.first)[:7], params, tables)


def person(dice: Dice, days: Days) -> dict:
    record = {
        "group_id": dice.one_of("G1", "G2"),
        "role": dice.often("specialist", "supervisor", None),
        "status": dice.one_of("regular", "regular", "trial"),
        "level": dice.one_of(None, "P0", "P1", "P2", "P3"),
        "regular_from": str(dice.one_of(days.first, days.last, days.after)) if dice.chance(35) else None,
        "personalised_applied": dice.one_of(True, False),
        "base_wage_due": dice.one_of(2000, Fraction("1234.56"), 50, Fraction("1999.995")) if dice.chance(40) else None,
        "allow_talk": Fraction("33.33") if dice.chance(20) else None,
        "post_wage": Fraction("0.005") if dice.chance(10) else None,
    } | days.employment()
    if dice.chance(15):  # 首周
        record |= {"hire_date": str(days.first + timedelta(dice.one_of(-3, -6, -7, 2, 10))), "leave_date": None}
    return record


def totals(dice: Dice) -> dict:
    """汇总: most people just reach or just miss what is asked of them."""
    quota = 0 if dice.chance(4) else 2520
    scheduled = dice.one_of(21, 20)
    return {
        "quota_talk": quota,
        "talk_minutes": dice.one_of(2520, 2519, 2521, Fraction("2519.99"), 2646, 2268),
        "quota_calls": 2100,
        "calls": dice.one_of(2100, 2099, 2101, 2310, 1890),
        "new_members": members(dice),
        "target": dice.one_of(30, None),
        "scheduled_days": scheduled,
        "attended_days": scheduled - dice.one_of(0, 0, 1, 2),
        "paid_leave_days": dice.one_of(0, 0, 1),
        "assessed_days": 20,
        "days_met": dice.one_of(20, 19, 0),
    }


def members(dice: Dice):
    """New members about every tier of a target of 30; now and then nobody knows."""
    return None if dice.chance(3) else dice.near(30, 33, 36, 45, 10)


def day_by_day(dice: Dice, days: Days, people: list[str]) -> dict:
    """逐日: calls of every day; some people have a roster of their own, and some just reach every quota on every day."""
    calls, roster, sheet = [], [], []
    for id in people:
        own_roster, steady = dice.chance(40), dice.chance(40)
        for day in days_between(days.first, days.last):
            here, away = {"employee_id": id, "date": str(day)}, None
            if own_roster and day.weekday() < 5:
                away = absence(dice)
                roster.append(here | {"attended": away is None, "paid_leave": False, "leave": False} | (away or {}))
            if away is None and (steady or dice.chance(99)):
                calls.append(here | ({"talk_minutes": 120, "calls": 100, "connected_calls": 100} if steady else day_of_calls(dice)))
        sheet.append({"employee_id": id, "new_members": members(dice)})
    return {"call_daily": calls, "roster": roster, "members_month": sheet}


def absence(dice: Dice) -> dict | None:
    """Seldom somebody is away: on paid leave, on leave, or without any."""
    return dice.one_of({"paid_leave": True}, {"leave": True}, {}) if dice.chance(12) else None


def day_of_calls(dice: Dice) -> dict:
    dialled = dice.one_of(100, 100, 99, 101)
    return {"talk_minutes": dice.one_of(120, 120, 119, 121), "calls": dialled, "connected_calls": dialled - dice.one_of(0, 0, 1)}


def event(dice: Dice, days: Days, people: list[str]) -> dict:
    clause, day = dice.one_of("4.add.5", "4.deduct.4", "4.deduct.5", *EVENTS), days.any()
    record = {"employee_id": dice.one_of(*people), "clause": clause, "date": day, "recorded_on": days.any()}
    record |= {"status": dice.often("confirmed", None, "recorded", "rejected")}
    if dice.chance(20):
        record |= {"date": None, "occurred_at": f"{day} 23:59"}
    if clause == "4.add.5":
        points = dice.one_of(1, 5, 3, Fraction("2.345"), Fraction("1.005"), Fraction("0.99"), Fraction("5.01"), None)
        return record | {"points": points, "approver": dice.often("经理", None)}
    if clause == "4.add.3":
        return record
    return record | {"count": dice.often(1, 2, 3, None), "incident_id": dice.one_of("I1", "I2") if dice.chance(30) else None}


def weeks(dice: Dice, days: Days) -> list[dict]:
    """Weeks from the month before on, with contact rates about the four thresholds."""
    sundays = [day for day in days_between(days.first - timedelta(20), days.after) if day.weekday() == 6]
    return [
        {
            "week_end": str(day),
            "leads_provided": provided,
            "leads_contacted": provided * dice.one_of(55, 59, 60, 64, 65, 69, 70, 90) // 100,
            "habits_poor": dice.one_of(True, False),
            "performance_below": dice.one_of(True, False),
        }
        for day in dice.some(sundays, 92)
        for provided in [dice.one_of(100, 100, 100, 20, 0)]
    ]


def suggestion(dice: Dice, days: Days, people: list[str]) -> dict:
    return {"authors": dice.random.sample(people, dice.number(1, min(3, len(people)))), "adopted_on": days.any()}


def deal(dice: Dice, people: list[str]) -> dict:
    profit = dice.one_of(5000, Fraction("123.45"), 0, Fraction("0.07"))
    return {"owner": dice.one_of(*people), "profit": profit, "contract_amount": dice.one_of(1000, 3000, 7)}


def receipts(dice: Dice, days: Days, deal: dict) -> list[dict]:
    """Instalments and refunds in the order of their days; what was received stays between nothing and the contract amount."""
    contract, received, found = Fraction(deal["contract_amount"]), Fraction(0), []
    for day in dice.some([days.before, days.first, *days.middle(), days.last, days.after], 45):
        amount = half_up(dice.one_of(contract / 3, contract - received, contract / 7, -received / 2, -received))
        if amount and 0 <= received + amount <= contract:
            received += amount
            found.append({"deal_id": deal["deal_id"], "received_on": str(day), "received_amount": amount})
    return found
