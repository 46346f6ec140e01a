"""A realistic month of 维康体检: 22 people in three groups, lateness, discretion, ties, one value still to be entered."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

NAMES = (
    "张慧 李文静 王芳 刘洋 陈思远 杨柳 赵雪梅 黄俊 周婷 吴昊 徐丹 孙丽华 胡蝶 朱琳 高翔 林晓峰 何悦 郭靖宇 马晓丽 罗兰 梁爽 宋健"
).split()
GROUPS = ("预约组", "导检组", "回访组")
SESSIONS = ("2.A4.1a", "2.A4.1b", "2.A4.1c", "2.A4.1d", "2.A4.2", "2.A2.1", "2.A3.1", "2.A5.1")


def tables(month: str) -> dict[str, list[dict]]:
    """The sheets of one month ('2026-10')."""
    random = Random(f"weikang {month}")
    first = date.fromisoformat(f"{month}-01")
    people = staff(first)
    return {
        "employees": people,
        "attendance": attendance(first),
        "events": events(random, people, first),
        "month_totals": month_totals(random, people, month),
    }


def staff(first: date) -> list[dict]:
    """The first of every group is its leader; 021 joins in the month, 022 leaves in it."""
    people = [
        {
            "employee_id": f"W{i + 1:03d}",
            "name": name,
            "group_id": GROUPS[i % 3],
            "leader_id": f"W{i % 3 + 1:03d}",
            "role": "组长" if i < 3 else "客服",
            "hire_date": date(2021 + i % 5, 1 + i % 12, 3 + i),
        }
        for i, name in enumerate(NAMES)
    ]
    people[20] |= {"hire_date": first + timedelta(days=9)}
    people[21] |= {"leave_date": first + timedelta(days=21)}
    return people


def attendance(first: date) -> list[dict]:
    """5 minutes at discretion, 29 and 30 minutes, early leave, leave granted, absence without formalities."""
    rows = [
        ("W004", 4, "迟到", 5, {"affected_work": "否", "points": 2, "reason": "未影响接待"}),
        ("W005", 4, "迟到", 4, {"affected_work": "否"}),
        ("W006", 5, "迟到", 29, {}),
        ("W007", 5, "迟到", 30, {}),
        ("W007", 6, "迟到", 12, {}),
        ("W007", 7, "迟到", 9, {}),
        ("W008", 8, "早退", 40, {}),
        ("W009", 12, "迟到", 20, {"excused": "是"}),
        ("W010", 13, "无故缺勤", None, {}),
    ]
    defaults = {"excused": "否", "affected_work": "是"}
    return [
        {"employee_id": id, "date": first + timedelta(days=day), "kind": kind, "minutes": minutes, **defaults, **more}
        for id, day, kind, minutes, more in rows
    ]


def events(random: Random, people: list[dict], first: date) -> list[dict]:
    """Everyday findings, a verified and a rejected complaint, discretion, SOP errors in and out of the afternoon."""
    rows = [{"employee_id": random.choice(people[:20])["employee_id"], "clause": random.choice(SESSIONS)} for _ in range(16)]
    rows += [
        {"employee_id": "W011", "clause": "2.A2.3", "evidence": "客户来电投诉，录音核实"},
        {"employee_id": "W012", "clause": "2.A2.3", "status": "不成立"},
        {"employee_id": "W013", "clause": "2.A2.2", "count": 2, "evidence": "故意不接电话两项"},
        {"employee_id": "W014", "clause": "2.A3.2", "points": 2, "reason": "地面有水渍", "approver": "张慧"},
        {"employee_id": "W015", "clause": "2.A5.1", "incident_id": "交办-1"},
        {"employee_id": "W015", "clause": "2.A5.2", "incident_id": "交办-1"},
        sop(first, "W016", 6, time(14, 20)),
        sop(first, "W017", 3, time(12, 0)),
        sop(first, "W018", 8, time(11, 40)),
        sop(first, "W019", None, time(16, 5)),
    ]
    defaults = {"count": 1, "status": "已确认"}
    return [
        {"event_id": f"S{i + 1:03d}", "date": first + timedelta(days=random.randint(0, 20)), **defaults, **row}
        for i, row in enumerate(rows)
    ]


def sop(first: date, employee_id: str, points: int | None, clock: time) -> dict:
    """A 标准作业程序 error on the 15th; without points the result stays open."""
    day = first + timedelta(days=14)
    return {
        "employee_id": employee_id,
        "clause": "2.B1",
        "date": day,
        "occurred_at": datetime.combine(day, clock),
        "points": points,
        "affected_work": "是",
        "reason": "体检项目录入有误",
        "approver": None if points is None else "张慧",
    }


def month_totals(random: Random, people: list[dict], month: str) -> list[dict]:
    """The published totals of the year so far; 020 is missing in March."""
    months = [f"{month[:4]}-{number:02d}" for number in range(1, int(month[5:]))]
    return [
        {"employee_id": one["employee_id"], "month": each, "total": random.randint(82, 100)}
        for one in people[:20]
        for each in months
        if (one["employee_id"], each[5:]) != ("W020", "03")
    ]
