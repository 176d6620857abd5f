"""What people type about ladders, tiers and requirements."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.forms.fields import ColleagueField, ReasonForm, colleagues
from partners.models import (
    Attribute,
    Audience,
    Group,
    Ladder,
    LadderVersion,
    Partner,
    PartnerTier,
    Requirement,
    Tier,
    TierNumber,
)
from partners.models.tiers import TIER
from partners.queries.audiences import audience_choices
from partners.queries.ladders import calendar
from partners.queries.tier_words import label_of
from partners.rules.tiers import MOST_TIERS
from partners.services.ladder_versions import RequirementDetails
from partners.services.ladders import LadderDetails, TierDetails, benefits_of
from prm.accounts.models import Membership
from prm.activity.kinds import measures
from prm.web.forms import EditForm, Form

Source = Requirement.Source
_EVERYONE = ""
_MOST_BENEFITS = 12


class LadderForm(EditForm):
    """A ladder's name, who takes part, and what is promised about changes."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Partners read it, such as “Resellers”."))
    description = forms.CharField(
        label=_("What its partners read"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In a sentence or two: what this ladder is for."),
    )
    tiers = forms.CharField(
        label=_("Tiers, the lowest first"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line. Partners start at the first; the others ask for something."),
        max_length=500,
    )
    audience = forms.ChoiceField(label=_("Who takes part"), required=False)
    owner = ColleagueField(label=_("Owner"), help_text=_("Hears of appeals, and of partners without account manager."))
    promotion = forms.ChoiceField(label=_("A higher tier is given"), choices=Ladder.Promotion.choices)
    review = forms.ChoiceField(
        label=_("A tier may be lowered"), choices=Ladder.Review.choices, initial=Ladder.Review.YEAR
    )
    notice_days = forms.IntegerField(
        label=_("Days of notice"), min_value=7, max_value=90, initial=30, help_text=_("Partners hear so long before.")
    )
    grace_days = forms.IntegerField(
        label=_("Days of grace"),
        min_value=0,
        max_value=90,
        initial=14,
        help_text=_("After the period’s end, to catch up."),
    )
    manager_days = forms.IntegerField(
        label=_("Days for the account manager"),
        min_value=0,
        max_value=30,
        initial=3,
        help_text=_("To add words before a notice goes out."),
    )
    answer_days = forms.IntegerField(
        label=_("Days to answer an appeal"), min_value=1, max_value=30, initial=5, help_text=_("Partners see this.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(one.id): one for one in audience_choices() if one.kind not in (TIER, "everyone")}
        choices = [(_EVERYONE, _("All partners")), *((key, one.label) for key, one in self.offered.items())]
        self.fields["audience"].choices = choices  # type: ignore[attr-defined]

    def owner_choices(self) -> models.QuerySet[Membership]:
        return colleagues()

    def without_tiers(self) -> "LadderForm":
        """For a ladder that exists: its tiers have pages of their own."""
        del self.fields["tiers"]
        return self

    def clean_tiers(self) -> list[str]:
        names = [" ".join(line.split())[:40] for line in self.cleaned_data["tiers"].splitlines() if line.strip()]
        if len(names) < 2:
            raise ValidationError(_("A ladder has at least two tiers. Write one a line."))
        if len(names) > MOST_TIERS:
            raise ValidationError(_("A ladder has eight tiers at most. More than that nobody can tell apart."))
        if len({name.casefold() for name in names}) < len(names):
            raise ValidationError(_("Two tiers have the same name."))
        return names

    def details(self) -> LadderDetails:
        values = {name: self.cleaned_data[name] for name in LadderDetails.__dataclass_fields__}
        chosen = values["audience"]
        values["audience"] = Audience.objects.get(pk=int(chosen)) if chosen else None
        return LadderDetails(**values)

    def tier_details(self) -> list[TierDetails]:
        """The tiers with colors that climb."""
        colors = [Group.Color.TEAL, Group.Color.SKY, Group.Color.AMBER, Group.Color.VIOLET, Group.Color.ROSE]
        names: list[str] = self.cleaned_data["tiers"]
        return [TierDetails(name, color=colors[place % len(colors)]) for place, name in enumerate(names)]

    @classmethod
    def initial_of(cls, ladder: Ladder) -> dict[str, Any]:
        values = {name: getattr(ladder, name) for name in LadderDetails.__dataclass_fields__}
        audience = str(ladder.audience_id) if ladder.audience_id else _EVERYONE
        return {**values, "audience": audience, "owner": ladder.owner_id, "revision": ladder.revision}


class TierForm(EditForm):
    """What a tier is called and gives."""

    name = forms.CharField(label=_("Name"), max_length=40)
    color = forms.ChoiceField(label=_("Color"), choices=Group.Color.choices)
    description = forms.CharField(
        label=_("In one sentence"), max_length=200, required=False, help_text=_("Partners read it beside the tier.")
    )
    response_hours = forms.IntegerField(
        label=_("Answers within, in hours"),
        required=False,
        min_value=1,
        max_value=720,
        help_text=_("The promise beside “Your contact” in the portal. Leave it empty to promise nothing."),
    )
    benefits = forms.CharField(
        label=_("What it gives"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "One a line, with a value after a colon: “Discount: 20 %”. Content is opened to it in the library."
        ),
    )
    above = forms.ModelChoiceField(
        label=_("Stands above"), queryset=Tier.objects.none(), required=False, empty_label=_("nothing: the lowest")
    )

    def __init__(self, *args: Any, ladder: Ladder | None = None, **kwargs: Any) -> None:
        self.ladder = ladder
        super().__init__(*args, **kwargs)
        if ladder is None:
            del self.fields["above"]

    def above_choices(self) -> models.QuerySet[Tier]:
        found: models.QuerySet[Tier] = Tier.objects.listed().filter(ladder=self.ladder).order_by("-rank")
        return found

    def clean_benefits(self) -> list[tuple[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["benefits"].splitlines() if line.strip()]
        if len(lines) > _MOST_BENEFITS:
            raise ValidationError(_("Twelve lines at most: name what counts."))
        pairs = [tuple(part.strip() for part in line.partition(":")[::2]) for line in lines]
        if any(not label or len(label) > 60 or len(value) > 120 for label, value in pairs):
            raise ValidationError(_("Each line is a name of up to 60 characters, a colon and up to 120 more."))
        return [(label, value) for label, value in pairs]

    def details(self) -> TierDetails:
        return TierDetails(**{name: self.cleaned_data[name] for name in TierDetails.__dataclass_fields__})

    @classmethod
    def initial_of(cls, tier: Tier) -> dict[str, Any]:
        values = {name: getattr(tier, name) for name in ("name", "color", "description", "response_hours", "revision")}
        lines = [f"{label}: {value}" if value else label for label, value in benefits_of(tier)]
        return {**values, "benefits": "\n".join(lines)}


class RequirementForm(Form):
    """One requirement of a draft. `what` names a measure, an attribute, a number, people or days."""

    tier = forms.ModelChoiceField(label=_("For the tier"), queryset=Tier.objects.none(), empty_label=None)
    what = forms.ChoiceField(label=_("What counts"))
    period = forms.ChoiceField(
        label=_("Over"),
        choices=Requirement.Period.choices,
        help_text=_("Attributes, active people and days count as they are; nothing is added up for them."),
    )
    threshold = forms.DecimalField(
        label=_("At least"), min_value=Decimal("0.0001"), max_digits=14, decimal_places=4, localize=True
    )
    instead_of = forms.ModelChoiceField(
        label=_("Instead of"),
        queryset=Requirement.objects.none(),
        required=False,
        empty_label=_("nothing: it is asked as well"),
        help_text=_("One of the two is then enough."),
    )

    def __init__(
        self, *args: Any, version: LadderVersion, requirement: Requirement | None = None, **kwargs: Any
    ) -> None:
        self.version, self.requirement = version, requirement
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = self._offered()  # type: ignore[attr-defined]
        self.fields["instead_of"].label_from_instance = _alternative  # type: ignore[attr-defined]

    def _offered(self) -> list[Any]:
        numbers = [(f"number:{one.public_id}", one.name) for one in TierNumber.objects.order_by("normalized_name")]
        attributes = [
            (f"attribute:{one.public_id}", one.name)
            for one in Attribute.objects.listed().filter(kind=Attribute.Kind.NUMBER).in_order()
        ]
        offered: list[Any] = [
            (_("What happened"), [(f"measure:{one.name}", str(one.label)) for one in measures.all()]),
            (_("The company"), [("people:", _("Active people")), ("days:", _("Days as a partner")), *attributes]),
        ]
        return [*offered, (_("Numbers you enter"), numbers)] if numbers else offered

    def tier_choices(self) -> models.QuerySet[Tier]:
        found: models.QuerySet[Tier] = Tier.objects.listed().filter(ladder=self.version.ladder).from_lowest()
        return found

    def instead_of_choices(self) -> models.QuerySet[Requirement]:
        rows = Requirement.objects.filter(version=self.version).select_related("tier", "attribute", "number")
        if self.requirement is not None:
            rows = rows.exclude(pk=self.requirement.pk)
        return rows.order_by("tier__rank", "block", "pk")

    def clean(self) -> dict[str, Any] | None:
        other, tier = self.cleaned_data.get("instead_of"), self.cleaned_data.get("tier")
        if other is not None and tier is not None and other.tier_id != tier.pk:
            self.add_error("instead_of", _("Choose a requirement of the same tier."))
        return self.cleaned_data

    def details(self) -> RequirementDetails:
        source, _colon, key = self.cleaned_data["what"].partition(":")
        return RequirementDetails(
            tier=self.cleaned_data["tier"],
            source=source,
            threshold=self.cleaned_data["threshold"],
            period=self.cleaned_data["period"],
            measure=key if source == Source.MEASURE else "",
            attribute=Attribute.objects.get(public_id=key) if source == Source.ATTRIBUTE else None,
            number=TierNumber.objects.get(public_id=key) if source == Source.NUMBER else None,
            instead_of=self.cleaned_data["instead_of"],
        )

    @classmethod
    def initial_of(cls, row: Requirement, alternatives: Sequence[Requirement]) -> dict[str, Any]:
        key = row.measure
        if row.attribute is not None:
            key = row.attribute.public_id
        elif row.number is not None:
            key = row.number.public_id
        other = next((one for one in alternatives if one.block == row.block and one.tier_id == row.tier_id), None)
        return {
            "tier": row.tier_id,
            "what": f"{row.source}:{key}",
            "period": row.period,
            "threshold": row.threshold.normalize(),
            "instead_of": other.pk if other else None,
        }


def _alternative(row: Requirement) -> str:
    return f"{row.tier.name}: {label_of(row)}"


class NoteForm(Form):
    """What is new in a version, and why."""

    note = forms.CharField(
        label=_("What is new, and why"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Partners read it with the new requirements, from the day on which they are decided."),
    )


class PublishForm(EditForm):
    """From which day on a draft applies."""

    applies_on = forms.DateField(
        label=_("Applies from"), help_text=_("Best the first day of a period. Never a day that is over.")
    )

    def clean_applies_on(self) -> date:
        day: date = self.cleaned_data["applies_on"]
        if day.year > 9000:
            raise ValidationError(_("This day is too far away."))
        return day

    def applies_at(self) -> datetime:
        return calendar().midnight(self.cleaned_data["applies_on"])


class HoldForm(ReasonForm):
    """Giving a partner a tier, or keeping the one it has."""

    tier = forms.ModelChoiceField(label=_("Tier"), queryset=Tier.objects.none(), empty_label=None)
    field_order = ("tier", "reason", "until")

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        self.partner = partner
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True
        self.fields["until"].required = True
        self.fields["until"].help_text = _("That day included. After it the requirements decide again, with notice.")
        self.fields["tier"].label_from_instance = _tier_label  # type: ignore[attr-defined]

    def tier_choices(self) -> models.QuerySet[Tier]:
        taking_part = PartnerTier.objects.open().filter(partner=self.partner).values("ladder")
        rows = Tier.objects.listed().filter(ladder__in=taking_part, ladder__archived_at=None).select_related("ladder")
        return rows.order_by("ladder__normalized_name", "rank")


def _tier_label(tier: Tier) -> str:
    return f"{tier.ladder.name}: {tier.name}"


class WordsForm(Form):
    """What an account manager adds to a notice."""

    words = forms.CharField(label=_("Your words in the mail"), max_length=500, required=False)


class DeclineForm(Form):
    """Why a partner does not get a tier that it has the numbers for."""

    reason = forms.CharField(
        label=_("Why not"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The partner’s leads read these words. Say what would change it."),
    )


class AppealForm(Form):
    """What a partner's lead says."""

    text = forms.CharField(
        label=_("Why your tier should stay"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What is missing in our count, or what we should know."),
    )


class AnswerForm(ReasonForm):
    """The answer to an appeal. `until` is how long a kept tier stays."""

    outcome = forms.ChoiceField(
        label=_("Your decision"),
        choices=[("kept", _("The tier stays")), ("lowered", _("The tier is lowered"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Your answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The partner’s leads read it."),
    )
    reason = None  # type: ignore[assignment]
    field_order = ("outcome", "until", "answer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].label = _("Stays until")
        self.fields["until"].help_text = _("If it stays: that day included. After it the requirements decide again.")
