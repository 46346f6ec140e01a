"""The `kpi` command: run, check, cases, template, lab. Exit code 0 fine, 1 data or policy at fault, 2 wrong usage."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

from kpi_helpers.audiences import AUDIENCES
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


# -- the commands' arguments -----------------------------------------------------------------------------------------

_CHINESE = (
    (r"the following arguments are required: (.*)", "缺少参数：{}"),
    (r"unrecognized arguments: (.*)", "不认识：{}"),
    (r"argument (\S+): invalid choice: (.*) \(choose from (.*)\)", "{}：没有 {}，可用 {}"),
    (r"argument (\S+): expected .*argument.*", "{} 后面缺少内容"),
    (r"argument (\S+): (.*)", "{}：{}"),
)


class _Help(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, say("用法：", "usage: "))


class _Parser(argparse.ArgumentParser):
    """An argument parser that speaks the reader's language."""

    def __init__(self, **settings):
        super().__init__(add_help=False, allow_abbrev=False, formatter_class=_Help, **settings)
        self._positionals.title, self._optionals.title = say("参数", "arguments"), say("选项", "options")
        self.add_argument("-h", "--help", action="help", help=say("显示这份说明", "show this help"))
        self.add_argument(
            "--lang", choices=LANGUAGES, help=say("语言：zh 或 en（也可设 KPI_LANG）", "language: zh or en (or set KPI_LANG)")
        )

    def error(self, message):
        for pattern, chinese in _CHINESE:
            found = re.fullmatch(pattern, message)
            if found:
                message = say(chinese.format(*found.groups()), message)
                break
        self.exit(2, f"{self.prog}: {message}\n" + say(f"用法见 {self.prog} --help\n", f"See {self.prog} --help\n"))


def parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    top = _Parser(
        prog="kpi",
        description=say("KPI 工作台：从数据工作簿到报告。", "The KPI workbench: from the workbook to the report."),
        epilog=say("例：kpi run 2026-10", "Example: kpi run 2026-10"),
    )
    commands = top.add_subparsers(
        metavar=say("命令", "command"), required=True, dest="name", title=say("命令", "commands"), parser_class=_Parser
    )

    run = _command(
        commands,
        "run",
        _run,
        say("运行一个月：报告、Excel 结果、个人绩效单", "run a month: reports, Excel results, statements"),
        "kpi run 2026-10 --department 维康",
    )
    run.add_argument(
        "month",
        nargs="?",
        default="",
        help=say("月份，如 2026-10；不写时为有数据的最近一个月", "month, e.g. 2026-10; the latest one with data if left out"),
    )
    run.add_argument(
        "--department", action="append", default=[], metavar="D", help=say("只运行这个部门（可重复）", "only this department (repeatable)")
    )
    run.add_argument("--policy", default="", metavar="P", help=say("换用这个考核办法", "use this policy instead"))
    run.add_argument("--workbook", default="", metavar="W", help=say("换用这份数据", "use this workbook instead"))
    run.add_argument("--scenario", default="", metavar="S", help=say("试算：用方案稿里的数", "trial: use the numbers of a scenario"))
    run.add_argument("--jobs", type=_count, default=0, metavar="N", help=say("同时运行的进程数", "how many processes"))
    run.add_argument("--output", default="", metavar="DIR", help=say("结果文件夹，默认 outputs", "folder for results, outputs by default"))

    check = _command(
        commands,
        "check",
        _check,
        say("检查考核办法与数据工作簿：错误、警告、提示", "check policies and workbooks: errors, warnings, notes"),
        "kpi check 11月.xlsx --policy params/policies/weikang.yaml",
    )
    check.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help=say("考核办法 .yaml 或工作簿 .xlsx；不写时检查全部部门", "policy .yaml or workbook .xlsx; all departments if left out"),
    )
    check.add_argument("--policy", default="", metavar="P", help=say("工作簿所用的考核办法", "the policy of the workbooks"))
    check.add_argument("--month", default="", metavar="M", help=say("考核月份", "the month"))
    check.add_argument(
        "--notes", action="store_true", help=say("检查全部部门时也列出提示", "list the notes too when all departments are checked")
    )
    check.add_argument(
        "--marked", default="", metavar="FILE", help=say("另存一份标出错误的工作簿", "write a copy of the workbook with its faults marked")
    )

    cases = _command(
        commands,
        "cases",
        _cases,
        say("用样例核对考核办法，不一致处列出台账", "hold a policy against worked cases, and explain what differs"),
        "kpi cases tests/cases/weikang.yaml",
    )
    cases.add_argument("files", nargs="+", metavar="FILE", help=say("样例文件 .yaml 或 .xlsx", "file of cases, .yaml or .xlsx"))

    template = _command(
        commands,
        "template",
        _template,
        say("写一份空的数据工作簿", "write an empty workbook for a policy"),
        "kpi template params/policies/weikang.yaml -o 11月.xlsx",
    )
    template.add_argument("policy", metavar="POLICY", help=say("考核办法文件或名称", "policy file or name"))
    template.add_argument("-o", "--output", required=True, metavar="FILE", help=say("写到哪里（.xlsx）", "where to write (.xlsx)"))
    template.add_argument("--month", default="", metavar="M", help=say("考核月份", "the month"))
    template.add_argument(
        "--cases",
        action="store_true",
        help=say("写样例工作簿：左边填数据，右边填应得的结果", "a workbook for worked cases: inputs left, expected right"),
    )

    new = _command(
        commands,
        "new-policy",
        _new_policy,
        say("从几个回答或相近的办法开始写一份考核办法", "start a policy from answers or from the closest existing policy"),
        "kpi new-policy -o params/policies/huru.yaml --scoring 扣分制 --pay 基数×得分",
    )
    new.add_argument("-o", "--output", required=True, metavar="FILE", help=say("写到哪里（.yaml）", "where to write (.yaml)"))
    new.add_argument("--title", default="", metavar="T", help=say("办法名称", "title of the policy"))
    new.add_argument("--period", default="", metavar="P", help=say("month 按月 · quarter 按季 · year 按年", "month, quarter or year"))
    new.add_argument(
        "--scoring",
        default="",
        metavar="S",
        help=say("points 扣分制 · weighted 加权评分 · both 两者 · none 只算钱", "points, weighted, both or none"),
    )
    new.add_argument("--grades", default="", metavar="G", help=say("bands 按分数线 · quota 强制分布 · none 不分", "bands, quota or none"))
    new.add_argument(
        "--pay",
        default="",
        metavar="B",
        help=say("base 基数×得分 · bands 分档 · pool 奖金池 · commission 提成 · none 无", "base, bands, pool, commission or none"),
    )
    new.add_argument(
        "--like",
        default="",
        metavar="WORDS",
        help=say("照着这份办法写：文件、代号，或几个词", "copy this policy: a file, its name, or words that describe it"),
    )

    what_if = _command(
        commands,
        "what-if",
        _what_if,
        say("试算：改数字，马上看到谁多谁少、总额多少", "try other numbers and see at once who gains and what it costs"),
        "kpi what-if 2026-10 --department 维康",
    )
    what_if.add_argument(
        "month",
        nargs="?",
        default="",
        help=say("月份，如 2026-10；不写时为有数据的最近一个月", "month, e.g. 2026-10; the latest one with data if left out"),
    )
    what_if.add_argument("--department", default="", metavar="D", help=say("部门", "the department"))
    what_if.add_argument("--policy", default="", metavar="P", help=say("换用这个考核办法", "use this policy instead"))
    what_if.add_argument("--workbook", default="", metavar="W", help=say("换用这份数据", "use this workbook instead"))
    what_if.add_argument("--scenario", default="", metavar="S", help=say("从这份方案稿的数开始", "start from the numbers of a scenario"))
    what_if.add_argument(
        "--port", type=_port, default=0, metavar="N", help=say("端口，不写时自动选择", "the port, chosen by itself if left out")
    )
    what_if.add_argument("--no-browser", action="store_true", help=say("只显示网址，不打开浏览器", "show the address only"))

    packs = _command(
        commands,
        "pack",
        _pack,
        say("打包：每个部门、每类读者一个压缩包", "pack results to be sent: one zip per department and audience"),
        "kpi pack 2026-10 --department 维康 --audience hr --encrypt",
    )
    packs.add_argument(
        "month", nargs="?", default="", help=say("月份；不写时为最近运行过的月份", "month; the latest one that was run if left out")
    )
    packs.add_argument(
        "--department", action="append", default=[], metavar="D", help=say("只打包这个部门（可重复）", "only this department (repeatable)")
    )
    packs.add_argument(
        "--audience",
        action="append",
        default=[],
        choices=AUDIENCES,
        help=say(
            "只打包给这类读者的（可重复）；不写时为部门所列的全部",
            "only for this audience (repeatable); all of the department's if left out",
        ),
    )
    packs.add_argument(
        "--encrypt",
        action="store_true",
        help=say(
            "加密（AES-256）；口令取自环境变量 KPI_PASSWORD，没有则询问",
            "encrypt (AES-256); the password is taken from KPI_PASSWORD, or asked for",
        ),
    )
    packs.add_argument("--output", default="", metavar="DIR", help=say("结果文件夹，默认 outputs", "folder of results, outputs by default"))

    lab = _command(commands, "lab", _lab, say("在 JupyterLab 中打开工作台", "open the workbench in JupyterLab"), "kpi lab")
    lab.add_argument(
        "more", nargs="*", metavar="-- …", help=say("转给 JupyterLab 的选项，写在 -- 之后", "options for JupyterLab, after --")
    )
    return top


def _command(commands, name, function, words, example):
    made = commands.add_parser(name, prog=f"kpi {name}", help=words, description=words, epilog=say(f"例：{example}", f"Example: {example}"))
    made.set_defaults(command=function)
    return made


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,3}", text):
        raise argparse.ArgumentTypeError(say(f"“{text}”应为不小于 1 的整数", f"'{text}' must be a whole number of 1 or more"))
    return int(text)


def _port(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{3,4}", text) or not 1024 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(say(f"“{text}”应为 1024–65535 的整数", f"'{text}' must be a whole number from 1024 to 65535"))
    return int(text)


# -- the commands ----------------------------------------------------------------------------------------------------


def _run(chosen) -> int:
    from kpi_helpers import run
    from kpi_helpers.departments import project

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
    from kpi_helpers.policy import load_policy

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
    from kpi_helpers.departments import project
    from kpi_helpers.pack import FOLDER, find_departments, find_month, find_password, make_packs

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
    from kpi_helpers.departments import project

    notebook = "/lab/tree/notebooks/kpi_monthly.ipynb"
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={project()}", f"--LabApp.default_url={notebook}", *chosen.more]
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main())
