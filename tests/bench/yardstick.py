"""The yardstick: a plain Django view that reads three times and renders 100 rows the way most projects do.

No sign-in, no tenancy, default middleware; `url`, `translate` and a date filter in every cell, 43 KB in all. Each page
of Canopy is given as a ratio to it, round by round, so that figures of different machines can be compared.
"""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from prm.accounts.models import Person
from prm.tenancy.models import Organization

_CELL = (
    """<td><a href="{{% url 'yardstick_row' person.pk %}}" title="{{% translate "{title}" %}}">"""
    "{{{{ {value} }}}}</a></td>"
)
_CELLS = (
    ("Name", 'person.name|default:"-"'),
    ("State", 'person.date_joined|date:"N j, Y"'),
    ("Joined", 'person.date_joined|date:"Y-m-d H:i"'),
    ("Changed", 'person.date_joined|date:"j M H:i"'),
    ("Seen", 'person.last_login|date:"Y-m-d H:i"|default:"never"'),
    ("Due", 'person.date_joined|date:"D j F"'),
)
SOURCE = (
    '{% load i18n %}<!doctype html><html lang="en"><head><title>{% translate "People" %}</title></head><body>'
    '<h1>{% translate "People" %} ({{ total }})</h1><table class="table table-striped"><tbody>'
    '{% for person in people %}<tr class="align-middle" data-row="{{ forloop.counter }}">'
    + "\n".join(_CELL.format(title=title, value=value) for title, value in _CELLS)
    + "</tr>{% endfor %}</tbody></table>"
    "<ul>{% for organization in organizations %}<li>{{ organization.name }}</li>{% endfor %}</ul></body></html>"
)


@cache
def _template() -> Any:
    """Compiled once, as the cached loader does for templates in files."""
    return engines["django"].from_string(SOURCE)


def yardstick(request: HttpRequest) -> HttpResponse:
    context = {
        "total": Person.objects.count(),
        "people": Person.objects.order_by("pk")[:100],
        "organizations": Organization.objects.order_by("name")[:20],
    }
    return HttpResponse(_template().render(context))


def row(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the rows' links lead."""
    return HttpResponse(str(pk))


urlpatterns = [path("yardstick/", yardstick, name="yardstick"), path("row/<int:pk>/", row, name="yardstick_row")]
