"""HTTP from and to one query or one service call."""
