"""What is true in a joint meeting: pure, imports the standard library and pydantic only."""
