"""What a preview says comes next is what the machine enters."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.simulation.definitions import FORM, HEAD, called_by, pool
from tests.simulation.people import roster
from workflows.language.expressions import equals, given, is_true
from workflows.language.words import (
    Form,
    FormField,
    Step,
    Workflow,
    always,
    approve,
    call,
    carry_out,
    choice,
    department,
    do,
    end,
    exclusive,
    for_each,
    loop,
    nothing,
    parallel,
    public_notice,
    race,
    read,
    role,
    sequence,
    set_field,
    wait,
    way,
    when,
    workflow,
)
from workflows.machine.case import JSON, Slice
from workflows.machine.coming import Coming, Sure
from workflows.machine.facts import Facts
from workflows.machine.following import Consequences, consequences
from workflows.machine.preview import Ahead, ahead
from workflows.machine.stimuli import Act
from workflows.machine.turn import step_path
from workflows.moves.acting import act as perform
from workflows.testkit import Office

CLERK = role("clerk")
SEEDS = range(40)


def office_of(definition: Workflow, *others: Workflow) -> Office:
    return Office(workflows=(definition, *others), roster=roster())


def facts_of(office: Office) -> Facts:
    library = office.library
    return Facts(library.roster(), library.calendar(), library.numbers(), fingerprint=office.engine.vault.fingerprint)


def slice_of(office: Office, case: str) -> Slice:
    return office.store.units.read(lambda unit: unit.load([case]))[case]


def way_of(office: Office, case: str) -> Ahead:
    live = slice_of(office, case)
    return ahead(office.library.by_hash(live.head.workflow_hash), live, facts_of(office), office.clock())


def started(definition: Workflow, *others: Workflow, **plain: JSON) -> tuple[Office, str]:
    office = office_of(definition, *others)
    return office, office.send(office.event(definition.starts_on, key="k1", person="k1", **plain)).cases[0]


def simple(*steps: Step, forms: tuple[Form, ...] = (FORM,)) -> Workflow:
    return workflow("tried", starts_on="tried.v1", about="matter", person=True, forms=forms, steps=sequence(*steps))


def told(found: Ahead) -> list[tuple[str, str]]:
    return [(one.path.removeprefix("steps/"), one.sure.value) for one in found.steps if one.path != "steps"]


def at(found: Ahead, path: str) -> Coming:
    return next(one for one in found.steps if one.path == f"steps/{path}")


# -- the way ahead -----------------------------------------------------------------------------------------


def test_a_case_stands_in_one_step_and_all_others_lie_ahead() -> None:
    office, case = started(
        simple(carry_out("look", by=CLERK, within=2), approve("decide", by=HEAD, on_reject=end("no")), end("done"))
    )

    found = way_of(office, case)

    assert told(found) == [("look", "live"), ("decide", "certain"), ("2", "certain")]
    assert found.ends


def test_people_are_named_and_dates_counted_as_if_it_were_today() -> None:
    office, case = started(simple(carry_out("look", by=CLERK), carry_out("write", by=department("d1"), within=2)))

    found = way_of(office, case)

    assert at(found, "look").who == ("role:clerk:",)
    assert at(found, "write").who == ("user:liu",)
    assert at(found, "write").due_at is not None


def test_a_seat_that_nobody_can_take_is_marked_as_the_offices() -> None:
    office, case = started(simple(carry_out("look", by=CLERK), carry_out("judge", by=role("judge"))))

    found = at(way_of(office, case), "judge")

    assert (found.who, found.fallback) == (("role:office_head:",), True)


def test_people_who_depend_on_a_field_that_is_not_there_yet_are_unknown() -> None:
    form = Form(name="where.v1", fields=(FormField(name="town", type="text"),))
    office, case = started(
        simple(carry_out("ask", by=CLERK, form="where.v1"), carry_out("go", by=role("clerk", of="town")), forms=(form,))
    )

    found = at(way_of(office, case), "go")

    assert (found.who, found.who_unknown, found.fallback) == ((), True, False)


def test_both_branches_are_shown_while_a_value_is_unknown() -> None:
    office, case = started(
        simple(
            carry_out("look", by=CLERK, form=FORM.name),
            choice("well", when(is_true("fine"), carry_out("praise", by=CLERK)), otherwise=carry_out("mend", by=CLERK)),
            carry_out("file", by=CLERK),
        ),
        fine=True,
    )

    found = told(way_of(office, case))

    assert ("well/0", "possible") in found
    assert ("well/otherwise", "possible") in found
    assert ("file", "certain") in found


def test_one_branch_is_shown_where_the_value_is_known_and_nothing_ahead_writes_it() -> None:
    office, case = started(
        simple(
            carry_out("look", by=CLERK),
            choice("well", when(is_true("fine"), carry_out("praise", by=CLERK)), otherwise=carry_out("mend", by=CLERK)),
        ),
        fine=True,
    )

    assert told(way_of(office, case)) == [("look", "live"), ("well", "certain"), ("well/0", "certain")]


def test_a_value_that_a_step_ahead_sets_is_known_behind_it() -> None:
    office, case = started(
        simple(
            carry_out("look", by=CLERK),
            do("mark", set_field("fine", value=True)),
            choice("well", when(given("fine"), carry_out("praise", by=CLERK)), otherwise=nothing()),
        )
    )

    assert ("well/0", "certain") in told(way_of(office, case))


def test_both_branches_are_shown_where_a_row_will_be_read() -> None:
    known = choice("known", when(equals("status", "open"), carry_out("go_on", by=CLERK)), otherwise=end("closed"))
    office, case = started(
        simple(carry_out("look", by=CLERK), do("read", read("bases", key="base", takes={"status": "status"})), known)
    )

    found = way_of(office, case)

    assert {at(found, path).sure.value for path in ("known/0", "known/otherwise")} == {"possible"}


def test_what_comes_after_a_way_that_may_end_the_case_is_possible() -> None:
    office, case = started(
        simple(
            carry_out("look", by=CLERK, form=FORM.name),
            choice("well", when(is_true("fine"), nothing()), otherwise=end("bad")),
            carry_out("file", by=CLERK),
        )
    )

    found = way_of(office, case)

    assert ("file", "possible") in told(found)
    assert not found.ends


def test_a_loop_is_shown_once_and_a_call_by_its_name() -> None:
    called = workflow("helped", starts_on="helped.v1", about="matter", steps=carry_out("help", by=CLERK))
    office, case = started(
        simple(
            carry_out("look", by=CLERK),
            loop("again", do=carry_out("try", by=CLERK, form=FORM.name), until=is_true("fine"), at_most=5),
            call("helping", workflow="helped"),
        ),
        called,
    )

    found = way_of(office, case)

    assert [path for path, _ in told(found)] == ["look", "again", "again/do", "helping"]
    assert at(found, "helping").calls == "helped"


def test_turns_ways_and_resources_are_shown() -> None:
    office, case = started(
        simple(
            carry_out("look", by=CLERK),
            for_each("parts", over="parts", each="part", do=carry_out("see", by=CLERK)),
            race("first", way(wait("call_back", event="called.v1")), way(public_notice("term", lasts=3))),
            exclusive("hall", resource="hall", do=carry_out("meet", by=CLERK)),
            parallel("both", always(carry_out("one", by=CLERK)), when(is_true("fine"), carry_out("two", by=CLERK))),
        ),
        parts=["a", "b"],
    )

    found = told(way_of(office, case))

    assert ("parts/do", "certain") in found
    assert ("first/1/first", "possible") in found
    assert ("hall/do", "certain") in found
    assert ("both/0", "certain") in found
    assert ("both/1", "possible") in found


def test_an_event_that_would_start_a_case_shows_the_whole_way() -> None:
    office, case = started(simple(carry_out("look", by=CLERK), end("done")))
    head = slice_of(office, case).head
    definition = office.library.by_hash(head.workflow_hash)
    fresh = Slice(head=replace(head, seq=0, version=0))

    found = ahead(definition, fresh, facts_of(office), office.clock())

    assert told(found) == [("look", "certain"), ("1", "certain")]


def test_nothing_lies_ahead_of_a_case_that_has_ended() -> None:
    office, case = started(simple(end("done")))

    assert way_of(office, case) == Ahead((), ends=True)


# -- what an act would do ----------------------------------------------------------------------------------


def test_the_consequences_of_an_act_are_the_decision_and_change_nothing() -> None:
    office, case = started(simple(carry_out("look", by=CLERK), carry_out("write", by=department("d1"), within=2)))

    found = consequences_of(office, case, "complete")

    assert found.entered == ("steps/write",)
    assert [(one.path, one.who) for one in found.opened] == [("steps/write", ("user:liu",))]
    assert [item.item.path for item in office.inbox("chen")] == ["steps/look"]


def test_an_act_that_is_refused_has_no_consequences() -> None:
    office, case = started(simple(carry_out("look", by=CLERK)))

    found = consequences_of(office, case, "agree")

    assert found.refused is not None
    assert found.entered == ()


def test_a_withdrawal_says_whose_items_are_cancelled() -> None:
    office, case = started(simple(carry_out("look", by=CLERK)))
    head = slice_of(office, case)
    act = Act("x", case, None, "withdraw", "k1", frozenset({"person:k1"}), None)

    found = consequences(office.library.by_hash(head.head.workflow_hash), head, act, facts_of(office), office.clock())

    assert (found.state, found.cancelled) == ("withdrawn", ("steps/look",))


def consequences_of(office: Office, case: str, verb: str) -> Consequences:
    live = slice_of(office, case)
    item = next(iter(live.items.values()))
    held = frozenset(one.who for one in live.holders[item.id])
    act = Act("x", case, item.id, verb, "chen", held, item.version)
    definition = office.library.by_hash(live.head.workflow_hash)
    return consequences(definition, live, act, facts_of(office), office.clock())


# -- the property ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_an_agreement_enters_was_on_the_way_ahead(seed: int) -> None:
    definition = pool()[seed]

    surprises = list(surprises_of(definition))

    assert surprises == []


def surprises_of(definition: Workflow) -> Iterator[str]:
    """Agree and complete until nothing is left to do; tell what was entered and had not been foreseen."""
    office = office_of(definition, *called_by([definition]))
    plain: dict[str, JSON] = {"a": True, "b": False, "town": "T1", "parts": ["k1", "k2"]}
    case = office.send(office.event(definition.starts_on, key="k1", person="k1", **plain)).cases[0]
    for _ in range(40):
        live, foreseen = slice_of(office, case), {step_path(one.path) for one in way_of(office, case).steps}
        entered = entered_by_agreeing(office, live)
        yield from (path for path in entered if step_path(path) not in foreseen)
        if not entered:
            return


def entered_by_agreeing(office: Office, live: Slice) -> list[str]:
    for item in sorted(live.items.values(), key=lambda one: one.path):
        held = frozenset(one.who for one in live.holders[item.id])
        verb = "complete" if item.kind in {"carry_out", "supplement"} else "agree"
        form = {"fine": True} if item.form == FORM.name else {}
        act = Act(f"x{item.id}", item.case, item.id, verb, "chen", held, item.version, form=form)
        definition = office.library.by_hash(live.head.workflow_hash)
        found = consequences(definition, live, act, facts_of(office), office.clock())
        if found.refused is None:
            done = perform(office.engine, act)
            office.drain()
            assert done.status == 200
            return [*found.entered, *found.passed, "steps"]
    return []


def test_what_is_certain_comes_when_everybody_agrees_to_the_end() -> None:
    played = [promised_and_entered(definition) for definition in pool()]
    ended = [one for one in played if one is not None]

    assert [sorted(promised - entered) for promised, entered in ended] == [[]] * len(ended)
    assert len(ended) > 10
    assert sum(len(promised) for promised, _ in ended) > 50


def promised_and_entered(definition: Workflow) -> tuple[set[str], set[str]] | None:
    """What was certain at the start, and what was entered; None where the case waits for more than agreement."""
    office = office_of(definition, *called_by([definition]))
    plain: dict[str, JSON] = {"a": True, "b": False, "town": "T1", "parts": ["k1", "k2"]}
    case = office.send(office.event(definition.starts_on, key="k1", person="k1", **plain)).cases[0]
    certain = [
        one for one in way_of(office, case).steps if one.sure is Sure.CERTAIN and one.kind not in LEAVING_NO_TRACE
    ]
    for _ in range(40):
        if not entered_by_agreeing(office, slice_of(office, case)):
            break
    if office.case(case).head.outcome != "done":
        return None
    return {step_path(one.path) for one in certain}, set(entered_paths(office, case))


LEAVING_NO_TRACE = frozenset({"do", "message", "follow_up", "end"})


def entered_paths(office: Office, case: str) -> Iterator[str]:
    for entry in office.history(case):
        delta = entry.body["delta"]
        yield from (step_path(row["path"]) for row in delta.get("activations", ()))
        yield from (step_path(path) for path, _, _ in delta.get("passed", ()))
