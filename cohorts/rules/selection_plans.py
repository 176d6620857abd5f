from collections.abc import Sequence

from django.utils.translation import gettext as _

from cohorts.questions import Question, asked
from prm.problems import Problem


def removal_problems(questions: Sequence[Question], key: str) -> list[Problem]:
    """Why a question cannot go: who applies has something to say."""
    if [row.key for row in asked(questions)] == [key]:
        return [Problem("last", _("An application asks at least one thing."))]
    return []
