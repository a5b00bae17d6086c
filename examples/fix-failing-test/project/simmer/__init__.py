"""When to start cooking so that dinner is on time."""
