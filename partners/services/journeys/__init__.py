"""Journeys made, begun, gone on with and ended."""
