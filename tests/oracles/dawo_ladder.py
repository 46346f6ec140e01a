"""达沃 接触量阶梯 (3.4.3, spec 4.4 step 6): what each week of a person leads to."""

from datetime import timedelta
from fractions import Fraction

from oracles.reckoning import day_of, records

POINTS = {1: ("3.4.3.1", -1), 2: ("3.4.3.2", -2), 3: ("3.4.3.3", -3), 4: ("3.4.3.4b", -5)}


def ladder(centre, id: str) -> list:
    """The step taken in each week of the month, 0 where none; the points go to the person."""
    rules, level, stopped, span, steps = centre.rules, 0, None, None, []
    weeks = sorted((day_of(one["week_end"]), one) for one in records(centre.tables, "contact_weeks") if one["employee_id"] == id)
    for sunday, week in weeks:
        if sunday > centre.last:
            break
        if span != span_of_ladder(sunday, rules["ladder_reset"]):
            span, level = span_of_ladder(sunday, rules["ladder_reset"]), 0
        step = "stopped" if sunday == stopped else judged(week, level, rules)
        if isinstance(step, int) and step:
            level = max(level, step)
            stopped = sunday + timedelta(7) if step == 2 else stopped
        if centre.in_month(sunday):
            steps.append(step)
            if isinstance(step, int) and step:
                clause, points = POINTS[step]
                centre.points[id][clause] += points
    return steps


def span_of_ladder(sunday, reset: str):
    return {"calendar_month": (sunday.year, sunday.month), "quarter": (sunday.year, (sunday.month - 1) // 3), "never": ()}[reset]


def judged(week: dict, level: int, rules: dict):
    """One week: the step it leads to, 0 for none, or why it is not judged."""
    if not week["leads_provided"]:
        return "no_leads"
    step = level + 1
    if step > 4:
        if rules["ladder_beyond_4"] == "no_further":
            return 0
        step = 4
    if Fraction(week["leads_contacted"], week["leads_provided"]) >= rules["ladder_thresholds"][step - 1]:
        return 0
    holds = {3: week["habits_poor"], 4: week["performance_below"]}.get(step, True)
    if holds:
        return step
    return level if rules["ladder_condition_false"] == "repeat_previous" else "flagged"
