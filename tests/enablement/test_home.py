"""Home pages, the checklist, the first draft; and that looking as somebody else leaves no trace."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from enablement.models import Content, Memory, Progress
from enablement.queries.library import shown_to
from enablement.queries.recall import content_choices, knowledge_of
from partners.models import Audience, Partner
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.tenancy.models import Organization
from prm.web.places import checklist_of
from prm.web.starters import CHOICES, starters
from tests.enablement.factories import content, item, memory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


def test_a_partner_s_home_begins_with_what_is_new_and_due(
    readers: Audience, alice: Membership, lena: Membership, sign_in: SignIn, now: datetime
) -> None:
    client = sign_in(lena)
    assert "New for you" not in client.get("/o/acme/").content.decode()
    content(alice, readers, title="Price sheet", minutes=4)
    memory(lena, item(alice), now - timedelta(days=9))
    page = client.get("/o/acme/").content.decode()
    assert "Start here" in page
    assert "<strong>Price sheet</strong>, 4 min" in page
    assert "One question for today" in page
    assert "One question for today" in client.get("/o/acme/due/").content.decode()
    Progress.objects.create(membership=lena, content=Content.objects.get(), opened_at=now, last_at=now)
    Memory.objects.update(due_at=now + timedelta(days=1))
    page = client.get("/o/acme/").content.decode()
    assert "Price sheet" not in page
    assert "question for today" not in page


def test_the_studio_s_home_tells_what_is_read(
    readers: Audience, alice: Membership, lena: Membership, sign_in: SignIn, now: datetime
) -> None:
    client = sign_in(alice)
    assert "What is read" not in client.get("/o/acme/studio/").content.decode()
    made = content(alice, readers, title="Price sheet")
    content(alice, title="For nobody")
    Progress.objects.create(membership=lena, content=made, opened_at=now, last_at=now)
    page = client.get("/o/acme/studio/").content.decode()
    assert "<strong>1</strong> person read something" in page
    assert "One published content is open to nobody." in page
    assert "1 reader" in page


def test_one_useful_thing_is_published_and_open_to_somebody(readers: Audience, alice: Membership) -> None:
    made = content(alice, title="For nobody")
    assert not _is_done(alice)
    draft = content(alice, readers, state="draft")
    assert not _is_done(alice)
    Content.objects.filter(pk=draft.pk).update(state="published", published_at=made.published_at)
    assert _is_done(alice)


def _is_done(alice: Membership) -> bool:
    steps = checklist_of(alice).steps
    return next(step.is_done for step in steps if str(step.label) == "Add one useful thing")


def test_a_first_article_is_drafted_once_for_each_kind_of_partners(
    in_acme: Organization, alice: Membership, now: datetime
) -> None:
    draft = starters.get("enablement.first_article")
    for _ in range(2):
        for choice in CHOICES:
            draft.apply(actor=Actor.of(alice), choice=choice.name, now=now)
    drafts = Content.objects.all()
    assert len(drafts) == len(CHOICES)
    assert {(row.state, row.owner_id) for row in drafts} == {("draft", alice.pk)}
    assert all("<h2>" in row.html and row.summary for row in drafts)


def test_looking_as_somebody_else_leaves_no_trace(
    readers: Audience, alice: Membership, lena: Membership, sign_in: SignIn
) -> None:
    made = content(alice, readers, questions=1)
    client = sign_in(alice)
    session = client.session
    session["see_as"] = {"organization": alice.organization_id, "membership": lena.pk}
    session.save()
    path = f"/o/acme/learn/{made.public_id}/"
    assert client.get(path).status_code == 200
    assert client.get("/o/acme/practice/").status_code == 200
    for action in ("beat/", "done/", f"check/{made.recall_items.get().public_id}/"):
        assert client.post(path + action, {"choice": "1"}).status_code == 403
    assert client.post("/o/acme/practice/start/").status_code == 403
    assert not Progress.objects.exists()
    assert not Memory.objects.exists()
    assert not Fact.objects.exists()


def test_what_is_known_is_told_for_each_person_content_and_in_all(
    readers: Audience, kestrel: Partner, alice: Membership, lena: Membership, paul: Membership, now: datetime
) -> None:
    first, second = content(alice, readers, title="First", questions=1), content(alice, title="Second", questions=1)
    memory(lena, first.recall_items.get(), now - timedelta(days=10), stability=10.0, answers=3)
    memory(lena, second.recall_items.get(), now, answers=1)
    memory(paul, second.recall_items.get(), now - timedelta(days=10), stability=10.0, answers=2)
    memory(paul, item(alice), now, state="retired")
    memory(paul, item(alice, state="retired"), now)
    known = knowledge_of([lena.pk, paul.pk], now)
    assert known.overall is not None
    assert known.overall.expected == pytest.approx((0.9 + 1 + 0.9) / 3)
    assert (known.overall.questions, known.overall.answers) == (3, 6)
    assert known.overall.low < known.overall.expected < known.overall.high
    assert {pk: round(share.expected, 6) for pk, share in known.of_member.items()} == {lena.pk: 0.95, paul.pk: 0.9}
    assert [(part.label, round(part.share.expected, 6)) for part in known.contents] == [
        ("First", 0.9),
        ("Second", 0.95),
    ]
    assert knowledge_of([alice.pk], now).overall is None
    assert knowledge_of([], now).overall is None


def test_what_an_audience_can_open_is_shown_newest_first(
    readers: Audience, alice: Membership, lena: Membership, now: datetime
) -> None:
    for days, title in ((3, "Old"), (1, "New")):
        content(alice, readers, title=title, minutes=days, published_at=now - timedelta(days=days))
    content(alice, readers, title="Draft", state="draft")
    content(alice, title="For nobody")
    total, first = shown_to([readers.pk], now, 1)
    assert (total, [(shown.title, shown.hint) for shown in first]) == (2, [("New", "1 min")])
    assert shown_to([], now, 5) == (0, [])


def test_content_choices_are_published_and_count_their_questions(readers: Audience, alice: Membership) -> None:
    made = content(alice, readers, title="B", questions=2)
    item(alice, made, state="retired")
    content(alice, title="A")
    content(alice, title="Draft", state="draft")
    assert [(choice.label, choice.questions) for choice in content_choices()] == [("A", 0), ("B", 2)]
