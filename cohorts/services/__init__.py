"""Verbs: one transaction each; what is consumed is locked, rules are asked again, then row, fact, audit and message."""
