"""Verbs over organizations, memberships and sessions, a module for each noun."""
