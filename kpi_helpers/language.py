"""The reader's language: Chinese unless KPI_LANG or --lang says English."""

import os
from contextvars import ContextVar

LANGUAGES = ("zh", "en")
_language = ContextVar("language", default=None)


def language() -> str:
    """The language in force: 'zh' or 'en'."""
    chosen = _language.get() or os.environ.get("KPI_LANG", "zh").lower()[:2]
    return chosen if chosen in LANGUAGES else "zh"


def set_language(name: str | None) -> None:
    """Choose the language for this process; None goes back to KPI_LANG."""
    _language.set(name)


def say(zh: str, en: str) -> str:
    """The text in the reader's language.

    >>> say("缺少工作表", "sheet is missing")
    '缺少工作表'
    """
    return zh if language() == "zh" else en
