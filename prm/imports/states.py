from prm.imports.models import Import
from prm.tenancy.states import Machine

_State = Import.State

IMPORT = Machine(
    "import",
    "state",
    {
        "check": ((_State.UPLOADED, _State.CHECKING, _State.ANALYZED), _State.CHECKING),
        "analyze": ((_State.CHECKING,), _State.ANALYZED),
        "decide": ((_State.ANALYZED,), _State.ANALYZED),
        "apply": ((_State.ANALYZED,), _State.APPLYING),
        "finish": ((_State.APPLYING,), _State.APPLIED),
        "undo": ((_State.APPLIED,), _State.UNDOING),
        "finish_undo": ((_State.UNDOING,), _State.UNDONE),
    },
)
