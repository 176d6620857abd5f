"""Which shape an organization begins with, by the kind of its partners, in words for that kind."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from cohorts.shapes.growing import SKILL
from cohorts.shapes.kinds import Shape
from cohorts.shapes.selling import JOINT, LAUNCH, NEW_PARTNER, NUMBER

BY_KIND: dict[str, Shape] = {
    "resellers": NEW_PARTNER,
    "msps": replace(
        LAUNCH,
        title=_("A service that sells itself"),
        promise=_(
            "You have packaged one monthly service, with a price, a one-page offer and a first customer who said yes."
        ),
        for_whom=_("People who decide what a managed service provider offers."),
    ),
    "distributors": replace(
        NUMBER,
        title=_("Ten resellers that move"),
        promise=_("You have won ten of your resellers for one joint campaign, and have chosen three to go on with."),
        for_whom=_("Product managers and account managers at distributors."),
    ),
    "integrators": SKILL,
    "isvs": JOINT,
}


def shape_for_kind(choice: str) -> Shape:
    """The shape that an organization with this kind of partners could begin with."""
    return BY_KIND.get(choice, NEW_PARTNER)


def proposed_promise(title: str) -> str:
    """A promise for a program that came with the start and still has none; empty for any other."""
    return next((str(shape.promise) for shape in BY_KIND.values() if str(shape.title) == title), "")
