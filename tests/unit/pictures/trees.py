"""Random trees of the whole language, for properties of pictures: valid as data, not necessarily sound."""

from hypothesis import strategies as st

from domain.approval import Mode
from workflows.language.expressions import at_least, is_true
from workflows.language.words import (
    Branch,
    Handler,
    Join,
    Parallel,
    Step,
    ToApplicant,
    Way,
    Workflow,
    approve,
    call,
    carry_out,
    choice,
    do,
    emit,
    end,
    exclusive,
    for_each,
    guard,
    loop,
    message,
    nothing,
    public_notice,
    race,
    role,
    seats,
    sequence,
    set_field,
    vote,
    wait,
    workflow,
)

CLERK = role("town_clerk")
NAMES = st.sampled_from(["step", "other", "a_step_with_a_rather_long_name_for_a_box"])
EVENTS = st.sampled_from(["trial.paid.v1", "trial.noted.v1", "trial.stopped.v1"])
CONDITIONS = st.sampled_from([is_true("urgent"), at_least("amount", 5)])
JOINS = st.builds(
    Join,
    of=st.none() | st.just(2),
    once=st.none() | st.just(is_true("enough")),
    rest=st.sampled_from(["cancel", "ignore"]),
)
LEAVES: st.SearchStrategy[Step] = st.one_of(
    st.just(nothing()),
    st.builds(end, st.sampled_from(["closed", "refused"])),
    st.builds(message, NAMES, to=st.just(CLERK)),
    st.builds(do, NAMES, st.just(set_field("done", value=True)), st.just(emit("trial.closed.v1"))),
    st.builds(carry_out, NAMES, by=st.just(seats(2, CLERK)), within=st.none() | st.just(2)),
    st.builds(wait, NAMES, event=EVENTS),
    st.builds(
        call,
        NAMES,
        workflow=st.just("other"),
        over=st.none() | st.just("topics"),
        waits=st.booleans(),
        join=JOINS,
    ),
)


def some(inner: st.SearchStrategy[Step], least: int = 1) -> st.SearchStrategy[list[Step]]:
    """Steps that stand at their number, so that their names may be the same."""
    return st.lists(inner.map(sequence), min_size=least, max_size=3)


def handlers(inner: st.SearchStrategy[Step]) -> st.SearchStrategy[tuple[Handler, ...]]:
    made = st.builds(Handler, event=EVENTS, mode=st.sampled_from(["interrupts", "beside"]), do=inner)
    return st.lists(made, max_size=2).map(tuple)


def blocks(inner: st.SearchStrategy[Step]) -> st.SearchStrategy[Step]:
    branches = st.lists(st.builds(Branch, when=CONDITIONS, do=inner), min_size=1, max_size=3)
    ways = st.lists(st.builds(Way, first=inner, do=inner), min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda steps, on: sequence(*steps, on=on), some(inner), handlers(inner)),
        st.builds(lambda name, chosen, otherwise: choice(name, *chosen, otherwise=otherwise), NAMES, branches, inner),
        st.builds(Parallel, name=NAMES, branches=branches.map(tuple), join=JOINS, on=handlers(inner)),
        st.builds(
            for_each, NAMES, over=st.just("topics") | st.just(3), each=NAMES, do=inner, join=JOINS, on=handlers(inner)
        ),
        st.builds(
            loop,
            NAMES,
            do=inner,
            until=CONDITIONS,
            test=st.sampled_from(["before", "after"]),
            at_most=st.none() | st.just(3),
        ),
        st.builds(lambda name, chosen: race(name, *chosen), NAMES, ways),
        st.builds(exclusive, NAMES, resource=st.just("room"), of=st.none() | st.just("town"), do=inner),
        people(inner),
    )


def people(inner: st.SearchStrategy[Step]) -> st.SearchStrategy[Step]:
    """What somebody is asked, or what has a time of its own, with the ways that leave it."""
    returned = st.none() | st.builds(ToApplicant, within=st.just(3), silence=inner)
    return st.one_of(
        st.builds(approve, NAMES, by=st.just(CLERK), within=st.just(2), on_return=returned, on_reject=inner),
        st.builds(approve, NAMES, by=st.just(seats(2, CLERK)), mode=st.just(Mode.ALL), on_reject=inner),
        st.builds(
            vote,
            NAMES,
            by=st.just(seats(5, CLERK)),
            quorum=st.just("2/3"),
            passes=st.just("1/2"),
            within=st.just(3),
            fails=inner,
            tie=st.none() | inner,
            no_quorum=st.none() | inner,
        ),
        st.builds(wait, NAMES, event=EVENTS, within=st.just(4), silence=inner),
        st.builds(public_notice, NAMES, lasts=st.just(5), on=handlers(inner)),
    )


STEPS = st.recursive(LEAVES, blocks, max_leaves=12)


def trees() -> st.SearchStrategy[Workflow]:
    """A workflow of any shape."""
    return st.builds(
        lambda steps, on: workflow(
            "any_tree",
            starts_on="trial.requested.v1",
            about="trial",
            steps=sequence(*steps),
            on=on,
            guards=(guard("withdraw", while_in=("step",)),),
        ),
        some(STEPS),
        handlers(LEAVES),
    )
