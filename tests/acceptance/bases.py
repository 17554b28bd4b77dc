"""What the acceptance tests of bases have in common: the sample county's people, and how far a case may be brought."""

from typing import Any
from zoneinfo import ZoneInfo

from adapters.sample.county import sample_roster
from domain.clocks import from_text
from domain.events.bases import (
    BaseApplied,
    BaseCalled,
)
from domain.roster import liaison_officers, member_departments, users_with_role
from workflows.reads import ItemView
from workflows.testkit import MONDAY, Office

ROSTER = sample_roster()
DAY = MONDAY.date()
CHINA = ZoneInfo("Asia/Shanghai")
APPLICATION = str(BaseApplied.EXAMPLE["application"])
APPLICANTS = "department:330226105"
IMPROVEMENTS = "样例:补齐制度和台账"
TOWNS = ("330226105", "330226106", "330226111")
MET = {
    f"met_{name}": True
    for name in ("organisation", "venue", "sign", "rules", "funds", "activities", "ledger", "results")
}


def holder(role: str, scope: str | None = None) -> str:
    """The first on the sample roster who holds the role."""
    return users_with_role(ROSTER, role, scope, DAY)[0]


TOWN = holder("town_clerk", "330226105")
CLERK = holder("office_clerk")
HEAD = holder("office_head")
CHAIR = holder("panel_chair")
CONVENOR = holder("convenor")
PANEL = users_with_role(ROSTER, "panel_member", None, DAY)
LIAISONS = [officer for code in member_departments(ROSTER, DAY) for officer in liaison_officers(ROSTER, code, DAY)]


def call(office: Office, name: str = "2026") -> str:
    (case,) = office.send(BaseCalled(call=name, year=2026, towns=TOWNS)).cases
    return case


def apply(office: Office, **changed: Any) -> str:
    applied = BaseApplied.model_validate({**BaseApplied.EXAMPLE, **changed})
    (case,) = office.send(office.said(applied, department="330226105")).cases
    return case


def items(office: Office, user: str, step: str) -> list[ItemView]:
    return [one for one in office.inbox(user) if one.item.path.endswith(step)]


def act(office: Office, user: str, step: str, verb: str = "agree", **given: Any) -> None:
    (item, *_) = items(office, user, step)
    answer = office.act(user, item, verb, **given)
    assert answer.status == 200, answer.body


def term(item: ItemView) -> tuple[int, str]:
    """So many working days, by the office's number of that name."""
    clock = from_text(item.item.due_rule)
    assert clock is not None
    return clock.days, clock.name


def visitors(office: Office, case: str) -> dict[str, str]:
    """Who is to visit the place, and by which item."""
    view = office.case(case)
    seats = [one for one in view.items if one.path.endswith("site_visit") and one.closed_at is None]
    owners = {item.id: [one.who for one in view.holders[item.id] if one.capacity == "owner"] for item in seats}
    return {who.removeprefix("user:"): item for item, (who,) in owners.items()}


def visit(office: Office, case: str, **found: bool) -> None:
    for user, item in visitors(office, case).items():
        (own,) = [one for one in office.inbox(user) if one.item.id == item]
        assert office.act(user, own, "complete", form=MET | found).status == 200


def vote(office: Office, *verbs: str) -> None:
    for user, verb in zip(PANEL, verbs, strict=False):
        act(office, user, "panel", verb)


def countersign(office: Office) -> None:
    for user in LIAISONS:
        for item in items(office, user, "0/first"):
            assert office.act(user, item, "agree").status == 200


def up_to_office_check(office: Office, **changed: Any) -> str:
    case = apply(office, **changed)
    act(office, TOWN, "town_check")
    return case


def up_to_visit(office: Office, **changed: Any) -> str:
    case = up_to_office_check(office, **changed)
    act(office, CLERK, "office_check")
    return case


def up_to_panel(office: Office, **changed: Any) -> str:
    case = up_to_visit(office, **changed)
    visit(office, case)
    return case


def up_to_notice(office: Office, **changed: Any) -> str:
    case = up_to_panel(office, **changed)
    vote(office, *["agree"] * 4)
    return case


def up_to_decision(office: Office, **changed: Any) -> str:
    case = up_to_notice(office, **changed)
    office.turn(days=8)
    return case


def up_to_plaque(office: Office, **changed: Any) -> str:
    case = up_to_decision(office, **changed)
    countersign(office)
    return case


def grant(office: Office, **changed: Any) -> str:
    case = up_to_plaque(office, **changed)
    act(office, CLERK, "plaque", "complete")
    return case


def published(office: Office) -> list[str]:
    return [effect.body["type"].removesuffix(".v1") for effect in office.effects() if effect.gateway == "publish"]


def told(office: Office, user: str = APPLICANTS) -> list[str]:
    notices = sorted(office.notices(user), key=lambda notice: (notice.at, notice.body["template"]))
    return [notice.body["template"] for notice in notices]


def ended(office: Office, case: str) -> tuple[str, str | None]:
    head = office.case(case).head
    return head.state.value, head.outcome


def standing(office: Office) -> dict[str, Any]:
    """The row of the base in the register."""
    wanted = ("bases", str(BaseApplied.EXAMPLE["base"]))
    return dict(office.store.units.read(lambda unit: unit.registers([wanted]))[wanted].values)


def refuse(office: Office, case: str) -> tuple[str, str | None, Any]:
    """The clerk writes what to improve; how the case then ended, and for which reason."""
    act(office, CLERK, "improvements", "complete", form={"improvements": IMPROVEMENTS})
    return (*ended(office, case), office.case(case).head.fields.get("reason"))


NOT_MET = {"reason": "conditions_not_met"}


def case_of(office: Office, workflow: str) -> str:
    (found,) = [row.case.id for row in office.cases() if row.case.workflow == workflow]
    return found
