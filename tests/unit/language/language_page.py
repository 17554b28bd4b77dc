"""Writes docs/language.md from the words themselves: `python -m tests.unit.language.language_page`."""

import inspect
import json
import re
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from adapters.texts import _, speaking
from tests.unit.language.language_examples import EXAMPLES
from workflows.language import expressions, tree
from workflows.language.findings import SENTENCES

PAGE = Path(__file__).parents[3] / "docs" / "language.md"

CHAPTERS: Final[dict[str, tuple[str, ...]]] = {
    "The workflow": ("Workflow",),
    "Blocks": ("Sequence", "Choice", "Parallel", "Branch", "ForEach", "Loop", "Race", "Way", "Exclusive"),
    "Leaves": (
        *("Approve", "CarryOut", "Vote", "PublicNotice", "Call", "Wait", "Do", "Message", "FollowUp", "Every", "End"),
    ),
    "Who": (
        *("RoleHolders", "DepartmentLiaison", "MemberDepartments", "PostHolders", "Applicant", "Seats", "Panel"),
        *("Superiors", "NamedIn", "Chosen", "Either", "Depending", "Depends"),
    ),
    "Nobody found": ("Nobody",),
    "Terms and ladders": ("Number", "OnDay", "Remind", "Escalate", "HandOver", "Deem", "Jump"),
    "Forms": ("Form", "FormField"),
    "Handlers, returns, joins, milestones": (
        "Handler",
        "ToApplicant",
        "Returns",
        "JumpPair",
        "Revocation",
        "Join",
        "Guard",
    ),
    "Actions of `do`": (
        *("SetField", "SetDay", "Emit", "Lookup", "Read", "Serial", "EndPlan", "MovePlan", "Erase", "Forget"),
    ),
    "Conditions": ("FieldValue", "Constant", "Compare", "AllOf", "AnyOf", "Negation", "Given"),
}

HEAD = """# The language

A workflow is a tree of words: frozen data, written as a file of `workflows/catalogue/`, as YAML or as JSON, and the same
tree in all three. `docs/workflow.schema.json` is its JSON Schema. `liaison workflows check FILE` proves a definition
before anything runs; each finding names the step and says what to do. `docs/patterns.md` shows how the 43 control-flow
patterns are said.

- **Paths.** A step's path is the chain of names from the root `steps`; branches go by their number, the default of a
  choice is `otherwise`, what a for-each, loop or exclusive does is `do`, the ways of a race are `0/first` and `0/then`,
  handlers are `on/0`. An activation adds the turn: `steps/each_topic/do#2/advise`.
- **Fields.** A step reads the fields of its case. Inside a for-each each element has fields of its own, beginning with
  the one that `each` names: what is written inside, personal or not, is seen inside only, so elements never write over
  each other.
- **Rights to fields** belong to a step: `hidden`, `read`, `write`, `required`, for each field that it names; for the
  others the form speaks. A field that some step hides is confidential: it is shown to whoever holds or answered an item
  of a step that does not hide it, and to those who see every case unless the steps that ask them hide it; readers of
  copies, lists and exports do not show it. A sub-case shows what it was given by the rights of its own workflow.
- **Joins** can look at `NAME.arrived` and `NAME.of`, the counts of the block NAME.
- **Events** that nobody awaits are kept until somebody does. Whoever asks innermost takes an event; branches side by
  side all take it.
- **Calls** may lead back to the calling workflow only behind a human step, a wait or a plan.
- **The initiator** of a case is the officer who submitted what started it; the field `initiator` holds the user. In an
  approval or a vote the initiator has no seat and may not act, unless `own_case` says otherwise: `decide` lets them,
  `skip` passes a seat that was theirs alone, `superior` and `leader` give it to their direct superior or to the leader
  of their department. `recused` keeps out as well whoever belongs to the unit that the case is about (`subject`) or to
  the department that sent it (`department`). What a rule does is recorded as the system's, never as a person's act: a
  seat that nobody is asked for is `skipped`, with its rule.
- **Returns** open the next round. To the applicant, the step that asked opens again (or the whole way does); to a step
  that was passed, everything behind it is done again, or the case comes straight back. From a branch to before its
  split all branches end; into another branch, an earlier turn of a loop or a for-each that is over nothing returns.

- **Ladders** climb by themselves when a step is late: `remind`, `escalate` (somebody else may decide too), `hand_over` (the
  superior holds the item instead), and last of all `deem` (silence counts as an answer) or `jump` (the case goes on
  elsewhere). All of them stand in an approval; in what is carried out all but `deem`; in a vote `remind` and `escalate`;
  in a wait `remind`, for `silence` says what comes then. What the system does is recorded under the rule
  `ladder:PATH:RUNG` and counts as nobody's decision; decision 18 says why so.

This page is written by `python -m tests.unit.language.language_page`; a test keeps it fresh and checks every example.
"""

FINDINGS = """
## What `check` finds

| code | what is wrong | what to do |
|---|---|---|
"""


def page() -> str:
    """The page."""
    chapters = [f"\n## {title}\n" + "".join(_section(name) for name in names) for title, names in CHAPTERS.items()]
    with speaking("en"):
        findings = [f"| `{code}` | {_said(wrong)} | {_said(remedy)} |\n" for code, (wrong, remedy) in SENTENCES.items()]
    return HEAD + "".join(chapters) + FINDINGS + "".join(findings)


def word_class(name: str) -> type[BaseModel]:
    """The class of a word by its name."""
    found: type[BaseModel] = getattr(tree, name, None) or getattr(expressions, name)
    return found


def _section(name: str) -> str:
    word = word_class(name)
    schema = word.model_json_schema()
    own = schema["$defs"][name] if "$ref" in schema else schema
    tags = [f"`{key}: {one['const']}`" for key, one in own.get("properties", {}).items() if "const" in one]
    rows = [_row(key, one, own) for key, one in own.get("properties", {}).items() if "const" not in one]
    table = "\n| field | what it holds | default |\n|---|---|---|\n" + "".join(rows) if rows else ""
    tag = f" ({', '.join(tags)})" if tags else ""
    return f"\n### {name}{tag}\n\n{inspect.getdoc(word)}\n{table}\n```python{EXAMPLES[name]}\n```\n"


def _row(name: str, schema: dict[str, Any], word: dict[str, Any]) -> str:
    default = "required" if name in word.get("required", ()) else f"`{_plain(schema.get('default'))}`"
    return f"| `{name}` | {holds(schema)} | {default} |\n"


def _plain(default: object) -> str:
    match default:
        case None | True | False:
            return json.dumps(default)
        case {"then": str(then)}:
            return then
        case dict():
            return "all"
        case list():
            return "none"
        case _:
            return str(default)


def _said(sentence: str) -> str:
    """A sentence in English, with the names of its values where they will stand."""
    names = dict.fromkeys(re.findall(r"%\((\w+)\)s", sentence))
    return _(sentence, **{name: f"*{name}*" for name in names})


def holds(schema: dict[str, Any]) -> str:
    """What a part of a word holds, in a few words."""
    match schema:
        case {"discriminator": {"propertyName": str(tag)}}:
            kinds = {"word": "a step", "who": "who", "rung": "a rung", "action": "an action", "op": "a condition"}
            return kinds[tag] if len(schema["oneOf"]) > 2 or tag != "op" else "a field or a constant"
        case {"anyOf": several}:
            return " or ".join(dict.fromkeys(holds(one) for one in several))
        case {"$ref": str(name)}:
            return name.rpartition("/")[2]
        case {"enum": values}:
            return ", ".join(f"`{value}`" for value in values)
        case {"type": "array", "prefixItems": pair}:
            return f"a pair of {' and '.join(dict.fromkeys(holds(one) for one in pair))}"
        case {"type": "array", "items": inner}:
            return f"list of {holds(inner)}"
        case {"type": str(kind)}:
            return {"string": "text", "integer": "a whole number", "boolean": "true or false"}.get(kind, kind)
    return "a value"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
