"""封面: the first sheet of the Excel file: what it is about, what the colours say, what each sheet holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kpi_helpers.departments import Job
from kpi_helpers.language import say
from kpi_helpers.numbers import is_missing
from kpi_helpers.report.looks import ACCENT, SOFT, WARM
from kpi_helpers.report.payroll import Payroll
from kpi_helpers.report.sheets import Sheets
from kpi_helpers.report.views import View
from kpi_helpers.report.words import show, status_word, yuan


@dataclass(frozen=True)
class Part:
    """One sheet of the file: its name, how many rows it has, what it holds."""

    name: str
    rows: int
    about: str


class Cover:
    """封面: written last, because it names the other sheets, onto the first sheet."""

    def __init__(self, sheets: Sheets):
        self.sheets, self.row = sheets, 0
        self.sheet = sheets.new(say("封面", "Cover"))
        self.sheet.hide_gridlines(2)
        for x, width in enumerate((26, 14, 84)):
            self.sheet.set_column(x, x, width)

    def write(self, job: Job, view: View, parts: list[Part], payroll: Payroll | None) -> None:
        """Title, key figures, the sum check, the legend, the sheets with links."""
        self.sheet.set_row(0, 32)
        self.line([say(f"{job.name} {view.policy.period} 考核结果", f"{job.name} {view.policy.period} results")], font_size=18, bold=True)
        self.line([f"{view.policy.title} {view.policy.version}"], font_color=SOFT)
        if job.scenario:
            words = f"试算：{job.scenario.name}。数字没有采用，不得用于发放；没有“工资导入”表。"
            english = f"Trial: {job.scenario.name}. Not adopted, not to be paid; there is no payroll import."
            self.line([say(words, english)], bold=True, font_color="#8A1C0F")
        if job.notice:
            self.line([job.notice], font_color=WARM)
        self.figures(job, view, payroll)
        self.legend(view)
        self.part(say("工作表", "Sheets"), say("行数", "rows"), say("内容", "what it holds"))
        for one in parts:
            link = self.sheets.plain(font_color=ACCENT, underline=1)
            self.sheet.write_url(self.row, 0, f"internal:'{one.name}'!A1", link, one.name)
            self.line([None, one.rows, one.about])
        self.sheet.print_area(0, 0, self.row - 1, 2)
        self.sheet.fit_to_pages(1, 1)

    def figures(self, job: Job, view: View, payroll: Payroll | None) -> None:
        result, pay = view.result, view.pay
        self.part(say("概况", "Overview"))
        self.line([say("部门", "department"), job.name])
        self.line([say("期间", "period"), str(view.policy.period)])
        self.line([say("人数", "people"), len(result.employees)])
        if pay.clauses:
            paid = sum(pay.published.values())
            people = say(f"{paid} 人有已公布的应发金额；税前，四舍五入到分", f"{paid} people with published pay; gross, half up to 0.01")
            self.line([say("合计（元）", "total (yuan)"), pay.grand_total(), people], "#,##0.00")
        if payroll is not None and pay.clauses:
            rest = payroll.total - payroll.ledger
            sums = f"{payroll.grid.title} {yuan(payroll.total)} {'≠' if rest else '='} {say('台账', 'ledger')} {show(payroll.ledger, '元')}"
            why = say(f"；差 {show(rest)}，来自每人四舍五入到分", f"; {show(rest)} from rounding each person to the fen") if rest else ""
            self.line([say("核对", "check"), "≈" if rest else "✓", sums + why])
        people_decide = say("由人决定，系统没有执行任何一项", "for people; nothing of it has been done")
        self.line([say("待决定", "to decide"), len(result.flags), people_decide])
        self.line([say("拒收行", "refused rows"), len(result.errors)])
        self.line([say("假设", "assumptions"), len(result.assumptions)])

    def legend(self, view: View) -> None:
        """标记: every status and grade in its colour, with the number of people; the marks of numbers."""
        self.part(say("颜色与标记", "Colours and marks"), say("人数", "people"), say("含义", "meaning"))
        colours = self.sheets.looks.colours
        status = say("状态", "status")
        for code, count in sorted(Counter(view.result.employees["status"]).items(), key=lambda one: (-one[1], one[0])):
            word = status_word(code)
            self.line([word, count, status], head=colours[status].get(word, {}))
        for shown in view.policy.results.values():
            frames = [frame for frame in (view.result.employees, view.result.groups) if shown.name in frame]
            for word, look in colours.get(shown.title, {}).items() if frames else ():
                given = sum(one == word for frame in frames for one in view.values(shown, frame[shown.name]) if not is_missing(one))
                self.line([word, given, shown.title], head=look)
        assumed = say("橙色的数含假设值，见“假设”表", "orange numbers rest on assumptions; see that sheet")
        self.line(["123", None, assumed], head={"font_color": WARM})
        self.line(["-123", None, say("负数为红色", "numbers below zero are red")], head={"font_color": "#FF0000"})

    def part(self, *titles: str) -> None:
        """The heading of a part, underlined from side to side."""
        self.row += 1
        form = self.sheets.plain(bold=True, font_color=ACCENT, bottom=1)
        for x in range(3):
            self.sheet.write_blank(self.row, x, None, form)
        for x, title in enumerate(titles):
            self.sheets.text(self.sheet, self.row, x, title, form)
        self.row += 1

    def line(self, values: list, num_format: str = "0", head: dict | None = None, **look) -> None:
        """One row; `head` is the look of its first cell, `look` that of all."""
        for x, value in enumerate(values):
            form = self.sheets.plain(align="left", **look, **(head or {} if x == 0 else {}))
            if isinstance(value, str):
                self.sheets.text(self.sheet, self.row, x, value, form)
            elif value is not None:
                self.sheet.write_number(self.row, x, float(value), self.sheets.plain(align="left", num_format=num_format, **look))
        self.row += 1
