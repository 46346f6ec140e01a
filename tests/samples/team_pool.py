"""A realistic month of the 门店客服: 24 people in three groups, with joiners, a leaver, cleaners, complaints and exams."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

NAMES = (
    "王丽娟 李志强 张晓燕 刘建国 陈雨晴 杨帆 赵敏 黄海涛 周倩 吴桂兰 徐婷婷 孙明 "
    "胡佳怡 朱大勇 高洁 林小雨 何秀珍 郭峰 马莉 罗文 梁静 宋佳 郑桂芳 谢宇航"
).split()
GROUPS = ("一组", "二组", "三组")
DAILY = ("6.1", "6.3", "6.4", "6.5", "6.7", "6.10", "6.11", "6.19b")


def tables(month: str) -> dict[str, list[dict]]:
    """The sheets of one month ('2026-10')."""
    random = Random(f"team_pool {month}")
    first = date.fromisoformat(f"{month}-01")
    people = staff(month, first)
    return {
        "employees": people,
        "payroll": payroll(people, month),
        "events": events(random, people, first),
        "attendance": attendance(people, first),
        "complaints": complaints(first),
        "exam_scores": [
            {"exam_id": f"{month}-服务规范", "employee_id": one["employee_id"], "score": 59 if i == 13 else random.randint(86, 100)}
            for i, one in enumerate(people)
            if one["role"] != "保洁" and i != 7
        ],
        "area_owner": [
            {"area": "浴室", "group_id": "二组"},
            {"area": "运动区", "group_id": "三组"},
            {"area": "休闲区", "group_id": "三组"},
        ],
        "issues": [{"date": first + timedelta(days=17), "text": "打卡机时间比标准时间快三分钟，建议校准", "supervisor": "周倩"}],
        "publications": [],
    }


def staff(month: str, first: date) -> list[dict]:
    """Eight people a group: a leader, a cashier, a cleaner and customer service; the last three are new, leaving, on trial."""
    roles = ("组长", "收银", "客服", "客服", "客服", "客服", "客服", "客服")
    people = [
        {
            "employee_id": f"{i + 1:03d}",
            "name": name,
            "group_id": GROUPS[i // 8],
            "role": "保洁" if i in (9, 16, 22) else roles[i % 8],
            "hire_date": date(2022 + i % 4, 1 + i % 12, 1 + i),
            "status": "正式",
        }
        for i, name in enumerate(NAMES)
    ]
    people[7] |= {"hire_date": first + timedelta(days=11), "status": "试用"}
    people[15] |= {"leave_date": first + timedelta(days=19)}
    people[23] |= {"hire_date": first - timedelta(days=20), "status": "试用"}
    return people


def payroll(people: list[dict], month: str) -> list[dict]:
    """Wages paid; a base wage is due where the policy names none or the month was not whole.

    021 is on unpaid leave; for the cleaner 023 nobody has entered what is due.
    """
    wages = {"客服": 900, "收银": 1100, "组长": 1500, "保洁": 850}
    part = {"008": (580, 14), "016": (640, 15), "021": (0, 0)}
    rows = []
    for one in people:
        wage, days = part.get(one["employee_id"], (wages[one["role"]], 22))
        named = one["employee_id"] not in part and one["role"] in ("客服", "收银") or one["employee_id"] == "023"
        row = {"month": month, "employee_id": one["employee_id"], "wage_paid": wage, "paid_days": days}
        rows.append(row | {"base_wage_due": None if named else wage})
    return rows


def events(random: Random, people: list[dict], first: date) -> list[dict]:
    """Some thirty incidents: everyday ones, areas, an incident under two clauses, praise, one still to be confirmed."""
    working = [one for one in people if one["employee_id"] != "021"]
    rows = [
        {"employee_id": one["employee_id"], "group_id": one["group_id"], "clause": clause}
        for one, clause in ((random.choice(working), random.choice(DAILY)) for _ in range(18))
    ]
    rows += [
        {"employee_id": "004", "clause": "6.2", "evidence": "对客户说“你自己不会看吗”，录音 0312"},
        {"employee_id": "005", "clause": "6.6a", "incident_id": "脱岗-1"},
        {"employee_id": "005", "clause": "6.6b", "incident_id": "脱岗-1"},
        {"employee_id": "012", "clause": "6.8"},
        {"area": "浴室", "clause": "6.18a", "count": 2},
        {"area": "运动区", "clause": "6.18b"},
        {"group_id": "一组", "area": "水吧", "clause": "6.9"},
        {"employee_id": "011", "clause": "6.14a", "incident_id": "表扬-1", "evidence": "客户当面致谢"},
        {"employee_id": "011", "clause": "6.14b", "incident_id": "表扬-1", "evidence": "客户感谢信"},
        {"employee_id": "019", "clause": "6.16", "evidence": "水管爆裂，及时关阀"},
        {"employee_id": "018", "clause": "6.15", "praised_by": "财务部 何主管", "evidence": "重做交接表"},
        {"employee_id": "014", "clause": "6.19a", "status": "待确认", "evidence": "拒绝临时调班，待核实"},
    ]
    defaults = {"count": 1, "status": "已确认", "recorded_by": "王丽娟", "confirmed_by": "赵敏"}
    return [
        {"event_id": f"S{i + 1:03d}", "date": first + timedelta(days=random.randint(0, 27)), **defaults, **row}
        for i, row in enumerate(rows)
    ]


def attendance(people: list[dict], first: date) -> list[dict]:
    """Late by a little, by 119 and by 120 minutes, absent on two days running, missed punches."""
    day = [first + timedelta(days=i) for i in range(28)]
    rows = [("003", 4, 8, "否", 0), ("006", 5, 119, "否", 0), ("012", 6, 120, "否", 1), ("014", 11, 0, "是", 1), ("014", 12, 0, "是", 0)]
    rows += [(people[random_row]["employee_id"], 18, 0, "否", 1) for random_row in (1, 10, 19)]
    return [
        {"employee_id": id, "date": day[i], "late_minutes": minutes, "absent": absent, "missed_punch": punches}
        for id, i, minutes, absent, punches in rows
    ]


def complaints(first: date) -> list[dict]:
    """Solved and withdrawn in time, withdrawn too late, escalated and solved, unjustified."""
    start = datetime(first.year, first.month, 8, 10, 0)

    def after(hours: int) -> datetime:
        return start + timedelta(hours=hours)

    return [
        {"complaint_id": "T1", "group_id": "一组", "received_at": start, "justified": "是", "escalated": "否"}
        | {"self_resolved_at": after(3), "withdrawal_call_at": after(24)},
        {"complaint_id": "T2", "group_id": "二组", "received_at": start, "justified": "是", "escalated": "否"}
        | {"self_resolved_at": after(5), "withdrawal_call_at": after(30)},
        {"complaint_id": "T3", "group_id": "三组", "received_at": after(50), "justified": "是", "escalated": "是"}
        | {"manager_resolved_at": after(120)},
        {"complaint_id": "T4", "group_id": "三组", "received_at": after(200), "justified": "否", "escalated": "否"},
    ]
