"""Addresses below /admin/o/<slug>/, seen from there (see prm.web.admin.entrance)."""

from django.urls import path

from prm.web.admin.sites import tenant_site

urlpatterns = [path("", tenant_site.urls)]
