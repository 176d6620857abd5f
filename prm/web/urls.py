"""The platform's own pages. `site` stands outside organizations, `dev` exists in the embedded set-up and tests only."""

from django.urls import URLPattern, path, re_path

from prm.web.views import (
    account,
    appearance,
    audit,
    clock,
    exports,
    files,
    health,
    home,
    invitations,
    jobs,
    join,
    notifications,
    organization,
    outbox,
    people,
    preferences,
    privacy,
    search,
    see_as,
    start,
)
from prm.web.views import dev as development

site: list[URLPattern] = [
    path("", home.home, name="home"),
    path("switcher/", home.switcher, name="switcher"),
    path("theme/", appearance.theme_set, name="theme_set"),
    re_path(r"^brand/(?P<color>[0-9a-f]{6})\.css$", appearance.brand_stylesheet, name="brand_stylesheet"),
    re_path(
        r"^brand/marks/(?P<colors>[0-9a-f]{6}(?:-[0-9a-f]{6}){0,39})\.css$", appearance.brand_marks, name="brand_marks"
    ),
    path("start/", start.organization_start, name="organization_start"),
    path("start/code/", start.start_code, name="start_code"),
    path("start/code/again/", start.start_code_again, name="start_code_again"),
    path("accounts/profile/", account.profile_edit, name="profile_edit"),
    path("accounts/sessions/", account.session_list, name="session_list"),
    path("accounts/sessions/others/end/", account.session_end_others, name="session_end_others"),
    path("accounts/sessions/<int:number>/end/", account.session_end, name="session_end"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]

dev: list[URLPattern] = [
    path("dev/components/", development.dev_components, name="dev_components"),
    path("dev/inbox/", development.dev_inbox, name="dev_inbox"),
    path("dev/inbox/<str:key>/", development.dev_mail, name="dev_mail"),
    path("dev/clock/", clock.dev_clock, name="dev_clock"),
    path("dev/sign-in/", development.dev_sign_in, name="dev_sign_in"),
]

studio: list[URLPattern] = [
    path("", home.studio_home, name="studio_home"),
    path("search/", search.studio_search, name="studio_search"),
    path("start/partners/", start.start_partners, name="start_partners"),
    path("start/look/", organization.start_look, name="start_look"),
    path("settings/", organization.organization_edit, name="organization_edit"),
    path("settings/export/", exports.organization_export, name="organization_export"),
    path("settings/erasures/", privacy.erasure_list, name="erasure_list"),
    path("settings/erasures/<str:public_id>/", privacy.erasure_detail, name="erasure_detail"),
    path("exports/<str:public_id>/", exports.export_detail, name="export_detail"),
    path("exports/<str:public_id>/file/", exports.export_download, name="export_download"),
    path("settings/branding/", organization.branding_edit, name="branding_edit"),
    path("settings/branding/preview/", organization.branding_preview, name="branding_preview"),
    path("settings/people/", people.people_list, name="people_list"),
    path("settings/people/hand-over/", people.ownership_transfer, name="ownership_transfer"),
    path("settings/people/<str:public_id>/", people.person_detail, name="person_detail"),
    path("settings/people/<str:public_id>/suspend/", people.person_suspend, name="person_suspend"),
    path("settings/people/<str:public_id>/resume/", people.person_resume, name="person_resume"),
    path("settings/people/<str:public_id>/remove/", people.person_remove, name="person_remove"),
    path("settings/roles/", people.role_table, name="role_table"),
    path("invitations/", invitations.invitation_list, name="invitation_list"),
    path("invitations/new/", invitations.invitation_create, name="invitation_create"),
    path("invitations/preview/", invitations.invitation_preview, name="invitation_preview"),
    path("invitations/<str:public_id>/", invitations.invitation_detail, name="invitation_detail"),
    path("invitations/<str:public_id>/resend/", invitations.invitation_resend, name="invitation_resend"),
    path("invitations/<str:public_id>/mend/", invitations.invitation_mend, name="invitation_mend"),
    path("invitations/<str:public_id>/withdraw/", invitations.invitation_withdraw, name="invitation_withdraw"),
    path("see-as/", see_as.see_as_choose, name="see_as_choose"),
    path("see-as/example/", see_as.see_as_example, name="see_as_example"),
    path("see-as/<str:public_id>/", see_as.see_as_begin, name="see_as_begin"),
    path("settings/mail/", outbox.mail_status, name="mail_status"),
    path("settings/mail/test/", outbox.mail_test, name="mail_test"),
    path("messages/", outbox.message_list, name="message_list"),
    path("messages/<str:public_id>/", outbox.message_detail, name="message_detail"),
    path("messages/<str:public_id>/retry/", outbox.message_retry, name="message_retry"),
    path("messages/<str:public_id>/cancel/", outbox.message_cancel, name="message_cancel"),
    path("audit/", audit.audit_list, name="audit_list"),
    path("audit/export/", audit.audit_export, name="audit_export"),
]

portal: list[URLPattern] = [
    path("", home.portal_home, name="portal_home"),
    path("search/", search.portal_search, name="portal_search"),
    path("due/", home.due, name="due"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("my-data/", privacy.my_data, name="my_data"),
    path("notifications/", notifications.notification_list, name="notification_list"),
    path("notifications/bell/", notifications.notification_bell, name="notification_bell"),
    path("notifications/read/", notifications.notification_read_all, name="notification_read_all"),
    path("notifications/<str:public_id>/", notifications.notification_open, name="notification_open"),
    path("leave/", people.organization_leave, name="organization_leave"),
    path("see-as/leave/", see_as.see_as_leave, name="see_as_leave"),
    path("files/<str:public_id>/<str:token>/", files.file_download, name="file_download"),
    path("jobs/<str:public_id>/", jobs.job_detail, name="job_detail"),
    path("jobs/<str:public_id>/retry/", jobs.job_retry, name="job_retry"),
]

public: list[URLPattern] = [
    path("unsubscribe/<str:token>/", preferences.unsubscribe, name="unsubscribe"),
    path("logo/", appearance.organization_logo, name="organization_logo"),
    path("join/<str:token>/", join.invitation_join, name="invitation_join"),
    path("join/<str:token>/code/", join.invitation_code, name="invitation_code"),
    path("join/<str:token>/code/send/", join.invitation_code_send, name="invitation_code_send"),
    path("join/<str:token>/switch/", join.invitation_switch, name="invitation_switch"),
    path("join/<str:token>/again/", join.invitation_again, name="invitation_again"),
    path("join/<str:token>/pass-on/", join.invitation_pass_on, name="invitation_pass_on"),
]
