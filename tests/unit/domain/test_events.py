import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import ValidationError

from domain.event import example
from domain.events import (
    EVENT_TYPES,
    PERSONAL,
    WIRE_PREFIX,
    DomainEvent,
    UnknownEventType,
    parse_event,
    upcast,
)
from domain.identifiers import UNITS

APPLIED = dict(EVENT_TYPES["member.applied.v1"].EXAMPLE)


def errors_of(data: Mapping[str, Any]) -> list[tuple[tuple[int | str, ...], str]]:
    with pytest.raises(ValidationError) as refused:
        parse_event("member.applied.v1", data)
    return [(error["loc"], error["msg"]) for error in refused.value.errors()]


@pytest.mark.parametrize("type_", EVENT_TYPES)
def test_every_example_is_accepted_as_it_stands(type_: str) -> None:
    data = dict(EVENT_TYPES[type_].EXAMPLE)

    event = parse_event(WIRE_PREFIX + type_, json.loads(json.dumps(data)))

    assert event.plain() | event.personal() | data == event.plain() | event.personal()
    assert event.key() == data[event.KEY]
    assert event.person() == (data[event.PERSON] if event.PERSON else None)


@pytest.mark.parametrize("type_", EVENT_TYPES)
def test_what_an_event_says_apart_makes_the_same_event_together(type_: str) -> None:
    event = parse_event(type_, EVENT_TYPES[type_].EXAMPLE)

    again = parse_event(type_, event.plain() | event.personal())

    assert again == event


def test_everything_about_the_person_is_personal_and_nothing_else() -> None:
    event = EVENT_TYPES["member.applied.v1"]

    assert {"name", "mobile", "groups", "organisation", "credit_code", "job_title", "adult"} == event.PERSONAL_FIELDS
    assert {
        "application", "town", "channel", "joins_association", "consented", "consent_version", "main_group",
    } == event.PLAIN_FIELDS  # fmt: skip


@pytest.mark.parametrize("type_", EVENT_TYPES)
def test_the_schema_and_the_class_agree_on_what_is_personal(type_: str) -> None:
    event = EVENT_TYPES[type_]

    marked = {name for name, rule in event.model_json_schema()["properties"].items() if "x-personal" in rule}

    assert marked == event.PERSONAL_FIELDS


@pytest.mark.parametrize("type_", EVENT_TYPES)
def test_every_field_has_a_chinese_title_for_the_workbook(type_: str) -> None:
    titles = [field.title or "" for field in EVENT_TYPES[type_].model_fields.values()]

    assert all("\u4e00" <= title[:1] <= "\u9fff" for title in titles)


def test_no_example_holds_a_phone_number() -> None:
    given = {name for event in EVENT_TYPES.values() for name in event.EXAMPLE}

    assert "mobile" not in given


def test_the_engine_alone_emits_what_no_department_may_send() -> None:
    engine_only = {type_ for type_, event in EVENT_TYPES.items() if not event.DEPARTMENTS}

    assert engine_only == {
        "member.verified.v1",
        "member.registered.v1",
        "member.refused.v1",
        "member.confirmation_due.v1",
        "member.dormant.v1",
        "member.retention_ended.v1",
        "member.erased.v1",
        "base.call_closed.v1",
        "base.prechecked.v1",
        "base.visited.v1",
        "base.scored.v1",
        "base.notice_started.v1",
        "base.inquiry_opened.v1",
        "base.objection_settled.v1",
        "base.approved.v1",
        "base.refused.v1",
        "base.plaque_granted.v1",
        "base.commitment_fulfilled.v1",
        "base.commitment_missed.v1",
        "contact_list.approved.v1",
        "contact_list.refused.v1",
        "contact_list.summed_up.v1",
        "contact_list.superseded.v1",
        "contact.confirmed.v1",
        "contact.declined.v1",
        "contact.settled.v1",
        "contact.approved.v1",
        "contact.reassignment_due.v1",
        "contact.reassigned.v1",
        "visit.due.v1",
        "visit.overdue.v1",
        "visit.held.v1",
        "visit.cancelled.v1",
        "visit.logged.v1",
        "visit.issue_raised.v1",
        "visit.erased.v1",
    }


def test_every_town_and_street_may_refer_a_member() -> None:
    assert set(UNITS) <= EVENT_TYPES["member.applied.v1"].DEPARTMENTS


def test_nothing_that_is_said_about_a_base_is_about_a_person() -> None:
    about_bases = [event for type_, event in EVENT_TYPES.items() if type_.startswith("base.")]

    assert about_bases
    assert all(event.PERSON is None and frozenset() == event.PERSONAL_FIELDS for event in about_bases)


def test_an_unknown_type_is_refused_by_name() -> None:
    with pytest.raises(UnknownEventType, match=r"liaison\.member\.promoted\.v1"):
        parse_event("liaison.member.promoted.v1", {})


def test_unknown_fields_of_a_newer_sender_are_kept_and_count_as_personal() -> None:
    event = parse_event("member.applied.v1", APPLIED | {"preferred_language": "zh", "contact": {"floor": 3}})

    assert event.personal()["preferred_language"] == "zh"
    assert event.personal()["contact"] == {"floor": 3}
    assert "preferred_language" not in event.plain()


@pytest.mark.parametrize("value", [2.5, [1, {"share": 0.5}], float("nan"), "\ud800", {"\ud800": 1}])
def test_an_unknown_field_without_one_spelling_is_refused_by_name(value: object) -> None:
    assert [loc for loc, _ in errors_of(APPLIED | {"later": value})] == [("later",)]


def test_an_unknown_field_may_be_called_like_a_method() -> None:
    event = parse_event("member.applied.v1", APPLIED | {"key": "k", "person": 1, "plain": None})

    assert event.key() == APPLIED["application"]
    assert event.personal()["key"] == "k"


def test_an_id_number_as_the_name_of_an_unknown_field_is_covered() -> None:
    event = parse_event("member.applied.v1", APPLIED | {"11010519491231002X": {"11010519491231002X": 1}})

    assert event.personal()["*" * 18] == {"*" * 18: 1}


def test_an_id_number_hidden_in_an_unknown_field_is_covered() -> None:
    event = parse_event("member.applied.v1", APPLIED | {"note": {"lines": ["号码11010519491231002X"]}})

    assert event.personal()["note"] == {"lines": ["号码******************"]}


def test_an_id_number_in_free_text_is_covered() -> None:
    event = parse_event("member.applied.v1", APPLIED | {"job_title": "主管 11010519491231002X"})

    assert event.personal()["job_title"] == "主管 ******************"


@pytest.mark.parametrize(
    ("extra", "place"),
    [
        ({"religion": "x"}, ("religion",)),
        ({"birthDate": "x"}, ("birthDate",)),
        ({"more": {"ID-Number": "x"}}, ("more", "ID-Number")),
        ({"lines": [{"ok": 1}, {"政治面貌": "x"}]}, ("lines", 1, "政治面貌")),
    ],
)
def test_a_field_that_must_not_exist_is_refused_where_it_stands(extra: dict[str, Any], place: tuple[Any, ...]) -> None:
    errors = errors_of(APPLIED | extra)

    assert [loc for loc, _ in errors] == [place]
    assert "must not exist" in errors[0][1]


def test_a_refusal_repeats_no_value() -> None:
    with pytest.raises(ValidationError) as refused:
        parse_event(
            "member.applied.v1", APPLIED | {"religion": "secret-a", "mobile": "secret-b", "credit_code": "secret-c"}
        )

    assert "secret" not in str(refused.value)


def test_a_wrong_value_names_its_field() -> None:
    errors = errors_of(APPLIED | {"town": "33022610", "groups": ["5"], "adult": "yes", "channel": "friend"})

    assert {loc[0] for loc, _ in errors} == {"town", "groups", "adult", "channel"}


@pytest.mark.parametrize("groups", [[], ["1", "1"], ["1", "2", "3", "4", "1"], "1", [1]])
def test_groups_are_one_to_four_different_codes(groups: object) -> None:
    assert {loc[0] for loc, _ in errors_of(APPLIED | {"groups": groups})} == {"groups"}


def test_the_main_group_is_the_first_of_the_groups() -> None:
    event = parse_event("member.applied.v1", APPLIED | {"groups": ["3", "1"]})

    assert event.plain()["main_group"] == "3"


def test_a_main_group_that_is_not_the_first_is_refused() -> None:
    errors = errors_of(APPLIED | {"groups": ["3", "1"], "main_group": "1"})

    assert [message for _, message in errors if "name the main group first" in message]


@pytest.mark.parametrize("type_", ["member.applied.v1", "member.supplemented.v1"])
def test_the_main_group_is_the_first_of_the_groups_and_plain(type_: str) -> None:
    event = parse_event(type_, {**EVENT_TYPES[type_].EXAMPLE, "groups": ["3", "1"]})

    assert event.plain()["main_group"] == "3"
    assert "groups" not in event.plain()


@pytest.mark.parametrize("main_group", ["1", "9", ["3"]])
def test_another_main_group_than_the_first_is_refused_at_its_place(main_group: object) -> None:
    assert [loc for loc, _ in errors_of(APPLIED | {"groups": ["3", "1"], "main_group": main_group})] == [
        ("main_group",)
    ]


def test_a_name_may_hold_characters_outside_the_basic_plane() -> None:
    event = parse_event("member.applied.v1", APPLIED | {"name": "样例·𠮷"})

    assert event.personal()["name"] == "样例·𠮷"


@pytest.mark.parametrize("name", ["", "   ", "样" * 51, "样\u0000例", "样\n例", 7, None])
def test_a_name_is_one_line_of_1_to_50_characters(name: object) -> None:
    assert {loc[0] for loc, _ in errors_of(APPLIED | {"name": name})} == {"name"}


def test_a_mobile_number_is_stored_as_eleven_digits() -> None:
    event = parse_event("member.applied.v1", APPLIED | {"mobile": "+86 138-0013-8000"})

    assert event.personal()["mobile"] == "13800138000"


@pytest.mark.parametrize("application", ["", "-a", "a b", "样例", "a" * 65, "a/b", "a\nb"])
def test_an_application_id_is_plain_and_short(application: str) -> None:
    assert {loc[0] for loc, _ in errors_of(APPLIED | {"application": application})} == {"application"}


def test_an_event_cannot_be_changed() -> None:
    event = parse_event("member.applied.v1", APPLIED)

    with pytest.raises(ValidationError, match="frozen"):
        event.application = "other"  # type: ignore[attr-defined]


def test_a_personal_mark_inside_an_optional_counts() -> None:
    class Hidden(DomainEvent):
        TYPE: ClassVar[str] = "test.hidden.v1"
        KEY: ClassVar[str] = "application"
        PERSON: ClassVar[str | None] = "application"
        TITLE: ClassVar[str] = "测试"
        EXAMPLE: ClassVar[Mapping[str, Any]] = example(application="a")

        application: str
        nickname: Annotated[str, PERSONAL] | None = None

    assert Hidden(application="a", nickname="b").plain() == {"application": "a"}


def test_an_event_with_personal_fields_must_say_whom_they_are_about() -> None:
    with pytest.raises(TypeError, match="PERSON"):

        class Nobody(DomainEvent):
            TYPE: ClassVar[str] = "test.nobody.v1"
            KEY: ClassVar[str] = "application"

            application: str
            name: Annotated[str, PERSONAL]


def test_old_versions_are_read_as_the_newest_step_by_step() -> None:
    upcasters = {
        "test.moved.v1": lambda data: ("test.moved.v2", {"town": data["area"]}),
        "test.moved.v2": lambda data: ("test.moved.v3", dict(data) | {"reason": "unknown"}),
    }

    newest = upcast("test.moved.v1", {"area": "330226105"}, upcasters)

    assert newest == ("test.moved.v3", {"town": "330226105", "reason": "unknown"})
    assert upcast("test.moved.v3", {"town": "x"}, upcasters) == ("test.moved.v3", {"town": "x"})
