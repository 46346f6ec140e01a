"""写文件: one writer at a time, and a file that is whole or not there at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from kpi_helpers.errors import Fault, UsageError
from kpi_helpers.language import say

PATIENCE = 600  # seconds to wait for another run of the same department


@contextlib.contextmanager
def locked(path: Path, patience: float = PATIENCE, doing: str = "") -> Iterator[None]:
    """Hold a lock file while the body runs; wait for another holder, and give up with a UsageError that says what is being done."""
    with path.open("a") as handle:
        until = time.monotonic() + patience
        while not _lock(handle):
            if time.monotonic() > until:
                doing = doing or say("运行", "run")
                problem = say(f"另一次{doing}还没有结束。", f"another {doing} has not ended.")
                raise UsageError(Fault(path.stem, problem, say("请稍后再试。", "Try again later.")))
            time.sleep(0.1)
        yield


def _lock(handle) -> bool:
    """Try to lock an open file; the system frees it when the process ends, however it ends."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def aside(path: Path, data: bytes) -> Path:
    """A file written whole beside the one that it is to replace, with its rights; nothing is left where that fails (OSError)."""
    fresh = path.with_name(f".{secrets.token_hex(8)}.new")
    try:
        with fresh.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, fresh)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    return fresh


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in the place of another, or of none, in one step; raises OSError and leaves everything as it was."""
    fresh = aside(path, data)
    try:
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def unwritten(name: str, error: OSError) -> Fault:
    """What to say where the system refuses to write."""
    problem = say(f"写不了文件：{error.strerror}。", f"cannot write: {error.strerror}.")
    hint = say("请检查磁盘空间、权限，并关闭打开着的结果文件。", "Check space and rights, and close result files that are open.")
    return Fault(name, problem, hint)
