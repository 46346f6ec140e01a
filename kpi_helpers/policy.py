"""考核办法: one policy file, strictly read, with the numbers in force in one period and every override checked."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import ModuleType

from kpi_helpers import strict_yaml
from kpi_helpers.arguments import INJECTED, ByColumn, check_arguments
from kpi_helpers.calendar import Period
from kpi_helpers.columns import Table, read_tables
from kpi_helpers.errors import Fault, KpiError, PolicyError, did_you_mean
from kpi_helpers.filters import check_filter
from kpi_helpers.language import say
from kpi_helpers.numbers import text as number_text

BASES = ("S", "R", "A")
ROLES = ("score", "grade", "pay", "detail", "hidden")
PER = ("employee", "group", "department")
_HEAD = {
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
}
_CLAUSE = {
    "id",
    "title",
    "source",
    "basis",
    "kind",
    "section",
    "rule",
    "stated",
    "per",
    "table",
    "measure",
    "measures",
    "who",
    "when",
    "as",
    "unit",
    "after",
    "note",
}
_PARAMETER = {"value", "title", "unit", "basis", "source", "accepts", "min", "max", "note"}
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


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
    min: Fraction | None = None
    max: Fraction | None = None
    note: str = ""
    filed: object = None  # as written in the file, dated or not
    overridden: bool = False


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
    measures: tuple[str, ...] = ()
    who: dict = field(default_factory=dict)
    when: dict = field(default_factory=dict)
    result: str | None = None
    unit: str = "分"
    note: str = ""
    in_force: str = ""
    assumptions: tuple[str, ...] = ()


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
    digest: str
    about: str = ""
    overrides: dict = field(default_factory=dict)

    @property
    def month(self) -> str | None:
        return None if self.period is None else str(self.period)

    def __getitem__(self, name: str):
        """The value in force of a parameter."""
        return self.parameters[name].value

    def clause(self, id: str) -> Clause:
        return next(clause for clause in self.clauses if clause.id == id)


def load_policy(path, month: str | None = None, overrides: dict | None = None) -> Policy:
    """考核办法: read one policy file as it stands in `month` ('2026-10', '2026Q3', '2026').

    overrides: dotted names → values, e.g. {"2.A1.1.points": -3, "cap_attendance": 20}, applied to a copy.
    Raises PolicyError with every fault in the file and in the overrides.
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8")
    except OSError as error:
        raise PolicyError(
            Fault(str(path), say(f"读不到考核办法：{error.strerror}。", f"cannot read the policy: {error.strerror}."))
        ) from None
    except UnicodeDecodeError:
        raise PolicyError(
            Fault(str(path), say("不是 UTF-8 文本。", "is not UTF-8 text."), say("请另存为 UTF-8。", "Save it as UTF-8."))
        ) from None
    return _Reader(strict_yaml.load(text, path.name), str(path), month, overrides or {}, hashlib.sha256(raw).hexdigest()).read()


def find_policy(scheme: str) -> Path:
    """The file of a scheme in params/policies, looked for from here upwards."""
    for folder in (Path.cwd(), *Path.cwd().parents, Path(__file__).resolve().parent.parent):
        path = folder / "params" / "policies" / f"{scheme}.yaml"
        if path.is_file():
            return path
    problem = say(f"没有考核办法“{scheme}”。", f"there is no policy '{scheme}'.")
    raise PolicyError(Fault("params/policies", problem, say("请写出文件路径。", "Give the path of the file.")))


def scheme_module(scheme: str) -> ModuleType | None:
    """The module kpi_helpers.schemes.<scheme>, or None for a policy that needs no code."""
    name = f"kpi_helpers.schemes.{scheme}"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", scheme) or importlib.util.find_spec(name) is None:
        return None
    return importlib.import_module(name)


def rules_of(module: ModuleType | None) -> dict:
    """Every rule a policy may name: the shared ones and those of its scheme."""
    shared = importlib.import_module("kpi_helpers.rules")
    found = {}
    for place in (shared, module):
        for name, function in vars(place).items() if place else ():
            if (
                inspect.isfunction(function)
                and f"{function.__module__}.".startswith(f"{place.__name__}.")
                and name[0] != "_"
                and name != "score"
            ):
                found[name] = function
    return found


class _Reader:
    """Turns one document into a Policy and collects every fault on the way."""

    def __init__(self, document, path, month, overrides, digest):
        self.document, self.path, self.digest = document, path, digest
        self.faults: list[Fault] = []
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
        if not isinstance(data, dict):
            raise PolicyError(
                Fault(self.document.name, say("不是考核办法：应以 scheme: 开头。", "is no policy: it must start with scheme:."))
            )
        for key in data.keys() - _HEAD:
            self.fault(where(key), f"不认识“{key}”。", f"unknown key '{key}'.", did_you_mean(key, _HEAD))
        for key in ("scheme", "title", "clauses"):
            if not data.get(key):
                self.fault(self.document.name, f"缺少 {key}。", f"'{key}' is missing.")
        self.scheme = str(data.get("scheme", ""))
        self.module = scheme_module(self.scheme)
        self.per = self.word(data, "per", PER, "employee", ("per",))
        cycle = self.word(data, "period", ("month", "quarter", "year", "any"), "month", ("period",))
        self.tables = read_tables(data.get("tables"), self.document, self.faults)
        self.parameters = self.read_parameters(data.get("parameters") or {})
        self.apply_parameter_overrides()
        sections = data.get("sections") or {}
        clauses = self.read_clauses(data.get("clauses") or [], sections)
        for name in self.overrides:
            names = [
                *self.parameters,
                *(
                    f"{entry['id']}.{key}"
                    for entry in data.get("clauses") or []
                    if isinstance(entry, dict) and "id" in entry
                    for key in entry.keys() - _CLAUSE
                ),
            ]
            self.fault(name, "没有这个参数。", "there is no such number.", did_you_mean(name, names))
        order, results = self.order(clauses), self.read_results(data.get("results") or {})
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
            str(data.get("about") or ""),
            self.asked,
        )

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
            entry = {"title": entry} if isinstance(entry, str) else dict(entry or {})
            for key in entry.keys() - {"title", "unit", "role", "words"}:
                self.fault(
                    self.document.where("results", name),
                    f"不认识“{key}”。",
                    f"unknown key '{key}'.",
                    did_you_mean(key, ["title", "unit", "role", "words"]),
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
            for key in entry.keys() - _PARAMETER:
                self.fault(where, f"不认识“{key}”。", f"unknown key '{key}'.", did_you_mean(key, _PARAMETER))
            if entry.get("basis") not in BASES:
                self.fault(where, f"basis“{entry.get('basis')}”应为 S、R 或 A。", f"basis '{entry.get('basis')}' must be S, R or A.")
            known = {key: value for key, value in entry.items() if key in _PARAMETER}
            value = self.in_force(entry["value"], where)
            known["accepts"] = tuple(known.get("accepts") or _accepted(value))
            parameter = Parameter(name, **{**known, "value": value, "filed": entry["value"]})
            found[name] = parameter
            if len(self.faults) == before:
                self.check_value(parameter, value, where)
            if len(self.faults) > before:
                self.faulty.add(name)
        return found

    def in_force(self, value, where):
        """A dated value as it stands in the period, a by-column value as such, 'none' as None."""
        if isinstance(value, str) and value == "none":
            return None
        if isinstance(value, dict) and value and all(_MONTH.fullmatch(key) for key in value):
            starts = sorted(value)
            if self.period is None:
                return self.in_force(value[starts[-1]], where)
            month = self.period.months[-1]
            past = [start for start in starts if start <= month]
            if not past:
                self.fault(
                    where,
                    f"{month} 没有生效的值，最早从 {starts[0]} 起。",
                    f"nothing is in force in {month}; the first value starts in {starts[0]}.",
                )
                return None
            return self.in_force(value[past[-1]], where)
        if isinstance(value, dict) and "by" in value:
            column = self.any_column(value["by"])
            if column is None:
                self.fault(where, f"没有列“{value['by']}”。", f"there is no column '{value['by']}'.")
                return None
            return ByColumn(column.name, {column.word(key) or key: self.in_force(one, where) for key, one in value.items() if key != "by"})
        return value

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
        elif isinstance(value, (int, Fraction)) and not isinstance(value, bool):
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
            plain = name.removeprefix(f"{self.scheme}.")
            if plain not in self.parameters:
                continue
            before = len(self.faults)
            value = self.in_force(_exact_value(self.overrides.pop(name)), name)
            parameter = self.parameters[plain]
            self.check_value(parameter, value, name)
            if len(self.faults) > before:
                self.faulty.add(plain)
            self.parameters[plain] = Parameter(**{**vars(parameter), "value": value, "overridden": True})

    # -- clauses --------------------------------------------------------------------------------------------------

    def read_clauses(self, data, sections) -> list[Clause]:
        rules, clauses, self.after = rules_of(self.module), [], {}
        results = {entry.get("as") for entry in data if isinstance(entry, dict)} - {None}
        for index, entry in enumerate(data):
            where = self.document.where("clauses", index)
            if not isinstance(entry, dict):
                self.fault(where, "不是条款。", "is no clause.")
                continue
            where = f"{where} {entry.get('id', '?')}"
            for key in ("id", "title", "source"):
                if not isinstance(entry.get(key), str):
                    hint = say('编号请加引号，如 "2.10"。', 'Quote the id, e.g. "2.10".') if key == "id" else ""
                    self.fault(where, f"缺少文字 {key}。", f"'{key}' is missing or no text.", hint)
            if entry.get("basis") not in BASES:
                self.fault(where, f"basis“{entry.get('basis')}”应为 S、R 或 A。", f"basis '{entry.get('basis')}' must be S, R or A.")
            if any(clause.id == entry.get("id") for clause in clauses):
                self.fault(where, "条款编号重复。", "this clause id stands twice.")
            if ("rule" in entry) == ("stated" in entry):
                self.fault(where, "应写 rule（如何计算）或 stated（为何不计算）之一。", "needs either rule: or stated:.")
                continue
            if entry.get("section") and entry["section"] not in sections:
                self.fault(
                    where,
                    f"没有部分“{entry['section']}”。",
                    f"there is no section '{entry['section']}'.",
                    did_you_mean(entry["section"], sections),
                )
            clause = self.read_clause(entry, where, rules, results, index)
            if clause is not None:
                clauses.append(clause)
        return clauses

    def read_clause(self, entry, where, rules, results, index) -> Clause | None:
        common = {
            "id": str(entry.get("id")),
            "title": str(entry.get("title")),
            "source": str(entry.get("source")),
            "basis": entry.get("basis"),
            "kind": entry.get("kind") or "",
            "section": entry.get("section") or "",
            "note": entry.get("note") or "",
            "per": self.word(entry, "per", PER, self.per, ("clauses", index)),
        }
        if "stated" in entry:
            return Clause(**common, stated=str(entry["stated"]))
        rule = rules.get(entry["rule"])
        if rule is None:
            self.fault(
                where, f"没有计分规则“{entry['rule']}”。", f"there is no rule '{entry['rule']}'.", did_you_mean(entry["rule"], rules)
            )
            return None
        written = {key: value for key, value in entry.items() if key not in _CLAUSE}
        for key in set(entry) & _CLAUSE & set(inspect.signature(rule).parameters) - set(INJECTED):
            written[key] = entry[key]
        self.override_arguments(written, common["id"])
        used: dict[str, object] = {}
        before = len(self.faults)
        arguments = {key: self.resolve(value, f"{where} {key}", key, used) for key, value in written.items()}
        unsound = len(self.faults) > before or not self.faulty.isdisjoint(used)
        table = entry.get("table", "events")
        when = self.resolve(entry.get("when") or {}, where, "when", used)
        who = self.resolve(entry.get("who") or {}, where, "who", used)
        if "table" in entry and table not in self.tables:
            self.fault(where, f"没有数据表“{table}”。", f"there is no table '{table}'.", did_you_mean(table, self.tables))
        columns = {} if table not in self.tables else dict(self.tables[table].columns)
        people = dict(self.tables["employees"].columns) if "employees" in self.tables else {}
        people |= dict.fromkeys(results | {"status"} - people.keys())
        if entry.get("as"):
            common["result"] = str(entry["as"])
        self.after[common["id"]] = entry.get("after")
        measures = tuple(entry.get("measures") or ())
        return Clause(
            **common,
            rule=rule,
            table=table,
            measure=entry.get("measure"),
            measures=measures,
            unit=str(entry.get("unit", "分")),
            arguments={} if unsound else check_arguments(rule, arguments, where, self.faults),
            when=check_filter(when, columns, where, self.faults) if when else {},
            who=check_filter(who, people, where, self.faults) if who else {},
            in_force="；".join(f"{label}={value_text(value)}" for label, value in used.items()),
            assumptions=tuple(name for name in used if name in self.parameters and self.parameters[name].basis == "A"),
        )

    def override_arguments(self, written, clause_id) -> None:
        # "2.A1.1" without its letter means the first sentence, "2.A1.1a"
        for name in list(self.overrides):
            start, _, key = name.removeprefix(f"{self.scheme}.").rpartition(".")
            if start in (clause_id, clause_id.removesuffix("a")) and key in written:
                written[key] = _exact_value(self.overrides.pop(name))

    def resolve(self, value, where, label, used):
        """Replace $names by the values in force and note every number used."""
        if isinstance(value, str) and value.startswith("$"):
            parameter = self.parameters.get(value[1:])
            if parameter is None:
                self.fault(where, f"没有参数“{value}”。", f"there is no parameter '{value}'.", did_you_mean(value[1:], self.parameters))
                return None
            used[parameter.name] = parameter.value
            return parameter.value
        if isinstance(value, list):
            return [self.resolve(one, where, label, used) for one in value]
        if isinstance(value, dict):
            plain = self.in_force(value, where)
            if isinstance(plain, dict):
                return {key: self.resolve(one, where, key, used) for key, one in plain.items()}
            value = plain
        if isinstance(value, (int, Fraction, ByColumn)) and not isinstance(value, bool):
            used[label] = value
        return None if value == "none" else value

    def order(self, clauses) -> list[Clause]:
        """Document order, but a clause with `after:` follows the clause it names."""
        order = [clause for clause in clauses if not self.after.get(clause.id)]
        waiting = [clause for clause in clauses if self.after.get(clause.id)]
        while waiting:
            placed = {clause.id: position for position, clause in enumerate(order)}
            ready = next((clause for clause in waiting if self.after[clause.id] in placed), None)
            if ready is None:
                for clause in waiting:
                    target = self.after[clause.id]
                    hint = did_you_mean(target, placed)
                    self.fault(
                        f"{self.document.name} {clause.id}",
                        f"after: 没有可排在其后的条款“{target}”。",
                        f"after: no clause '{target}' to follow.",
                        hint,
                    )
                return order
            # clauses that follow the same clause keep their document order
            position = placed[self.after[ready.id]] + 1
            while position < len(order) and self.after.get(order[position].id) == self.after[ready.id]:
                position += 1
            order.insert(position, ready)
            waiting.remove(ready)
        return order


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


def _exact_value(value):
    """A value given from Python or a case: floats become the decimals they show."""
    if isinstance(value, float):
        return Fraction(repr(value))
    if isinstance(value, dict):
        return {key: _exact_value(one) for key, one in value.items()}
    return [_exact_value(one) for one in value] if isinstance(value, list) else value


def value_text(value) -> str:
    """A number, reading or table as text, as the policy file writes it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Fraction)):
        return number_text(value)
    if isinstance(value, ByColumn):
        return "、".join(f"{key} {value_text(one)}" for key, one in value.values.items())
    if isinstance(value, list):
        return "[" + "、".join(map(value_text, value)) + "]"
    return "{" + "、".join(f"{k}: {value_text(v)}" for k, v in value.items()) + "}" if isinstance(value, dict) else str(value)
