"""Giving an organization its look."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from prm.accounts.actors import Actor
from prm.accounts.services.organizations import change_organization
from prm.colors import brand
from prm.files import storage
from prm.files.models import StoredFile
from prm.files.services import discard, store_image
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.web.logos import main_color

# A mark beside a name; twice the size at which the sharpest screens draw it.
_LOGO_SIDE = 256


def save_branding(
    *,
    actor: Actor,
    organization: Organization,
    revision: int,
    changes: dict[str, Any],
    logo: "UploadedFile[Any] | None",
    is_logo_removed: bool = False,
    now: datetime,
) -> bool:
    """Write the look of an organization; returns whether the color came from the new logo.

    A new logo brings its main color along, unless a color was chosen at the same time. The former logo is deleted.
    Raises `Refused` for a picture that is none (field `logo`) and when somebody saved meanwhile.
    """
    former = organization.logo_key
    colored = False
    with transaction.atomic():
        if logo is not None:
            key, color = _stored_logo(actor, logo, now)
            colored = bool(color) and changes["brand_color"] == organization.brand_color
            changes = {**changes, "logo_key": key, **({"brand_color": color} if colored else {})}
        elif is_logo_removed:
            changes = {**changes, "logo_key": ""}
        change_organization(actor=actor, organization=organization, revision=revision, changes=changes)
        if former and former != organization.logo_key:
            _discard_logo(former)
    return colored


def color_note(color: str) -> str:
    """The color that buttons really get where `color` alone could not be read; empty where it can."""
    fill = brand(color).light.fill
    return fill if fill != color.lower() else ""


def _stored_logo(actor: Actor, logo: "UploadedFile[Any]", now: datetime) -> tuple[str, str]:
    try:
        stored = store_image(actor=actor, upload=logo, now=now, longest_side=_LOGO_SIDE)
    except Refused as refusal:
        raise Refused([replace(problem, field="logo") for problem in refusal.problems]) from None
    with storage.path_of(stored.key).open("rb") as picture:
        return stored.key, main_color(picture)


def _discard_logo(key: str) -> None:
    stored = StoredFile.objects.filter(key=key).first()
    if stored is not None:
        discard(stored=stored)
