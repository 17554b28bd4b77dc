"""The composition root: reads the settings, wires adapters to workflows, exposes the Celery `app` and `main`.

Nothing is opened while this module loads: each process opens its own database when it first needs it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from celery import signals

from adapters import logs
from adapters.blobs.files import FileBlobs
from adapters.blobs.s3 import S3Blobs
from adapters.cli.house import Rooms, Running, Turned
from adapters.cli.program import program
from adapters.doors.admission import Desk
from adapters.doors.committing import Committer
from adapters.doors.http.app import create_app
from adapters.doors.http.figures import Figures
from adapters.doors.http.office import Office
from adapters.doors.obstacles import obstacles_of
from adapters.embedded import Levels, Runner
from adapters.gateways.feed_file import FeedFile
from adapters.gateways.notices import Notices
from adapters.gateways.publish import Publish
from adapters.identity.desk import Desk as Identity
from adapters.now import system_now
from adapters.settings import Settings, office_secret, open_data_dir, read_settings
from adapters.sql.accounts import SqlAccounts
from adapters.sql.engines import SqliteDatabase, open_database
from adapters.sql.library import SqlLibrary
from adapters.sql.marks import is_sample
from adapters.sql.reads import SqlReads
from adapters.sql.refusals import SqlRefusals
from adapters.sql.standing import has_roster, not_ready
from adapters.sql.units import SqlUnits
from adapters.supervisor import Marks, commands, supervise
from adapters.vault import OfficeVault
from adapters.web.pages import router as pages
from tasks.application import PerProcess, celery_app
from tasks.chain import Broker
from tasks.hints import Publisher
from tasks.sweeps import sweep_until
from workflows.machine.case import Lane
from workflows.moves.accepting import accept
from workflows.moves.running import drain
from workflows.moves.sweeping import sweep as sweep_once
from workflows.ports import Blobs, Engine, Files, Gateway, StoreUnavailable
from workflows.ports.blobs import MIB

MAIN_PID = os.getpid()

settings_of_this_process = cache(read_settings)


# -- the engine --------------------------------------------------------------------------------------------


def units_of(settings: Settings, clock: Callable[[], datetime] | None = None) -> SqlUnits:
    """The store; on PostgreSQL with the database's own clock, which all hosts share, unless one is given."""
    open_data_dir(settings)
    vault = OfficeVault(office_secret(settings), settings.county)
    clock = clock or (system_now if settings.on_sqlite else None)
    return SqlUnits(open_database(settings.database_url), settings.county, vault, clock)


def engine_on(settings: Settings, units: SqlUnits, wake: Callable[[Lane], None]) -> Engine:
    """The engine on a store; `wake` is called after each commit that made work."""
    publish: Gateway = FeedFile(settings.data_dir / "published.jsonl")
    # Nothing about a sample case ever goes outside.
    if settings.broker_url is not None and not is_sample(units):
        publish = Publish(settings.broker_url)
    gateways = {"publish": publish, "notice": Notices(units)}
    return Engine(units, SqlLibrary(units), units.vault, gateways, wake, files_of(settings))


def files_of(settings: Settings) -> Files:
    """What is taken in as attachments, and where they lie: in the data folder, else in the bucket that is named."""
    return Files(
        blobs_of(settings),
        types=frozenset(settings.attachment_types.split(",")),
        most_bytes=settings.attachment_max_mb * MIB,
        kept_staged=timedelta(hours=settings.attachment_keep_staged_hours),
    )


def blobs_of(settings: Settings) -> Blobs:
    """The store of attachments; nothing is opened yet."""
    if settings.attachment_store is None or settings.s3_access_key is None or settings.s3_secret_key is None:
        return FileBlobs(settings.data_dir / "attachments")
    bucket, _slash, prefix = settings.attachment_store.removeprefix("s3://").partition("/")
    keys = settings.s3_access_key.get_secret_value(), settings.s3_secret_key.get_secret_value()
    # Counties may share a bucket, as they may share a database.
    below = f"{prefix}/{settings.county}" if prefix else settings.county
    return S3Blobs(bucket, below, settings.s3_endpoint or "", settings.s3_region, *keys)


@contextmanager
def embedded_engine(settings: Settings, units: SqlUnits) -> Iterator[Engine]:
    """An engine whose work is done by threads of this process."""
    levels = Levels()
    engine = engine_on(settings, units, levels.wake)
    runner = Runner(engine, levels)
    runner.start()
    try:
        yield engine
    finally:
        runner.stop()


@contextmanager
def hinting_engine(settings: Settings, units: SqlUnits) -> Iterator[Engine]:
    """An engine whose work is done by other processes: hinted over the broker, else found by their sweep."""
    if settings.broker_url is None:
        yield engine_on(settings, units, _nobody)
        return
    publisher = publisher_of(settings, units)
    try:
        yield engine_on(settings, units, publisher.wake)
    finally:
        publisher.stop()


def _nobody(lane: Lane) -> None:
    """Nobody is there to be woken."""


# -- the doors ---------------------------------------------------------------------------------------------


@contextmanager
def office_on(settings: Settings, engine: Engine, units: SqlUnits) -> Iterator[Office]:
    """The office of an engine, its committer running."""
    reads, sample, zone = SqlReads(units), is_sample(units), ZoneInfo(settings.time_zone)
    figures = Figures(reads.pending)
    committer = Committer(lambda submissions: accept(engine, submissions), figures.committed, units.intake)
    identity = Identity(
        county=settings.county,
        zone=zone,
        sample=sample,
        secret=office_secret(settings),
        accounts=SqlAccounts(units),
        roster=engine.library.roster,
        today=lambda: reads.now().astimezone(zone).date(),
    )
    committer.start()
    try:
        yield Office(
            engine=engine,
            reads=reads,
            identity=identity,
            desk=Desk(settings.county, engine.vault, sample, obstacles_of(engine, reads.now)),
            committer=committer,
            refusals=SqlRefusals(units),
            figures=figures,
            not_ready=lambda: not_ready(units),
            language=settings.language,
            base_url=settings.base_url,
        )
    finally:
        committer.stop()


@contextmanager
def store(settings: Settings) -> Iterator[SqlUnits]:
    """The store, closed at the end."""
    units = units_of(settings)
    try:
        yield units
    finally:
        units.database.close()


@contextmanager
def doors(settings: Settings) -> Iterator[Running]:
    """The doors alone; the moves are made by other processes, now or later."""
    with store(settings) as units:
        refuse_unready(units)
        with hinting_engine(settings, units) as engine, office_on(settings, engine, units) as office:
            yield Running(create_app(office, pages), office)


@contextmanager
def embedded(settings: Settings) -> Iterator[Running]:
    """Doors and moves in this one process."""
    with store(settings) as units:
        hold(units)
        refuse_unready(units)
        with embedded_engine(settings, units) as engine, office_on(settings, engine, units) as office:
            yield Running(create_app(office, pages), office)


@contextmanager
def turned(settings: Settings, clock: Callable[[], datetime]) -> Iterator[Turned]:
    """Doors on a clock that somebody turns, for sample data only; the moves are made when they are asked for.

    Raises:
        StoreUnavailable: the database is not ready, or holds a real office, whose clock nobody turns.
    """
    units = units_of(settings, clock)
    try:
        hold(units)
        refuse_unready(units)
        if not is_sample(units):
            raise StoreUnavailable("the clock of a real office cannot be turned: use a database of the sample county")
        engine = engine_on(settings, units, _nobody)
        with office_on(settings, engine, units) as office:
            running = Running(create_app(office, pages), office)
            yield Turned(running, lambda: _drain(engine), SqlReads(units).next_due)
    finally:
        units.database.close()


def _drain(engine: Engine) -> int:
    """Make the moves and sweep until nothing moves."""
    moved = 0
    while step := drain(engine) + sweep_once(engine):
        moved += step
    return moved


def hold(units: SqlUnits) -> None:
    """On SQLite, take the database for this process; raises DatabaseInUse when another one has it."""
    if isinstance(units.database, SqliteDatabase):
        units.database.hold()


def refuse_unready(units: SqlUnits) -> None:
    """Raises StoreUnavailable with what is missing."""
    missing = not_ready(units)
    if missing is not None:
        raise StoreUnavailable(missing)


# -- Celery ------------------------------------------------------------------------------------------------


def open_engine() -> Engine:
    """The engine of a worker's or the sweeper's process."""
    settings = settings_of_this_process()
    logs.configure(settings.log_format)
    units = units_of(settings)
    wake = _nobody if settings.broker_url is None else publisher_of(settings, units).wake
    return engine_on(settings, units, wake)


def publisher_of(settings: Settings, units: SqlUnits) -> Publisher:
    """The thread that hints the workers."""
    return Publisher(units, Broker(app), lambda: marks().touch(MAIN_PID, "confirmed"))


def broker_url() -> str:
    """The broker of this office.

    Raises:
        SystemExit: when none is set; a worker has nothing to do then.
    """
    found = settings_of_this_process().broker_url
    if found is None:
        sys.exit("LIAISON_BROKER_URL is not set: set it to amqp://user:password@host:5672/vhost, or run `liaison up`")
    return found


@cache
def marks() -> Marks:
    """Where processes leave the marks of their progress."""
    return Marks(settings_of_this_process().data_dir)


engine_here: PerProcess[Engine] = PerProcess(open_engine)
app = celery_app(broker_url, engine_here, lambda: marks().touch(MAIN_PID, "heard"))


@signals.setup_logging.connect
def configure_logs(**_: Any) -> None:
    """Celery's own lines look like all others; with a receiver it sets up nothing itself."""
    logs.configure(settings_of_this_process().log_format)


def work(settings: Settings) -> int:
    """The supervisor of the Celery worker and the sweeper."""
    broker_url()
    return supervise(settings.data_dir, commands())


def sweep(settings: Settings) -> int:
    """The sweeper, until it is asked to stop."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    sweep_until(stopping, engine_here(), lambda: marks().touch(os.getpid(), "swept"))
    return 0


def begun(settings: Settings) -> bool:
    """Whether the office has its roster."""
    with store(settings) as units:
        return has_roster(units)


# -- the command -------------------------------------------------------------------------------------------


def main() -> None:
    """The `liaison` command."""
    rooms = Rooms(store, doors, embedded, work=work, sweep=sweep, begun=begun, turned=turned, blobs=blobs_of)
    program(rooms)


if __name__ == "__main__":
    main()
