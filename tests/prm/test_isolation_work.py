"""ISO-8, and requests: work for one organization leaves nothing behind for the next."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from celery import shared_task
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from prm.accounts.actors import Actor
from prm.accounts.middleware import OrganizationScope
from prm.accounts.models import Membership
from prm.addresses import address
from prm.celery import app
from prm.jobs.kinds import JobKind, job_kinds
from prm.jobs.models import Job
from prm.jobs.services import start_job
from prm.tenancy.doorbells import TASKS
from prm.tenancy.models import Organization
from prm.tenancy.scope import ScopeRequired, current_organization, current_organization_id, scope

done_for: list[int] = []


def remember(job: Job) -> None:
    done_for.append(current_organization().pk)
    assert {row.organization_id for row in Job.objects.all()} == {current_organization().pk}


REMEMBER = JobKind("tests.remember", remember)


@pytest.fixture(autouse=True)
def kinds() -> None:
    app.loader.import_default_modules()
    job_kinds.register(REMEMBER)
    done_for.clear()


def start(organization: Organization) -> None:
    with scope(organization):
        start_job(actor=Actor.system("test"), kind=REMEMBER, parameters={}, now=timezone.now())


def residue() -> tuple[int | None, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.organization_id', true), '')")
        return current_organization_id(), cursor.fetchone()[0]


@shared_task(name="tests.forgetful")
def forgetful() -> int:
    return Job.objects.count()


@pytest.mark.django_db(transaction=True)
def test_a_task_that_opens_no_scope_raises(acme: Organization) -> None:
    start(acme)
    with pytest.raises(ScopeRequired):
        forgetful.apply(throw=True)


@pytest.mark.django_db(transaction=True)
def test_one_worker_serves_one_organization_after_the_other(acme: Organization, umbrella: Organization) -> None:
    for organization in (acme, umbrella, acme):
        start(organization)
        app.tasks["jobs.run"].apply(args=(organization.pk,), throw=True)
        assert residue() == (None, "")
    assert done_for == [acme.pk, umbrella.pk, acme.pk]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(TASKS.values()))
def test_every_task_of_an_organization_leaves_no_residue(
    acme: Organization, umbrella: Organization, name: str, now: datetime
) -> None:
    for organization in (acme, umbrella):
        app.tasks[name].apply(args=(organization.pk,), throw=True)
        assert residue() == (None, "")


@pytest.mark.django_db(transaction=True)
def test_work_that_fails_leaves_no_residue(acme: Organization, umbrella: Organization, monkeypatch: Any) -> None:
    start(acme)
    monkeypatch.setattr("prm.jobs.worker._work", lambda job, now: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        app.tasks["jobs.run"].apply(args=(acme.pk,), throw=True)
    assert residue() == (None, "")
    with scope(umbrella):
        assert not Job.objects.exists()


# ── Requests ────────────────────────────────────────────────────────────────────────────────────────────────────────


def ask(acme: Organization, visitor: Membership, answer: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """Through the middleware to `answer`, which stands for view and rendering."""
    request: Any = RequestFactory().get(address("studio_home", organization=acme))
    request.user, request.session = visitor.person, {}
    response = OrganizationScope(answer)(request)
    assert isinstance(response, HttpResponse)
    return response


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("status", "kept"), [(200, 1), (303, 1), (404, 1), (422, 1), (500, 0), (503, 0)])
def test_what_failed_is_rolled_back(acme: Organization, bob: Membership, status: int, kept: int, now: datetime) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        Job.objects.create(kind="x", created_at=now, not_before=now)
        return HttpResponse(status=status)

    assert ask(acme, bob, answer).status_code == status
    assert residue() == (None, "")
    with scope(acme):
        assert Job.objects.count() == kept


@pytest.mark.django_db(transaction=True)
def test_an_exception_that_nobody_answers_is_rolled_back(acme: Organization, bob: Membership, now: datetime) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        Job.objects.create(kind="x", created_at=now, not_before=now)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask(acme, bob, answer)
    assert residue() == (None, "")
    with scope(acme):
        assert not Job.objects.exists()


def test_a_page_is_rendered_inside_its_scope(acme: Organization, bob: Membership) -> None:
    seen: dict[str, Any] = {}

    def answer(request: Any) -> HttpResponse:
        seen["organization"] = current_organization()
        seen["member"] = (request.membership, request.actor, request.organization, request.see_as)
        return HttpResponse()

    ask(acme, bob, answer)
    assert seen == {"organization": acme, "member": (bob, Actor.of(bob, "127.0.0.1"), acme, False)}
    assert current_organization_id() is None


def test_interleaved_requests_see_their_own(
    acme: Organization, umbrella: Organization, alice: Membership, charlie: Membership, sign_in: Any, now: datetime
) -> None:
    from prm.audit.services import note

    for organization, owner in ((acme, alice), (umbrella, charlie)):
        with scope(organization):
            note(actor=Actor.of(owner), verb=f"tests.happened_at_{organization.slug}")
    clients: dict[str, Client] = {"acme": sign_in(alice), "umbrella": sign_in(charlie)}
    for slug in ("acme", "umbrella") * 3:
        page = clients[slug].get(f"/o/{slug}/studio/audit/").content.decode()
        assert f"Happened at {slug}" in page
        assert ("Happened at acme" in page) != ("Happened at umbrella" in page)
