"""Reads for pages and services: who sees what, as rows that are ready to be shown."""
