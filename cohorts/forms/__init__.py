"""The shape of what people type. What happens with it is in services."""
