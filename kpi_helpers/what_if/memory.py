"""内存: what one trial has used is kept for the next one, and what is held for long is not searched for garbage."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import contextmanager

_TRIM, _MAP = -1, -3  # the numbers of glibc's malloc.h
_KEPT = 2**30  # bytes


@contextmanager
def held():
    """What is made meanwhile is held for long. With 100,000 people it would take longer to look after than to reckon with."""
    gc.unfreeze()  # what was held before may have been given up since
    keep_memory()
    yield
    gc.freeze()


def keep_memory() -> None:
    """Don't give memory back between two trials only to ask for it again; only the C library of Linux does that at once."""
    if sys.platform == "linux":
        set_option = getattr(ctypes.CDLL(None), "mallopt", None)
        if set_option is not None:
            set_option(_TRIM, _KEPT)
            set_option(_MAP, 2**25)  # the most it takes
