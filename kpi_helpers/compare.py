"""对比: two results of the same people side by side (现行 | 试算 | 差额): cost, groups, people, who gains, who changes grade."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import pandas as pd

from kpi_helpers.numbers import ExactArray, added, added_again, exact, missing, sum_by, total, where
from kpi_helpers.policy import Shown
from kpi_helpers.result import Result

MONEY = "元"


@dataclass(frozen=True)
class Side:
    """One result as a comparison sees it: everybody's score, grade and pay, in the order of `ids`."""

    score: ExactArray
    grade: np.ndarray
    pay: ExactArray


@dataclass(frozen=True)
class Comparison:
    """现行 and 试算 of one month. People who are in one of the two only are compared with nothing (–), never with 0."""

    baseline: Result
    trial: Result

    @cached_property
    def ids(self) -> pd.Index:
        """Everybody of either result, in the order of the roster."""
        first, second = self.baseline.employees.index, self.trial.employees.index
        return first if first is second or first.equals(second) else first.append(second.difference(first, sort=False))

    @cached_property
    def before(self) -> Side:
        return _side(self.baseline, self.ids)

    @cached_property
    def after(self) -> Side:
        return _side(self.trial, self.ids, self.baseline)

    @property
    def cost(self) -> tuple[Fraction, Fraction, Fraction]:
        """金额合计 in 元: now, in the trial, the difference."""
        now, then = (total(side.pay[~side.pay.isna()]) for side in (self.before, self.after))
        return now, then, then - now

    @cached_property
    def pay_difference(self) -> ExactArray:
        """差额 in 元 of each person; missing where either side has no published pay."""
        return self.after.pay - self.before.pay

    @property
    def gainers(self) -> np.ndarray:
        return self.pay_difference > 0

    @property
    def losers(self) -> np.ndarray:
        return self.pay_difference < 0

    @property
    def regraded(self) -> np.ndarray:
        """Who has another grade, or has one on one side only."""
        return np.asarray(self.before.grade != self.after.grade, dtype=bool)

    def people(self) -> pd.DataFrame:
        """A row per person: name, group, score, grade and pay on both sides, and the differences."""
        frame = pd.DataFrame(index=self.ids)
        for name in ("name", "group_id"):
            known = [side[name] for side in (self.baseline.employees, self.trial.employees) if name in side]
            frame[name] = known[0].reindex(self.ids).to_numpy(dtype=object) if known else None
        for name in ("score", "grade", "pay"):
            frame[f"{name}_before"], frame[f"{name}_after"] = getattr(self.before, name), getattr(self.after, name)
        frame["score_difference"], frame["pay_difference"] = self.after.score - self.before.score, self.pay_difference
        return frame

    def groups(self) -> pd.DataFrame:
        """A row per group: people, pay on both sides, the difference; people without published pay count as none."""
        owners = self.baseline.employees.get("group_id")
        if owners is None:
            return pd.DataFrame(columns=["people", "pay_before", "pay_after", "pay_difference"])
        codes, names = pd.factorize(owners.reindex(self.ids), sort=True)
        inside = codes >= 0
        before, after = (sum_by(side.pay.fillna(0)[inside], codes[inside], len(names)) for side in (self.before, self.after))
        counts = np.bincount(codes[inside], minlength=len(names))
        index = pd.Index(names, name="group_id", dtype=object)
        return pd.DataFrame({"people": counts, "pay_before": before, "pay_after": after, "pay_difference": after - before}, index=index)

    def grades(self) -> pd.DataFrame:
        """A row per grade: how many people have it now, how many in the trial."""
        words = [*dict.fromkeys(one for side in (self.before, self.after) for one in side.grade if one is not None)]
        counts = {name: [int(np.sum(side.grade == word)) for word in words] for name, side in (("now", self.before), ("trial", self.after))}
        return pd.DataFrame(counts, index=pd.Index(words, name="grade", dtype=object))


def shown_with(result: Result, role: str) -> Shown | None:
    """The first result column of people with this role (score, grade, pay)."""
    return next((one for one in result.policy.results.values() if one.role == role and one.name in result.employees), None)


def published_pay(result: Result, like: Result | None = None) -> ExactArray:
    """应发金额 of each person in 元: the sum of the ledger's lines; missing where no pay is published.

    The same sum as a report's, taken from the postings so that a trial need not build its ledger; `like`: a result of
    which most postings are the same.
    """
    size = len(result.employees)
    paid = [one.name for one in result.policy.results.values() if one.role == "pay" and one.name in result.employees]
    if not paid:
        return missing(size)
    names = ["total"] if "total" in paid else paid
    known = np.any([~exact(result.employees[name]).isna() for name in names], axis=0)
    return where(known, _money_posted(result, like)[1], None)


def _money_posted(result: Result, like: Result | None = None) -> tuple[list[ExactArray], ExactArray]:
    """What was posted to people in 元, posting by posting, and the sum; kept with the result."""
    if "money_posted" not in vars(result):
        posts = [post for post in result.posts if post.clause.per == "employee" and (post.lines.unit or post.clause.unit) == MONEY]
        columns, size = [post.lines.value for post in posts], len(result.employees)
        alike = like is not None and len(like.employees) == size
        total = added_again(columns, *_money_posted(like)) if alike else added(columns, size)
        vars(result)["money_posted"] = columns, total
    return vars(result)["money_posted"]


def _side(result: Result, ids: pd.Index, like: Result | None = None) -> Side:
    own, index = _own_side(result, like), result.employees.index
    if index is ids or index.equals(ids):
        return own
    rows = index.get_indexer(ids)
    return Side(own.score.take(rows, allow_fill=True), np.append(own.grade, [None])[rows], own.pay.take(rows, allow_fill=True))


def _own_side(result: Result, like: Result | None) -> Side:
    """The side of a result's own people, kept with it: one baseline is compared with many trials."""
    if "side" not in vars(result):
        people, size = result.employees, len(result.employees)
        score, grade = shown_with(result, "score"), shown_with(result, "grade")
        words = np.full(size, None, dtype=object) if grade is None else people[grade.name].to_numpy(dtype=object)
        points = missing(size) if score is None else exact(people[score.name])
        vars(result)["side"] = Side(points, np.where(pd.isna(words), None, words), published_pay(result, like))
    return vars(result)["side"]
