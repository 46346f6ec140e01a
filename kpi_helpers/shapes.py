"""Which kind of value may stand under each key of a file; whatever is of another kind is named and left out."""

from __future__ import annotations

from fractions import Fraction

from kpi_helpers.errors import Fault
from kpi_helpers.language import say

_KINDS = {
    "text": (str,),
    "label": (str, int, Fraction),  # a text that may look like a number
    "number": (int, Fraction),
    "flag": (bool,),
    "list": (list,),
    "mapping": (dict,),
    "texts": (list,),
    "words": (dict,),
    "plain": (str, int, Fraction, bool),
}
_WORDS = {
    "text": ("文字", "text"),
    "label": ("文字", "text"),
    "number": ("数字", "a number"),
    "flag": ("true 或 false", "true or false"),
    "list": ("列表，如 [甲, 乙]", "a list, e.g. [a, b]"),
    "mapping": ("{名称: 值}", "{name: value}"),
    "texts": ("文字的列表，如 [甲, 乙]", "a list of texts, e.g. [a, b]"),
    "words": ("{词: 文字}", "{word: text}"),
    "plain": ("一个值", "one value"),
}


def fits(value, kind: str) -> bool:
    """Is a value of this kind? A yes or no is no number.

    >>> fits(1, "number"), fits(True, "number"), fits(["a", 1], "texts")
    (True, False, False)
    """
    if isinstance(value, bool) and bool not in _KINDS[kind] or not isinstance(value, _KINDS[kind]):
        return False
    parts = value if kind == "texts" else value.values() if kind == "words" else ()
    return all(isinstance(one, str) for one in parts)


def shaped(entry: dict, kinds: dict[str, str], where: str, faults: list[Fault]) -> dict:
    """The entry without what is of a wrong kind, which is a fault; a blank value is as good as none, other keys stay."""
    kept = {}
    for key, value in entry.items():
        if key in kinds and value is None:
            continue
        if key in kinds and not fits(value, kinds[key]):
            zh, en = _WORDS[kinds[key]]
            faults.append(Fault(where, say(f"{key} 应为{zh}。", f"{key}: must be {en}.")))
            continue
        kept[key] = value
    return kept
