"""What the demo's people tell about themselves: most of them something, some with a picture, each to whom they like."""

from io import BytesIO
from itertools import cycle
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from demo.ecosystem import World
from demo.material import profile_words
from partners.models import PartnerUser, PersonProfile
from partners.services.profiles import ProfileDetails, save_profile
from prm.accounts.actors import Actor

Reader = PersonProfile.Reader

_SIDE = 320
# Sky, coat, skin and hair of the drawn faces.
_COLORS = (
    ("#dbe7f5", "#2f4b7c", "#e8b998", "#3b2a20"),
    ("#f3e3d3", "#7a4b3a", "#c98f68", "#1d1a1a"),
    ("#dff0e3", "#2e6b4f", "#f0cdb1", "#a0632c"),
    ("#ece3f5", "#5b3f8c", "#8d5a3b", "#120e0d"),
    ("#f7efd2", "#8c6d1f", "#f2d3bb", "#7d7d80"),
)
# Some open more than others.
_READERS: tuple[dict[str, str], ...] = (
    {"offers": Reader.PARTNERS, "job_title": Reader.PARTNERS, "photo": Reader.PARTNERS},
    {},
    {"photo": Reader.STAFF, "link": Reader.NOBODY},
    {"seeks": Reader.COHORT, "seniority": Reader.NOBODY, "languages": Reader.PARTNERS},
)


def tell(world: World) -> None:
    """Every person but each fifth has a profile."""
    words = profile_words()
    own = words[world.words.slug]
    functions = {job: row["function"] for row in words["kinds"] for job in row["jobs"]}
    members = [member.pk for people in world.cast.people.values() for member in people]
    users = PartnerUser.objects.filter(membership__in=members).select_related("membership__person", "partner")
    turns = zip(cycle(own["offers"]), cycle(own["seeks"]), cycle(own["languages"]), cycle(_READERS), strict=False)
    for number, (user, turn) in enumerate(zip(users.order_by("pk"), turns, strict=False)):
        if number % 5 == 4:
            continue
        offers, seeks, languages, readers = turn
        name = user.membership.person.name
        details = ProfileDetails(
            said_as=words["said"].get(name.split()[0], ""),
            job_title=user.job_title,
            function=functions.get(user.job_title, ""),
            seniority=PersonProfile.Seniority.values[number % 4],
            languages=tuple(languages),
            link=f"https://profiles.example/{user.membership.person.email.split('@')[0]}",
            offers=offers,
            seeks=seeks,
            readers=readers,
        )
        save_profile(
            actor=Actor.of(user.membership),
            user=user,
            revision=0,
            details=details,
            photo=_portrait(number) if number % 3 != 2 else None,
            now=world.ago(60 - number % 50),
        )


def _portrait(number: int) -> "SimpleUploadedFile":
    """A drawn face: nobody's."""
    sky, coat, skin, hair = _COLORS[number % len(_COLORS)]
    picture = Image.new("RGB", (_SIDE, _SIDE), sky)
    draw: Any = ImageDraw.Draw(picture)
    draw.ellipse((40, 220, 280, 460), fill=coat)
    draw.rectangle((138, 190, 182, 240), fill=skin)
    draw.ellipse((96, 58, 224, 190), fill=hair)
    if number % 2:
        draw.rectangle((96, 120, 224, 225), fill=hair)
    draw.ellipse((108, 76, 212, 208), fill=skin)
    draw.arc((138, 150, 182, 182), 20, 160, fill=hair, width=4)
    for eye in (136, 176):
        draw.ellipse((eye, 128, eye + 9, 137), fill=hair)
    kept = BytesIO()
    picture.save(kept, "JPEG", quality=85)
    return SimpleUploadedFile("portrait.jpg", kept.getvalue(), "image/jpeg")
