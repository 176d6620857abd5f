"""Programs from shapes, parts, versions of expectations, goals, people on the invitation page: rows and refusals."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from cohorts.models import (
    Application,
    Cohort,
    ExpectationsVersion,
    Graduation,
    Homework,
    Program,
    ProgramGoal,
    Seat,
    Subject,
    SubjectContent,
)
from cohorts.models import Testimonial as Words
from cohorts.parts import Part
from cohorts.queries.entrance import entrance_of
from cohorts.queries.expectations import changed_for
from cohorts.queries.goals import goal_rows
from cohorts.queries.mine import has_any, my_cohorts
from cohorts.queries.prerequisites import prerequisites_of, standings
from cohorts.rules import Answers
from cohorts.services.applications import submit_application
from cohorts.services.cohorts import Series, create_cohort
from cohorts.services.entrance import (
    ExpertDetails,
    add_expert,
    hide_testimonial,
    remove_expert,
    show_participant,
    write_testimonial,
)
from cohorts.services.expectations import agree_to_expectations, keep_version
from cohorts.services.goals import set_goal
from cohorts.services.nominations import nominate
from cohorts.services.prerequisites import Asked, set_prerequisites
from cohorts.services.programs import create_program, edit_program, shape_words, start_program, switch_parts
from cohorts.services.syllabus import SubjectPlan, add_subject, edit_subject, remove_subject
from cohorts.shapes import SHAPES, shape_of
from partners.models import Partner
from partners.queries.people import partner_user_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.models import AuditEntry
from prm.outbox.models import Message
from prm.problems import Refused
from tests.cohorts import factories
from tests.enablement.factories import content as article
from tests.factories import NOW
from tests.partners.factories import GroupFactory, PartnerFactory, ProductFactory

SERIES = Series(date(2027, 1, 12), time(10), count=4)
ANSWERS = Answers({"why": "Now.", "project": "Harz.", "experience": "some"}, agrees=True)


@pytest.fixture
def launch(in_acme: object, actor: Actor) -> Program:
    shape = shape_of("launch")
    return create_program(actor=actor, title="Launch together", shape="launch", now=NOW, **shape_words(shape))


def plan(actor: Actor, program: Program, series: Series = SERIES, title: str = "Spring 2027") -> Cohort:
    return create_cohort(
        actor=actor,
        program=program,
        title=title,
        zone="Europe/Berlin",
        capacity=12,
        series=series,
        facilitators=[],
        now=NOW,
    )


def afresh(member: Membership) -> Membership:
    """The member as the next request has it, with nothing remembered."""
    found: Membership = Membership.everywhere.select_related("person").get(pk=member.pk)
    return found


def edit(actor: Actor, program: Program, **changes: object) -> int:
    program.refresh_from_db()
    return edit_program(actor=actor, program=program, revision=program.revision, changes=changes, now=NOW)


# ── Shapes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_shape_fills_everything_in(launch: Program) -> None:
    shape = SHAPES["launch"]
    assert (launch.shape, launch.role, launch.homework_title) == ("launch", "strategic", str(shape.homework.title))
    subjects = list(Subject.objects.filter(program=launch).in_order())
    assert [subject.day_offset for subject in subjects] == [0, 7, 14, 21]
    assert [subject.title for subject in subjects] == [str(idea.title) for idea in shape.sessions]
    assert subjects[0].agenda[1]["kind"] == "pairs"
    assert ExpectationsVersion.objects.get(program=launch).number == 1


def test_a_cohort_is_a_copy_of_its_program(launch: Program, actor: Actor, frida: Membership) -> None:
    content = article(frida)
    second = Subject.objects.filter(program=launch).in_order()[1]
    SubjectContent.objects.create(subject=second, content=content)
    Subject.objects.filter(pk=second.pk).update(day_offset=10, minutes=75)
    cohort = plan(actor, launch)
    sessions = list(cohort.sessions.order_by("number"))
    assert [session.starts_on for session in sessions] == [
        date(2027, 1, 12), date(2027, 1, 22), date(2027, 1, 26), date(2027, 2, 2),
    ]  # fmt: skip
    assert sessions[1].minutes == 75
    assert list(sessions[1].contents.values_list("content_id", flat=True)) == [content.pk]
    first = sessions[0].items.in_order()[0]
    assert (first.minutes, first.title) == (5, "What we want to leave with")
    assert Homework.objects.get(cohort=cohort).title == launch.homework_title


def test_other_numbers_of_sessions_come_weekly_and_keep_the_end(launch: Program, actor: Actor) -> None:
    Subject.objects.filter(program=launch, day_offset=7).update(day_offset=10)
    shorter = plan(actor, launch, Series(date(2027, 1, 12), time(10), count=3, minutes=50))
    titles = [str(idea.title) for idea in SHAPES["launch"].sessions]
    assert list(shorter.sessions.order_by("number").values_list("title", flat=True)) == [
        titles[0],
        titles[1],
        titles[3],
    ]
    assert {row.starts_on.weekday() for row in shorter.sessions.all()} == {1}
    assert set(shorter.sessions.values_list("minutes", flat=True)) == {50}


def test_days_to_skip_move_the_rest(launch: Program, actor: Actor) -> None:
    series = Series(date(2027, 1, 12), time(10), count=4, skipping=[date(2027, 1, 19)])
    days = plan(actor, launch, series).sessions.order_by("number").values_list("starts_on", flat=True)
    assert list(days) == [date(2027, 1, 12), date(2027, 1, 26), date(2027, 2, 2), date(2027, 2, 9)]


def test_without_homework_a_cohort_has_none(launch: Program, actor: Actor) -> None:
    edit(actor, launch, homework_title="")
    assert not Homework.objects.filter(cohort=plan(actor, launch)).exists()


def test_a_start_proposes_its_promise_and_keeps_none(in_acme: object, actor: Actor) -> None:
    start_program(actor=actor, choice="msps", now=NOW)
    start_program(actor=actor, choice="isvs", now=NOW)
    program = Program.objects.get()
    assert (program.title, program.promise, program.shape) == ("A service that sells itself", "", "launch")
    assert program.expectations


# ── Syllabus ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_syllabus_is_edited_and_cohorts_keep_their_sessions(
    launch: Program, actor: Actor, frida: Membership
) -> None:
    cohort = plan(actor, launch)
    content = article(frida)
    added = add_subject(
        actor=actor, program=launch, plan=SubjectPlan("One more", 28, 60, agenda=()), content_ids=[content.pk]
    )
    edit_subject(actor=actor, subject=added, revision=1, plan=SubjectPlan("Another", 28, 45, needs_content=True))
    added.refresh_from_db()
    assert (added.title, added.minutes, added.needs_content) == ("Another", 45, True)
    assert not SubjectContent.objects.exists()
    with pytest.raises(Refused) as refusal:
        add_subject(actor=actor, program=launch, plan=SubjectPlan("Twice", 28, 60))
    assert refusal.value.codes == {"same_day"}
    remove_subject(actor=actor, subject=added)
    assert cohort.sessions.count() == Subject.objects.filter(program=launch).count() == 4
    verbs = AuditEntry.objects.filter(verb__startswith="cohorts.subject").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["cohorts.subject_added", "cohorts.subject_edited", "cohorts.subject_removed"]


# ── Parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_cohorts_take_parts_over_and_switch_their_own(launch: Program, actor: Actor) -> None:
    switch_parts(actor=actor, holder=launch, revision=1, parts=["launch", "goals"])
    cohort = plan(actor, launch)
    assert cohort.parts == launch.parts == ["goals", "launch"]
    switch_parts(actor=actor, holder=cohort, revision=1, parts=[])
    cohort.refresh_from_db()
    launch.refresh_from_db()
    assert (cohort.parts, launch.parts) == ([], ["goals", "launch"])
    assert not cohort.uses(Part.GOALS)
    with pytest.raises(Refused) as refusal:
        switch_parts(actor=actor, holder=cohort, revision=1, parts=["goals"])
    assert refusal.value.codes == {"changed_meanwhile"}


def test_what_is_switched_off_is_kept(launch: Program, actor: Actor) -> None:
    set_goal(actor=actor, program=launch, kind="graduates", target=20, due_on=date(2027, 6, 1), now=NOW)
    switch_parts(actor=actor, holder=launch, revision=1, parts=["goals"])
    switch_parts(actor=actor, holder=launch, revision=2, parts=[])
    assert ProgramGoal.objects.get().target == 20


# ── Expectations ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_somebody_agreed_to_is_kept_word_for_word(winter: Cohort, lena: Membership, actor: Actor) -> None:
    program = winter.program
    application = submit_application(
        actor=Actor.of(lena), cohort=winter, membership=lena, answers=ANSWERS, read_version=None, now=NOW
    )
    before = program.expectations
    edit(actor, program, expectations="You come with a customer.")
    application.refresh_from_db()
    assert application.agreed_to is not None
    assert (application.agreed_to.number, application.agreed_to.expectations) == (1, before)
    assert list(ExpectationsVersion.objects.order_by("number").values_list("expectations", flat=True)) == [
        before,
        "You come with a customer.",
    ]


def test_a_change_is_told_to_those_who_agreed_and_to_nobody_else(
    winter: Cohort, lena: Membership, paul: Membership, actor: Actor
) -> None:
    for member in (lena, paul):
        submit_application(actor=Actor.of(member), cohort=winter, membership=member, answers=ANSWERS, now=NOW)
    Application.objects.filter(membership=paul).update(state="withdrawn")
    assert edit(actor, winter.program, promise="Another promise altogether.", gains=winter.program.gains) == 0
    assert edit(actor, winter.program, weekly_minutes=180) == 1
    told = Message.objects.get(kind="cohorts.expectations_changed")
    assert told.recipient_id == lena.pk
    changed = changed_for(winter, lena.pk)
    assert changed is not None
    assert changed.changes == [("Each week", "about 120 minutes", "about 180 minutes")]
    agree_to_expectations(actor=Actor.of(lena), cohort=winter, membership=lena, number=changed.number, now=NOW)
    assert changed_for(winter, lena.pk) is None
    assert edit(actor, winter.program, weekly_minutes=180, misses="") == 0


def test_an_agreement_to_words_that_have_gone_is_refused(winter: Cohort, lena: Membership, actor: Actor) -> None:
    first = keep_version(program=winter.program, now=NOW)
    edit(actor, winter.program, misses="The seat goes to somebody else.")
    winter.program.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        submit_application(
            actor=Actor.of(lena), cohort=winter, membership=lena, answers=ANSWERS, read_version=first.number, now=NOW
        )
    assert refusal.value.problems[0].field == "agrees"
    assert not Application.objects.exists()
    factories.application(winter, lena)
    with pytest.raises(Refused) as refusal:
        agree_to_expectations(actor=Actor.of(lena), cohort=winter, membership=lena, number=1, now=NOW)
    assert refusal.value.codes == {"changed_meanwhile"}


def test_who_has_not_applied_agrees_to_nothing(winter: Cohort, lena: Membership) -> None:
    with pytest.raises(Refused) as refusal:
        agree_to_expectations(actor=Actor.of(lena), cohort=winter, membership=lena, number=1, now=NOW)
    assert refusal.value.codes == {"no_application"}
    assert not AuditEntry.objects.filter(verb="cohorts.expectations_agreed").exists()


# ── For whom ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lists_show_what_is_meant_and_links_show_all(
    winter: Cohort, lena: Membership, paul: Membership, nordwind: Partner, actor: Actor
) -> None:
    group = GroupFactory.create(name="Resellers")
    nordwind.group_memberships.create(group=group, starts_at=NOW)
    set_prerequisites(actor=actor, program=winter.program, asked=Asked(groups=[group.pk]))
    assert [row.title for row in my_cohorts(lena, NOW).open] == ["Winter 2026"]
    assert my_cohorts(paul, NOW).is_empty
    assert (has_any(afresh(lena)), has_any(afresh(paul))) == (True, False)
    assert standings([lena.pk, paul.pk])[lena.pk].groups == {group.pk}


def test_who_is_nominated_is_meant(winter: Cohort, paul: Membership, frida: Membership, actor: Actor) -> None:
    set_prerequisites(actor=actor, program=winter.program, asked=Asked(products=[ProductFactory.create().pk]))
    assert my_cohorts(paul, NOW).is_empty
    nominate(actor=actor, nominator=frida, cohort=winter, email=paul.person.email, now=NOW)
    assert [row.title for row in my_cohorts(afresh(paul), NOW).asked] == ["Winter 2026"]


def test_prerequisites_are_set_as_a_whole(winter: Cohort, actor: Actor) -> None:
    one, other = GroupFactory.create(), GroupFactory.create()
    earlier = factories.ProgramFactory.create()
    set_prerequisites(actor=actor, program=winter.program, asked=Asked(groups=[one.pk, other.pk]))
    set_prerequisites(actor=actor, program=winter.program, asked=Asked(groups=[one.pk], certificates=[earlier.pk]))
    assert sorted(row.kind for row in prerequisites_of(winter.program)) == ["certificate", "group"]
    set_prerequisites(actor=actor, program=winter.program, asked=Asked())
    assert prerequisites_of(winter.program) == []
    assert AuditEntry.objects.filter(verb="cohorts.prerequisites_set").count() == 3


# ── Goals ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def graduation(cohort: Cohort, who: Membership, at: datetime, **fields: Any) -> Graduation:
    told = {"name": str(who.person), "program_title": cohort.program.title, "graduated_at": at}
    made: Graduation = Graduation.objects.create(cohort=cohort, membership=who, partner=company(who), **told, **fields)
    return made


def company(who: Membership) -> Partner:
    user = partner_user_of(who)
    assert user is not None
    return user.partner


def test_goals_count_what_happened(winter: Cohort, lena: Membership, paul: Membership, actor: Actor) -> None:
    for kind in ("graduates", "companies"):
        set_goal(actor=actor, program=winter.program, kind=kind, target=2, due_on=date(2026, 12, 31), now=NOW)
    mia = factories.applicant("Mia Roth", company(lena))
    tester = factories.applicant("Tess Test", PartnerFactory.create(is_test=True))
    graduation(winter, lena, NOW)
    # The last minute of the day in Berlin counts, the next one does not.
    graduation(winter, mia, datetime(2026, 12, 31, 22, 59, tzinfo=NOW.tzinfo))
    graduation(winter, paul, datetime(2026, 12, 31, 23, 0, tzinfo=NOW.tzinfo))
    graduation(winter, tester, NOW)
    graduation(factories.cohort("finished", title="Elsewhere"), paul, NOW)
    rows = {row.label: row for row in goal_rows(winter.program, NOW)}
    assert (rows["People graduated"].reached, rows["Partners with a graduate"].reached) == (2, 1)
    assert rows["People graduated"].is_reached
    assert not rows["Partners with a graduate"].is_reached
    Graduation.objects.filter(membership=lena).update(revoked_at=NOW)
    assert next(row.reached for row in goal_rows(winter.program, NOW) if row.label == "People graduated") == 1


def test_certified_partners_are_those_with_a_right_by_certificate(
    winter: Cohort, nordwind: Partner, kestrel: Partner, actor: Actor
) -> None:
    product = ProductFactory.create(name="Vault")
    kind = ProgramGoal.Kind.CERTIFIED
    set_goal(
        actor=actor, program=winter.program, kind=kind, target=5, due_on=date(2027, 1, 1), product=product, now=NOW
    )
    for partner, basis in ((nordwind, "certificate"), (kestrel, "hand")):
        partner.product_rights.create(
            product=product, right="sell", basis=basis, starts_on=date(2026, 11, 1), begun_at=NOW, granted_at=NOW
        )
    (row,) = goal_rows(winter.program, NOW)
    assert (row.label, row.reached, row.target) == ("Partners certified on Vault", 1, 5)


# ── Who is shown ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_what_people_agreed_to_is_shown(winter: Cohort, lena: Membership, paul: Membership, actor: Actor) -> None:
    done = factories.cohort("finished", title="Autumn 2026", program=winter.program)
    graduation(done, lena, NOW)
    said = write_testimonial(
        actor=Actor.of(lena), cohort=done, membership=lena, words="It was work.", agrees=True, now=NOW
    )
    factories.seat(winter, paul)
    assert [row.words for row in entrance_of(winter).words] == ["It was work."]
    assert entrance_of(winter).faces == []
    show_participant(cohort=winter, membership=paul, is_shown=True, now=NOW)
    (face,) = entrance_of(winter).faces
    assert (face.name, face.company) == ("Paul Ortega", "Kestrel")
    hide_testimonial(actor=actor, testimonial=said, is_hidden=True, now=NOW)
    assert entrance_of(winter).words == []
    hide_testimonial(actor=actor, testimonial=said, is_hidden=False, now=NOW)
    write_testimonial(actor=Actor.of(lena), cohort=done, membership=lena, words="It was.", agrees=False, now=NOW)
    assert entrance_of(winter).words == []
    assert Words.objects.get().words == "It was."


@pytest.mark.parametrize(
    ("roster", "shown"), [("named", [("Paul Ortega", "Kestrel")]), ("first_names", [("Paul", "")]), ("hidden", [])]
)
def test_faces_follow_the_roster(
    winter: Cohort, paul: Membership, kestrel: Partner, roster: str, shown: list[tuple[str, str]]
) -> None:
    factories.seat(winter, paul)
    show_participant(cohort=winter, membership=paul, is_shown=True, now=NOW)
    winter.roster = roster
    assert [(face.name, face.company) for face in entrance_of(winter).faces] == shown


def test_without_a_seat_nobody_is_shown_and_without_a_certificate_nobody_quoted(
    winter: Cohort, lena: Membership, paul: Membership
) -> None:
    factories.seat(winter, paul, "offered")
    show_participant(cohort=winter, membership=paul, is_shown=True, now=NOW)
    assert Seat.objects.get().shown_at is None
    with pytest.raises(Refused) as refusal:
        write_testimonial(actor=Actor.of(lena), cohort=winter, membership=lena, words="Hm.", agrees=True, now=NOW)
    assert refusal.value.codes == {"not_graduated"}
    assert not Words.objects.exists()


def test_experts_are_named_in_order(winter: Cohort, actor: Actor) -> None:
    for name in ("Marta Lindqvist", "Idris Bello"):
        add_expert(actor=actor, program=winter.program, details=ExpertDetails(name), now=NOW + timedelta(minutes=1))
    assert [expert.name for expert in entrance_of(winter).experts] == ["Marta Lindqvist", "Idris Bello"]
    remove_expert(actor=actor, expert=winter.program.experts.first())  # type: ignore[arg-type]
    assert [expert.name for expert in entrance_of(winter).experts] == ["Idris Bello"]
