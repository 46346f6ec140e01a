"""安徽达沃 客服中心绩效考核标准 by hand (spec 4): a month's score and pay; the days are in dawo_days, the ladder in dawo_ladder.

Left to the worked cases: quarter, trial and promotion (4.5), leads and dividend (4.6).
"""

from datetime import date
from fractions import Fraction

from oracles.dawo_days import attained
from oracles.dawo_ladder import POINTS as LADDER_POINTS
from oracles.dawo_ladder import ladder
from oracles.reckoning import Listed, day_of, days_between, employed_on, employed_within, half_up, is_workday, records, span_of

DEFAULTS = {
    "common.grade_on": "rounded",
    "common.event_month_basis": "occurred_on",
    "common.one_fact_one_clause": True,
    "common.workday_calendar": "cn_statutory",
    "common.min_wage": None,
    "quota_scope": "specialist",
    "score_base": 100,
    "score_floor": 0,
    "score_cap": "none",
    "daily_talk_quota": 120,
    "daily_call_quota": 100,
    "call_counting": "attempts",
    "basic_basis": "month_total",
    "basic_ratio_mode": "min",
    "base_wage_quota_protected": False,
    "first_week_exempt": True,
    "first_week_days": 7,
    "exempt_days_in_numerator": False,
    "first_month_quota": "prorated",
    "incentive_target": 30,
    "incentive_tier_mode": "highest_only",
    "incentive_trial_eligible": True,
    "incentive_requires_basic": True,
    "personalised_min_ratio": Fraction("1.20"),
    "personalised_base_deduction": 100,
    "personalised_opt": "auto",
    "personalised_status_date": "month_end",
    "ladder_thresholds": [Fraction("0.60"), Fraction("0.65"), Fraction("0.70"), Fraction("0.70")],
    "ladder_reset": "calendar_month",
    "ladder_condition_false": "stay",
    "ladder_beyond_4": "no_further",
    "lowest_mode": "both",
    "lowest_tie": "all",
    "lowest_population": "full_month_specialists",
    "highest_mode": "both",
    "highest_tie": "all",
    "discretion_add_min": 1,
    "discretion_add_max": 5,
    "allowance_mode": "per_component",
    "paid_leave_is_attended": True,
    "perf_pay_share": Fraction("0.20"),
    "perf_pay_mode": "informational",
    "score_deduct_90": Fraction("0.05"),
    "score_deduct_85": Fraction("0.10"),
    "score_deduct_mode": "exclusive",
    "score_deduct_base": "payable",
    "suggestion_reward": 50,
    "suggestion_points_and_money": "both",
    "star_month": 200,
    "star_quarter": 500,
    "star_year": 1000,
    "star_month_decider": "manager",
    "star_points_month": "announcement_month",
    "commission_rate": Fraction("0.08"),
    "commission_basis": "pro_rata",
    "commission_rounding": "cumulative",
}
TIERS = [(Fraction("1.50"), 200), (Fraction("1.20"), 160), (Fraction("1.10"), 120), (Fraction("1.00"), 100)]  # 7.5.1 to 7.5.4
# spec 4.3: base wage, post wage, and the three awards by level
WAGES = ("base_wage", "post_wage", "allow_talk", "allow_calls", "allow_attendance")
LEVELS = {
    "P0": (1800, 0, 100, 100, 100),
    "P1": (2000, 200, 150, 150, 100),
    "P2": (2200, 400, 200, 200, 150),
    "P3": (2500, 600, 250, 250, 200),
}
EVENTS = {"4.deduct.1": -1, "4.deduct.3": -2, "4.deduct.4": -3, "4.deduct.5": -5, "4.add.1": 1, "4.add.2": 5, "4.add.3": 2, "4.add.4a": 3}
CLAUSES = (*EVENTS, "4.deduct.2", "4.add.4b", "4.add.4c", "4.add.5", *(clause for clause, _ in LADDER_POINTS.values()))


class Centre:
    """One month of the centre: its numbers in force, its people, and what each has gathered so far."""

    def __init__(self, period: str, params: dict, tables: dict):
        self.period, self.rules, self.tables = period, DEFAULTS | params, tables
        self.first, self.last = span_of(period)
        calendar = self.rules["common.workday_calendar"]
        self.workdays = [day for day in days_between(self.first, self.last) if is_workday(day, calendar, {})]
        self.people = {one["employee_id"]: one for one in records(tables, "employees")}
        self.points = {id: dict.fromkeys(CLAUSES, Fraction(0)) for id in self.people}
        self.rewards = dict.fromkeys(self.people, Fraction(0))
        self.attained = {id: attained(self, person) for id, person in self.people.items()}
        self.listed = Listed()

    def has_quota(self, id: str) -> bool:
        """1.2, 4.4: quotas, incentive and allowance are for specialists, or by choice for all."""
        return self.specialist(id) or self.rules["quota_scope"] == "all"

    def specialist(self, id: str) -> bool:
        return self.people[id].get("role") in (None, "specialist")

    def in_month(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last


def reckon(period: str, params: dict, tables: dict) -> dict:
    centre = Centre(period, params, tables)
    events(centre)
    suggestions(centre)
    exams(centre)
    stars(centre)
    ranking(centre, "4.deduct.2", -2, min, "lowest")
    ranking(centre, "4.add.4c", 3, max, "highest")
    steps = {id: ladder(centre, id) for id in centre.people}
    paid = commissions(centre)
    results = {}
    for id, person in centre.people.items():
        if not employed_within(person, centre.first, centre.last):
            results[id] = {"status": "not_assessed"}
            continue
        results[id] = score(centre, id) | {"ladder": steps[id]}
        pay(centre, id, results[id], paid.get(id, Fraction(0)))
    least = centre.rules["common.min_wage"]
    return {
        "employees": {id: {key: value for key, value in one.items() if key != "judged"} for id, one in results.items()},
        "points": {id: points for id, points in centre.points.items() if results[id]["status"] != "not_assessed"},
        "below_min_wage": {id for id, one in results.items() if least and one.get("total") is not None and one["total"] < least},
        "refused": centre.listed.refused,
        "idle": centre.listed.idle,
    }


# -- points (spec 4.4 step 1) -----------------------------------------------------------------------------------------


def events(centre: Centre) -> None:
    """四、考核细则: confirmed events of the month, one fact under one clause (spec 0.5); an addition may be refused (0.4)."""
    rules, facts = centre.rules, {}
    for record in records(centre.tables, "events"):
        id, clause, place = record["employee_id"], record["clause"], ("events", record["row"])
        day = day_of(record.get("date") or record.get("occurred_at"))
        if rules["common.event_month_basis"] == "recorded_on":
            day = day_of(record.get("recorded_on")) or day
        if not centre.in_month(day) or (record.get("status") or "confirmed") != "confirmed":
            centre.listed.idle.add(place)
            continue
        if clause == "4.add.5":
            entered = record["points"]
            if entered is None or not rules["discretion_add_min"] <= entered <= rules["discretion_add_max"] or not record.get("approver"):
                centre.listed.refused.add(place)
                continue
        worth = record["points"] if clause == "4.add.5" else EVENTS[clause] * (record.get("count") or 1)
        incident = record.get("incident_id") if rules["common.one_fact_one_clause"] else None
        fact = (incident, id, worth > 0) if incident else record["row"]
        facts.setdefault(fact, []).append((Fraction(worth), id, clause))
    for fact in facts.values():
        worth, id, clause = max(fact, key=lambda event: abs(event[0]))
        centre.points[id][clause] += worth
        if clause == "4.add.3" and rules["suggestion_points_and_money"] == "both":
            centre.rewards[id] += half_up(rules["suggestion_reward"] * worth / EVENTS[clause])  # 7.2


def suggestions(centre: Centre) -> None:
    """4.add.3 points for every author, 7.2 money shared among them."""
    for record in records(centre.tables, "suggestions"):
        if centre.in_month(day_of(record["adopted_on"])):
            for id in record["authors"]:
                centre.points[id]["4.add.3"] += 2
                if centre.rules["suggestion_points_and_money"] == "both":
                    centre.rewards[id] += half_up(Fraction(centre.rules["suggestion_reward"]) / len(record["authors"]))


def exams(centre: Centre) -> None:
    """4.add.4a 满分."""
    for record in records(centre.tables, "exam_scores"):
        if centre.in_month(day_of(record["date"])) and record["score"] == record["full_mark"]:
            centre.points[record["employee_id"]]["4.add.4a"] += 3


def stars(centre: Centre) -> None:
    """4.add.4b, 7.4b to 7.4d 服务之星: decided by who may, paid and counted in the month of announcement (points by choice otherwise)."""
    rules = centre.rules
    for record in records(centre.tables, "star_decisions"):
        period = record["period"]
        kind = "month" if "-" in period else "quarter" if "Q" in period else "year"
        if record["decided_by"] != (rules["star_month_decider"] if kind == "month" else "manager"):
            centre.listed.refused.add(("star_decisions", record["row"]))
            continue
        announced = centre.in_month(day_of(record["announced_on"]))
        if announced:
            centre.rewards[record["employee_id"]] += rules[f"star_{kind}"]
        if announced if rules["star_points_month"] == "announcement_month" else str(span_of(period)[1])[:7] == centre.period:
            centre.points[record["employee_id"]]["4.add.4b"] += 3


def ranking(centre: Centre, clause: str, points: int, extreme, end: str) -> None:
    """4.deduct.2 通时通次量最少, 4.add.4c 最多: among at least two full-month specialists who are not all equal."""
    rules, populations = centre.rules, {}
    mode, tie = rules[f"{end}_mode"], rules[f"{end}_tie"]
    for id, person in centre.people.items():
        whole = employed_on(person, centre.first) and employed_on(person, centre.last) and not centre.attained[id]["exempt"]
        if centre.specialist(id) and whole:
            group = person.get("group_id") if rules["lowest_population"] == "group" else ""
            populations.setdefault(group, []).append(id)
    for people in populations.values():
        known = [centre.attained[id] for id in people]
        columns = ("r_talk", "r_calls") if mode == "composite" else ("talk", "calls")
        if len(people) < 2 or any(one[column] is None for one in known for column in columns):
            continue
        figures = [[one[column] for one in known] for column in columns]
        if mode == "composite":
            figures = [[sum(pair) for pair in zip(*figures, strict=True)]]
        found = [{id for id, value in zip(people, own, strict=True) if value == extreme(own)} for own in figures]
        if mode == "both":
            found = [found[0] & found[1]] if any(len(set(own)) > 1 for own in figures) else []
        else:
            found = [ids for ids, own in zip(found, figures, strict=True) if len(set(own)) > 1]
        if tie == "none":
            found = [ids for ids in found if len(ids) == 1]
        if mode == "either_once":
            found = [set().union(*found)]
        for id in (id for ids in found for id in ids):
            centre.points[id][clause] += points


def score(centre: Centre, id: str) -> dict:
    """1.3a 基本分100分."""
    rules, points = centre.rules, centre.points[id].values()
    lost, gained = -sum(value for value in points if value < 0), sum(value for value in points if value > 0)
    exact = rules["score_base"] - lost + gained
    exact = exact if rules["score_floor"] == "none" else max(exact, rules["score_floor"])
    exact = exact if rules["score_cap"] == "none" else min(exact, rules["score_cap"])
    published = half_up(exact)
    judged = published if rules["common.grade_on"] == "rounded" else exact
    return {"deductions": lost, "additions": gained, "score": published, "judged": judged}


# -- pay (spec 4.4 steps 3 to 7) --------------------------------------------------------------------------------------


def regular_on(person: dict, day: date) -> bool:
    since = day_of(person.get("regular_from"))
    return since <= day if since else person.get("status") != "trial"


def wage(centre: Centre, person: dict, column: str):
    """What the roster says, else the placeholder of the level (5.1, 5.2.1, spec 4.3)."""
    level = person.get("level") or ("P1" if regular_on(person, centre.last) else "P0")
    return person[column] if person.get(column) is not None else LEVELS[level][WAGES.index(column)]


def pay(centre: Centre, id: str, result: dict, commission: Fraction) -> None:
    rules, person, own = centre.rules, centre.people[id], centre.attained[id]
    due = base_wage_due(centre, person)
    result |= {"base_wage_due": due, "post_wage": half_up(wage(centre, person, "post_wage")), "rewards": centre.rewards[id]}
    result |= {"commission": commission, "status": "complete"}
    if not centre.has_quota(id):
        result |= {"base_pay": due, "total": due + result["post_wage"] + result["rewards"] + commission}
        return
    result |= {"incentive_ratio": own["incentive"], "r_talk": own["r_talk"], "r_calls": own["r_calls"]}
    met, ratio = basic(rules, own)
    if met is None or own["incentive"] is None:
        result |= {"status": "incomplete", "total": None}
        return
    result |= {"basic_met": met, "basic_ratio": ratio}
    base, incentive = base_and_incentive(centre, person, due, met, ratio, own["incentive"])
    result |= {"base_pay": base, "incentive": incentive, "allowance": allowance(centre, person, own, result["judged"])}
    monthly = base + result["post_wage"] + result["allowance"]
    result["total"] = monthly + incentive + result["rewards"] + commission
    if rules["perf_pay_mode"] == "score_ratio":  # 5.2.3a
        result["total"] += half_up(monthly * rules["perf_pay_share"] * (result["score"] / 100 - 1))


def base_wage_due(centre: Centre, person: dict) -> Fraction:
    """5.2.3d: for the time employed, rounded first (spec 4.4 step 3)."""
    if person.get("base_wage_due") is not None:
        return half_up(person["base_wage_due"])
    employed = sum(employed_on(person, day) for day in centre.workdays)
    return half_up(Fraction(wage(centre, person, "base_wage")) * employed / len(centre.workdays))


def basic(rules: dict, own: dict) -> tuple[bool | None, Fraction | None]:
    """3.1a, 3.1b 基本量: met by both measures; the ratio by the reading chosen."""
    if rules["basic_basis"] == "days_met":
        return (None, None) if own["days_met"] is None else (own["days_met"] >= 1, own["days_met"])
    talk, calls = own["r_talk"], own["r_calls"]
    if talk is None or calls is None:
        return None, None
    capped = (min(Fraction(1), talk), min(Fraction(1), calls))
    ratio = {
        "min": min(capped),
        "mean": sum(capped) / 2,
        "product": capped[0] * capped[1],
        "talk_only": capped[0],
        "calls_only": capped[1],
    }[rules["basic_ratio_mode"]]
    return talk >= 1 and calls >= 1, ratio


def base_and_incentive(centre: Centre, person: dict, due: Fraction, met: bool, ratio: Fraction, incentive: Fraction) -> tuple:
    """3.1b 按比例, 3.3 个性化标准, 7.5 激励奖 (spec 4.4 step 3)."""
    rules = centre.rules
    bonus = tier(rules, incentive) if regular_on(person, centre.last) or rules["incentive_trial_eligible"] else Fraction(0)
    if met:
        return due, bonus
    lowered, in_proportion = max(Fraction(0), due - rules["personalised_base_deduction"]), half_up(due * ratio)
    without = Fraction(0) if rules["incentive_requires_basic"] else bonus
    judged_on = centre.last if rules["personalised_status_date"] == "month_end" else centre.first
    personalised = regular_on(person, judged_on) and incentive >= rules["personalised_min_ratio"]
    if rules["personalised_opt"] == "on_application":
        personalised = personalised and bool(person.get("personalised_applied"))
    if rules["personalised_opt"] == "best_for_employee":
        personalised = personalised and lowered + bonus >= in_proportion + without
    base, bonus = (lowered, bonus) if personalised else (in_proportion, without)
    return due if rules["base_wage_quota_protected"] else base, bonus


def tier(rules: dict, incentive: Fraction) -> Fraction:
    reached = [amount for start, amount in TIERS if incentive >= start]
    return Fraction(sum(reached) if rules["incentive_tier_mode"] == "cumulative" else next(iter(reached), 0))


def allowance(centre: Centre, person: dict, own: dict, judged: Fraction) -> Fraction:
    """5.2.2 按实际达成比例, 5.2.3b, 5.2.3c 总分低于90、85分 (spec 4.4 step 4)."""
    rules = centre.rules
    full = [Fraction(wage(centre, person, column)) for column in ("allow_talk", "allow_calls", "allow_attendance")]
    ratios = [min(Fraction(1), own[column]) for column in ("r_talk", "r_calls", "attendance")]
    if rules["allowance_mode"] == "per_component":
        attained_awards = sum(half_up(award * ratio) for award, ratio in zip(full, ratios, strict=True))
    elif rules["allowance_mode"] == "min_ratio":
        attained_awards = half_up(sum(full) * min(ratios))
    else:
        attained_awards = half_up(sum(full) * ratios[0] * ratios[1] * ratios[2])
    cut = rules["score_deduct_85"] if judged < 85 else rules["score_deduct_90"] if judged < 90 else 0
    if judged < 85 and rules["score_deduct_mode"] == "cumulative":
        cut += rules["score_deduct_90"]
    if rules["score_deduct_base"] == "full":
        return half_up(max(Fraction(0), attained_awards - cut * sum(full)))
    return half_up(attained_awards * (1 - cut))


def commissions(centre: Centre) -> dict:
    """8.2 利润的8%以收到款项为准: by receipt, in the month it came in, refunds below zero (spec 4.6)."""
    rules, paid = centre.rules, {}
    for deal in records(centre.tables, "deals"):
        whole, received, given = Fraction(deal["profit"]) * rules["commission_rate"], Fraction(0), Fraction(0)
        for receipt in (one for one in records(centre.tables, "receipts") if one["deal_id"] == deal["deal_id"]):
            amount, contract = Fraction(receipt["received_amount"]), Fraction(deal["contract_amount"])
            received += amount
            if rules["commission_basis"] == "full_payment_only":
                due = (half_up(whole) if received >= contract else Fraction(0)) - given
            elif rules["commission_rounding"] == "cumulative":
                due = half_up(whole * received / contract) - given
            else:
                due = half_up(whole * amount / contract)
            given += due
            if centre.in_month(day_of(receipt["received_on"])):
                paid[deal["owner"]] = paid.get(deal["owner"], Fraction(0)) + due
    return paid
