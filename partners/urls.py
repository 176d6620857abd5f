"""Pages of partners. `studio` is mounted below /o/<organization>/studio/, `portal` below /o/<organization>/."""

from django.urls import URLPattern, path

from partners.views import company, portal_announcements, portal_conversations, portal_journeys, profiles
from partners.views import portal as face
from partners.views import portal_tiers as tiers_face
from partners.views import public as anybody
from partners.views.studio import (
    absences,
    agreements,
    announcements,
    attributes,
    competitors,
    conversations,
    coverage,
    duplicates,
    exports,
    group_health,
    group_rules,
    groups,
    handing_over,
    imports,
    ladder_rules,
    ladders,
    logos,
    milestones,
    partner_bulk,
    partner_lists,
    partners,
    people,
    product_families,
    product_rights,
    products,
    recruitment,
    screening,
    structure,
    telling,
    tier_moves,
    tier_numbers,
    todo,
)
from partners.views.studio.journeys import running, templates

_PARTNER = "partners/<str:public_id>"
_GROUP = "groups/<str:public_id>"
_IMPORT = "partners/import/<str:public_id>"

# Named before addresses of single partners, which would take their words for an id.
_duplicates: list[URLPattern] = [
    path("partners/duplicates/", duplicates.duplicate_list, name="duplicate_list"),
    path("partners/duplicates/<str:public_id>/different/", duplicates.duplicate_dismiss, name="duplicate_dismiss"),
    path("partners/duplicates/<str:public_id>/again/", duplicates.duplicate_reopen, name="duplicate_reopen"),
    path(f"{_PARTNER}/merge/", duplicates.partner_merge, name="partner_merge"),
]
_structure: list[URLPattern] = [
    path("partners/links/<str:public_id>/end/", structure.partner_link_end, name="partner_link_end"),
    path(f"{_PARTNER}/logo/", logos.partner_logo, name="partner_logo"),
    path(f"{_PARTNER}/structure/", structure.partner_structure, name="partner_structure"),
    path(f"{_PARTNER}/structure/link/", structure.partner_link_create, name="partner_link_create"),
]
_competitors: list[URLPattern] = [
    path("competitors/", competitors.competition_list, name="competition_list"),
    path("competitors/rule/", competitors.competition_rule, name="competition_rule"),
    path("competitors/conditions/", competitors.competition_conditions, name="competition_conditions"),
    path("competitors/pair/", competitors.competition_pair, name="competition_pair"),
    path("competitors/<str:public_id>/remove/", competitors.competition_remove, name="competition_remove"),
]
_coverage: list[URLPattern] = [
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/<str:by>/<str:column_id>/", coverage.coverage_cell, name="coverage_cell"),
]

_todo: list[URLPattern] = [
    path("todo/", todo.todo_list, name="todo_list"),
    path("todo/weekly/", todo.week_plan_edit, name="week_plan_edit"),
    path("todo/new/", todo.task_create, name="task_create"),
    path("todo/tasks/<str:public_id>/", todo.task_edit, name="task_edit"),
    path("todo/tasks/<str:public_id>/done/", todo.task_settle, name="task_settle"),
    path("todo/tasks/<str:public_id>/open/", todo.task_reopen, name="task_reopen"),
    path("todo/<str:source>/<str:public_id>/later/", todo.todo_snooze, name="todo_snooze"),
    path("todo/<str:source>/<str:public_id>/again/", todo.todo_wake, name="todo_wake"),
]

_ANNOUNCEMENT = "announcements/<str:public_id>"
_announcements: list[URLPattern] = [
    path("milestones/", milestones.milestone_list, name="milestone_list"),
    path("milestones/<str:public_id>/congratulate/", milestones.milestone_congratulate, name="milestone_congratulate"),
    path("announcements/", announcements.announcement_list, name="announcement_list"),
    path("announcements/new/", announcements.announcement_create, name="announcement_create"),
    path(f"{_ANNOUNCEMENT}/", announcements.announcement_detail, name="announcement_detail"),
    path(f"{_ANNOUNCEMENT}/edit/", announcements.announcement_edit, name="announcement_edit"),
    path(f"{_ANNOUNCEMENT}/schedule/", announcements.announcement_schedule, name="announcement_schedule"),
    path(f"{_ANNOUNCEMENT}/withdraw/", announcements.announcement_withdraw, name="announcement_withdraw"),
    path(f"{_ANNOUNCEMENT}/discard/", announcements.announcement_discard, name="announcement_discard"),
    path(f"{_ANNOUNCEMENT}/remind/", announcements.announcement_remind, name="announcement_remind"),
]

_CONVERSATION = "conversations/<str:public_id>"
_conversations: list[URLPattern] = [
    path("conversations/", conversations.conversation_list, name="conversation_list"),
    path("conversations/new/", conversations.conversation_create, name="conversation_create"),
    path("conversations/promise/", absences.answer_promise, name="answer_promise"),
    path("people/<str:public_id>/hand-over/", handing_over.colleague_hand_over, name="colleague_hand_over"),
    path("absence/", absences.absence_edit, name="absence_edit"),
    path("absence/end/", absences.absence_end, name="absence_end"),
    path(f"{_CONVERSATION}/", conversations.conversation_detail, name="conversation_detail"),
    path(f"{_CONVERSATION}/answer/", conversations.conversation_answer, name="conversation_answer"),
    path(f"{_CONVERSATION}/note/", conversations.conversation_note, name="conversation_note"),
    path(f"{_CONVERSATION}/close/", conversations.conversation_close, name="conversation_close"),
    path(f"{_CONVERSATION}/reopen/", conversations.conversation_reopen, name="conversation_reopen"),
    path(f"{_CONVERSATION}/hand-over/", conversations.conversation_hand_over, name="conversation_hand_over"),
    path(f"{_CONVERSATION}/files/<str:file_id>/", conversations.conversation_file, name="conversation_file"),
]

studio: list[URLPattern] = [
    *_todo,
    *_announcements,
    *_conversations,
    *_duplicates,
    *_structure,
    *_competitors,
    *_coverage,
    path("partners/", partner_lists.partner_list, name="partner_list"),
    path("partners/new/", partners.partner_create, name="partner_create"),
    path("partners/try/", partners.partner_try, name="partner_try"),
    path("partners/bulk/", partner_bulk.partner_bulk, name="partner_bulk"),
    path("partners/bulk/group/", partner_bulk.bulk_group, name="bulk_group"),
    path("partners/bulk/manager/", partner_bulk.bulk_manager, name="bulk_manager"),
    path("partners/bulk/announcement/", partner_bulk.bulk_announcement, name="bulk_announcement"),
    path("partners/bulk/undo/<str:stamp>/", partner_bulk.bulk_undo, name="bulk_undo"),
    path("partners/bulk/jobs/<str:public_id>/", partner_bulk.bulk_detail, name="bulk_detail"),
    path("partners/filter/", partner_lists.partner_filter, name="partner_filter"),
    path("partners/columns/", partner_lists.partner_columns, name="partner_columns"),
    path("partners/views/", partner_lists.view_list, name="view_list"),
    path("partners/views/new/", partner_lists.view_create, name="view_create"),
    path("partners/views/<str:public_id>/", partner_lists.view_open, name="view_open"),
    path("partners/views/<str:public_id>/edit/", partner_lists.view_edit, name="view_edit"),
    path("partners/views/<str:public_id>/replace/", partner_lists.view_replace, name="view_replace"),
    path("partners/views/<str:public_id>/remove/", partner_lists.view_remove, name="view_remove"),
    path("partners/views/<str:public_id>/restore/", partner_lists.view_restore, name="view_restore"),
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
    path(f"{_PARTNER}/more/", partners.partner_more, name="partner_more"),
    path(f"{_PARTNER}/history/", attributes.partner_history, name="partner_history"),
]

_LADDER = "tiers/ladders/<str:public_id>"
_TIER = "tiers/<str:public_id>"
_VERSION = "tiers/rules/<str:public_id>"
_REQUIREMENT = "tiers/requirements/<str:public_id>"
_MOVE = "tiers/moves/<str:public_id>"
_NUMBER = "tiers/numbers/<str:public_id>"

studio += [
    path("tiers/", ladders.ladder_list, name="ladder_list"),
    path("tiers/new/", ladders.ladder_create, name="ladder_create"),
    path("tiers/numbers/", tier_numbers.number_list, name="number_list"),
    path("tiers/numbers/new/", tier_numbers.number_create, name="number_create"),
    path(f"{_NUMBER}/", tier_numbers.number_detail, name="number_detail"),
    path(f"{_NUMBER}/edit/", tier_numbers.number_edit, name="number_edit"),
    path(f"{_NUMBER}/enter/", tier_numbers.number_enter, name="number_enter"),
    path(f"{_NUMBER}/entries/<str:entry_id>/void/", tier_numbers.number_void, name="number_void"),
    path(f"{_LADDER}/", ladders.ladder_detail, name="ladder_detail"),
    path(f"{_LADDER}/edit/", ladders.ladder_edit, name="ladder_edit"),
    path(f"{_LADDER}/archive/", ladders.ladder_archive, name="ladder_archive"),
    path(f"{_LADDER}/restore/", ladders.ladder_restore, name="ladder_restore"),
    path(f"{_LADDER}/outlook/", ladders.ladder_outlook, name="ladder_outlook"),
    path(f"{_LADDER}/ledger/", ladders.ladder_ledger, name="ladder_ledger"),
    path(f"{_LADDER}/approvals/", tier_moves.ladder_approvals, name="ladder_approvals"),
    path(f"{_LADDER}/notices/", tier_moves.ladder_notices, name="ladder_notices"),
    path(f"{_LADDER}/rules/", ladder_rules.version_list, name="version_list"),
    path(f"{_LADDER}/rules/new/", ladder_rules.draft_begin, name="draft_begin"),
    path(f"{_LADDER}/add/", ladders.tier_create, name="tier_create"),
    path(f"{_VERSION}/", ladder_rules.version_detail, name="version_detail"),
    path(f"{_VERSION}/note/", ladder_rules.draft_note, name="draft_note"),
    path(f"{_VERSION}/try/", ladder_rules.draft_try, name="draft_try"),
    path(f"{_VERSION}/decide/", ladder_rules.draft_publish, name="draft_publish"),
    path(f"{_VERSION}/discard/", ladder_rules.draft_discard, name="draft_discard"),
    path(f"{_VERSION}/add/", ladder_rules.requirement_create, name="requirement_create"),
    path(f"{_REQUIREMENT}/", ladder_rules.requirement_edit, name="requirement_edit"),
    path(f"{_REQUIREMENT}/remove/", ladder_rules.requirement_remove, name="requirement_remove"),
    path(f"{_MOVE}/approve/", tier_moves.move_approve, name="move_approve"),
    path(f"{_MOVE}/decline/", tier_moves.move_decline, name="move_decline"),
    path(f"{_MOVE}/words/", tier_moves.move_words, name="move_words"),
    path("tiers/appeals/<str:public_id>/", tier_moves.appeal_answer, name="appeal_answer"),
    path(f"{_PARTNER}/tiers/", tier_moves.partner_tiers, name="partner_tiers"),
    path(f"{_PARTNER}/tiers/give/", tier_moves.partner_hold, name="partner_hold"),
    path(f"{_PARTNER}/tiers/holds/<str:hold_id>/end/", tier_moves.hold_end, name="hold_end"),
    path(f"{_TIER}/", ladders.tier_detail, name="tier_detail"),
    path(f"{_TIER}/edit/", ladders.tier_edit, name="tier_edit"),
    path(f"{_TIER}/archive/", ladders.tier_archive, name="tier_archive"),
]

portal: list[URLPattern] = [
    path("milestones/<str:public_id>/tell/", portal_announcements.my_milestone_tell, name="my_milestone_tell"),
    path("announcements/", portal_announcements.my_announcement_list, name="my_announcement_list"),
    path("announcements/<str:public_id>/", portal_announcements.my_announcement_detail, name="my_announcement_detail"),
    path(
        "announcements/<str:public_id>/confirm/",
        portal_announcements.my_announcement_confirm,
        name="my_announcement_confirm",
    ),
    path("team/branches/<str:public_id>/", face.team_branch, name="team_branch"),
    path("team/", face.team_list, name="team_list"),
    path("team/invite/", face.team_invite, name="team_invite"),
    path("team/invitations/<str:public_id>/", face.team_invitation, name="team_invitation"),
    path("team/invitations/<str:public_id>/resend/", face.team_resend, name="team_resend"),
    path("team/invitations/<str:public_id>/withdraw/", face.team_withdraw, name="team_withdraw"),
    path("team/<str:public_id>/", face.team_person, name="team_person"),
    path("team/<str:public_id>/remove/", face.team_remove, name="team_remove"),
    path("you/groups/", face.my_group_list, name="my_group_list"),
    path("you/tiers/notices/<str:public_id>/appeal/", tiers_face.my_appeal, name="my_appeal"),
    path("you/products/", face.my_product_list, name="my_product_list"),
]

portal += [
    path("you/company/", company.my_company, name="my_company"),
    path("you/company/edit/", company.my_company_edit, name="my_company_edit"),
    path("you/company/logo/", company.my_logo, name="my_logo"),
    path("you/questions/", company.my_questions, name="my_questions"),
    path("you/questions/<str:public_id>/", company.my_data_request, name="my_data_request"),
]

portal += [
    path("you/profile/", profiles.my_profile, name="my_profile"),
    path("you/profile/erase/", profiles.my_profile_erase, name="my_profile_erase"),
    path("people/<str:public_id>/", profiles.person_profile, name="person_profile"),
    path("people/<str:public_id>/photo/", profiles.person_photo, name="person_photo"),
]

portal += [
    path("conversations/", portal_conversations.my_conversation_list, name="my_conversation_list"),
    path("conversations/new/", portal_conversations.my_conversation_create, name="my_conversation_create"),
    path(f"{_CONVERSATION}/", portal_conversations.my_conversation_detail, name="my_conversation_detail"),
    path(f"{_CONVERSATION}/close/", portal_conversations.my_conversation_close, name="my_conversation_close"),
    path(f"{_CONVERSATION}/reopen/", portal_conversations.my_conversation_reopen, name="my_conversation_reopen"),
    path(
        f"{_CONVERSATION}/files/<str:file_id>/", portal_conversations.my_conversation_file, name="my_conversation_file"
    ),
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

_PRODUCT = "products/<str:public_id>"
_FAMILY = "products/families/<str:public_id>"

studio += [
    path("products/", products.product_list, name="product_list"),
    path("products/new/", products.product_create, name="product_create"),
    path("products/families/", product_families.product_family_list, name="product_family_list"),
    path("products/families/new/", product_families.product_family_create, name="product_family_create"),
    path(f"{_FAMILY}/", product_families.product_family_edit, name="product_family_edit"),
    path(f"{_FAMILY}/retire/", product_families.product_family_retire, name="product_family_retire"),
    path(f"{_FAMILY}/bring-back/", product_families.product_family_bring_back, name="product_family_bring_back"),
    path(f"{_PRODUCT}/", products.product_detail, name="product_detail"),
    path(f"{_PRODUCT}/edit/", products.product_edit, name="product_edit"),
    path(f"{_PRODUCT}/retire/", products.product_retire, name="product_retire"),
    path(f"{_PRODUCT}/bring-back/", products.product_bring_back, name="product_bring_back"),
    path(f"{_PRODUCT}/grant/", product_rights.product_grant, name="product_grant"),
    path(f"{_PRODUCT}/end/", product_rights.product_end, name="product_end"),
    path(f"{_PRODUCT}/rights/<str:right_id>/", product_rights.product_right, name="product_right"),
    path(f"{_PARTNER}/products/", product_rights.partner_product_list, name="partner_product_list"),
    path(f"{_PARTNER}/products/grant/", product_rights.partner_grant, name="partner_grant"),
]
