"""受众: who reads what a department's run leaves, and whom the list for everybody names."""

from __future__ import annotations

from dataclasses import dataclass

from kpi_helpers.errors import Fault, did_you_mean
from kpi_helpers.language import say

AUDIENCES = ("hr", "manager", "employee", "public")
PEOPLE = ("name", "id", "pseudonym", "groups")
SHOWN = ("score", "grade", "rank")
_KEYS = ("people", "show")


@dataclass(frozen=True)
class Publish:
    """公示: whom the published list names and what it shows; '' and () leave it to what the policy gives."""

    people: str = ""
    show: tuple[str, ...] = ()


def read_audiences(entry: dict, where: str, faults: list[Fault]) -> tuple[tuple[str, ...], Publish]:
    """audiences 与 publish of one department; every fault is added to `faults`."""
    audiences = _words("audiences", entry.get("audiences", ["hr"]), AUDIENCES, where, faults)
    given = entry.get("publish", {})
    if not isinstance(given, dict):
        problem = say("publish 应为 {people: …, show: […]}。", "publish: must be {people: …, show: […]}.")
        faults.append(Fault(where, problem))
        return audiences, Publish()
    for key in given.keys() - set(_KEYS):
        faults.append(Fault(where, say(f"publish 不认识“{key}”。", f"publish: unknown key '{key}'."), did_you_mean(key, _KEYS)))
    if "publish" in entry and "public" not in audiences:  # would be a list that never appears, without a word
        problem = say("写了 publish，audiences 中却没有 public。", "publish: is given, but audiences: has no public.")
        faults.append(Fault(where, problem, say("请在 audiences 中加上 public。", "Add public to audiences:.")))
    people = _words("publish.people", given.get("people", []), PEOPLE, where, faults)
    if len(people) > 1:
        faults.append(Fault(where, say("publish.people 只能写一种。", "publish.people takes one word.")))
    return audiences, Publish("".join(people[:1]), _words("publish.show", given.get("show", []), SHOWN, where, faults))


def _words(name, value, allowed, where, faults) -> tuple[str, ...]:
    """One word or a list of words, each of them allowed."""
    words = value if isinstance(value, list) else [value]
    for word in words:
        if word not in allowed:
            problem = say(f"{name}“{word}”无效。", f"{name}: '{word}' is unknown.")
            faults.append(Fault(where, problem, did_you_mean(word, allowed)))
    return tuple(word for word in allowed if word in words)
