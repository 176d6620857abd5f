"""Groups of what stands in a column of an imported table."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from partners.models import Group, GroupMember
from partners.names import comparable
from partners.queries.imports import GROUPED
from partners.services.groups import Added, GroupDetails, add_to_group, create_group
from prm.accounts.actors import Actor
from prm.imports.models import Import, ImportRow


def make_groups(
    *, actor: Actor, row_import: Import, column: int, names: Mapping[str, str], now: datetime
) -> list[tuple[Group, Added]]:
    """Put the partners of an import into groups by what stands in one of its columns.

    `names` gives each value its group's name; a group of that name is used, else made.
    """
    title = row_import.columns[column]
    made = []
    for value, name in names.items():
        rows = ImportRow.objects.filter(row_import=row_import, object_id__isnull=False, **{f"cells__{column}": value})
        ids = [pk for pk in rows.values_list("object_id", flat=True) if pk is not None]
        group = Group.objects.listed().filter(normalized_name=comparable(name)).first()
        if group is None:
            group = create_group(actor=actor, details=GroupDetails(name=name), now=now)
        added = add_to_group(
            actor=actor,
            group=group,
            partner_ids=ids,
            reason=_("%(column)s: %(value)s") % {"column": title, "value": value},
            source=GroupMember.Source.IMPORT,
            now=now,
        )
        made.append((group, added))
    row_import.options = {**row_import.options, GROUPED: [*row_import.options.get(GROUPED, []), column]}
    row_import.save(update_fields=["options"])
    return made
