"""Where rules of groups and forms of journeys refer to attributes."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from partners.conditions.grammar import conditions_of, read
from partners.models import Attribute, GroupRule
from partners.uses import Use
from prm.addresses import address


def uses_in_rules(attributes: Collection[Attribute]) -> dict[int, list[Use]]:
    """The groups whose present rule asks for each of these attributes, by the attribute's key. One query."""
    keys = {f"attribute:{attribute.public_id}": attribute.pk for attribute in attributes}
    rules = GroupRule.objects.current().filter(group__archived_at=None).select_related("group")
    found: dict[int, list[Use]] = {}
    for rule in rules.order_by("group__normalized_name", "pk"):
        use = Use(_("the rule of %s") % rule.group.name, address("group_rule", rule.group.public_id))
        for about in {condition.about for condition in conditions_of(read(rule.definition))} & keys.keys():
            found.setdefault(keys[about], []).append(use)
    return found
