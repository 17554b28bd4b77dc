"""What happens, in which order: the language, the machine, the moves. Knows no Celery and no SQL."""
