"""A small example of every word, as an author writes it. Each is part of docs/language.md, and checked."""

from typing import Final

EXAMPLES: Final[dict[str, str]] = {
    # the workflow
    "Workflow": """
workflow(
    "visit", starts_on="trial.requested.v1", about="trial", person=True,
    on=(interrupts("trial.stopped.v1", end("stopped", "withdrawn")),),
    steps=sequence(message("received", to=applicant()), end("done", "approved")),
)""",
    # blocks
    "Sequence": """
sequence(
    message("received", to=applicant()),
    carry_out("prepare", by=role("section_officer"), within=3, overdue=(remind(0),)),
    name="preparation",
)""",
    "Choice": """
choice(
    "size",
    when(at_least("amount", 10), message("large", to=role("office_head"))),
    otherwise=nothing(),
)""",
    "Parallel": """
parallel(
    "opinions",
    always(approve("members", by=departments(), mode=Mode.ALL, within=5, overdue=(remind(0),), on_reject=end("no"))),
    when(is_true("urgent"), message("hurry", to=role("office_head"))),
)""",
    "Branch": """
parallel(
    "tell",
    always(message("told_head", to=role("office_head"))),
    when(contains("topics", "site"), message("told_clerk", to=role("town_clerk"))),
)""",
    "ForEach": """
for_each(
    "each_topic", over="topics", each="topic", grows_on="trial.topic_added.v1", takes="added",
    do=carry_out("advise", by=role("section_officer"), within=3, overdue=(remind(0),)),
)""",
    "Loop": """
loop(
    "draft", until=is_true("ready"), at_most=3,
    do=carry_out("write", by=role("section_officer"), within=3, overdue=(remind(0),), form="draft.v1"),
)""",
    "Race": """
race(
    "answer",
    way(wait("paid", event="trial.paid.v1", within=30, silence=end("unpaid"))),
    way(public_notice("term", lasts=5), message("nobody_paid", to=role("office_head"))),
)""",
    "Way": """
race(
    "first",
    way(carry_out("look", by=role("panel_member"), within=3, overdue=(remind(0),)), message("seen", to=applicant())),
    way(public_notice("term", lasts=5)),
)""",
    "Exclusive": """
exclusive(
    "in_the_room", resource="room", of="town",
    do=carry_out("meet", by=role("section_officer"), within=3, overdue=(remind(0),)),
)""",
    # leaves
    "Approve": """
approve(
    "precheck", by=role("town_clerk", of="town"), within=2, overdue=(remind(-1), escalate(+2, to=role("office_head"))),
    on_return=to_applicant(within=5, silence=end("incomplete"), answered_by="trial.supplemented.v1", takes=("name",)),
    on_reject=end("refused", "rejected"), reasons=("too_big", "not_here"),
)""",
    "CarryOut": """
carry_out(
    "report", by=role("section_officer"), within=number("trial.report_days", 10), overdue=(remind(-1), remind(0)),
    form="draft.v1", rights={"invoice": "hidden", "amount": "read"},
)""",
    "Vote": """
vote(
    "ballot", by=seats(3, role("panel_member")), quorum="2/3", passes="1/2", within=5, overdue=(remind(-1),),
    fails=end("voted_down", "rejected"), no_quorum=end("no_quorum", "rejected"),
)""",
    "PublicNotice": """
public_notice(
    "notice", lasts=number("trial.notice_days", 5),
    on=(beside("trial.objected.v1", message("objected", to=role("office_head"))),),
)""",
    "Call": """
call(
    "inquiry", workflow="inquiry", gives={"ground": "town"}, takes={"upheld": "founded"}, outcome="finding",
)""",
    "Wait": """
wait(
    "payment", event="trial.paid.v1", key="invoice", takes=("receipt",),
    within=20, overdue=(remind(-5),), silence=end("unpaid"),
)""",
    "Do": """
do("note", set_field("result", value="open"), lookup("members", by="fingerprint", into="member"))""",
    "Message": """
message("received", to=applicant(through=role("town_clerk", of="town")))""",
    "FollowUp": """
follow_up("review", event="trial.review_due.v1", months=number("trial.review_months", 6), repeats=True)""",
    "Every": """
follow_up("review", event="trial.review_due.v1", every=years(1, on="11-01"), ends_on="trial.stopped.v1")""",
    "End": """
end("refused", "rejected")""",
    # who
    "RoleHolders": """
message("told", to=role("town_clerk", of="town"))""",
    "DepartmentLiaison": """
message("told", to=department("office"))""",
    "MemberDepartments": """
message("told", to=departments())""",
    "Applicant": """
carry_out("explain", by=applicant(through=role("town_clerk")), within=5, overdue=(remind(0),))""",
    "Seats": """
carry_out("visit", by=seats(2, role("panel_member"), pick="least_loaded"), within=10, overdue=(remind(0),))""",
    "Either": """
approve(
    "decision", by=either(role("section_officer"), department("office")), mode=Mode.ANY,
    within=3, overdue=(remind(0),), on_reject=end("not_granted", "rejected"),
)""",
    "PostHolders": """
message("told", to=post("post_head"))""",
    "Panel": """
vote(
    "ballot", by=panel("bases"), quorum="2/3", passes="1/2", within=5, fails=end("voted_down", "rejected"),
    nobody=nobody("pass"), recused=("subject",),
)""",
    "Superiors": """
approve(
    "line", by=superiors(2, up_to="post_head"), mode=Mode.ALL, within=3, overdue=(remind(0),),
    nobody=nobody("climb"), own_case="superior", on_reject=end("refused", "rejected"),
)""",
    "NamedIn": """
carry_out("handle", by=named_in("town", "department"), within=5, overdue=(remind(0),))""",
    "Chosen": """
approve(
    "signers", by=chosen("topics", among=role("panel_member"), at_least=1, at_most=3), mode=Mode.ALL,
    within=3, overdue=(remind(0),), nobody=nobody("block"), on_reject=end("refused", "rejected"),
)""",
    "Depending": """
approve(
    "decision", by=depending((at_least("amount", 10), role("office_head")), otherwise=role("section_officer")),
    within=3, overdue=(remind(0),), on_reject=end("refused", "rejected"),
)""",
    "Depends": """
carry_out(
    "look", by=depending((is_true("urgent"), post("post_head")), otherwise=department("office", "anybody")),
    within=3, overdue=(remind(0),),
)""",
    "Nobody": """
approve(
    "precheck", by=role("town_clerk", of="town"), nobody=nobody("ask", role("office_head")),
    within=2, overdue=(remind(0),), on_reject=end("refused", "rejected"),
)""",
    # terms and ladders
    "Number": """
public_notice("notice", lasts=number("trial.notice_days", 5))""",
    "OnDay": """
workflow(
    "meeting", starts_on="trial.gathered.v1", about="trial", person=True,
    steps=sequence(carry_out("meet", by=role("section_officer"), within=on_day("meet_on"), overdue=(remind(0),)), end("met")),
)""",
    "Remind": """
carry_out("report", by=role("section_officer"), within=5, overdue=(remind(-1), remind(0)))""",
    "Escalate": """
carry_out("report", by=role("section_officer"), within=5, overdue=(escalate(+2, to=role("office_head")),))""",
    "HandOver": """
approve(
    "precheck", by=role("town_clerk"), within=2, overdue=(hand_over(+1), hand_over(+3, to=role("office_head"))),
    on_reject=end("refused", "rejected"),
)""",
    "Deem": """
approve(
    "countersign", by=departments(), mode=Mode.ALL, within=3, overdue=(remind(-1), deem(0, "agree")),
    on_reject=end("refused", "rejected"),
)""",
    "Jump": """
workflow(
    "visit", starts_on="trial.reviewed.v1", about="base",
    steps=sequence(carry_out("look", by=role("panel_member"), within=3, overdue=(remind(0), jump(+2, to="decide"))),
                   carry_out("decide", by=role("office_head"), within=3, overdue=(remind(0),)), end("done")),
)""",
    # forms
    "Form": """
workflow(
    "visit", starts_on="trial.reviewed.v1", about="base", steps=end("done"),
    forms=(Form(name="visit.v1", fields=(FormField(name="rooms", type="integer"),)),),
)""",
    "FormField": """
workflow(
    "visit", starts_on="trial.reviewed.v1", about="base", steps=end("done"),
    forms=(Form(name="visit.v1", fields=(FormField(name="grade", type="choice", choices=("good", "poor")),
        FormField(name="visitors", type="people", among=role("panel_member"), at_least=2, at_most=3))),),
)""",
    # handlers, joins, milestones
    "Handler": """
sequence(
    carry_out("visit", by=role("panel_member"), within=10, overdue=(remind(0),)),
    on=(interrupts("trial.hurried.v1", nothing()), beside("trial.noted.v1", nothing(), takes=("note",))),
)""",
    "ToApplicant": """
approve(
    "precheck", by=role("town_clerk"), within=2, overdue=(remind(0),), on_reject=end("refused", "rejected"),
    on_return=to_applicant(once=True, within=5, silence=end("incomplete"), through=role("town_clerk")),
)""",
    "Returns": """
approve(
    "decision", by=role("section_officer"), within=2, overdue=(remind(0),), on_reject=end("refused", "rejected"),
    returns=returns("any", way="chosen"),
)""",
    "JumpPair": """
workflow(
    "visit", starts_on="trial.reviewed.v1", about="base", jumps=(JumpPair(at="look", to="look_again"),),
    steps=sequence(carry_out("look", by=role("panel_member"), within=3, overdue=(remind(0),)),
                   carry_out("look_again", by=role("panel_member"), within=3, overdue=(remind(0),)), end("done")),
)""",
    "Revocation": """
workflow(
    "visit", starts_on="trial.requested.v1", about="trial", person=True, revocation=revocation("inquiry", within=20),
    steps=end("done", "approved"),
)""",
    "Join": """
for_each(
    "each_topic", over="topics", each="topic", join=join(once=at_least("each_topic.arrived", 2), rest="cancel"),
    do=carry_out("advise", by=role("section_officer"), within=3, overdue=(remind(0),)),
)""",
    "Guard": """
workflow(
    "visit", starts_on="trial.reviewed.v1", about="base", guards=(guard("withdraw", while_in=("look",)),),
    steps=sequence(carry_out("look", by=role("panel_member"), within=3, overdue=(remind(0),)), end("done")),
)""",
    # actions
    "SetField": """
do("note", set_field("result", value="good"))""",
    "SetDay": """
do("next_one", set_day("review_by", months=number("trial.review_months", 6), working_days=5))""",
    "Emit": """
do("close", emit("trial.closed.v1", result="good", receipt="none", by="office"))""",
    "Lookup": """
do("look", lookup("members", by="fingerprint", into="member"))""",
    "Read": """
do("read", read("members", key="invoice", takes={"member_status": "status"}))""",
    "Serial": """
do("number_it", serial("plaque", into="plaque_no", digits=3), set_field("result", value="numbered"))""",
    "EndPlan": """
sequence(
    follow_up("review", event="trial.review_due.v1", every=quarters(on="01-15")),
    carry_out("visit", by=role("panel_member"), within=10, overdue=(remind(0),)),
    do("no_more", end_plan("review")),
)""",
    "MovePlan": """
workflow("meeting", starts_on="trial.gathered.v1", about="trial", person=True, steps=sequence(
    follow_up("review", event="trial.review_due.v1", every=working_days(20), times=3),
    do("later", move_plan("review", to=on_day("meet_on"))), end("met"),
))""",
    "Forget": """
do("forget_note", forget())""",
    "Erase": """
do("forget", erase())""",
    # conditions
    "FieldValue": """
choice("same", when(equals("town", field("invoice")), nothing()), otherwise=nothing())""",
    "Constant": """
choice("here", when(equals("town", "T1"), nothing()), otherwise=nothing())""",
    "Compare": """
choice("large", when(at_least("amount", 10), nothing()), otherwise=nothing())""",
    "AllOf": """
choice("both", when(all_of(is_true("urgent"), at_least("amount", 10)), nothing()), otherwise=nothing())""",
    "AnyOf": """
choice("one", when(any_of(is_true("urgent"), contains("topics", "site")), nothing()), otherwise=nothing())""",
    "Negation": """
choice("calm", when(negate(is_true("urgent")), nothing()), otherwise=nothing())""",
    "Given": """
choice("named", when(given("invoice"), nothing()), otherwise=nothing())""",
}
