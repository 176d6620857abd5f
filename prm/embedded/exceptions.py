"""What can go wrong on one machine, said so that a person knows what to do next."""


class EmbeddedError(Exception):
    """The embedded servers cannot be used; the text tells why and what to do."""


OWN_SERVERS = (
    "Name servers of your own instead: DATABASE_URL, DATABASE_MIGRATE_URL and DATABASE_BACKUP_URL (Postgres 15 or\n"
    "newer, roles from `manage.py roles --sql`) and REDIS_URL (Valkey or Redis 7 or newer), or use docker compose.\n"
    "docs/operators/deploy.md tells both."
)
