"""The verbs: each checks, writes, and records what happened, in one transaction."""
