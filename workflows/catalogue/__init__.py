"""One file of data per workflow, and its titles beside it."""
