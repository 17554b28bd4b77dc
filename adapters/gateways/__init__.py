"""Ways out: published events over AMQP or into a file, notices into an inbox."""
