"""名称: what results, columns and the engine's words are called in the policy's own words."""

from __future__ import annotations

from kpi_helpers.columns import vocabulary
from kpi_helpers.language import say
from kpi_helpers.policy import Policy, Shown
from kpi_helpers.report.words import argument_word, missing_word


def known(policy: Policy, name: str, within: str = "") -> Shown:
    """A result, or a column that the workbook knows (first in the table `within`), with title and words; else the name itself."""
    if name in policy.results:
        return policy.results[name]
    tables = policy.tables
    for table in [tables[within], *tables.values()] if within in tables else tables.values():
        if name in table.columns:
            return Shown(name, table.columns[name].heading, words=table.columns[name].words)
    common = vocabulary()["columns"].get(name) or {}
    return Shown(name, {"of": say("对象", "of")}.get(name) or common.get("heading", str(name)), words=common.get("words", {}))


def word(shown: Shown, value):
    """A plain value with the engine's words in the policy's language, in lists as well."""
    if isinstance(value, (list, tuple)):
        return [word(shown, one) for one in value]
    return shown.words.get(value, value) if isinstance(value, str) else value


def label(policy: Policy, key: str) -> str:
    """What stands for a key of a table of numbers: a rule's argument, else a result or a column."""
    return argument_word(key) if argument_word(key) != key else known(policy, key).title


def lacking(policy: Policy, names) -> list[str]:
    """What a person's result lacks, by its heading where it is a column."""
    return [missing_word(known(policy, name).title) for name in names]
