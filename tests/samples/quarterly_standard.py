"""A realistic quarter of 售后客服: 24 people with raw daily, weekly and monthly data; a joiner, leavers, somebody unrated."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from chinese_calendar import is_workday

SURNAMES = "陈林黄郑吴许蔡杨谢洪曾王李张刘赵周孙马朱胡郭何高"
GIVEN = ["晓梅", "建国", "婷婷", "志强", "丽华", "俊杰", "雪", "海燕", "文博", "佳", "国栋", "玉兰"]
JUDGED = ("1a", "1b", "1c", "2a", "2b", "2c")
CLEANER, LEAVER, JOINER, UNRATED, NO_SELF, NO_FEEDBACK = 23, 22, 21, 15, 8, 11


def tables(quarter: str) -> dict[str, list[dict]]:
    """The sheets of one quarter ('2026Q3' or '2026-Q3')."""
    year, number = int(quarter[:4]), int(quarter[-1])
    random = Random(f"quarterly_standard {year}Q{number}")
    first = date(year, 3 * number - 2, 1)
    last = (first + timedelta(days=95)).replace(day=1) - timedelta(days=1)
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    people = roster(first)
    staff = [one for i, one in enumerate(people) if i not in (CLEANER, LEAVER)]
    months = sorted({day.isoformat()[:7] for day in days})
    daily = [day_of_work(random, one, day) for one in people[:CLEANER] for day in days if employed(one, day) and is_workday(day)]
    return {
        "employees": people,
        "ratings": ratings(random, f"{year}Q{number}", people),
        "monthly_survey": [
            {
                "month": month,
                "employee_id": one["employee_id"],
                "completed_count": random.randint(12, 30),
                "avg_score": random.randint(780, 980) / 10,
            }
            for one in staff
            for month in months
            if month >= one["hire_date"].isoformat()[:7]
        ],
        "weekly_summary": [
            {
                "employee_id": one["employee_id"],
                "week_end": day,
                "summaries": random.choice([1, 1, 1, 1, 2, 0]),
                "full_leave": "是" if one is staff[6] and day == [d for d in days if d.weekday() == 6][4] else "否",
            }
            for one in staff
            for day in days
            if day.weekday() == 6 and day >= one["hire_date"]
        ],
        "daily_ops": daily,
        "tasks": [
            {
                "task_id": f"T{n:03d}",
                "employee_id": one["employee_id"],
                "due": due,
                "done": due + timedelta(days=random.choice([-3, -1, 0, 0, 0, 2])),
            }
            for n, (one, due) in enumerate((one, days[random.randrange(50, len(days))]) for one in staff[:16] for _ in range(4))
        ],
        "complaint_counts": [
            {
                "quarter": f"{year}Q{number}",
                "employee_id": one["employee_id"],
                "contacts": sum(row["handled_count"] for row in daily if row["employee_id"] == one["employee_id"]),
                "justified_complaints": random.choice([0, 2, 5, 9, 14, 21]),
                "complaints": 24,
            }
            for one in staff
        ],
        "feedback": [
            {
                "feedback_id": f"K{n:03d}",
                "employee_id": one["employee_id"],
                "received_on": received,
                "replied_on": None if n % 9 == 4 else received + timedelta(days=2),
            }
            for n, (one, received) in enumerate(
                (one, days[random.randrange(60, len(days))]) for i, one in enumerate(staff) if i != NO_FEEDBACK for _ in range(3)
            )
        ],
        "meetings": [{"period": f"{year}Q{number}", "date": last + timedelta(days=13), "minutes": "逐项讨论结果，确认培训名单。"}],
        "forms": [{"employee_id": one["employee_id"], "issued_on": last + timedelta(days=1 + i // 20)} for i, one in enumerate(staff)],
    }


def roster(first: date) -> list[dict]:
    """21 who stay, a joiner, a leaver without a form, and the cleaner."""
    return [
        {
            "employee_id": f"S{i + 1:02d}",
            "name": SURNAMES[i] + GIVEN[i % len(GIVEN)],
            "group_id": "电话组" if i % 2 else "在线组",
            "role": "保洁" if i == CLEANER else "组长" if i < 2 else "客服",
            "status": "试用" if i in (JOINER, 20) else "正式",
            "hire_date": first + timedelta(days=36) if i == JOINER else date(2022 + i % 4, 1 + i % 12, 1 + i % 27),
            "leave_date": first + timedelta(days=40) if i == LEAVER else None,
        }
        for i in range(24)
    ]


def employed(person: dict, day: date) -> bool:
    return person["hire_date"] <= day and (person["leave_date"] is None or day <= person["leave_date"])


def day_of_work(random: Random, person: dict, day: date) -> dict:
    """One day: 30 to 50 cases of 5 to 8 minutes; the online group takes no calls."""
    handled = random.randint(30, 50)
    offered = random.randint(25, 60) if person["group_id"] == "电话组" else 0
    return {
        "employee_id": person["employee_id"],
        "date": day,
        "handled_count": handled,
        "handle_minutes": handled * random.randint(50, 80) / 10,
        "calls_offered": offered,
        "calls_answered": offered - random.randint(0, offered // 6) if offered else 0,
        "on_time_count": handled - random.randint(0, 6),
    }


def ratings(random: Random, quarter: str, people: list[dict]) -> list[dict]:
    """Six judged items each; one person lacks a supervisor's score, one the self-rating; one measured item is replaced."""
    rows = []
    for i, one in enumerate(people):
        for item in JUDGED if i not in (CLEANER, LEAVER) else ():
            score = random.randint(55, 98)
            rows.append(
                {
                    "quarter": quarter,
                    "employee_id": one["employee_id"],
                    "item": item,
                    "self_score": None if i == NO_SELF else min(100, score + random.randint(-3, 8)),
                    "supervisor_score": None if (i, item) == (UNRATED, "1c") else score,
                    "reason": None,
                }
            )
    replaced = {"item": "3b", "self_score": None, "supervisor_score": 92, "reason": "八月支援仓库盘点十天，处理量不具可比性"}
    return [*rows, {"quarter": quarter, "employee_id": people[9]["employee_id"], **replaced}]
