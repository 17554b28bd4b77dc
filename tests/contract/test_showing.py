"""What a step hides is left out of what any store answers (字段权限)."""

from collections.abc import Callable

from tests.integration.doors.test_field_rights import INVOICE, OFFER, RATED
from workflows.showing import within_rights
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
