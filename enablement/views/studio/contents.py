"""The library in the studio: its list, one content, writing, publishing, who may see it."""

from collections.abc import Callable

from django.contrib.messages import ERROR
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enablement import rules
from enablement.forms import ContentForm
from enablement.models import Content
from enablement.queries import library
from enablement.services import contents as services
from partners.queries.audiences import audience_choices, reach
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address
from prm.files.serving import file_response
from prm.markdown import clean_html, render_markdown
from prm.problems import Refused, blockers
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast

type Verb = Callable[..., None]


def _content(public_id: str) -> Content:
    rows = Content.objects.select_related("topic", "file", "owner__person")
    return get_object_or_404(rows, public_id=public_id)


@studio("content.view")
@require_safe
def content_list(request: Request) -> HttpResponse:
    """All content, newest change first, narrowed by state, kind, topic and words."""
    asked = {name: request.GET.get(name, "") for name in ("state", "kind", "topic", "sort")}
    filters = library.Filters(words=request.GET.get("q", ""), **asked)
    page = page_of(library.contents_for_studio(filters), request)
    context = {
        "page": page,
        "rows": library.content_rows(page.rows),
        "filters": filters,
        "topics": library.topics_in_use(),
        "states": Content.State.choices,
        "kinds": Content.Kind.choices,
        "now": request.now,
    }
    return render_page(request, "enablement/content_list.html", context, partials={"contents": "contents"})


@studio("content.view")
@require_safe
def content_detail(request: Request, public_id: str) -> HttpResponse:
    """One content: how partners read it, whom it reaches, its questions, and how it is doing."""
    content = _content(public_id)
    overview = library.overview_of(content, request.now)
    problems = rules.publish_problems(content, len(overview.audiences))
    context = {
        "content": content,
        "overview": overview,
        "items": library.items_of(content),
        "problems": problems,
        "blockers": blockers(problems),
        "may_manage": may(request.membership, "content.manage"),
        "html": clean_html(content.html),
        "now": request.now,
    }
    return render_page(request, "enablement/content_detail.html", context)


@studio("content.manage")
@require_safe
def content_choose(request: Request) -> HttpResponse:
    """What is to be added: an article, a file or a link."""
    return render_page(request, "enablement/content_choose.html", {})


@studio("content.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def content_create(request: Request, kind: str) -> HttpResponse:
    """Write an article, upload a file or name a link."""
    if kind not in Content.Kind.values:
        raise Http404
    form = ContentForm(request.POST or None, request.FILES or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            content = services.create_content(
                actor=request.actor,
                owner=request.membership,
                kind=kind,
                details=form.details(),
                audience_ids=form.cleaned_data["audiences"],
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved as a draft. Nobody sees it yet."))
            return see_other("content_detail", content.public_id)
    return _form_page(request, form)


@studio("content.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def content_edit(request: Request, public_id: str) -> HttpResponse:
    """Change a content and whom it is for."""
    content = _content(public_id)
    form = ContentForm(request.POST or None, request.FILES or None, kind=content.kind, content=content)

    def save(revision: int) -> None:
        services.change_content(
            actor=request.actor,
            content=content,
            revision=revision,
            details=form.details(),
            audience_ids=form.cleaned_data["audiences"],
            now=request.now,
        )

    if form.is_saved(save, lambda: ContentForm(kind=content.kind, content=content).initial_values()):
        toast(request, _("Saved."))
        return see_other("content_detail", content.public_id)
    return _form_page(request, form)


def _form_page(request: Request, form: ContentForm) -> HttpResponse:
    counted = reach(form.chosen_audiences, request.now)
    context = {"form": form, "content": form.content, "kind": form.kind, "reach": counted}
    return render_page(request, "enablement/content_form.html", context, status=422 if form.errors else 200)


@studio("content.manage")
@require_POST
def content_preview(request: Request) -> HttpResponse:
    """The text as partners will read it. Stores nothing."""
    html = render_markdown(request.POST.get("body", "")[:100_000])
    return render_page(request, "enablement/content_preview.html", {"html": html})


@studio("content.view")
@require_safe
def content_reach(request: Request) -> HttpResponse:
    """How many people the ticked audiences are, while they are being ticked."""
    ids = _known_audiences(request.GET.getlist("audiences"))
    return render_page(request, "enablement/content_reach.html", {"reach": reach(ids, request.now)})


def _known_audiences(values: list[str]) -> list[int]:
    wanted = {int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 16}
    return [choice.id for choice in audience_choices() if choice.id in wanted]


@studio("content.view")
@require_safe
def content_readers(request: Request, public_id: str) -> HttpResponse:
    """Everybody at partners who may see it, by name, with how far they got."""
    content = _content(public_id)
    audiences = library.audience_ids(content)
    page = page_of(library.readers_in(audiences, request.now), request)
    context = {
        "content": content,
        "page": page,
        "rows": library.reader_rows(content, page.rows),
        "reach": reach(audiences, request.now),
    }
    return render_page(request, "enablement/content_readers.html", context, partials={"readers": "readers"})


@studio("content.view")
@require_safe
def content_file(request: Request, public_id: str) -> HttpResponseBase:
    """The file, for colleagues."""
    content = _content(public_id)
    if content.file is None:
        raise Http404
    return file_response(content.file, request)


@studio("content.manage")
@require_POST
def content_publish(request: Request, public_id: str) -> HttpResponse:
    """Let its audiences see it. What is missing is said on the page."""
    content = _content(public_id)
    try:
        services.publish_content(actor=request.actor, content=content, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=ERROR)
    else:
        toast(request, _("Published."))
    return see_other("content_detail", public_id)


@studio("content.manage")
@require_POST
def content_withdraw(request: Request, public_id: str) -> HttpResponse:
    """Make it a draft again."""
    return _move(request, public_id, services.withdraw_content, _("It is a draft again. Partners no longer see it."))


@studio("content.manage")
@require_POST
def content_archive(request: Request, public_id: str) -> HttpResponse:
    """Put it away; Undo brings it back as a draft."""
    undo = address("content_restore", public_id)
    return _move(request, public_id, services.archive_content, _("Archived. Partners no longer see it."), undo)


@studio("content.manage")
@require_POST
def content_restore(request: Request, public_id: str) -> HttpResponse:
    """Bring it back as a draft."""
    return _move(request, public_id, services.restore_content, _("Back as a draft."))


def _move(request: Request, public_id: str, verb: Verb, done: str, undo_url: str = "") -> HttpResponse:
    try:
        verb(actor=request.actor, content=_content(public_id), now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=ERROR)
    else:
        toast(request, done, undo_url=undo_url)
    return see_other("content_detail", public_id)
