"""The words for choices, for lists: `get_…_display` makes a dictionary of all of them for each row."""

from functools import lru_cache

from django.db.models import Choices
from django.utils.translation import get_language


def label_of(choices: type[Choices], value: object) -> str:
    """The label of one value in the present language; the value itself where it is none of the choices."""
    return _labels(choices, get_language()).get(value, str(value))


@lru_cache(maxsize=512)
def _labels(choices: type[Choices], language: str | None) -> dict[object, str]:
    return {value: str(label) for value, label in choices.choices}
