"""Papermill with its silent traps closed: what the notebook is given is checked, what it leaves is clean."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
import papermill
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from kpi_helpers.errors import DataError, Fault, KpiError, PolicyError, UsageError, did_you_mean
from kpi_helpers.language import say

TIMEOUT = 1800  # seconds a cell may take
OURS = {kind.__name__: kind for kind in (KpiError, PolicyError, DataError, UsageError)}


class NotebookFailed(KpiError):
    """The notebook broke for a reason that is not in the reader's files; `kind` names it."""

    def __init__(self, faults, kind: str):
        super().__init__(faults)
        self.kind = kind


class OwnKernelManager(AsyncKernelManager):
    """Starts the Python that runs this program, whatever kernels are registered on the machine."""

    @property
    def kernel_spec(self):
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        environment = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        known = get_kernel_dict().get("metadata", {})  # whether this ipykernel can encrypt what it says
        return KernelSpec(argv=argv, display_name="Python 3", language="python", env=environment, metadata=known)


class KpiEngine(NBClientEngine):
    """papermill's engine: our own kernel, stopped at once, local sockets, sliders skipped."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **kwargs):
        kwargs.setdefault("kernel_manager_class", OwnKernelManager)
        kwargs.setdefault("shutdown_kernel", "immediate")
        kwargs.setdefault("skip_cells_with_tag", "interactive")
        with tempfile.TemporaryDirectory(prefix="kpi-") as folder:
            if os.name != "nt":
                config = Config()
                config.KernelManager.transport = "ipc"
                config.KernelManager.ip = os.path.join(folder, "k")
                kwargs.setdefault("config", config)
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)


papermill_engines.register("kpi", KpiEngine)


def check_parameters(notebook: Path, parameters: dict) -> None:
    """Stop where papermill would only warn: no or several parameter cells, a parameter the notebook does not know."""
    master = read_notebook(notebook)
    tagged = [cell for cell in master.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        problem = say(
            f"应有且只有一个 parameters 单元格，现有 {len(tagged)} 个。", f"needs exactly one parameters cell, has {len(tagged)}."
        )
        raise UsageError(Fault(notebook.name, problem))
    known = papermill.inspect_notebook(master)
    faults = []
    for name, value in parameters.items():
        if name not in known:
            faults.append(Fault(notebook.name, say(f"没有参数“{name}”。", f"has no parameter '{name}'."), did_you_mean(name, known)))
        elif known[name]["inferred_type_name"] not in ("None", type(value).__name__):
            wanted = known[name]["inferred_type_name"]
            faults.append(Fault(notebook.name, say(f"参数“{name}”应为 {wanted}。", f"parameter '{name}' must be {wanted}.")))
    if faults:
        raise UsageError(faults)


def read_notebook(notebook: Path):
    """The notebook, made one of our own kernel, whichever it was saved with, or without any."""
    try:
        master = nbformat.read(notebook, 4)
        master.metadata.kernelspec = nbformat.from_dict({"name": "python3", "display_name": "Python 3", "language": "python"})
    except (OSError, ValueError, AttributeError, nbformat.ValidationError):  # nbformat says it in many ways
        raise UsageError(Fault(notebook.name, say("读不到笔记本。", "the notebook cannot be read."))) from None
    return master


def execute(notebook: Path, parameters: dict, shown: dict):
    """Run a notebook in a fresh kernel and return it, without times, paths and widget state.

    shown: the parameters as the finished notebook names them (no folders of this machine). Raises the notebook's own
    KpiError with its faults, or NotebookFailed.
    """
    check_parameters(notebook, parameters)
    try:
        done = papermill.execute_notebook(
            read_notebook(notebook), None, parameters, "kpi", progress_bar=False, log_output=False, execution_timeout=TIMEOUT
        )
    except PapermillExecutionError as error:
        raise _failure(notebook, error) from None
    except DeadKernelError:
        problem = say(
            "计算进程被系统终止，多半是内存不足或文件损坏。", "the kernel was killed, most likely out of memory or by a broken file."
        )
        raise NotebookFailed(Fault(notebook.name, problem), "DeadKernelError") from None
    except CellTimeoutError:
        problem = say(f"一个单元格超过 {TIMEOUT} 秒。", f"a cell took more than {TIMEOUT} seconds.")
        raise NotebookFailed(Fault(notebook.name, problem), "CellTimeoutError") from None
    return tidy(done, shown)


def _failure(notebook: Path, error: PapermillExecutionError) -> KpiError:
    """The faults of a KpiError in the notebook (one traceback item each), or the bare name of anything else."""
    if error.ename in OURS:
        faults = [Fault(*str(item).split(": ", 1)) if ": " in item else Fault(item, "") for item in error.traceback]
        return OURS[error.ename](faults)
    problem = say(f"程序出错（{error.ename}）。", f"the program failed ({error.ename}).")
    hint = say("请用 KPI_DEBUG=1 再运行一次，把显示的内容报告给维护者。", "Run it again with KPI_DEBUG=1 and report what it shows.")
    failed = NotebookFailed(Fault(notebook.name, problem, hint), error.ename)
    if os.environ.get("KPI_DEBUG") == "1":
        plain = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback))
        print(plain, file=sys.stderr)
    return failed


def tidy(notebook, parameters: dict):
    """The same notebook for the same inputs: no times, no paths, no random ids, nothing of widgets."""
    kept = {key: notebook.metadata[key] for key in ("kernelspec", "language_info") if key in notebook.metadata}
    notebook.metadata = nbformat.from_dict(kept)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if "injected-parameters" in tags:
            cell.id = "injected-parameters"
            cell.source = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    return notebook
