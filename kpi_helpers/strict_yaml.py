"""YAML read strictly: no duplicate keys, numbers exact, dates as text, nothing that can run or explode."""

from __future__ import annotations

import re
from fractions import Fraction

import yaml

from kpi_helpers.errors import Fault, PolicyError
from kpi_helpers.language import say

MAX_BYTES = 2_000_000
MAX_DEPTH = 20
_INTEGER = re.compile(r"[-+]?\d{1,18}")
_DECIMAL = re.compile(r"[-+]?\d{1,18}\.\d{1,12}")
_PLAIN_TAGS = {
    "!",
    *(f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value")),
}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Document:
    """A loaded file: `data`, and the line on which each path of keys stands."""

    def __init__(self, name: str, data, lines: dict):
        self.name, self.data, self.lines = name, data, lines

    def where(self, *path) -> str:
        """A place for error messages: file, line and the path of keys."""
        while path and path not in self.lines:
            path = path[:-1]
        line = self.lines.get(path)
        return self.name + (f":{line}" if line else "") + ("".join(f" {key}" for key in path if not isinstance(key, int)))


def load(text: str, name: str, aliases: bool = False) -> Document:
    """Parse one YAML document.

    Numbers become int or Fraction, all else stays text; a key must be text (quote 2.10).
    Raises PolicyError with file and line.

    >>> load("a: 0.40", "x.yaml").data
    {'a': Fraction(2, 5)}
    """
    if len(text.encode()) > MAX_BYTES:
        raise PolicyError(Fault(name, say(f"文件超过 {MAX_BYTES // 10**6} MB。", "the file is too large.")))
    try:
        _check_depth(text)
        if not aliases and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Loader)):
            raise PolicyError(Fault(name, say("不能使用 YAML 引用（*名称）。", "YAML aliases (*name) are not allowed here.")))
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise PolicyError(Fault(where, say(f"不是有效的 YAML：{problem}。", f"not valid YAML: {problem}."))) from None
    faults: list[Fault] = []
    lines: dict[tuple, int] = {}
    data = None if root is None else _build(root, name, (), lines, faults, {})
    if faults:
        raise PolicyError(faults)
    return Document(name, data, lines)


def _check_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
        if depth > MAX_DEPTH:
            raise yaml.YAMLError(say(f"嵌套超过 {MAX_DEPTH} 层", f"nested deeper than {MAX_DEPTH} levels"))


def _build(node, name, path, lines, faults, made):
    lines[path] = node.start_mark.line + 1
    if id(node) in made:
        return made[id(node)]
    if node.tag not in _PLAIN_TAGS:
        faults.append(Fault(f"{name}:{lines[path]}", say(f"不允许标签“{node.tag}”。", f"tag {node.tag!r} is not allowed.")))
        return None
    if isinstance(node, yaml.ScalarNode):
        result = _scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        result = [_build(child, name, (*path, i), lines, faults, made) for i, child in enumerate(node.value)]
    else:
        result = {}
        for key_node, value_node in node.value:
            line = f"{name}:{key_node.start_mark.line + 1}"
            key = _scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                shown = getattr(key_node, "value", "?")
                faults.append(Fault(line, say(f"键“{shown}”不是文字。", f"key {shown!r} is not text."), say("请加引号。", "Quote it.")))
                continue
            if key in result:
                faults.append(Fault(line, say(f"键“{key}”重复。", f"key '{key}' stands twice."), say("请删去一个。", "Delete one.")))
            result[key] = _build(value_node, name, (*path, key), lines, faults, made)
    made[id(node)] = result
    return result


def _scalar(node):
    text = node.value
    if node.style:  # quoted or block text
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    return Fraction(text) if _DECIMAL.fullmatch(text) else text
