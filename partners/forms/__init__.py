"""The shape of what people type, a module for each noun. What happens with it is in services."""
