"""Reads for pages and services; nothing here writes."""
