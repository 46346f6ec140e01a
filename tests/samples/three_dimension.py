"""A realistic month of 在线客服: 36 people in three groups, rated on seven indicators; some late, some without evidence."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅"
GIVEN = ["芳", "伟", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀英"]
GROUPS = ("一组", "二组", "夜班组")
INDICATORS = [
    ("A1", "业务知识", "工作能力", 20),
    ("A2", "质检", "工作能力", 20),
    ("A3", "处理量", "工作能力", 10),
    ("B1", "服务态度", "工作态度和责任心", 15),
    ("B2", "跟进与责任", "工作态度和责任心", 15),
    ("C1", "出勤", "制度遵守", 10),
    ("C2", "遵守制度", "制度遵守", 10),
]
CLEANER, LEAVER, RATED_LEAVER, JOINER, INCOMPLETE, NO_PROOF, TWINS = 35, 33, 32, 34, 17, 21, (4, 5)


def tables(month: str) -> dict[str, list[dict]]:
    """The sheets of one month ('2026-10')."""
    random = Random(f"three_dimension {month}")
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=31)).replace(day=1)
    people = roster(month, first, following)
    return {
        "employees": people,
        "indicators": [
            {"indicator_id": id, "indicator_name": name, "dimension": dimension, "weight": weight}
            for id, name, dimension, weight in INDICATORS
        ],
        "ratings": ratings(random, month, following, people),
        "exemptions": [
            {
                "month": month,
                "unit": "夜班组",
                "reason": "系统切换，评分页面不能登录",
                "reported_on": following + timedelta(days=3),
                "decision": "同意",
            }
        ],
        "employee_comments": [
            {"month": month, "employee_id": "003", "text": "质检抽样偏少，请增加。", "reply": "下月每人抽样十通。"},
            {"month": month, "employee_id": "011", "text": "夜班处理量不应与白班同一标准。", "reply": None},
        ],
        "history": [
            {"employee_id": one["employee_id"], "month": past, "total": round(random.uniform(72, 95), 2)}
            for past in ("2026-07", "2026-08", "2026-09")
            if past < month
            for one in people
            if one["hire_date"].isoformat()[:7] <= past and one["role"] != "保洁"
        ],
    }


def roster(month: str, first: date, following: date) -> list[dict]:
    """33 who stay, one joiner, two leavers (one of them rated) and the cleaner."""
    people = []
    for i in range(36):
        left = {LEAVER: first + timedelta(days=9), RATED_LEAVER: first + timedelta(days=25)}.get(i)
        scheduled = 22 if month == "2026-09" else 18
        joined = first + timedelta(days=13)
        people.append(
            {
                "employee_id": f"{i + 1:03d}",
                "name": SURNAMES[i] + GIVEN[i * 5 % len(GIVEN)],
                "group_id": GROUPS[i % 3],
                "role": "保洁" if i == CLEANER else "组长" if i < 3 else "客服",
                "status": "试用" if i in (JOINER, 30) else "正式",
                "hire_date": joined if i == JOINER else date(2021 + i % 5, 1 + i % 12, 1 + i % 27),
                "leave_date": left,
                "days_worked": scheduled - 8 if i in (JOINER, RATED_LEAVER) else scheduled - i % 2 if i % 7 == 0 else scheduled,
                "days_scheduled": scheduled,
            }
        )
    return people


def ratings(random: Random, month: str, following: date, people: list[dict]) -> list[dict]:
    """All indicators of everybody in scope but one; the night shift rates late, one group leader as well."""
    rows = []
    for i, one in enumerate(people):
        if i in (CLEANER, LEAVER):
            continue
        for id, name, _, _ in INDICATORS:
            if (i, id) == (INCOMPLETE, "B2"):
                continue
            day = 6 if one["group_id"] == "夜班组" or i == 12 else random.randint(1, 5)
            rows.append(
                {
                    "month": month,
                    "employee_id": one["employee_id"],
                    "indicator_id": id,
                    "score": 90 if i in TWINS else random.choice([100, random.randint(60, 99), random.randint(120, 198) / 2]),
                    "evidence_ref": None if (i, id) == (NO_PROOF, "C2") else f"{month} {name}报表",
                    "rated_at": datetime.combine(following + timedelta(days=day - 1), time(9 + i % 8, 7 * i % 60)),
                    "rated_by": people[i % 3]["name"] if i > 2 else "部门负责人",
                }
            )
    return rows
