"""Times, not a test: python tests/benchmark.py [people] [scheme …]: one scoring, and one change of every number and reading.

`python tests/benchmark.py read [rows]` reads a workbook of so many events instead.

The month is that of the sample workbooks, its people multiplied; events, where a policy counts them, are 20 a person.
"""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import xlsxwriter
from test_replay import SAMPLES, SCHEMES, changes

import kpi_helpers as kpi
from kpi_helpers.compare import Comparison
from kpi_helpers.policy import Policy
from kpi_helpers.policy_file import find_policy
from kpi_helpers.tables import Tables
from kpi_helpers.what_if.replay import Replay

EVENTS = 20  # a person
SHOWN = 6  # of the slowest changes


def month_of(scheme: str, people: int) -> tuple[Policy, Tables]:
    """The sample month with everybody in it so many times over, each time under other ids."""
    policy = kpi.load_policy(find_policy(scheme), SCHEMES[scheme])
    tables = kpi.read_workbook(SAMPLES / SCHEMES[scheme].replace("Q", "-Q") / f"{scheme}.xlsx", policy)
    ids = tables["employees"]["employee_id"].to_numpy(dtype=object)
    times = -(-people // len(ids))
    random = np.random.default_rng(1)
    for name, table in policy.tables.items():
        frame = tables[name]
        owners = [column.name for column in table.columns.values() if column.kind in ("employee", "group") and column.name in frame]
        if not owners or not len(frame):
            continue
        rows, copies = np.tile(np.arange(len(frame)), times), np.repeat(np.arange(times), len(frame))
        if name == "events":
            rows, copies = (random.integers(0, most, people * EVENTS) for most in (len(frame), times))
        many = frame.iloc[rows].reset_index(drop=True)
        many["_row"] = np.arange(2, len(many) + 2)
        key = [part for part in table.key if len(table.key) == 1 and table.columns[part].kind == "id"]
        ending = np.array(["", *(f"-{number}" for number in range(1, times))], dtype=object)[copies]
        for column in {*owners, *key}:
            many[column] = (many[column].astype(object) + ending).astype(frame[column].dtype)
        if name == "events":
            many = _spread(many, ids, ending, random)
        tables[name] = many
    return policy, tables


def _spread(events, ids: np.ndarray, ending: np.ndarray, random):
    """Events of everybody alike, of incidents that often hold several of them."""
    numbers = np.arange(len(events)), random.integers(0, len(events), len(events))
    names = {"event_id": numbers[0], "incident_id": numbers[1]}
    named = {name: values.astype(str).astype(object) for name, values in names.items() if name in events}
    return events.assign(employee_id=ids[random.integers(0, len(ids), len(events))] + ending, **named)


def tunables(policy: Policy) -> dict[str, dict]:
    """One change of each number and reading that the policy allows, by name."""
    found: dict[str, dict] = {}
    for change in changes(policy):
        name = next(iter(change))
        if name not in found:
            try:
                policy.adjusted(change)
                found[name] = change
            except kpi.KpiError:
                continue
    return found


def once(work: Callable) -> float:
    start = perf_counter()
    work()
    return 1000 * (perf_counter() - start)


def measure(scheme: str, people: int, repeats: int) -> None:
    policy, tables = month_of(scheme, people)
    scored = min(once(lambda: kpi.score(policy, tables)) for _ in range(2))
    start = perf_counter()
    replay = Replay(policy, tables)
    recorded = 1000 * (perf_counter() - start)

    def change(overrides: dict) -> None:
        comparison = Comparison(replay.baseline, replay.score(policy.adjusted(overrides)))
        assert [comparison.cost, comparison.pay_difference, comparison.gainers, comparison.losers, comparison.regraded]

    times = {}
    for name, overrides in tunables(policy).items():
        try:
            times[name] = min(once(lambda: change(overrides)) for _ in range(repeats))  # noqa: B023 - called at once
        except kpi.KpiError:
            continue  # what the numbers of this month do not allow
    lasted = np.array(list(times.values()))
    slowest = sorted(times, key=times.get, reverse=True)[:SHOWN]
    print(f"{scheme}, {len(tables['employees'])} people: scored in {scored:.0f} ms, recorded in {recorded:.0f} ms")
    print(f"  {len(times)} changes: median {np.median(lasted):.1f}, p95 {np.quantile(lasted, 0.95):.1f}, max {lasted.max():.1f} ms")
    memory = getrusage(RUSAGE_SELF).ru_maxrss // 1024  # of the whole process so far
    print(f"  peak memory {memory} MB; slowest: " + ", ".join(f"{name} {times[name]:.1f}" for name in slowest), flush=True)


def measure_reading(rows: int) -> None:
    policy = kpi.load_policy(find_policy("weikang"), "2026-10")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "w.xlsx"
        with xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
            for title, lines in {
                "员工": [["工号", "姓名", "小组"], *([f"E{number}", "张三", "一组"] for number in range(rows // EVENTS))],
                "考勤": [["工号", "日期", "类型", "分钟", "已请假"]],
                "事件": [
                    ["事件编号", "工号", "条款", "日期"],
                    *([f"V{number}", f"E{number // EVENTS}", "2.A2.1", date(2026, 10, 1 + number % 30)] for number in range(rows)),
                ],
            }.items():
                sheet = book.add_worksheet(title)
                for at, line in enumerate(lines):
                    sheet.write_row(at, 0, line)
        print(f"{rows} events read in {once(lambda: kpi.read_workbook(path, policy)):.0f} ms")


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parent))
    if sys.argv[1:2] == ["read"]:
        measure_reading(int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
        sys.exit()
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for one in sys.argv[2:] or SCHEMES:
        measure(one, size, repeats=3 if size <= 10_000 else 1)
