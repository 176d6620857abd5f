"""A call with its profile, and companies that apply to it, for tests."""

from datetime import datetime
from typing import Any

from partners.models import Group, PartnerApplication, RecruitmentCall
from partners.recruiting.scoring import Criterion, Test
from partners.services.applying import applicant, begin_application, submit_application
from partners.services.recruitment import CallDetails, create_call, open_call, set_profile
from prm.accounts.actors import Actor
from prm.accounts.models import Membership

ANSWERS = {
    "company": "Orbit Systems",
    "website": "https://orbit.example",
    "country": "DE",
    "about": "We run clouds for hospitals.",
    "people": 12,
    "hours": 8,
}
PROFILE = [
    Criterion("country", "Country", "country", Test.ONE_OF, 3, wanted=("DE", "AT")),
    Criterion("hours", "Hours", "hours", Test.BANDWIDTH, 5, number=16),
    Criterion("country-gap", "Country: a gap", "country", Test.GAP, 1, few=0, many=2),
]


def make_call(
    actor: Actor,
    now: datetime,
    *,
    title: str = "Partners for hospitals",
    group: Group | None = None,
    reviewers: tuple[Membership, ...] = (),
    is_open: bool = True,
    **details: Any,
) -> RecruitmentCall:
    words = CallDetails(
        title, group, why="We grow together.", reviewers=reviewers, checklist=["Look", "Call"], **details
    )
    call = create_call(actor=actor, details=words, now=now)
    set_profile(actor=actor, call=call, version=call.profile_version, criteria=PROFILE, now=now)
    if is_open:
        open_call(actor=actor, call=call)
    return RecruitmentCall.objects.get(pk=call.pk)


def draft(
    call: RecruitmentCall, now: datetime, email: str = "mia@orbit.example", source: str = ""
) -> PartnerApplication:
    begin_application(call=call, email=email, source=source, now=now)
    return PartnerApplication.objects.select_related("call").get(call=call, email=email)


def applied(
    call: RecruitmentCall, now: datetime, email: str = "mia@orbit.example", name: str = "Mia Kern", **answers: Any
) -> PartnerApplication:
    application = draft(call, now, email)
    submit_application(
        actor=applicant(application, "192.0.2.1"),
        application=application,
        contact_name=name,
        answers=ANSWERS | answers,
        now=now,
    )
    return PartnerApplication.objects.select_related("call").get(pk=application.pk)
