"""The applicant's side: a link by mail, a draft, handing in, answering, withdrawing.

Who holds the link that was mailed to an address acts for that address. Nothing here tells a caller whether an address
is known.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from partners import facts, rules
from partners.days import day_of
from partners.models import (
    APPLICATION_STAGES,
    ApplicationQuestion,
    ApplicationReviewer,
    PartnerApplication,
    RecruitmentCall,
)
from partners.names import company_domain, fold
from partners.queries.applications import earlier_application, loads, reviewers_of
from partners.queries.recruitment import gaps_for, profile_of
from partners.recruiting.questions import DOMAIN, NAME, WEBSITE, answer_to, questions_of
from partners.recruiting.scoring import score
from partners.rules.recruitment import DRAFT_DAYS
from partners.services.forgetting import drop_draft
from prm.accounts.actors import Actor
from prm.accounts.models import normalize_email
from prm.accounts.tokens import digest, new_nonce
from prm.activity.services import record
from prm.addresses import address
from prm.audit.services import note
from prm.outbox.notifications import notify
from prm.outbox.services import post
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.violations import refused_by
from prm.tenancy.wakeups import wake

LINK_MAIL = "partners.application_link"
RECEIVED_MAIL = "partners.application_received"
WAITING_NOTICE = "partners.application_waits"
_BETWEEN_LINKS = timedelta(minutes=2)
_LONGEST_SOURCE = 40


def begin_application(*, call: RecruitmentCall, email: str, source: str = "", now: datetime) -> None:
    """Mail this address the link to its draft, or to where its application stands. Says nothing of which it was.

    A running application gets the same link again, at most every two minutes; one that ended and keeps the address
    from a new one gets the link to what was decided. Raises `Refused` with `closed` for a closed call only.
    """
    email = normalize_email(email)
    day = day_of(now)
    refuse_if(rules.beginning_problems(call, None, day))
    with transaction.atomic():
        earlier = earlier_application(call, email)
        is_over = earlier is not None and earlier.state in PartnerApplication.ENDED
        if earlier is None or (is_over and not rules.beginning_problems(call, earlier, day)):
            earlier = _draft(call, email, source, now)
        if earlier is not None:
            _mail_link(earlier, now)


def _draft(call: RecruitmentCall, email: str, source: str, now: datetime) -> PartnerApplication | None:
    """A new draft; None where the same address began one in the same moment, which mails the link itself."""
    application = PartnerApplication(
        call=call, email=email, source=clean_source(source), nonce=new_nonce(), sendings=0, created_at=now
    )
    application.token_digest = digest(application.token)
    try:
        with refused_by("partners_partnerapplication_one_open", Problem("running", "")):
            application.save()
    except Refused:
        return None
    wake("plan", now + timedelta(days=DRAFT_DAYS))
    return application


def clean_source(source: str) -> str:
    """The word in a link's `from`, as it is kept: "Fair 2026!" → "fair-2026"."""
    return fold(source).replace(" ", "-")[:_LONGEST_SOURCE].strip("-")


def _mail_link(application: PartnerApplication, now: datetime) -> None:
    due = PartnerApplication.objects.filter(pk=application.pk, erased_at=None).exclude(token_digest="")
    recent = due.filter(sent_at__gt=now - _BETWEEN_LINKS)
    if recent.exists() or not due.update(sendings=application.sendings + 1, sent_at=now):
        return
    post(
        kind=LINK_MAIL,
        subject_id=application.pk,
        slot=str(application.sendings + 1),
        address=application.email,
        name=application.contact_name,
        now=now,
    )


def save_draft(
    *, application: PartnerApplication, contact_name: str, answers: Mapping[str, Any], now: datetime
) -> None:
    """Keep what was written so far. Raises `Refused` with `not_draft` for what was handed in meanwhile."""
    written = _columns(application.call, contact_name, answers)
    rows = PartnerApplication.objects.filter(pk=application.pk, state=PartnerApplication.State.DRAFT)
    if not rows.update(**written, saved_at=now):
        application.refresh_from_db()
        refuse_if(rules.submission_problems(application.call, application, day_of(now)))
    for name, value in written.items():
        setattr(application, name, value)


def _columns(call: RecruitmentCall, contact_name: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that follow from the answers."""
    questions = questions_of(call.questions)
    kept = {question.key: answers[question.key] for question in questions if question.key in answers}
    company = " ".join(str(answer_to(questions, kept, NAME) or "").split())[:120]
    website, domain = (str(answer_to(questions, kept, target) or "") for target in (WEBSITE, DOMAIN))
    domain = company_domain(domain, website)
    return {
        "contact_name": " ".join(contact_name.split())[:120],
        "answers": kept,
        "company": company,
        "domain": domain,
        "searchable": f"{fold(company)} {domain}"[:400].strip(),
    }


@transaction.atomic
def submit_application(
    *, actor: Actor, application: PartnerApplication, contact_name: str, answers: Mapping[str, Any], now: datetime
) -> None:
    """Hand a draft in: scored, given to reviewers, told to the applicant. Twice is once.

    Raises `Refused`: not_draft, closed, no_contact, no_answer.
    """
    locked = lock_application(application)
    refuse_if(rules.submission_problems(locked.call, locked, day_of(now)))
    written = _columns(locked.call, contact_name, answers)
    refuse_if(
        rules.completeness_problems(questions_of(locked.call.questions), written["contact_name"], written["answers"])
    )
    for name, value in written.items():
        setattr(locked, name, value)
    locked.domain = locked.domain or company_domain(locked.email, "")
    criteria, questions = profile_of(locked.call)
    found = score(criteria, questions, locked.answers, gaps_for(criteria, questions, day_of(now)))
    APPLICATION_STAGES.move(
        locked,
        "submit",
        **{**written, "domain": locked.domain},
        submitted_at=now,
        score=found.total,
        score_parts=[part.kept() for part in found.parts],
        score_version=locked.call.profile_version,
    )
    _spread(locked, now)
    record(kind=facts.APPLIED, at=now, object_id=locked.pk, data={"call": locked.call_id})
    note(actor=actor, verb=facts.APPLIED.name, obj=locked)
    post(
        kind=RECEIVED_MAIL,
        subject_id=locked.pk,
        address=locked.email,
        name=locked.contact_name,
        now=now,
    )
    application.refresh_from_db()


def _spread(application: PartnerApplication, now: datetime) -> None:
    """Give a new application to the one of the call's reviewers who has the fewest to look at."""
    rows = application.call.reviewers.select_related("membership__person").order_by("pk")
    members = [row.membership for row in rows if not rules.reviewer_problems([row.membership])]
    if not members:
        return
    load = loads(application.call, [member.pk for member in members])
    chosen = min(members, key=lambda member: load.get(member.pk, 0))
    ApplicationReviewer.objects.create(application=application, membership=chosen)
    _tell(application, _("%s applies to become a partner."), now)


def _tell(application: PartnerApplication, words: str, now: datetime) -> None:
    """Behind the bell of everybody who reviews it."""
    url = address("partner_application_detail", application.public_id)
    for member in reviewers_of(application):
        if not rules.reviewer_problems([member]):
            notify(membership=member, kind=WAITING_NOTICE, title=words % application, url=url, now=now)


@transaction.atomic
def answer_question(*, actor: Actor, application: PartnerApplication, answer: str, now: datetime) -> None:
    """Answer what was asked for more; the application goes on. Raises `Refused`: no_answer, wrong_state."""
    if not answer.strip():
        raise Refused(Problem("no_answer", _("Write an answer first."), "answer"))
    locked = lock_application(application)
    APPLICATION_STAGES.move(locked, "answer")
    ApplicationQuestion.objects.filter(application=locked, answered_at=None).update(
        answer=answer.strip(), answered_at=now
    )
    note(actor=actor, verb="partners.application_answered", obj=locked)
    _tell(locked, _("%s has answered your question."), now)


@transaction.atomic
def withdraw_application(*, actor: Actor, application: PartnerApplication, now: datetime) -> None:
    """The applicant takes it back. A draft is thrown away at once. Raises `Refused`: wrong_state."""
    locked = lock_application(application)
    if locked.is_draft:
        drop_draft(locked)
        return
    APPLICATION_STAGES.move(locked, "withdraw", ended_at=now)
    note(actor=actor, verb="partners.application_withdrawn", obj=locked)
    _tell(locked, _("%s has withdrawn the application."), now)
    wake("plan", now)


def lock_application(application: PartnerApplication) -> PartnerApplication:
    """The application as it is now, kept so until the transaction ends."""
    rows: Any = PartnerApplication.objects.select_for_update(no_key=True, of=("self",)).select_related("call")
    locked: PartnerApplication = rows.get(pk=application.pk)
    return locked


def applicant(application: PartnerApplication, network_address: str) -> Actor:
    """Who acts by the mailed link."""
    # The company and not the person: the trail is kept when the application is forgotten.
    return Actor.guest(application.company or _("An applicant"), network_address)
