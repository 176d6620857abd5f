"""Verbs: one transaction each, rules asked again, rows, facts and the audit trail written together."""
