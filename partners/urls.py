"""Pages of partners. `studio` is mounted below /o/<organization>/studio/, `portal` below /o/<organization>/."""

from django.urls import URLPattern, path

from partners.views import company, portal_journeys, profiles
from partners.views import portal as face
from partners.views.studio import (
    agreements,
    attributes,
    exports,
    group_health,
    group_rules,
    groups,
    imports,
    partners,
    people,
    telling,
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
    path("partners/export/", exports.partner_export, name="partner_export"),
    path("partners/import/", imports.partner_import_create, name="partner_import_create"),
    path("partners/import/sample.csv", imports.partner_import_sample, name="partner_import_sample"),
    path(f"{_IMPORT}/", imports.partner_import_detail, name="partner_import_detail"),
    path(f"{_IMPORT}/columns/", imports.partner_import_columns, name="partner_import_columns"),
    path(f"{_IMPORT}/rows/<str:number>/", imports.partner_import_row, name="partner_import_row"),
    path(f"{_IMPORT}/rows/<str:number>/mend/", imports.partner_import_mend, name="partner_import_mend"),
    path(f"{_IMPORT}/choices/", imports.partner_import_choices, name="partner_import_choices"),
    path(f"{_IMPORT}/mode/", imports.partner_import_mode, name="partner_import_mode"),
    path(f"{_IMPORT}/invite/", imports.partner_import_invite, name="partner_import_invite"),
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

_ATTRIBUTE = "data/<str:public_id>"

studio += [
    path("data/", attributes.attribute_list, name="attribute_list"),
    path("data/new/", attributes.attribute_create, name="attribute_create"),
    path("data/ask/", telling.data_request_create, name="data_request_create"),
    path("data/requests/<str:public_id>/", telling.data_request_detail, name="data_request_detail"),
    path("data/requests/<str:public_id>/remind/", telling.data_request_remind, name="data_request_remind"),
    path("data/changes/", telling.proposal_list, name="proposal_list"),
    path("data/changes/<str:public_id>/", telling.proposal_decide, name="proposal_decide"),
    path(f"{_ATTRIBUTE}/", attributes.attribute_detail, name="attribute_detail"),
    path(f"{_ATTRIBUTE}/edit/", attributes.attribute_edit, name="attribute_edit"),
    path(f"{_ATTRIBUTE}/archive/", attributes.attribute_archive, name="attribute_archive"),
    path(f"{_ATTRIBUTE}/restore/", attributes.attribute_restore, name="attribute_restore"),
    path(f"{_ATTRIBUTE}/move/", attributes.attribute_move, name="attribute_move"),
    path(f"{_PARTNER}/history/", attributes.partner_history, name="partner_history"),
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
]

portal += [
    path("you/company/", company.my_company, name="my_company"),
    path("you/company/edit/", company.my_company_edit, name="my_company_edit"),
    path("you/questions/", company.my_questions, name="my_questions"),
    path("you/questions/<str:public_id>/", company.my_data_request, name="my_data_request"),
]

portal += [
    path("you/profile/", profiles.my_profile, name="my_profile"),
    path("you/profile/erase/", profiles.my_profile_erase, name="my_profile_erase"),
    path("people/<str:public_id>/", profiles.person_profile, name="person_profile"),
    path("people/<str:public_id>/photo/", profiles.person_photo, name="person_photo"),
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
