"""Each rule of `check`: a planted mistake is found at its place, and its repaired twin is clean."""

from datetime import date
from typing import Any

import pytest

from domain.events import EVENT_TYPES
from tests.workflows_for_tests import EVENTS, people
from workflows.language.checks import check, check_all
from workflows.language.expressions import at_least, contains, equals, given, is_true
from workflows.language.findings import SENTENCES
from workflows.language.words import (
    Approve,
    CarryOut,
    Form,
    FormField,
    Handler,
    Step,
    Workflow,
    always,
    applicant,
    approve,
    beside,
    carry_out,
    choice,
    department,
    do,
    emit,
    end,
    erase,
    escalate,
    follow_up,
    interrupts,
    lookup,
    message,
    nothing,
    number,
    parallel,
    remind,
    role,
    seats,
    sequence,
    set_field,
    to_applicant,
    wait,
    when,
    workflow,
)
from workflows.library import CATALOGUE
from workflows.testkit import staff

OFFICER = role("section_officer")
DONE = end("done")


def trial(*steps: Step, on: tuple[Handler, ...] = (), forms: tuple[Form, ...] = ()) -> Workflow:
    return workflow(
        "trial", starts_on="trial.requested.v1", about="trial", person=True, forms=forms, on=on, steps=sequence(*steps)
    )


def base(*steps: Step, starts_on: str = "trial.reviewed.v1") -> Workflow:
    """A workflow that is about no person."""
    return workflow("base", starts_on=starts_on, about="base", steps=sequence(*steps))


def asked(name: str = "asked", **given: Any) -> Approve:
    words: dict[str, Any] = {
        "by": OFFICER,
        "within": 3,
        "overdue": (remind(0),),
        "on_reject": end("refused", "rejected"),
    }
    return approve(name, **{**words, **given})


def reported(form: str, name: str = "reported") -> CarryOut:
    return carry_out(name, by=OFFICER, within=3, overdue=(remind(0),), form=form)


def paid(**given: Any) -> Step:
    return wait("paid", **{"event": "trial.paid.v1", "within": 3, "silence": end("unpaid"), **given})


def asking(field: FormField, *more: FormField) -> tuple[Form, ...]:
    return (Form(name="report.v1", fields=(field, *more)),)


GRADE = FormField(name="grade", type="choice", choices=("good", "poor"))
COUNT = FormField(name="rooms", type="integer")
SUPPLEMENT: dict[str, Any] = {"within": 5, "answered_by": "trial.supplemented.v1", "takes": ("name",)}

MISTAKES: list[tuple[str, str, Workflow, Workflow]] = [
    (
        "dead_end",
        "steps/which/0",
        trial(choice("which", when(is_true("urgent"), message("told", to=OFFICER)), otherwise=DONE)),
        trial(choice("which", when(is_true("urgent"), end("urgent")), otherwise=DONE)),
    ),
    (
        "dead_end",
        "on/0",
        trial(DONE, on=(interrupts("trial.stopped.v1", nothing()),)),
        trial(DONE, on=(interrupts("trial.stopped.v1", end("stopped")),)),
    ),
    (
        "unreachable",
        "steps/told",
        trial(DONE, message("told", to=OFFICER)),
        trial(message("told", to=OFFICER), DONE),
    ),
    ("twin_name", "steps", trial(asked(), asked(), DONE), trial(asked(), asked("again"), DONE)),
    ("bad_name", "steps/on", trial(asked("on"), DONE), trial(asked("upon"), DONE)),
    (
        "unknown_language",
        "",
        trial(DONE).model_copy(update={"language": 99}),
        trial(DONE),
    ),
    (
        "automatic_signature",
        "steps/asked/supplement/silence",
        trial(asked(signature=True, on_return=to_applicant(silence=nothing(), **SUPPLEMENT)), DONE),
        trial(asked(signature=True, on_return=to_applicant(silence=end("silent"), **SUPPLEMENT)), DONE),
    ),
    ("no_silence", "steps/asked", trial(asked(overdue=()), DONE), trial(asked(), DONE)),
    ("no_silence", "steps/paid", trial(paid(within=None, silence=None), DONE), trial(paid(), DONE)),
    ("overdue_without_within", "steps/asked", trial(asked(within=None), DONE), trial(asked(within=1), DONE)),
    (
        "ladder_order",
        "steps/asked",
        trial(asked(overdue=(escalate(+2, to=OFFICER), remind(0))), DONE),
        trial(asked(overdue=(remind(0), escalate(+2, to=OFFICER))), DONE),
    ),
    ("late_reminder", "steps/paid", trial(paid(overdue=(remind(0),)), DONE), trial(paid(overdue=(remind(-1),)), DONE)),
    ("no_days", "steps/asked", trial(asked(within=0), DONE), trial(asked(within=number("trial.days", 1)), DONE)),
    (
        "number_differs",
        "steps/two",
        trial(asked("one", within=number("trial.days", 1)), asked("two", within=number("trial.days", 2)), DONE),
        trial(asked("one", within=number("trial.days", 2)), asked("two", within=number("trial.days", 2)), DONE),
    ),
    ("nobody", "steps/asked", trial(asked(by=role("minister")), DONE), trial(asked(by=role("town_clerk")), DONE)),
    (
        "nobody",
        "steps/asked",
        trial(asked(overdue=(escalate(+1, to=role("minister")),)), DONE),
        trial(asked(overdue=(escalate(+1, to=role("office_head")),)), DONE),
    ),
    (
        "too_few",
        "steps/asked",
        trial(asked(by=seats(4, role("panel_member"))), DONE),
        trial(asked(by=seats(3, role("panel_member"))), DONE),
    ),
    (
        "unknown_department",
        "steps/asked",
        trial(asked(by=department("elsewhere")), DONE),
        trial(asked(by=department("office")), DONE),
    ),
    (
        "scope_field",
        "steps/asked",
        trial(asked(by=role("town_clerk", of="name")), DONE),
        trial(asked(by=role("town_clerk", of="town")), DONE),
    ),
    (
        "needs_person",
        "steps/told",
        base(message("told", to=applicant()), DONE),
        base(message("told", to=OFFICER), DONE),
    ),
    ("needs_person", "steps/erase", base(do("erase", erase()), DONE), trial(do("erase", erase()), DONE)),
    ("needs_person", "", base(DONE, starts_on="trial.requested.v1"), base(DONE)),
    ("unknown_event", "steps/paid", trial(paid(event="trial.payed.v1"), DONE), trial(paid(), DONE)),
    (
        "unknown_event",
        "on/0",
        trial(DONE, on=(beside("trial.gone.v1", nothing()),)),
        trial(DONE, on=(beside("trial.stopped.v1", nothing()),)),
    ),
    (
        "withdrawal_unheard",
        "",
        trial(DONE).model_copy(update={"withdrawn_by": "trial.stopped.v1"}),
        trial(DONE, on=(interrupts("trial.stopped.v1", end("stopped")),)).model_copy(
            update={"withdrawn_by": "trial.stopped.v1"}
        ),
    ),
    (
        "emit_misses",
        "",
        trial(DONE, on=(interrupts("trial.closed.v1", end("stopped")),)).model_copy(
            update={"withdrawn_by": "trial.closed.v1"}
        ),
        trial(DONE, on=(interrupts("trial.stopped.v1", end("stopped")),)).model_copy(
            update={"withdrawn_by": "trial.stopped.v1"}
        ),
    ),
    ("takes_unknown", "steps/paid", trial(paid(takes=("amount",)), DONE), trial(paid(takes=("receipt",)), DONE)),
    ("wait_key", "steps/paid", trial(paid(key="bill"), DONE), trial(paid(key="invoice"), DONE)),
    ("wait_key", "steps/paid", trial(paid(key="name"), DONE), trial(paid(key="town"), DONE)),
    (
        "emit_misses",
        "steps/close",
        trial(do("close", emit("trial.closed.v1", result="good", by="office")), DONE),
        trial(
            paid(takes=("receipt",)),
            do("close", set_field("result", value="good"), emit("trial.closed.v1", by="office")),
            DONE,
        ),
    ),
    (
        "emit_misses",
        "steps/close",
        trial(
            paid(takes=("receipt",), silence=nothing()), do("close", emit("trial.closed.v1", result="", by="")), DONE
        ),
        trial(
            paid(takes=("receipt",), silence=nothing()),
            choice(
                "paid_or_not",
                when(given("receipt"), do("close", emit("trial.closed.v1", result="", by=""))),
                otherwise=nothing(),
            ),
            DONE,
        ),
    ),
    (
        "emit_value",
        "steps/close",
        trial(do("close", emit("trial.closed.v1", result=True, receipt="r", by="office")), DONE),
        trial(do("close", emit("trial.closed.v1", result="good", receipt="r", by="office")), DONE),
    ),
    (
        "unknown_form",
        "steps/reported",
        trial(reported("report.v1"), DONE),
        trial(reported("report.v1"), DONE, forms=asking(GRADE)),
    ),
    ("twin_form", "forms/report.v1", trial(DONE, forms=asking(GRADE) * 2), trial(DONE, forms=asking(GRADE))),
    ("twin_field", "forms/report.v1", trial(DONE, forms=asking(GRADE, GRADE)), trial(DONE, forms=asking(GRADE, COUNT))),
    (
        "no_choices",
        "forms/report.v1",
        trial(DONE, forms=asking(FormField(name="grade", type="choice", choices=("good",)))),
        trial(DONE, forms=asking(GRADE)),
    ),
    (
        "needless_choices",
        "forms/report.v1",
        trial(DONE, forms=asking(FormField(name="rooms", type="integer", choices=("1",)))),
        trial(DONE, forms=asking(COUNT)),
    ),
    (
        "never_written",
        "steps/which/0",
        trial(choice("which", when(given("colour"), nothing()), otherwise=nothing()), DONE),
        trial(choice("which", when(given("amount"), nothing()), otherwise=nothing()), DONE),
    ),
    (
        "wrong_type",
        "steps/which/0",
        trial(choice("which", when(contains("town", "T1"), nothing()), otherwise=nothing()), DONE),
        trial(choice("which", when(contains("topics", "T1"), nothing()), otherwise=nothing()), DONE),
    ),
    (
        "wrong_type",
        "steps/which/0",
        trial(parallel("which", when(at_least("urgent", 3), nothing())), DONE),
        trial(parallel("which", when(at_least("amount", 3), nothing())), DONE),
    ),
    (
        "impossible_value",
        "steps/which/0",
        trial(
            reported("report.v1"),
            choice("which", when(equals("grade", "fair"), nothing()), otherwise=nothing()),
            DONE,
            forms=asking(GRADE),
        ),
        trial(
            reported("report.v1"),
            choice("which", when(equals("grade", "poor"), nothing()), otherwise=nothing()),
            DONE,
            forms=asking(GRADE),
        ),
    ),
    (
        "two_writers",
        "steps/both",
        trial(
            parallel("both", always(paid(takes=("receipt",))), always(do("note", set_field("receipt", value="none")))),
            DONE,
        ),
        trial(
            parallel("both", always(paid(takes=("receipt",))), always(do("note", set_field("note", value="none")))),
            DONE,
        ),
    ),
    (
        "two_writers",
        "",
        trial(
            do("note", set_field("note", value="mine")),
            DONE,
            on=(beside("trial.noted.v1", nothing(), takes=("note",)),),
        ),
        trial(
            do("note", set_field("remark", value="mine")),
            DONE,
            on=(beside("trial.noted.v1", nothing(), takes=("note",)),),
        ),
    ),
    (
        "unknown_register",
        "steps/look",
        trial(do("look", lookup("people", by="fingerprint", into="twin")), DONE),
        trial(do("look", lookup("members", by="fingerprint", into="twin")), DONE),
    ),
    (
        "lookup_field",
        "steps/look",
        trial(do("look", lookup("members", by="amount", into="twin")), DONE),
        trial(do("look", lookup("members", by="invoice", into="twin")), DONE),
    ),
]

ROUND = {
    "requested": workflow(
        "one",
        starts_on="trial.review_due.v1",
        about="trial",
        person=True,
        steps=sequence(do("go", emit("trial.closed.v1", result="", receipt="", by="")), DONE),
    ),
    "closed": workflow(
        "two",
        starts_on="trial.closed.v1",
        about="trial",
        person=True,
        steps=sequence(do("go", emit("trial.review_due.v1")), DONE),
    ),
    "planned": workflow(
        "two",
        starts_on="trial.closed.v1",
        about="trial",
        person=True,
        steps=sequence(follow_up("go", event="trial.review_due.v1", months=6), DONE),
    ),
}


def listening(name: str, *, waits_for: str, emits: str, patiently: bool = True) -> Workflow:
    return workflow(
        name,
        starts_on="trial.requested.v1",
        about="trial",
        person=True,
        steps=sequence(
            wait(
                "heard",
                event=waits_for,
                within=5,
                overdue=(remind(-1),),
                silence=None if patiently else nothing(),
            ),
            do(
                "answer", emit(emits, **({"result": "", "receipt": "", "by": ""} if emits == "trial.closed.v1" else {}))
            ),
            DONE,
        ),
    )


def codes(definition: Workflow) -> list[tuple[str, str]]:
    return [(one.code, one.path) for one in check(definition, EVENTS, people(), date(2026, 3, 2))]


@pytest.mark.parametrize(("code", "path", "planted", "repaired"), MISTAKES, ids=[one[0] for one in MISTAKES])
def test_a_planted_mistake_is_found_where_it_stands(
    code: str, path: str, planted: Workflow, repaired: Workflow
) -> None:
    assert (code, path) in codes(planted)


@pytest.mark.parametrize(("code", "path", "planted", "repaired"), MISTAKES, ids=[one[0] for one in MISTAKES])
def test_the_repaired_twin_is_clean(code: str, path: str, planted: Workflow, repaired: Workflow) -> None:
    assert codes(repaired) == []


def test_workflows_that_start_each_other_at_once_are_named() -> None:
    found = check_all([ROUND["requested"], ROUND["closed"]], EVENTS)

    assert [(one.code, one.values["cycle"]) for one in found["one"]] == [("start_cycle", "one → two → one")]


def test_workflows_that_start_each_other_with_months_between_are_clean() -> None:
    assert check_all([ROUND["requested"], ROUND["planned"]], EVENTS) == {"one": (), "two": ()}


def test_workflows_that_only_wait_for_each_other_are_named() -> None:
    one = listening("one", waits_for="trial.closed.v1", emits="trial.review_due.v1")
    two = listening("two", waits_for="trial.review_due.v1", emits="trial.closed.v1")

    found = check_all([one, two], EVENTS)

    assert {name: [finding.code for finding in findings] for name, findings in found.items()} == {
        "one": ["never_comes"],
        "two": ["never_comes"],
    }


def test_one_answer_to_silence_is_enough_to_break_the_ring() -> None:
    one = listening("one", waits_for="trial.closed.v1", emits="trial.review_due.v1", patiently=False)
    two = listening("two", waits_for="trial.review_due.v1", emits="trial.closed.v1")

    assert check_all([one, two], EVENTS) == {"one": (), "two": ()}


def test_every_code_has_a_planted_mistake() -> None:
    planted = {code for code, *_ in MISTAKES} | {"start_cycle", "never_comes"}

    assert planted == set(SENTENCES)


def test_a_finding_can_be_said_in_words() -> None:
    (found,) = check(trial(asked(by=role("minister")), DONE), EVENTS, people())

    assert found.message % found.values == "目前没有人担任minister"
    assert found.remedy % found.values


@pytest.mark.parametrize("code", SENTENCES)
def test_every_sentence_finds_its_values(code: str) -> None:
    found = [one for _, _, planted, _ in MISTAKES for one in check(planted, EVENTS, people()) if one.code == code]

    assert all("%" not in one.message % one.values + one.remedy % one.values for one in found)


def test_without_a_roster_nobody_is_missed() -> None:
    assert check(trial(asked(by=role("minister")), DONE), EVENTS) == ()


def test_a_post_that_is_not_held_yet_counts_for_nothing() -> None:
    later = staff(officer="section_officer", since=date(2026, 4, 1))

    before = check(trial(asked(), DONE), EVENTS, later, date(2026, 3, 31))
    after = check(trial(asked(), DONE), EVENTS, later, date(2026, 4, 1))

    assert [one.code for one in before] == ["nobody"]
    assert after == ()


def test_the_catalogue_has_no_finding() -> None:
    found = check_all(CATALOGUE, EVENT_TYPES)

    assert found == {definition.name: () for definition in CATALOGUE}
