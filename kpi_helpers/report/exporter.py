"""The report as one HTML file: an executed notebook without its code, in our own template."""

from __future__ import annotations

import copy
import re
from functools import cache

from nbconvert.exporters import TemplateExporter
from traitlets import default
from traitlets.config import Config

from kpi_helpers.language import say
from kpi_helpers.report.render import FOLDER, css

HIDDEN = {"parameters", "injected-parameters", "interactive", "internal", "remove_cell"}
SHOWN = ["text/html", "image/svg+xml", "text/markdown", "image/png", "text/plain"]


class KpiExporter(TemplateExporter):
    """Outputs only: no code, no script, no widget state, no metadata, no request to anywhere.

    nbconvert's HTMLExporter would parse and rewrite the whole page, most of the time an export takes.
    """

    output_mimetype = "text/html"

    @default("file_extension")
    def _html(self):
        return ".html"

    @default("template_name")
    def _own_template(self):
        return FOLDER.name

    @property
    def extra_template_basedirs(self):
        return [str(FOLDER.parent)]

    @property
    def default_config(self):
        own = Config(
            {
                "TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": HIDDEN},
                "NbConvertBase": {"display_data_priority": SHOWN},
            }
        )
        base = super().default_config.copy()
        base.merge(own)
        return base

    def from_notebook_node(self, nb, resources=None, **kwargs):
        nb = copy.deepcopy(nb)
        nb.metadata.pop("widgets", None)  # removed cells leave their data there
        resources = {**(resources or {})}
        resources.setdefault("kpi", {"title": say("绩效报告", "KPI report"), "lang": "zh"})
        resources["kpi"]["css"] = css()
        body, resources = super().from_notebook_node(nb, resources, **kwargs)
        return body.replace("<!--toc-->", _contents(body)), resources


@cache
def exporter() -> KpiExporter:
    """One exporter a process: making it costs more than using it."""
    return KpiExporter()


def report_html(notebook, title: str, lang: str) -> str:
    """The report of an executed notebook."""
    return exporter().from_notebook_node(notebook, {"kpi": {"title": title, "lang": lang}})[0]


def _contents(body: str) -> str:
    """The contents list, from the sections' headings."""
    links = [f'<li><a href="#{id}">{title}</a></li>' for id, title in re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', body)]
    return f'<nav aria-label="{say("目录", "Contents")}"><ol>{"".join(links)}</ol></nav>'
