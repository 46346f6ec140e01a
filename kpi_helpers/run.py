"""运行一个月: every department in its own process, written aside and moved into place when whole."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import shutil
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from pathlib import Path

from kpi_helpers.calendar import Period
from kpi_helpers.departments import Job, NotDue, filed, find_job, latest_month, read_departments
from kpi_helpers.errors import DataError, Fault, KpiError, UsageError
from kpi_helpers.language import language, say, set_language
from kpi_helpers.locking import locked, unwritten
from kpi_helpers.outputs import MANIFEST, seal, write_json
from kpi_helpers.places import project
from kpi_helpers.scenarios import load_scenario

sys.modules.setdefault("rfc3987_syntax", None)  # papermill would load it: 0.7 s, for a check that nothing here needs

NOTEBOOK = Path("notebooks") / "kpi_monthly.ipynb"
STATE = ".state"  # locks, unfinished results and failures of a month, beside its departments


@dataclass
class Outcome:
    """How one department's run ended: the facts of its manifest, or every fault.

    faults: for the person at the screen. kept: what may stay on the disk: places without values or names.
    """

    name: str
    folder: str = ""
    facts: dict | None = None
    faults: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    notice: str = ""


def find_jobs(month="", departments=(), policy="", workbook="", scenario="", lang="") -> tuple[str, list[Job | Outcome]]:
    """The month and what is to be run, in order, with the outcome of what fails already or is not due; no departments named means all."""
    if policy or workbook:
        if len(departments) > 1:
            problem = say("--policy 与 --workbook 只能用于一个部门。", "--policy and --workbook are for one department.")
            raise UsageError(Fault("--department", problem))
        job = find_job(month, departments[0] if departments else "", policy, workbook, scenario, lang)
        return job.asked, [job]
    known = read_departments(project())
    month = filed(Period.parse(month or latest_month(known[name] for name in departments or known if name in known)))
    work: list[Job | Outcome] = []
    for name in dict.fromkeys(departments) or _using(scenario, known):
        try:
            work.append(find_job(month, name, "", "", scenario, lang))
        except NotDue as error:
            if departments:
                raise
            work.append(Outcome(name, notice=str(error)))
        except UsageError:
            raise
        except KpiError as error:
            work.append(_failed(name, "", error))
    return month, work


def _using(scenario: str, known) -> list[str]:
    """The departments whose policy a scenario is for; all without a scenario."""
    if not scenario:
        return list(known)
    meant = Path(load_scenario(scenario).policy).stem
    fitting = [name for name, department in known.items() if department.policy.stem == meant]
    if not fitting:
        problem = say("没有写明是哪个办法的方案稿。", "does not say which policy it is for.")
        raise UsageError(Fault(scenario, problem, say("请用 --department 指定部门。", "Name the department with --department.")))
    return fitting


def run_all(work: list[Job | Outcome], outputs: Path, workers: int = 0, done: Callable[[Outcome], None] = lambda _: None) -> list[Outcome]:
    """Run every job, in parallel where that helps; one job's failure leaves the others whole. Outcomes in the order of work."""
    found = {position: one for position, one in enumerate(work) if isinstance(one, Outcome)}
    jobs = {position: one for position, one in enumerate(work) if isinstance(one, Job)}
    workers = min(workers or cores(), len(jobs))
    if workers > 1:
        found |= _in_processes(jobs, outputs, workers, done)
        for position in sorted(jobs.keys() - found.keys()):  # at work when a process died: once more, each alone
            found |= _in_processes({position: jobs[position]}, outputs, 1, done)
            found.setdefault(position, _failed(jobs[position].title, jobs[position].folder, _killed(jobs[position])))
    else:
        for position, job in jobs.items():
            found[position] = run_job(job, outputs)
            done(found[position])
    return [found[position] for position in range(len(work))]


def _in_processes(jobs, outputs, workers, done) -> dict[int, Outcome]:
    """The outcomes of those jobs that came to an end; a process that the system kills takes the rest of its pool along."""
    context, found, others = multiprocessing.get_context("spawn"), {}, multiprocessing.active_children()
    with ProcessPoolExecutor(workers, context, _begin, (language(),)) as pool:
        futures = {pool.submit(run_job, job, outputs): position for position, job in jobs.items()}
        try:
            for future in as_completed(futures):
                with contextlib.suppress(BrokenProcessPool):
                    found[futures[future]] = future.result()
                    done(found[futures[future]])
        except BaseException:  # interrupted: the pool would first run whatever is left
            for process in set(multiprocessing.active_children()) - set(others):
                process.terminate()
            raise
    return found


def _begin(chosen: str) -> None:
    """Set up a worker: the reader's language, and its end with the command, for which it would otherwise wait for ever."""
    set_language(chosen)
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()


def _end_with(command) -> None:
    command.join()
    os._exit(1)


def _killed(job: Job) -> KpiError:
    return UsageError(Fault(job.name, say("进程被系统终止，多半是内存不足。", "the process was killed, most likely out of memory.")))


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_job(job: Job, outputs: Path) -> Outcome:
    """One department: run the master notebook, make the report, move everything into place; never raises an Exception."""
    state = outputs / job.asked / STATE
    failure = state / f"{job.folder}.json"
    try:
        state.mkdir(parents=True, exist_ok=True)
        with locked(state / f"{job.folder}.lock"), staged(outputs / job.asked, job.folder) as stage:
            _make(job, stage)
            facts = seal(stage, job)
            publish(stage, outputs / job.asked / job.folder)
            failure.unlink(missing_ok=True)
        return Outcome(job.title, job.folder, facts, notice=job.notice)
    except Exception as error:
        if os.environ.get("KPI_DEBUG") == "1" and not isinstance(error, KpiError):
            traceback.print_exc()
        outcome = _failed(job.title, job.folder, error)
    with contextlib.suppress(OSError):
        write_json(failure, {"department": job.title, "folder": job.folder, "failure": outcome.kept})
    return outcome


def _make(job: Job, stage: Path) -> None:
    from kpi_helpers.engine import execute
    from kpi_helpers.report.exporter import report_html

    given = {"month": job.asked, "department": job.name, "interactive": False, **job.given}
    shown = {name: Path(value).name if name in ("policy", "workbook", "scenario") else value for name, value in given.items()}
    notebook = execute(project() / NOTEBOOK, {**given, "output": str(stage)}, shown)
    (stage / "notebook.ipynb").write_text(json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    title = f"{job.title} {job.period}"
    (stage / "report.html").write_text(report_html(notebook, title, job.language), encoding="utf-8")


def _failed(name: str, folder: str, error: Exception) -> Outcome:
    """What to say about a failure, and what of it may stay on the disk."""
    if not isinstance(error, KpiError):
        problem = say(f"程序出错（{type(error).__name__}）。", f"the program failed ({type(error).__name__}).")
        hint = say("请用 KPI_DEBUG=1 再运行一次，把显示的内容报告给维护者。", "Run it again with KPI_DEBUG=1 and report what it shows.")
        error = KpiError(unwritten(name, error) if isinstance(error, OSError) else Fault(name, problem, hint))
    if isinstance(error, DataError):
        told = say("运行 kpi check 可看到详情。", "Run kpi check to see the details.")
        kept = [say(f"数据有 {len(error.faults)} 处错误。", f"The data has {len(error.faults)} faults.") + told]
        kept += [_place(fault) for fault in error.faults[:50]]
    else:
        kept = [str(replace(fault, where=_place(fault))) for fault in error.faults]
    return Outcome(name, folder, None, [str(fault) for fault in error.faults], [_without_paths(line) for line in kept])


def _place(fault: Fault) -> str:
    """Where a fault is, without the folder that a file lies in."""
    return Path(fault.where).name if Path(fault.where).is_absolute() else fault.where


def _without_paths(line: str) -> str:
    """A message as it may be handed on: no folder of this machine."""
    return line.replace(f"{project()}{os.sep}", "").replace(f"{Path.home()}{os.sep}", "")


# -- files -----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def staged(month: Path, folder: str) -> Iterator[Path]:
    """An empty folder to write into, gone afterwards; first puts right what a crash between two moves left."""
    stage, old = month / STATE / f"{folder}.new", month / STATE / f"{folder}.old"
    if old.exists():
        if (month / folder).exists():
            shutil.rmtree(old)
        else:
            old.rename(month / folder)
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir()
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def publish(stage: Path, final: Path) -> None:
    """Move a finished folder into place; the old one stays until the new one stands there."""
    old = stage.with_suffix(".old")
    if final.exists():
        final.rename(old)
    try:
        stage.rename(final)
    except OSError:
        if old.exists():
            old.rename(final)
        raise
    shutil.rmtree(old, ignore_errors=True)


# -- overview --------------------------------------------------------------------------------------------------------


def write_overview(outputs: Path, month: str, failed: list[Outcome] = ()) -> Path:
    """总览: index.html over every department of a month, from what lies there and what has failed."""
    from kpi_helpers.report import overview

    state = outputs / month / STATE
    try:
        state.mkdir(parents=True, exist_ok=True)
        with locked(state / "index.lock"):
            page = overview(month, _entries(outputs / month, failed))
            fresh = state / "index.new"
            fresh.write_text(page, encoding="utf-8")
            fresh.replace(outputs / month / "index.html")
    except OSError as error:
        raise KpiError(unwritten(say("总览", "overview"), error)) from None
    return outputs / month / "index.html"


def _entries(month: Path, failed) -> list:
    """Departments in the order of departments.yaml, then whatever else was run."""
    from kpi_helpers.places import safe_name
    from kpi_helpers.report.overview import Entry

    names = {}
    with contextlib.suppress(KpiError):
        names = {safe_name(name): name for name in read_departments(project())}
    facts = {path.parent.name: found for path in sorted(month.glob(f"*/{MANIFEST}")) if (found := _ours(path, "made_at"))}
    failures = {path.stem: found for path in sorted((month / STATE).glob("*.json")) if (found := _ours(path, "failure"))}
    failures |= {
        outcome.folder or safe_name(outcome.name): {"department": outcome.name, "failure": outcome.kept}
        for outcome in failed
        if outcome.kept
    }
    return [
        Entry(_title(folder, names, facts, failures), folder, facts.get(folder), tuple(failures.get(folder, {}).get("failure", ())))
        for folder in dict.fromkeys([*names, *facts, *failures])
    ]


def _title(folder, names, facts, failures) -> str:
    if folder in names:
        return names[folder]
    return folder if facts.get(folder, {}).get("scenario") else {**facts, **failures}[folder]["department"]


def _ours(path: Path, key: str) -> dict:
    """What a file of ours says; nothing where it is somebody else's, or was cut off when a run was killed."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return data if isinstance(data, dict) and key in data else {}


def progress(total: int):
    """A progress bar on a terminal, silence elsewhere."""
    from tqdm import tqdm

    return tqdm(total=total, file=sys.stderr, disable=not sys.stderr.isatty(), leave=False, unit=say("个部门", " departments"))
