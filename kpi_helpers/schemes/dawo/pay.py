"""工资: base wage by attainment, the personalised standard, the incentive bonus and the sum (sections 3, 5.1, 7.5)."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import numpy as np

from kpi_helpers.arguments import Number, Whole, YesNo
from kpi_helpers.book import Book
from kpi_helpers.flags import picked
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.numbers import ExactArray, clip, constant, exact, half_up, missing, text, where
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.dawo.days import first_given, member_cells, workdays
from kpi_helpers.schemes.dawo.staff import employment, fact, has_quota, is_trial, last_day, level_values, scored

Tiers = list[dict] | str


def base_wage(book: Book, score_protected: Literal[True], levels: list[dict]) -> Lines:
    """5.2.3d 无责任底薪: the wage due for the time employed, untouched by the score (元, rounded first).

    The payroll's amount stands; else the monthly wage × employed workdays / workdays of the month.
    """
    monthly = first_given(fact(book, "base_wage"), level_values(book, levels, "base_wage"))
    if book.period is not None:
        days = np.array(workdays(book, book.period.first, book.period.last), dtype="datetime64[D]")
        hired, left = employment(book)
        employed = ((days >= hired[:, None]) & (days <= left[:, None])).sum(axis=1)
        monthly = half_up(monthly * exact(employed) / max(len(days), 1))
    due = half_up(first_given(fact(book, "base_wage_due"), monthly))
    return Lines(due, result=due)


def regular_on(book: Book, day: Literal["month_end", "month_start"]) -> None:
    """3.3a 试用期员工不享受: who is regular on the day that decides about the personalised standard."""
    first_day = None if book.period is None else book.period.first
    book.people["regular"] = ~is_trial(book, last_day(book) if day == "month_end" else first_day)


def personalised(
    book: Book,
    min_ratio: Number,
    opt: Literal["auto", "on_application", "best_for_employee"],
    deduction: Number,
    tiers: Tiers,
    tier_mode: Literal["highest_only", "cumulative"],
    requires_basic: YesNo,
    protected: YesNo,
) -> None:
    """3.3b 个性化标准: regular staff who missed the basic quantity but did exceptionally well on the members.

    on_application: only who applied for it. best_for_employee: only where it pays at least what 3.1b would.
    """
    people, ratio = book.people, book.people["incentive_ratio"].array
    concerned = _known_as(book, "basic_met", False) & people["regular"].to_numpy(dtype=bool)
    mine = concerned & (ratio >= min_ratio)
    if opt == "on_application":
        mine &= _known_as(book, "personalised_applied", True)
    if opt == "best_for_employee":
        due, bonus = people["base_wage_due"].array, tier_amount(ratio, tiers, tier_mode)
        less, by_ratio = (due, due) if protected else (clip(due - deduction, 0), half_up(due * people["basic_ratio"].array))
        mine &= less + bonus >= by_ratio + (0 if requires_basic else bonus)
    people["personalised"] = mine
    # without a number of members nobody can say which of 3.1b and 3.3d applies
    people["pay_undecided"] = concerned & ratio.isna()


personalised.thresholds = {"min_ratio": ("at_least", "incentive_ratio")}


def base_wage_in_full(book: Book, members: Literal["reached", "missed"]) -> ExactArray:
    """3.3c 享受基本工资: the whole base wage to who reached the basic quantity, split by the incentive quantity."""
    reached = book.people["incentive_ratio"].array >= 1
    mine = _known_as(book, "basic_met", True) & (reached if members == "reached" else ~reached)
    return where(mine, book.people["base_wage_due"].array, None)


def base_wage_less(book: Book, deduction: Number, protected: YesNo) -> ExactArray:
    """3.3d 基本工资扣除100元: under the personalised standard, never below 0; nothing is deducted if protected (5.2.3d)."""
    due = book.people["base_wage_due"].array
    return where(book.people["personalised"], due if protected else clip(due - deduction, 0), None)


def base_wage_by_ratio(book: Book, protected: YesNo) -> Lines:
    """3.1b 按基本量的达成情况发放: base wage × basic ratio to who missed it; in full if protected (5.2.3d)."""
    people = book.people
    due, ratio = people["base_wage_due"].array, people["basic_ratio"].array
    mine = _known_as(book, "basic_met", False) & ~people["personalised"].to_numpy(dtype=bool)
    if not protected:
        mine &= ~people["pay_undecided"].to_numpy(dtype=bool)
    return Lines(where(mine, due if protected else half_up(due * ratio), None), where(mine, ratio, None))


def incentive_right(book: Book, requires_basic: YesNo, trial_eligible: YesNo) -> ExactArray:
    """3.1c 激励奖金: who may get the bonus of 7.5; 0 until a tier adds to it, missing while the members are unknown."""
    people = book.people
    entitled = has_quota(book) & (trial_eligible | ~is_trial(book, last_day(book)))
    earned = _known_as(book, "basic_met", True) | people["personalised"].to_numpy(dtype=bool) | (not requires_basic)
    people["incentive_open"] = entitled & earned
    unknown = people["incentive_ratio"].array.isna() | (people["basic_met"].isna().to_numpy() & requires_basic)
    return where(entitled & unknown, None, constant(0, len(people)))


def incentive_tier(book: Book, step: Whole, tiers: Tiers, mode: Literal["highest_only", "cumulative"]) -> Lines:
    """7.5 激励奖: the amount of one tier (元); highest_only pays it unless a higher tier is reached.

    step: 1 for the lowest tier; the last step takes all further tiers. tiers: [{from: 1.00, give: 100}, …] or '1.00:100/1.10:120/…'.
    """
    ratio, steps = book.people["incentive_ratio"].array, read_tiers(tiers)
    amount = constant(0, len(ratio))
    for place in range(step - 1, len(steps) if step == _LAST_TIER else min(step, len(steps))):
        start, give = steps[place]
        hit = ratio >= start
        if mode == "highest_only" and place + 1 < len(steps):
            hit &= ~(ratio >= steps[place + 1][0])
        amount = amount + where(hit, give, 0)
    paid = book.people["incentive_open"].to_numpy(dtype=bool) & (amount > 0)
    return Lines(where(paid, half_up(amount), None), where(paid, ratio, None), member_cells(book))


def _check_tiers(step, tiers, **_):
    if step != 1:  # the table is the same in all steps
        return
    try:
        starts = [start for start, _ in read_tiers(tiers)]
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        yield say(
            "分档看不懂，写作 1.00:100/1.10:120，或每档写 from 与 give。", "tiers: write 1.00:100/1.10:120, or from and give for each."
        )
        return
    if len(set(starts)) < len(starts):
        twice = "、".join(dict.fromkeys(text(start) for start in starts if starts.count(start) > 1))
        yield say(f"分档 {twice} 写了两次。", f"tiers: {twice} stands twice.")


incentive_tier.check = _check_tiers
incentive_tier.thresholds, incentive_tier.row = {"tiers": "incentive_ratio"}, "step"


def tier_amount(ratio: ExactArray, tiers: Tiers, mode: str) -> ExactArray:
    """激励奖 of a ratio over all tiers (元).

    >>> [int(tier_amount(exact(["1.1"]), "1.00:100/1.10:120/1.20:160", mode)[0]) for mode in ("highest_only", "cumulative")]
    [120, 220]
    """
    amount = constant(0, len(ratio))
    for start, give in read_tiers(tiers):
        amount = where(ratio >= start, give if mode == "highest_only" else amount + give, amount)
    return amount


def read_tiers(tiers: Tiers) -> list[tuple[Fraction, Fraction]]:
    """The tiers as (from, give) in ascending order."""
    if isinstance(tiers, str):
        pairs = [part.split(":") for part in tiers.split("/")]
    else:
        pairs = [(tier["from"], tier["give"]) for tier in tiers]
    return sorted((Fraction(start), Fraction(give)) for start, give in pairs)


def wage(
    book: Book,
    clause: Clause,
    post: Literal["level_table"] | Number,
    levels: list[dict],
    min_wage: Number | None,
    check: Literal["flag", "off"],
) -> list[Lines]:
    """5.1 工资构成: post wage, base wage of people without quotas, and the sum of all pay lines (元).

    What the pay lacks is named and leaves the result incomplete; the score stands. A total below the minimum wage is
    flagged, never corrected.
    """
    people = book.people
    without_quota = where(has_quota(book), None, people["base_wage_due"].array)
    people["base_pay"] = first_given(people["base_pay"].array, without_quota)
    people["post_wage"] = post_wages(book, post, levels)
    _name_what_is_missing(book)
    posted = book.posted("employee", "元") + without_quota.fillna(0) + people["post_wage"].array
    total = where(book.complete(), posted, None)
    if min_wage is not None and check == "flag":
        below = total < min_wage
        detail, line = picked(total, below, people.index), picked(min_wage, below, people.index)
        note = say("工资不得低于当地最低工资标准，请人事核实。", "Pay may not fall below the local minimum wage; HR decides.")
        title = say("低于最低工资", "below the minimum wage")
        book.flag("below_min_wage", title, below, clause, detail=detail, note=note, term="total", line=line)
    return [
        Lines(without_quota, note=say("基本工资（无定额）", "base wage, no quota")),
        Lines(people["post_wage"].array, note=say("岗位工资", "post wage")),
        Lines(missing(len(people)), result=total),
    ]


def post_wages(book: Book, post, levels: list[dict]) -> ExactArray:
    """岗位工资 of everybody: the payroll's, else the policy's single amount or that of the level."""
    other = level_values(book, levels, "post_wage") if post == "level_table" else constant(post, len(book.people))
    return half_up(first_given(fact(book, "post_wage"), other))


# -- parts -----------------------------------------------------------------------------------------------------------

_LAST_TIER = 4  # 7.5 has four items


def _known_as(book: Book, name: str, answer: bool) -> np.ndarray:
    """Of whom this is the answer: unknown is neither yes nor no, and so is a column that was not handed in."""
    return (book.people[name] == answer).to_numpy(dtype=bool) if name in book.people else np.zeros(len(book.people), dtype=bool)


def _name_what_is_missing(book: Book) -> None:
    """What each one's pay still lacks; what only follows from missing calls or a missing score is not named again."""
    people = book.people
    calls = has_quota(book) & (people["basic_ratio"].array.isna() | people["basic_met"].isna().to_numpy())
    lacking = {
        "missing_call_data": calls,
        "members_month": people["incentive"].array.isna() & people["incentive_ratio"].array.isna() & has_quota(book),
        "base_wage": people["base_wage_due"].array.isna(),
        "post_wage": people["post_wage"].array.isna(),
        "allowance": people["allowance"].array.isna() & ~calls & ~(people["score"].array.isna() & scored(book)),
    }
    for name, mask in lacking.items():
        book.mark(mask, "incomplete", [name])
