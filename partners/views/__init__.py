"""Pages of partners: the studio's, a module for each noun, and the portal's."""
