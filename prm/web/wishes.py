"""Wishes to be erased, as they wait in the to-do list of owners."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import CharField, DateTimeField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.addresses import address
from prm.privacy.models import ErasureWish
from prm.privacy.queries import ANSWER_WITHIN
from prm.waiting import WaitingSource, Words


def _wishes(_membership_id: int, _now: datetime) -> QuerySet[Any]:
    due = ExpressionWrapper(F("asked_at") + Value(ANSWER_WITHIN), DateTimeField())
    name, email = (Cast(f"membership__person__{column}", CharField()) for column in ("name", "email"))
    return ErasureWish.objects.open().annotate(due=due, who=Coalesce(NullIf(name, Value("")), email))


def _wish(told: Mapping[str, Any]) -> Words:
    title = _("%s asks to be erased") % told["who"]
    return Words(title, address("erasure_wish", told["public_id"]), _("Answer"))


WISHES = WaitingSource(
    "privacy.wishes",
    gettext_lazy("Wishes to be erased"),
    "user-x",
    "organization.manage",
    _wishes,
    _wish,
    since="asked_at",
    tells={"public_id": "public_id", "who": "who"},
    due="due",
    order=300,
)
