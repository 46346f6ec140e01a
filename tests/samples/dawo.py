"""A realistic month of the 达沃 call centre: 30 people in three groups, with joiners, a leaver, leave, leads and deals."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from chinese_calendar import is_workday

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = ["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀英", "霞", "平"]
GROUPS = ("一组", "二组", "三组")
LEVELS = [
    {"level": "P0", "base_wage": 1800, "post_wage": 0, "allow_talk": 100, "allow_calls": 100, "allow_attendance": 100},
    {"level": "P1", "base_wage": 2000, "post_wage": 200, "allow_talk": 150, "allow_calls": 150, "allow_attendance": 100},
    {"level": "P2", "base_wage": 2200, "post_wage": 400, "allow_talk": 200, "allow_calls": 200, "allow_attendance": 150},
    {"level": "P3", "base_wage": 2500, "post_wage": 600, "allow_talk": 250, "allow_calls": 250, "allow_attendance": 200},
]


def tables(month: str) -> dict[str, list[dict]]:
    """The sheets of one month ('2026-10')."""
    random = Random(f"dawo {month}")
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    days = [day for day in span(first, last) if is_workday(day)]
    people = roster_of_people(month, days)
    specialists = [person for person in people if person["role"] == "专员"]
    leave = {(specialists[4]["employee_id"], days[5]): "带薪假", (specialists[9]["employee_id"], days[7]): "事假"}
    return {
        "employees": people,
        "level_table": LEVELS,
        "calendar": [{"workday": day} for day in days],
        "roster": roster(specialists, days, leave),
        "call_daily": calls(random, specialists, days, leave),
        "members_month": [
            {"month": month, "employee_id": one["employee_id"], "new_members": 36 if i == 2 else random.randint(18, 46)}
            for i, one in enumerate(specialists)
        ],
        "attendance": [{"employee_id": specialists[6]["employee_id"], "date": days[3], "kind": "迟到", "count": 1, "excused": "否"}],
        "events": events(random, specialists, days),
        "exam_scores": [
            {
                "exam_id": f"{month}-业务",
                "employee_id": one["employee_id"],
                "score": 100 if i % 11 == 3 else random.randint(70, 98),
                "full_mark": 100,
                "date": days[8],
            }
            for i, one in enumerate(specialists)
        ],
        "suggestions": [
            {
                "suggestion_id": "J1",
                "authors": f"{specialists[1]['employee_id']}、{specialists[7]['employee_id']}、{specialists[8]['employee_id']}",
                "adopted_on": days[9],
            },
            {"suggestion_id": "J2", "authors": specialists[3]["employee_id"], "adopted_on": None},
        ],
        "contact_weeks": contact_weeks(random, specialists, first, last),
        "supervisor_checks": [
            {"employee_id": one["employee_id"], "date": days[6], "type": "话术", "result": "合格"}
            for one in specialists
            if one["group_id"] != "三组"
        ],
        "handovers": [
            {"case_id": "Z1", "from": specialists[0]["name"], "to": people[0]["name"], "at": datetime.combine(days[2], time(15, 20))}
        ],
        **stars(month, first, people, specialists),
        **leads_and_deals(random, specialists, days),
        **careers(month, random, specialists),
    }


def roster_of_people(month: str, days: list[date]) -> list[dict]:
    """Three supervisors and 27 specialists; two joiners (one in the month), one leaver, one on trial since July."""
    people = []
    for i in range(30):
        supervisor = i < 3
        trial = i in (27, 28, 29)
        hired = {27: days[3], 28: days[0] - timedelta(days=45), 29: date(2026, 7, 6)}.get(i, date(2022 + i % 4, 1 + i % 12, 1 + i % 27))
        people.append(
            {
                "employee_id": f"{i + 1:03d}",
                "name": SURNAMES[i] + GIVEN[i % len(GIVEN)],
                "group_id": GROUPS[i % 3],
                "department": "客服中心",
                "role": "主管" if supervisor else "专员",
                "status": "试用" if trial else "正式",
                "level": "P3" if supervisor else "P0" if trial else f"P{1 + i % 3}",
                "hire_date": hired,
                "leave_date": days[10] if i == 26 and month == "2026-10" else None,
                "base_wage": 4000 if supervisor else None,
            }
        )
    return people


def employed(person: dict, day: date) -> bool:
    return person["hire_date"] <= day and (person["leave_date"] is None or day <= person["leave_date"])


def roster(specialists: list[dict], days: list[date], leave: dict) -> list[dict]:
    """A row a day for the people who were not present throughout."""
    absent = {specialists[12]["employee_id"]: days[4]}
    away = {person for person, _ in leave} | absent.keys()
    return [
        {
            "employee_id": one["employee_id"],
            "date": day,
            "scheduled": "是",
            "attended": "否" if (one["employee_id"], day) in leave or absent.get(one["employee_id"]) == day else "是",
            "paid_leave": "是" if leave.get((one["employee_id"], day)) == "带薪假" else "否",
            "leave": "是" if (one["employee_id"], day) in leave else "否",
        }
        for one in specialists
        if one["employee_id"] in away
        for day in days
    ]


def calls(random: Random, specialists: list[dict], days: list[date], leave: dict) -> list[dict]:
    """A row for each day worked; two people with exactly the same month, the leaver with a day nobody recorded."""
    rows, twin = [], {}
    for i, one in enumerate(specialists):
        strength = random.uniform(0.85, 1.2)
        for day in days:
            if (
                not employed(one, day)
                or (one["employee_id"], day) in leave
                or (i == 12 and day == days[4])
                or (one["leave_date"] and day == days[8])
            ):
                continue
            minutes, count = round(random.uniform(110, 130) * strength), round(random.uniform(92, 112) * strength)
            if i == 15:
                twin[day] = minutes, count
            elif i == 16:
                minutes, count = twin[day]
            rows.append(
                {
                    "employee_id": one["employee_id"],
                    "date": day,
                    "talk_minutes": minutes,
                    "calls": count,
                    "connected_calls": round(count * 0.6),
                }
            )
    return rows


def events(random: Random, specialists: list[dict], days: list[date]) -> list[dict]:
    """Confirmed and rejected events, one call under two clauses, and discretion with an approver."""
    kinds = ["4.deduct.1", "4.deduct.1", "4.deduct.3", "4.deduct.4", "4.add.1", "4.add.1", "4.add.2", "4.deduct.5"]
    rows = [
        {
            "event_id": f"S{n:03d}",
            "employee_id": random.choice(specialists[:24])["employee_id"],
            "clause": random.choice(kinds),
            "date": random.choice(days),
            "status": "不成立" if n == 7 else "已确认",
            "evidence": f"录音{n:03d}",
        }
        for n in range(1, 26)
    ]
    for n, clause in enumerate(("4.deduct.1", "4.deduct.3"), start=len(rows) + 1):
        rows.append(
            {"event_id": f"S{n:03d}", "employee_id": specialists[5]["employee_id"], "clause": clause, "date": days[2], "incident_id": "L1"}
        )
    for n in range(6):
        rows.append({"event_id": f"S9{n:02d}", "employee_id": specialists[10]["employee_id"], "clause": "4.deduct.4", "date": days[n]})
    rows.append(
        {
            "event_id": "S999",
            "employee_id": specialists[11]["employee_id"],
            "clause": "4.add.5",
            "date": days[6],
            "points": 3,
            "approver": "客服经理",
            "reason": "主动整理话术手册",
        }
    )
    return rows


def contact_weeks(random: Random, specialists: list[dict], first: date, last: date) -> list[dict]:
    """Every Sunday of the month and the one before; one person climbs the whole ladder."""
    sundays = [day for day in span(first - timedelta(days=7), last) if day.weekday() == 6]
    rows = []
    for i, one in enumerate(specialists):
        for day in sundays:
            if not employed(one, day):
                continue
            provided = 0 if i != 18 and (i + day.day) % 29 == 0 else random.randint(80, 120)
            share = 0.5 if i == 18 else random.uniform(0.58, 0.95)
            rows.append(
                {
                    "employee_id": one["employee_id"],
                    "week_end": day,
                    "leads_provided": provided,
                    "leads_contacted": int(provided * share),
                    "habits_poor": "是" if i == 18 else None,
                    "performance_below": "是" if i == 18 else None,
                }
            )
    return rows


def stars(month: str, first: date, people: list[dict], specialists: list[dict]) -> dict[str, list[dict]]:
    """Last month's star is announced; this month's nominations tie and wait for the decision."""
    previous = (first - timedelta(days=1)).strftime("%Y-%m")
    nominees = specialists[:3]
    return {
        "nominations": [
            {
                "period": month,
                "employee_id": one["employee_id"],
                "group_id": one["group_id"],
                "supervisor": boss["name"],
                "reason": "服务态度好",
                "support_score": score,
                "stage": "已推荐",
            }
            for one, boss, score in zip(nominees, people[:3], (104, 104, 99), strict=True)
        ],
        "star_decisions": [
            {
                "period": previous,
                "employee_id": specialists[2]["employee_id"],
                "group_id": specialists[2]["group_id"],
                "decided_by": "经理",
                "announced_on": first + timedelta(days=4),
            }
        ],
    }


def leads_and_deals(random: Random, specialists: list[dict], days: list[date]) -> dict[str, list[dict]]:
    """Leads with two duplicates and a reassignment; deals paid in parts and one refund."""
    phones = [f"138{random.randint(0, 99999999):08d}" for _ in range(20)]
    leads = [
        {
            "record_id": str(n + 1),
            "department": "客服中心",
            "employee_id": specialists[n % 20]["employee_id"],
            "phone": phones[n],
            "recorded_at": datetime.combine(days[n % 5], time(9, n)),
        }
        for n in range(20)
    ]
    for n in (0, 1):
        phone = f"+86 {phones[n][:3]}-{phones[n][3:7]}-{phones[n][7:]}"
        later = datetime.combine(days[6], time(10, n))
        leads.append(
            {
                "record_id": str(21 + n),
                "department": "客服中心",
                "employee_id": specialists[8]["employee_id"],
                "phone": phone,
                "recorded_at": later,
            }
        )
    deals = [
        {
            "deal_id": f"D{n + 1}",
            "phone": phones[n],
            "closed_by": specialists[n]["employee_id"],
            "closed_on": days[8],
            "profit": 1000 + 333 * n,
            "contract_amount": 9000 + 1000 * n,
        }
        for n in range(4)
    ]
    receipts = [{"deal_id": f"D{n + 1}", "received_on": days[9 + n], "received_amount": 3000 + 1000 * n} for n in range(4)]
    receipts += [
        {"deal_id": "D1", "received_on": days[12], "received_amount": 6000},
        {"deal_id": "D2", "received_on": days[13], "received_amount": -500},
    ]
    moved = {"phone": phones[3], "to_employee": specialists[9]["employee_id"], "reassigned_on": days[7], "by_role": "数据岗"}
    return {"leads": leads, "reassignments": [moved], "deals": deals, "receipts": receipts}


def careers(month: str, random: Random, specialists: list[dict]) -> dict[str, list[dict]]:
    """The months of the quarter at its end, and the months of the trial staff hired on 6 July."""
    newcomer = specialists[-1]["employee_id"]
    months = [one for one in ("2026-07", "2026-08", "2026-09", "2026-10") if one <= month]
    trial = [
        {
            "employee_id": newcomer,
            "month_no": n,
            "month": one,
            "talk_minutes": 2400 + 60 * n,
            "quota_talk": 2520,
            "calls": 2050 + 30 * n,
            "quota_calls": 2100,
            "new_members": 24 + 3 * n,
            "target": 30,
        }
        for n, one in enumerate(months, start=1)
    ]
    if month != "2026-09":
        return {"trial_months": trial}
    senior = [one for one in specialists if one["hire_date"] < date(2026, 7, 1)]
    scores = [
        {"employee_id": one["employee_id"], **{f"m{n}": random.randint(58, 66) if i == 10 else random.randint(88, 106) for n in (1, 2, 3)}}
        for i, one in enumerate(senior)
    ]
    quarter = [
        {
            "employee_id": one["employee_id"],
            "month": name,
            "basic_met": "是" if (i + n) % 5 else "否",
            "incentive_ratio": round(0.9 + (i % 6) / 10, 2),
            "new_members": 27 + 3 * (i % 6),
        }
        for i, one in enumerate(senior)
        for n, name in enumerate(("2026-07", "2026-08", "2026-09"))
    ]
    return {"trial_months": trial, "month_scores": scores, "quarter_months": quarter}


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
