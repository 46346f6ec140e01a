"""Adopted numbers hold from their month on; every earlier month, and every other byte of the file, stays as it was."""

import difflib
import errno
import json
import os
import random
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from kpi_helpers import run
from kpi_helpers.adopt import adopt, preview
from kpi_helpers.calendar import Period
from kpi_helpers.departments import find_job
from kpi_helpers.errors import KpiError, PolicyError, UsageError
from kpi_helpers.lint import lint
from kpi_helpers.policy_file import load_policy
from kpi_helpers.what_if.tunables import tunables

ROOT = Path(__file__).parents[1]
POLICIES = sorted([*(ROOT / "params" / "policies").glob("*.yaml"), *(ROOT / "tests" / "policies").glob("*.yaml")])
LOG = ROOT / "params" / "CHANGES.md"
BY = {"author": "王芳", "reason": "预算会议", "date": "2026-11-25"}

ROWS = """\
# 试行办法，行尾也有说明
scheme: trial
title: 试行办法
tables:
  employees: {required: [employee_id], optional: [role], key: [employee_id]}
  events: {required: [event_id, employee_id, clause], optional: [count, status]}
parameters:
  late: {value:   -2  , basis: S, unit: 分}   # 迟到
  cap:
    value: none  # 不封顶
    accepts: [none, number]
    basis: R
  档次:
    value:
      # 每档
      - {from: 1, give: 100}  # 一

      - from: 2
        give: 120
    basis: S
  左: {basis: S, value: [{from: 1, give: 5},
        {from: 2, give: 6}]}  # 右
  名单:
    value:
    - 1
    - 2   # 二
    basis: S   # 名单
  早:
    value:
      2026-01: 1   # 一月

      2026-07: 2
      # 以后再说
    basis: S
  表:
    value:
      2026-01:
        甲: 1
        乙: 2   # 乙
    basis: S
  按岗:
    value: {by: role, 客服: 900, "收银": 800}
    basis: S
clauses:
  - {id: "1.1", title: 迟到, source: 一1, basis: S, rule: per_event, points: $late}
  - id: "1.2a"
    title: 旷工
    source: 一2
    basis: S
    rule: per_event
    points: -5.50   # 原文五分半
    floor: -10
    who: {role: 客服}
  - {id: "2", title: 合计, source: 二, basis: S, rule: total, start: 100, cap: $cap, as: score}
  - {id: "3", title: 档, source: 三, basis: S, rule: banded, measure: score, bands: [{from: 90,give: 1.1}, {give: 0.8}], unit: "", as: 系数}
"""

ROWS_DATED = """\
      # 每档
      2000-01:
        - {from: 1, give: 100}  # 一

        - from: 2
          give: 120
      2026-12:
        - {from: 1, give: 110}  # 一

        - from: 2
          give: 130
    basis: S
"""


@pytest.fixture
def params(tmp_path):
    """A params folder of its own, with the file 试行.yaml."""
    (tmp_path / "params" / "policies").mkdir(parents=True)
    for path in (LOG, ROOT / "params" / "departments.yaml"):
        shutil.copy(path, tmp_path / "params")
    (tmp_path / "params" / "policies" / "试行.yaml").write_text(ROWS, encoding="utf-8")
    return tmp_path / "params"


@pytest.fixture
def trial(params):
    return params / "policies" / "试行.yaml"


def holds(policy):
    return [(clause.id, clause.arguments, clause.measures, clause.who, clause.when) for clause in policy.clauses]


def values(policy):
    return {name: one.value for name, one in policy.parameters.items()}


# -- the property -----------------------------------------------------------------------------------------------------


def other(one):
    """Another value of a tunable number, switch or choice."""
    if one.kind == "switch":
        return not one.value
    if one.kind == "choice":
        return next(word for word in one.words if word != one.value)
    if not isinstance(one.value, (int, Fraction)):
        return one.least or 1
    return one.value + (Fraction("0.25") if one.resolution < 1 else 1) * (1 if one.value >= 0 else -1)


def some(policy, dice, most):
    """Numbers that the policy takes together."""
    numbers, found = {}, tunables(policy)
    for one in dice.sample(found, len(found)):
        try:
            policy.adjusted({**numbers, one.name: other(one)})
        except PolicyError:
            continue
        numbers[one.name] = other(one)
        if len(numbers) == most:
            break
    return numbers


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
@pytest.mark.parametrize("month, most", [("2026-10", 2), ("2027-01", 15)])
def test_adopted_numbers_hold_from_their_month_on_and_nothing_else_changes(path, month, most, params):
    file = Path(shutil.copy(path, params / "policies"))
    period = Period.parse(month).quarter() if load_policy(path).cycle == "quarter" else Period.parse(month)
    wanted = load_policy(path, str(period))
    numbers = some(wanted, random.Random(f"{path.stem} {month}"), most)
    done = adopt(file, numbers, month, **BY)
    now, wanted = load_policy(file, str(period)), wanted.adjusted(numbers)
    assert values(now) == values(wanted) and holds(now) == holds(wanted)
    for earlier in {"2026-06", "2026-09", str(period.before()), period.before().months[0]}:
        assert load_policy(file, earlier).in_force == load_policy(path, earlier).in_force
    assert load_policy(file, "2028-01").in_force != load_policy(path, "2028-01").in_force
    before, after = (one.read_text(encoding="utf-8").split("\n") for one in (path, file))
    hunks = [hunk for hunk in difflib.SequenceMatcher(None, before, after, False).get_opcodes() if hunk[0] != "equal"]
    assert len(hunks) <= len(numbers)
    assert all(only_more("\n".join(before[a:b]), "\n".join(after[c:d])) for _, a, b, c, d in hunks)
    assert done.entry in (params / "CHANGES.md").read_text(encoding="utf-8")


def only_more(old, new):
    """Is the old text still there, sign by sign, within the new one?"""
    signs = iter(new)
    return all(sign in signs for sign in old)


# -- every way in which a value may be written ------------------------------------------------------------------------


@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["plain", "bom"])
@pytest.mark.parametrize("line", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n# 完\n"], ids=["no end", "end", "comment"])
@pytest.mark.parametrize(
    "numbers, written",
    [
        ({"late": -3}, "  late: {value:   {2000-01: -2, 2026-12: -3}  , basis: S, unit: 分}   # 迟到\n"),
        ({"cap": 50}, "    value: {2000-01: none, 2026-12: 50}  # 不封顶\n"),
        ({"1.2.points": -6}, "    points: {2000-01: -5.50, 2026-12: -6}   # 原文五分半\n"),
        ({"trial.按岗.收银": 810.5}, '{by: role, 客服: 900, "收银": {2000-01: 800, 2026-12: 810.5}}'),
        ({"3.bands.1.give": Fraction("1.2")}, "bands: [{from: 90,give: {2000-01: 1.1, 2026-12: 1.2}}, {give: 0.8}]"),
        ({"早": 3}, "      2026-01: 1   # 一月\n\n      2026-07: 2\n      2026-12: 3\n      # 以后再说\n"),
        ({"表.乙": 3}, "        乙: 2   # 乙\n      2026-12:\n        甲: 1\n        乙: 3   # 乙\n    basis"),
        ({"档次.2.give": 130, "档次.1.give": 110}, ROWS_DATED),
        (
            {"左.2.give": 7},
            "[{from: 1, give: 5},\n        {from: 2, give: 6}], 2026-12: [{from: 1, give: 5},\n        {from: 2, give: 7}]}}  # 右\n",
        ),
        ({"名单.1": 9}, "      2000-01:\n        - 1\n        - 2   # 二\n      2026-12:\n        - 9\n        - 2   # 二\n    basis"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_however_a_value_is_written_it_becomes_dated_and_the_rest_stays(trial, numbers, written, bom, line, end):
    old = bom.encode() + (ROWS.rstrip() + end).replace("\n", line).encode()
    trial.write_bytes(old)
    wanted, earlier = load_policy(trial, "2026-12").adjusted(numbers), load_policy(trial, "2026-11").in_force
    adopt(trial, numbers, "2026-12", **BY)
    assert values(load_policy(trial, "2026-12")) == values(wanted) and holds(load_policy(trial, "2026-12")) == holds(wanted)
    assert load_policy(trial, "2026-11").in_force == earlier
    new = trial.read_bytes()
    assert new.count(b"\r") == (new.count(b"\n") if line == "\r\n" else 0)
    text = new.decode().replace("\r\n", "\n")
    assert written in text and only_more(old.decode().replace("\r\n", "\n"), text)


def test_one_more_date_is_added_and_a_date_that_is_there_is_replaced_with_a_word(trial):
    adopt(trial, {"late": -3}, "2026-12", **BY)
    adopt(trial, {"late": -4}, "2027-03", **BY)
    done = adopt(trial, {"late": -1}, "2026-12", **BY)
    assert "late: {value:   {2000-01: -2, 2026-12: -1, 2027-03: -4}  ," in trial.read_text(encoding="utf-8")
    assert done.notes == ("late：已有从 2026-12 起的值，被替换。", "late：从 2027-03 起另有值，那时起按那个值。")
    assert [load_policy(trial, month)["late"] for month in ("2026-11", "2026-12", "2027-02", "2027-03")] == [-2, -1, -1, -4]


def test_a_number_that_is_in_force_already_is_left_out_and_said(trial):
    done = adopt(trial, {"late": -2, "1.2.points": Fraction(-6)}, "2026-12", **BY)
    assert done.notes == ("late 现在就是 -2，没有写。",)
    assert "late" not in done.diff


def test_the_record_calls_readings_by_their_names(trial):
    text = trial.read_text(encoding="utf-8")
    trial.write_text(text.replace("value: none  # 不封顶", "value: none\n    words: {none: 不封顶}\n    title: 最高分"), encoding="utf-8")
    assert "| 最高分（cap） 不封顶 → 120。王芳" in preview(trial, {"cap": 120}, "2026-12", **BY).entry


def test_the_record_keeps_its_form(trial, params):
    before = (params / "CHANGES.md").read_bytes()
    done = adopt(trial, {"late": -3, "档次.2.give": 130}, "2026-12", "王|芳", "老板\n同意 \\ 预算", "2026-11-25")
    after = (params / "CHANGES.md").read_bytes()
    row = "| 2026-12 起 | 试行办法 | 1.1 | 老板 同意 \\\\ 预算 | late -2 → -3 分；档次.2.give 120 → 130。王\\|芳，2026-11-25 采用 |"
    assert done.entry == row
    assert after == before.rstrip() + f"\n{row}\n".encode()


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "numbers, month, word",
    [
        ({"late": -3}, "2026-13", "不是月份"),
        ({"late": -3}, "2026年12月", "不是月份"),
        ({"late": -3}, "2000-01", "不是月份"),
        ({}, "2026-12", "没有要采用的数"),
        ({"late": -2}, "2026-12", "都与现行的相同"),
        ({"late": Fraction(1, 3)}, "2026-12", "有限小数"),
        ({"latee": 1}, "2026-12", "是否指“late”"),
        ({"3.places": 1}, "2026-12", "没有这个参数"),
        ({"late": "many"}, "2026-12", "无效"),
        ({"1.1.points": -3}, "2026-12", "请改参数 late"),
        ({"表.乙": 5}, "2025-12", "2025-12 没有生效的值"),
    ],
)
def test_what_cannot_be_adopted_is_said_and_nothing_is_written(trial, params, numbers, month, word):
    before = trial.read_bytes(), (params / "CHANGES.md").read_bytes()
    with pytest.raises(KpiError, match=word):
        adopt(trial, numbers, month, **BY)
    assert (trial.read_bytes(), (params / "CHANGES.md").read_bytes()) == before
    assert not list(params.rglob("*.new"))


def test_a_reason_and_a_name_are_needed(trial):
    with pytest.raises(UsageError, match="理由"):
        preview(trial, {"late": -3}, "2026-12", "王", " \n")
    with pytest.raises(UsageError, match="采用人"):
        preview(trial, {"late": -3}, "2026-12", "", "预算")


@pytest.mark.parametrize("month, first", [("2026-11", "2026-10、2027-01"), ("2026-12", "2026-10、2027-01")])
def test_a_quarterly_policy_changes_with_a_quarter(params, month, first):
    file = Path(shutil.copy(ROOT / "params/policies/quarterly_standard.yaml", params / "policies"))
    numbers = some(load_policy(file, "2026Q4"), random.Random(1), 1)
    with pytest.raises(UsageError, match=first):
        preview(file, numbers, month, **BY)
    assert preview(file, numbers, "2026-10", **BY).entry.startswith("| 2026Q4 起 |")


def test_a_preview_writes_nothing_and_says_the_same(trial, params):
    before = {path: path.read_bytes() for path in params.rglob("*") if path.is_file()}
    seen = preview(trial, {"late": -3}, "2026-12", **BY)
    assert {path: path.read_bytes() for path in params.rglob("*") if path.is_file()} == before
    assert adopt(trial, {"late": -3}, "2026-12", **BY, seen=seen.digest) == seen
    with pytest.raises(UsageError, match="被别人改过"):
        adopt(trial, {"late": -4}, "2026-12", **BY, seen=seen.digest)


def test_a_file_without_a_record_is_not_changed(trial, params):
    (params / "CHANGES.md").unlink()
    before = trial.read_bytes()
    with pytest.raises(UsageError, match="变更记录"):
        adopt(trial, {"late": -3}, "2026-12", **BY)
    assert trial.read_bytes() == before


@pytest.mark.parametrize("fails", ["试行.yaml", "CHANGES.md"])
def test_both_files_are_written_or_none(trial, params, monkeypatch, fails):
    before, move = (trial.read_bytes(), (params / "CHANGES.md").read_bytes()), Path.replace
    refused = []

    def replace(path, target):
        if Path(target).name == fails and not refused:
            refused.append(target)
            raise PermissionError(13, "Permission denied")
        return move(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(UsageError, match="写不了文件"):
        adopt(trial, {"late": -3}, "2026-12", **BY)
    assert refused and (trial.read_bytes(), (params / "CHANGES.md").read_bytes()) == before
    assert not list(params.rglob("*.new"))


@pytest.mark.parametrize("written", [0, 1, 2])
def test_a_full_disk_leaves_everything_as_it_was(trial, params, monkeypatch, written):
    before, done = {path: path.read_bytes() for path in params.rglob("*") if path.is_file()}, []

    def full(_):
        done.append(1)
        if len(done) > written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="写不了文件"):
        adopt(trial, {"late": -3}, "2026-12", **BY)
    (params / ".lock").unlink()
    assert {path: path.read_bytes() for path in params.rglob("*") if path.is_file()} == before


def test_a_change_made_by_hand_in_the_last_moment_is_not_lost(trial, monkeypatch):
    from kpi_helpers import adopt as module

    written = module.aside

    def aside(path, data):
        trial.write_text(ROWS + "# 手工\n", encoding="utf-8")
        return written(path, data)

    monkeypatch.setattr(module, "aside", aside)
    with pytest.raises(UsageError, match="被别人改过"):
        adopt(trial, {"late": -3}, "2026-12", **BY)
    assert trial.read_text(encoding="utf-8") == ROWS + "# 手工\n"


ADOPT = "import sys; from kpi_helpers.adopt import adopt; adopt(sys.argv[1], {sys.argv[2]: -9}, '2026-12', sys.argv[2], '预算')"


def test_two_who_adopt_at_once_lose_nothing(trial, params):
    names = ["late", "1.2.points", "1.2.floor", "名单.1"]
    started = [subprocess.Popen([sys.executable, "-c", ADOPT, str(trial), name], cwd=ROOT) for name in names]
    assert [process.wait(timeout=120) for process in started] == [0] * 4
    policy = load_policy(trial, "2026-12")
    assert policy["late"] == -9 and policy.clause("1.2a").arguments == {"points": -9, "floor": -9} and policy["名单"] == [-9, 2]
    assert (params / "CHANGES.md").read_text(encoding="utf-8").count("| 2026-12 起 |") == 4


@pytest.mark.skipif(os.name == "nt", reason="rights")
def test_the_rights_of_the_files_stay(trial, params):
    trial.chmod(0o640)
    (params / "CHANGES.md").chmod(0o664)
    adopt(trial, {"late": -3}, "2026-12", **BY)
    assert [oct(path.stat().st_mode & 0o777) for path in (trial, params / "CHANGES.md")] == ["0o640", "0o664"]


# -- what others make of it -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stem, numbers", [("team_pool", {"pool_per_head": 120, "6.12a.points": -3}), ("jidu_grades", {"职级基数.P2": 3200})]
)
def test_a_careful_reader_has_no_more_to_object_to(stem, numbers, params):
    source = next(path for path in POLICIES if path.stem == stem)
    file = Path(shutil.copy(source, params / "policies"))
    adopt(file, numbers, "2026-10", **BY)
    for month in ("2026-09", "2026-10", None):
        found, before = ([(one.severity, one.problem) for one in lint(load_policy(path, month))] for path in (file, source))
        assert found == before


def everything(folder):
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return found, json.loads(found.pop("manifest.json"))


def test_an_earlier_month_run_again_after_an_adoption_gives_the_same_bytes(tmp_path, monkeypatch):
    for name in ("params", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    job = find_job("2026-10", "门店客服")
    assert run.run_job(job, tmp_path / "before").facts
    adopt(job.policy, {"pool_per_head": 120, "pool_fixed": 900, "6.12a.points": -3}, "2026-11", **BY)
    assert run.run_job(job, tmp_path / "after").facts
    (before, then), (after, now) = (everything(tmp_path / name / "2026-10" / "门店客服") for name in ("before", "after"))
    assert before.keys() >= {"report.html", "results.xlsx", "notebook.ipynb"} and any(name.startswith("statements/") for name in before)
    assert before == after
    assert then["policy"]["sha256"] != now["policy"]["sha256"] and then["amount"] == now["amount"]
