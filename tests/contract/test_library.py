"""The library and the credentials of an office, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from adapters.identity.desk import Closed, Credential, Opened, as_issued
from adapters.sql.accounts import SqlAccounts
from adapters.sql.library import SqlLibrary
from adapters.sql.marks import is_sample, mark_as_sample
from adapters.sql.reads import SqlReads
from adapters.sql.tables import api_key, read_log, sign_in, web_session
from adapters.sql.units import SqlUnits
from domain.calendar import Calendar
from domain.numbers import Numbers
from domain.organisation import Department
from domain.roster import Roster
from tests.contract.conftest import COUNTY, START, Clock
from tests.contract.samples import a_case, a_holder
from workflows.language.files import logic_hash
from workflows.library import CATALOGUE
from workflows.machine.case import Access
from workflows.policy import Viewer
from workflows.ports import Changes

BOTH = pytest.mark.parametrize("store", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
pytestmark = BOTH

FIRST, SECOND = CATALOGUE[0], CATALOGUE[1]
ROSTER = Roster("r1", COUNTY, (Department("a", "样例单位", "Sample unit", date(2020, 1, 1)),), (), ())
CALENDAR = Calendar("k1", days={date(2026, 10, 1): False, date(2026, 10, 10): True}, known_through=date(2026, 12, 31))
NUMBERS = Numbers("n1", {"member.check_days": 5})


@pytest.fixture
def store(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def library(units: SqlUnits) -> SqlLibrary:
    library = SqlLibrary(units)
    library.install([FIRST, SECOND], ROSTER, CALENDAR, NUMBERS)
    return library


@pytest.fixture
def accounts(units: SqlUnits) -> SqlAccounts:
    return SqlAccounts(units)


def test_what_was_installed_reads_back_in_another_process(units: SqlUnits, library: SqlLibrary) -> None:
    other = SqlLibrary(units)

    assert other.by_hash(logic_hash(FIRST)) == FIRST
    assert [definition.name for _, definition in other.current()] == sorted([FIRST.name, SECOND.name])
    assert (other.roster(), other.calendar(), other.numbers()) == (ROSTER, CALENDAR, NUMBERS)
    assert other.started_by(FIRST.starts_on)[0] == (logic_hash(FIRST), FIRST)


def test_an_empty_library_says_what_to_do(units: SqlUnits) -> None:
    library = SqlLibrary(units)

    assert library.current() == ()
    with pytest.raises(LookupError, match="liaison up --sample"):
        library.roster()


def test_a_replaced_definition_stays_for_its_cases(library: SqlLibrary, units: SqlUnits) -> None:
    changed = FIRST.model_copy(update={"about": "changed"})

    library.adopt(changed)

    assert dict(library.current())[logic_hash(changed)] == changed
    assert logic_hash(FIRST) not in dict(library.current())
    assert SqlLibrary(units).by_hash(logic_hash(FIRST)) == FIRST


def test_every_version_is_kept_by_name_the_newest_last(library: SqlLibrary) -> None:
    changed = FIRST.model_copy(update={"about": "changed"})
    library.adopt(changed)
    library.adopt(FIRST)

    stored = library.stored()

    assert [digest for digest, one in stored if one.name == FIRST.name] == [logic_hash(changed), logic_hash(FIRST)]
    assert [one.name for _, one in stored] == sorted([FIRST.name, FIRST.name, SECOND.name])


def test_numbers_stay_for_the_cases_that_pinned_them(library: SqlLibrary) -> None:
    library.set_numbers(Numbers("n2", {"member.check_days": 7}))

    assert library.numbers().values["member.check_days"] == 7
    assert library.numbers("n1") == NUMBERS
    with pytest.raises(KeyError):
        library.numbers("n3")


def test_a_version_never_changes_its_content(library: SqlLibrary) -> None:
    with pytest.raises(ValueError, match="give the changed one a new version"):
        library.set_numbers(Numbers("n1", {"member.check_days": 9}))


def test_installing_again_brings_back_nothing_that_the_office_replaced(library: SqlLibrary) -> None:
    changed = FIRST.model_copy(update={"about": "changed"})
    library.adopt(changed)
    library.set_numbers(Numbers("n2", {}))

    library.install([FIRST, SECOND], ROSTER, CALENDAR, NUMBERS)

    assert logic_hash(changed) in dict(library.current())
    assert library.numbers().version == "n2"


def test_a_version_that_another_process_put_in_is_found_when_it_is_needed(library: SqlLibrary, units: SqlUnits) -> None:
    library.roster()
    changed = FIRST.model_copy(update={"about": "changed"})

    SqlLibrary(units).adopt(changed)
    SqlLibrary(units).set_numbers(Numbers("n2", {}))

    assert library.by_hash(logic_hash(changed)) == changed
    assert library.numbers("n2").version == "n2"


def test_a_database_says_whether_its_people_are_invented(units: SqlUnits) -> None:
    before = is_sample(units)

    mark_as_sample(units)

    assert (before, is_sample(units)) == (False, True)


# -- keys --------------------------------------------------------------------------------------------------

CREDENTIAL = Credential("a", None, frozenset({"submit", "read"}), frozenset({"member.applied.v1"}))


def test_a_key_is_shown_once_found_by_its_token_and_refused_once_revoked(accounts: SqlAccounts) -> None:
    token = accounts.issue_key("town office", CREDENTIAL)

    found, unknown = accounts.find_key(token), accounts.find_key(token + "x")
    revoked, again = accounts.revoke_key("town office"), accounts.revoke_key("town office")

    assert (found, unknown) == (CREDENTIAL, None)
    assert (revoked, again, accounts.find_key(token)) == (True, False, None)
    assert [(key.name, key.credential, key.revoked_at) for key in accounts.issued_keys()] == [
        ("town office", CREDENTIAL, START)
    ]


def test_a_key_belongs_to_a_department_or_to_a_user_and_its_name_to_one_key(accounts: SqlAccounts) -> None:
    accounts.issue_key("mine", Credential(None, "a", frozenset({"act"}), frozenset()))

    with pytest.raises(ValueError, match="issued before"):
        accounts.issue_key("mine", CREDENTIAL)
    with pytest.raises(ValueError, match="either a department or a user"):
        accounts.issue_key("nobody's", Credential(None, None, frozenset(), frozenset()))


def test_no_token_is_stored(accounts: SqlAccounts, units: SqlUnits) -> None:
    link = accounts.issue_link("a")
    tokens = [accounts.issue_key("k", CREDENTIAL), accounts.issue_link("b"), session(accounts, link)]

    rows = units.read(
        lambda unit: [
            str(row) for table in (api_key, sign_in, web_session) for row in unit.tx.connection.execute(table.select())
        ]
    )

    assert len(rows) == 4
    written = [one for token in [link, *tokens] for one in (token, as_issued(token))]
    assert not [token for token in written if any(token in row for row in rows)]


# -- sessions ----------------------------------------------------------------------------------------------


def session(accounts: SqlAccounts, password: str) -> str:
    opened = accounts.open_session(password)
    assert isinstance(opened, Opened)
    return opened.session


def test_a_one_time_password_opens_one_session_however_it_is_typed(accounts: SqlAccounts) -> None:
    password = accounts.issue_link("a")

    opened = accounts.open_session(f" {password.upper().replace('-', ' ')} ")

    assert isinstance(opened, Opened)
    assert opened.user == "a"
    assert accounts.open_session(password) is Closed.USED
    assert accounts.find_session(opened.session) == "a"
    assert accounts.find_session("invented") is None


def test_looking_at_a_one_time_password_uses_nothing_up(accounts: SqlAccounts) -> None:
    password = accounts.issue_link("a")

    seen = [accounts.find_link(password), accounts.find_link(password)]
    opened = accounts.open_session(password)

    assert seen == ["a", "a"]
    assert isinstance(opened, Opened)
    assert accounts.find_link(password) is Closed.USED


def test_a_one_time_password_that_is_wrong_or_too_old_says_so(accounts: SqlAccounts, clock: Clock) -> None:
    password = accounts.issue_link("a", timedelta(minutes=5))

    clock.turn(minutes=5)

    assert accounts.open_session(password) is Closed.EXPIRED
    assert accounts.open_session("invented") is Closed.UNKNOWN
    assert (accounts.find_link(password), accounts.find_link("invented")) == (Closed.EXPIRED, Closed.UNKNOWN)


def test_a_session_ends_when_it_is_ended_when_idle_and_after_half_a_day(accounts: SqlAccounts, clock: Clock) -> None:
    ended, idle, busy = (session(accounts, accounts.issue_link("a")) for _ in range(3))
    accounts.end_session(ended)
    found = []

    for _ in range(25):
        clock.turn(minutes=29)
        found.append(accounts.find_session(busy))

    assert accounts.find_session(ended) is None
    assert accounts.find_session(idle) is None
    assert found == ["a"] * 24 + [None]


def test_all_sessions_of_a_user_end_together(accounts: SqlAccounts) -> None:
    tokens = [session(accounts, accounts.issue_link(user)) for user in ("a", "a", "b")]

    accounts.end_sessions("a")

    assert [accounts.find_session(token) for token in tokens] == [None, None, "b"]


# -- who read whom -----------------------------------------------------------------------------------------


def test_every_reading_of_personal_values_is_on_record(units: SqlUnits) -> None:
    case = a_case("c1", person="P-1", personal={"name": "样例一"})
    rows = Changes(holders_opened=[a_holder("user:a")], access=[Access("c1", "user:a", "holder")])
    units.run(lambda unit: unit.add_cases([case]))
    units.run(lambda unit: unit.write(rows))
    reader = Viewer(COUNTY, "a", frozenset({"user:a"}), sees_all=False, department="office", post="clerk")
    stranger = Viewer(COUNTY, "b", frozenset({"user:b"}), sees_all=False)

    SqlReads(units).personal(reader, "c1", "核对资料")
    SqlReads(units).personal(stranger, "c1", "好奇")

    (row,) = units.read(lambda unit: unit.tx.connection.execute(read_log.select()).all())
    assert (row.person, row.case, row.user, row.department, row.post, row.purpose, row.at) == (
        "P-1",
        "c1",
        "a",
        "office",
        "clerk",
        "核对资料",
        START,
    )
