"""Reading the clauses of a policy: each names one rule, whose signature says what may stand there."""

from __future__ import annotations

import inspect
from copy import copy
from difflib import get_close_matches
from fractions import Fraction
from functools import partial

from kpi_helpers.arguments import INJECTED, ByColumn, check_arguments, hints, marks, signature_model
from kpi_helpers.columns import table_named
from kpi_helpers.errors import did_you_mean
from kpi_helpers.figures import Figures
from kpi_helpers.filters import check_filter
from kpi_helpers.language import say
from kpi_helpers.overrides import exact_value, replaced
from kpi_helpers.policy import BASES, PER, Clause, value_text
from kpi_helpers.rulebook import rules_of

CLAUSE_KEYS = {
    *("id", "title", "source", "basis", "kind", "section", "rule", "stated", "per", "table", "measure", "measures"),
    *("who", "when", "as", "unit", "after", "note"),
}
_HEAD = {"id": ("条款编号", "of the clause"), "title": ("简称", "its short name"), "source": ("在原文的哪里", "where in the document")}
NUMBERED = {"who", "when", "measures"}  # of these keys, the ones that may hold numbers to override


class ClauseReader:
    """Turns the entries of `clauses:` into Clauses; faults go to the policy's reader."""

    def __init__(self, policy, entries: list, sections: dict):
        self.policy, self.entries, self.sections = policy, entries, sections
        self.document, self.faults, self.fault = policy.document, policy.faults, policy.fault
        self.tables, self.parameters = policy.tables, policy.parameters
        self.rules = rules_of(policy.module)
        self.after: dict[str, str | None] = {}
        self.wheres: dict[str, str] = {}
        self.words: list[set[str]] = []  # every text inside each entry, once somebody asks

    def read(self) -> tuple[list[Clause], list[Clause]]:
        """All clauses in document order, and in the order of computation."""
        clauses: list[Clause] = []
        seen: set = set()
        for index, entry in enumerate(self.entries):
            where = self.document.where("clauses", index)
            if not isinstance(entry, dict):
                self.fault(where, "不是条款。", "is no clause.")
                continue
            id = entry.get("id")
            where = f"{where} {id if isinstance(id, str) else '?' if id is None else value_text(id)}"
            if not self.check_words(entry, where):
                continue
            self.check_head(entry, where)
            if isinstance(id, str) and id in seen:
                self.fault(where, "条款编号重复。", "this clause id stands twice.", say("请改成自己的编号。", "Give it an id of its own."))
            seen.add(str(id))
            if ("rule" in entry) == ("stated" in entry):
                self.fault(where, "应写 rule（如何计算）或 stated（为何不计算）之一。", "needs either rule: or stated:.")
                continue
            clause = self.read_clause(entry, where, index)
            if clause is not None:
                clauses.append(clause)
        order = self.order(clauses)
        if self.policy.module is None:  # a scheme's own functions may leave figures that no clause names
            self.check_references(clauses)
            Figures(self.tables, order).check(self.wheres, self.faults)
        return clauses, order

    def of(self, policy) -> ClauseReader:
        """The same reader for the same policy with other numbers."""
        twin = copy(self)
        twin.policy, twin.faults, twin.fault, twin.parameters = policy, policy.faults, policy.fault, policy.parameters
        twin.after, twin.wheres = dict(self.after), dict(self.wheres)
        return twin

    def read_again(self, changed: list[str]) -> dict[str, Clause]:
        """The clauses that use one of these parameters, or whose own numbers are overridden, by id."""
        found = {}
        if not self.words:
            self.words += [set(_words(entry)) for entry in self.entries]
        names = {f"${name}" for name in changed}
        overridden = [name.removeprefix(f"{self.policy.scheme}.") for name in self.policy.overrides]
        for index, entry in enumerate(self.entries):
            id = str(entry["id"])
            starts = (f"{id}.", f"{id.removesuffix('a')}.")
            if not names.isdisjoint(self.words[index]) or any(name.startswith(starts) for name in overridden):
                clause = self.read_clause(entry, self.wheres[id], index)
                if clause is not None:
                    found[id] = clause
        return found

    def check_words(self, entry: dict, where: str) -> bool:
        """Names are texts: what is looked up by them must not be a list, a table or a number."""
        before = len(self.faults)
        for key in ("section", "rule", "per", "table", "measure", "after"):
            if entry.get(key) is not None and not isinstance(entry[key], str):
                self.fault(where, f"{key} 应为文字。", f"{key}: must be text.")
        for key in ("as", "unit", "kind"):
            if isinstance(entry.get(key), (list, dict, bool)):
                self.fault(where, f"{key} 应为文字。", f"{key}: must be text.")
        return len(self.faults) == before

    def check_references(self, clauses: list[Clause]) -> None:
        """Sections, kinds and clauses that an argument names are there."""
        known = {"sections": self.sections, "kinds": sorted({c.kind for c in clauses} - {""}), "clauses": [c.id for c in clauses]}
        for clause in clauses:
            for key in known:
                names = clause.arguments.get(key)
                for name in names if isinstance(names, list) else []:
                    if isinstance(name, str) and name not in known[key]:
                        hint = did_you_mean(name, known[key])
                        self.fault(self.wheres[clause.id], f"{key}: 没有“{name}”。", f"{key}: there is no '{name}'.", hint)

    def check_head(self, entry: dict, where: str) -> None:
        for key, (zh, en) in _HEAD.items():
            value = entry.get(key)
            if value is None or value == "":
                self.fault(where, f"缺少 {key}（{zh}）。", f"'{key}' ({en}) is missing.")
            elif not isinstance(value, str):
                hint = say('编号请加引号，如 "2.10"。', 'Quote the id, e.g. "2.10".') if key == "id" else say("请加引号。", "Quote it.")
                self.fault(where, f"{key} 没有加引号，被读成了 {value_text(value)}。", f"{key}: is not quoted: {value_text(value)}.", hint)
        id = entry.get("id")
        if isinstance(id, str) and set(id) & set("“”‘’"):
            hint = say('请写半角引号，如 "2.10"。', 'Write plain quotes, e.g. "2.10".')
            self.fault(where, "编号用了中文引号。", "the id has curly quotes.", hint)
        if not entry.get("basis"):
            hint = say("原文写明写 S，一种理解写 R，假设写 A。", "S: stated, R: a reading, A: an assumption.")
            self.fault(where, "缺少 basis，应为 S、R 或 A。", "'basis' is missing: S, R or A.", hint)
        elif entry["basis"] not in BASES:
            self.fault(where, f"basis“{entry['basis']}”应为 S、R 或 A。", f"basis '{entry['basis']}' must be S, R or A.")
        section = entry.get("section")
        if section and section not in self.sections:
            hint = did_you_mean(section, self.sections)
            self.fault(where, f"没有部分“{section}”。", f"there is no section '{section}'.", hint)

    def read_clause(self, entry: dict, where: str, index: int) -> Clause | None:
        common = {
            "id": str(entry.get("id")),
            "title": str(entry.get("title")),
            "source": str(entry.get("source")),
            "basis": entry.get("basis"),
            "kind": str(entry.get("kind") or ""),
            "section": entry.get("section") or "",
            "note": str(entry.get("note") or ""),
            "per": self.policy.word(entry, "per", PER, self.policy.per, ("clauses", index)),
            "place": where,
        }
        self.wheres[common["id"]] = where
        entry = self.overridden(entry)
        if "stated" in entry:
            for key in [key for key in entry if key not in CLAUSE_KEYS]:  # a number that nobody would ever use
                problem = f"写了 stated 的条款不计算，不用“{key}”。", f"a stated clause is not computed: it takes no '{key}'."
                self.fault(where, *problem, did_you_mean(key, _near(key)))
            return Clause(**common, stated=str(entry["stated"]))
        rule = self.rules.get(entry["rule"])
        if rule is None:
            hint = did_you_mean(entry["rule"], self.rules)
            self.fault(where, f"没有计分规则“{entry['rule']}”。", f"there is no rule '{entry['rule']}'.", hint)
            return None
        table = table_named(self.tables, entry.get("table", getattr(rule, "table", "events")))
        if "table" in entry and table is None:
            hint = did_you_mean(entry["table"], [word for one in self.tables.values() for word in (one.name, one.sheet)])
            self.fault(where, f"没有数据表“{entry['table']}”。", f"there is no table '{entry['table']}'.", hint)
        if entry.get("as"):
            common["result"] = str(entry["as"])
        self.after[common["id"]] = entry.get("after")
        used: dict[str, object] = {}
        before = len(self.faults)
        arguments = self.arguments(entry, rule, common["id"], where, used)
        filters = {key: self.filter(entry, key, table, where, used) for key in ("who", "when")}
        for key in [name for name, kind in hints(rule).items() if name in arguments and "filter" in marks(kind)]:
            arguments[key] = self.filter(arguments, key, table, where, used)
        self.use_engine_words(arguments)
        sound = len(self.faults) == before and self.policy.faulty.isdisjoint(used)
        measures = self.measures(entry, where, used)
        return Clause(
            **common,
            **filters,
            rule=rule,
            table=table.name if table is not None else getattr(rule, "table", "events"),
            measure=entry.get("measure"),
            measures=tuple(measures),
            unit=str(entry.get("unit", getattr(rule, "unit", "分"))),
            arguments=check_arguments(rule, arguments, where, self.faults) if sound else {},
            in_force="；".join(f"{label}={value_text(value)}" for label, value in used.items()),
            assumptions=tuple(name for name in used if name in self.parameters and self.parameters[name].basis == "A"),
        )

    def use_engine_words(self, arguments: dict) -> None:
        """The heads of a table of looked_up name the choices of a column in the reader's words; its cells hold the engine's."""
        for heads, figure in (("rows_in", "rows"), ("columns_in", "columns")):
            words, name = arguments.get(heads), arguments.get(figure)
            column = self.policy.any_column(name) if isinstance(name, str) and name not in self.policy.made else None
            if column is not None and isinstance(words, list):
                arguments[heads] = [(column.word(one) or one) if isinstance(one, str) else one for one in words]

    def measures(self, entry: dict, where: str, used: dict) -> list:
        """The figures and numbers that the rule combines."""
        before, written = len(self.faults), entry.get("measures") or []
        found = [self.resolve(one, where, "measures", used) for one in (written if isinstance(written, list) else [written])]
        for one in found if len(self.faults) == before and self.policy.faulty.isdisjoint(used) else ():
            if isinstance(one, bool) or not isinstance(one, (str, int, Fraction, ByColumn)):
                shown = value_text(one)
                self.fault(where, f"measures: “{shown}”应为数据项或数字。", f"measures: '{shown}' must be a figure or a number.")
        return found

    def arguments(self, entry: dict, rule, clause_id: str, where: str, used: dict) -> dict:
        """What the entry says to the rule, overrides applied, $names replaced."""
        wanted = set(inspect.signature(rule).parameters) - set(INJECTED)
        written = {key: value for key, value in entry.items() if key not in CLAUSE_KEYS or key in wanted}
        mistyped = {key: near for key in written if key not in signature_model(rule).model_fields and (near := _near(key))}
        for key, near in mistyped.items():  # any other unknown key is the rule's to name
            self.fault(where, f"不认识“{key}”。", f"unknown key '{key}'.", did_you_mean(key, near))
            del written[key]
        needed = set(inspect.signature(rule).parameters) & {"measure", "measures"}
        for key in ("measure", "measures"):
            if key in needed and not entry.get(key) and inspect.signature(rule).parameters[key].default is inspect.Parameter.empty:
                self.fault(where, f"规则 {rule.__name__} 缺少 {key}（数据项）。", f"rule {rule.__name__} needs {key}:.")
            if key in entry and key not in needed:
                self.fault(where, f"规则 {rule.__name__} 不用 {key}。", f"rule {rule.__name__} takes no {key}:.")
        if getattr(rule, "needs_who", False) and not entry.get("who"):
            self.fault(where, f"规则 {rule.__name__} 要写 who（对谁）。", f"rule {rule.__name__} needs who:, the people it is for.")
        if "when" in entry and "records" not in inspect.signature(rule).parameters:
            self.fault(
                where,
                "when 筛选的是记录，本规则不数记录；筛选人请用 who。",
                "when: filters records, which this rule does not read; use who:.",
            )
        return {key: self.resolve(value, f"{where} {key}", key, used) for key, value in written.items()}

    def overridden(self, entry: dict) -> dict:
        """The entry with the numbers that an override names; "2.A1.1" without its letter means the first sentence, "2.A1.1a"."""
        clause_id = str(entry.get("id"))
        for name in list(self.policy.overrides):
            plain = name.removeprefix(f"{self.policy.scheme}.")
            start = next((one for one in (clause_id, clause_id.removesuffix("a")) if plain.startswith(f"{one}.")), None)
            key, _, place = plain.removeprefix(f"{start}.").partition(".")
            if start is None or key not in entry or key in CLAUSE_KEYS - NUMBERED or key in NUMBERED and not place:
                continue
            try:
                number = exact_value(self.policy.overrides[name])
                entry = {**entry, key: replaced(entry[key], place, number, partial(self.policy.dated, where=name))}
            except KeyError:
                continue
            del self.policy.overrides[name]
        return entry

    def filter(self, entry: dict, key: str, table, where: str, used: dict) -> list[dict]:
        if not entry.get(key):
            return []
        written = self.resolve(entry[key], f"{where} {key}", key, used)
        find = (lambda name: self.find_in_table(name, table, where)) if key == "when" else (lambda name: self.find_figure(name, where))
        return check_filter(written, find, f"{where} {key}", self.faults)

    def find_in_table(self, name: str, table, where: str):
        """A column of the clause's table."""
        column = table.column(name) if table is not None else None
        if column is None and table is not None:
            hint = did_you_mean(name, [word for one in table.columns.values() for word in (one.heading, one.name)])
            self.fault(where, f"“{table.sheet}”没有列“{name}”。", f"'{table.name}' has no column '{name}'.", hint)
        return None if column is None else (column.name, column)

    def find_figure(self, name: str, where: str):
        """A fact about the person, the result of a clause, or a column of a sheet."""
        people = self.tables.get("employees")
        column = people.column(name) if people and name not in self.policy.made else None
        if column is not None:
            return column.name, column
        if name in self.policy.made or name == "status":
            return name, None
        column = next((one for table in self.tables.values() if (one := table.column(name)) is not None), None)
        if column is not None:
            return name, column
        if self.policy.module is not None:
            return name, None
        known = [*self.policy.made, *(one.heading for table in self.tables.values() for one in table.columns.values())]
        self.fault(where, f"没有数据项“{name}”。", f"there is no figure '{name}'.", did_you_mean(name, known))
        return None

    def resolve(self, value, where: str, label: str, used: dict):
        """Replace $names by the values in force and note every number used."""
        if isinstance(value, str) and value.startswith("$"):
            parameter = self.parameters.get(value[1:])
            if parameter is None:
                hint = did_you_mean(value[1:], self.parameters)
                self.fault(where, f"没有参数“{value}”。", f"there is no parameter '{value}'.", hint)
                return None
            used[parameter.name] = parameter.value
            return parameter.value
        if isinstance(value, list):
            return [self.resolve(one, where, label, used) for one in value]
        if isinstance(value, dict):
            plain = self.policy.in_force(value, where)
            if isinstance(plain, dict):
                return {key: self.resolve(one, where, key, used) for key, one in plain.items()}
            value = plain
        if isinstance(value, (int, Fraction, ByColumn)) and not isinstance(value, bool):
            used[label] = value
        return None if value == "none" else value

    def order(self, clauses: list[Clause]) -> list[Clause]:
        """Document order, but a clause with `after:` follows the clause it names."""
        order = [clause for clause in clauses if not self.after.get(clause.id)]
        waiting = [clause for clause in clauses if self.after.get(clause.id)]
        while waiting:
            placed = {clause.id: position for position, clause in enumerate(order)}
            ready = next((clause for clause in waiting if self.after[clause.id] in placed), None)
            if ready is None:
                for clause in waiting:
                    target = self.after[clause.id]
                    where = f"{self.document.name} {clause.id}"
                    hint = did_you_mean(target, placed)
                    self.fault(where, f"after: 没有可排在其后的条款“{target}”。", f"after: no clause '{target}' to follow.", hint)
                return order
            # clauses that follow the same clause keep their document order
            position = placed[self.after[ready.id]] + 1
            while position < len(order) and self.after.get(order[position].id) == self.after[ready.id]:
                position += 1
            order.insert(position, ready)
            waiting.remove(ready)
        return order


def _near(key: str) -> list[str]:
    """The key of every clause for which this one is mistyped."""
    return get_close_matches(key[:60], sorted(CLAUSE_KEYS), n=1, cutoff=0.7)


def _words(value):
    """Every text inside an entry."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _words(one)
