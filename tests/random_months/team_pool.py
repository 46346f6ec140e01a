"""Random months of 客服部考核办法: every clause, lateness about two hours, complaints solved about 24 hours, exam means about 90."""

from datetime import datetime, timedelta
from fractions import Fraction

from oracles.team_pool import EVENTS

from random_months.month import Days, Dice, Month, numbered

# numbers and readings other than the default: these seldom, those of OFTEN often
READINGS = {
    "common.event_month_basis": ["recorded_on"],
    "common.one_fact_one_clause": [False],
    "cleaner_in_base": [False],
    "pool_per_head": [150, Fraction("99.99")],
    "pool_factor": [5, Fraction("1.5")],
    "pool_headcount_mode": ["fixed_5"],
    "pool_fixed": [500, Fraction("333.33")],
    "pool_fixed_per": ["department"],
    "pool_fixed_scaled": [False],
    "score_base": [90, Fraction("99.5")],
    "share_mode": ["by_paid_days"],
    "cleaner_shares": [True],
    "in_scope_roles": [["cs", "cashier"]],
    "late_grace_minutes": [5, 10],
    "late_absence_minutes": [60, 90],
    "late_absence_inclusive": [False],
    "restitution_hours": [48, 12],
    "exam_avg_threshold": [Fraction("89.5")],
    "exam_pass_mark": [70],
    "base_wage_customer_service": [1000],
}
OFTEN = {
    "headcount_counts": ["full_month", "employed_month_end"],
    "score_floor": ["none", 90],
    "score_cap": [100, 95],
    "pool_unit": ["department"],
    "share_rounding": ["equal_floor", "largest_remainder"],
    "desertion_mode": ["cumulative"],
    "absence_unit": ["per_occurrence"],
    "missed_punch_on_absent_day": ["count"],
    "withdrawal_within_24h": [False],
    "restitution_mode": ["both"],
    "restitution_month": ["resolution_month"],
    "praise_stack": ["both"],
    "exam_bonus_per": ["month"],
    "exam_fail_inclusive": [True],
}
# incidents, with the clauses under which they may have been recorded
INCIDENTS = {"I1": ("6.6a", "6.6b", "6.14a", "6.14b"), "I2": ("6.4", "6.9", "6.15"), "I3": ("6.16",)}


def month(dice: Dice) -> Month:
    days = Days(dice, dice.one_of("2024-02", "2024-03", "2024-12", "2026-01"))
    params = dice.readings(READINGS, 10) | dice.readings(OFTEN, 30)
    if params.get("pool_unit") == "department":
        params |= dice.readings({"exam_bonus_scope": ["department_once"]}, 40)
    roster = numbered("employee_id", "E", dice.several(lambda: person(dice, days), 8, least=2))
    people, groups = [one["employee_id"] for one in roster], sorted({one["group_id"] for one in roster})
    params["area_owner"] = {"浴室": dice.one_of(*groups), "休闲区": dice.one_of(*groups)}
    exams = [(f"X{number}", days.any(), dice.chance(60)) for number in range(1, dice.number(1, 3))]
    absent_in_group = "absence_unit" not in params  # a run of days away in two groups: the policy does not say whose it is
    tables = {
        "employees": roster,
        "payroll": [{"employee_id": id} | wages(dice) for id in dice.some(people, 93)],
        "events": numbered("event_id", "V", dice.several(lambda: event(dice, days, people, groups), 14)),
        "attendance": [
            {"employee_id": id, "date": str(day), "group_id": dice.one_of(None, *groups) if absent_in_group else None} | sign_in(dice, days)
            for id in people
            for day in dice.some([*(days.first + timedelta(n) for n in range(4)), *days.middle(), days.last, days.after], 25)
        ],
        "complaints": numbered("complaint_id", "C", dice.several(lambda: complaint(dice, days, groups), 4)),
        "exam_scores": [
            {"exam_id": exam, "employee_id": id, "date": date, "score": mark(dice, good)}
            for exam, date, good in exams
            for id in dice.some(people, 80)
        ],
        "area_owner": [{"area": "浴室", "group_id": dice.one_of(*groups)}] if dice.chance(30) else [],
    }
    return Month("team_pool", str(days.first)[:7], params, tables)


def person(dice: Dice, days: Days) -> dict:
    return {"group_id": dice.one_of("G1", "G2", "G3"), "role": dice.one_of("cs", "cs", "cashier", "cleaner", "leader")} | days.employment()


def wages(dice: Dice) -> dict:
    return {
        "wage_paid": dice.one_of(900, 1100, Fraction("850.5"), 0, Fraction("0.01")),
        "paid_days": dice.one_of(22, 21, 11, Fraction("10.5"), 1),
        "base_wage_due": dice.one_of(None, None, 800, Fraction("650.55")),
    }


def event(dice: Dice, days: Days, people: list[str], groups: list[str]) -> dict:
    clause, day = dice.one_of(*EVENTS), days.any()
    record = {"clause": clause, "date": day, "recorded_on": days.any(), "status": dice.often("confirmed", None, "recorded", "rejected")}
    incident = dice.one_of(*INCIDENTS) if dice.chance(35) else None
    if incident:
        return record | {"clause": dice.one_of(*INCIDENTS[incident]), "incident_id": incident, "employee_id": dice.one_of(*people)}
    if clause not in ("6.8", "6.16"):
        record["count"] = dice.often(1, None, 2, 3)
    if dice.chance(20):
        return record | {"date": None, "occurred_at": f"{day} 23:59", "area": dice.one_of("浴室", "休闲区")}
    return record | {"employee_id": dice.one_of(*people), "group_id": dice.one_of(None, None, *groups)}


def sign_in(dice: Dice, days: Days) -> dict:
    return {
        "late_minutes": max(0, dice.near(0, 5, 10, 60, 90, 120)),
        "absent": dice.one_of(False, False, True, None),
        "missed_punch": dice.one_of(0, 0, 1, 2, None),
        "recorded_on": days.any(),
    }


def complaint(dice: Dice, days: Days, groups: list[str]) -> dict:
    received = dice.one_of(
        f"{days.first} 00:00", f"{days.middle()[0]} 10:00", f"{days.last} 23:50", f"{days.before} 12:00", f"{days.after} 00:00"
    )

    def later():
        hours = dice.one_of(24, 24, 12, 48, 1)
        at = datetime.fromisoformat(received) + timedelta(minutes=60 * hours + dice.one_of(0, -1, 1))
        return None if dice.chance(20) else at.strftime("%Y-%m-%d %H:%M")

    return {
        "group_id": dice.one_of(*groups),
        "received_at": received,
        "justified": dice.often(True, False),
        "self_resolved_at": later(),
        "withdrawal_call_at": later(),
        "escalated": dice.one_of(False, False, True, None),
        "manager_resolved_at": later(),
        "recorded_on": days.any(),
    }


def mark(dice: Dice, good: bool):
    if good:
        return 90 + dice.one_of(0, 0, 0, Fraction("0.01"), Fraction("-0.01"))
    return dice.one_of(None, 60, 59, Fraction("59.99"), 61, 70, Fraction("69.5"), 100, 0)
