"""Cohorts as partner people take part in them."""
