"""名称: what results, columns and the engine's words are called in the policy's own words."""

from __future__ import annotations

from dataclasses import replace

from kpi_helpers.columns import vocabulary
from kpi_helpers.language import say
from kpi_helpers.policy import Clause, Policy, Shown
from kpi_helpers.report.words import RATIO, argument_word, is_argument, missing_word
from kpi_helpers.rules.arithmetic import ratio

_RATIOS = ("率", "比例", "占比")


def known(policy: Policy, name: str, within: str = "") -> Shown:
    """A result, or a column that the workbook knows (first in the table `within`), with title and words; else the name itself."""
    if name in policy.results:
        return result_of(policy, name)
    tables = policy.tables
    for table in [tables[within], *tables.values()] if within in tables else tables.values():
        if name in table.columns:
            column = table.columns[name]
            return Shown(name, column.heading, column.unit, words=column.words)
    common = vocabulary()["columns"].get(name) or {}
    title = {"of": say("对象", "of")}.get(name) or common.get("heading", str(name))
    return Shown(name, title, common.get("unit", ""), words=common.get("words", {}))


def result_of(policy: Policy, name: str) -> Shown:
    """结果 by its name; what the policy calls a ratio, and is a part of one, has the unit that says so."""
    shown = policy.results[name]
    if shown.unit or not shown.title.endswith(_RATIOS):
        return shown
    made = [clause for clause in policy.clauses if clause.result == name]
    return replace(shown, unit=RATIO) if all(map(_part_of_one, made)) else shown


def _part_of_one(clause: Clause) -> bool:
    """A shared rule with `scale: 100` gives per cent already, and of other rules nobody knows; the schemes' own rules give parts of one."""
    if clause.rule is ratio:
        return clause.arguments.get("scale", 1) == 1
    return clause.rule is not None and clause.rule.__module__.startswith("kpi_helpers.schemes.")


def word(shown: Shown, value):
    """A plain value with the engine's words in the policy's language, in lists as well."""
    if isinstance(value, (list, tuple)):
        return [word(shown, one) for one in value]
    return shown.words.get(value, value) if isinstance(value, str) else value


def label(policy: Policy, key: str) -> str:
    """What stands for a key of a table of numbers: a rule's argument, else a result or a column."""
    return argument_word(key) if is_argument(key) else known(policy, key).title


def lacking(policy: Policy, names) -> list[str]:
    """What a person's result lacks, by its heading where it is a column."""
    return [missing_word(known(policy, name).title) for name in names]
