"""What is true in a joint meeting: pure rules over the standard library and pydantic."""
