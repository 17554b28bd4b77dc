"""The door over AMQP: departments publish CloudEvents to the exchange `liaison.events`."""
