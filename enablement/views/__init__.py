"""Pages: the studio's, the portal's, and those behind links in mails."""
