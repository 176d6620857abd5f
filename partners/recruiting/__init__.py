"""What a call for partners asks, how an answer counts, and in which words it is declined: pure, no database."""
