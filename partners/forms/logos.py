"""A company's logo."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from prm.files.types import TYPES
from prm.web.forms import Form
from prm.web.widgets import FileDrop, Switch


class LogoForm(Form):
    """What a colleague says: the picture. A lead of the company says too whether strangers see it (`LeadLogoForm`)."""

    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=FileDrop(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_("PNG, JPEG or WebP. It is drawn anew, at most 480 pixels wide or high."),
    )
    is_removed = forms.BooleanField(label=_("Take the logo away"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["logo"].max_size = TYPES["png"].most_bytes  # type: ignore[attr-defined]

    @property
    def is_shown(self) -> bool | None:
        return None


class LeadLogoForm(LogoForm):
    shown = forms.BooleanField(
        label=_("Show it to strangers too"),
        required=False,
        widget=Switch,
        help_text=_(
            "On the invitation pages of cohorts in which people of yours take part, or took part. Others decide more"
            " easily when they see who is in."
        ),
    )

    @property
    def is_shown(self) -> bool | None:
        shown: bool = self.cleaned_data["shown"]
        return shown
