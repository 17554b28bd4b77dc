"""Ways in: CloudEvents over HTTP and AMQP, and the machine API."""
