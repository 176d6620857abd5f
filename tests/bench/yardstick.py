"""The yardstick: a plain Django view that reads three times and renders 100 rows the way most projects do.

No sign-in, no tenancy, default middleware. Each page of Canopy is given as a ratio to it in the same run, so that
figures of different machines can be compared.
"""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from prm.accounts.models import Person
from prm.tenancy.models import Organization

# ruff: noqa: E501
SOURCE = """{% load i18n %}<!doctype html><html lang="en"><head><title>{% translate "People" %}</title></head><body>
<h1>{% translate "People" %} ({{ total }})</h1>
<table class="table table-striped"><thead><tr><th>{% translate "Name" %}</th><th>{% translate "E-mail address" %}</th>
<th>{% translate "State" %}</th><th>{% translate "Language" %}</th><th>{% translate "Joined" %}</th><th>{% translate "Last sign-in" %}</th><th></th></tr></thead><tbody>
{% for person in people %}<tr class="align-middle" data-row="{{ forloop.counter }}">
<td><a href="{% url 'yardstick_row' person.pk %}">{{ person.name|default:"-" }}</a></td>
<td><a href="mailto:{{ person.email }}">{{ person.email }}</a></td>
<td>{% if person.is_active %}{% translate "Active" %}{% else %}{% translate "Suspended" %}{% endif %}</td>
<td title="{% translate 'Language' %}">{{ person.language|default:"en" }}</td>
<td>{{ person.date_joined|date:"Y-m-d H:i" }}</td><td>{{ person.last_login|date:"Y-m-d H:i" }}</td>
<td><a class="btn btn-sm" href="{% url 'yardstick_row' person.pk %}">{% translate "Edit" %}</a>
<a class="btn btn-sm" href="{% url 'yardstick_row' person.pk %}" title="{% translate 'Suspend' %}">{% translate "Suspend" %}</a>
<a class="btn btn-sm" href="{% url 'yardstick_row' person.pk %}">{% translate "Delete" %}</a></td></tr>
{% endfor %}</tbody></table><ul>{% for organization in organizations %}<li>{{ organization.name }}</li>{% endfor %}</ul></body></html>"""


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


urlpatterns = [path("yardstick/", yardstick, name="yardstick"), path("row/<int:pk>/", yardstick, name="yardstick_row")]
