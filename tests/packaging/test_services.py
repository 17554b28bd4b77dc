import psycopg
import pytest

from tests.services import Service, database_of_its_own, required

NOWHERE = Service("Nowhere", "LIAISON_TEST_NOWHERE_URL", "amqp://guest:guest@127.0.0.1:9//")


def test_a_missing_service_skips_the_test_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception) as caught:
        required(NOWHERE)

    assert "Nowhere is not reachable at 127.0.0.1:9" in str(caught.value)
    assert "LIAISON_TEST_NOWHERE_URL" in str(caught.value)


def test_a_missing_service_fails_the_test_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="Nowhere is not reachable"):
        required(NOWHERE)


def test_a_database_of_its_own_is_gone_afterwards(postgres_server: str) -> None:
    with database_of_its_own(postgres_server) as url:
        name = url.rsplit("/", 1)[1]
        during = databases(postgres_server)

    assert name in during
    assert name not in databases(postgres_server)


def databases(server: str) -> set[str]:
    with psycopg.connect(server.replace("+psycopg", "")) as connection:
        return {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
