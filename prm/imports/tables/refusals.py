"""What a file that cannot be read is refused with: always on the field `file`."""

from prm.problems import Problem, Refused


def refusal(code: str, message: str) -> Refused:
    return Refused(Problem(code, message, field="file"))
