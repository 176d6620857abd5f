"""What is refused, what is asked about: policy over loaded rows. No query, no clock, no request."""

from partners.rules.attributes import (
    archive_problems,
    as_json,
    attribute_problems,
    clean_text,
    clean_value,
    column_of,
    converted,
    display,
    field_name,
    from_json,
    kind_problems,
    new_key,
    plain_number,
    values_problems,
)
from partners.rules.groups import group_problems, period_problems, planned_end_problems
from partners.rules.imports import parts_of, proposed_kind
from partners.rules.partners import account_manager_problems, described, duplicate_problems, invitation_problems
from partners.rules.people import (
    address_problems,
    invited_twice,
    may_manage_team,
    removal_problems,
    role_problems,
)

__all__ = [
    "account_manager_problems",
    "address_problems",
    "archive_problems",
    "as_json",
    "attribute_problems",
    "clean_text",
    "clean_value",
    "column_of",
    "converted",
    "described",
    "display",
    "duplicate_problems",
    "field_name",
    "from_json",
    "group_problems",
    "invitation_problems",
    "invited_twice",
    "kind_problems",
    "may_manage_team",
    "new_key",
    "parts_of",
    "period_problems",
    "plain_number",
    "planned_end_problems",
    "proposed_kind",
    "removal_problems",
    "role_problems",
    "values_problems",
]
