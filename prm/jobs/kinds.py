"""Kinds of background work. Apps register theirs in `registry.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prm.registry import Registry

if TYPE_CHECKING:
    from prm.jobs.models import Job


def _no_page(job: "Job") -> str:
    return ""


@dataclass(frozen=True)
class JobKind:
    """A kind of work, named "<app>.<imperative>".

    `run(job)` does one piece of the work (a second or two) inside the organization's scope and in one transaction, and
    calls `job.progress(done, total)`; it is called again while `done` is less than `total`, by the same worker or,
    after a crash, by another one from where the last piece ended. Work that is done in one piece need not call it.
    Anything it sets on the job (`position`, `result`, `add_error`) is saved with the piece. An exception undoes the
    piece, which is tried again a few times; `Refused` ends the job with its words.

    `page(job)` is the address to go on to when it is done, "" for none.
    """

    name: str
    run: Callable[["Job"], None]
    label: Any = ""
    page: Callable[["Job"], str] = _no_page


job_kinds: Registry[JobKind] = Registry("kinds of jobs")
