"""What `check` refuses: one file for each kind of rule."""
