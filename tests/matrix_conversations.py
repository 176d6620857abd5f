"""Who may open what of conversations and of mail that comes in (see tests/matrix.py)."""

from tests.matrix_rows import ACCOUNTS, BOTH, EVERYONE, NOT_LEADS, POST, Row, portal, studio

_ANSWERERS = EVERYONE - {"analyst"}
CONVERSATION_ROWS: dict[str, Row] = {
    "conversation_list": studio(EVERYONE),
    "conversation_create": studio(_ANSWERERS, methods=BOTH),
    "conversation_detail": studio(EVERYONE, "conversation"),
    "conversation_answer": studio(_ANSWERERS, "conversation", methods=POST),
    "conversation_note": studio(_ANSWERERS, "conversation", methods=POST),
    "conversation_close": studio(_ANSWERERS, "conversation", methods=POST),
    "conversation_reopen": studio(_ANSWERERS, "conversation", methods=POST),
    "conversation_hand_over": studio(_ANSWERERS, "conversation", methods=POST),
    "conversation_file": studio(EVERYONE, "conversation", "conversation file"),
    "answer_promise": studio(ACCOUNTS, methods=BOTH),
    "absence_edit": studio(EVERYONE, methods=BOTH),
    "absence_end": studio(EVERYONE, methods=POST),
    "inbound_list": studio(EVERYONE),
    "inbound_place": studio(_ANSWERERS, "mail set aside", methods=POST),
    "inbound_dismiss": studio(_ANSWERERS, "mail set aside", methods=POST),
    "my_conversation_list": portal(),
    "my_conversation_create": portal(methods=BOTH),
    "my_conversation_detail": portal("conversation", methods=BOTH, hidden_from=NOT_LEADS),
    "my_conversation_close": portal("conversation", methods=POST, hidden_from=NOT_LEADS),
    "my_conversation_reopen": portal("conversation", methods=POST, hidden_from=NOT_LEADS),
    "my_conversation_file": portal("conversation", "conversation file", hidden_from=NOT_LEADS),
}
