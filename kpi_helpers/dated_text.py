"""按月生效的文本: a policy file as text, in which a number gets one more date and every other byte stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from kpi_helpers.scenarios import yaml_text

EARLIEST = "2000-01"  # what was in force before the first change is dated from here
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_BOM = "\ufeff"


def entries_of(node) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def starts_of(node) -> dict[str, yaml.Node]:
    """The dates of a dated value with what holds from each; nothing for any other value."""
    entries = entries_of(node)
    return entries if all(map(MONTH.fullmatch, entries)) else {}


class PolicyText:
    """A policy file as text with the places of its values, so that what is not changed stays as it is to the byte."""

    def __init__(self, text: str, month: str):
        self.text, self.bom, self.month = text.removeprefix(_BOM), _BOM if text.startswith(_BOM) else "", month
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.margins: dict[int, int] = {}  # how far left the keys stand of the values that were looked for
        self.root = yaml.compose(self.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    def routes(self, keys: tuple, place: str) -> Iterator[list]:
        """The nodes from a written value to a place in it, where there is one; through a dated value by what holds in the month."""
        node = self.root
        for key in keys:
            name, node = next(one for one in node.value if one[0].value == key) if isinstance(key, str) else (None, node.value[key])
        self.margins[id(node)] = name.start_mark.column
        yield from self._route(node, place)

    def _route(self, node, place: str) -> Iterator[list]:
        starts = starts_of(node)
        if starts:
            steps = [(self._standing(starts), place)]
        elif not place:
            yield [node]
            return
        else:
            rows = enumerate(node.value, 1) if isinstance(node, yaml.SequenceNode) else entries_of(node).items()
            named = sorted(((str(key), one) for key, one in rows), key=lambda row: -len(row[0]))  # a key may hold dots itself
            steps = [(one, place[len(key) + 1 :]) for key, one in named if f"{place}.".startswith(f"{key}.")]
        for one, rest in steps:
            yield from ([node, *further] for further in (self._route(one, rest) if one else ()))

    def _standing(self, starts: dict) -> yaml.Node | None:
        """What holds in the month."""
        past = [start for start in starts if start <= self.month]
        return starts[max(past)] if past else None

    def changed(self, changes: list) -> str:
        """The text with every number dated."""
        groups: dict[int, tuple[yaml.Node, list]] = {}
        for change in changes:
            numbers = groups.setdefault(id(change.dateable), (change.dateable, []))[1]
            numbers.append((*self._span(change.route[-1]), change.new))
        edits = [edit for node, numbers in groups.values() for edit in self._edits(node, numbers)]
        return self.bom + self._spliced(edits, 0, len(self.text))

    def _edits(self, node, numbers: list[tuple]) -> list[tuple]:
        """What is to be written so that a value has the numbers from the month on, and before as it has now."""
        starts, month, line = starts_of(node), self.month, self.newline
        if month in starts:
            return numbers
        old = self._standing(starts) if starts else node
        start, end = self._span(old)
        first, last = self._line(start), self._line_end(end)
        block = isinstance(old, yaml.CollectionNode) and not old.flow_style
        if starts and node.flow_style:
            return [(end, end, f", {month}: {self._spliced(numbers, start, end)}")]
        if starts:
            new = line + self._spliced(numbers, first, last) if block else f" {self._spliced(numbers, start, end)}"
            return [(last, last, f"{line}{' ' * node.start_mark.column}{month}:{new}")]
        if block:  # rows under the value's key: those of a list may stand as far left as the key itself
            column = old.start_mark.column
            indent = " " * (column if column > self.margins.get(id(old), column) else column + 2)
            deeper = " " * (len(indent) + 2 - column)
            rows = [re.sub(r"(?m)^(?=.*\S)", deeper, self._spliced(edits, first, last)) for edits in ([], numbers)]
            return [(first, last, f"{indent}{EARLIEST}:{line}{rows[0]}{line}{indent}{month}:{line}{rows[1]}")]
        new = self._spliced(numbers, start, end)
        return [(start, end, f"{'' if end > start else ' '}{{{EARLIEST}: {self.written(old)}, {month}: {new.strip()}}}")]

    def written(self, node) -> str:
        """A value as it stands in the file, in a way that may stand between braces; … for rows."""
        start, end = self._span(node)
        text = self.text[start:end] or "~"
        if isinstance(node, yaml.CollectionNode):
            return text if node.flow_style else "…"
        return yaml_text(node.value) if node.style in ("|", ">") or not node.style and re.search(r"[,\[\]{}\n]", text) else text

    def _span(self, node) -> tuple[int, int]:
        """Where a value starts and ends, without the comments and blank lines after it."""
        start, end, last = node.start_mark.index, node.end_mark.index, node
        while isinstance(last, yaml.CollectionNode) and not last.flow_style:
            last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
            end = last.end_mark.index
        return start, max(start, start + len(self.text[start:end].rstrip()))

    def _line(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        return re.compile(r"\r?$", re.M).search(self.text, at).start()

    def _spliced(self, edits: list[tuple], start: int, end: int) -> str:
        parts, at = [], start
        for first, last, new in sorted(edits):
            parts += [self.text[at:first], new]
            at = last
        return "".join([*parts, self.text[at:end]])
