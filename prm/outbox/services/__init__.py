from prm.outbox.services.accounts import post_account_mail
from prm.outbox.services.messages import post

__all__ = ["post", "post_account_mail"]
