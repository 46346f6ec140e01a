"""A realistic month of a department rated by a group of three: 30 regular staff, trial staff, a leaver, a survey."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢"
GIVEN = ["思远", "慧敏", "俊杰", "梦琪", "嘉豪", "诗涵", "立新", "秀兰", "海燕", "振华"]
GROUPS = ("售前组", "售后组", "投诉组")
GRADERS = ("001", "002", "003")  # 考核小组：负责人与两名组长
MAXIMA = {
    **{item: 10 for item in ("5.1", "5.2", "5.3", "6.1", "9.1")},
    **{item: 5 for item in ("6.2", "6.3", "7.1", "7.2", "7.3", "8.1", "8.2", "8.3", "9.2", "9.3", "10.1", "10.2")},
}


def tables(month: str) -> dict[str, list[dict]]:
    """The sheets of one month ('2026-10')."""
    random = Random(f"six_dimension {month}")
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    people = roster(first, last)
    rated = [one for one in people if one["status"] == "正式" and one["leave_date"] is None]
    return {
        "employees": people,
        "ratings": ratings(random, month, rated),
        # nobody reached two of them, so the graders rate 6.3 for these
        "survey": [
            {"employee_id": one["employee_id"], "period": month, "avg_score_100": Decimal(random.randint(700, 990)) / 10}
            for one in rated[2:]
        ],
        "month_scores": [
            {"employee_id": one["employee_id"], "month": earlier, "score": Decimal(random.randint(6500, 9600)) / 100}
            for one in rated
            for earlier in (f"{month[:4]}-07", f"{month[:4]}-08", f"{month[:4]}-09")
            if earlier < month
        ],
        "calendar_exceptions": [],
    }


def roster(first: date, last: date) -> list[dict]:
    people = []
    for i in range(34):
        trial = i >= 31
        people.append(
            {
                "employee_id": f"{i + 1:03d}",
                "name": SURNAMES[i] + GIVEN[i % len(GIVEN)],
                "group_id": GROUPS[i % 3],
                "status": "试用" if trial else "正式",
                # one became regular on the last day, one will only next month
                "regular_from": {28: last, 29: last + timedelta(days=1)}.get(i, None if trial else date(2020 + i % 6, 1 + i % 12, 1)),
                "leave_date": last - timedelta(days=9) if i == 30 else None,
            }
        )
    return people


def ratings(random: Random, month: str, rated: list[dict]) -> list[dict]:
    """A form from each grader for each person but himself; one with a single form, one whose 10.2 nobody rated, two equal ones."""
    rows = []
    for i, one in enumerate(rated):
        strength = random.uniform(0.65, 0.95)
        for grader in GRADERS[: 1 if i == 15 else 3]:
            if grader == one["employee_id"]:
                continue
            points = {item: _half(strength + random.uniform(-0.1, 0.05), maximum) for item, maximum in MAXIMA.items()}
            if i == 20:
                points["10.2"] = None
            if i >= 2:
                points["6.3"] = None
            rows.append({"employee_id": one["employee_id"], "grader_id": grader, "period_type": "月度", "period": month, **points})
    for source, twin in zip(rows[20:23], rows[26:29], strict=True):
        twin.update({item: source[item] for item in MAXIMA})
    return rows


def _half(share: float, maximum: int) -> Decimal:
    """Points in steps of 0.5."""
    return Decimal(round(max(0.0, min(1.0, share)) * maximum * 2)) / 2
