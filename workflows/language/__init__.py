"""What can be said: the words of a workflow, as frozen data."""
