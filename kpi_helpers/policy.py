"""考核办法: a policy as it stands in one period: its parameters, clauses and results, and its values as text."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from types import ModuleType

from kpi_helpers.arguments import ByColumn, Named, Rounding
from kpi_helpers.calendar import Period
from kpi_helpers.columns import Table
from kpi_helpers.language import say
from kpi_helpers.numbers import text as number_text

BASES = ("S", "R", "A")
ROLES = ("score", "grade", "pay", "detail", "hidden")
PER = ("employee", "group", "department")


@dataclass(frozen=True)
class Parameter:
    """参数: one number or reading of a policy, with where it comes from."""

    name: str
    value: object
    title: str = ""
    unit: str = ""
    basis: str = "S"
    source: str = ""
    accepts: tuple = ()
    words: dict = field(default_factory=dict)  # what the readings that it accepts are called
    min: Fraction | None = None
    max: Fraction | None = None
    note: str = ""
    filed: object = None  # as written in the file, dated or not
    written: object = None  # as written for the period
    overridden: bool = False
    place: str = ""  # file and line

    @property
    def called(self) -> str:
        """The value in a reader's words."""
        return self.words.get(value_text(self.value), value_text(self.value))


@dataclass(frozen=True)
class Clause:
    """条款: one sentence of the policy and the one rule call that computes it, or why nothing is computed."""

    id: str
    title: str
    source: str
    basis: str
    kind: str = ""
    section: str = ""
    rule: object = None
    arguments: dict = field(default_factory=dict)
    stated: str = ""
    per: str = "employee"
    table: str = "events"
    measure: str | None = None
    measures: tuple = ()  # names of figures, and numbers
    who: list[dict] = field(default_factory=list)
    when: list[dict] = field(default_factory=list)
    result: str | None = None
    unit: str = "分"
    note: str = ""
    in_force: str = ""
    assumptions: tuple[str, ...] = ()
    place: str = ""  # file and line


@dataclass(frozen=True)
class Shown:
    """结果列: how a result is shown: its Chinese title, unit, part in the report (score, grade, pay or detail) and words."""

    name: str
    title: str
    unit: str = ""
    role: str = "detail"
    words: dict = field(default_factory=dict)  # the engine's words in Chinese


@dataclass(frozen=True)
class Policy:
    """考核办法 as it stands in one period. `clauses` is in document order, `order` in the order of computation."""

    path: str
    scheme: str
    title: str
    version: str
    period: Period | None
    cycle: str
    per: str
    tables: dict[str, Table]
    parameters: dict[str, Parameter]
    sections: dict[str, str]
    results: dict[str, Shown]
    clauses: tuple[Clause, ...]
    order: tuple[Clause, ...]
    module: ModuleType | None
    digest: str  # sha256 of the file
    content: str  # sha256 of what the file says, without comments and layout
    in_force: str  # sha256 of what it says for the period, the same after a change that takes effect later
    about: str = ""
    overrides: dict = field(default_factory=dict)
    reader: object = field(default=None, repr=False, compare=False)

    def adjusted(self, overrides: dict) -> Policy:
        """试算: this policy with other numbers, by the same names and checks as `load_policy(…, overrides)`."""
        return self.reader.adjusted(self, overrides)

    @property
    def month(self) -> str | None:
        return None if self.period is None else str(self.period)

    def __getitem__(self, name: str):
        """The value in force of a parameter."""
        return self.parameters[name].value

    def clause(self, id: str) -> Clause:
        return next(clause for clause in self.clauses if clause.id == id)


def value_text(value) -> str:
    """A number, reading or table as text, as the policy file writes it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Fraction)):
        return number_text(value)
    if isinstance(value, ByColumn):
        rest = {} if value.otherwise is None else {say("其他", "otherwise"): value.otherwise}
        return "、".join(f"{key} {value_text(one)}" for key, one in (value.values | rest).items())
    if isinstance(value, Named):
        return value.name
    if isinstance(value, Rounding):
        return f"{value_text(value.step)} {value.mode}"
    if isinstance(value, list):
        return "[" + "、".join(map(value_text, value)) + "]"
    return "{" + "、".join(f"{k}: {value_text(v)}" for k, v in value.items()) + "}" if isinstance(value, dict) else str(value)
