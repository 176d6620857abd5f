from django.utils.translation import gettext as _

from prm.problems import Problem


def testimonial_problems(*, has_graduated: bool, words: str, agrees: bool) -> list[Problem]:
    """Why these words cannot be kept for those who come after."""
    if not has_graduated:
        return [Problem("not_graduated", _("Your words are asked for once you have graduated."))]
    if agrees and not words.strip():
        return [Problem("required", _("Write a sentence first."), field="words")]
    return []
