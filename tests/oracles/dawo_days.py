"""达沃 基本量 from the month's totals or from its days (spec 4.4 step 2; 3.1, 3.2, 5.2.2)."""

from fractions import Fraction

from oracles.reckoning import day_of, days_between, employed_on, records

UNKNOWN = dict.fromkeys(("talk", "calls", "r_talk", "r_calls", "attendance", "days_met", "incentive"))


def attained(centre, person: dict) -> dict:
    """What a person reached of every quota; None where nobody knows."""
    id, days = person["employee_id"], days_between(centre.first, centre.last)
    found = UNKNOWN | {"exempt": any(exempt(centre, person, day) for day in days)}
    month = next((one for one in records(centre.tables, "month") if one["employee_id"] == id), None)
    found |= from_totals(centre, month) if month else from_days(centre, person)
    members = month or next((one for one in records(centre.tables, "members_month") if one["employee_id"] == id), None)
    if members and members["new_members"] is not None:
        target = members.get("target") or centre.rules["incentive_target"]
        found["incentive"] = Fraction(members["new_members"]) / Fraction(target)
    return found


def exempt(centre, person: dict, day) -> bool:
    """3.2b 新员工首周免考: so many calendar days from the day of hire."""
    hired = day_of(person.get("hire_date"))
    return bool(centre.rules["first_week_exempt"] and hired) and 0 <= (day - hired).days < centre.rules["first_week_days"]


def of_quota(value, quota):
    """No quota is a quota reached."""
    if quota is None or value is None:
        return Fraction(1) if quota == 0 else None
    return Fraction(value) / Fraction(quota) if quota else Fraction(1)


def from_totals(centre, month: dict) -> dict:
    scheduled, leave = month["scheduled_days"], month["paid_leave_days"] if centre.rules["paid_leave_is_attended"] else 0
    return {
        "talk": month["talk_minutes"],
        "calls": month["calls"],
        "r_talk": of_quota(month["talk_minutes"], month["quota_talk"]),
        "r_calls": of_quota(month["calls"], month["quota_calls"]),
        "attendance": min(Fraction(1), of_quota(month["attended_days"] + leave, scheduled)),
        "days_met": of_quota(month["days_met"], month["assessed_days"]),
    }


def from_days(centre, person: dict) -> dict:
    """Quotas of the days assessed: scheduled and employed, without leave and the first week; calls of each of them known."""
    rules, id = centre.rules, person["employee_id"]
    roster = {day_of(one["date"]): one for one in records(centre.tables, "roster") if one["employee_id"] == id}
    scheduled = [day for day in (sorted(roster) or centre.workdays) if employed_on(person, day)]
    on_leave = {day for day, one in roster.items() if one["paid_leave"] or one["leave"]}
    present = {day for day in scheduled if day not in on_leave and roster.get(day, {"attended": True})["attended"]}
    attended = len(present)
    if rules["paid_leave_is_attended"]:
        attended += sum(roster[day]["paid_leave"] for day in scheduled if day in on_leave)
    working = [day for day in scheduled if day not in on_leave]
    assessed = [day for day in working if not exempt(centre, person, day)]
    in_quota = working if rules["first_month_quota"] == "full" else assessed
    found = {"attendance": of_quota(attended, len(scheduled))}
    column = "calls" if rules["call_counting"] == "attempts" else "connected_calls"
    made = {
        day_of(one["date"]): (one["talk_minutes"], one[column]) for one in records(centre.tables, "call_daily") if one["employee_id"] == id
    }
    if any(day in present and day not in made for day in assessed):
        return found  # missing_call_data
    counted = [made[day] for day in (working if rules["exempt_days_in_numerator"] else assessed) if day in made]
    quota_talk, quota_calls = rules["daily_talk_quota"] * len(in_quota), rules["daily_call_quota"] * len(in_quota)
    met = [made.get(day, (0, 0)) for day in assessed]
    met = [talk >= rules["daily_talk_quota"] and calls >= rules["daily_call_quota"] for talk, calls in met]
    talk, calls = sum(Fraction(talk) for talk, _ in counted), sum(calls for _, calls in counted)
    return found | {
        "talk": talk,
        "calls": calls,
        "r_talk": of_quota(talk, quota_talk),
        "r_calls": of_quota(calls, quota_calls),
        "days_met": of_quota(sum(met), len(assessed)),
    }
