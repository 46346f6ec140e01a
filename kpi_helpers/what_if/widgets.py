"""小件: the few widgets of which every page of the panel is made."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as W


def html(value: str = "") -> W.HTML:
    """A place for text, as wide as there is room."""
    return W.HTML(value=value, layout=W.Layout(width="100%"))


def button(words: str, does: Callable[[], None], tooltip: str = "") -> W.Button:
    """A button as wide as its words."""
    made = W.Button(description=words, tooltip=tooltip, layout=W.Layout(width="auto", align_self="flex-start"))
    made.on_click(lambda _: does())
    return made


def labelled(words: str, widget: W.Widget) -> W.Widget:
    """A widget with its words above it."""
    return W.VBox([W.Label(words), widget])
