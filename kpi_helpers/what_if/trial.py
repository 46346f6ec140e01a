"""试算: other numbers on a frozen month, one change at a time; what is refused changes nothing."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cached_property

from kpi_helpers.compare import Comparison
from kpi_helpers.errors import Fault, KpiError, UsageError, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.numbers import is_number
from kpi_helpers.policy import value_text
from kpi_helpers.policy_file import load_policy
from kpi_helpers.result import Result
from kpi_helpers.schemes import score
from kpi_helpers.what_if.constraints import Constraints, Weights, constraints
from kpi_helpers.what_if.goal_seek import Answer, seek
from kpi_helpers.what_if.month import Month
from kpi_helpers.what_if.tunables import Tunable, tunables

_DECIMAL = re.compile(r"[-+−]?\d{1,12}(\.\d{1,6})?")


class Trial:
    """试算 of one month: the numbers that differ from the policy in force, their result, and the way back.

    Every change either takes effect as a whole or raises a KpiError and leaves everything as it was.
    """

    def __init__(self, month: Month):
        self.numbers: dict[str, object] = {}
        self.before: list[tuple[str, dict]] = []  # what each change touched, and the numbers before it
        self.fault: KpiError | None = None  # why there is no result: weights on their way that do not add up yet
        self._begin(month)

    def _begin(self, month: Month) -> None:
        self.month, self.policy = month, month.policy
        self.tunables = tunables(self.policy)
        self.known: dict[str, Tunable] = {one.name: one for one in self.tunables}
        self.adjusted, self.result = self.policy, month.baseline
        for name in ("constraints", "comparison"):
            self.__dict__.pop(name, None)

    def reload(self) -> None:
        """Read policy and workbook again, after an adoption or another change; the numbers of the trial stay."""
        self._begin(Month(self.month.job))
        self._score(self._with({}), on_its_way=True)

    @cached_property
    def constraints(self) -> Constraints:
        return constraints(self.policy, self.tunables)

    @cached_property
    def comparison(self) -> Comparison:
        """现行 against 试算."""
        return Comparison(self.month.baseline, self.result)

    def value(self, name: str):
        """The number or reading of the trial."""
        return self.numbers.get(name, self.known[name].value)

    # -- changes ------------------------------------------------------------------------------------------------------

    def set(self, name: str, value) -> None:
        """Try another number or reading; a text is read as a number where one is wanted."""
        if name not in self.known:
            raise UsageError(Fault(name, say("没有这个可调数。", "there is no such number."), did_you_mean(name, self.known)))
        one = self.known[name]
        value = _plain(one, value)
        if one.kind == "number" and is_number(value):
            self._check_order(one, value)
        self._take(name, self._with({name: value}), self._weighed(name))

    def reset(self, name: str) -> None:
        """Back to the number in force."""
        self._take("*", {key: value for key, value in self.numbers.items() if key != name}, self._weighed(name))

    def reset_all(self) -> None:
        """Back to the policy in force."""
        self._take("*", {})

    def undo(self) -> None:
        """Back to before the last change; nothing where there was none."""
        if self.before:
            _, numbers = self.before[-1]
            self._score(numbers, on_its_way=True)
            self.before.pop()

    def open(self, numbers: dict) -> None:
        """A scenario's numbers instead of those of the trial."""
        self._take("*", self._with(numbers, {}))

    def rescale(self, weights: Weights) -> None:
        """按比例调整: bring weights that do not add up to their whole."""
        numbers = {name: self.value(name) for name in weights.names}
        places = {name: self.known[name].resolution for name in weights.names}
        self._take("*", self._with(weights.rescaled(numbers, places)))

    # -- questions ----------------------------------------------------------------------------------------------------

    def limits(self, name: str) -> tuple[Fraction, Fraction]:
        """How far a slider may go now: not past the thresholds on either side."""
        one = self.known[name]
        below, above = self.constraints.neighbours(name, self.numbers)
        lows = [Fraction(self.value(other)) + (one.resolution if strict else 0) for other, strict in below if is_number(self.value(other))]
        highs = [Fraction(self.value(other)) - (one.resolution if strict else 0) for other, strict in above if is_number(self.value(other))]
        return max([one.low, *lows]), min([one.high, *highs])

    def astray(self) -> list[tuple[Weights, Fraction]]:
        """Weights that do not add up, with what they come to."""
        numbers = {name: self.value(name) for weights in self.constraints.weights for name in weights.names}
        found = [(weights, weights.astray(numbers)) for weights in self.constraints.weights if all(map(is_number, numbers.values()))]
        return [(weights, whole) for weights, whole in found if whole is not None]

    def seek(self, name: str, measure, target: Fraction, at_most: bool = False) -> Answer:
        """反推: the value of one number at which `measure` of the comparison is the target, with the other numbers as they are.

        The value that is found is scored once more from the files; KpiError if that gives anything else.
        """
        one = self.known[name]
        low, high = self.limits(name)

        def at(value: Fraction) -> Fraction | None:
            try:
                result = self.month.score(self.policy.adjusted(self._with({name: _whole(value)})))
            except KpiError:  # no policy, or nobody can be scored, with this number
                return None
            return measure(Comparison(self.month.baseline, result))

        answer = seek(at, low, high, one.resolution, target, at_most)
        if answer.value is not None:
            again = measure(Comparison(self.month.baseline, self.from_files(self._with({name: _whole(answer.value)}))))
            if again != answer.reached:
                problem = say(f"重新计算得 {value_text(again)}。", f"scored again it gives {value_text(again)}.")
                raise KpiError(Fault(name, problem, say("请报告给维护者。", "Report this to the maintainers.")))
        return answer

    def from_files(self, numbers: dict) -> Result:
        """The result of these numbers from policy file and workbook, as `kpi run --scenario` computes it."""
        policy = load_policy(self.month.job.policy, str(self.month.job.period), numbers)
        return score(policy, self.month.job.read_workbook(policy))

    # -- inside -------------------------------------------------------------------------------------------------------

    def _with(self, changes: dict, numbers: dict | None = None) -> dict:
        """The numbers after some changes; what is in force anyway is not among them."""
        found = {**(self.numbers if numbers is None else numbers), **{name: _whole(value) for name, value in changes.items()}}
        return {name: value for name, value in found.items() if name not in self.known or value != self.known[name].value}

    def _take(self, touched: str, numbers: dict, on_its_way: bool = False) -> None:
        if numbers == self.numbers:
            return
        before = self.numbers
        self._score(numbers, on_its_way)
        if touched == "*" or not self.before or self.before[-1][0] != touched:  # a slider on its way is one change
            self.before.append((touched, before))

    def _score(self, numbers: dict, on_its_way: bool = False) -> None:
        adjusted, fault = self.policy.adjusted(numbers) if numbers else self.policy, None
        try:
            result = self.month.score(adjusted) if numbers else self.month.baseline
        except KpiError as error:
            if not on_its_way:
                raise
            result, fault = self.result, error
        self.numbers, self.adjusted, self.result, self.fault = numbers, adjusted, result, fault
        self.__dict__.pop("comparison", None)

    def _weighed(self, name: str) -> bool:
        return any(name in weights.names for weights in self.constraints.weights)

    def _check_order(self, one: Tunable, value: Fraction) -> None:
        """A threshold does not pass its neighbour."""
        below, above = self.constraints.neighbours(one.name, self.numbers)
        for others, sign, words in ((below, 1, ("高于", "不低于")), (above, -1, ("低于", "不高于"))):
            for other, strict in others:
                limit = self.value(other)
                if is_number(limit) and ((value - limit) * sign < 0 or strict and value == limit):
                    problem = say(
                        f"{value_text(value)} 越过了相邻的门槛：应{words[not strict]}“{self.known[other].title}”（{value_text(limit)}）。",
                        f"{value_text(value)} passes its neighbour {self.known[other].title} ({value_text(limit)}).",
                    )
                    raise UsageError(Fault(one.title, problem, say("请先改那一个。", "Change that one first.")))


def _plain(one: Tunable, value):
    """What a widget gives as the policy takes it: exact numbers, readings by their words."""
    if one.kind != "number" or isinstance(value, str) and value in one.words:
        choices = (True, False) if one.kind == "switch" else one.words
        if value not in choices or one.kind == "switch" and not isinstance(value, bool):
            raise UsageError(Fault(one.title, say(f"没有选项“{value}”。", f"there is no choice '{value}'."), did_you_mean(value, choices)))
        return value
    if isinstance(value, str):
        return plain_number(one.title, value)
    return _whole(Fraction(repr(value)) if isinstance(value, float) else value)


def plain_number(title: str, text: str):
    """A number as a person types it; UsageError where it is none."""
    plain = text.strip().replace(",", "").replace("，", "").replace("−", "-")
    if not _DECIMAL.fullmatch(plain):
        hint = say("请写数字，如 12.5，最多六位小数。", "Write a number such as 12.5, with at most six decimals.")
        raise UsageError(Fault(title, say(f"“{text[:40]}”不是数字。", f"'{text[:40]}' is not a number."), hint))
    return _whole(Fraction(plain))


def _whole(value):
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value
