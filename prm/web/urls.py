"""The platform's own pages. `site` stands outside organizations, `dev` exists in the embedded set-up and tests only."""

from django.urls import URLPattern, path, re_path

from prm.web.views import appearance, audit, files, health, home, jobs
from prm.web.views import dev as development

site: list[URLPattern] = [
    path("", home.home, name="home"),
    path("switcher/", home.switcher, name="switcher"),
    path("theme/", appearance.theme_set, name="theme_set"),
    re_path(r"^brand/(?P<color>[0-9a-f]{6})\.css$", appearance.brand_stylesheet, name="brand_stylesheet"),
    re_path(
        r"^brand/marks/(?P<colors>[0-9a-f]{6}(?:-[0-9a-f]{6}){0,39})\.css$", appearance.brand_marks, name="brand_marks"
    ),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

dev: list[URLPattern] = [
    path("dev/components/", development.dev_components, name="dev_components"),
    path("dev/inbox/", development.dev_inbox, name="dev_inbox"),
    path("dev/inbox/<str:key>/", development.dev_mail, name="dev_mail"),
    path("dev/sign-in/", development.dev_sign_in, name="dev_sign_in"),
]

studio: list[URLPattern] = [
    path("", home.studio_home, name="studio_home"),
    path("audit/", audit.audit_list, name="audit_list"),
    path("audit/export/", audit.audit_export, name="audit_export"),
]

portal: list[URLPattern] = [
    path("", home.portal_home, name="portal_home"),
    path("due/", home.due, name="due"),
    path("files/<str:public_id>/<str:token>/", files.file_download, name="file_download"),
    path("jobs/<str:public_id>/", jobs.job_detail, name="job_detail"),
    path("jobs/<str:public_id>/retry/", jobs.job_retry, name="job_retry"),
]

public: list[URLPattern] = [
    path("logo/", appearance.organization_logo, name="organization_logo"),
]
