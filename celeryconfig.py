"""Celery settings as plain constants, each with its reason. No address stands here: `worker.py` sets the broker's.

One rule explains most of them: the database is the queue, a message is only a hint. Losing, doubling or delaying a
message may cost latency, never correctness; so messages are cheap to drop and nothing waits for the broker.
"""

from kombu import Exchange, Queue

# -- queues ------------------------------------------------------------------------------------------------

HINTS = Exchange("liaison.hints", type="topic", durable=True)
DEAD_HINTS = Exchange("liaison.hints.dead", type="topic", durable=True)

DEAD_QUEUE = Queue(
    "liaison.hints.dead",
    DEAD_HINTS,
    routing_key="#",
    queue_arguments={
        "x-queue-type": "quorum",
        # Kept for a person who looks for the reason; the work itself is in the database. The oldest go first.
        "x-max-length": 1000,
        "x-overflow": "drop-head",
    },
)


def _lane_queue(lane: str) -> Queue:
    return Queue(
        f"liaison.{lane}",
        HINTS,
        routing_key=f"lane.{lane}",
        queue_arguments={
            # Classic queues are not replicated and may drop persistent messages when their process crashes.
            "x-queue-type": "quorum",
            # RabbitMQ 3.10 has no default: a message that kills its worker would come back for ever.
            "x-delivery-limit": 20,
            "x-dead-letter-exchange": DEAD_HINTS.name,
            "x-dead-letter-routing-key": f"lane.{lane}",
            # The default, at-most-once, may lose a message on its way to the dead queue; this needs reject-publish.
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
            # Hints are levels: with no worker for hours, a hundred of them say no more than one.
            "x-max-length": 100,
        },
    )


# Two queues instead of priorities: strict priorities on quorum queues need RabbitMQ 4.3.
task_queues = (_lane_queue("interactive"), _lane_queue("bulk"))
task_default_queue = "liaison.interactive"
# A misspelt queue name is an error, not a new classic queue.
task_create_missing_queues = False

# -- messages ----------------------------------------------------------------------------------------------

# Nothing but JSON is read or written: pickle in a message is code that runs.
accept_content = ["json"]
result_accept_content = ["json"]
task_serializer = "json"
result_serializer = "json"
# No result backend: outcomes are rows, and result tables only grow.
task_ignore_result = True
# Acknowledge after the work, and give the message back when a child dies: early acks lose it.
task_acks_late = True
task_reject_on_worker_lost = True
# A real bound is the database's statement timeout; these end a child that hangs outside it.
task_time_limit = 60
task_soft_time_limit = 45
# One quick second try for the next link of a chain; after that the sweep does its work.
task_publish_retry_policy = {"max_retries": 1, "interval_start": 0.2, "interval_step": 0, "interval_max": 0.2}
enable_utc = True
timezone = "UTC"

# -- broker ------------------------------------------------------------------------------------------------

# Without confirms a publish can vanish without a word. Every publish adds its own timeouts (tasks/chain.py).
broker_transport_options = {"confirm_publish": True}
broker_connection_timeout = 4
# Reconnect for ever: a worker that gave up after 100 tries is alive and deaf.
broker_connection_max_retries = None
broker_connection_retry = True
broker_connection_retry_on_startup = True
# A broker that hangs without closing the connection is noticed by the missing heartbeat alone.
broker_heartbeat = 20
# Whoever waits for a connection in the pool gives up too.
broker_pool_acquire_timeout = 5

# -- worker ------------------------------------------------------------------------------------------------

# Without gossip, mingle, heartbeat events and delay queues, whatever the command line says.
worker_consumer = "tasks.consumer:Consumer"
# Remote control and events declare transient queues, which RabbitMQ 4.3 refuses, and leak after a reconnect.
worker_enable_remote_control = False
worker_send_task_events = False
# Processes: time limits do not work in threads, and one child's crash leaves the others alone.
worker_pool = "prefork"
# No message waits behind another one in a busy child.
worker_prefetch_multiplier = 1
# After a reconnect the reduced prefetch would leave most children idle (celery issue 9512).
worker_enable_prefetch_count_reduction = False
# A stopped worker gives running tasks 30 s; the supervisor kills after 60 s.
worker_soft_shutdown_timeout = 30
# Deduplication needs a result backend, and skips the rest of a chain.
worker_deduplicate_successful_tasks = False
# The pages and the log of this house are structured; Celery must not take the root logger over.
worker_hijack_root_logger = False
worker_redirect_stdouts = False
