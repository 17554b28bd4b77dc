"""What somebody who is asked again sees of the change."""

from __future__ import annotations

from adapters.explaining import saying
from adapters.texts import speaking
from adapters.web.changed import changes
from adapters.web.timeline import timeline
from workflows.language.words import Form, FormField, approve, end, role, sequence, workflow
from workflows.testkit import Office, staff

SUM = Form(name="sum.v1", fields=(FormField(name="amount", type="integer", reapprove=True),))
ASKING = workflow(
    "trial",
    starts_on="trial.began.v1",
    about="trial",
    forms=(SUM,),
    steps=sequence(
        approve("first", by=role("clerk"), form="sum.v1", on_reject=end("refused", "rejected")),
        approve("second", by=role("officer"), form="sum.v1", on_reject=end("refused", "rejected")),
        end("done", "approved"),
    ),
)


def test_whoever_is_asked_again_sees_the_old_value_and_the_new_one() -> None:
    office = Office([ASKING], staff(li="clerk", wang="officer"))
    [case] = office.send(office.event("trial.began.v1", key="t1")).cases
    office.act("li", office.inbox("li")[0], "agree", form={"amount": 5})
    office.act("wang", office.inbox("wang")[0], "agree", form={"amount": 6})

    [again] = office.inbox("li")
    with speaking("zh_CN"):
        said = saying(ASKING, office.library.roster(), "Asia/Shanghai", office.clock())
        shown = changes(office.case(case), again.item, said)
        newest = timeline(office.history(case), office.case(case).head, said)[0]

    assert [(one.old, one.new) for one in shown] == [("5", "6")]
    assert "内容有变，请已同意的人重新确认" in newest.follows
