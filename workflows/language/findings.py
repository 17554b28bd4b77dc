"""What `check` finds wrong with a definition: a place, a code, what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from domain.texts import zh

Sentences = Mapping[str, tuple[str, str]]

SENTENCES: Final[Sentences] = MappingProxyType(
    {
        # the way through
        "dead_end": (zh("此处之后没有办结环节"), zh("请在此处之后加上办结(end)，写明结果")),
        "unreachable": (zh("此环节永远不会到达"), zh("请删除此环节，或移到前一办结(end)之前")),
        "twin_name": (zh("同一顺序中有两个环节都叫%(name)s"), zh("请给每个环节各取一个名称")),
        "bad_name": (zh("名称%(name)s不能使用"), zh("请用小写字母开头，只含小写字母、数字和下划线，且不用on")),
        "unknown_language": (zh("语言版本%(language)s无法识别"), zh("请改用版本%(known)s，或升级本程序")),
        "automatic_signature": (
            zh("需要签字的环节可能无人签字就通过"),
            zh("请让逾期未补正以办结(end)结束，不要继续往下走"),
        ),
        "too_big": (zh("流程超过%(most)s个环节"), zh("请拆成几个流程，用call连接")),
        "too_deep": (zh("环节嵌套超过%(most)s层"), zh("请拆成几个流程，用call连接，或改为顺序办理")),
        # blocks
        "join_of": (zh("要等%(of)s路到齐，却只有%(n)s路"), zh("请把of改为不超过%(n)s的数")),
        "loop_endless": (
            zh("循环没有办法结束"),
            zh("请写明次数上限(at_most)，或用循环内填写的字段作为结束条件(until)"),
        ),
        "loop_restless": (
            zh("循环的一轮可能不经过人工环节或等待就结束"),
            zh("请写明次数上限(at_most，不超过%(most)s)，或在每一轮中加上人工环节或等待"),
        ),
        "few_ways": (zh("先到先办(race)只有一路"), zh("请写明至少两路，或改用顺序办理")),
        "race_at_once": (
            zh("先到先办(race)的这一路不经等待就开始"),
            zh("请让每一路的第一步是人工环节、等待、公示或子办件"),
        ),
        "too_many": (zh("份数%(n)s不在1到%(most)s之间"), zh("请改用列表字段，或减少份数")),
        "over_field": (zh("不能按字段%(field)s逐个办理"), zh("请改用此前一定已填写的非个人列表字段")),
        "element_name": (zh("逐个办理的元素%(field)s与已有的字段同名"), zh("请给元素(each)另取一个名称")),
        "grows_takes": (
            zh("增加元素的事件(grows_on)与其字段(takes)没有成对写明"),
            zh("请同时写明grows_on和takes，或同时删除；按份数办理时不用takes"),
        ),
        "inside_only": (
            zh("条件中的字段%(field)s只在逐个办理(for_each)之内，此处看不到"),
            zh("请在该块之内使用，或改用办件的字段"),
        ),
        "pauses_nothing": (
            zh("此处没有可以暂停的公示"),
            zh("请删除pauses，或把处理写在公示(public_notice)上，与其并行"),
        ),
        "resource_field": (zh("%(field)s不能用来区分资源"), zh("请改用此前一定已填写的非个人文本字段，或删除of")),
        "exclusive_order": (
            zh("占用资源的先后相反，可能互相等待：%(cycle)s"),
            zh("请在各处按同样的先后占用，或不要嵌套"),
        ),
        "bad_share": (
            zh("票决的比例不成立：参加%(quorum)s，通过%(passes)s"),
            zh("请写成分数，如2/3；参加比例在0到1之间，通过比例小于1"),
        ),
        "guard_step": (zh("没有可以停留的环节%(name)s"), zh("请写已有的人工环节、等待或块的名称")),
        "guard_locks": (
            zh("此环节永远不能用%(verb)s"),
            zh("请把此环节或其所在的块写入while_in"),
        ),
        # calls
        "mode_setting": (
            zh("办理方式%(mode)s与passes、weights、collects或first的设置不符"),
            zh("请只在ratio、weight方式中写passes(大于0、不超过1)，只在weight方式中写weights，只在any方式中写first"),
        ),
        "return_target": (zh("不能退回到%(name)s"), zh("请写本流程中另一人工环节的名称，或previous、any")),
        "jump_step": (zh("跳转所写的%(name)s不是人工环节"), zh("请写本流程中人工环节的名称")),
        "unknown_workflow": (zh("没有流程%(workflow)s"), zh("请改用已有的流程，或一并检查该流程")),
        "call_person": (zh("流程%(workflow)s针对个人，本流程却不针对个人"), zh("请在本流程中写明person=True")),
        "call_unheard": (zh("不等待子办件，却要取其结果"), zh("请删除takes和outcome，或等待子办件(waits)")),
        "call_takes": (
            zh("不能从流程%(workflow)s取字段%(field)s"),
            zh("请改用该流程填写的非个人字段"),
        ),
        "gives_nothing": (zh("给子办件的字段%(field)s无处填写"), zh("请核对字段名称，或在此之前填写该字段")),
        "gives_unknown": (
            zh("流程%(workflow)s启动时没有字段%(field)s"),
            zh("请从gives中删除，或改用该流程启动事件的字段"),
        ),
        "gives_type": (
            zh("字段%(field)s的类型不合子办件的要求"),
            zh("请改用相同类型的字段，个人信息只能给个人信息字段"),
        ),
        "gives_misses": (
            zh("流程%(workflow)s启动时需要字段%(field)s，此处不一定有"),
            zh("请在gives中写明，并在此之前填写"),
        ),
        # silence
        "no_silence": (zh("无人答复时没有下文"), zh("请写明期限(within)，以及提醒、升级(overdue)或逾期处理(silence)")),
        "overdue_without_within": (
            zh("有提醒或升级、逾期处理，却没有期限"),
            zh("请写明期限(within)"),
        ),
        "ladder_order": (zh("提醒和升级没有按时间先后排列"), zh("请按相对期限的天数从小到大排列，不要重复")),
        "late_reminder": (zh("提醒排在逾期处理之后，不会发出"), zh("请把提醒排在期限之前(负数)")),
        "early_rung": (
            zh("逾期视为同意、视为不同意或跳转排在到期之前"),
            zh("请把deem、jump的at改为0或更大的数"),
        ),
        "last_rung": (
            zh("逾期视为同意、视为不同意或跳转之后还有提醒或升级，不会发生"),
            zh("请把deem或jump排在最后，且只写一个"),
        ),
        "vote_rung": (zh("票决到期即按所投的票决定，不能用%(rung)s"), zh("请只写remind和escalate")),
        "undone_rung": (
            zh("须办理的事项无人办理时，不能视为已经同意或不同意"),
            zh("请改用escalate、hand_over或jump"),
        ),
        "deemed_signature": (
            zh("法定或需要签字的环节不能因逾期视为同意或不同意"),
            zh("请改用escalate或hand_over，由人决定"),
        ),
        "deemed_form": (
            zh("逾期视为同意时，必填字段%(field)s可能无人填写"),
            zh("请在此前必经的环节填写该字段，或改为非必填，或改用escalate、hand_over"),
        ),
        "deemed_guard": (
            zh("此环节的%(verb)s受里程碑(guards)限制，逾期时不一定可用"),
            zh("请把此环节或其所在的块写入while_in，或不用deem"),
        ),
        "rung_target": (
            zh("逾期跳转所写的%(name)s不是另一个人工环节，或名称不止一处使用"),
            zh("请写本流程中另一人工环节的名称，该名称只用一次"),
        ),
        "rung_line": (
            zh("逾期不能跳转到%(name)s：它不在同一主线上，或在另一并行、循环、先到先办、逐项办理或占用之内"),
            zh("请改为同一顺序中的环节，或改用escalate、hand_over"),
        ),
        "rung_over": (
            zh("逾期跳转会越过法定或需要签字的环节%(name)s"),
            zh("请改为跳转到该环节或其之前，或改用escalate、hand_over"),
        ),
        "no_days": (zh("期限%(days)s不是正数"), zh("请写1或更大的数")),
        "term_field": (zh("字段%(field)s不能用作期限"), zh("请改用此前一定已填写的非个人日期字段")),
        "number_differs": (zh("参数%(name)s有两个不同的默认值"), zh("请改成相同的默认值，或另取一个名称")),
        # people
        "nobody": (zh("目前没有人担任%(role)s"), zh("请先在人员名册中设置，或改由其他角色办理")),
        "too_few": (zh("%(role)s目前只有%(people)s人，席位却有%(seats)s个"), zh("请减少席位，或先增加人员")),
        "unknown_department": (zh("名册中没有部门%(department)s的联络员"), zh("请核对部门代码，或先设置联络员")),
        "unknown_post": (zh("名册中没有职位%(post)s"), zh("请核对职位代码，或先在名册中设置该职位")),
        "named_field": (
            zh("%(field)s不能用来指明由谁办理"),
            zh("请改用启动事件、表单或补充内容中的非个人文本字段(或文本列表)"),
        ),
        "chosen_field": (
            zh("%(field)s不能存放自选的人员"),
            zh("请改用启动事件中的非个人文本列表字段，或表单中选人的字段(person、people)"),
        ),
        "chosen_range": (zh("自选人数下限%(least)s大于上限%(most)s"), zh("请改正at_least和at_most")),
        "chosen_late": (
            zh("到达此处时，%(field)s不一定已选定人员"),
            zh("请把选人的表单放到此前必经的环节并设为必填，或先以条件(given)判断已选"),
        ),
        "chosen_wider": (
            zh("表单可在%(field)s中选择此处不能选的人或人数"),
            zh("请使表单字段与此处的among相同，人数也在此处的at_least与at_most之内"),
        ),
        "choosing_field": (
            zh("表单字段%(field)s的选人设置不合适"),
            zh("among、once只用于person和people，at_least、at_most只用于people，且不设personal"),
        ),
        "chooser_field": (
            zh("%(field)s记录由谁选定，不能另作他用"),
            zh("请给另一处写入的字段改名"),
        ),
        "one_of_levels": (
            zh("多级主管中只要一人决定就算通过"),
            zh("请写明mode为sequence(依次)或all，逐级都要同意，或只写一级(levels: 1)"),
        ),
        "nobody_ask": (zh("无人可办时由谁办理没有写清"), zh("then为ask时写明ask，其他情形删除ask")),
        "nobody_rejects": (
            zh("此环节没有不同意的出路，无人可办时不能按不同意处理"),
            zh("请改用office、admin、climb、pass或block"),
        ),
        "open_secret": (
            zh("无记名票决不能加权、不能由主席决定、也不能改票：否则会看出谁投了什么"),
            zh("请删除weights、chair和changes，或改为记名票决(secret: false)"),
        ),
        "escalated_vote": (
            zh("票决不许代投，却会升级给他人办理"),
            zh("请把overdue中的escalate改为remind，或删除proxies: false"),
        ),
        "few_secret": (
            zh("无记名票决只有%(n)s席，少于%(least)s席"),
            zh("请增加席位，或改为记名票决(secret: false)"),
        ),
        "ruled_signature": (
            zh("需要签字的环节可能由规则跳过"),
            zh("请不要用pass和skip，改由办公室、上级或部门负责人办理"),
        ),
        "block_late": (
            zh("由谁办理取决于办理中才填写的字段%(field)s，提交时无从拦截"),
            zh("请改用启动事件的字段，或改用office、admin、climb"),
        ),
        "scope_field": (
            zh("%(field)s不能用来确定角色范围"),
            zh("请改用启动事件、表单或补充内容中的非个人文本字段"),
        ),
        "needs_person": (zh("此处涉及个人信息，流程却不针对个人"), zh("请在流程中写明person=True")),
        # events, fields, forms
        "unknown_event": (zh("没有事件%(event)s"), zh("请用liaison event-types查看可用的事件")),
        "withdrawal_unheard": (
            zh("撤回作为事件%(event)s记录，流程却不处理该事件"),
            zh("请在流程的on中处理该事件，使办件以办结(end)结束"),
        ),
        "takes_unknown": (zh("事件%(event)s没有字段%(field)s"), zh("请从takes中删除，或改用该事件已有的字段")),
        "wait_key": (zh("%(field)s不能用来对应事件"), zh("请改用此前一定已填写的非个人文本字段，或删除key")),
        "emit_misses": (
            zh("发出事件%(event)s时，字段%(field)s可能还没有值"),
            zh("请在此之前填写该字段，或在emit中直接给出"),
        ),
        "emit_value": (zh("字段%(field)s的值不符合事件%(event)s的要求"), zh("请改用该事件允许的值")),
        "twin_right": (zh("字段%(field)s的权限写了不止一次"), zh("请只写一次")),
        "right_field": (zh("权限所写的字段%(field)s不存在"), zh("请改用办件或本环节表单中的字段")),
        "right_form": (
            zh("字段%(field)s不在本环节的表单中，不能填写"),
            zh("请把权限改为hidden或read，或把字段加入表单"),
        ),
        "right_hidden": (
            zh("表单必填的字段%(field)s在本环节却是隐藏的"),
            zh("请在表单中改为非必填(required: false)，并在应填写的环节写明required"),
        ),
        "right_key": (zh("字段%(field)s是办件的编号，不能隐藏"), zh("请删除这一权限")),
        "unknown_form": (zh("没有表单%(form)s"), zh("请在forms中定义，或改用已有的表单")),
        "twin_form": (zh("有两个表单都叫%(form)s"), zh("请给每个表单各取一个名称")),
        "twin_field": (zh("表单中有两个字段都叫%(field)s"), zh("请删除其中一个")),
        "no_choices": (zh("选择字段%(field)s没有选项"), zh("请写明choices，至少两项，不要重复")),
        "needless_choices": (zh("字段%(field)s不是选择字段，却有选项"), zh("请把类型改为choice，或删除choices")),
        "never_written": (zh("条件中的字段%(field)s无处填写"), zh("请核对字段名称，或在此之前填写该字段")),
        "wrong_type": (zh("条件中字段%(field)s的类型不符"), zh("请与相同类型的值比较")),
        "impossible_value": (zh("字段%(field)s不会是%(value)s"), zh("请改用该字段允许的值")),
        "two_writers": (zh("两个并行分支都填写字段%(field)s"), zh("请只在一个分支填写，或改用不同的字段")),
        "unknown_register": (zh("没有登记簿%(register)s"), zh("请改用已有的登记簿：%(known)s")),
        "read_column": (zh("登记簿%(register)s没有字段%(field)s"), zh("请改用该登记簿已有的字段")),
        "lookup_field": (
            zh("不能按字段%(field)s查找"),
            zh("请改用此前填写的文本字段，或姓名和手机号码的指纹(fingerprint)"),
        ),
        "serial_field": (
            zh("编号不能写入字段%(field)s：它还用于别的内容"),
            zh("请改用一个只存放编号的文本字段"),
        ),
        "plan_what": (
            zh("后续计划要么发出事件，要么启动流程"),
            zh("请在event和starts中只写一项"),
        ),
        "plan_when": (
            zh("后续计划的时间没有写明，或写了两次"),
            zh("请只写months（可加repeats），或只写every"),
        ),
        "plan_on": (
            zh("%(on)s不是每月或每年的某一天"),
            zh("请写成15或11-01的样子，并按月、季或年重复"),
        ),
        "plan_moves_to": (
            zh("不能把计划改到字段%(field)s"),
            zh("请在moves_on写明事件，并改用该事件的非个人日期字段"),
        ),
        "unknown_plan": (
            zh("没有后续计划%(plan)s"),
            zh("请改用本流程中某个follow_up的名称"),
        ),
        # several definitions together
        "start_cycle": (zh("流程互相启动，没有尽头：%(cycle)s"), zh("请在其中加上人工环节、等待或后续计划")),
        "never_comes": (
            zh("等待的事件%(event)s不会发生：没有流程能先发出它"),
            zh("请核对发出该事件的流程，或写明期限和逾期处理"),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at `path` ("" is the workflow itself): `code` names the rule.

    `message` and `remedy` are Chinese sentences (msgids) with places for `values`; translate them, then fill them in.
    """

    path: str
    code: str
    message: str
    remedy: str
    values: Mapping[str, str | int] = field(default_factory=dict)


def finding(path: str, code: str, **values: str | int) -> Finding:
    """The finding of the rule `code` at `path`."""
    message, remedy = SENTENCES[code]
    return Finding(path, code, message, remedy, values)
