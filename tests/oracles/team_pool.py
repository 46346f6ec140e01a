"""客服部考核办法（试行） by hand (spec 1): a group's points scale its pool, and the pool is shared out, cleaners excepted."""

from datetime import timedelta
from fractions import Fraction

from oracles.reckoning import Listed, day_of, floor_to_fen, half_up, mean, records, span_of, time_of

DEFAULTS = {
    "common.event_month_basis": "occurred_on",
    "common.one_fact_one_clause": True,
    "base_wage_customer_service": 900,
    "base_wage_cashier": 1100,
    "in_scope_roles": "all",
    "pool_per_head": 100,
    "pool_factor": 1,
    "pool_headcount_mode": "actual",
    "pool_fixed": 1000,
    "pool_fixed_per": "group",
    "pool_fixed_scaled": True,
    "headcount_counts": "paid_any",
    "cleaner_in_base": True,
    "cleaner_shares": False,
    "pool_unit": "group",
    "share_mode": "equal",
    "share_rounding": "equal_half_up",
    "score_base": 100,
    "score_floor": 0,
    "score_cap": "none",
    "desertion_mode": "exclusive",
    "late_grace_minutes": 0,
    "late_absence_minutes": 120,
    "late_absence_inclusive": True,
    "absence_unit": "per_day",
    "missed_punch_on_absent_day": "ignore",
    "restitution_hours": 24,
    "withdrawal_within_24h": True,
    "restitution_mode": "exclusive",
    "restitution_month": "complaint_month",
    "praise_stack": "highest_only",
    "exam_avg_threshold": 90,
    "exam_bonus_scope": "each_group",
    "exam_bonus_per": "exam",
    "exam_pass_mark": 60,
    "exam_fail_inclusive": False,
    "area_owner": {},
}
# spec 1.2: what one event of a clause gives the group
EVENTS = {
    "6.1": -1,
    "6.2": -2,
    "6.3": -1,
    "6.4": -2,
    "6.5": -1,
    "6.6a": -1,
    "6.6b": -2,
    "6.7": -1,
    "6.8": -2,
    "6.9": -1,
    "6.10": -2,
    "6.11": -2,
    "6.14a": 1,
    "6.14b": 3,
    "6.15": 2,
    "6.16": 3,
    "6.18a": -1,
    "6.18b": -2,
    "6.19a": -10,
    "6.19b": -2,
}
COMPUTED = ("6.12a", "6.12b", "6.12c", "6.12d", "6.13a", "6.13b", "6.13c", "6.17a", "6.17b")
RESTITUTIONS = ("6.13b", "6.13c")


class Department:
    """One month of the department: its numbers in force, its people and the points of its groups."""

    def __init__(self, period: str, params: dict, tables: dict):
        self.rules, self.tables, self.period = DEFAULTS | params, tables, period
        self.first, self.last = span_of(period)
        self.people = {one["employee_id"]: one for one in records(tables, "employees")}
        self.payroll = {one["employee_id"]: one for one in records(tables, "payroll")}
        groups = dict.fromkeys(one["group_id"] for one in self.people.values())
        self.points = {group: dict.fromkeys((*EVENTS, *COMPUTED), Fraction(0)) for group in groups}
        self.listed = Listed()

    def covers(self, id: str) -> bool:
        """1 适用岗位."""
        return self.rules["in_scope_roles"] == "all" or self.people[id]["role"] in self.rules["in_scope_roles"]

    def in_month(self, record: dict, day) -> bool:
        """3a 自然月: by the day it happened or, by choice, the day it was recorded."""
        if self.rules["common.event_month_basis"] == "recorded_on" and record.get("recorded_on"):
            day = day_of(record["recorded_on"])
        return self.first <= day <= self.last


def reckon(period: str, params: dict, tables: dict) -> dict:
    month = Department(period, params, tables)
    events(month)
    attendance(month)
    complaints(month)
    won = exams(month)
    groups = {group: score(month, group, points) for group, points in month.points.items()}
    pools(month, groups)
    department, shares = share_out(month, groups, won)
    return {
        "groups": {group: {k: v for k, v in one.items() if k not in ("base", "sharers", "scaled")} for group, one in groups.items()},
        "department": department,
        "employees": {id: pay(month, id, shares.get(id)) if month.covers(id) else {} for id in month.people},
        "points": month.points,
        "refused": month.listed.refused,
        "idle": month.listed.idle,
    }


# -- points of a group (section 6) ------------------------------------------------------------------------------------


def events(month: Department) -> None:
    """6.1 to 6.11, 6.14 to 6.16, 6.18, 6.19: confirmed events of the month, one fact under one clause (spec 0.5)."""
    facts = {}
    for record in records(month.tables, "events"):
        person, clause = record.get("employee_id"), record["clause"]
        if clause not in EVENTS or (person and person not in month.people):
            month.listed.refused.add(("events", record["row"]))
            continue
        day = day_of(record.get("date") or record.get("occurred_at"))
        if (record.get("status") or "confirmed") != "confirmed" or not month.in_month(record, day) or (person and not month.covers(person)):
            month.listed.idle.add(("events", record["row"]))
            continue
        worth = EVENTS[clause] * Fraction(record.get("count") or 1)
        incident = record.get("incident_id") if month.rules["common.one_fact_one_clause"] else None
        who = person or record.get("area") or record.get("group_id")
        fact = (incident, who, worth > 0) if incident else record["row"]
        facts.setdefault(fact, []).append({"clause": clause, "worth": worth, "group": group_of(month, record), "day": day} | record)
    counted = set()
    for event in (event for fact in facts.values() for event in heaviest(month, fact)):
        if only_once(event) not in counted:
            counted.add(only_once(event))
            month.points[event["group"]][event["clause"]] += event["worth"]


def only_once(event: dict) -> tuple:
    """What counts a single time: 6.8 a person and day, 6.16 a group and incident (clauses.csv); else each event by itself."""
    if event["clause"] == "6.8" and event.get("employee_id"):
        return "6.8", event["employee_id"], event["day"]
    if event["clause"] == "6.16" and event.get("incident_id"):
        return "6.16", event["group"], event["incident_id"]
    return (event["row"],)


def group_of(month: Department, record: dict) -> str:
    """Whose points these are: the group named, the owner of the area (6.18), or the person's group."""
    owners = month.rules["area_owner"] | {one["area"]: one["group_id"] for one in records(month.tables, "area_owner")}
    return record.get("group_id") or owners.get(record.get("area")) or month.people[record["employee_id"]]["group_id"]


def heaviest(month: Department, fact: list[dict]) -> list[dict]:
    """Of one fact the event with the most points; pairs that may stand together by choice both count (6.6, 6.14)."""
    best = {}
    for event in fact:
        if event["clause"] not in best or abs(event["worth"]) > abs(best[event["clause"]]["worth"]):
            best[event["clause"]] = event
    together = set()
    if month.rules["desertion_mode"] == "cumulative":
        together |= {"6.6a", "6.6b"}
    if month.rules["praise_stack"] == "both":
        together |= {"6.14a", "6.14b"}
    if len(best) > 1 and best.keys() <= together:
        return list(best.values())
    return [max(best.values(), key=lambda event: abs(event["worth"]))]


def attendance(month: Department) -> None:
    """6.12 迟到、旷工、漏打卡."""
    rules, absences = month.rules, {}
    for record in records(month.tables, "attendance"):
        person, day, minutes = record["employee_id"], day_of(record["date"]), record.get("late_minutes") or 0
        if not month.covers(person) or not month.in_month(record, day):
            month.listed.idle.add(("attendance", record["row"]))
            continue
        limit = rules["late_absence_minutes"]
        long = minutes >= limit if rules["late_absence_inclusive"] else minutes > limit
        points = month.points[record.get("group_id") or month.people[person]["group_id"]]
        if record.get("absent") or long:
            absences[person, day] = (points, "6.12b" if record.get("absent") else "6.12c")
        elif minutes > rules["late_grace_minutes"]:
            points["6.12a"] -= 2
        if not (record.get("absent") or long) or rules["missed_punch_on_absent_day"] == "count":
            points["6.12d"] -= record.get("missed_punch") or 0
    for (person, day), (points, clause) in absences.items():
        continued = (person, day - timedelta(1)) in absences
        if rules["absence_unit"] == "per_day" or not continued:
            points[clause] -= 5


def complaints(month: Department) -> None:
    """6.13 有理由投诉 and what is given back (spec 1.4.4)."""
    rules, within = month.rules, timedelta(hours=month.rules["restitution_hours"])
    for record in records(month.tables, "complaints"):
        if not record["justified"]:
            continue
        received, points = time_of(record["received_at"]), month.points[record["group_id"]]
        solved, called, manager = (time_of(record.get(f"{one}_at")) for one in ("self_resolved", "withdrawal_call", "manager_resolved"))
        own = month.in_month(record, received.date())
        if own:
            points["6.13a"] -= 5

        def given_back(at, own=own) -> bool:
            return own if rules["restitution_month"] == "complaint_month" else month.first <= at.date() <= month.last

        by_group = solved is not None and called is not None and solved <= received + within
        by_group = by_group and (called <= received + within or not rules["withdrawal_within_24h"])
        if by_group and (not record.get("escalated") or rules["restitution_mode"] == "both") and given_back(max(solved, called)):
            points["6.13b"] += 3
        if record.get("escalated") and manager is not None and given_back(manager):
            points["6.13c"] += 2


def exams(month: Department) -> int:
    """6.17: who failed; how often the mean of all who sat was above 90, which every group gains by, or the department once."""
    rules, sat = month.rules, {}
    for record in records(month.tables, "exam_scores"):
        person, mark = record["employee_id"], record["score"]
        if not month.covers(person) or not month.first <= day_of(record["date"]) <= month.last or mark is None:
            month.listed.idle.add(("exam_scores", record["row"]))
            continue
        sat.setdefault(record["exam_id"] if rules["exam_bonus_per"] == "exam" else "", []).append(mark)
        if mark < rules["exam_pass_mark"] or (rules["exam_fail_inclusive"] and mark == rules["exam_pass_mark"]):
            month.points[month.people[person]["group_id"]]["6.17b"] -= 1
    won = sum(mean(marks) > rules["exam_avg_threshold"] for marks in sat.values())
    if rules["exam_bonus_scope"] == "each_group":
        for points in month.points.values():
            points["6.17a"] += 5 * won
    return won


def score(month: Department, group: str, points: dict) -> dict:
    """5.3 整体奖金按100分计算 (spec 1.4.6); who counts (5.1) and who shares (5.4c)."""
    paid = [id for id, person in month.people.items() if person["group_id"] == group and counted(month, id)]
    cleaners = {id for id in paid if month.people[id]["role"] == "cleaner"}
    base = [id for id in paid if month.rules["cleaner_in_base"] or id not in cleaners]
    sharers = [id for id in paid if month.rules["cleaner_shares"] or id not in cleaners]
    found = {
        "deductions": -sum(value for value in points.values() if value < 0),
        "additions": sum(value for clause, value in points.items() if value > 0 and clause not in RESTITUTIONS),
        "restitution": sum(points[clause] for clause in RESTITUTIONS),
        "base": base,
        "sharers": sharers,
        "n_paid": len(base),
        "n_share": len(sharers),
    }
    return found | {"score": bounded(month, month.rules["score_base"] - found["deductions"] + found["additions"] + found["restitution"])}


def bounded(month: Department, value: Fraction) -> Fraction:
    floor, cap = month.rules["score_floor"], month.rules["score_cap"]
    value = value if floor == "none" else max(value, floor)
    return value if cap == "none" else min(value, cap)


def counted(month: Department, id: str) -> bool:
    """5.1 实发工资人数."""
    person, mode = month.people[id], month.rules["headcount_counts"]
    hired, left = day_of(person.get("hire_date")), day_of(person.get("leave_date"))
    if not month.covers(id) or month.payroll.get(id, {}).get("wage_paid", 0) <= 0:
        return False
    if mode == "paid_any":
        return True
    since = month.first if mode == "full_month" else month.last
    return (hired is None or hired <= since) and (left is None or left >= month.last)


# -- money (section 5) ------------------------------------------------------------------------------------------------


def pools(month: Department, groups: dict) -> None:
    """5.2 人数×100元另加1000元, 5.4a 按得分折算 (spec 1.4.2, 1.4.7)."""
    rules = month.rules
    fixed = dict.fromkeys(groups, Fraction(rules["pool_fixed"]))
    if rules["pool_fixed_per"] == "department":
        fixed = split(Fraction(rules["pool_fixed"]), {group: one["n_paid"] for group, one in groups.items()})
    for group, one in groups.items():
        heads = 5 if rules["pool_headcount_mode"] == "fixed_5" else one["n_paid"]
        variable = Fraction(heads) * rules["pool_per_head"] * rules["pool_factor"]
        one["pool"] = variable + fixed[group]
        one["scaled"] = one["pool"] if rules["pool_fixed_scaled"] else variable
        one["payout"] = half_up(half_up(one["scaled"] * one["score"] / 100) + one["pool"] - one["scaled"])


def split(amount: Fraction, heads: dict) -> dict:
    """An amount over groups by their heads, to the fen, the spare fen to the largest remainders."""
    everybody = sum(heads.values())
    fair = {group: amount * own / everybody if everybody else Fraction(0) for group, own in heads.items()}
    given = {group: floor_to_fen(own) for group, own in fair.items()}
    spare = int((sum(fair.values()) - sum(given.values())) * 100)
    for group in sorted(fair, key=lambda group: (given[group] - fair[group], group))[:spare]:
        given[group] += Fraction(1, 100)
    return given


def share_out(month: Department, groups: dict, exams_won: int) -> tuple[dict, dict]:
    """5.4b 总奖金除全体人数: by group or for the whole department; 7 部门奖金弹性系数 for information."""
    rules, everybody = month.rules, sum(one["n_paid"] for one in groups.values())
    average = sum(one["n_paid"] * one["score"] for one in groups.values()) / Fraction(everybody) if everybody else None
    bonus = 5 * exams_won if rules["exam_bonus_scope"] == "department_once" else 0
    raised = bounded(month, average + bonus) if average is not None and bonus else average
    department = {"coefficient": None if raised is None else raised / 100}
    if rules["pool_unit"] == "group":
        shares = {}
        for one in groups.values():
            one["status"] = "complete" if one["sharers"] else "no_sharers"
            shares |= divided(month, one["payout"], one["sharers"], one)
        return department, shares
    payout = sum(one["payout"] for one in groups.values())
    if bonus and average is not None:
        payout += half_up(sum(one["scaled"] for one in groups.values()) * (raised - average) / 100)
    department["payout"] = payout
    return department, divided(month, payout, [id for one in groups.values() for id in one["sharers"]], department)


def divided(month: Department, payout: Fraction, sharers: list[str], unit: dict) -> dict:
    """{person: share}, and what is left over (spec 1.4.8); a share that all have is the unit's own."""
    rules = month.rules
    claims = {id: 1 if rules["share_mode"] == "equal" else Fraction(month.payroll[id]["paid_days"]) for id in sharers}
    fair = {id: payout * claim / sum(claims.values()) for id, claim in claims.items()}
    if rules["share_rounding"] == "equal_half_up":
        shares = {id: half_up(own) for id, own in fair.items()}
    else:
        shares = {id: floor_to_fen(own) for id, own in fair.items()}
    if rules["share_rounding"] == "largest_remainder" and sharers:
        spare = int((payout - sum(shares.values())) * 100)
        for id in sorted(sharers)[:spare]:
            shares[id] += Fraction(1, 100)
    unit["residual"] = payout - sum(shares.values())
    if len(set(shares.values())) == 1 and rules["share_mode"] == "equal":
        unit["share"] = next(iter(shares.values()))
    return shares


def pay(month: Department, id: str, share: Fraction | None) -> dict:
    """4 基本工资 and 应发合计 (spec 1.4.9); a role without a policy wage has what payroll says, else nothing is known."""
    role, record = month.people[id]["role"], month.payroll.get(id, {})
    base = record.get("base_wage_due")
    if base is None and record.get("wage_paid", 0) <= 0:
        base = 0  # no wage was paid, so none is due
    if base is None:
        base = {"cs": month.rules["base_wage_customer_service"], "cashier": month.rules["base_wage_cashier"]}.get(role)
    found = {"base_wage": base, "total": None if base is None else base + (share or 0)}
    return found | ({"share": share} if share is not None else {})
