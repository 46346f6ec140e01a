"""Words and numbers as readers see them: statuses, reasons, kinds of basis, points, yuan, dates."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from numbers import Rational

from kpi_helpers.language import say
from kpi_helpers.numbers import half_up, text

_STATUSES = {
    "complete": ("已完成", "complete"),
    "final": ("已定", "final"),
    "needs_decision": ("待决定", "needs a decision"),
    "under_appeal": ("申诉中", "under appeal"),
    "incomplete": ("资料不全", "incomplete"),
    "error": ("数据有误", "error"),
    "not_assessed": ("不考核", "not assessed"),
    "out_of_scope": ("不在范围", "out of scope"),
}
REASONS = {
    "blank": ("未填", "blank"),
    "duplicate": ("重复", "stands twice"),
    "unknown_employee": ("花名册中没有此人", "not on the roster"),
    "unknown_group": ("没有这个小组", "unknown group"),
    "unknown_clause": ("不是可记事件的条款", "no clause that takes events"),
    "unknown_indicator": ("没有这个指标", "unknown indicator"),
    "out_of_range": ("超出范围", "out of range"),
    "not_a_number": ("不是数字", "not a number"),
    "not_whole": ("不是整数", "not a whole number"),
    "not_a_month": ("不是月份", "not a month"),
    "not_a_date": ("不是日期", "not a date"),
    "not_yes_or_no": ("应为是或否", "not yes or no"),
    "unknown_choice": ("不在选项中", "not one of the choices"),
    "no_approver": ("缺少审批人", "no approver"),
    "self_rating": ("不得给自己评分", "rated by the person rated"),
    "other_period": ("不属本期", "belongs to another period"),
    "not_a_period": ("不是考核周期", "not a period"),
    "no_group": ("没有小组", "no group"),
    "no_evidence": ("缺少证据", "no evidence"),
    "not_a_sunday": ("不是周日", "not a Sunday"),
    "unknown_unit": ("适用范围不明", "unknown scope"),
    "too_few_graders": ("评分人不足", "too few graders"),
    "wrong_decider": ("决定人无权决定", "not for this role to decide"),
    "too_many_nominees": ("超出每组推荐人数", "more nominees than a group may have"),
    "unknown_level": ("没有这个职级", "unknown level"),
    "skips_a_level": ("跳级", "skips a level"),
    "no_promotion": ("不是晋升", "no promotion"),
    "unknown_deal": ("没有这笔成交", "unknown deal"),
    "not_by_list_admin": ("不是数据岗的改派", "not reassigned by the list's administrator"),
    "weights_not_100": ("权重合计不是 100", "weights do not add up to 100"),
    "unknown_item": ("没有这个项目", "unknown item"),
    "no_reason": ("没有填原因", "no reason given"),
    "override_not_allowed": ("不得改动按数据计算的项目", "measured items may not be replaced"),
    "not_employed": ("当日不在职", "outside employment"),
    "old_value_differs": ("原值与得分不符", "old value is not the score"),
}
_ARGUMENTS = {
    "points": ("每次", "points each"),
    "cap": ("封顶", "cap"),
    "floor": ("保底", "floor"),
    "free": ("免扣次数", "free"),
    "low": ("下限", "low"),
    "high": ("上限", "high"),
    "weight": ("权重", "weight"),
    "amount": ("金额", "amount"),
    "rate": ("比例", "rate"),
    "start": ("基础分", "base points"),
    "places": ("小数位", "decimals"),
    "target": ("目标值", "target"),
    "sign": ("正负", "sign"),
    "from": ("不低于", "from"),
    "above": ("高于", "above"),
    "to": ("不高于", "up to"),
    "below": ("低于", "below"),
    "give": ("给", "gives"),
    "at": ("在", "at"),
    "at_least": ("不低于", "at least"),
    "at_most": ("不高于", "at most"),
    "part": ("占比", "part"),
    "each": ("每次", "each"),
    "full_score": ("满分", "full points"),
    "fixed_heads": ("固定人数", "fixed head-count"),
    "minor": ("轻的一档", "minor"),
    "major": ("重的一档", "major"),
    "who": ("对谁", "for whom"),
    "when": ("哪些记录", "which records"),
    "measures": ("因数", "factors"),
    "full": ("满分", "full points"),
    "share": ("占比", "share"),
    "zero_at": ("目标的几倍时为零分", "times the target that give no points"),
    "step": ("第几档", "step"),
    "replaced_below": ("低于此数改按另一条", "below this another clause holds"),
    "least_score": ("最低得分", "least score"),
    "talk": ("通时", "talk time"),
    "members": ("会员", "members"),
    "complaints": ("投诉", "complaints"),
}
RATIO = "比率"  # the unit of what is a part of one: shown as per cent, here and in Excel
_UNITS = {
    "元": "yuan",
    "分": "points",
    "人": "people",
    "次": "times",
    "个": "",
    "分钟": "minutes",
    "个月": "months",
    "天": "days",
    "分钟/天": "minutes a day",
    "次/天": "times a day",
}
_SINGULAR = {"points": "point", "people": "person", "times": "time", "minutes": "minute", "months": "month", "days": "day"}
_LONGEST = 40  # signs of a fraction that anybody can read
_MISSING = {"missing_call_data": ("通话数据", "call data")}  # what is missing and no column of its own
_TERMS = {  # what flags say as facts and is no figure of a policy: title, title in English, unit
    "years": ("没有公布放假安排的年份", "years without a calendar", ""),
    "without_data": ("缺数据的人", "without data", ""),
    "people_without_data": ("缺数据的人数", "people without data", "人"),
    "lacking": ("缺少", "missing", ""),
    "effective_from": ("生效日期", "in effect from", ""),
    "rated_late": ("逾期评分的人", "rated late", ""),
    "history_score": ("历史中的得分", "score in the history", "分"),
    "reply_deadline": ("答复截止日", "answer due", ""),
    "lodged_on": ("提出日期", "lodged on", ""),
    "heard_by": ("申诉受理人", "heard by", ""),
    "weights": ("权重合计", "weights add up to", ""),
    "indicators": ("指标", "indicators", ""),
    "days_absent": ("缺勤日期", "absent on", ""),
    "event_id": ("事件编号", "events", ""),
    "complaint_id": ("投诉编号", "complaints", ""),
    "deal_id": ("成交编号", "deals", ""),
    "forms_due": ("分发期限", "forms due", ""),
    "not_self_rated": ("没有自评的项目", "items without a self-rating", ""),
    "not_held": ("没有记录的期间", "periods without a record", ""),
    "items_below": ("低于门槛的项目", "items below the threshold", "分"),
    "published_on": ("公布日期", "published on", ""),
    "quarter": ("季度", "quarter", ""),
    "quarter_score": ("季度得分", "score of the quarter", "分"),
    "week_end": ("截至周日", "week ending", ""),
    "windows": ("各窗口（入职第几至几月）是否达标", "standard reached in months", ""),
    "violations": ("违反次数", "violations", "次"),
}
_BASES = {"S": ("原文", "stated"), "R": ("解读", "reading"), "A": ("假设", "assumption")}


def term_words(name: str) -> tuple[str, str] | None:
    """Title and unit of what a flag says, where it is no figure of a policy."""
    return (say(*_TERMS[name][:2]), _TERMS[name][2]) if name in _TERMS else None


def status_word(code: str) -> str:
    """状态 in the reader's language."""
    return say(*_STATUSES.get(code, (str(code), str(code))))


def reason_word(code: str) -> str:
    """拒收原因 in the reader's language."""
    return say(*REASONS.get(code, (str(code), str(code))))


def missing_word(name: str) -> str:
    """What a person's result lacks, where it is no column: in the reader's language."""
    return say(*_MISSING.get(name, (name, name)))


def argument_word(name: str) -> str:
    """A rule's argument in the reader's language."""
    return say(*_ARGUMENTS.get(name, (name, name)))


def is_argument(name: str) -> bool:
    """Is it an argument that has a word? In English that word may be the name itself."""
    return name in _ARGUMENTS


def unit_word(unit: str) -> str:
    """A common unit in the reader's language; the policy's own units as they are; none for a ratio, which has its sign."""
    return "" if unit == RATIO else say(unit, _UNITS.get(unit, unit))


def basis_word(code: str) -> str:
    """原文, 解读 or 假设."""
    return say(*_BASES.get(code, (code, code)))


def show(value, unit: str = "") -> str:
    """Any value as text: points trimmed, yuan and per cent with two decimals, missing as –.

    >>> show(Fraction(19, 2), "分"), show(Fraction(1234567, 100), "元"), show(Fraction(13, 15), RATIO), show(None), show(True)
    ('9.5', '12,345.67', '86.67%', '–', '是')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return say("是", "yes") if value else say("否", "no")
    if isinstance(value, Rational):
        shown = yuan(value) if unit.startswith("元") else percent(value) if unit == RATIO else text(value)
        return shown.replace("-", "−")
    if isinstance(value, float):
        return text(Fraction(repr(value))).replace("-", "−")
    if isinstance(value, (list, tuple)):
        return "、".join(show(one) for one in value)
    if isinstance(value, dict):
        return "；".join(f"{key}：{show(one)}" for key, one in value.items())
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == datetime.min.time() else "%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def amount(value, unit: str = "") -> str:
    """A value with its unit behind it.

    >>> amount(Fraction(19, 2), "分"), amount(Fraction(13, 15), RATIO)
    ('9.5 分', '86.67%')
    """
    word = unit_word(unit)
    return f"{show(value, unit)} {_SINGULAR.get(word, word) if value == 1 else word}".rstrip()


def exactly(value, unit: str = "") -> str:
    """What a number is exactly, where what is shown of it is rounded: to be read when the mouse rests on it.

    >>> exactly(Fraction(13, 15), RATIO), exactly(Fraction(9, 10), RATIO), exactly(Fraction(1, 3)), exactly(5)
    ('13/15', '', '1/3', '')
    """
    if not isinstance(value, Rational) or isinstance(value, bool):
        return ""
    places = 10_000 if unit == RATIO or not unit.startswith("元") else 100
    said = f"{value.numerator:,}/{value.denominator:,}" if places % value.denominator else ""
    return said if len(said) <= _LONGEST else text(value, 12)


def signed(value, unit: str = "") -> str:
    """A difference with its sign.

    >>> signed(Fraction(25, 2), "元"), signed(-3), signed(0), signed(Fraction(1, 3))
    ('+12.50', '−3', '0', '≈+0.3333')
    """
    shown, sign = show(abs(value), unit), "+" if value > 0 else "−" if value < 0 else ""
    return f"≈{sign}{shown[1:]}" if shown.startswith("≈") else sign + shown


def percent(value) -> str:
    """A part of one as per cent with two decimals; with more where two would make it a whole per cent that it is not.

    >>> percent(Fraction(13, 15)), percent(1), percent(Fraction(89996, 100_000))
    ('86.67%', '100.00%', '89.996%')
    """
    whole = 100 * value
    return f"{text(whole, 2) if percent_places(value) == 2 else text(whole)}%"


def percent_places(value) -> int:
    """How many decimals a per cent has: 89.996 % must not look like 90 %."""
    return 4 if Fraction(half_up(100 * value)).denominator == 1 and Fraction(100 * value).denominator != 1 else 2


def yuan(value) -> str:
    """元 with two decimals and thousands: 12,345.67."""
    sign, plain = ("−", text(-value, 2)) if value < 0 else ("", text(value, 2))
    whole, _, cents = plain.partition(".")
    return f"{sign}{int(whole):,}.{cents}"
