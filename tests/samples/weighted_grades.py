"""A realistic month of a service department: 36 people in three channels, with trial staff, a joiner, a leaver and appeals."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅"
GIVEN = ["建国", "淑芬", "志强", "晓燕", "佳怡", "浩然", "雨桐", "子轩", "丽华", "国栋", "欣妍", "文博"]
CHANNELS = {"在线组": "在线客服", "电话组": "电话客服", "现场组": "现场客服"}
SUBS = ("专业知识", "业务能力", "问题解决能力", "服务态度")
HEAD = 0  # 负责人
WEAK = (7, 19)  # two people who have been unqualified since two months


def tables(month: str) -> dict[str, list[dict]]:
    """The sheets of one month ('2026-10')."""
    random = Random(f"weighted_grades {month}")
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    people = roster(first, last)
    rated = [one for one in people if one["role"] != "负责人" and one["leave_date"] is None]
    return {
        "employees": people,
        "ratings": ratings(random, rated, last),
        "sub_ratings": [
            {"employee_id": one["employee_id"], "indicator": "工作质量", "sub": sub, "score": random.randint(70, 98)}
            for one in rated[:3]
            for sub in SUBS
        ],
        "history": history(random, rated, first),
        "appeals": appeals(rated, last),
        "calendar_exceptions": [],
    }


def roster(first: date, last: date) -> list[dict]:
    people = []
    for i in range(36):
        group, role = list(CHANNELS.items())[i % 3]
        people.append(
            {
                "employee_id": f"{101 + i}",
                "name": SURNAMES[i] + GIVEN[i % len(GIVEN)],
                "group_id": group,
                "role": "负责人" if i == HEAD else role,
                "status": "试用" if i >= 33 else "正式",
                "hire_date": first + timedelta(days=10) if i == 35 else date(2021 + i % 5, 1 + i % 12, 1 + i % 28),
                "leave_date": last - timedelta(days=6) if i == 30 else None,
            }
        )
    return people


def ratings(random: Random, rated: list[dict], last: date) -> list[dict]:
    """One row a person; two equal ones, one without satisfaction (no survey came back), one exactly on the edge of 优秀."""
    rows = []
    for i, one in enumerate(rated):
        low, high = (45, 60) if i in WEAK else (68, 99)
        quality, workload, satisfaction, teamwork = (random.randint(low, high) for _ in range(4))
        rows.append(
            {
                "employee_id": one["employee_id"],
                "quality": None if i < 3 else quality,
                "workload": workload,
                "satisfaction": None if i == 12 else satisfaction,
                "teamwork": teamwork,
                "rated_at": datetime.combine(last + timedelta(days=2 + i % 3), time(9 + i % 8, 30)),
                "rated_by": SURNAMES[HEAD] + GIVEN[HEAD],
            }
        )
    for scores, row in zip(([90, 90, 90, Decimal("89.95")], [85, 82, 88, 90], [85, 82, 88, 90]), rows[20:23], strict=True):
        row.update(zip(("quality", "workload", "satisfaction", "teamwork"), scores, strict=True))
    return rows


def history(random: Random, rated: list[dict], first: date) -> list[dict]:
    """The three months before: weak people below 60, one of them on leave in the first of them."""
    months = []
    day = first
    for _ in range(3):
        day = (day - timedelta(days=1)).replace(day=1)
        months.insert(0, day)
    return [
        {
            "employee_id": one["employee_id"],
            "month": f"{start:%Y-%m}",
            "score": Decimal(random.randint(4800, 5990) if i in WEAK else random.randint(6800, 9700)) / 100,
            "full_month": "是",
            "status": "已定",
        }
        for i, one in enumerate(rated)
        for n, start in enumerate(months)
        if one["hire_date"] <= start and not (i == WEAK[1] and n == 0)
    ]


def appeals(rated: list[dict], last: date) -> list[dict]:
    """Everybody weak and one more have their result on the 9th; one appeal is answered, one waits, one came too late."""
    received = (last + timedelta(days=1)).replace(day=9)
    rows = [(7, 1, 2, "维持"), (25, 2, None, None), (19, 12, None, None), (4, None, None, None)]
    return [
        {
            "employee_id": rated[i]["employee_id"],
            "received_on": received,
            "lodged_on": None if lodged is None else received + timedelta(days=lodged),
            "replied_on": None if replied is None else received + timedelta(days=replied),
            "outcome": outcome,
        }
        for i, lodged, replied, outcome in rows
    ]
