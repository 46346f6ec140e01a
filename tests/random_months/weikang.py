"""Random months of 维康: every clause, minutes about 5 and 30, errors about noon and six, entered points about their range."""

from fractions import Fraction

from oracles.weikang import DISCRETION, FIXED

from random_months.month import Days, Dice, Month, numbered

# numbers and readings other than the default: these seldom, those of OFTEN often
READINGS = {
    "common.event_month_basis": ["recorded_on"],
    "common.one_fact_one_clause": [False],
    "late_major_minutes": [20, 31, 5],
    "late_major_mode": ["add"],
    "early_major": [True],
    "late_minor_minutes": [0, 3, 30],
    "late_minor_max": [10],
    "unexcused_absence_points": [15, 5, 0, Fraction("7.5")],
    "hygiene_discretion_min": [1],
    "hygiene_discretion_max": [5, 2],
    "sop_missing_points": ["min"],
    "sop_min": [2],
    "sop_max": [8, 20],
    "business_window": ["all_day"],
    "business_window_start": ["13:30", "12:01"],
    "business_window_end": ["17:30"],
    "bonus_base": [333, Fraction("500.05")],
    "annual_score": ["sum"],
    "cap_attendance": [20, Fraction("12.5")],
    "base": [110],
    "shift_table": [{"早班": {"start": "08:30", "end": "17:30"}}],
}
OFTEN = {"section_floor": [False], "bonus_link": ["linear"], "late_minor_default": [1, Fraction("2.5"), 5]}
TIMES = ("14:00", "11:59", "12:00", "12:01", "13:29", "13:30", "17:30", "17:31", "18:00", "18:01", "00:01", "23:59", "")


def month(dice: Dice) -> Month:
    days = Days(dice, dice.one_of("2026-01", "2024-02", "2024-12"))
    period = str(days.first)[:7]
    roster = numbered("employee_id", "E", dice.several(days.employment, 5, least=1))
    people = [person["employee_id"] for person in roster]
    params = dice.readings(READINGS) | dice.readings(OFTEN, 40)
    named = people + ["E99"] * dice.chance(5)
    return Month(
        "weikang",
        period,
        params,
        {
            "employees": roster,
            "attendance": dice.several(lambda: sign_in(dice, days, named, "shift_table" in params), 12, least=dice.one_of(0, 6)),
            "events": numbered("event_id", "V", dice.several(lambda: event(dice, days, named), 20, least=dice.one_of(0, 10))),
            "month_totals": [
                {"employee_id": id, "month": month, "total": dice.one_of(100, Fraction("99.995"), Fraction("87.33"), 0, None)}
                for id in dice.some(people, 40)
                for month in dict.fromkeys(["2023-12", f"{period[:4]}-01", f"{period[:4]}-02", f"{period[:4]}-12"])
            ],
        },
    )


def sign_in(dice: Dice, days: Days, people: list[str], shifts: bool) -> dict:
    kind = dice.one_of("late", "late", "early", "absent")
    strange = dice.chance(5)  # a value that cannot be, always in a record that counts
    date = days.inside() if strange else days.any()
    record = {"employee_id": dice.one_of(*people), "date": date, "kind": kind, "excused": dice.often(False, True, None)}
    if kind == "absent":
        return record
    if dice.chance(25 if shifts else 1):  # 由班次表推算
        signed = dice.one_of("08:30", "08:31", "08:36", "09:00", "17:30", "17:29", "17:00", "16:59")
        return record | {"shift": dice.one_of("早班", "晚班"), "signed_at": f"{record['date']} {signed}"}
    minutes, unharmed = max(0, dice.near(1, 3, 5, 20, 30)), dice.chance(40)
    record |= {"minutes": minutes, "affected_work": False if unharmed else dice.one_of(True, None)}
    if unharmed and minutes in range(1, 6):
        record["points"] = dice.one_of(None, None, 0, 1, Fraction("2.5"), 5)
    return record | dice.one_of({"minutes": None}, {"minutes": -1}, {"minutes": Fraction(5, 2)}, {"points": 11}) if strange else record


def event(dice: Dice, days: Days, people: list[str]) -> dict:
    clause = "9.9" if dice.chance(2) else dice.one_of(*FIXED, *DISCRETION, "2.B1", "2.B1", "2.B1")
    day, at = days.any(), dice.one_of(*TIMES)
    record = {"employee_id": dice.one_of(*people), "clause": clause, "occurred_at": f"{day} {at}".strip()}
    if clause != "2.B1" and dice.chance(50):
        record |= {"date": day, "occurred_at": None}
    if clause in FIXED:
        record["count"] = dice.often(1, None, 2, 3, 3, 0, Fraction(3, 2)) if dice.chance(30) else 1
    else:
        record["points"] = points(dice, clause)
        record["affected_work"] = dice.often(True, None, False)
    known = clause in FIXED or record["points"] is not None  # what an unknown number of points outweighs nobody can say
    return record | {
        "incident_id": dice.one_of("I1", "I1", "I2") if known and dice.chance(40) else None,
        "status": dice.often("confirmed", None, "recorded", "rejected", "withdrawn"),
        "recorded_on": days.any() if dice.chance(50) else None,
    }


def points(dice: Dice, clause: str):
    if dice.chance(5):
        return None
    if clause == "2.B1":
        return dice.near(9, 7, 3, 2) if dice.chance(90) else dice.one_of(0, 11, Fraction(5, 2))
    return dice.one_of(1, 0, 2, 3, Fraction("0.125"), Fraction("1.005"), Fraction("2.5")) if dice.chance(95) else dice.one_of(4, -1)
