"""A scenario is saved whole, never over somebody else's, and is not run against a policy that has changed since."""

import errno
import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from kpi_helpers import run
from kpi_helpers.departments import find_job
from kpi_helpers.errors import KpiError, PolicyError, UsageError
from kpi_helpers.policy_file import load_policy
from kpi_helpers.scenarios import list_scenarios, load_scenario, save_scenario, stale

ROOT = Path(__file__).parents[1]
POLICY = ROOT / "params" / "policies" / "team_pool.yaml"
NUMBERS = {
    "pool_per_head": 120,
    "6.12a.points": Fraction("-2.5"),
    "cleaner_in_base": False,
    "pool_headcount_mode": "fixed_5",
    "score_cap": None,
}


@pytest.fixture(scope="module")
def policy():
    return load_policy(POLICY, "2026-10")


def save(policy, folder, name="加奖", numbers=NUMBERS, **more):
    return save_scenario(policy, name, numbers, **{"reason": "试一试", "author": "王芳", "folder": folder, **more})


def test_what_is_saved_reads_back_as_it_was(policy, tmp_path):
    saved = save(policy, tmp_path, reason="甲: “乙”\n第二行 # 不是注释", author="no", date="2026-11-25")
    assert load_scenario(str(tmp_path / "加奖.yaml"), POLICY) == saved
    assert saved.numbers == {**NUMBERS, "score_cap": "none"}
    assert (saved.policy, saved.author, saved.date, saved.baseline) == ("team_pool", "no", "2026-11-25", policy.content)
    assert saved.reason == "甲: “乙” 第二行 # 不是注释"
    text = (tmp_path / "加奖.yaml").read_text(encoding="utf-8")
    assert text.startswith("# 方案稿：客服部考核办法（试行）\n") and "  6.12a.points: -2.5\n" in text
    assert policy.adjusted(saved.numbers)["pool_per_head"] == 120


@pytest.mark.parametrize(
    "numbers, word",
    [
        ({}, "没有改动的数"),
        ({"pool_per_head": Fraction(1, 3)}, "有限小数"),
        ({"pool_per_head": 10**18}, "有限小数"),
        ({"pool_per_head": float("nan")}, "有限小数"),
        ({"in_scope_roles": ["客服"]}, "不是小数、是否或选项"),
        ({"pool_per_heat": 1}, "是否指“pool_per_head”"),
        ({"pool_per_head": -1}, "超出"),
    ],
)
def test_numbers_that_the_policy_does_not_take_are_not_saved(policy, tmp_path, numbers, word):
    with pytest.raises(KpiError, match=word):
        save(policy, tmp_path, numbers=numbers)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name, file", [("../../加奖", "_.._加奖.yaml"), ("加奖.yaml", "加奖.yaml"), ("CON", "_CON.yaml"), ("长" * 99, "长" * 60 + ".yaml")]
)
def test_a_name_stays_in_its_folder(policy, tmp_path, name, file):
    save(policy, tmp_path / "scenarios", name)
    assert [path.name for path in tmp_path.iterdir()] == ["scenarios"]
    assert {path.name for path in (tmp_path / "scenarios").iterdir()} == {".lock", file}


def test_a_name_of_nothing_is_refused(policy, tmp_path):
    with pytest.raises(UsageError, match="不能作方案稿的名称"):
        save(policy, tmp_path, " .. ")


def test_a_scenario_of_somebody_else_is_not_overwritten(policy, tmp_path):
    first = save(policy, tmp_path)
    with pytest.raises(UsageError, match="“加奖 2”"):
        save(policy, tmp_path, numbers={"pool_per_head": 130})
    assert load_scenario(str(tmp_path / "加奖.yaml")) == first
    second = save(policy, tmp_path, numbers={"pool_per_head": 130}, replacing=first)
    with pytest.raises(UsageError, match="打开之后被别人改过"):
        save(policy, tmp_path, numbers={"pool_per_head": 140}, replacing=first)
    with pytest.raises(UsageError, match="已经有了"):
        save(policy, tmp_path, numbers={"pool_per_head": 140}, replacing=replace(second, name="另一份"))
    assert load_scenario(str(tmp_path / "加奖.yaml")).numbers == {"pool_per_head": 130}


SAVE = """
import sys
from kpi_helpers.policy_file import load_policy
from kpi_helpers.scenarios import save_scenario
from kpi_helpers.errors import UsageError
from pathlib import Path
policy = load_policy("params/policies/team_pool.yaml", "2026-10")
for name in ("同名", sys.argv[1]):
    try:
        save_scenario(policy, name, {"pool_per_head": 100 + int(sys.argv[1])}, "试", sys.argv[1], folder=Path(sys.argv[2]))
        print(name)
    except UsageError:
        pass
"""


def test_nothing_is_lost_when_several_save_at_once(tmp_path):
    started = [
        subprocess.Popen([sys.executable, "-c", SAVE, str(number), str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT)
        for number in range(1, 5)
    ]
    told = [process.communicate(timeout=120)[0].decode().split() for process in started]
    assert sum("同名" in words for words in told) == 1
    winner = next(words[1] for words in told if "同名" in words)
    assert load_scenario(str(tmp_path / "同名.yaml")).author == winner
    assert {path.name for path in tmp_path.iterdir()} == {".lock", "同名.yaml", *(f"{number}.yaml" for number in range(1, 5))}


def test_a_full_disk_leaves_no_half_file(policy, tmp_path, monkeypatch):
    first = save(policy, tmp_path)

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="写不了文件"):
        save(policy, tmp_path, numbers={"pool_per_head": 130}, replacing=first)
    assert load_scenario(str(tmp_path / "加奖.yaml")) == first
    assert {path.name for path in tmp_path.iterdir()} == {".lock", "加奖.yaml"}


def test_a_folder_that_cannot_be_written_is_a_clear_message(policy, tmp_path):
    (tmp_path / "scenarios").write_text("a file stands where the folder should be", encoding="utf-8")
    with pytest.raises(UsageError, match="写不了文件"):
        save(policy, tmp_path / "scenarios")


def test_scenarios_of_a_policy_are_listed_newest_first_with_the_faults_of_broken_files(policy, tmp_path):
    save(policy, tmp_path, "旧", date="2026-09-01")
    save(policy, tmp_path, "新", date="2026-11-01")
    (tmp_path / "别的.yaml").write_text("policy: weikang\nnumbers: {bonus_base: 1}\n", encoding="utf-8")
    (tmp_path / "坏.yaml").write_text("numbers: [\n", encoding="utf-8")
    (tmp_path / "空.yaml").write_text("reason: x\n", encoding="utf-8")
    found, faults = list_scenarios(POLICY, tmp_path)
    assert [one.name for one in found] == ["新", "旧"]
    assert sorted(fault.where.split(":")[0] for fault in faults) == ["坏.yaml", "空.yaml"]
    assert list_scenarios(POLICY, tmp_path / "none") == ([], [])


def test_a_scenario_of_an_older_policy_is_not_run(tmp_path, policy):
    changed = tmp_path / "team_pool.yaml"
    changed.write_text(POLICY.read_text(encoding="utf-8").replace("pool_fixed: {value: 1000", "pool_fixed: {value: 1001"), encoding="utf-8")
    path = tmp_path / "加奖.yaml"
    saved = save(policy, tmp_path)
    workbook = str(ROOT / "params/sample/2026-10/team_pool.xlsx")
    assert not stale(saved, policy)
    assert find_job("2026-10", "门店客服", str(POLICY), workbook, str(path)).load_policy()["pool_per_head"] == 120
    outcome = run.run_job(find_job("2026-10", "门店客服", str(changed), workbook, str(path)), tmp_path / "outputs")
    assert len(outcome.faults) == 1 and "考核办法改过了" in outcome.faults[0] and "baseline:" in outcome.faults[0]
    path.write_text(path.read_text(encoding="utf-8").replace("baseline:", "# baseline:"), encoding="utf-8")
    assert find_job("2026-10", "门店客服", str(changed), workbook, str(path)).load_policy()["pool_per_head"] == 120


def test_comments_and_layout_of_the_policy_do_not_make_a_scenario_old(tmp_path, policy):
    (tmp_path / "team_pool.yaml").write_text("# 说明\n" + POLICY.read_text(encoding="utf-8"), encoding="utf-8")
    assert not stale(save(policy, tmp_path), load_policy(tmp_path / "team_pool.yaml", "2026-12"))


@pytest.mark.parametrize("path", sorted((ROOT / "params" / "scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_scenarios_in_params_fit_their_policies(path):
    scenario = load_scenario(path.stem)
    changed = load_policy(ROOT / "params" / "policies" / f"{scenario.policy}.yaml", "2026-10")
    assert scenario.reason and scenario.author and scenario.date and not stale(scenario, changed)
    with pytest.raises(PolicyError):
        load_scenario(path.stem, ROOT / "params" / "policies" / "weikang.yaml")
    assert changed.adjusted(scenario.numbers).overrides == scenario.numbers
