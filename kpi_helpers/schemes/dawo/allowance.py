"""职级津贴: three awards, paid by attainment, less a share when the score is low; the floating performance pay (5.2)."""

from __future__ import annotations

from functools import reduce
from typing import Literal

from kpi_helpers.arguments import Number, YesNo
from kpi_helpers.book import Book
from kpi_helpers.language import say
from kpi_helpers.lines import Lines
from kpi_helpers.numbers import ExactArray, clip, constant, half_up, minimum, where
from kpi_helpers.schemes.dawo.days import first_given, present_and_scheduled
from kpi_helpers.schemes.dawo.pay import post_wages
from kpi_helpers.schemes.dawo.quotas import ratio
from kpi_helpers.schemes.dawo.staff import fact, has_quota, is_trial, last_day, level_values, scored

AWARDS = ("allow_talk", "allow_calls", "allow_attendance")


def awards(book: Book, status: Literal["trial", "regular"], levels: list[dict]) -> list[Lines]:
    """5.2.1 通时、通次、全勤奖: the full awards of newcomers or of regular staff, by person or by level (元)."""
    people = book.people
    trial = is_trial(book, last_day(book))
    mine = has_quota(book) & (trial if status == "trial" else ~trial)
    full = []
    for name, note in zip(AWARDS, _names(), strict=True):
        people[name] = half_up(first_given(fact(book, name), level_values(book, levels, name)))
        full.append(Lines(where(mine, people[name].array, None), note=note))
    earlier = people["allowance"].array if "allowance" in people else where(has_quota(book), None, 0)
    full[-1].result = where(mine, _full(book), earlier)
    return full


def attained_awards(book: Book, mode: Literal["per_component", "min_ratio", "product"], paid_leave_counts: YesNo) -> list[Lines]:
    """5.2.2 按照实际达成比例发放: each award by its own ratio (or all by one), capped at 1; posts what is lost."""
    people, bound = book.people, has_quota(book)
    people["attendance_ratio"] = ratio(*present_and_scheduled(book, paid_leave_counts))
    ratios = [minimum(people[name].array, 1) for name in ("r_talk", "r_calls", "attendance_ratio")]
    if mode == "per_component":
        lost = [half_up(people[name].array * own) - people[name].array for name, own in zip(AWARDS, ratios, strict=True)]
        notes = _names()
    else:
        talk, calls, present = ratios
        common = talk * calls * present if mode == "product" else minimum(minimum(talk, calls), present)
        lost, notes = [half_up(_full(book) * common) - _full(book)], ["×" + say("共同比例", "common ratio")]
    lines = [Lines(where(bound, value, None), note=note) for value, note in zip(lost, notes, strict=True)]
    payable = people["allowance"].array + where(bound, reduce(ExactArray.__add__, lost), 0)
    people["allowance_payable"], people["allowance_withheld"] = payable, constant(0, len(people))
    lines[-1].result = payable
    return lines


def score_deduction(
    book: Book,
    below: Number,
    rate: Number,
    mode: Literal["exclusive", "cumulative"],
    base: Literal["payable", "full"],
    grade_on: Literal["rounded", "raw"],
    replaced_below: Number | None = None,
) -> Lines:
    """5.2.3b/c 达不到90分、85分: a share of the allowance is deducted from who scores strictly below.

    mode exclusive: nothing here for scores under `replaced_below`, where the next clause's share replaces this one.
    base: share of the payable or of the full allowance; never below 0.
    """
    people, bound = book.people, has_quota(book)
    score = people["score" if grade_on == "rounded" else "raw_score"].array
    hit = bound & (score < below)
    if mode == "exclusive" and replaced_below is not None:
        hit &= ~(score < replaced_below)
    share = people["allowance_withheld"].array + where(hit, rate, 0)
    people["allowance_withheld"] = share
    payable, before = people["allowance_payable"].array[hit], people["allowance"].array
    reduced = payable * (1 - share[hit]) if base == "payable" else clip(payable - share[hit] * _full(book)[hit], 0)
    after = before.copy()
    after[hit] = half_up(reduced)
    after = where(people["score"].array.isna() & scored(book) & bound, None, after)
    return Lines(where(hit, after - before, None), where(hit, score, None), result=after)


score_deduction.thresholds = {"below": ("below", {"grade_on": {"rounded": "score", "raw": "raw_score"}})}


def performance_pay(
    book: Book, mode: Literal["informational", "score_ratio"], share: Number, post: Literal["level_table"] | Number, levels: list[dict]
) -> Lines:
    """5.2.3a 绩效工资占20%: that share of base, post wage and allowance; by choice it follows the score.

    informational: shown only, no pay. score_ratio: posts what the share loses or gains by score / 100 (元); who has no
    score by 1.2 keeps it whole.
    """
    people = book.people
    whole = people["base_pay"].array + post_wages(book, post, levels) + people["allowance"].array
    floating = where(has_quota(book), whole * share, None)
    if mode == "informational":
        return Lines(half_up(floating), unit=say("元（仅列示）", "yuan, shown only"), result=half_up(floating))
    reached = where(scored(book), floating * people["score"].array / 100, floating)
    return Lines(half_up(reached - floating), people["score"].array, result=half_up(reached))


def _names() -> list[str]:
    return [say("通时奖", "talk-time award"), say("通次奖", "call award"), say("全勤奖", "full-attendance award")]


def _full(book: Book) -> ExactArray:
    """The three full awards together."""
    talk, calls, attendance = (book.people[name].array for name in AWARDS)
    return talk + calls + attendance
