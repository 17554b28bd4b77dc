"""The leaves of a workflow as BPMN: tasks and events, with what people decide in them as gateways."""

from __future__ import annotations

from dataclasses import replace

from workflows.language.choices import form_choices
from workflows.language.words import (
    Approve,
    Call,
    CarryOut,
    Chosen,
    Do,
    Emit,
    EndPlan,
    Erase,
    FollowUp,
    Forget,
    Lookup,
    Message,
    MovePlan,
    Number,
    OnDay,
    PublicNotice,
    Read,
    Serial,
    SetDay,
    SetField,
    Term,
    Vote,
    Wait,
    Who,
)
from workflows.machine.nodes import Node as Place
from workflows.pictures.bpmn.book import Book, element_id, process_id, who_text
from workflows.pictures.bpmn.joining import alone, attached, forked, stacked, turned_back, with_event_below
from workflows.pictures.bpmn.parts import NOTHING, Node, Piece, Way, Xml, event, gateway, task
from workflows.pictures.bpmn.scripts import condition_text, value_text

EXPRESSION = (("xsi:type", "bpmn:tFormalExpression"),)
ANSWER = "answer"
"""The variable in which a user task of an approval leaves what was decided: agree, reject or return."""
RESULT = "result_of_vote"
"""The variable in which a vote leaves its result: passed, failed, tied or no_quorum."""


# -- people ------------------------------------------------------------------------------------------------


def approval(book: Book, place: Place, step: Approve, rejected: Piece, silence: Piece | None) -> Piece:
    """A user task, and a gateway that asks for the answer; a return goes round by the applicant."""
    here = element_id(place.path)
    asked = replace(
        _user_task(book, place, step.by),
        extensions=_asking(book, place, step) + _deciding(book, place, step),
    )
    ways = [
        Way(NOTHING, book.wording.word("verb agree")),
        Way(rejected, book.wording.word("rejected"), f"{ANSWER} == 'reject'"),
    ]
    split, join = gateway("exclusiveGateway", f"{here}-answer"), gateway("exclusiveGateway", f"{here}-join")
    if step.on_return is None or silence is None:
        return stacked([alone(asked), forked(split, ways, join)])
    ways.append(Way(_supplement(book, place, step, silence), book.wording.word("returned"), f"{ANSWER} == 'return'"))
    again = gateway("exclusiveGateway", f"{here}-again")
    round_ = stacked([alone(again), alone(asked), forked(split, ways, join)])
    return turned_back(round_, element_id(f"{place.path}/supplement"), again.id)


def _supplement(book: Book, place: Place, step: Approve, silence: Piece) -> Piece:
    asked = step.on_return
    if asked is None:
        return NOTHING
    path, here = f"{place.path}/supplement", element_id(f"{place.path}/supplement")
    more = book.beyond(path, "supplement", once=asked.once, answeredBy=asked.answered_by, takes=asked.takes or None)
    through = "" if asked.through is None else f", {who_text(asked.through)}"
    owner = _owner(f"applicant{through}")
    node = task("userTask", here, book.wording.word("supplement"), details=(owner,), extensions=(more,))
    return with_event_below(node, timeout(book, path, node.id, asked.within), silence)


def voting(book: Book, place: Place, step: Vote, ways: dict[str, Piece]) -> Piece:
    """A user task for all who vote, and a gateway that asks for the result; BPMN does not count votes."""
    here = element_id(place.path)
    counted = book.beyond(
        place.path, "vote", quorum=step.quorum, passes=step.passes, proxies=None if step.proxies else "none"
    )
    asked = replace(_user_task(book, place, step.by), extensions=(*_asking(book, place, step), counted))
    results = {"fails": ["failed"], "tie": ["tied"], "no_quorum": ["no_quorum"]}
    for missing in [name for name in ("tie", "no_quorum") if name not in ways]:
        results["fails"] += results.pop(missing)
    out = [Way(NOTHING, book.wording.word("verb agree"))]
    out += [
        Way(piece, book.wording.word(name), f"{RESULT} in {value_text(results[name])}") for name, piece in ways.items()
    ]
    split, join = gateway("exclusiveGateway", f"{here}-result"), gateway("exclusiveGateway", f"{here}-join")
    return stacked([alone(asked), forked(split, out, join)])


def work(book: Book, place: Place, step: CarryOut) -> Piece:
    """A user task."""
    node = _user_task(book, place, step.by)
    return alone(replace(node, extensions=_asking(book, place, step)))


def _user_task(book: Book, place: Place, by: Who) -> Node:
    return task("userTask", element_id(place.path), book.wording.title(place), details=(_owner(who_text(by)),))


def _owner(who: str) -> Xml:
    said = Xml("bpmn:formalExpression", text=who)
    return Xml("bpmn:potentialOwner", parts=(Xml("bpmn:resourceAssignmentExpression", parts=(said,)),))


def _asking(book: Book, place: Place, step: Approve | CarryOut | Vote) -> tuple[Xml, ...]:
    found = []
    if step.within is not None:
        rungs = [Xml(f"liaison:{rung.rung}", _rung(rung)) for rung in step.overdue]
        term = book.term(place.path, step.within)
        found.append(replace(term, parts=tuple(rungs)))
    if getattr(step, "form", None) is not None:
        found.append(_form(book, place, getattr(step, "form", None)))
    return tuple(found)


def _form(book: Book, place: Place, name: str | None) -> Xml:
    """The form by its name, with whom it lets somebody choose: BPMN has no word for that."""
    choices = [Xml("liaison:choice", _choice(one)) for one in form_choices(book.forms.get(name or ""))]
    return book.beyond(place.path, "form", choices, name=name)


def _choice(who: Chosen) -> tuple[tuple[str, str], ...]:
    among = () if who.among is None else (("among", who_text(who.among)),)
    return (("field", who.field), *among, ("atLeast", str(who.at_least)), ("atMost", str(who.at_most)))


def _rung(rung: object) -> tuple[tuple[str, str], ...]:
    to, says, answer = (getattr(rung, name, None) for name in ("to", "says", "answer"))
    said = {"to": to if to is None or isinstance(to, str) else who_text(to), "says": says, "answer": answer}
    when = ("workingDaysAfter", str(getattr(rung, "at", 0)))
    return (when, *((name, value) for name, value in said.items() if value is not None))


def _deciding(book: Book, place: Place, step: Approve) -> tuple[Xml, ...]:
    """How several decide together, what may be given as a reason, and that it must be signed."""
    if step.mode.value == "one" and not step.reasons and not step.signature:
        return ()
    reasons = step.reasons or None
    return (book.beyond(place.path, "decide", mode=step.mode.value, reasons=reasons, signature=step.signature),)


# -- time and events ---------------------------------------------------------------------------------------


def timeout(book: Book, path: str, attached_to: str, within: Term) -> Node:
    """A boundary event that comes when nobody answered in time."""
    attributes = (("attachedToRef", attached_to), ("cancelActivity", "true"))
    id_ = f"{attached_to}-silence"
    node = event("boundaryEvent", id_, book.wording.word("silence"), timer(book, within), attributes=attributes)
    return replace(node, extensions=(book.term(path, within),))


def timer(book: Book, days: Term) -> Xml:
    """A timer of so many days, an expression like all others; that they are working days stands in an extension."""
    if isinstance(days, OnDay):
        return Xml("bpmn:timerEventDefinition", parts=(Xml("bpmn:timeDate", EXPRESSION, days.field),))
    duration = Xml("bpmn:timeDuration", EXPRESSION, value_text(f"P{book.days(days)}D"))
    return Xml("bpmn:timerEventDefinition", parts=(duration,))


def waiting(book: Book, place: Place, step: Wait, silence: Piece | None) -> Piece:
    """A receive task, with a timer where silence leads somewhere."""
    here, message = element_id(place.path), (("messageRef", book.message(step.event)),)
    node = task("receiveTask", here, book.wording.title(place), attributes=message)
    if step.key is not None:
        node = replace(node, extensions=(book.beyond(place.path, "key", field=step.key),))
    if silence is None or step.within is None:
        return alone(node)
    late = timeout(book, place.path, here, step.within)
    return attached(node, [(late, silence)], gateway("exclusiveGateway", f"{here}-join"))


def notice(book: Book, place: Place, step: PublicNotice) -> Piece:
    """A timer."""
    node = event("intermediateCatchEvent", element_id(place.path), book.wording.title(place), timer(book, step.lasts))
    return alone(replace(node, extensions=(book.term(place.path, step.lasts),)))


def message_event(book: Book, type_: str) -> Xml:
    """The event definition that catches an event."""
    return Xml("bpmn:messageEventDefinition", (("messageRef", book.message(type_)),))


# -- what the system does ----------------------------------------------------------------------------------


def calling(book: Book, place: Place, step: Call) -> Piece:
    """A call activity, for each key where a field lists them."""
    called = (("calledElement", process_id(step.workflow)),)
    node = task("callActivity", element_id(place.path), book.wording.title(place), attributes=called)
    if step.over is not None:
        node = replace(node, details=(repeated(book, step.over, "key"),))
    found = []
    if step.gives or step.takes or step.outcome is not None:
        values = [Xml("liaison:gives", (("there", there), ("here", here))) for there, here in step.gives]
        values += [Xml("liaison:takes", (("here", here), ("there", there))) for here, there in step.takes]
        found.append(book.beyond(place.path, "values", values, outcome=step.outcome))
    if not step.waits:
        found.append(book.beyond(place.path, "notAwaited"))
    if step.waits and (step.join.of is not None or step.join.once is not None):
        once = None if step.join.once is None else condition_text(step.join.once)
        found.append(book.beyond(place.path, "join", of=step.join.of, once=once, rest=step.join.rest))
    return alone(replace(node, extensions=tuple(found)))


def repeated(book: Book, over: str, each: str) -> Xml:
    """For every element of a list field, side by side."""
    item = book.element(each)
    return Xml(
        "bpmn:multiInstanceLoopCharacteristics",
        (("isSequential", "false"),),
        parts=(
            Xml("bpmn:loopDataInputRef", text=book.items(over)),
            Xml("bpmn:inputDataItem", (("id", item), ("name", each))),
        ),
    )


def doing(book: Book, place: Place, step: Do) -> Piece:
    """A task for each action, one after the other."""
    title, here = book.wording.title(place), element_id(place.path)
    nodes = []
    for number, action in enumerate(step.actions):
        id_ = here if len(step.actions) == 1 else f"{here}-{number}"
        path = place.path if len(step.actions) == 1 else f"{place.path}/{number}"
        match action:
            case SetField():
                script = Xml("bpmn:script", text=f"{action.field} = {value_text(action.value)}")
                format_ = (("scriptFormat", "text/x-python"),)
                nodes.append(task("scriptTask", id_, title, attributes=format_, details=(script,)))
            case Emit():
                nodes.append(_sent(book, path, id_, title, action))
            case _:
                nodes.append(task("serviceTask", id_, title, extensions=(_served(book, path, action),)))
    return stacked([alone(one) for one in nodes])


Served = SetDay | Lookup | Read | Serial | EndPlan | MovePlan | Erase | Forget


def _served(book: Book, path: str, action: Served) -> Xml:
    """What a service task does that BPMN has no word for."""
    match action:
        case SetDay():
            return _reckoned(book, path, action)
        case Lookup():
            return book.beyond(path, "lookup", register=action.register_name, by=action.by, into=action.into)
        case Read():
            return _reading(book, path, action)
        case Serial():
            digits = book.days(action.digits)
            return book.beyond(path, "serial", series=action.series, into=action.into, digits=digits)
        case EndPlan():
            return book.beyond(path, "endPlan", plan=action.plan)
        case MovePlan():
            return book.beyond(path, "movePlan", plan=action.plan, to=action.to.field)
        case Erase() | Forget():
            return book.beyond(path, action.action)


def _reading(book: Book, path: str, action: Read) -> Xml:
    values = [Xml("liaison:takes", (("here", here), ("there", there))) for here, there in action.takes]
    return book.beyond(path, "read", values, register=action.register_name, key=action.key)


def _reckoned(book: Book, path: str, action: SetDay) -> Xml:
    months, days = book.days(action.months), book.days(action.working_days)
    return book.beyond(path, "setDay", field=action.field, after=action.after, months=months, workingDays=days)


def _sent(book: Book, path: str, id_: str, title: str, action: Emit) -> Node:
    node = task("sendTask", id_, title, attributes=(("messageRef", book.message(action.event)),))
    if not action.values:
        return node
    values = [Xml("liaison:value", (("field", name), ("is", _value(book, one)))) for name, one in action.values]
    return replace(node, extensions=(book.beyond(path, "values", values),))


def _value(book: Book, value: object) -> str:
    return value_text(book.days(value) if isinstance(value, Number) else value)


def telling(book: Book, place: Place, step: Message) -> Piece:
    """A send task to somebody."""
    more = book.beyond(place.path, "notice", to=who_text(step.to))
    return alone(task("sendTask", element_id(place.path), book.wording.title(place), extensions=(more,)))


def planning(book: Book, place: Place, step: FollowUp) -> Piece:
    """A plan that outlives the case, which no BPMN process does."""
    often = step.every.n if step.every is not None else step.months or 1
    more = book.beyond(
        place.path,
        "followUp",
        event=step.event,
        starts=step.starts,
        every=book.days(often),
        unit="months" if step.every is None else step.every.unit,
        on=None if step.every is None else step.every.on,
        repeats=step.repeats or step.every is not None,
    )
    return alone(task("serviceTask", element_id(place.path), book.wording.title(place), extensions=(more,)))
