"""When it happens: Celery, the publisher thread, the sweeper's loop."""
