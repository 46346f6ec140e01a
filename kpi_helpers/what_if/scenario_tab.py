"""方案稿页: save the trial as a scenario, open one again, adopt the numbers into the policy from a month on."""

from __future__ import annotations

from html import escape

import ipywidgets as W

from kpi_helpers.adopt import Adopted, adopt, preview
from kpi_helpers.calendar import add_months, month_of
from kpi_helpers.errors import Fault, UsageError
from kpi_helpers.language import say
from kpi_helpers.outputs import MANIFEST
from kpi_helpers.places import project, safe_name
from kpi_helpers.scenarios import Scenario, list_scenarios, load_scenario, save_scenario, stale
from kpi_helpers.what_if.widgets import button, html, labelled


class ScenarioTab:
    """方案稿: save, open, adopt."""

    def __init__(self, panel):
        self.panel, self.title = panel, say("方案稿", "Scenarios")
        self.opened: Scenario | None = panel.job.scenario
        self.shown: tuple[Adopted, tuple] | None = None  # what a preview has shown, and what it was asked
        wide, line = W.Layout(width="320px"), W.Layout(flex_flow="row wrap")
        self.list = W.Select(rows=6, layout=wide)
        self.known, self.text = html(), html()
        self.name, self.author = W.Text(layout=wide), W.Text(layout=wide)
        self.reason = W.Textarea(rows=2, layout=wide)
        job = panel.job
        self.month = W.Text(value=str(month_of(add_months(job.period.first, len(job.period.months)))), layout=W.Layout(width="120px"))
        self.open = button(say("打开", "open"), lambda: panel.act(self.open_chosen))
        self.save = button(say("保存试算", "save the trial"), lambda: panel.act(self.save_trial))
        self.show = button(say("预览", "preview"), lambda: panel.act(self.show_adoption))
        self.adopt = button(say("采用", "adopt"), lambda: panel.act(self.adopt_numbers))
        self.adopt.disabled = True
        words = say("从哪个月起生效（如 2026-12）", "in force from which month (e.g. 2026-12)")
        self.view = W.VBox(
            [
                html(f"<h3>{say('已存的方案稿', 'Saved scenarios')}</h3>"),
                self.list,
                self.open,
                self.known,
                html(f"<h3>{say('保存', 'Save')}</h3>"),
                W.HBox([labelled(say("名称", "name"), self.name), labelled(say("提出人", "author"), self.author)], layout=line),
                labelled(say("理由", "reason"), self.reason),
                self.save,
                html(f"<h3>{say('采用：写入考核办法', 'Adopt: write into the policy')}</h3>"),
                W.HBox([labelled(words, self.month), self.show, self.adopt], layout=W.Layout(flex_flow="row wrap", align_items="flex-end")),
                self.text,
            ]
        )
        self.listed = False

    def refresh(self) -> None:
        if not self.listed:
            self.read_list()
        if self.shown is not None and self.shown[1] != self.asked():  # only what was shown is adopted
            self.forget()

    def asked(self) -> tuple:
        """What an adoption would be of: the numbers, from which month on, by whom and why."""
        return dict(self.panel.trial.numbers), *(one.value.strip() for one in (self.month, self.author, self.reason))

    def forget(self) -> None:
        self.shown, self.text.value, self.adopt.disabled = None, "", True

    def read_list(self) -> None:
        """The scenarios of this policy, newest first, and what is wrong with files that cannot be read."""
        found, faults = list_scenarios(self.panel.job.policy)
        before = self.list.value
        self.list.options = [
            (" · ".join(part for part in (one.name, one.author, one.date, one.reason[:30]) if part), one.name) for one in found
        ]
        names = [one.name for one in found]
        self.list.value = before if before in names else names[0] if names else None
        empty = "" if found else say("还没有。", "None yet.")
        self.known.value = escape(empty) + "".join(f'<div class="kpi-told">{escape(str(fault))}</div>' for fault in faults)
        self.listed = True

    def open_chosen(self) -> None:
        if self.list.value is None:
            return
        scenario = load_scenario(self.list.value, self.panel.job.policy)
        self.panel.trial.open(scenario.numbers)
        self.opened = scenario
        self.name.value, self.author.value, self.reason.value = scenario.name, scenario.author, scenario.reason
        self.panel.say(stale(scenario, self.panel.trial.policy))

    def save_trial(self) -> None:
        self.needs_words()
        trial = self.panel.trial
        name, author, reason = self.name.value, self.author.value.strip(), self.reason.value.strip()
        self.opened = save_scenario(trial.policy, name, trial.numbers, reason, author, replacing=self.opened)
        self.read_list()
        self.list.value = self.opened.name
        command = f"kpi run {self.panel.job.asked} --department {self.panel.job.name} --scenario {self.opened.name}"
        self.panel.say(
            say(f"已保存“{self.opened.name}”。整月试算：{command}", f"Saved '{self.opened.name}'. For a whole run: {command}"), "good"
        )

    def show_adoption(self) -> None:
        """What would be written, without writing it."""
        self.needs_words()
        self.forget()
        asked = self.asked()
        found = preview(self.panel.trial.policy.path, *asked)
        notes = "".join(f'<div class="kpi-told">{escape(note)}</div>' for note in (*found.notes, *self.run_already()))
        self.text.value = f"{notes}<pre>{escape(found.diff)}</pre><p>CHANGES.md</p><pre>{escape(found.entry)}</pre>"
        self.shown, self.adopt.disabled = (found, asked), False

    def run_already(self) -> list[str]:
        """A word on months that have results already and would come out otherwise."""
        made = (project() / "outputs").glob(f"*/{safe_name(self.panel.job.name)}/{MANIFEST}")
        months = sorted(path.parent.parent.name for path in made if path.parent.parent.name >= self.month.value.strip())
        zh = f"{'、'.join(months)} 已经出过结果，采用后再运行会按新数计算。"
        en = f"{', '.join(months)}: there are results already, which a further run will change."
        return [say(zh, en)] if months else []

    def adopt_numbers(self) -> None:
        """Write what the preview has shown; the trial goes on with the policy as it is now."""
        if self.shown is None or self.shown[1] != self.asked():
            self.forget()
            raise UsageError(
                Fault(say("采用", "adoption"), say("预览之后有改动。", "something changed."), say("请再预览。", "Preview again."))
            )
        found, asked = self.shown
        self.forget()
        adopt(self.panel.trial.policy.path, *asked, seen=found.digest)
        self.panel.trial.reload()
        self.panel.say(say(f"已写入考核办法，从 {asked[1]} 起生效。", f"Written into the policy, in force from {asked[1]}."), "good")

    def needs_words(self) -> None:
        """Somebody stands behind a scenario, with a reason; and there is something to stand behind."""
        faults = [
            Fault(words, say("请填写。", "Fill it in."))
            for words, widget in ((say("提出人", "author"), self.author), (say("理由", "reason"), self.reason))
            if not widget.value.strip()
        ]
        if self.panel.trial.fault is not None:
            faults += self.panel.trial.fault.faults
        if not self.panel.trial.numbers:
            faults.append(Fault(say("试算", "trial"), say("没有改动的数。", "no number differs from the policy in force.")))
        if faults:
            raise UsageError(faults)
