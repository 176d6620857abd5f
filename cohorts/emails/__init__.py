"""What each message of cohorts says, fetched when it is sent."""
