"""Journeys found: templates, who is on them, what waits for whom."""
