"""试算: try other numbers on one frozen month and see at once who gains, who loses and what it costs."""

from __future__ import annotations


def open_panel(month: str = "", department: str = "", policy: str = "", workbook: str = "", scenario: str = "", lang: str = ""):
    """试算面板 of one department and month, by the names that `kpi run` takes; what is at fault stands in the panel itself."""
    import ipywidgets

    return ipywidgets.VBox([ipywidgets.HTML(f"<p>{department} {month}</p>"), ipywidgets.FloatSlider(description="试算")])
