"""Cohorts as staff plan and run them."""
