"""Prints .env.example with a random secret in place of each `change-me-…`; the same name gives the same secret."""

import re
import secrets
from pathlib import Path

text = (Path(__file__).resolve().parent.parent / ".env.example").read_text()
made = {name: secrets.token_hex(24) for name in set(re.findall(r"change-me-\w+", text))}
print(re.sub(r"change-me-\w+", lambda found: made[found.group()], text), end="")
