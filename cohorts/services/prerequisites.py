"""What a program rests on, set as a whole."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction

from cohorts.models import Prerequisite, Program
from cohorts.queries.prerequisites import prerequisites_of
from cohorts.rules import prerequisite_words
from prm.accounts.actors import Actor
from prm.audit.services import note


@dataclass(frozen=True)
class Asked:
    """Ids by kind: groups, tiers, programs whose certificate counts, products."""

    groups: Collection[int] = field(default_factory=tuple)
    tiers: Collection[int] = field(default_factory=tuple)
    certificates: Collection[int] = field(default_factory=tuple)
    products: Collection[int] = field(default_factory=tuple)

    def by_kind(self) -> dict[str, Collection[int]]:
        return {
            "group_id": self.groups,
            "tier_id": self.tiers,
            "certificate_id": self.certificates,
            "product_id": self.products,
        }


@transaction.atomic
def set_prerequisites(*, actor: Actor, program: Program, asked: Asked) -> None:
    """Whom the program is meant for, from now on; what is not named is taken away."""
    Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    before = "; ".join(prerequisite_words(prerequisites_of(program)))
    Prerequisite.objects.filter(program=program).delete()
    Prerequisite.objects.bulk_create(
        Prerequisite(program=program, **{column: pk})
        for column, ids in asked.by_kind().items()
        for pk in sorted(set(ids))
    )
    after = "; ".join(prerequisite_words(prerequisites_of(program)))
    if before != after:
        note(actor=actor, verb="cohorts.prerequisites_set", obj=program, changes={"prerequisites": [before, after]})
