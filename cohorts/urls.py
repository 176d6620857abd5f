"""Pages of cohorts: `studio` below /o/<organization>/studio/, `portal` and `public` below /o/<organization>/."""

from django.urls import URLPattern, path

from cohorts.views import public as anybody
from cohorts.views.portal import applying, taking_part
from cohorts.views.studio import cohorts, graduation, homework, programs, selection, sessions

_COHORT = "cohorts/<slug:public_id>"
_APPLICATION = f"{_COHORT}/applications/<slug:application_id>"
_SEAT = f"{_COHORT}/people/<slug:seat_id>"
_SESSION = f"{_COHORT}/sessions/<slug:session_id>"
_HOMEWORK = f"{_COHORT}/homework/<slug:homework_id>"
_SUBMISSION = f"{_COHORT}/submissions/<slug:submission_id>"

studio: list[URLPattern] = [
    path("programs/", programs.program_list, name="program_list"),
    path("programs/new/", programs.program_create, name="program_create"),
    path("programs/promise/", programs.program_promise, name="program_promise"),
    path("programs/<slug:public_id>/", programs.program_edit, name="program_edit"),
    path("cohorts/", cohorts.cohort_list, name="cohort_list"),
    path("cohorts/new/", cohorts.cohort_create, name="cohort_create"),
    path(f"{_COHORT}/", cohorts.cohort_detail, name="cohort_detail"),
    path(f"{_COHORT}/edit/", cohorts.cohort_edit, name="cohort_edit"),
    path(f"{_COHORT}/cancel/", cohorts.cohort_cancel, name="cohort_cancel"),
    path(f"{_COHORT}/stage/<slug:verb>/", cohorts.cohort_move, name="cohort_move"),
    path(f"{_COHORT}/applications/", selection.application_list, name="application_list"),
    path(f"{_COHORT}/applications/release/", selection.decision_release, name="decision_release"),
    path(f"{_APPLICATION}/", selection.application_decide, name="application_decide"),
    path(f"{_APPLICATION}/take-back/", selection.decision_take_back, name="decision_take_back"),
    path(f"{_COHORT}/nominations/new/", selection.nomination_create, name="nomination_create"),
    path(
        f"{_COHORT}/nominations/<slug:nomination_id>/withdraw/",
        selection.nomination_withdraw,
        name="nomination_withdraw",
    ),
    path(f"{_COHORT}/people/", selection.participant_list, name="participant_list"),
    path(f"{_SEAT}/offer/", selection.seat_offer, name="seat_offer"),
    path(f"{_SEAT}/release/", selection.seat_release, name="seat_release"),
    path(f"{_SEAT}/extend/", selection.seat_extend, name="seat_extend"),
    path(f"{_COHORT}/sessions/", sessions.cohort_session_list, name="cohort_session_list"),
    path(f"{_COHORT}/sessions/new/", sessions.session_create, name="session_create"),
    path(f"{_SESSION}/", sessions.session_edit, name="session_edit"),
    path(f"{_SESSION}/cancel/", sessions.session_cancel, name="session_cancel"),
    path(f"{_SESSION}/attendance/", sessions.session_attendance, name="session_attendance"),
    path(f"{_SESSION}/recap/", sessions.recap_edit, name="recap_edit"),
    path(f"{_SESSION}/recap/unschedule/", sessions.recap_unschedule, name="recap_unschedule"),
    path(f"{_COHORT}/homework/", homework.homework_list, name="homework_list"),
    path(f"{_COHORT}/homework/new/", homework.homework_create, name="homework_create"),
    path(f"{_HOMEWORK}/", homework.homework_detail, name="homework_detail"),
    path(f"{_HOMEWORK}/edit/", homework.homework_edit, name="homework_edit"),
    path(f"{_HOMEWORK}/delete/", homework.homework_delete, name="homework_delete"),
    path(f"{_SUBMISSION}/", homework.submission_detail, name="submission_detail"),
    path(f"{_SUBMISSION}/comment/", homework.submission_comment, name="submission_comment"),
    path(f"{_SUBMISSION}/file/", homework.submission_file, name="submission_file"),
    path(f"{_COHORT}/graduation/", graduation.graduation_list, name="graduation_list"),
    path(f"{_COHORT}/graduation/<slug:graduation_id>/revoke/", graduation.graduation_revoke, name="graduation_revoke"),
]

portal: list[URLPattern] = [
    path("cohorts/", applying.my_cohorts, name="my_cohorts"),
    path(f"{_COHORT}/apply/", applying.application_create, name="application_create"),
    path(f"{_COHORT}/apply/save/", applying.application_save, name="application_save"),
    path(f"{_COHORT}/application/", applying.application_detail, name="application_detail"),
    path(f"{_COHORT}/application/withdraw/", applying.application_withdraw, name="application_withdraw"),
    path(f"{_COHORT}/seat/confirm/", applying.seat_confirm, name="seat_confirm"),
    path(f"{_COHORT}/seat/decline/", applying.seat_decline, name="seat_decline"),
    path(f"{_COHORT}/home/", taking_part.cohort_home, name="cohort_home"),
    path(f"{_SESSION}/", taking_part.session_detail, name="session_detail"),
    path(f"{_SESSION}/absence/", taking_part.session_excuse, name="session_excuse"),
    path(f"{_SESSION}/absence/end/", taking_part.session_come, name="session_come"),
    path(f"{_SESSION}/session.ics", taking_part.session_calendar, name="session_calendar"),
    path(f"{_HOMEWORK}/", taking_part.homework_answer, name="homework_answer"),
    path(f"{_SUBMISSION}/comment/", taking_part.homework_comment, name="homework_comment"),
    path(f"{_SUBMISSION}/file/", taking_part.homework_file, name="homework_file"),
]

public: list[URLPattern] = [
    path(f"{_COHORT}/", anybody.cohort_invitation, name="cohort_invitation"),
    path("nominations/<slug:token>/", anybody.nomination_answer, name="nomination_answer"),
    path("nominations/<slug:token>/decline/", anybody.nomination_decline, name="nomination_decline"),
    path("certificates/<slug:token>/", anybody.certificate_detail, name="certificate_detail"),
    path("badges/<slug:token>/", anybody.badge_detail, name="badge_detail"),
]
