"""A cohort with as many of everything as wanted, for tests of what pages cost and show."""

from dataclasses import dataclass
from datetime import timedelta

from cohorts.models import (
    Application,
    Attendance,
    ClosingAnswer,
    ClosingSurvey,
    Cohort,
    Decision,
    Graduation,
    Homework,
    Launch,
    Need,
    NeedVote,
    Nomination,
    Participation,
    Recap,
    Session,
    SessionMaterial,
    Submission,
    SubmissionComment,
    SurveyAnswer,
)
from cohorts.questions import Question, kept_questions
from partners.models import Audience, PartnerUser
from prm.accounts.models import Membership
from tests.cohorts import factories
from tests.enablement.factories import audience_for, content
from tests.factories import NOW
from tests.partners.factories import crowd as partners


@dataclass
class Crowd:
    """Frida's cohort in which Lena takes part, and what addresses of its pages name."""

    cohort: Cohort
    frida: Membership
    lena: Membership
    session: Session
    homework: Homework
    audience: Audience

    def grow(self, number: int) -> None:
        """One more of everything."""
        member = factories.applicant(f"Person{number} Nord")
        applied = factories.application(self.cohort, member)
        if number % 2:
            Decision.objects.create(
                application=applied, cohort=self.cohort, kind="accept", decided_by=self.frida, drafted_at=NOW
            )
        self._nominate(number)
        participant = factories.applicant(f"Teilnehmer{number} Süd")
        factories.application(self.cohort, participant, "decided")
        factories.seat(self.cohort, participant)
        self._take_part(participant, number)
        self._learn(number)
        other = factories.cohort("open", facilitator=self.frida)
        if number % 2:
            factories.seat(other, self.lena)

    def _nominate(self, number: int) -> None:
        Nomination.objects.create(
            cohort=self.cohort,
            email=f"nominee{number}@kestrel.example",
            nominated_by=self.frida,
            nonce=f"{number:032}",
            token_digest=f"{number:064}",
            created_at=NOW,
        )

    def _take_part(self, participant: Membership, number: int) -> None:
        for member in (participant, self.lena):
            handed_in = Submission.objects.create(
                homework=self.homework,
                membership=member,
                version=number if member == self.lena else 1,
                text="A start.",
                submitted_at=NOW,
            )
            SubmissionComment.objects.create(submission=handed_in, author=self.frida, body="Go on.", written_at=NOW)
        Attendance.objects.create(session=self.session, membership=participant, state="present", recorded_at=NOW)
        Graduation.objects.create(
            cohort=self.cohort,
            membership=participant,
            name=str(participant.person),
            program_title="First three deals",
            graduated_at=NOW,
        )

    def _stay(self, number: int) -> None:
        """Somebody's words, answers and needs, and something that stays of the session."""
        member = factories.applicant(f"Stimme{number} Ost")
        factories.seat(self.cohort, member)
        Participation.objects.create(cohort=self.cohort, membership=member, goal="More", commitment="I ask.")
        SurveyAnswer.objects.create(cohort=self.cohort, membership=member, answers={"sure": 3}, answered_at=NOW)
        ClosingAnswer.objects.create(cohort=self.cohort, membership=member, answers={"sure": 4}, answered_at=NOW)
        need = Need.objects.create(cohort=self.cohort, membership=member, text=f"Help {number}", put_at=NOW)
        NeedVote.objects.create(need=need, membership=member)
        SessionMaterial.objects.create(
            session=self.session, kind="b_slides", link="https://files.example/slides", added_at=NOW
        )

    def _learn(self, number: int) -> None:
        article = content(self.frida, self.audience, title=f"Read this first, part {number}")
        later = factories.session(self.cohort, number + 1)
        factories.attach(later, article)
        factories.attach(self.session, article)
        self._stay(number)
        factories.item(self.session, f"Part {number}", say="Say this.")
        Recap.objects.create(session=later, body="What we did.", state="sent", sent_at=NOW, drafted_at=NOW)
        factories.homework(self.cohort, title=f"Task {number}", session=later)


def crowd(frida: Membership, lena: Membership, state: str = "running") -> Crowd:
    """Sessions began a week ago."""
    parts = ["launch", "needs", "recordings"]
    cohort = factories.cohort(state, sessions=0, facilitator=frida, title="Winter 2026", capacity=500, parts=parts)
    questions = [Question("sure", "How sure?", "scale")]
    Launch.objects.create(cohort=cohort, questions=kept_questions(questions))
    ClosingSurvey.objects.create(cohort=cohort, **ClosingSurvey.asking(questions))
    first = factories.session(cohort, 1, (NOW - timedelta(days=7)).date())
    factories.application(cohort, lena, "decided")
    factories.seat(cohort, lena)
    task = factories.homework(cohort, session=first)
    return Crowd(cohort, frida, lena, first, task, audience_for(lena))


def apply_in_bulk(cohort: Cohort, contact: Membership, count: int) -> None:
    """So many more partners, of each of which somebody has applied."""
    partners(contact, count)
    applied = Application.objects.filter(cohort=cohort).values("membership")
    Application.objects.bulk_create(
        Application(
            cohort=cohort,
            membership=user.membership,
            partner=user.partner,
            state="submitted",
            answers={"why": "We sell.", "project": "Win one new customer.", "experience": "some"},
            agrees=True,
            created_at=NOW,
            saved_at=NOW,
            submitted_at=NOW,
        )
        for user in PartnerUser.objects.exclude(membership__in=applied).select_related("membership", "partner")
    )
