"""The room of a cohort: the group's chat, and the rule of how what is said is treated."""

from datetime import datetime

from django.db import transaction

from cohorts.models import Cohort
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.tenancy.editing import update_if_unchanged


@transaction.atomic
def edit_room(
    *, actor: Actor, cohort: Cohort, revision: int, chat_link: str, room_rule: str | None = None, now: datetime
) -> None:
    """Change the chat's link and (None leaves it) the room's rule; a new rule is a new version, to be accepted anew.

    Raises `Refused`: changed_meanwhile.
    """
    values: dict[str, object] = {"chat_link": chat_link}
    if room_rule is not None and room_rule.strip() != cohort.room_rule:
        values |= {"room_rule": room_rule.strip(), "room_rule_version": cohort.room_rule_version + 1}
    changes = update_if_unchanged(cohort, revision, **values)
    if changes:
        note(actor=actor, verb="cohorts.room_edited", obj=cohort, changes=changes)
