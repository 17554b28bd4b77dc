"""Definitions as files: what is written reads back equal, and what is not a definition is refused with its place."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows_for_tests import SYNTHETIC
from workflows.language import expressions as ex
from workflows.language import words as w
from workflows.language.files import (
    MAX_CHARACTERS,
    BadDefinition,
    canonical_json,
    from_json,
    from_yaml,
    logic_hash,
    to_yaml,
)
from workflows.library import CATALOGUE

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
days = st.integers(-5, 400) | st.builds(w.Number, name=texts, default=st.integers(1, 400))
roles = st.builds(w.RoleHolders, name=texts, of=st.none() | texts)
people = st.one_of(
    roles,
    st.builds(w.DepartmentLiaison, code=texts),
    st.builds(w.MemberDepartments),
    st.builds(w.Applicant, through=st.none() | roles),
    st.builds(w.Seats, n=st.integers(1, 5), role=roles, pick=st.sampled_from(["any", "least_loaded"])),
    st.builds(w.Either, of=st.lists(roles, max_size=2).map(tuple)),
)
ladders = st.lists(
    st.builds(w.Remind, at=st.integers(-5, 5)) | st.builds(w.Escalate, at=st.integers(0, 5), to=roles), max_size=2
).map(tuple)
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
actions = st.one_of(
    st.builds(w.SetField, field=texts, value=st.none() | values),
    st.builds(w.Emit, event=texts, values=st.lists(st.tuples(texts, values), max_size=2).map(tuple)),
    st.builds(w.Lookup, register_name=texts, by=texts, into=texts),
    st.builds(w.Erase),
)
leaves = st.one_of(
    st.builds(w.End, outcome=texts, state=st.sampled_from(["approved", "rejected", "withdrawn", "completed"])),
    st.builds(w.Do, name=texts, actions=st.lists(actions, max_size=2).map(tuple)),
    st.builds(w.Message, name=texts, to=people),
    st.builds(w.CarryOut, name=texts, by=people, within=st.none() | days, overdue=ladders, form=st.none() | texts),
    st.builds(w.FollowUp, name=texts, event=texts, months=days, repeats=st.booleans()),
)


def blocks(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    branches = st.lists(st.builds(w.Branch, when=st.none() | conditions, do=inner), max_size=2).map(tuple)
    handlers = st.lists(
        st.builds(w.Handler, event=texts, mode=st.sampled_from(["interrupts", "beside"]), do=inner), max_size=1
    ).map(tuple)
    return st.one_of(
        st.builds(w.Sequence, name=st.none() | texts, steps=st.lists(inner, max_size=2).map(tuple), on=handlers),
        st.builds(w.Choice, name=texts, branches=branches, otherwise=inner),
        st.builds(w.Parallel, name=texts, branches=branches, on=handlers),
        st.builds(w.Wait, name=texts, event=texts, within=st.none() | days, silence=st.none() | inner),
        st.builds(
            w.Approve,
            name=texts,
            by=people,
            mode=st.sampled_from(w.Mode),
            within=st.none() | days,
            on_return=st.none() | st.builds(w.ToApplicant, within=days, silence=inner),
            on_reject=inner,
            signature=st.booleans(),
        ),
    )


definitions = st.builds(
    w.Workflow,
    name=texts,
    language=st.integers(1, 3),
    starts_on=texts,
    about=texts,
    person=st.booleans(),
    steps=st.recursive(leaves, blocks, max_leaves=4),
)


@given(definitions)
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_reads_back_equal(definition: w.Workflow) -> None:
    assert from_json(canonical_json(definition)) == definition
    assert from_yaml(to_yaml(definition)) == definition


@pytest.mark.parametrize("definition", [SYNTHETIC, *CATALOGUE], ids=lambda one: one.name)
def test_the_known_definitions_survive_both_forms_with_their_hash(definition: w.Workflow) -> None:
    again = from_yaml(to_yaml(from_json(canonical_json(definition))))

    assert again == definition
    assert logic_hash(again) == logic_hash(definition)


def test_the_hash_covers_the_logic() -> None:
    slower = SYNTHETIC.model_copy(update={"on": ()})

    assert logic_hash(slower) != logic_hash(SYNTHETIC)
    assert len(logic_hash(SYNTHETIC)) == 64


def test_the_hash_does_not_depend_on_how_a_file_orders_its_keys() -> None:
    turned = json.dumps(dict(reversed(json.loads(canonical_json(SYNTHETIC)).items())))

    assert logic_hash(from_json(turned)) == logic_hash(SYNTHETIC)


def test_a_default_of_the_language_is_left_out_but_what_tells_words_apart_is_not() -> None:
    plain = json.loads(canonical_json(w.workflow("x", starts_on="e", about="m", steps=w.end("done"))))

    assert plain == {
        "name": "x",
        "language": 1,
        "starts_on": "e",
        "about": "m",
        "steps": {"word": "end", "outcome": "done"},
    }


def test_on_and_yes_are_plain_words_in_yaml() -> None:
    text = """
name: yes
language: 1
starts_on: e.v1
about: no
on:
  - {event: off, mode: beside, do: {word: sequence, steps: []}}
steps: {word: end, outcome: 2026-01-01}
"""

    read = from_yaml(text)

    assert (read.name, read.about, read.on[0].event) == ("yes", "no", "off")
    assert isinstance(read.steps, w.End)
    assert read.steps.outcome == "2026-01-01"


WHOLE = "name: x\nstarts_on: e\nabout: m\nsteps: {word: end, outcome: done}\n"
BAD_YAML = [
    ("name: &x 1\nabout: *x", "alias"),
    (WHOLE + "name: y", "'name' stands twice"),
    (WHOLE + "person: 1", "person"),
    (WHOLE + "colour: red", "colour"),
    (WHOLE.replace("end", "stop"), "steps"),
    (WHOLE.replace("done", "1"), "outcome"),
    (WHOLE.replace("done", "!!timestamp 2001-01-01"), "write texts"),
    (WHOLE.replace("done", "!!python/object:os.system {}"), "not YAML"),
    ("- a\n  b: [", "not YAML"),
    ("[" * 5000, "nested deeper"),
    ("a: " + "[" * 70 + "]" * 70, "nested deeper"),
    ("", "object"),
    ("a" * (MAX_CHARACTERS + 1), "at most"),
]


@pytest.mark.parametrize(("text", "said"), BAD_YAML)
def test_a_bad_yaml_file_is_refused_and_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(BadDefinition, match=said):
        from_yaml(text)


BAD_JSON = [
    (b"\xff", "not JSON"),
    (b"{", "not JSON"),
    (b'{"name": "a", "name": "b"}', "'name' stands twice"),
    (b"[" * 100_000, "nested deeper"),
    (b'{"name": "\\ud800"}', "definition"),
    (b"NaN", "object"),
    (b" " * (MAX_CHARACTERS + 1), "at most"),
]


@pytest.mark.parametrize(("text", "said"), BAD_JSON)
def test_a_bad_json_file_is_refused_and_says_what_is_wrong(text: bytes, said: str) -> None:
    with pytest.raises(BadDefinition, match=said):
        from_json(text)
