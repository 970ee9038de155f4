"""Claims of the paper decided in several processes, none of which outlives the command."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ddln_sym.statements import Certificate

__all__ = ["certify_in_processes", "useful_jobs"]


def useful_jobs(jobs: int, claims: int) -> int:
    """How many processes have something to do: no more than claims, no more than cores.

    >>> useful_jobs(100_000, 1)
    1
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(jobs, claims, cores))


def certify_in_processes(ids: Sequence[str], jobs: int) -> Iterator[Certificate]:
    """The certificates of claims of the paper, in order.

    However it ends, by an interrupt too, the processes are ended with it.
    """
    with ProcessPoolExecutor(jobs, initializer=_begin) as pool:
        try:  # from the first of them on, which begins before the last is handed over
            for future in [pool.submit(_certify_one, name) for name in ids]:
                yield future.result()
        except BaseException:
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise


def _begin() -> None:
    """Leave Ctrl-C to the parent, end on SIGTERM, and end when the parent is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


_DECIDED: dict[str, Certificate] = {}  # what this process has decided of the paper, so that nothing is done twice


def _certify_one(name: str) -> Certificate:
    from ddln_sym.claims import certify_all, collect

    return next(certify_all(collect(), [name], known=_DECIDED))
