"""Logos of the demo's partners: most have one, and of those most let strangers see it."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from demo.ecosystem import World
from partners.models import PartnerUser
from partners.services.logos import keep_logo
from prm.accounts.actors import Actor

_SIZE = (360, 120)
_COLORS = ("#1f4e8c", "#8c2f39", "#2e6b4f", "#6b4c9a", "#b5651d", "#22577a")
type _Draw = Callable[[Any, str], None]


def tell(world: World) -> None:
    """Each company that somebody leads, but every fourth."""
    leads = PartnerUser.objects.filter(role=PartnerUser.Role.LEAD, partner__archived_at=None, partner__is_test=False)
    members = [member.pk for people in world.cast.people.values() for member in people]
    rows = leads.filter(membership__in=members).select_related("membership__person", "partner").order_by("pk")
    told: set[int] = set()
    for number, user in enumerate(rows):
        if number % 4 == 3 or user.partner_id in told:
            continue
        told.add(user.partner_id)
        keep_logo(
            actor=Actor.of(user.membership),
            partner=user.partner,
            upload=_logo(user.partner.name, number),
            is_shown=number % 5 != 4,
            now=world.ago(50 - number % 40),
        )


def _logo(name: str, number: int) -> SimpleUploadedFile:
    """A drawn sign with the company's first word: nobody's."""
    picture = Image.new("RGBA", _SIZE, (255, 255, 255, 0))
    draw: Any = ImageDraw.Draw(picture)
    color = _COLORS[number % len(_COLORS)]
    _SIGNS[number % len(_SIGNS)](draw, color)
    draw.text((125, 36), name.split()[0][:9], fill=color, font_size=44)
    kept = BytesIO()
    picture.save(kept, "PNG")
    return SimpleUploadedFile("logo.png", kept.getvalue(), "image/png")


def _ring(draw: Any, color: str) -> None:
    draw.ellipse((15, 20, 95, 100), outline=color, width=16)


def _peak(draw: Any, color: str) -> None:
    draw.polygon(((10, 100), (55, 20), (100, 100)), fill=color)


def _steps(draw: Any, color: str) -> None:
    for step in range(3):
        draw.rectangle((15 + 28 * step, 76 - 28 * step, 38 + 28 * step, 100), fill=color)


def _leaf(draw: Any, color: str) -> None:
    draw.chord((15, 15, 135, 135), 180, 270, fill=color)
    draw.chord((-25, -15, 95, 105), 0, 90, fill=color)


_SIGNS: tuple[_Draw, ...] = (_ring, _peak, _steps, _leaf)
