"""Pages of partners. `studio` is mounted below /o/<organization>/studio/, `portal` below /o/<organization>/."""

from django.urls import URLPattern, path

from partners.views import portal as face
from partners.views import portal_journeys
from partners.views import public as anybody
from partners.views.studio import (
    agreements,
    group_health,
    group_rules,
    groups,
    imports,
    partners,
    people,
    recruitment,
    screening,
)
from partners.views.studio.journeys import running, templates

_PARTNER = "partners/<str:public_id>"
_GROUP = "groups/<str:public_id>"
_IMPORT = "partners/import/<str:public_id>"

studio: list[URLPattern] = [
    path("partners/", partners.partner_list, name="partner_list"),
    path("partners/new/", partners.partner_create, name="partner_create"),
    path("partners/try/", partners.partner_try, name="partner_try"),
    path("partners/bulk/", partners.partner_bulk, name="partner_bulk"),
    path("partners/invite/", people.partner_invite, name="partner_invite"),
    path("partners/import/", imports.partner_import_create, name="partner_import_create"),
    path("partners/import/sample.csv", imports.partner_import_sample, name="partner_import_sample"),
    path(f"{_IMPORT}/", imports.partner_import_detail, name="partner_import_detail"),
    path(f"{_IMPORT}/columns/", imports.partner_import_columns, name="partner_import_columns"),
    path(f"{_IMPORT}/rows/<str:number>/", imports.partner_import_row, name="partner_import_row"),
    path(f"{_IMPORT}/rows/<str:number>/mend/", imports.partner_import_mend, name="partner_import_mend"),
    path(f"{_IMPORT}/apply/", imports.partner_import_apply, name="partner_import_apply"),
    path(f"{_IMPORT}/undo/", imports.partner_import_undo, name="partner_import_undo"),
    path(f"{_IMPORT}/groups/", imports.partner_import_groups, name="partner_import_groups"),
    path(f"{_IMPORT}/problems.csv", imports.partner_import_problems, name="partner_import_problems"),
    path(f"{_PARTNER}/", partners.partner_detail, name="partner_detail"),
    path(f"{_PARTNER}/edit/", partners.partner_edit, name="partner_edit"),
    path(f"{_PARTNER}/archive/", partners.partner_archive, name="partner_archive"),
    path(f"{_PARTNER}/restore/", partners.partner_restore, name="partner_restore"),
    path(f"{_PARTNER}/groups/", partners.partner_join_group, name="partner_join_group"),
    path(f"{_PARTNER}/people/<str:user_id>/", people.partner_person, name="partner_person"),
    path(f"{_PARTNER}/people/<str:user_id>/remove/", people.partner_person_remove, name="partner_person_remove"),
    path("groups/", groups.group_list, name="group_list"),
    path("groups/new/", groups.group_create, name="group_create"),
    path("groups/health/", group_health.group_health, name="group_health"),
    path(f"{_GROUP}/review/", group_health.group_review, name="group_review"),
    path(f"{_GROUP}/tell/", group_health.group_tell, name="group_tell"),
    path(f"{_GROUP}/", groups.group_detail, name="group_detail"),
    path(f"{_GROUP}/edit/", groups.group_edit, name="group_edit"),
    path(f"{_GROUP}/rule/", group_rules.group_rule, name="group_rule"),
    path(f"{_GROUP}/rule/versions/", group_rules.group_rule_list, name="group_rule_list"),
    path(f"{_GROUP}/rule/pause/", group_rules.group_rule_pause, name="group_rule_pause"),
    path(f"{_GROUP}/rule/resume/", group_rules.group_rule_resume, name="group_rule_resume"),
    path(f"{_GROUP}/rule/end/", group_rules.group_rule_end, name="group_rule_end"),
    path(f"{_GROUP}/waiting/", group_rules.group_hold, name="group_hold"),
    path(f"{_GROUP}/waiting/release/", group_rules.group_hold_release, name="group_hold_release"),
    path(f"{_GROUP}/keep-out/", group_rules.group_keep_out, name="group_keep_out"),
    path(f"{_GROUP}/kept-out/<str:exclusion_id>/let-back/", group_rules.group_let_back, name="group_let_back"),
    path(f"{_GROUP}/archive/", groups.group_archive, name="group_archive"),
    path(f"{_GROUP}/restore/", groups.group_restore, name="group_restore"),
    path(f"{_GROUP}/add/", groups.group_add, name="group_add"),
    path(f"{_GROUP}/remove/", groups.group_remove, name="group_remove"),
    path(f"{_GROUP}/members/<str:member_id>/", groups.group_member, name="group_member"),
    path(f"{_GROUP}/undo-adding/<str:stamp>/", groups.group_undo_adding, name="group_undo_adding"),
    path(f"{_GROUP}/undo-removing/<str:stamp>/", groups.group_undo_removing, name="group_undo_removing"),
]

portal: list[URLPattern] = [
    path("team/", face.team_list, name="team_list"),
    path("team/invite/", face.team_invite, name="team_invite"),
    path("team/invitations/<str:public_id>/", face.team_invitation, name="team_invitation"),
    path("team/invitations/<str:public_id>/resend/", face.team_resend, name="team_resend"),
    path("team/invitations/<str:public_id>/withdraw/", face.team_withdraw, name="team_withdraw"),
    path("team/<str:public_id>/", face.team_person, name="team_person"),
    path("team/<str:public_id>/remove/", face.team_remove, name="team_remove"),
    path("you/groups/", face.my_group_list, name="my_group_list"),
    path("you/company/", face.my_company, name="my_company"),
]

_JOURNEY = "journeys/templates/<str:public_id>"
_STEP = f"{_JOURNEY}/steps/<str:step_id>"
_RUNNING = "journeys/running/<str:public_id>"
_AGREEMENT = "agreements/<str:public_id>"

studio += [
    path("journeys/", templates.journey_template_list, name="journey_template_list"),
    path("journeys/new/", templates.journey_template_create, name="journey_template_create"),
    path("journeys/mine/", running.my_step_list, name="my_step_list"),
    path("journeys/running/", running.journey_list, name="journey_list"),
    path(f"{_JOURNEY}/", templates.journey_template_detail, name="journey_template_detail"),
    path(f"{_JOURNEY}/edit/", templates.journey_template_edit, name="journey_template_edit"),
    path(f"{_JOURNEY}/switch/", templates.journey_template_switch, name="journey_template_switch"),
    path(f"{_JOURNEY}/apply/", templates.journey_template_apply, name="journey_template_apply"),
    path(f"{_JOURNEY}/archive/", templates.journey_template_archive, name="journey_template_archive"),
    path(f"{_JOURNEY}/restore/", templates.journey_template_restore, name="journey_template_restore"),
    path(f"{_JOURNEY}/steps/new/", templates.journey_step_create, name="journey_step_create"),
    path(f"{_STEP}/", templates.journey_step_edit, name="journey_step_edit"),
    path(f"{_STEP}/move/", templates.journey_step_move, name="journey_step_move"),
    path(f"{_STEP}/delete/", templates.journey_step_delete, name="journey_step_delete"),
    path(f"{_RUNNING}/", running.journey_detail, name="journey_detail"),
    path(f"{_RUNNING}/stop/", running.journey_stop, name="journey_stop"),
    path(f"{_RUNNING}/resume/", running.journey_resume, name="journey_resume"),
    path(f"{_RUNNING}/steps/<str:step_id>/", running.journey_step, name="journey_step"),
    path(f"{_RUNNING}/steps/<str:step_id>/settle/", running.journey_step_settle, name="journey_step_settle"),
    path(f"{_PARTNER}/journeys/", running.journey_start, name="journey_start"),
    path("agreements/", agreements.agreement_list, name="agreement_list"),
    path("agreements/new/", agreements.agreement_create, name="agreement_create"),
    path(f"{_AGREEMENT}/", agreements.agreement_detail, name="agreement_detail"),
    path(f"{_AGREEMENT}/revise/", agreements.agreement_revise, name="agreement_revise"),
    path(f"{_AGREEMENT}/archive/", agreements.agreement_archive, name="agreement_archive"),
    path(f"{_AGREEMENT}/restore/", agreements.agreement_restore, name="agreement_restore"),
]

portal += [
    path("steps/", portal_journeys.my_steps, name="my_steps"),
    path("steps/<str:public_id>/", portal_journeys.my_step_detail, name="my_step_detail"),
    path("steps/<str:public_id>/skip/", portal_journeys.my_step_skip, name="my_step_skip"),
]

_CALL = "recruitment/calls/<str:public_id>"
_QUESTION = f"{_CALL}/questions/<str:key>"
_APPLICATION = "recruitment/<str:public_id>"
_APPLICANT = "apply/mine/<str:token>"

studio += [
    path("recruitment/", screening.recruitment_board, name="recruitment_board"),
    path("recruitment/move/", screening.recruitment_move, name="recruitment_move"),
    path("recruitment/calls/", recruitment.recruitment_list, name="recruitment_list"),
    path("recruitment/calls/new/", recruitment.recruitment_create, name="recruitment_create"),
    path(f"{_CALL}/", recruitment.recruitment_call, name="recruitment_call"),
    path(f"{_CALL}/edit/", recruitment.recruitment_edit, name="recruitment_edit"),
    path(f"{_CALL}/open/", recruitment.recruitment_open, name="recruitment_open"),
    path(f"{_CALL}/close/", recruitment.recruitment_close, name="recruitment_close"),
    path(f"{_CALL}/profile/", recruitment.recruitment_profile, name="recruitment_profile"),
    path(f"{_CALL}/wordings/", recruitment.recruitment_wordings, name="recruitment_wordings"),
    path(f"{_CALL}/questions/new/", recruitment.recruitment_question_create, name="recruitment_question_create"),
    path(f"{_QUESTION}/", recruitment.recruitment_question, name="recruitment_question"),
    path(f"{_QUESTION}/move/", recruitment.recruitment_question_move, name="recruitment_question_move"),
    path(f"{_QUESTION}/remove/", recruitment.recruitment_question_remove, name="recruitment_question_remove"),
    path(f"{_APPLICATION}/", screening.partner_application_detail, name="partner_application_detail"),
    path(f"{_APPLICATION}/move/", screening.partner_application_move, name="partner_application_move"),
    path(f"{_APPLICATION}/check/", screening.partner_application_check, name="partner_application_check"),
    path(f"{_APPLICATION}/reviewers/", screening.partner_application_reviewers, name="partner_application_reviewers"),
    path(f"{_APPLICATION}/comment/", screening.partner_application_comment, name="partner_application_comment"),
    path(f"{_APPLICATION}/ask/", screening.partner_application_ask, name="partner_application_ask"),
    path(f"{_APPLICATION}/accept/", screening.partner_application_accept, name="partner_application_accept"),
    path(f"{_APPLICATION}/decline/", screening.partner_application_decline, name="partner_application_decline"),
    path(f"{_APPLICATION}/forget/", screening.partner_application_forget, name="partner_application_forget"),
]

public: list[URLPattern] = [
    path("apply/", anybody.recruitment_home, name="recruitment_home"),
    path(f"{_APPLICANT}/", anybody.applicant_page, name="applicant_page"),
    path(f"{_APPLICANT}/answer/", anybody.applicant_answer, name="applicant_answer"),
    path(f"{_APPLICANT}/withdraw/", anybody.applicant_withdraw, name="applicant_withdraw"),
    path("apply/<str:public_id>/", anybody.recruitment_page, name="recruitment_page"),
]
