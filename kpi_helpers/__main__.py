"""The `kpi` command and what each of its words does. Exit code 0 fine, 1 data or policy at fault, 2 wrong usage."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from kpi_helpers import command_line
from kpi_helpers.errors import Fault, KpiError, UsageError
from kpi_helpers.language import LANGUAGES, say, set_language


def main(arguments: list[str] | None = None) -> int:
    """Run one command; every error is a message, never a traceback (KPI_DEBUG=1 shows it)."""
    _utf8()
    arguments = sys.argv[1:] if arguments is None else arguments
    set_language(_language(arguments))
    try:
        chosen = parser().parse_args(arguments)
        return chosen.command(chosen)
    except KpiError as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        print(
            say("已中断。已经完成的保留，其余保持原样。", "Interrupted. What was done already stays, the rest is as it was."),
            file=sys.stderr,
        )
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader of our output has left
        return 1
    except Exception as error:
        if os.environ.get("KPI_DEBUG") == "1":
            raise
        problem = f"{type(error).__name__}: {error}".splitlines()[0]
        print(say(f"程序出错：{problem}", f"the program failed: {problem}"), file=sys.stderr)
        print(
            say("请用 KPI_DEBUG=1 再运行一次，把显示的内容报告给维护者。", "Run it again with KPI_DEBUG=1 and report what it shows."),
            file=sys.stderr,
        )
        return 1


def _utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _language(arguments) -> str | None:
    """--lang must be known before the help is written."""
    for position, word in enumerate(arguments):
        given = (
            word.partition("=")[2] if word.startswith("--lang=") else arguments[position + 1 : position + 2] if word == "--lang" else None
        )
        given = given[0] if isinstance(given, list) and given else given
        if given in LANGUAGES:
            return given
    return None


def parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    return command_line.parser(
        {
            "run": _run,
            "check": _check,
            "cases": _cases,
            "template": _template,
            "new-policy": _new_policy,
            "what-if": _what_if,
            "pack": _pack,
            "lab": _lab,
        }
    )


def _run(chosen) -> int:
    from kpi_helpers import run
    from kpi_helpers.places import project

    month, work = run.find_jobs(
        chosen.month, chosen.department, chosen.policy, chosen.workbook, chosen.scenario, getattr(chosen, "lang", "")
    )
    outputs = Path(chosen.output) if chosen.output else project() / "outputs"
    with run.progress(len(work)) as bar:
        outcomes = run.run_all(work, outputs, chosen.jobs, lambda _: bar.update())
    for outcome in outcomes:
        print(_line(outcome, outputs / month))
    failed = [outcome for outcome in outcomes if outcome.faults]
    good = sum(outcome.facts is not None for outcome in outcomes)
    print(say(f"{month}：{good} 个部门完成，{len(failed)} 个失败。", f"{month}: {good} done, {len(failed)} failed."), flush=True)
    for outcome in failed:
        print(f"\n{outcome.name}", *outcome.faults, sep="\n  ", file=sys.stderr, flush=True)
    print(say("总览", "Overview"), run.write_overview(outputs, month, outcomes))
    return 1 if failed else 0


def _line(outcome, month: Path) -> str:
    """One department in the summary."""
    if outcome.facts is None:
        return f"✗ {outcome.name}  {say('失败', 'failed')}" if outcome.faults else f"– {outcome.notice}"
    facts = outcome.facts
    parts = [say(f"{facts['complete']}/{facts['people']} 人完成", f"{facts['complete']}/{facts['people']} people complete")]
    parts += [say(f"待决定 {facts['flags']}", f"{facts['flags']} to decide")] if facts["flags"] else []
    parts += [say(f"拒收 {facts['refused']} 行", f"{facts['refused']} rows refused")] if facts["refused"] else []
    parts += [say(f"{facts['amount']} 元", f"{facts['amount']} yuan")] if facts["amount"] else []
    notice = f"\n  {outcome.notice}" if outcome.notice else ""
    return f"✓ {outcome.name}  {' · '.join(parts)}  {month / outcome.folder / 'report.html'}{notice}"


def _check(chosen) -> int:
    from kpi_helpers import checking

    if chosen.marked and len(chosen.files) != 1:
        raise UsageError(Fault("--marked", say("一次只能标一份工作簿。", "marks one workbook at a time.")))
    places = checking.named(chosen.files, chosen.policy, chosen.month) if chosen.files else checking.every_department(chosen.month)
    bad = 0
    for place in places:
        text, faulty, faults = checking.report(place, bool(chosen.files) or chosen.notes)
        bad += faulty
        print(text)
        if chosen.marked and faults:
            print(say("已标在", "marked in"), place.mark(faults, chosen.marked))
    return 1 if bad else 0


def _cases(chosen) -> int:
    from kpi_helpers.cases import run_cases

    passed = failed = 0
    for file in chosen.files:
        try:
            outcomes = run_cases(file)
        except KpiError as error:
            print(f"FAIL {file}", *error.faults, sep="\n       ")
            failed += 1
            continue
        for outcome in outcomes:
            passed, failed = passed + outcome.passed, failed + (not outcome.passed)
            lines = [f"{'ok  ' if outcome.passed else 'FAIL'} {outcome.id} {outcome.title}".rstrip(), *outcome.differences]
            print("\n       ".join([*lines, *outcome.explanation]))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _template(chosen) -> int:
    from kpi_helpers.checking import find_policy_file
    from kpi_helpers.policy_file import load_policy

    policy = load_policy(find_policy_file(chosen.policy), chosen.month or None)
    if chosen.cases:
        from kpi_helpers.cases.template import write_case_template

        made = write_case_template(policy, chosen.output)
    else:
        from kpi_helpers.workbook.template import write_template

        made = write_template(policy, chosen.output)
    print(say(f"已写好 {made}", f"wrote {made}"))
    return 0


def _new_policy(chosen) -> int:
    from kpi_helpers.new_policy import QUESTIONS, new_policy

    def ask(question: str, default: str) -> str:
        try:
            return input(f"{question} [{default}] ")
        except EOFError:
            return ""

    given = {name: getattr(chosen, name) for name in QUESTIONS}
    made = new_policy(chosen.output, given, chosen.like, ask if sys.stdin is not None and sys.stdin.isatty() else None)
    if made.like is not None:
        print(say(f"照着 {made.like.title}（{made.like.path}）", f"copied from {made.like.title} ({made.like.path})"))
    print(say(f"已写好 {made.policy} 与样例 {made.cases}", f"wrote {made.policy} and its cases {made.cases}"))
    print(say("接下来：", "What to do next:"))
    steps = (
        (say("改成原文的数（怎么写见 params/README.md）", "put in the numbers of your text (see params/README.md)"), made.policy),
        (say("检查", "check"), f"kpi check {made.policy}"),
        (say("用手算的例子核对", "hold it against cases worked by hand"), f"kpi cases {made.cases}"),
        (say("取数据模板", "get the workbook"), f"kpi template {made.policy} -o {made.policy.stem}.xlsx"),
        (say("登记部门后每月运行", "register the department, then run it monthly"), "params/departments.yaml"),
    )
    for place, (words, command) in enumerate(steps, 1):
        print(f"  {place}. {words}  {command}")
    return 0


def _what_if(chosen) -> int:
    from kpi_helpers.departments import find_job

    names = ("month", "department", "policy", "workbook", "scenario")
    given = {name: getattr(chosen, name) for name in names} | {"lang": getattr(chosen, "lang", None) or ""}
    job = find_job(**given)
    from kpi_helpers.what_if.app import serve  # takes a second; a wrong name is told at once

    serve(job, given, chosen.port, not chosen.no_browser)
    return 0


def _pack(chosen) -> int:
    from kpi_helpers.pack import FOLDER, find_departments, find_month, find_password, make_packs
    from kpi_helpers.places import project

    month = find_month(Path(chosen.output) if chosen.output else project() / "outputs", chosen.month)
    found, faults = find_departments(month, chosen.department)
    password, packed = find_password() if chosen.encrypt else None, set()
    for one in found:
        allowed = one.facts["audiences"]
        audiences = [word for word in chosen.audience or allowed if chosen.department or word in allowed]
        try:
            made = make_packs(one, audiences, password)
        except UsageError:
            raise
        except KpiError as error:
            faults += error.faults
            continue
        packed |= {pack.audience for pack in made}
        for pack in made:
            print(f"{pack.department} {pack.audience} {pack.path.name} {say(f'{pack.files} 个文件', f'{pack.files} files')}")
        if made and one.failed:
            told = say("最近一次运行失败，打包的是上一次的结果。", "the latest run failed; these are the results before.")
            print(f"{one.name}: {told}")
    if packed:
        print(say(f"写在 {month / FOLDER}", f"written to {month / FOLDER}"))
    if "employee" in packed:
        print(
            say(
                "employee 包里是所有人的绩效单：请解开，逐一只发给本人。",
                "An employee pack holds everybody's slips: hand each to its owner only.",
            )
        )
    if not packed and not faults:
        raise UsageError(Fault("--audience", say("没有部门列出这类读者。", "no department lists such an audience.")))
    if faults:
        raise KpiError(faults)
    return 0


def _lab(chosen) -> int:
    from kpi_helpers.places import project

    notebook = "/lab/tree/notebooks/kpi_monthly.ipynb"
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={project()}", f"--LabApp.default_url={notebook}", *chosen.more]
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main())
