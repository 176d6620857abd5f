"""What each message of partners says, fetched when it is sent."""
