"""The platform's own pages, a module for each noun."""
