"""The words of the `kpi` command: every command's arguments, in the reader's language."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable

from kpi_helpers.audiences import AUDIENCES
from kpi_helpers.language import LANGUAGES, say

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


class Parser(argparse.ArgumentParser):
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


def parser(commands_by_name: dict[str, Callable]) -> argparse.ArgumentParser:
    """The parser of every command; `commands_by_name` says what each of them does."""
    top = Parser(
        prog="kpi",
        description=say("KPI 工作台：从数据工作簿到报告。", "The KPI workbench: from the workbook to the report."),
        epilog=say("例：kpi run 2026-10", "Example: kpi run 2026-10"),
    )
    commands = top.add_subparsers(
        metavar=say("命令", "command"), required=True, dest="name", title=say("命令", "commands"), parser_class=Parser
    )

    run = _command(
        commands,
        "run",
        commands_by_name["run"],
        say("运行一个月：报告、Excel 结果、个人绩效单", "run a month: reports, Excel results, statements"),
        "kpi run 2026-10 --department 维康",
    )
    _month_and_files(run, say("试算：用方案稿里的数", "trial: use the numbers of a scenario"))
    run.add_argument(
        "--department", action="append", default=[], metavar="D", help=say("只运行这个部门（可重复）", "only this department (repeatable)")
    )
    run.add_argument("--jobs", type=_count, default=0, metavar="N", help=say("同时运行的进程数", "how many processes"))
    run.add_argument("--output", default="", metavar="DIR", help=say("结果文件夹，默认 outputs", "folder for results, outputs by default"))

    check = _command(
        commands,
        "check",
        commands_by_name["check"],
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
        commands_by_name["cases"],
        say("用样例核对考核办法，不一致处列出台账", "hold a policy against worked cases, and explain what differs"),
        "kpi cases tests/cases/weikang.yaml",
    )
    cases.add_argument("files", nargs="+", metavar="FILE", help=say("样例文件 .yaml 或 .xlsx", "file of cases, .yaml or .xlsx"))

    template = _command(
        commands,
        "template",
        commands_by_name["template"],
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
        commands_by_name["new-policy"],
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
        commands_by_name["what-if"],
        say("试算：改数字，马上看到谁多谁少、总额多少", "try other numbers and see at once who gains and what it costs"),
        "kpi what-if 2026-10 --department 维康",
    )
    _month_and_files(what_if, say("从这份方案稿的数开始", "start from the numbers of a scenario"))
    what_if.add_argument("--department", default="", metavar="D", help=say("部门", "the department"))
    what_if.add_argument(
        "--port", type=_port, default=0, metavar="N", help=say("端口，不写时自动选择", "the port, chosen by itself if left out")
    )
    what_if.add_argument("--no-browser", action="store_true", help=say("只显示网址，不打开浏览器", "show the address only"))

    packs = _command(
        commands,
        "pack",
        commands_by_name["pack"],
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

    words = say("在 JupyterLab 中打开工作台", "open the workbench in JupyterLab")
    lab = _command(commands, "lab", commands_by_name["lab"], words, "kpi lab")
    lab.add_argument(
        "more", nargs="*", metavar="-- …", help=say("转给 JupyterLab 的选项，写在 -- 之后", "options for JupyterLab, after --")
    )
    return top


def _month_and_files(command, scenario: str) -> None:
    """The month, and what is taken instead of what departments.yaml says."""
    words = say("月份，如 2026-10；不写时为有数据的最近一个月", "month, e.g. 2026-10; the latest one with data if left out")
    command.add_argument("month", nargs="?", default="", help=words)
    command.add_argument("--policy", default="", metavar="P", help=say("换用这个考核办法", "use this policy instead"))
    command.add_argument("--workbook", default="", metavar="W", help=say("换用这份数据", "use this workbook instead"))
    command.add_argument("--scenario", default="", metavar="S", help=scenario)


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
