"""公示名单: scores or grades for everybody to see, without pay, as the policy and departments.yaml allow it."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from dataclasses import dataclass, field

from kpi_helpers.audiences import PEOPLE, SHOWN
from kpi_helpers.departments import Job
from kpi_helpers.errors import Fault, PolicyError
from kpi_helpers.language import say
from kpi_helpers.policy import Policy, Shown
from kpi_helpers.report.names import word
from kpi_helpers.report.render import page
from kpi_helpers.report.views import View, plain
from kpi_helpers.report.words import show
from kpi_helpers.result import Result

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O and U, which are misread
_LENGTH = 8  # 40 bits: among 2,000 people two are alike once in half a million lists
_PUBLISHED = ("complete", "final")
_NEVER = ("out_of_scope", "not_assessed")  # nothing is still to come for them


@dataclass(frozen=True)
class Listing:
    """The rows of a list: who, what is shown of them in words, and how many of them are undecided."""

    who: str
    shown: list[Shown]
    rows: list[tuple[str, list[str] | None]] = field(default_factory=list)  # None: undecided

    @property
    def undecided(self) -> int:
        return sum(values is None for _, values in self.rows)


def published(job: Job, result: Result) -> str | None:
    """公示名单 as a page; None where the audiences hold no `public`, and for a trial, which is nobody's result.

    Raises PolicyError where the policy shows everybody the own result only, or does not give what is to be shown.
    """
    policy, people = result.policy, listed_as(job, result.policy)
    if not people:
        return None
    refuse_private(job, policy)
    view = View(result)
    frame = result.groups.loc[view.group_names] if people == "groups" else result.employees
    shown = _shown(job, view, frame, people)
    listing = Listing(_heading(people), shown, _rows(view, frame, shown, _labels(job, result, people), people != "pseudonym"))
    record = result.tables.get("publication")
    record = record.get(policy.month, {}) if isinstance(record, dict) else {}
    return page(
        "published.html.j2",
        title=f"{say('公示名单', 'Published list')} {policy.period}",
        job=job,
        policy=policy,
        people=people,
        listing=listing,
        published_on=record.get("published_on"),
        publish_by=record.get("publish_by"),
        assumed=any(view.rests_on_assumption(unit, one) for unit in frame.index for one in shown),
    )


def listed_as(job: Job, policy: Policy) -> str:
    """Whom the list names: name, id, pseudonym (the least that tells people apart) or groups; '' where nothing is published."""
    if "public" not in job.audiences or job.scenario:
        return ""
    return job.publish.people or ("groups" if policy.per == "group" else "pseudonym")


def pseudonym(digest: str, employee_id: str) -> str:
    """代号: the same for one workbook, not to be guessed from the id; `digest` is the workbook's sha256.

    The person finds it on the own slip (where `listed_as` says pseudonym), and nobody else has a list of them.

    >>> pseudonym("a" * 64, "001")
    'MP4V-79TP'
    """
    # another message than that of a slip's file name, so that neither tells the other
    number = int.from_bytes(hmac.new(digest.encode(), f"pseudonym\0{employee_id}".encode(), hashlib.sha256).digest(), "big")
    signs = "".join(_SIGNS[number >> 5 * place & 31] for place in range(_LENGTH))
    return f"{signs[:4]}-{signs[4:]}"


def refuse_private(job: Job, policy: Policy) -> None:
    """Raises PolicyError where a clause that says who may see results (argument `visibility`) says: only the own one."""
    for clause in policy.clauses:
        if clause.arguments.get("visibility") != "own":
            continue
        problem = say(
            f"不能公示：{policy.title} {clause.id}“{clause.title}”规定每人只看自己的结果。",
            f"cannot be published: by {policy.title} {clause.id} '{clause.title}' everybody sees the own result only.",
        )
        hint = say(
            "请从 audiences 中去掉 public；确要公示，先在考核办法里改这一条的公开范围。",
            "Take public out of audiences:; if it is to be published, change this clause's visibility in the policy first.",
        )
        raise _fault(job, problem, hint)


def _fault(job: Job, problem: str, hint: str) -> PolicyError:
    return PolicyError(Fault(f"departments.yaml {job.name} publish", problem, hint))


def _shown(job: Job, view: View, frame, people: str) -> list[Shown]:
    """The columns: the policy's score, grade and place; what departments.yaml asks for must be there."""
    known = [(one.name if one.name == "rank" else one.role, one) for one in view.shown(frame)]
    found = {word: one for word, one in known if word in SHOWN}
    missing = [word for word in job.publish.show if word not in found]
    if missing or not found:
        whose = say("小组", "groups") if people == "groups" else say("个人", "people")
        what = "、".join(missing or SHOWN)
        problem = say(f"{view.policy.title}没有{whose}的 {what}。", f"{view.policy.title} gives {whose} no {what}.")
        options = "、".join(found) or "–"
        hint = say(f"show 可用：{options}；people 可用：{'、'.join(PEOPLE)}。", f"show: {options}; people: {', '.join(PEOPLE)}.")
        raise _fault(job, problem, hint)
    return [found[word] for word in job.publish.show or [word for word in ("score", "grade") if word in found]]


def _heading(people: str) -> str:
    words = {"groups": say("小组", "group"), "id": say("工号", "id"), "name": say("姓名", "name")}
    return words.get(people) or say("代号", "pseudonym")


def _labels(job: Job, result: Result, people: str) -> dict[str, str]:
    """What each person or group is called on the list; raises PolicyError where people have no name to be called by."""
    if people == "groups":
        return {unit: str(unit) for unit in result.groups.index}
    if people != "name":
        digest = job.digest()
        return {unit: pseudonym(digest, unit) if people == "pseudonym" else str(unit) for unit in result.employees.index}
    names = View(result).names
    nameless = len(result.employees) - len(names)
    if nameless:
        problem = say(f"花名册中有 {nameless} 人没有姓名，不能按姓名公示。", f"{nameless} people on the roster have no name to publish.")
        raise _fault(job, problem, say("请补上姓名，或改用 id、pseudonym。", "Fill the names in, or use id or pseudonym."))
    count, groups = Counter(names.values()), result.employees.get("group_id", {})
    return {unit: f"{name}（{group}）" if count[name] > 1 and (group := plain(groups.get(unit))) else name for unit, name in names.items()}


def _rows(view: View, frame, shown: list[Shown], labels: dict[str, str], roster: bool) -> list[tuple[str, list[str] | None]]:
    """By place where places are shown, else as on the roster, whose order would undo pseudonyms; the undecided come last.

    Whose result is complete and holds nothing that is shown is not scored (a supervisor, where only specialists are): not undecided.
    """
    rows = []
    for line, (unit, status) in enumerate(zip(frame.index, frame["status"], strict=True)):
        if status in _NEVER:
            continue
        decided = status in _PUBLISHED
        values = [word(one, plain(frame.at[unit, one.name])) if decided else None for one in shown]
        texts = [show(value, one.unit) for one, value in zip(shown, values, strict=True)]
        if all(value is None for value in values):
            texts = [say("不评分", "not scored")] * len(shown)
        places = [value for one, value in zip(shown, values, strict=True) if one.name == "rank"]
        place = (places[0] is None, places[0] or 0) if places else ()
        rows.append((not decided, place, "" if roster else labels[unit], line, labels[unit], texts if decided else None))
    return [row[-2:] for row in sorted(rows, key=lambda row: row[:4])]
