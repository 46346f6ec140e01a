"""Write the generated parts of params/README.md from tests/guide: python tests/make_guide.py.

Every file there is one example: a small policy, what it is given, what it gives, and words about it. tests/test_guide.py runs
them all and holds the guide against them.
"""

from __future__ import annotations

import inspect
import re
import sys
import tempfile
import types
from fractions import Fraction
from pathlib import Path
from typing import Literal, Union, get_args, get_origin

from kpi_helpers import load_policy, score, strict_yaml
from kpi_helpers.arguments import hints
from kpi_helpers.cases import Outcome, case_tables, run_cases
from kpi_helpers.cases.compare import compare
from kpi_helpers.cases.compare import differences as differing
from kpi_helpers.columns import table_named
from kpi_helpers.errors import KpiError
from kpi_helpers.numbers import text as number_text
from kpi_helpers.rulebook import rules_of

FOLDER = Path(__file__).with_name("guide")
GUIDE = Path(__file__).parents[1] / "params" / "README.md"
HEAD = "scheme: example\ntitle: 例\n"


def examples(folder: str) -> dict[str, dict]:
    """The examples of one folder by name, in the order of their names."""
    files = sorted((FOLDER / folder).glob("*.yaml"))
    return {file.stem: strict_yaml.load(file.read_text(encoding="utf-8"), file.name).data for file in files}


def run(example: dict):
    """The result of one example, computed as `kpi cases` does."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "例.yaml"
        file.write_text(example.get("head", HEAD) + example["policy"], encoding="utf-8")
        policy = load_policy(file, str(example.get("month", "2026-10")), example.get("params") or {})
        return score(policy, case_tables(policy, example.get("inputs") or {}))


def differences(example: dict) -> list[str]:
    """Where an example gives something else than it shows."""
    try:
        result = run(example)
    except KpiError as error:
        return [str(fault) for fault in error.faults]
    except Exception as error:
        return [f"CRASH {error!r}"]
    expected = {_table_name(result, name): one for name, one in (example.get("expected") or {}).items()}
    found = differing(result, expected)
    if "flags" in example:
        found += compare("flags", example["flags"], list(dict.fromkeys(result.flags["flag"])))
    return list(map(str, found))


def _table_name(result, name: str) -> str:
    """The engine's name of a sheet that a clause left, such as 历史."""
    table = table_named(result.policy.tables, name)
    return table.name if table is not None and table.name in result.tables else name


def faulty() -> list[dict]:
    """Every faulty snippet of the guide, in its order."""
    return [one for group in _faulty_groups() for one in group["entries"]]


def _faulty_groups() -> list[dict]:
    file = FOLDER / "errors.yaml"
    return strict_yaml.load(file.read_text(encoding="utf-8"), file.name).data


_BASE = """scheme: example
title: 例
tables:
  员工: [工号, 岗位: text, 小组]
  {table}
  事件: [事件编号, 工号, 条款, 日期]
  明细: [工号, 日期, 数量: number]
  历史: {{required: [工号, 月份, 得分: number], may_be_absent: true}}
clauses: [{clause}{{id: "0", title: 得分, source: 一, basis: S, rule: flat, amount: 得分, as: 得分和}}]
"""
_ROWS = {"员工": [["1", "客服", "A"], ["2", "客服", "A"]], "数据": [["1", 80], ["2", 70]]}
_COLUMNS = {
    "员工": ["工号", "岗位", "小组"],
    "数据": ["工号", "得分"],
    "事件": ["事件编号", "工号", "条款", "日期"],
    "明细": ["工号", "日期", "数量"],
    "历史": ["工号", "月份", "得分"],
}


def fault_of(entry: dict) -> str:
    """Everything that is said about a faulty snippet, put into an otherwise sound policy."""
    clause = f"{entry['clause']}, " if "clause" in entry else ""
    policy = entry.get("policy") or _BASE.format(clause=clause, table=entry.get("table", "数据: [工号, 得分: number]"))
    rows = _ROWS | entry.get("rows", {})
    try:
        if "case" in entry:
            return "\n".join(line for outcome in _cases(policy, entry["case"]) for line in outcome.differences)
        run({"head": "", "policy": policy, "inputs": {name: {"columns": _COLUMNS[name], "rows": one} for name, one in rows.items()}})
    except KpiError as error:
        return str(error)
    return ""


def _cases(policy: str, case: str) -> list[Outcome]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "例.yaml").write_text(policy, encoding="utf-8")
        file = Path(folder) / "样例.yaml"
        expected = "" if "expected" in case else ', expected: {员工: {"1": {得分和: 80}}}'
        file.write_text(f'policy: 例.yaml\ncases: [{{id: "1", month: 2026-10, {case}{expected}}}]\n', encoding="utf-8")
        return run_cases(file)


def statements() -> list[dict]:
    """Sentences of the guide, each with the clauses and the results that bear it out."""
    file = FOLDER / "statements.yaml"
    return strict_yaml.load(file.read_text(encoding="utf-8"), file.name).data


_STATED = """tables:
  员工: [工号, 岗位: text, 小组]
  数据: [工号, 业绩: number, 级: text]
  事件: [事件编号, 工号, 条款, 日期, 次数]
  明细: [工号, 岗位: text, 次数, 额: number]
"""
_STATED_ROWS = {
    "员工": {"columns": ["工号", "岗位", "小组"], "rows": [["1", "客服", "A"], ["2", "客服", "A"], ["3", "组长", "A"]]},
    "数据": {"columns": ["工号", "业绩", "级"], "rows": [["1", 90, "A"], ["2", None, None], ["3", 50, "B"]]},
    "明细": {"columns": ["工号", "岗位", "次数", "额"], "rows": [["1", "客服", 3, 10], ["1", "组长", 1, 20]]},
}
_STATED_EVENTS = [["e1", "1", "1", "2026-10-12", 1], ["e2", "1", "1", "2026-10-08", 1], ["e3", "1", "1", "2026-10-08", 2]]


def belied(statement: dict) -> list[str]:
    """Where the results are not those that a sentence of the guide says."""
    events = {"columns": ["事件编号", "工号", "条款", "日期", "次数"], "rows": statement.get("events", _STATED_EVENTS)}
    example = {"policy": f"{_STATED}clauses:\n{statement['clauses']}", "inputs": _STATED_ROWS | {"事件": events}}
    flags = {"flags": statement["flags"]} if "flags" in statement else {}
    return differences(example | {"expected": {"员工": statement["expected"]}} | flags)


# -- showing one example ---------------------------------------------------------------------------------------------


def shown(example: dict) -> str:
    """The block of one example: the sentence, the policy, what goes in and what comes out."""
    parts = [f"> {example['says']}"] if "says" in example else []
    parts.append(f"```yaml\n{example['policy'].rstrip()}\n```")
    parts += _tables(example)
    if example.get("notes"):
        parts.append(example["notes"].strip())
    return "\n\n".join(parts)


def _tables(example: dict) -> list[str]:
    inputs, expected = dict(example.get("inputs") or {}), dict(example.get("expected") or {})
    parts = []
    people = expected.get("员工")
    single = [name for name, given in inputs.items() if people and _one_row_each(given)]
    if people and len(single) == len(inputs):
        parts.append(_merged(inputs, people))
        del expected["员工"]
    else:
        parts += [f"输入“{name}”：\n\n{_table(given['columns'], given['rows'])}" for name, given in inputs.items()]
    for name, rows in expected.items():
        parts.append(f"结果“{name}”：\n\n{_result(name, rows)}")
    if "flags" in example:
        parts.append(f"列入待决定：{'、'.join(f'`{flag}`' for flag in example['flags'])}")
    return parts


def _one_row_each(given: dict) -> bool:
    if "工号" not in given["columns"]:
        return False
    ids = [row[given["columns"].index("工号")] for row in given["rows"]]
    return len(ids) == len(set(ids)) and not any(one in ("事件编号", "月份", "日期") or one.endswith("时间") for one in given["columns"])


def _merged(inputs: dict, people: dict) -> str:
    """One table where every sheet has one row for each person: the inputs left, the results right."""
    columns, rows = [], {}
    for given in inputs.values():
        at = given["columns"].index("工号")
        columns += [name for i, name in enumerate(given["columns"]) if i != at]
        for row in given["rows"]:
            rows.setdefault(row[at], {}).update(
                {name: one for i, (name, one) in enumerate(zip(given["columns"], row, strict=True)) if i != at}
            )
    results = list(dict.fromkeys(name for one in people.values() for name in one))
    lines = [
        [f"`{key}`", *(seen.get(name) for name in columns), *(people.get(key, {}).get(name, "…") for name in results)]
        for key, seen in rows.items()
    ]
    return _table(["工号", *columns, *(f"→ {name}" for name in results)], lines)


def _result(name: str, rows) -> str:
    if isinstance(rows, list):
        headings = list(rows[0])
        return _table(headings, [[row.get(one) for one in headings] for row in rows])
    if name == "部门":
        return _table(list(rows), [list(rows.values())])
    headings = list(dict.fromkeys(column for one in rows.values() for column in one))
    return _table(
        [{"员工": "工号"}.get(name, name), *headings],
        [[f"`{key}`", *(one.get(column, "…") for column in headings)] for key, one in rows.items()],
    )


def _table(headings, rows) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(_cell(one) for one in line) + " |" for line in lines)


def _cell(value) -> str:
    if value is None:
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, Fraction)):
        return number_text(value)
    if isinstance(value, list):
        return "、".join(map(_cell, value)) or "（无）"
    if isinstance(value, dict):
        return "，".join(f"{key} {_cell(one)}" for key, one in value.items())
    return str(value)


# -- the parts of the guide ------------------------------------------------------------------------------------------


def part_rules() -> str:
    """Every rule: what it is for, its arguments, an example."""
    known, found = rules_of(None), []
    for name, example in examples("rules").items():
        if name in known:
            found.append((list(known).index(name), name, example))
    return "\n\n".join(_rule(known[name], name, example) for _, name, example in sorted(found))


def part_index() -> str:
    """The table of rules."""
    known, all_examples = rules_of(None), examples("rules")
    rows = [
        [f"[`{name}`](#{name})", _chinese(rule), all_examples[name]["purpose"].split("。")[0], _unit(rule)] for name, rule in known.items()
    ]
    return _table(["规则", "名称", "用途", "缺省单位"], rows)


def _chinese(rule) -> str:
    return rule.__doc__.split(":")[0]


def _unit(rule) -> str:
    if inspect.signature(rule).return_annotation in (None, "None"):
        return "（不计数）"
    return "分" if getattr(rule, "unit", "分") else "（数据项）"


def _rule(rule, name: str, example: dict) -> str:
    parts = [f'<a id="{name}"></a>\n### {name} {_chinese(rule)}', example["purpose"].strip()]
    needs = [
        words
        for key, words in (
            ("measure", "`measure`（一个数据项）"),
            ("measures", "`measures`（一列数据项与数）"),
            ("records", "记录（`table`、`when`）"),
        )
        if key in inspect.signature(rule).parameters
    ]
    parts.append("用到：" + ("、".join(needs) or "没有") + f"。缺省单位：{_unit(rule)}。")
    rows = [[f"`{key}`", kind_words(rule, key), default_words(rule, key), words] for key, words in (example["arguments"] or {}).items()]
    if rows:
        parts.append(_table(["参数", "写什么", "缺省", "意思"], rows))
    return "\n\n".join([*parts, shown(example)])


def kind_words(rule, name: str) -> str:
    """What may stand at an argument, read off its annotation."""
    return _kind(hints(rule)[name])


def _kind(kind) -> str:
    if get_origin(kind) in (Union, types.UnionType):
        return " 或 ".join(dict.fromkeys(_kind(one) for one in get_args(kind) if one is not type(None)))
    if get_origin(kind) is Literal:
        return " / ".join(f"`{one}`" for one in get_args(kind))
    words = _named(kind)
    if words:
        return words
    if hasattr(kind, "__metadata__"):
        return _kind(get_args(kind)[0])
    if get_origin(kind) is list and hasattr(get_args(kind)[0], "__annotations__"):
        return _records_kind(get_args(kind)[0])
    if get_origin(kind) is list:
        return f"列表：{_kind(get_args(kind)[0])}"
    if get_origin(kind) is dict:
        return f"{{{_kind(get_args(kind)[0])}: {_kind(get_args(kind)[1])}}}"
    if hasattr(kind, "__annotations__"):
        return "{" + "、".join(kind.__annotations__) + "}"
    return {str: "文字", dict: "比较，如 {at_least: 90}"}.get(kind, str(kind))


def _records_kind(kind) -> str:
    """A list of bands, tiers, points or parts; bands by their usual edges."""
    from kpi_helpers.rules import bands

    names = ["from", "give"] if kind is bands.Band else list(kind.__annotations__)
    return ("档 " if kind is bands.Band else "列表 ") + "`[{" + ", ".join(names) + "}, …]`"


def _named(kind) -> str:
    from kpi_helpers import arguments
    from kpi_helpers.rules import bands, memory

    known = {
        "Number": "数",
        "RowNumber": "数，可逐条",
        "Constant": "常数",
        "Whole": "整数",
        "YesNo": "true / false",
        "Round": "取整",
        "Figure": "数据项",
        "ColumnName": "列名",
        "Filter": "筛选",
        "PoolAmount": "数据项或常数",
    }
    for name, words in known.items():
        if kind == getattr(arguments, name):
            return words
    return "数据项" if kind == memory.Kept else "数或文字" if kind == bands.Given else ""


def default_words(rule, name: str) -> str:
    """The default of an argument as the guide shows it."""
    default = inspect.signature(rule).parameters[name].default
    if default is inspect.Parameter.empty:
        return "**必写**"
    if default is None:
        return "不设" if name != "note" else ""
    if default == "":
        return "空"
    return (
        f"`{str(default).lower()}`"
        if isinstance(default, bool)
        else f"`{number_text(default)}`"
        if isinstance(default, (int, Fraction))
        else f"`{default}`"
    )


def part_recipes() -> str:
    """One recipe for each common shape, numbered in the order of the files."""
    found = examples("recipes")
    return "\n\n".join(f"### 4.{place} {example['title']}\n\n{shown(example)}" for place, example in enumerate(found.values(), 1))


def part_recipe_list() -> str:
    """The list of recipes."""
    return _table(["想说的话", "看"], [[example["title"], f"4.{place}"] for place, example in enumerate(examples("recipes").values(), 1)])


def part_errors() -> str:
    """Every message a beginner meets: why, what to do, and a snippet that brings it."""
    return "\n\n".join(f"### {group['group']}\n\n{_errors(group['entries'])}" for group in _faulty_groups())


def _errors(entries: list[dict]) -> str:
    rows = [[_literal(one.get("shown", one["message"])), one["why"], one["do"], _literal(_snippet(one))] for one in entries]
    return _table(["提示", "为什么", "怎么办", "出错的写法"], rows)


def _snippet(entry: dict) -> str:
    words = next(entry[key] for key in ("clause", "table", "case", "policy") if key in entry)
    words = re.sub(r"title: [^,]+, source: 一, basis: S", "…", words) if "basis: S" in words and not entry.get("whole") else words
    return " ".join(words.replace("\n", " ⏎ ").split()).removesuffix(" ⏎")


def _literal(words: str) -> str:
    return f"`{words}`"


def part_file(name: str) -> str:
    """A file of tests/guide as it is."""
    return f"```yaml\n{(FOLDER / name).read_text(encoding='utf-8').rstrip()}\n```"


_COMMON = {
    "员工": "工号 姓名 小组 部门 岗位 状态 职级 入职日期 转正日期 离职日期 组长工号",
    "历史": "工号 小组 月份 季度",
    "月度数据": "工号 出勤天数 应出勤天数 实出勤天数 计薪天数 基本工资 岗位工资 目标值 来电数 接听数 处理量 通次 通话分钟",
    "事件": "事件编号 工号 条款 日期 发生时间 记录日期 次数 确认状态 酌情分值 审批人 事由编号 证据 原因 记录人 确认人 备注",
    "评分": "工号 评分人工号 评分时间 得分 权重 工作质量 工作量 客户满意度 团队协作 自评分 主管评分",
    "考勤": "工号 日期 迟到分钟 旷工 漏打卡次数 已请假",
}
_KINDS = {
    "id": "编号",
    "text": "文字",
    "number": "数",
    "integer": "整数",
    "bool": "是 / 否",
    "date": "日期",
    "datetime": "时间",
    "month": "月份",
    "clause": "条款编号",
    "employee": "工号",
    "group": "小组",
}


def common_columns() -> list:
    """(sheet, its columns as a policy that writes nothing but their headings has them)."""
    sheets = "\n".join(f"  {sheet}: [{', '.join(words.split())}]" for sheet, words in _COMMON.items())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "例.yaml"
        clause = "{id: '1', title: 例, source: 一, basis: S, stated: 例}"
        file.write_text(f"{HEAD}tables:\n{sheets}\nclauses: [{clause}]\n", encoding="utf-8")
        tables = load_policy(file, "2026-10").tables
    return [(sheet, [table_named(tables, sheet).column(word) for word in words.split()]) for sheet, words in _COMMON.items()]


def part_columns() -> str:
    """The common columns, which need no kind."""
    rows, seen = [], set()
    for sheet, columns in common_columns():
        for one in columns:
            if one.heading not in seen:
                rows.append([sheet, f"`{one.heading}`", _column_kind(one), _range(one), _default(one)])
            seen.add(one.heading)
    return _table(["多写在", "列", "种类", "范围", "空白时"], rows)


def _column_kind(column) -> str:
    words = "、".join(column.words.values())
    return f"几个词之一：{words}" if column.kind == "choice" else _KINDS[column.kind]


def _range(column) -> str:
    low, high = column.min, column.max
    if low is not None and high is not None:
        return f"{number_text(low)}～{number_text(high)}"
    return f"≥ {number_text(low)}" if low is not None else f"≤ {number_text(high)}" if high is not None else ""


def _default(column) -> str:
    return "" if column.default is None else column.words.get(column.default) or _cell(column.default)


PARTS = {
    "常用列": part_columns,
    "规则表": part_index,
    "规则": part_rules,
    "菜谱": part_recipes,
    "菜谱表": part_recipe_list,
    "错误": part_errors,
}
MARK = re.compile(r"<!-- 生成：(\S+) -->\n(.*?)<!-- 生成完 -->", re.S)


def filled(guide: str) -> str:
    """The guide with its generated parts as the code and the examples say now."""

    def part(found):
        name = found[1]
        made = PARTS[name]() if name in PARTS else part_file(name)
        return f"<!-- 生成：{name} -->\n{made}\n<!-- 生成完 -->"

    return MARK.sub(part, guide)


def main() -> int:
    """Fill the guide; name every example that gives something else than it shows."""
    GUIDE.write_text(filled(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
    bad = [
        f"{folder}/{name}: {line}" for folder in ("rules", "recipes") for name, one in examples(folder).items() for line in differences(one)
    ]
    bad += [f"{one['words']}: {line}" for one in statements() for line in belied(one)]
    bad += [f"{one['message']}: {said or 'nothing'}" for one in faulty() if one["message"] not in (said := fault_of(one))]
    print("\n".join(bad), end="\n" if bad else "", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
