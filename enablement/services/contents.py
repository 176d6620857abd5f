"""Content: written, opened to audiences, published and put away."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from enablement import facts, rules
from enablement.models import Content, ContentAudience, Topic
from enablement.models.content import CONTENT
from enablement.services.recall import enrol_readers_in_new_items
from partners.models import Audience
from partners.names import fold
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.audit.services import note
from prm.files.models import StoredFile
from prm.files.services import store_upload
from prm.markdown import render_markdown
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.editing import update_if_unchanged


@dataclass(frozen=True)
class ContentDetails:
    """What people say about a content. `topic` is its name, made where it is new; without `upload` the file stays."""

    title: str
    purpose: str = Content.Purpose.ENABLEMENT
    topic: str = ""
    summary: str = ""
    body: str = ""
    url: str = ""
    minutes: int = 3
    checked_on: date | None = None
    upload: UploadedFile[bytes] | None = None

    def columns(self) -> dict[str, Any]:
        """Every column that follows from these details, derived ones included."""
        columns: dict[str, Any] = {
            "title": " ".join(self.title.split()),
            "purpose": self.purpose,
            "summary": " ".join(self.summary.split()),
            "body": self.body.replace("\r\n", "\n").strip(),
            "url": self.url.strip(),
            "minutes": self.minutes,
            "checked_on": self.checked_on,
        }
        columns["html"] = str(render_markdown(columns["body"]))
        columns["searchable"] = fold(f"{columns['title']} {columns['summary']}")[:430]
        return columns


@transaction.atomic
def create_content(
    *,
    actor: Actor,
    owner: Membership,
    kind: str,
    details: ContentDetails,
    audience_ids: Collection[int] = (),
    now: datetime,
) -> Content:
    """Store a draft with the audiences it is meant for. Nobody sees it before it is published."""
    columns = _checked(details) | _stored(actor, details, now)
    content = Content.objects.create(
        **columns, kind=kind, topic=_topic(details.topic), owner=owner, created_at=now, updated_at=now
    )
    _write_audiences(content, audience_ids)
    note(actor=actor, verb="enablement.content_created", obj=content)
    return content


@transaction.atomic
def change_content(
    *,
    actor: Actor,
    content: Content,
    revision: int,
    details: ContentDetails,
    audience_ids: Collection[int],
    now: datetime,
) -> None:
    """Write new details over those that were read at `revision`, and set its audiences.

    Raises `Refused`: `changed_meanwhile` when somebody saved first; what publishing asks for when published content
    would lose it.
    """
    columns = _checked(details) | _stored(actor, details, now)
    if content.state == Content.State.PUBLISHED:
        present = {"body": content.body, "url": content.url, "file": content.file} | columns
        changed = Content(kind=content.kind, body=present["body"], url=present["url"], file=present["file"])
        refuse_if(rules.publish_problems(changed, len(audience_ids)))
    changes = update_if_unchanged(content, revision, **columns, topic=_topic(details.topic), updated_at=now)
    changes |= _write_audiences(content, audience_ids)
    shown = {field: values for field, values in changes.items() if field not in ("html", "searchable", "updated_at")}
    if shown:
        note(actor=actor, verb="enablement.content_changed", obj=content, changes=shown)


@transaction.atomic
def set_audiences(*, actor: Actor, content: Content, audience_ids: Collection[int]) -> None:
    """Open the content to exactly these audiences."""
    changes = _write_audiences(content, audience_ids)
    if changes:
        note(actor=actor, verb="enablement.content_opened_to", obj=content, changes=changes)


@transaction.atomic
def publish_content(*, actor: Actor, content: Content, now: datetime) -> None:
    """Let its audiences see the content: state, fact, audit line. Raises `Refused` with what is missing.

    Those who are enrolled in other questions of it meet the ones that came while it was away.
    """
    refuse_if(rules.publish_problems(content, content.rules.count()))
    CONTENT.move(content, "publish", published_at=now)
    enrol_readers_in_new_items(content=content, now=now)
    record(kind=facts.CONTENT_PUBLISHED, at=now, object_id=content.pk)
    note(actor=actor, verb=facts.CONTENT_PUBLISHED.name, obj=content)


def withdraw_content(*, actor: Actor, content: Content, now: datetime) -> None:
    """Make it a draft again: partners no longer see it, and its questions rest."""
    _take_back(actor, content, "withdraw", now)


def archive_content(*, actor: Actor, content: Content, now: datetime) -> None:
    """Put it away; `restore_content` brings it back as a draft."""
    _take_back(actor, content, "archive", now)


@transaction.atomic
def restore_content(*, actor: Actor, content: Content, now: datetime) -> None:
    """Bring archived content back as a draft."""
    CONTENT.move(content, "restore")
    note(actor=actor, verb="enablement.content_restored", obj=content)


@transaction.atomic
def _take_back(actor: Actor, content: Content, verb: str, now: datetime) -> None:
    content.refresh_from_db(fields=["state"], from_queryset=Content.objects.select_for_update())
    was_published = content.state == Content.State.PUBLISHED
    CONTENT.move(content, verb)
    if was_published:
        record(kind=facts.CONTENT_WITHDRAWN, at=now, object_id=content.pk)
    note(actor=actor, verb=f"enablement.content_{'archived' if verb == 'archive' else 'withdrawn'}", obj=content)


def _checked(details: ContentDetails) -> dict[str, Any]:
    columns = details.columns()
    if not columns["title"]:
        raise Refused(Problem("no_title", _("It needs a title: what will people look for?"), "title"))
    return columns


def _stored(actor: Actor, details: ContentDetails, now: datetime) -> dict[str, StoredFile]:
    """The file that was uploaded, as a column; the former one stays for those who are fetching it."""
    return {"file": store_upload(actor=actor, upload=details.upload, now=now)} if details.upload else {}


def _topic(name: str) -> Topic | None:
    wanted = " ".join(name.split())[:60]
    if not wanted:
        return None
    topic: Topic
    topic, _is_new = Topic.objects.get_or_create(name=wanted)
    return topic


def _write_audiences(content: Content, audience_ids: Collection[int]) -> dict[str, list[Any]]:
    """Make the content's rules those; {"audiences": [before, after]} by name where something changed."""
    wanted = set(audience_ids)
    known = dict(Audience.objects.filter(pk__in=wanted).values_list("pk", "label"))
    if wanted - known.keys():
        raise Refused(Problem("unknown_audience", _("One of these audiences no longer exists."), "audiences"))
    present = dict(content.rules.values_list("audience_id", "audience__label"))
    if present.keys() == wanted:
        return {}
    content.rules.exclude(audience__in=wanted).delete()
    ContentAudience.objects.bulk_create(
        [ContentAudience(content=content, audience_id=pk) for pk in sorted(wanted - present.keys())],
        ignore_conflicts=True,
    )
    return {"audiences": [sorted(present.values()), sorted(known.values())]}
