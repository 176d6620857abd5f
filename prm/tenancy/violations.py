"""What the database has the last word on, turned into the refusal that people read."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from prm.problems import Problem, Refused


@contextmanager
def refused_by(constraint: str, problem: Problem) -> Iterator[None]:
    """A transaction in which the violation of this one constraint is a `Refused` with this problem.

    Any other violation is a fault of the program and goes on as it is.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if constraint_of(error) != constraint:
            raise
        raise Refused(problem) from None


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that was violated; empty where the database names none, say for a missing value."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""
