from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Membership
from prm.audit.queries import verb_words, verbs_in_use
from prm.tenancy.scope import current_organization
from prm.web.forms import Form


class AuditFilterForm(Form):
    """The filter above the audit trail, from the query string."""

    person = forms.ChoiceField(label=_("Who"), required=False)
    verb = forms.ChoiceField(label=_("What"), required=False)
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("To"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = Membership.objects.in_organization(current_organization()).staff().with_person()
        people = sorted((str(row.person), row.pk) for row in staff)
        verbs = sorted((verb_words(verb), verb) for verb in verbs_in_use())
        person, verb = self.fields["person"], self.fields["verb"]
        person.choices = [("", _("Everybody")), *((pk, name) for name, pk in people)]  # type: ignore[attr-defined]
        verb.choices = [("", _("Everything")), *((name, words) for words, name in verbs)]  # type: ignore[attr-defined]
