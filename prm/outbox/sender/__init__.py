"""Sending: claim in one scope, word in the next, talk to the mail server outside any, settle in a last one.

claims      which messages a worker may hold, for how long, and what became of those of a worker that died
wordings    from a claimed message to a letter, or to the reason why there will be none
transport   one kept connection to the mail server, and what its answers mean
deliveries  the loop over these three
accounts    the same, smaller, for mails about accounts
"""

from prm.outbox.sender.accounts import deliver_account_mails
from prm.outbox.sender.deliveries import Report, answer_wakeup, deliver

__all__ = ["Report", "answer_wakeup", "deliver", "deliver_account_mails"]
