"""维康 百分考核制度 by hand (spec 6): six sections, each with its own hundredth part, none below zero."""

from datetime import datetime
from fractions import Fraction

from oracles.reckoning import (
    Listed,
    day_of,
    employed_on,
    employed_within,
    half_up,
    mean,
    records,
    span_of,
    time_of,
    whole,
)

DEFAULTS = {
    "common.event_month_basis": "occurred_on",
    "common.one_fact_one_clause": True,
    "base": 100,
    "cap_attendance": 15,
    "cap_discipline": 15,
    "cap_hygiene": 10,
    "cap_learning": 10,
    "cap_tasks": 10,
    "cap_business": 40,
    "section_floor": True,
    "shift_table": {},
    "late_major_minutes": 30,
    "late_major_mode": "replace",
    "early_major": False,
    "late_minor_minutes": 5,
    "late_minor_default": 0,
    "late_minor_max": 5,
    "unexcused_absence_points": "none",
    "hygiene_discretion_min": 0,
    "hygiene_discretion_max": 3,
    "sop_min": 1,
    "sop_max": 10,
    "sop_missing_points": "incomplete",
    "business_window": "afternoon",
    "business_window_start": "12:00",
    "business_window_end": "18:00",
    "bonus_link": "none",
    "bonus_base": 500,
    "annual_score": "mean_of_months",
}
SECTIONS = ("attendance", "discipline", "hygiene", "learning", "tasks", "business")
# spec 6.2: what one event of a clause takes, and from which section
FIXED = {
    "2.A2.1": ("discipline", 2),
    "2.A2.2": ("discipline", 5),
    "2.A2.3": ("discipline", 5),
    "2.A3.1": ("hygiene", 3),
    "2.A4.1a": ("learning", 2),
    "2.A4.1b": ("learning", 2),
    "2.A4.1c": ("learning", 2),
    "2.A4.1d": ("learning", 2),
    "2.A4.2": ("learning", 1),
    "2.A5.1": ("tasks", 2),
    "2.A5.2": ("tasks", 5),
}
DISCRETION = {"2.A3.2": "hygiene", "2.B1": "business"}
SECTION_OF = {clause: section for clause, (section, _) in FIXED.items()} | DISCRETION
ATTENDANCE = ("2.A1.1a", "2.A1.1b", "2.A1.2", "2.A1.3")
CLAUSES = (*ATTENDANCE, *SECTION_OF)


class Idle(Exception):
    """A record of another period, or not confirmed: it counts nowhere, whatever else is the matter with it."""


class Refused(Exception):
    """A record that may not count: unknown person or clause, a bad value (spec 0.4)."""


class BadValue(Refused):
    """A value outside its range: besides the record, the person's result is refused (status error)."""


class Unknown(Exception):
    """What nobody has entered yet: the person's result is incomplete."""


class Person:
    def __init__(self, record: dict):
        self.record = record
        self.lost = dict.fromkeys(CLAUSES, Fraction(0))
        self.error = self.incomplete = self.external_rule = False


class Month:
    def __init__(self, period: str, params: dict, tables: dict):
        self.period, self.rules, self.tables = period, DEFAULTS | params, tables
        self.first, self.last = span_of(period)
        self.people = {record["employee_id"]: Person(record) for record in records(tables, "employees")}
        self.facts = {}  # of a person and incident: what each event takes, and its clause
        self.listed = Listed()

    def assessed(self, person: Person) -> bool:
        return employed_within(person.record, self.first, self.last)


def reckon(period: str, params: dict, tables: dict) -> dict:
    month = Month(period, params, tables)
    read(month, "attendance", sign_in)
    read(month, "events", event)
    for (id, _), events in month.facts.items():
        lost, clause = max(events, key=lambda one: one[0])  # spec 0.5: one fact, the row with the most points; the first of equals
        month.people[id].lost[clause] += lost
    results = {id: result(month, person) for id, person in month.people.items()}
    return {
        "employees": results,
        "points": {
            id: {clause: -lost for clause, lost in month.people[id].lost.items()}
            for id, found in results.items()
            if found["status"] == "complete"
        },
        "annual": annual(month),
        "external_rule": {id for id, person in month.people.items() if person.external_rule},
        "refused": month.listed.refused,
        "idle": month.listed.idle,
    }


def read(month: Month, table: str, count) -> None:
    """Count every record of a table; a refused one is listed, and a bad value makes the person's result an error (spec 0.4)."""
    for record in records(month.tables, table):
        person = month.people.get(record["employee_id"])
        try:
            if person is None:
                raise Refused
            count(month, person, record)
        except Idle:
            month.listed.idle.add((table, record["row"]))
        except Unknown:
            person.incomplete = True
        except BadValue:
            month.listed.refused.add((table, record["row"]))
            person.error = True
        except Refused:
            month.listed.refused.add((table, record["row"]))


def sign_in(month: Month, person: Person, record: dict) -> None:
    """考勤: one row of the attendance sheet (spec 6.4.1, clauses 2.A1.1a to 2.A1.3)."""
    rules, day, minutes = month.rules, day_of(record["date"]), record.get("minutes")
    if not month.first <= day <= month.last:
        raise Idle
    if not employed_on(person.record, day):
        raise Refused
    if minutes is not None and (minutes < 0 or not whole(minutes)):
        raise BadValue
    entered, unharmed = record.get("points"), record.get("affected_work") is False
    if entered is not None and not 0 <= entered <= rules["late_minor_max"]:
        raise BadValue
    if record.get("excused"):
        return
    if record["kind"] == "absent":
        points = rules["unexcused_absence_points"]
        if points == "none":
            person.external_rule = True  # 2.A1.3: 《考勤管理制度》 is another document
        else:
            person.lost["2.A1.3"] += points
        return
    if minutes is None:
        minutes = minutes_by_shift(record, rules["shift_table"])
    if minutes == 0:
        return
    if minutes <= rules["late_minor_minutes"] and unharmed:
        person.lost["2.A1.2"] += rules["late_minor_default"] if entered is None else entered
    elif minutes >= rules["late_major_minutes"] and (record["kind"] == "late" or rules["early_major"]):
        person.lost["2.A1.1b"] += 10
        if rules["late_major_mode"] == "add":
            person.lost["2.A1.1a"] += 5
    else:
        person.lost["2.A1.1a"] += 5


def minutes_by_shift(record: dict, shifts: dict) -> int:
    """2.A1.0b: minutes between the shift's time and the sign-in; without a shift nobody knows them."""
    shift, signed = shifts.get(record.get("shift")), time_of(record.get("signed_at"))
    if shift is None or signed is None:
        raise Unknown
    due = datetime.fromisoformat(f"{record['date']} {shift['start' if record['kind'] == 'late' else 'end']}")
    late = signed - due if record["kind"] == "late" else due - signed
    return max(0, int(late.total_seconds() // 60))


def event(month: Month, person: Person, record: dict) -> None:
    """One event: into the fact it belongs to, with what it takes (spec 6.4.2, 0.5)."""
    rules, clause = month.rules, record["clause"]
    if clause not in SECTION_OF:
        raise Refused
    day = day_of(record.get("date") or record.get("occurred_at"))
    counted_on = (day_of(record.get("recorded_on")) or day) if rules["common.event_month_basis"] == "recorded_on" else day
    if not month.first <= counted_on <= month.last or (record.get("status") or "confirmed") != "confirmed":
        raise Idle
    if not employed_on(person.record, day):
        raise Refused
    count = 1 if record.get("count") is None else record["count"]
    if count < 1 or not whole(count):
        raise BadValue
    lost = FIXED[clause][1] * Fraction(count) if clause in FIXED else discretion(record, clause, rules)
    incident = record.get("incident_id") if rules["common.one_fact_one_clause"] else None
    month.facts.setdefault((record["employee_id"], incident or record["row"]), []).append((lost, clause))


def discretion(record: dict, clause: str, rules: dict) -> Fraction:
    """酌情: the points somebody has entered (2.A3.2, 2.B1), within their range."""
    entered = record.get("points")
    low, high = ("sop_min", "sop_max") if clause == "2.B1" else ("hygiene_discretion_min", "hygiene_discretion_max")
    if entered is not None and not rules[low] <= entered <= rules[high]:
        raise BadValue
    if clause == "2.B1":
        if entered is not None and not whole(entered):
            raise BadValue
        if record.get("affected_work") is False or not in_the_afternoon(record, rules):
            return Fraction(0)  # recorded, but free
        if entered is None and rules["sop_missing_points"] == "min":
            return Fraction(rules["sop_min"])
    if entered is None:
        raise Unknown
    return Fraction(entered)


def in_the_afternoon(record: dict, rules: dict) -> bool:
    """2.cap.6: 限于每日下午客服工作, both ends included; an error whose time of day nobody wrote down counts."""
    at = record["occurred_at"][11:]
    return rules["business_window"] == "all_day" or at == "" or rules["business_window_start"] <= at <= rules["business_window_end"]


def result(month: Month, person: Person) -> dict:
    """Sections, total and bonus (spec 6.4.3, 6.4.4; clauses 2.cap.1 to 2.cap.6, 1a, 1c)."""
    rules, nothing = month.rules, {"total": None, "bonus": None}
    if not month.assessed(person):
        return nothing | {"status": "not_assessed"}
    if person.error or person.incomplete:
        return nothing | {"status": "error" if person.error else "incomplete"}
    lost = {section: Fraction(0) for section in SECTIONS}
    for clause, points in person.lost.items():
        lost[SECTION_OF.get(clause, "attendance")] += points
    left = {section: rules[f"cap_{section}"] - points for section, points in lost.items()}
    if rules["section_floor"]:
        left = {section: max(0, points) for section, points in left.items()}
        total = half_up(sum(left.values()))
    else:
        total = half_up(max(0, rules["base"] - sum(lost.values())))
    bonus = half_up(rules["bonus_base"] * total / 100) if rules["bonus_link"] == "linear" else None
    return {"status": "complete", "total": total, "bonus": bonus} | left


def annual(month: Month) -> dict:
    """年终得分 (spec 6.4.5): over the months of the year with a result, up to this one."""
    totals = {}
    for record in records(month.tables, "month_totals"):
        if record["total"] is not None and month.period[:4] <= record["month"] <= month.period and record["employee_id"] in month.people:
            totals.setdefault(record["employee_id"], []).append(record["total"])
    by_mean = month.rules["annual_score"] == "mean_of_months"
    return {id: half_up(mean(own) if by_mean else sum(own)) for id, own in totals.items()}
