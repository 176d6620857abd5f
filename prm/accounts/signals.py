"""What rings when people and organizations change. The audit trail, which stands above, listens."""

from django.dispatch import Signal

# actor, verb, obj, changes ({field: [before, after]}) and reason. Sent inside the transaction and the organization's
# scope: a listener that fails undoes the change, so that nothing happens unrecorded.
changed = Signal()

# person. Sent in the transaction that changes what a person is called, mostly outside organizations.
renamed = Signal()
