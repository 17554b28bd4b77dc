"""Random definitions of every word, for properties that must hold for all of them. They need not pass the checks."""

from typing import Any

from hypothesis import strategies as st

from workflows.language import expressions as ex
from workflows.language import words as w

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.sampled_from(
    [
        "on",
        "yes",
        "null",
        "~",
        "1",
        "1.5",
        "2026-01-01",
        "0x1f",
        "样例",
        "a: b",
        "- a",
        "#",
        "",
        " ",
        "\n",
        "=",
        "<<",
        "\x85",
        "a\u2028b",
        "\ufeff",
    ]
)
numbers = st.builds(w.Number, name=texts, default=st.integers(1, 400))
days = st.integers(-5, 400) | numbers
terms = days | st.builds(w.OnDay, field=texts)
roles = st.builds(w.RoleHolders, name=texts, of=st.none() | texts)
values = st.booleans() | st.integers(-5, 5) | texts
fields = st.builds(ex.FieldValue, name=texts)
constants = st.builds(ex.Constant, value=st.none() | values | st.lists(values, max_size=2).map(tuple))
conditions = st.recursive(
    st.builds(ex.Given, name=texts)
    | st.builds(ex.Compare, op=st.sampled_from(["eq", "lt", "in", "contains"]), left=fields, right=constants),
    lambda inner: (
        st.builds(ex.Negation, part=inner)
        | st.builds(ex.AllOf, parts=st.lists(inner, max_size=2).map(tuple))
        | st.builds(ex.AnyOf, parts=st.lists(inner, max_size=2).map(tuple))
    ),
    max_leaves=3,
)
held_by = st.sampled_from(["liaison", "leader", "anybody"])
liaisons = st.builds(w.DepartmentLiaison, code=texts, held_by=held_by)
posts = st.builds(w.PostHolders, code=texts)
seats = st.builds(w.Seats, n=st.integers(1, 5), role=roles, pick=st.sampled_from(["any", "least_loaded"]))
plain_people = st.one_of(
    roles,
    liaisons,
    posts,
    seats,
    st.builds(w.Panel, name=texts),
    st.builds(
        w.Superiors,
        of=st.none() | texts,
        levels=st.none() | st.integers(1, 20),
        up_to=st.none() | texts,
        first=st.sampled_from(["nearest", "highest"]),
        vacant=st.sampled_from(["skip", "ask"]),
    ),
    st.builds(w.NamedIn, field=texts, names=st.sampled_from(["user", "post", "department"]), held_by=held_by),
    st.builds(
        w.Chosen,
        field=texts,
        among=st.none() | roles | liaisons,
        at_least=st.integers(1, 50),
        at_most=st.integers(1, 50),
    ),
)
people = st.one_of(
    plain_people,
    st.builds(w.MemberDepartments),
    st.builds(w.Applicant, through=st.none() | roles),
    st.builds(w.Either, of=st.lists(plain_people, max_size=2).map(tuple)),
    st.builds(
        w.Depending,
        cases=st.lists(st.builds(w.Depends, when=conditions, ask=plain_people), max_size=2).map(tuple),
        otherwise=plain_people,
    ),
)
missing = {
    "nobody": st.just(w.Nobody())
    | st.builds(
        w.Nobody,
        then=st.sampled_from(["office", "ask", "admin", "climb", "pass", "reject", "block"]),
        ask=st.none() | roles | liaisons | posts,
    ),
    "own_case": st.sampled_from(["decide", "skip", "superior", "leader", "forbid"]),
    "recused": st.lists(st.sampled_from(["subject", "department"]), max_size=2).map(tuple),
}
some_texts = st.lists(texts, max_size=2).map(tuple)
reminders = st.builds(w.Remind, at=st.integers(-5, 5), says=st.none() | texts)
rungs = (
    reminders
    | st.builds(w.Escalate, at=st.integers(0, 5), to=roles)
    | st.builds(w.HandOver, at=st.integers(-5, 5), to=st.none() | roles)
    | st.builds(w.Deem, at=st.integers(0, 5), answer=st.sampled_from(("agree", "reject")))
    | st.builds(w.Jump, at=st.integers(0, 5), to=texts)
)
ladders = st.lists(rungs, max_size=2).map(tuple)
actions = st.one_of(
    st.builds(w.SetField, field=texts, value=st.none() | values),
    st.builds(w.SetDay, field=texts, after=st.none() | texts, months=days, working_days=days),
    st.builds(w.Emit, event=texts, values=st.lists(st.tuples(texts, values | numbers), max_size=2).map(tuple)),
    st.builds(w.Lookup, register_name=texts, by=texts, into=texts),
    st.builds(w.Read, register_name=texts, key=texts, takes=st.lists(st.tuples(texts, texts), max_size=2).map(tuple)),
    st.builds(w.Serial, series=texts, into=texts, digits=numbers | st.integers(1, 6)),
    st.builds(w.EndPlan, plan=texts),
    st.builds(w.MovePlan, plan=texts, to=st.builds(w.OnDay, field=texts)),
    st.builds(w.Erase),
    st.builds(w.Forget),
)
pairs = st.lists(st.tuples(texts, texts), max_size=2).map(tuple)
joins = st.builds(
    w.Join,
    of=st.none() | st.integers(1, 5),
    once=st.none() | conditions,
    rest=st.sampled_from(["cancel", "ignore"]),
)
rights = st.lists(st.tuples(texts, st.sampled_from(["hidden", "read", "write", "required"])), max_size=2).map(tuple)
leaves = st.one_of(
    st.builds(w.End, outcome=texts, state=st.sampled_from(["approved", "rejected", "withdrawn", "completed"])),
    st.builds(w.Do, name=texts, actions=st.lists(actions, max_size=2).map(tuple)),
    st.builds(w.Message, name=texts, to=people),
    st.builds(
        w.CarryOut,
        name=texts,
        by=people,
        within=st.none() | terms,
        overdue=ladders,
        form=st.none() | texts,
        rights=rights,
        **missing,
    ),
    st.builds(
        w.FollowUp,
        name=texts,
        event=st.none() | texts,
        starts=st.none() | texts,
        months=st.none() | days,
        repeats=st.booleans(),
        every=st.none() | st.builds(w.Every, n=days, on=st.none() | texts),
        first=st.none() | st.builds(w.OnDay, field=texts),
        times=st.none() | days,
        until=st.none() | st.builds(w.OnDay, field=texts),
        ends_on=st.none() | texts,
        moves_on=st.none() | texts,
        moves_to=st.none() | texts,
    ),
    st.builds(
        w.Call,
        name=texts,
        workflow=texts,
        over=st.none() | texts,
        gives=pairs,
        takes=pairs,
        outcome=st.none() | texts,
        waits=st.booleans(),
        join=joins,
    ),
)


def handler(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        w.Handler,
        event=texts,
        key=st.none() | texts,
        mode=st.sampled_from(["interrupts", "beside"]),
        do=inner,
        takes=some_texts,
        pauses=st.booleans(),
    )


weights = st.lists(st.tuples(texts, st.integers(1, 9)), max_size=2).map(tuple)


def blocks(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    branches = st.lists(st.builds(w.Branch, when=st.none() | conditions, do=inner), max_size=2).map(tuple)
    handlers = st.lists(handler(inner), max_size=1).map(tuple)
    ways = st.lists(st.builds(w.Way, first=inner, do=inner), max_size=2).map(tuple)
    return st.one_of(
        st.builds(w.Sequence, name=st.none() | texts, steps=st.lists(inner, max_size=2).map(tuple), on=handlers),
        st.builds(w.Choice, name=texts, branches=branches, otherwise=inner),
        st.builds(w.Parallel, name=texts, branches=branches, join=joins, on=handlers),
        st.builds(
            w.ForEach,
            name=texts,
            over=texts | st.integers(1, 5),
            each=texts,
            do=inner,
            grows_on=st.none() | texts,
            takes=st.none() | texts,
            join=joins,
            on=handlers,
        ),
        st.builds(
            w.Loop,
            name=texts,
            do=inner,
            until=st.none() | conditions,
            test=st.sampled_from(["before", "after"]),
            at_most=st.none() | st.integers(1, 5),
        ),
        st.builds(w.Race, name=texts, ways=ways),
        st.builds(w.Exclusive, name=texts, resource=texts, of=st.none() | texts, do=inner),
        st.builds(
            w.Vote,
            name=texts,
            by=people,
            quorum=texts,
            passes=texts,
            within=st.none() | terms,
            overdue=ladders,
            fails=inner,
            tie=st.none() | inner,
            no_quorum=st.none() | inner,
            of_all=st.booleans(),
            weights=weights,
            rights=rights,
            chair=st.none() | roles,
            changes=st.booleans(),
            **missing,
        ),
        st.builds(w.PublicNotice, name=texts, lasts=days, on=handlers),
        st.builds(
            w.Wait,
            name=texts,
            event=texts,
            key=st.none() | texts,
            takes=some_texts,
            within=st.none() | terms,
            overdue=st.lists(reminders, max_size=2).map(tuple),
            silence=st.none() | inner,
        ),
        st.builds(
            w.Approve,
            name=texts,
            by=people,
            mode=st.sampled_from(w.Mode),
            within=st.none() | terms,
            overdue=ladders,
            on_return=st.none()
            | st.builds(
                w.ToApplicant,
                once=st.booleans(),
                within=days,
                silence=inner,
                through=st.none() | roles,
                answered_by=st.none() | texts,
                takes=some_texts,
                way=st.sampled_from(["jump", "step"]),
            ),
            returns=st.none()
            | st.builds(
                w.Returns,
                to=some_texts,
                way=st.sampled_from(["step", "jump", "chosen"]),
                reopens=st.sampled_from(["all", "dissenters"]),
            ),
            compulsory=st.booleans(),
            singly=st.booleans(),
            reasons=some_texts,
            form=st.none() | texts,
            on_reject=inner,
            signature=st.booleans(),
            passes=st.none() | texts,
            weights=weights,
            rights=rights,
            collects=st.booleans(),
            first=st.sampled_from(["decides", "agrees"]),
            abstains=st.sampled_from(["no", "counts", "excluded"]),
            allows=st.lists(st.sampled_from(w.HANDINGS), max_size=2, unique=True).map(tuple),
            **missing,
        ),
    )


forms = st.builds(
    w.Form,
    name=texts,
    fields=st.lists(
        st.builds(
            w.FormField,
            name=texts,
            type=st.sampled_from(["text", "boolean", "integer", "date", "choice", "several", "person", "people"]),
            choices=some_texts,
            required=st.booleans(),
            personal=st.booleans(),
            reapprove=st.booleans(),
            longest=st.none() | st.integers(1, 2000),
            among=st.none() | roles | liaisons,
            at_least=st.integers(1, w.MOST_CHOSEN),
            at_most=st.integers(1, w.MOST_CHOSEN),
            once=st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
)
guards = st.builds(
    w.Guard,
    verb=st.sampled_from(["agree", "reject", "return", "complete", "abstain", "withdraw"]),
    while_in=some_texts,
)
steps = st.recursive(leaves, blocks, max_leaves=4)
definitions = st.builds(
    w.Workflow,
    name=texts,
    language=st.just(w.LANGUAGE),
    starts_on=texts,
    about=texts,
    person=st.booleans(),
    withdrawn_by=st.none() | texts,
    withdraws=st.sampled_from(["never", "before_decision", "before_end"]),
    takes_back=st.sampled_from(["never", "until_opened", "until_decided"]),
    revocation=st.none() | st.builds(w.Revocation, workflow=texts, within=days),
    jumps=st.lists(st.builds(w.JumpPair, at=texts, to=texts), max_size=1).map(tuple),
    forms=st.lists(forms, max_size=1).map(tuple),
    guards=st.lists(guards, max_size=1).map(tuple),
    on=st.lists(handler(leaves), max_size=1).map(tuple),
    steps=steps,
)
