"""Definitions as files: what is written reads back equal, and what is not a definition is refused with its place."""

import json
import subprocess
import sys
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.language.random_definitions import definitions
from tests.workflows_for_tests import ASKING, CHOOSING, EVENTS, GATHERING, LATE, SYNTHETIC
from workflows.language import words as w
from workflows.language.checks import check
from workflows.language.files import (
    MAX_CHARACTERS,
    BadDefinition,
    canonical_json,
    from_json,
    from_yaml,
    lines,
    logic_hash,
    to_yaml,
)
from workflows.library import CATALOGUE

ROOT = Path(__file__).parents[3]
BOUND = 10
"""Seconds; the longest takes two on a small machine."""


@given(definitions)
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_reads_back_equal(definition: w.Workflow) -> None:
    assert from_json(canonical_json(definition)) == definition
    assert from_yaml(to_yaml(definition)) == definition


def test_random_definitions_are_made_of_every_word() -> None:
    # In a process of its own: what is drawn, and how fast, depends on which modules are loaded.
    asked = [sys.executable, "-m", "tests.unit.language.words_drawn"]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True, timeout=100)

    assert told.stdout.split() == []


@given(definitions)
@settings(max_examples=100, deadline=None)
def test_every_definition_can_be_checked_and_each_finding_has_a_place_in_its_file(definition: w.Workflow) -> None:
    found = check(definition, EVENTS)

    known = lines(to_yaml(definition))
    assert [one for one in found if one.path not in known] == []


@pytest.mark.parametrize(
    "definition", [SYNTHETIC, GATHERING, ASKING, CHOOSING, LATE, *CATALOGUE], ids=lambda one: one.name
)
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
    ("name: &x 1\nabout: *x", "line 2: .*alias"),
    (WHOLE + "name: y", "line 5: .*'name' stands twice"),
    (WHOLE + "person: 1", "line 5: .*person"),
    (WHOLE + "colour: red", "line 5: .*colour"),
    (WHOLE.replace("end", "stop"), "line 4: .*steps"),
    (WHOLE.replace("done", "1"), "line 4: .*outcome"),
    (WHOLE.replace("done", "!!timestamp 2001-01-01"), "write texts"),
    (WHOLE.replace("done", "!!binary aGk="), "write texts"),
    (WHOLE.replace("done", "!!float .inf"), "line 4: .*outcome"),
    (WHOLE.replace("done", "!!python/object:os.system {}"), "line 4: .*not YAML"),
    (WHOLE.replace("{word: end, outcome: done}", "\n  word: sequence\n  steps:\n  - word: end"), "line 7: .*outcome"),
    ("? [a]\n: b", "not YAML"),
    (WHOLE + "<<: {a: b}", "line 5: .*<<"),
    ("- a\n  b: [", "not YAML"),
    ("a: b\n--- \nc: d", "not YAML"),
    ("a: \0", "not YAML"),
    ("[" * 5000, "nested deeper"),
    ("a: " + "[" * 70 + "]" * 70, "line 1: .*nested deeper"),
    ("a:\n" + "\n".join(" " * n + "-" for n in range(1, 300)), "nested deeper"),
    ("a: [" + "1, " * 50_000 + "1]", "line 1: .*more than 20000 values"),
    ("", "object"),
    ("a" * (MAX_CHARACTERS + 1), "at most"),
]


@pytest.mark.parametrize(("text", "said"), BAD_YAML)
def test_a_bad_yaml_file_is_refused_in_bounded_time_and_says_what_is_wrong_and_where(text: str, said: str) -> None:
    began = process_time()
    with pytest.raises(BadDefinition, match=said):
        from_yaml(text)

    assert process_time() - began < BOUND


LAUGHS = "a: &a [ha, ha]\n" + "\n".join(f"b{n}: &b{n} [*{'a' if n == 0 else f'b{n - 1}'}, *a]" for n in range(50))
STEPS = b'{"name":"x","starts_on":"e","about":"m","steps":{"word":"sequence","steps":['
BAD_JSON = [
    (b"\xff", "not JSON"),
    (b"{", "not JSON"),
    (b'{"name": "a", "name": "b"}', "'name' stands twice"),
    (b"[" * 100_000, "nested deeper"),
    (b'{"a":' * 100 + b"1" + b"}" * 100, "nested deeper"),
    (b'{"name": "\\ud800"}', "definition"),
    (b"NaN", "object"),
    (b'{"name": ' + b"9" * 100_000 + b"}", "too long"),
    (b'{"name": 1e999}', "name"),
    (STEPS + b'{"word":"sequence","steps":[]},' * 100_000 + b'{"word":"end","outcome":"x"}]}}', "at most"),
    (b" " * (MAX_CHARACTERS + 1), "at most"),
]


@pytest.mark.parametrize(("text", "said"), BAD_JSON)
def test_a_bad_json_file_is_refused_in_bounded_time_and_says_what_is_wrong(text: bytes, said: str) -> None:
    began = process_time()
    with pytest.raises(BadDefinition, match=said):
        from_json(text)

    assert process_time() - began < BOUND


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    with pytest.raises(BadDefinition, match=r"line 2: .*alias"):
        from_yaml(LAUGHS)


def test_the_most_steps_that_a_file_can_hold_are_read_and_refused_by_check_in_bounded_time() -> None:
    room = MAX_CHARACTERS // len('{"word":"sequence"},') - 10
    text = STEPS + b'{"word":"sequence","steps":[]},' * (room // 2) + b'{"word":"end","outcome":"x"}]}}'

    began = process_time()
    found = check(from_json(text), EVENTS)

    assert [one.code for one in found] == ["too_big"]
    assert process_time() - began < BOUND


TEXT = to_yaml(GATHERING)
scraps = st.text(max_size=5) | st.sampled_from(
    ["- ", "{", "[", "]", "}", "&a", "*a", "!!", "|", ">", ": ", "\n", "'", '"', "#"]
)


@given(st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, 40), scraps), min_size=1, max_size=4))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_file_is_read_or_refused_and_nothing_else(damage: list[tuple[int, int, str]]) -> None:
    text = TEXT
    for place, lost, scrap in damage:
        text = text[:place] + scrap + text[place + lost :]

    assert outcome(text) in {"read", "refused"}


def outcome(text: str) -> str:
    try:
        from_yaml(text)
    except BadDefinition:
        return "refused"
    return "read"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
WORDS = list(json.loads(canonical_json(GATHERING))["steps"]["steps"])


@given(st.sampled_from(WORDS), st.data(), anything)
@settings(max_examples=200, deadline=None)
def test_a_word_with_a_wrong_part_is_read_or_refused_and_nothing_else(
    word: Any, data: st.DataObject, part: Any
) -> None:
    name = data.draw(st.sampled_from(sorted(word)))
    whole = {"name": "x", "starts_on": "e", "about": "m", "steps": {**word, name: part}}

    assert outcome(json.dumps(whole)) in {"read", "refused"}


def test_a_wait_has_reminders_alone_and_another_rung_is_refused_with_its_line() -> None:
    text = to_yaml(LATE).replace("word: carry_out", "word: wait", 1)
    text = text.replace("    by:\n      who: role\n      name: section_officer\n", "    event: trial.paid.v1\n", 1)

    with pytest.raises(BadDefinition, match=r"line \d+: .*wait\.overdue\.0\.rung: Input should be 'remind'"):
        from_yaml(text)
