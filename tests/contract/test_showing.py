"""What a step hides is left out of what any store answers (字段权限)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from tests.integration.doors.test_field_rights import INVOICE, OFFER, RATED
from workflows.language.words import approve, end, nothing, role, sequence, to_applicant, workflow
from workflows.policy import operator_viewer
from workflows.reads import HistoryView
from workflows.showing import overheard, within_rights
from workflows.testkit import Office, Store, staff


def test_what_a_step_hides_is_left_out_whatever_store_answers(make_store: Callable[..., Store]) -> None:
    here = Office([RATED], staff(chen="clerk", jin="judge", head="office_head"), store=make_store)
    plain = {"town": "T1", "amount": 5, "topics": ["site"], "urgent": True, "invoice": INVOICE}
    here.send(here.event("trial.requested.v1", key="t1", person="person:t1", personal={"name": "样例"}, **plain))  # type: ignore[arg-type]  # plain fields
    here.act("chen", here.inbox("chen")[0], "complete", form={"offer": OFFER})
    case = here.cases()[0].case.id
    reads = within_rights(here.store.reads, here.library)

    seen = {user: reads.case(here.viewer(user), case) for user in ("chen", "jin", "head")}
    entries = reads.history(here.viewer("jin"), case)

    assert {user: None if view is None else view.head.fields.get("offer") for user, view in seen.items()} == {
        "chen": OFFER,
        "jin": None,
        "head": OFFER,
    }
    assert OFFER not in repr(entries)
    assert OFFER in repr(reads.history(here.viewer("chen"), case))


def test_what_officers_say_is_for_officers_and_a_comment_for_everybody_also_for_the_applicant(
    make_store: Callable[..., Store],
) -> None:
    asked = to_applicant(within=3, takes=("town",), once=True, silence=nothing())
    steps = sequence(approve("check", by=role("judge"), on_reject=end("no", "rejected"), on_return=asked), end("yes"))
    definition = workflow("said", starts_on="trial.said.v1", about="trial", person=True, steps=steps)
    here = Office([definition], staff(jin="judge"), store=make_store)
    here.send(here.event("trial.said.v1", key="t1", person="t1", personal={"name": "样例"}))
    here.act("jin", here.inbox("jin")[0], "return", opinion="样例：内部意见")
    case = here.cases()[0].case.id
    here.act("jin", case, "comment", opinion="样例：大家可看")
    here.act("jin", case, "comment", opinion="样例：仅供内部", fields={"visible": "officers"})
    for seq, words in ((3, "样例：大家可看，已更正"), (4, "样例：仅供内部，已更正")):
        here.act("jin", case, "correct", opinion=words, fields={"comment": seq})
    reads = within_rights(here.store.reads, here.library)

    by_officer = reads.personal(here.viewer("jin"), case, "样例")
    by_person = reads.personal(here.viewer("person:t1"), case, "样例")

    assert {"样例：内部意见", "样例：大家可看", "样例：仅供内部"} <= set(by_officer.values())
    assert by_person["name"] == "样例"
    said = {value for name, value in by_person.items() if name.startswith("opinion@")}
    assert said == {"样例：大家可看", "样例：大家可看，已更正"}
    assert "样例：仅供内部，已更正" in by_officer.values()


def test_a_comment_for_officers_keeps_its_words_from_the_history_of_an_applicant() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    delta = {"opinion": "样例", "visible": "officers"}
    entry = HistoryView(2, at, {"what": "act:comment", "delta": delta}, "h", "p", None)
    officer = operator_viewer("330226")

    shown = overheard(entry, replace(officer, principals=frozenset({"person:t1"})))

    assert shown.body["delta"] == {"visible": "officers", "hidden": ["opinion"]}
    assert overheard(entry, officer) == entry
