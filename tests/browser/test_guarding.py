"""What a page refuses: strangers, other sites, used links, forms that were not ours; and what it tells the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from adapters.identity.desk import as_issued
from tests.browser.house import House

CLERK = "sample.centre_clerk_1"
HERE = ("127.0.0.1", 40000)
ELSEWHERE = ("192.0.2.7", 40000)
BASE = "http://127.0.0.1"


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(house.application(), base_url=BASE, client=HERE, follow_redirects=False) as made:
        yield made


def signed_in(client: TestClient, house: House, user: str = CLERK) -> TestClient:
    answer = client.post("/enter", data={"password": house.accounts.issue_link(user)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return client


def fields(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that posts to `action`."""
    form = next(iter(re.findall(rf'<form[^>]*action="{re.escape(action)}".*?</form>', html, re.DOTALL)))
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def operation(client: TestClient, house: House, case: str, verb: str) -> tuple[str, dict[str, str]]:
    """The address and hidden fields of a verb's form on the page of the open item of a case."""
    [item] = [one for one in house.office.case(case).items if one.closed_at is None]
    action = f"/items/{item.id}/{verb}"
    return action, fields(client.get(f"/items/{item.id}").text, action)


def test_a_page_lets_nothing_foreign_in_and_is_kept_nowhere(client: TestClient) -> None:
    answer = client.get("/cases")

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', answer.text)


def test_the_address_of_a_static_file_changes_with_its_content_and_is_kept_for_good(client: TestClient) -> None:
    [address] = re.findall(r'href="(/static/liaison.css\?v=\w+)"', client.get("/cases").text)

    answer = client.get(address)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert client.get("/static/../pages.py").status_code == 404


def test_a_stranger_is_sent_to_the_entrance() -> None:
    real = House(sample=False)
    client = TestClient(real.application(), base_url=BASE, client=HERE, follow_redirects=False)

    answer = client.get("/inbox")

    assert (answer.status_code, answer.headers["location"]) == (303, "/enter?next=/inbox")
    assert "样例岗位" not in client.get("/enter").text


@pytest.mark.parametrize(
    ("peer", "base"), [(ELSEWHERE, BASE), (HERE, "http://liaison.example")], ids=["another machine", "another name"]
)
def test_guests_of_a_sample_come_from_this_machine_only(house: House, peer: tuple[str, int], base: str) -> None:
    client = TestClient(house.application(), base_url=base, client=peer, follow_redirects=False)

    assert client.get("/cases").headers["location"] == "/enter?next=/cases"
    assert client.post("/enter", data={"user": CLERK}).status_code == 403


def test_a_sample_post_is_entered_with_one_press(client: TestClient) -> None:
    answer = client.post("/enter", data={"user": CLERK})

    assert answer.status_code == 303
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=lax" in answer.headers["set-cookie"]
    assert "服务中心经办员" in client.get("/inbox").text


def test_a_sample_post_that_nobody_holds_is_refused(client: TestClient) -> None:
    assert client.post("/enter", data={"user": "sample.nobody"}).status_code == 404


def test_opening_a_link_any_number_of_times_uses_nothing_up(client: TestClient, house: House) -> None:
    link = f"/enter?token={house.accounts.issue_link(CLERK)}"

    seen = [client.get(link), client.head(link), client.get(link)]
    entered = client.post("/enter", data=fields(seen[-1].text, "/enter"))

    assert "您将以“服务中心经办员”的身份登录。" in seen[-1].text
    assert [one.headers.get("set-cookie") for one in seen] == [None, None, None]
    assert (entered.status_code, entered.headers["location"]) == (303, "/")


def test_a_used_an_expired_and_a_wrong_password_say_so(client: TestClient, house: House) -> None:
    used, expired = house.accounts.issue_link(CLERK), house.accounts.issue_link(CLERK)
    client.post("/enter", data={"password": used})
    house.accounts.expired.add(as_issued(expired))

    answers = [client.post("/enter", data={"password": one}) for one in (used, expired, "abcd-efgh")]

    assert [one.status_code for one in answers] == [403, 403, 403]
    assert "已经用过" in answers[0].text
    assert "已过期" in answers[1].text
    assert "不正确" in answers[2].text
    assert "已经用过" in client.get(f"/enter?token={used}").text


def test_wrong_passwords_are_borne_ten_times_in_five_minutes(client: TestClient, house: House) -> None:
    right = house.accounts.issue_link(CLERK)
    wrong = [client.post("/enter", data={"password": f"guess {n}"}).status_code for n in range(10)]

    refused = client.post("/enter", data={"password": right})
    house.turn(minutes=5)
    later = client.post("/enter", data={"password": right})

    assert wrong == [403] * 10
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "301")
    assert "请6分钟后再试" in refused.text
    assert later.status_code == 303


def test_whoever_signs_in_comes_to_what_was_asked_for(client: TestClient, house: House) -> None:
    entrance = client.get("/enter?next=/cases/c1%3Fdone%3Dagree").text

    answer = client.post("/enter", data=fields(entrance, "/enter") | {"password": house.accounts.issue_link(CLERK)})

    assert answer.headers["location"] == "/cases/c1?done=agree"


def test_whoever_signs_in_never_leaves_this_site(client: TestClient, house: House) -> None:
    sent = {"password": house.accounts.issue_link(CLERK), "next": "https://evil.example//elsewhere"}

    answer = client.post("/enter", data=sent)

    assert answer.headers["location"] == "/elsewhere"


def test_another_site_signs_nobody_in(client: TestClient, house: House) -> None:
    sent = {"password": house.accounts.issue_link(CLERK)}

    answer = client.post("/enter", data=sent, headers={"Origin": "http://evil.example"})

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_leaving_ends_the_session_everywhere(client: TestClient, house: House) -> None:
    signed_in(client, house)
    csrf = fields(client.get("/inbox").text, "/leave")["csrf"]

    answer = client.post("/leave", data={"csrf": csrf})

    assert answer.headers["location"] == "/enter"
    assert house.accounts.sessions == {}


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_form_without_the_session_s_token_changes_nothing(client: TestClient, house: House, token: str) -> None:
    [case] = house.hand_in_samples(1)
    signed_in(client, house)
    action, sent = operation(client, house, case, "agree")

    answer = client.post(action, data=sent | {"csrf": token})

    assert answer.status_code == 403
    assert house.office.case(case).head.seq == 1


def test_a_form_from_another_site_changes_nothing(client: TestClient, house: House) -> None:
    [case] = house.hand_in_samples(1)
    signed_in(client, house)
    action, sent = operation(client, house, case, "agree")

    answer = client.post(action, data=sent, headers={"Origin": "http://evil.example"})

    assert answer.status_code == 403
    assert house.office.case(case).head.seq == 1


def test_a_guest_cannot_act(client: TestClient, house: House) -> None:
    [case] = house.hand_in_samples(1)

    answer = client.post(f"/cases/{case}/withdraw", data={"csrf": "", "key": "k"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/enter")
    assert house.office.case(case).head.state.value == "running"


def test_a_form_that_is_too_large_is_refused_before_it_is_read(client: TestClient, house: House) -> None:
    signed_in(client, house)

    answer = client.post("/language", data={"language": "en", "back": "x" * 300_000})

    assert answer.status_code == 413


def test_the_language_switch_leads_back_to_our_own_pages_only(client: TestClient) -> None:
    answer = client.post("/language", data={"language": "en", "back": "https://evil.example//elsewhere?x=1"})

    assert answer.headers["location"] == "/elsewhere?x=1"


@pytest.mark.parametrize("path", ["/cases/nothing", "/cases/<script>"])
def test_what_does_not_exist_is_a_page_that_leads_back(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert "没有找到" in answer.text
    assert "<script>" not in answer.text.replace("<script src=", "")
    assert 'href="/"' in answer.text


def test_an_unknown_address_is_a_page_for_people_and_a_problem_for_programs(client: TestClient) -> None:
    person = client.get("/nope", headers={"Accept": "text/html,*/*"})
    program = client.get("/nope", headers={"Accept": "application/json"})

    assert (person.status_code, program.status_code) == (404, 404)
    assert "没有这个页面" in person.text
    assert program.json()["status"] == 404


def test_a_case_that_concerns_others_is_answered_like_one_that_does_not_exist(client: TestClient, house: House) -> None:
    [case] = house.hand_in_samples(1)
    signed_in(client, house, "sample.finance_reviewer")

    assert client.get(f"/cases/{case}").status_code == 404
    assert client.get("/cases/nothing").text == client.get(f"/cases/{case}").text.replace(case, "nothing")


def test_the_town_that_sent_an_application_may_take_it_back(client: TestClient, house: House) -> None:
    case = house.hand_in_samples(2)[1]
    signed_in(client, house, "sample.chalu_clerk")
    sent = fields(client.get(f"/cases/{case}/operations").text, f"/cases/{case}/withdraw")

    answer = client.post(f"/cases/{case}/withdraw", data=sent)

    assert answer.headers["location"] == f"/cases/{case}?done=withdraw"
    assert house.office.case(case).head.state.value == "withdrawn"


def test_a_supplement_at_the_counter_is_checked_field_by_field(client: TestClient, house: House) -> None:
    [case] = house.hand_in_samples(1)
    signed_in(client, house)
    action, sent = operation(client, house, case, "return")
    client.post(action, data=sent | {"opinion": "缺少单位证明"})
    action, sent = operation(client, house, case, "complete")

    wrong = client.post(action, data=sent | {"form.credit_code": "123", "form.organisation": "样例单位"})
    action, sent = operation(client, house, case, "complete")
    right = client.post(action, data=sent | {"form.organisation": "样例单位", "form.adult": "yes"})

    assert wrong.status_code == 422
    assert "统一社会信用代码" in wrong.text
    assert 'value="样例单位"' in wrong.text
    assert right.headers["location"] == f"{action.removesuffix('/complete')}?done=complete"


def test_an_unchanged_part_is_not_sent_again(client: TestClient, house: House) -> None:
    house.hand_in_samples(1)
    first = client.get("/cases?part=live")

    second = client.get("/cases?part=live", headers={"If-None-Match": first.headers["etag"]})

    assert second.status_code == 304
    assert second.content == b""


def test_a_mistake_of_the_program_shows_a_number_and_nothing_else(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(house.office.store.reads, "counts", broken)
    client = TestClient(house.application(), base_url=BASE, client=HERE, raise_server_exceptions=False)

    answer = client.get("/cases")

    assert answer.status_code == 500
    assert re.search(r"请把编号[0-9a-f]{12}告诉管理员", answer.text)
    assert "secret detail" not in answer.text
