"""Tags that every template has without loading them."""

import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import lucide
from django import template
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from prm import addresses, cells
from prm.markdown import render_markdown
from prm.web import states

register = template.Library()

_HTMX_CONFIG = json.dumps(
    {
        "allowEval": False,
        "allowScriptTags": False,
        "selfRequestsOnly": True,
        "includeIndicatorStyles": False,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "timeout": 20000,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "422", "swap": True},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    }
)


# How every drawing is stroked stands in the stylesheet once instead of thirty times in each page.
_PEN = ' fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
_BETWEEN_TAGS = re.compile(r">\s+<")


@lru_cache(maxsize=512)
def _icon(name: str, size: int, css: str) -> SafeString:
    drawn = lucide._render_icon(name, size, **{"class": f"icon {css}".strip(), "aria_hidden": "true"})
    return mark_safe(_BETWEEN_TAGS.sub("><", drawn.replace(_PEN, "")))


@register.simple_tag
def icon(name: str, size: int = 20, css: str = "") -> SafeString:
    """An inline lucide drawing, hidden from screen readers: the words beside it say it."""
    return _icon(str(name), int(size), str(css))


@register.simple_tag
def address(name: str, *args: object, absolute: bool = False) -> str:
    """The address of the page called `name` within the present organization."""
    return addresses.address(name, *args, absolute=absolute)


@register.simple_tag
def when(at: datetime | date | None, zone: str | ZoneInfo | None = None, style: str = "long") -> SafeString:
    """A moment as `<time>` in the viewer's zone, or in `zone` where a place matters, with the zone shown.

    `style`: long (Mon 23 November 2026, 10:00 CET), short (23 Nov, 10:00 CET), date (23 November 2026) or time
    (10:00 CET).
    """
    if at is None:
        return SafeString("")
    if not isinstance(at, datetime):
        return _time(at.isoformat(), _in_words("date", get_language(), *at.timetuple()[:5]), "")
    local = at.astimezone(ZoneInfo(str(zone)) if zone else timezone.get_current_timezone())
    # Django's own "T" is empty in the hour that comes twice, which is when the zone's name matters most.
    zone_name = "" if style == "date" else f" {local.tzname()}"
    return _time(at.isoformat(), _in_words(style, get_language(), *local.timetuple()[:5]), zone_name)


def _time(machine: str, words: str, zone_name: str) -> SafeString:
    return SafeString(f'<time datetime="{machine}">{escape(words)}{escape(zone_name)}</time>')


_STYLES = {"long": "D j F Y, H:i", "short": "j M, H:i", "date": "j F Y", "time": "H:i"}


@lru_cache(maxsize=4096)
def _in_words(style: str, language: str | None, year: int, month: int, day: int, hour: int, minute: int) -> str:
    """The moment as `style` says it: pages show the same ones again and again."""
    on_the_wall = datetime(year, month, day, hour, minute)  # noqa: DTZ001 - its zone was applied before
    return formats.date_format(on_the_wall, _STYLES[style])


@register.simple_tag
def ago(at: datetime | None, now: datetime) -> str:
    """How long before `now` something was, in one unit: "3 h ago"; a date after a week."""
    if at is None:
        return ""
    seconds = (now - at).total_seconds()
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return _("%(n)d min ago") % {"n": seconds // 60}
    if seconds < 86400:
        return _("%(n)d h ago") % {"n": seconds // 3600}
    if seconds < 7 * 86400:
        return _("%(n)d d ago") % {"n": seconds // 86400}
    return formats.date_format(timezone.localtime(at), "j M Y")


@register.simple_tag(name="cells")
def cells_tag(row: Iterable[cells.Cell]) -> SafeString:
    """The cells of a table's row (prm.cells)."""
    return cells.drawn(row)


@register.filter
def percent(share: float | Decimal | str | None) -> str:
    """A share between 0 and 1 as a whole percentage; nothing where there is no share."""
    return "" if share in (None, "") else _("%(n)d%%") % {"n": round(float(share) * 100)}


@register.filter
def initials(name: str) -> str:
    """One or two letters for an avatar."""
    words = [word for word in str(name).replace("@", " ").split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper() or "?"


@register.filter
def hue(name: str) -> int:
    """One of eight steady colors for a name (1 to 8)."""
    return sum(str(name).encode()) % 8 + 1


@register.filter
def tone(state: str) -> str:
    """The color in which a state is shown everywhere: success, warning, danger, info or neutral."""
    return states.tone_of(str(state))


@register.filter(name="markdown")
def markdown_filter(text: str) -> SafeString:
    """Markdown that a person wrote, as harmless HTML."""
    return render_markdown(str(text or ""))


@register.filter
def split(text: str, separator: str = ",") -> list[str]:
    """`"a,b"|split` as a list, for components that take a few words in an attribute."""
    return [part.strip() for part in str(text).split(separator) if part.strip()]


@register.filter
def ring_gap(share: float | str) -> str:
    """The dash pattern that draws `share` (0 to 1) of a ring whose outline is 100 units long."""
    drawn = min(max(float(share or 0), 0.0), 1.0) * 100
    return f"{drawn:.1f} {100 - drawn:.1f}"


@register.simple_tag(takes_context=True)
def place(context: Context, template_name: str, values: dict[str, Any]) -> SafeString:
    """Draw a registered card with its own values on top of the page's."""
    with context.push(**values):
        return get_template(template_name).template.render(context)  # type: ignore[attr-defined,no-any-return]


@register.filter
def length_over(items: Iterable[object], shown: int) -> int:
    """How many of `items` come after the first `shown`."""
    return max(len(list(items)) - int(shown), 0)


@register.simple_tag
def brand_stylesheet(organization: Any) -> str:
    """The address of the stylesheet that carries an organization's color."""
    return reverse("brand_stylesheet", args=[_digits(organization)])


@register.simple_tag
def brand_marks(memberships: Iterable[Any]) -> str:
    """The address of the stylesheet with a class for each organization of these memberships; empty for none."""
    colors = sorted({_digits(member.organization) for member in memberships})[:40]
    return reverse("brand_marks", args=["-".join(colors)]) if colors else ""


@register.filter
def brand_class(organization: Any) -> str:
    """The class under which `brand_marks` brings an organization's color."""
    return f"cn-brand-{_digits(organization)}"


def _digits(organization: Any) -> str:
    return str(organization.brand_color).lstrip("#").lower()


@register.simple_tag
def logo_of(organization: Any) -> str:
    """The address of an organization's logo; empty where it has none. A new logo has a new address."""
    if not organization.logo_key:
        return ""
    version = organization.logo_key.rsplit("/", 1)[-1][:12]
    return addresses.address("organization_logo", organization=organization) + f"?v={version}"


@register.simple_tag
def current_zone() -> str:
    """The zone in which this page shows its times."""
    return timezone.get_current_timezone_name().replace("_", " ")


@register.simple_tag
def htmx_config() -> SafeString:
    """How htmx behaves under the strict content policy; a filter on a trigger is never a guard here."""
    return SafeString(_HTMX_CONFIG)


@register.simple_tag
def home_of(member: Any, page: str = "") -> str:
    """Where a member starts in an organization (studio or portal), or the page `due` of it, from outside its scope."""
    name = page or ("studio_home" if member.kind == "staff" else "portal_home")
    return addresses.address(name, organization=member.organization)
