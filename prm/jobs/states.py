from prm.jobs.models import Job
from prm.tenancy.states import Machine

_State = Job.State

JOB = Machine(
    "job",
    "state",
    {
        "run": ((_State.QUEUED, _State.RUNNING), _State.RUNNING),
        "finish": ((_State.RUNNING,), _State.DONE),
        "fail": ((_State.QUEUED, _State.RUNNING), _State.FAILED),
        "retry": ((_State.FAILED,), _State.QUEUED),
    },
)
