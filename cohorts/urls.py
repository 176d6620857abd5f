"""Pages of cohorts: `studio` below /o/<organization>/studio/, `portal` and `public` below /o/<organization>/."""

from django.urls import URLPattern, path

from cohorts.views import calendars
from cohorts.views import public as anybody
from cohorts.views.portal import applying, closing, entrance, home, launch, needs, taking_part, teams
from cohorts.views.studio import agenda as agendas
from cohorts.views.studio import application_forms as asking
from cohorts.views.studio import closing as closings
from cohorts.views.studio import (
    cohorts,
    drumbeat,
    graduation,
    homework,
    library,
    parts,
    programs,
    proposing,
    reminders,
    reviews,
    room,
    selection,
    sessions,
    syllabus,
)
from cohorts.views.studio import launch as launching
from cohorts.views.studio import teams as managed_teams

_COHORT = "cohorts/<slug:public_id>"
_PROGRAM = "programs/<slug:public_id>"
_APPLICATION = f"{_COHORT}/applications/<slug:application_id>"
_SEAT = f"{_COHORT}/people/<slug:seat_id>"
_SESSION = f"{_COHORT}/sessions/<slug:session_id>"
_ITEM = f"{_SESSION}/agenda/<slug:item_id>"
_HOMEWORK = f"{_COHORT}/homework/<slug:homework_id>"
_SUBMISSION = f"{_COHORT}/submissions/<slug:submission_id>"

studio: list[URLPattern] = [
    path("programs/", programs.program_list, name="program_list"),
    path("programs/new/", programs.program_create, name="program_create"),
    path("programs/promise/", programs.program_promise, name="program_promise"),
    path(f"{_PROGRAM}/", programs.program_detail, name="program_detail"),
    path(f"{_PROGRAM}/edit/", programs.program_edit, name="program_edit"),
    path(f"{_PROGRAM}/parts/", parts.program_parts, name="program_parts"),
    path(f"{_PROGRAM}/for-whom/", programs.program_prerequisites, name="program_prerequisites"),
    path(f"{_PROGRAM}/goals/new/", programs.program_goal_create, name="program_goal_create"),
    path(f"{_PROGRAM}/goals/<slug:goal_id>/remove/", programs.program_goal_remove, name="program_goal_remove"),
    path(f"{_PROGRAM}/sessions/new/", syllabus.subject_create, name="subject_create"),
    path(f"{_PROGRAM}/sessions/<slug:subject_id>/", syllabus.subject_edit, name="subject_edit"),
    path(f"{_PROGRAM}/sessions/<slug:subject_id>/remove/", syllabus.subject_remove, name="subject_remove"),
    path(f"{_PROGRAM}/experts/new/", syllabus.expert_create, name="expert_create"),
    path(f"{_PROGRAM}/experts/<slug:expert_id>/", syllabus.expert_edit, name="expert_edit"),
    path(f"{_PROGRAM}/experts/<slug:expert_id>/remove/", syllabus.expert_remove, name="expert_remove"),
    path(f"{_PROGRAM}/words/<slug:testimonial_id>/hide/", syllabus.testimonial_hide, name="testimonial_hide"),
    path(f"{_COHORT}/parts/", parts.cohort_parts, name="cohort_parts"),
    path(f"{_COHORT}/nominations/many/", proposing.nomination_many, name="nomination_many"),
    path(f"{_COHORT}/nominations/finder/", proposing.nominee_finder, name="nominee_finder"),
    path(f"{_PROGRAM}/drumbeat/", drumbeat.drumbeat_list, name="drumbeat_list"),
    path(f"{_PROGRAM}/drumbeat/propose/", drumbeat.drumbeat_propose, name="drumbeat_propose"),
    path(f"{_PROGRAM}/drumbeat/new/", drumbeat.beat_create, name="beat_create"),
    path(f"{_PROGRAM}/drumbeat/<slug:beat_id>/", drumbeat.beat_edit, name="beat_edit"),
    path(f"{_PROGRAM}/drumbeat/<slug:beat_id>/delete/", drumbeat.beat_delete, name="beat_delete"),
    path(f"{_PROGRAM}/reminders/", reminders.program_reminders, name="program_reminders"),
    path(f"{_COHORT}/reminders/", reminders.cohort_reminders, name="cohort_reminders"),
    path(f"{_COHORT}/reminders/usual/", reminders.cohort_reminders_usual, name="cohort_reminders_usual"),
    path("cohorts/", cohorts.cohort_list, name="cohort_list"),
    path("cohorts/new/", cohorts.cohort_create, name="cohort_create"),
    path(f"{_COHORT}/", cohorts.cohort_detail, name="cohort_detail"),
    path(f"{_COHORT}/edit/", cohorts.cohort_edit, name="cohort_edit"),
    path(f"{_COHORT}/cancel/", cohorts.cohort_cancel, name="cohort_cancel"),
    path(f"{_COHORT}/stage/<slug:verb>/", cohorts.cohort_move, name="cohort_move"),
    path(f"{_COHORT}/applications/", selection.application_list, name="application_list"),
    path(f"{_COHORT}/applications/release/", selection.decision_release, name="decision_release"),
    path(f"{_COHORT}/selection/", asking.selection_plan, name="selection_plan"),
    path(f"{_COHORT}/selection/criteria/", asking.selection_criteria, name="selection_criteria"),
    path(f"{_COHORT}/selection/reviews/", reviews.selection_reviews, name="selection_reviews"),
    path(f"{_COHORT}/reviews/", reviews.review_list, name="review_list"),
    path(f"{_COHORT}/reviews/ask/", reviews.review_spread, name="review_spread"),
    path(f"{_COHORT}/reviews/open/", reviews.review_compare, name="review_compare"),
    path(f"{_APPLICATION}/review/", reviews.review_write, name="review_write"),
    path(f"{_APPLICATION}/review/abstain/", reviews.review_abstain, name="review_abstain"),
    path(f"{_COHORT}/selection/preview/", asking.application_preview, name="application_preview"),
    path(f"{_COHORT}/selection/questions/new/", asking.question_create, name="question_create"),
    path(f"{_COHORT}/selection/questions/<slug:key>/", asking.question_edit, name="question_edit"),
    path(f"{_COHORT}/selection/questions/<slug:key>/move/", asking.question_move, name="question_move"),
    path(f"{_COHORT}/selection/questions/<slug:key>/remove/", asking.question_remove, name="question_remove"),
    path(f"{_COHORT}/selection/questions/<slug:key>/restore/", asking.question_restore, name="question_restore"),
    path(f"{_COHORT}/applications/draft/", selection.decision_draft, name="decision_draft"),
    path(f"{_COHORT}/applications/stop/", selection.decision_stop, name="decision_stop"),
    path(f"{_APPLICATION}/hold/", selection.application_hold, name="application_hold"),
    path(f"{_APPLICATION}/reverse/", selection.decision_reverse, name="decision_reverse"),
    path(f"{_APPLICATION}/files/<slug:key>/", asking.application_file_read, name="application_file_read"),
    path(f"{_APPLICATION}/", selection.application_decide, name="application_decide"),
    path(f"{_APPLICATION}/take-back/", selection.decision_take_back, name="decision_take_back"),
    path(f"{_COHORT}/nominations/new/", selection.nomination_create, name="nomination_create"),
    path(
        f"{_COHORT}/nominations/<slug:nomination_id>/withdraw/",
        selection.nomination_withdraw,
        name="nomination_withdraw",
    ),
    path(f"{_COHORT}/people/", selection.participant_list, name="participant_list"),
    path(f"{_COHORT}/people/invite/", selection.seat_invite, name="seat_invite"),
    path(f"{_SEAT}/offer/", selection.seat_offer, name="seat_offer"),
    path(f"{_SEAT}/release/", selection.seat_release, name="seat_release"),
    path(f"{_SEAT}/extend/", selection.seat_extend, name="seat_extend"),
    path(f"{_COHORT}/sessions/", sessions.cohort_session_list, name="cohort_session_list"),
    path(f"{_COHORT}/sessions/new/", sessions.session_create, name="session_create"),
    path(f"{_COHORT}/sessions/series/", agendas.session_series, name="session_series"),
    path(f"{_COHORT}/sessions/move/", agendas.series_move, name="series_move"),
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

# Agendas and the item library.
studio += [
    path(f"{_SESSION}/agenda/", agendas.session_agenda, name="session_agenda"),
    path(f"{_SESSION}/agenda/add/", agendas.agenda_item_add, name="agenda_item_add"),
    path(f"{_SESSION}/agenda/order/", agendas.agenda_order, name="agenda_order"),
    path(f"{_SESSION}/guide/", agendas.session_guide, name="session_guide"),
    path(f"{_ITEM}/", agendas.agenda_item_edit, name="agenda_item_edit"),
    path(f"{_ITEM}/remove/", agendas.agenda_item_remove, name="agenda_item_remove"),
    path("agenda-items/", library.library_item_list, name="library_item_list"),
    path("agenda-items/new/", library.library_item_create, name="library_item_create"),
    path("agenda-items/<slug:ref>/", library.library_item_edit, name="library_item_edit"),
    path("agenda-items/<slug:ref>/show/", library.library_item_show, name="library_item_show"),
    path("agenda-items/<slug:ref>/restore/", library.library_item_restore, name="library_item_restore"),
]

portal: list[URLPattern] = [
    path("calendar/", calendars.calendar_subscribe, name="calendar_subscribe"),
    path("calendar/renew/", calendars.calendar_renew, name="calendar_renew"),
    path("cohorts/", applying.my_cohorts, name="my_cohorts"),
    path(f"{_COHORT}/apply/", applying.application_create, name="application_create"),
    path(f"{_COHORT}/apply/save/", applying.application_save, name="application_save"),
    path(f"{_COHORT}/nominate/", entrance.colleague_nominate, name="colleague_nominate"),
    path(f"{_COHORT}/expectations/agree/", entrance.expectations_agree, name="expectations_agree"),
    path(f"{_COHORT}/seat/show/", entrance.seat_show, name="seat_show"),
    path(f"{_COHORT}/words/", entrance.testimonial_write, name="testimonial_write"),
    path(f"{_COHORT}/application/colleague/", applying.colleague_name, name="colleague_name"),
    path(f"{_COHORT}/application/files/<slug:key>/", applying.application_file, name="application_file"),
    path(f"{_COHORT}/application/", applying.application_detail, name="application_detail"),
    path(f"{_COHORT}/application/withdraw/", applying.application_withdraw, name="application_withdraw"),
    path(f"{_COHORT}/seat/confirm/", applying.seat_confirm, name="seat_confirm"),
    path(f"{_COHORT}/seat/decline/", applying.seat_decline, name="seat_decline"),
    path(f"{_COHORT}/home/", home.cohort_home, name="cohort_home"),
    path(f"{_SESSION}/", taking_part.session_detail, name="session_detail"),
    path(f"{_SESSION}/absence/", taking_part.session_excuse, name="session_excuse"),
    path(f"{_SESSION}/absence/end/", taking_part.session_come, name="session_come"),
    path(f"{_SESSION}/session.ics", taking_part.session_calendar, name="session_calendar"),
    path(f"{_HOMEWORK}/", taking_part.homework_answer, name="homework_answer"),
    path(f"{_SUBMISSION}/comment/", taking_part.homework_comment, name="homework_comment"),
    path(f"{_SUBMISSION}/file/", taking_part.homework_file, name="homework_file"),
]

# The home of a cohort, its room, what stays of sessions.
_MATERIAL = f"{_SESSION}/materials/<slug:material_id>"
portal += [
    path(f"{_COHORT}/goal/", home.goal_edit, name="goal_edit"),
    path(f"{_COHORT}/shown/", home.show_afterwards, name="show_afterwards"),
    path(f"{_COHORT}/orientation/", home.orientation_watched, name="orientation_watched"),
    path(f"{_COHORT}/room/", home.rule_accept, name="rule_accept"),
    path(f"{_COHORT}/recording/", home.recording_agree, name="recording_agree"),
    path(f"{_MATERIAL}/", home.session_material, name="session_material"),
    path(f"{_MATERIAL}/cut/", home.recording_cut, name="recording_cut"),
]
studio += [
    path(f"{_COHORT}/room/", room.room_edit, name="room_edit"),
    path(f"{_SESSION}/materials/", room.session_materials, name="session_materials"),
    path(f"{_MATERIAL}/", room.material_open, name="material_open"),
    path(f"{_MATERIAL}/remove/", room.material_remove, name="material_remove"),
    path(f"{_SESSION}/cuts/<slug:cut_id>/", room.recording_cut_done, name="recording_cut_done"),
]

# Launch, survey, board of needs.
studio += [
    path(f"{_COHORT}/launch/", launching.cohort_launch, name="cohort_launch"),
    path(f"{_COHORT}/launch/kickoff/", launching.launch_edit, name="launch_edit"),
    path(f"{_COHORT}/launch/survey/", launching.survey_edit, name="survey_edit"),
    path(f"{_COHORT}/launch/survey/begin/", launching.survey_begin, name="survey_begin"),
    path(f"{_COHORT}/launch/survey/change/", launching.survey_change, name="survey_change"),
    path(f"{_COHORT}/launch/survey/<slug:key>/", launching.survey_question, name="survey_question"),
    path(f"{_SESSION}/needs/<slug:need_id>/take/", agendas.need_take, name="need_take"),
]
portal += [
    path(f"{_COHORT}/survey/", launch.survey_answer, name="survey_answer"),
    path(f"{_COHORT}/faces/", launch.cohort_faces, name="cohort_faces"),
    path(f"{_COHORT}/needs/", needs.need_list, name="need_list"),
    path(f"{_COHORT}/needs/<slug:need_id>/", needs.need_vote, name="need_vote"),
]

# The survey at the end.
studio += [
    path(f"{_COHORT}/closing/", closings.closing_survey, name="closing_survey"),
    path(f"{_COHORT}/closing/edit/", closings.closing_edit, name="closing_edit"),
    path(f"{_COHORT}/closing/begin/", closings.closing_begin, name="closing_begin"),
    path(f"{_COHORT}/closing/change/", closings.closing_change, name="closing_change"),
    path(f"{_COHORT}/closing/questions/<slug:key>/", closings.closing_question, name="closing_question"),
]
portal += [path(f"{_COHORT}/closing/", closing.closing_answer, name="closing_answer")]

# Seats for teams.
_TEAM = f"{_COHORT}/teams/<slug:team_id>"
studio += [
    path(f"{_PROGRAM}/teams/", managed_teams.program_teams, name="program_teams"),
    path(f"{_COHORT}/teams/", managed_teams.team_list, name="team_list"),
    path(f"{_COHORT}/teams/what/", managed_teams.cohort_teams, name="cohort_teams"),
    path(f"{_COHORT}/teams/invite/", managed_teams.team_invite, name="team_invite"),
    path(f"{_TEAM}/", managed_teams.team_manage, name="team_manage"),
    path(f"{_TEAM}/offer/", managed_teams.team_offer, name="team_offer"),
    path(f"{_TEAM}/release/", managed_teams.team_release, name="team_release"),
    path(f"{_TEAM}/extend/", managed_teams.team_extend, name="team_extend"),
]
portal += [
    path(f"{_COHORT}/team/", teams.team_detail, name="team_detail"),
    path(f"{_COHORT}/team/begin/", teams.team_begin, name="team_begin"),
    path(f"{_COHORT}/team/answer/", teams.team_answer, name="team_answer"),
    path(f"{_COHORT}/team/<slug:person_id>/function/", teams.teammate_function, name="teammate_function"),
    path(f"{_COHORT}/team/<slug:person_id>/remove/", teams.teammate_remove, name="teammate_remove"),
]

public: list[URLPattern] = [
    path("calendar/<slug:token>/sessions.ics", calendars.calendar_feed, name="calendar_feed"),
    path(f"{_COHORT}/", anybody.cohort_invitation, name="cohort_invitation"),
    path(f"{_COHORT}/logos/<slug:logo_id>/", anybody.cohort_logo, name="cohort_logo"),
    path(f"{_PROGRAM}/experts/<slug:expert_id>/photo/", anybody.expert_photo, name="expert_photo"),
    path("nominations/<slug:token>/", anybody.nomination_answer, name="nomination_answer"),
    path("nominations/<slug:token>/decline/", anybody.nomination_decline, name="nomination_decline"),
    path("certificates/<slug:token>/", anybody.certificate_detail, name="certificate_detail"),
    path("badges/<slug:token>/", anybody.badge_detail, name="badge_detail"),
]
