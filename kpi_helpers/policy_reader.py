"""Reading a policy file: one document turned into a Policy, with every fault named on the way."""

from __future__ import annotations

import hashlib
import json
import re
from copy import copy
from dataclasses import replace
from fractions import Fraction
from functools import partial

from kpi_helpers.arguments import ByColumn
from kpi_helpers.calendar import Period
from kpi_helpers.clause_reader import CLAUSE_KEYS, ClauseReader
from kpi_helpers.columns import Table, read_tables
from kpi_helpers.errors import Fault, Faults, KpiError, PolicyError, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.numbers import is_number
from kpi_helpers.overrides import exact_value, replaced
from kpi_helpers.policy import BASES, PER, ROLES, Clause, Parameter, Policy, Shown, value_text
from kpi_helpers.rulebook import scheme_module
from kpi_helpers.shapes import shaped

_HEAD = (
    "scheme",
    "title",
    "version",
    "issuer",
    "effective_from",
    "period",
    "per",
    "about",
    "source",
    "tables",
    "parameters",
    "sections",
    "results",
    "clauses",
)
_PARAMETER = ("value", "title", "unit", "basis", "source", "accepts", "words", "min", "max", "note")
_HEAD_KINDS = {"scheme": "text", "title": "label", "about": "text", "version": "label", "per": "text", "period": "text"}
_HEAD_KINDS |= {"tables": "mapping", "parameters": "mapping", "sections": "words", "results": "mapping", "clauses": "list"}
_PARAMETER_KINDS = dict.fromkeys(("title", "unit", "basis", "source", "note"), "label") | {
    "accepts": "list",
    "words": "words",
    "min": "number",
    "max": "number",
}
_RESULT_KINDS = {"title": "label", "unit": "label", "role": "text", "words": "words"}
MAX_CLAUSES = 2_000
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_LIKE_MONTH = re.compile(r"\d{4} ?[-/.年—－] ?\d{1,2}月?")  # or meant as one


class Reader:
    """Turns one document into a Policy and collects every fault on the way."""

    def __init__(self, document, path, month, overrides, digest):
        self.document, self.path, self.digest = document, path, digest
        self.faults: list[Fault] = Faults()
        self.overrides = dict(overrides)
        self.faulty: set[str] = set()  # parameters whose fault is named already
        self.period = None
        if month is not None:
            try:
                self.period = Period.parse(month)
            except KpiError as error:
                self.faults += error.faults

    def fault(self, where, zh, en, hint=""):
        self.faults.append(Fault(where, say(zh, en), hint))

    def read(self) -> Policy:
        data, where = self.document.data, self.document.where
        if not isinstance(data, dict) or data.keys().isdisjoint(_HEAD):  # another file altogether, whose words are not to be shown
            raise PolicyError(
                Fault(self.document.name, say("不是考核办法：应以 scheme: 开头。", "is no policy: it must start with scheme:."))
            )
        data = shaped(data, _HEAD_KINDS, self.document.name, self.faults)
        if len(data.get("clauses") or []) > MAX_CLAUSES:
            problem = say(f"条款超过 {MAX_CLAUSES} 条。", f"holds more than {MAX_CLAUSES} clauses.")
            raise PolicyError([*self.faults, Fault(where("clauses"), problem)])
        for key in [key for key in data if key not in _HEAD]:
            self.fault(where(key), f"不认识“{key}”。", f"unknown key '{key}'.", did_you_mean(key, _HEAD))
        for key in ("scheme", "title", "clauses"):
            if not data.get(key):
                self.fault(self.document.name, f"缺少 {key}。", f"'{key}' is missing.")
        self.scheme = str(data.get("scheme", ""))
        self.module = scheme_module(self.scheme)
        self.per = self.word(data, "per", PER, "employee", ("per",))
        cycle = self.word(data, "period", ("month", "quarter", "year", "any"), "month", ("period",))
        self.made = {str(entry["as"]) for entry in data.get("clauses") or [] if isinstance(entry, dict) and entry.get("as")}
        self.tables = read_tables(data.get("tables"), self.document, self.faults)
        self.tables = {name: _for_cycle(table, cycle) for name, table in self.tables.items()}
        self.parameters = self.read_parameters(data.get("parameters") or {})
        self.apply_parameter_overrides()
        sections = data.get("sections") or {}
        self.clause_reader = ClauseReader(self, data.get("clauses") or [], sections)
        clauses, order = self.clause_reader.read()
        self.refuse_unknown_overrides()
        results = self.read_results(data.get("results") or {})
        results |= {clause.result: shown_as(clause, clauses) for clause in clauses if clause.result and clause.result not in results}
        if self.faults:
            raise PolicyError(self.faults)
        return Policy(
            self.path,
            self.scheme,
            str(data["title"]),
            str(data.get("version") or ""),
            self.period,
            cycle,
            self.per,
            self.tables,
            self.parameters,
            sections,
            results,
            tuple(clauses),
            tuple(order),
            self.module,
            self.digest,
            _digest(data),
            _digest(standing(data, None if self.period is None else self.period.months[-1])),
            str(data.get("about") or ""),
            self.asked,
            self,
        )

    def adjusted(self, policy: Policy, overrides: dict) -> Policy:
        """The policy that this reader has read, with other numbers: only the clauses that they touch are read again."""
        if policy.overrides:
            return Reader(self.document, self.path, policy.month, overrides, self.digest).read()
        twin = copy(self)
        twin.faults, twin.faulty, twin.overrides, twin.parameters = Faults(), set(), dict(overrides), dict(policy.parameters)
        twin.apply_parameter_overrides()
        twin.clause_reader = self.clause_reader.of(twin)
        changed = [name for name, one in twin.parameters.items() if one is not policy.parameters[name]]
        again = twin.clause_reader.read_again(changed)
        twin.refuse_unknown_overrides()
        if twin.faults:
            raise PolicyError(twin.faults)
        clauses, order = (tuple(again.get(clause.id, clause) for clause in one) for one in (policy.clauses, policy.order))
        return replace(policy, parameters=twin.parameters, clauses=clauses, order=order, overrides=twin.asked)

    def refuse_unknown_overrides(self) -> None:
        """What is left of the overrides is the name of nothing."""
        for name in self.overrides:
            entries = [entry for entry in self.clause_reader.entries if isinstance(entry, dict) and "id" in entry]
            names = [*self.parameters, *(f"{entry['id']}.{key}" for entry in entries for key in entry if key not in CLAUSE_KEYS)]
            self.fault(name, "没有这个参数。", "there is no such number.", did_you_mean(name, names))

    def word(self, data, key, allowed, default, path):
        value = data.get(key, default)
        if value not in allowed:
            self.fault(
                self.document.where(*path), f"{key}: “{value}”无效。", f"{key}: '{value}' is not allowed.", did_you_mean(value, allowed)
            )
            return default
        return value

    def read_results(self, data) -> dict[str, Shown]:
        found = {}
        for name, entry in data.items():
            if not isinstance(entry, (str, dict, type(None))):
                self.fault(self.document.where("results", name), "应写作 {title: …}。", "is written {title: …}.")
                continue
            entry = {"title": entry} if isinstance(entry, str) else dict(entry or {})
            entry = shaped(entry, _RESULT_KINDS, self.document.where("results", name), self.faults)
            for key in [key for key in entry if key not in _RESULT_KINDS]:
                self.fault(
                    self.document.where("results", name), f"不认识“{key}”。", f"unknown key '{key}'.", did_you_mean(key, _RESULT_KINDS)
                )
                del entry[key]
            self.word(entry, "role", ROLES, "detail", ("results", name))
            found[name] = Shown(name, **{"title": name, **entry})
        return found

    # -- parameters -----------------------------------------------------------------------------------------------

    def read_parameters(self, data) -> dict[str, Parameter]:
        found = {}
        for name, entry in data.items():
            before, where = len(self.faults), self.document.where("parameters", name)
            if not isinstance(entry, dict) or "value" not in entry:
                self.fault(where, "应写作 {value: …, basis: …}。", "is written {value: …, basis: …}.")
                continue
            value = entry["value"]
            entry = {"value": value} | shaped(entry, _PARAMETER_KINDS, where, self.faults)
            for key in [key for key in entry if key not in _PARAMETER]:
                self.fault(where, f"不认识“{key}”。", f"unknown key '{key}'.", did_you_mean(key, _PARAMETER))
            if not entry.get("basis"):
                self.fault(where, "缺少 basis，应为 S、R 或 A。", "'basis' is missing: S, R or A.")
            elif entry["basis"] not in BASES:
                self.fault(where, f"basis“{entry['basis']}”应为 S、R 或 A。", f"basis '{entry['basis']}' must be S, R or A.")
            known = {key: value for key, value in entry.items() if key in _PARAMETER}
            written = self.dated(entry["value"], where)
            value = self.in_force(written, where)
            known["accepts"] = tuple(known.get("accepts") or _accepted(value))
            known["words"] = known.get("words") or {}
            parameter = Parameter(name, **{**known, "value": value, "filed": entry["value"], "written": written, "place": where})
            found[name] = parameter
            allowed = [value_text(one) for one in parameter.accepts]
            for word in [word for word in parameter.words if word not in allowed]:
                self.fault(where, f"words: 没有选项“{word}”。", f"words: there is no choice '{word}'.", did_you_mean(word, allowed))
            if len(self.faults) == before:
                self.check_value(parameter, value, where)
            if len(self.faults) > before:
                self.faulty.add(name)
        return found

    def in_force(self, value, where):
        """A dated value as it stands in the period, a by-column value as such, 'none' as None."""
        value = self.dated(value, where)
        if isinstance(value, str) and value == "none":
            return None
        if isinstance(value, dict) and "by" in value:
            return self.by_column(dict(value), where)
        return value

    def dated(self, value, where):
        """A dated value as it is written for the period; any other value as it is."""
        if not isinstance(value, dict) or not value or "by" in value:
            return value
        odd = next((key for key in value if not _MONTH.fullmatch(key)), None)
        if odd is not None and any(_LIKE_MONTH.fullmatch(key) for key in value):
            hint = say("写作 {2026-01: …, 2026-07: …}。", "Write {2026-01: …, 2026-07: …}.")
            self.fault(where, f"“{odd}”不是月份。", f"'{odd}' is no month.", hint)
            return None
        if odd is None:
            starts = sorted(value)
            if self.period is None:
                return self.dated(value[starts[-1]], where)
            month = self.period.months[-1]
            past = [start for start in starts if start <= month]
            if not past:
                self.fault(
                    where,
                    f"{month} 没有生效的值，最早从 {starts[0]} 起。",
                    f"nothing is in force in {month}; the first value starts in {starts[0]}.",
                )
                return None
            return self.dated(value[past[-1]], where)
        return value

    def by_column(self, value: dict, where):
        """{by: 岗位, 客服: 900, otherwise: 800}: by a column of the people, or by the words of an earlier result."""
        name, otherwise = value.pop("by"), value.pop("otherwise", None)
        column = self.any_column(name) if isinstance(name, str) else None
        if column is None and (not isinstance(name, str) or name not in self.made):
            names = [one.heading for table in self.tables.values() for one in table.columns.values()] + sorted(self.made)
            self.fault(where, f"没有列“{name}”。", f"there is no column '{name}'.", did_you_mean(name, names))
            return None
        numbers = {key: self.in_force(one, where) for key, one in (value | {"otherwise": otherwise}).items()}
        for key, one in numbers.items():
            if isinstance(one, bool) or not isinstance(one, (int, Fraction)) and (key, one) != ("otherwise", None):
                self.fault(where, f"{key}: “{one}”不是数字。", f"{key}: '{one}' is not a number.")
        otherwise = numbers.pop("otherwise")
        word = column.word if column is not None else lambda key: key
        return ByColumn(name if column is None else column.name, {word(key) or key: one for key, one in numbers.items()}, otherwise)

    def any_column(self, word):
        for name in ("employees", *self.tables):
            column = self.tables[name].column(word) if name in self.tables else None
            if column is not None:
                return column
        return None

    def check_value(self, parameter: Parameter, value, where) -> None:
        accepts = parameter.accepts
        shown = "none" if value is None else value
        if isinstance(value, ByColumn):
            for one in value.values.values():
                self.check_value(parameter, one, where)
            return
        kinds = _accepted(value)
        fits = shown in accepts or any(kind in accepts for kind in kinds)
        if not fits:
            hint = did_you_mean(shown, [word for word in map(str, accepts)])
            self.fault(where, f"“{value_text(value)}”无效。", f"'{value_text(value)}' is not allowed.", hint)
        elif is_number(value):
            if parameter.min is not None and value < parameter.min or parameter.max is not None and value > parameter.max:
                low, high = value_text(parameter.min), value_text(parameter.max)
                self.fault(
                    where,
                    f"{parameter.name}: {value_text(value)} 超出 {low} 至 {high}。",
                    f"{parameter.name}: {value_text(value)} is outside {low} to {high}.",
                )

    def apply_parameter_overrides(self) -> None:
        self.asked = dict(self.overrides)
        for name in list(self.overrides):
            plain = self.parameter_of(name.removeprefix(f"{self.scheme}."))
            if plain is None:
                continue
            before, parameter = len(self.faults), self.parameters[plain]
            place = name.removeprefix(f"{self.scheme}.")[len(plain) + 1 :]
            given = exact_value(self.overrides[name])
            try:
                written = self.dated(replaced(parameter.written, place, given, partial(self.dated, where=name)), name)
            except KeyError:
                continue
            del self.overrides[name]
            value = self.in_force(written, name)
            self.check_value(parameter, value, name)
            if len(self.faults) > before:
                self.faulty.add(plain)
            self.parameters[plain] = replace(parameter, value=value, written=written, overridden=True)

    def parameter_of(self, name: str) -> str | None:
        """The parameter that an override names, or inside whose table it names a place."""
        found = [one for one in self.parameters if name == one or name.startswith(f"{one}.")]
        return max(found, key=len, default=None)


def standing(value, month: str | None):
    """What is written, with every dated value as it stands in a month (None: the last one)."""
    if isinstance(value, list):
        return [standing(one, month) for one in value]
    if not isinstance(value, dict):
        return value
    if value and all(_MONTH.fullmatch(key) for key in value):
        past = [start for start in sorted(value) if month is None or start <= month]
        return standing(value[past[-1]], month) if past else None
    return {key: standing(one, month) for key, one in value.items()}


def _digest(data) -> str:
    """sha256 of what a document says, whatever its comments and layout."""
    return hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def _for_cycle(table: Table, cycle: str) -> Table:
    """Days counted over a quarter or a year may be more than the 31 of a month."""
    longest = {"quarter": 92, "year": 366, "any": 366}.get(cycle)
    if longest is None:
        return table
    days = {name: replace(one, max=Fraction(longest)) for name, one in table.columns.items() if one.unit == "天" and one.max == 31}
    return replace(table, columns=table.columns | days)


def shown_as(clause: Clause, clauses: list[Clause]) -> Shown:
    """How a result is shown that the policy does not list: the last total of 分 is the score, totals of 元 are pay, words are grades."""
    rule, role = clause.rule.__name__ if clause.rule else "", "detail"
    if rule == "total" and clause.per == "employee":
        last = [one for one in clauses if one.rule is clause.rule and one.unit == clause.unit and one.per == clause.per][-1]
        role = {"分": "score" if last is clause else "detail", "元": "pay"}.get(clause.unit, "detail")
    elif rule in ("distributed", "moved") or any(isinstance(band.get("give"), str) for band in clause.arguments.get("bands") or ()):
        role = "grade"
    return Shown(clause.result, clause.result, clause.unit, role)


def _accepted(value) -> tuple[str, ...]:
    if isinstance(value, bool):
        return (True, False)
    if isinstance(value, (int, Fraction)):
        return ("number",)
    if isinstance(value, ByColumn):
        return ("number",)
    if value is None:
        return ("none",)
    if isinstance(value, (list, dict)):
        return ("table",)
    return ("text",)
