"""The operator's admin: who gets in, whose rows are seen, what is masked, what is recorded."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db.models import CompositePrimaryKey
from django.test import Client
from django.urls import get_script_prefix, get_urlconf
from django.utils import timezone

from prm.accounts.actors import Actor
from prm.accounts.models import Membership, Person
from prm.audit.models import AuditEntry
from prm.invitations import services
from prm.invitations.models import Invitation
from prm.tenancy.models import Organization
from prm.tenancy.policies import is_tenant_model
from prm.tenancy.scope import current_organization_id, scope
from prm.web.admin.fields import SECRET
from prm.web.admin.sites import global_site, tenant_site

pytestmark = pytest.mark.django_db
INSIDE = "/admin/o/acme/"
REASON = {"reason": "Ticket 4711: an invitation went to a wrong address"}


@pytest.fixture
def operator() -> Client:
    person = Person.objects.create_superuser("root@canopy.example", name="Root")
    client = Client()
    client.force_login(person, backend="prm.accounts.backends.AuthenticationBackend")
    return client


def invitation(inviter: Membership, email: str = "nora@nordwind.example") -> Invitation:
    with scope(inviter.organization):
        return services.invite(
            actor=Actor.of(inviter),
            inviter=inviter,
            kind="staff",
            email=email,
            roles=["editor"],
            note="Secret words",
            now=timezone.now(),
        )


def trail(organization: Organization) -> list[tuple[str, str]]:
    with scope(organization):
        rows = AuditEntry.objects.filter(actor_kind="operator").order_by("id")
        return list(rows.values_list("verb", "reason"))


@pytest.mark.parametrize("page", ["/admin/", INSIDE, f"{INSIDE}invitations/invitation/", "/admin/accounts/person/"])
def test_only_operators_get_in(client: Client, sign_in: Callable[[Membership], Client], alice: Any, page: str) -> None:
    assert client.get(page).status_code == 302
    assert "/accounts/login/" in client.get(page, follow=True).redirect_chain[-1][0]
    answer = sign_in(alice).get(page, follow=True)
    assert answer.status_code in (403, 404)


def test_signing_in_is_the_sites_own(client: Client) -> None:
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/accounts/login/?next=/admin/"
    answer = client.post("/admin/login/", {"username": "root@canopy.example", "password": "x"})
    assert answer.status_code == 302


def test_every_model_is_on_the_site_it_belongs_to() -> None:
    derived = {model for model in apps.get_models() if isinstance(model._meta.pk, CompositePrimaryKey)}
    assert {model.__name__ for model in derived} == {"Entry", "Posting", "Spelling"}, "what the search derives"
    tenant = {model for model in apps.get_models() if is_tenant_model(model)} - derived
    assert set(tenant_site._registry) == tenant
    assert not tenant & set(global_site._registry)
    own = {model for model in apps.get_models() if model.__module__.startswith("prm.")} - derived
    assert own <= tenant | set(global_site._registry)


def test_every_list_of_an_organization_opens(operator: Client, acme: Organization) -> None:
    for model in tenant_site._registry:
        page = f"{INSIDE}{model._meta.app_label}/{model._meta.model_name}/"
        assert operator.get(page).status_code == 200, page
        assert operator.get(page, {"q": "nothing"}).status_code == 200, page


def test_every_global_list_opens(operator: Client, alice: Membership) -> None:
    for model in global_site._registry:
        page = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert operator.get(page).status_code == 200, page
        assert operator.get(page, {"q": "nothing"}).status_code == 200, page


def test_entering_an_organization_is_recorded_once(
    operator: Client, acme: Organization, umbrella: Organization
) -> None:
    operator.get(INSIDE)
    operator.get(f"{INSIDE}invitations/invitation/")
    assert trail(acme) == [("accounts.entered_by_operator", "")]
    assert trail(umbrella) == []


def test_an_organization_shows_its_own_rows_only(operator: Client, alice: Membership, charlie: Membership) -> None:
    own, foreign = invitation(alice), invitation(charlie, "other@umbrella.example")
    listed = operator.get(f"{INSIDE}invitations/invitation/").content.decode()
    assert own.public_id in listed
    assert foreign.public_id not in listed
    assert operator.get(f"{INSIDE}invitations/invitation/{foreign.pk}/change/", follow=True).status_code in (200, 404)
    page = operator.get(f"{INSIDE}invitations/invitation/{foreign.pk}/change/", follow=True)
    assert foreign.public_id not in page.content.decode()
    assert "other@umbrella" not in page.content.decode()


def test_nothing_of_the_request_stays_behind(operator: Client, acme: Organization) -> None:
    for page in (INSIDE, f"{INSIDE}no/such/page/", "/admin/o/nobody/"):
        operator.get(page)
        assert (get_script_prefix(), get_urlconf(), current_organization_id()) == ("/", None, None)


@pytest.mark.parametrize("page", ["", "{id}/change/", "{id}/history/"])
def test_what_people_wrote_is_masked(operator: Client, alice: Membership, page: str) -> None:
    row = invitation(alice)
    shown = operator.get(f"{INSIDE}invitations/invitation/{page.format(id=row.pk)}").content.decode()
    assert row.public_id in shown
    assert "nora@" not in shown
    assert "Secret words" not in shown
    assert "Alice Moreau" not in shown


def test_masked_rows_cannot_be_changed_or_deleted(operator: Client, alice: Membership) -> None:
    row = invitation(alice)
    for page in ("change", "delete"):
        answer = operator.post(
            f"{INSIDE}invitations/invitation/{row.pk}/{page}/", {"email": "x@y.example", "post": "yes"}
        )
        assert answer.status_code == 403
    assert operator.get(f"{INSIDE}invitations/invitation/add/").status_code == 403


def test_unmasking_needs_a_reason_and_is_recorded(operator: Client, alice: Membership, charlie: Membership) -> None:
    row = invitation(alice)
    invitation(charlie, "other@umbrella.example")
    assert operator.post(f"{INSIDE}unmask/", {"reason": "because"}).status_code == 422
    assert operator.post(f"{INSIDE}unmask/", REASON)["Location"] == INSIDE
    shown = operator.get(f"{INSIDE}invitations/invitation/{row.pk}/change/").content.decode()
    assert "nora@nordwind.example" in shown
    assert ("accounts.unmasked", REASON["reason"]) in trail(alice.organization)
    elsewhere = operator.get("/admin/o/umbrella/invitations/invitation/").content.decode()
    assert "other@umbrella" not in elsewhere
    operator.post(f"{INSIDE}mask/")
    assert "nora@" not in operator.get(f"{INSIDE}invitations/invitation/").content.decode()


def test_unmasking_ends_by_itself(operator: Client, alice: Membership, time_machine_at: Callable[[str], Any]) -> None:
    invitation(alice)
    operator.post(f"{INSIDE}unmask/", REASON)
    with time_machine_at("+31min"):
        assert "nora@" not in operator.get(f"{INSIDE}invitations/invitation/").content.decode()


@pytest.mark.parametrize("is_unmasked", [False, True])
def test_secrets_are_never_shown(operator: Client, alice: Membership, is_unmasked: bool) -> None:
    row = invitation(alice)
    if is_unmasked:
        operator.post(f"{INSIDE}unmask/", REASON)
        operator.post("/admin/unmask/", REASON)
    shown = operator.get(f"{INSIDE}invitations/invitation/{row.pk}/change/").content.decode()
    shown += operator.get(f"/admin/accounts/person/{alice.person_id}/change/").content.decode()
    for secret in (row.nonce, row.token_digest, row.copy_digest, alice.person.password or "argon2"):
        assert secret not in shown
    assert {"nonce", "token_digest", "password", "sealed"} <= SECRET


def test_a_change_is_recorded_with_its_words_inside_and_without_them_outside(
    operator: Client, alice: Membership
) -> None:
    row = invitation(alice)
    operator.post(f"{INSIDE}unmask/", REASON)
    page = f"{INSIDE}invitations/invitation/{row.pk}/change/"
    form = operator.get(page).context["adminform"].form
    values = {name: field.value() for name, field in ((name, form[name]) for name in form.fields)}
    posted = {name: value for name, value in values.items() if value is not None and not hasattr(value, "tzinfo")}
    for name in ("created_at", "sent_at", "expires_at", "opened_at", "accepted_at", "ended_at"):
        if values.get(name):
            posted |= {f"{name}_0": f"{values[name]:%Y-%m-%d}", f"{name}_1": f"{values[name]:%H:%M:%S}"}
    answer = operator.post(page, {**posted, "roles": "editor", "name": "Nora Mended"})
    assert answer.status_code == 302, answer.context and answer.context["adminform"].form.errors
    with scope(alice.organization):
        assert Invitation.objects.get().name == "Nora Mended"
        entry = AuditEntry.objects.get(verb="accounts.changed_by_operator")
    assert entry.changes["name"] == ["", "Nora Mended"]
    logged = LogEntry.objects.get()
    assert "Nora" not in logged.object_repr + logged.change_message
    assert row.public_id in logged.object_repr


def test_deleting_is_asked_first_and_recorded(operator: Client, alice: Membership) -> None:
    row = invitation(alice)
    operator.post(f"{INSIDE}unmask/", REASON)
    page = f"{INSIDE}invitations/invitation/{row.pk}/delete/"
    assert "Are you sure" in operator.get(page).content.decode()
    assert operator.post(page, {"post": "yes"}).status_code == 302
    with scope(alice.organization):
        assert not Invitation.objects.exists()
    assert "accounts.deleted_by_operator" in [verb for verb, _reason in trail(alice.organization)]
    assert "nora" not in LogEntry.objects.get().object_repr


def test_tables_that_only_grow_stay_as_they_are(operator: Client, alice: Membership) -> None:
    invitation(alice)
    operator.post(f"{INSIDE}unmask/", REASON)
    with scope(alice.organization):
        entry = AuditEntry.objects.first()
    assert entry is not None
    page = f"{INSIDE}audit/auditentry/{entry.pk}/"
    assert operator.get(f"{page}change/").status_code == 200
    assert operator.post(f"{page}change/", {"verb": "x.y"}).status_code == 403
    assert operator.post(f"{page}delete/", {"post": "yes"}).status_code == 403


def test_organizations_are_never_deleted(operator: Client, acme: Organization) -> None:
    operator.post("/admin/unmask/", REASON)
    page = f"/admin/tenancy/organization/{acme.pk}/delete/"
    assert operator.post(page, {"post": "yes"}).status_code == 403


def test_scripts_and_styles_pass_the_policy(operator: Client, acme: Organization) -> None:
    page = operator.get(f"{INSIDE}invitations/invitation/")
    policy = page["Content-Security-Policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    content = page.content.decode()
    tags = re.findall(r"<script[^>]*>|<link[^>]*stylesheet[^>]*>", content)
    assert tags
    assert [tag for tag in tags if f'nonce="{nonce}"' not in tag] == []
    assert "style=" not in content
