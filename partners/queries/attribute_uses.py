"""Where rules of groups, requirements of tiers and forms of journeys refer to attributes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Exists, F, IntegerField, JSONField, OuterRef, QuerySet, Value, When
from django.db.models.functions import Cast, JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.conditions.grammar import conditions_of, read
from partners.conditions.subjects import ATTRIBUTE as ABOUT
from partners.models import GroupRule, LadderVersion, Requirement, TemplateStep
from partners.queries.journeys.answers import ATTRIBUTE
from partners.uses import AttributeUse, Use, UseRow
from prm.addresses import address


def _read(
    rows: QuerySet[Any], opened_by: str, name: str, told: Any, part: Any = None, place: Any = None
) -> QuerySet[Any, Any]:
    read_rows: QuerySet[Any, Any] = rows.annotate(
        opened_by=Cast(F(opened_by), CharField()),
        known_as=Cast(F(name), CharField()),
        part=Cast(part or Value(""), CharField()),
        place=Cast(place or Value(0), IntegerField()),
        told=Cast(told, JSONField()),
    )
    return read_rows


def rules_in_force(_now: datetime) -> QuerySet[Any]:
    rules = GroupRule.objects.current().filter(group__archived_at=None)
    return _read(rules, "group__public_id", "group__name", F("definition"))


def use_of_rule(row: UseRow) -> Use:
    return Use(_("the rule of %s") % row.name, address("group_rule", row.public_id))


def named_by_rule(row: UseRow) -> Iterable[str]:
    abouts = (condition.about for condition in conditions_of(read(row.told)))
    return [about.removeprefix(ABOUT) for about in abouts if about.startswith(ABOUT)]


def requirements_to_meet(now: datetime) -> QuerySet[Any]:
    """What tiers ask for now, will ask for, or would by a draft: versions that another has taken the place of do not
    count."""
    later = (
        LadderVersion.objects.applying(now)
        .order_by()
        .filter(ladder=OuterRef("version__ladder"), applies_at__gt=OuterRef("version__applies_at"))
    )
    rows = Requirement.objects.filter(~Exists(later), attribute__isnull=False, version__ladder__archived_at=None)
    is_present = Case(When(version__applies_at__lte=now, then=Value(True)), default=Value(False))
    told = JSONObject(attribute=F("attribute__public_id"), is_present=is_present)
    return _read(
        rows.filter(tier__archived_at=None),
        "version__public_id",
        "version__ladder__name",
        told,
        F("tier__name"),
        F("version__number"),
    )


def use_of_requirement(row: UseRow) -> Use:
    words = {"tier": row.part, "ladder": row.name, "number": row.place}
    if row.told["is_present"]:
        text = _("the tier %(tier)s of %(ladder)s")
    else:
        text = _("the tier %(tier)s of %(ladder)s by version %(number)d, which is to come")
    return Use(text % words, address("version_detail", row.public_id))


def named_by_requirement(row: UseRow) -> Iterable[str]:
    return [row.told["attribute"]]


def forms_that_ask(_now: datetime) -> QuerySet[Any]:
    steps = TemplateStep.objects.exclude(questions=[]).filter(template__archived_at=None)
    return _read(steps, "template__public_id", "template__name", F("questions"), F("title"), F("position"))


def use_of_form(row: UseRow) -> Use:
    words = {"step": row.part, "journey": row.name}
    return Use(_("“%(step)s” in %(journey)s") % words, address("journey_template_detail", row.public_id))


def named_by_form(row: UseRow) -> Iterable[str]:
    return [str(question[ATTRIBUTE]) for question in row.told if question.get(ATTRIBUTE)]


USES = (
    AttributeUse(
        "partners.group_rules", gettext_lazy("rules of groups"), rules_in_force, use_of_rule, named_by_rule, order=10
    ),
    AttributeUse(
        "partners.tiers",
        gettext_lazy("requirements of tiers"),
        requirements_to_meet,
        use_of_requirement,
        named_by_requirement,
        order=20,
    ),
    AttributeUse(
        "partners.journeys", gettext_lazy("forms of journeys"), forms_that_ask, use_of_form, named_by_form, order=30
    ),
)
