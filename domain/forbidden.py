"""What must never be recorded about a person: no field, import, report or extension may hold it.

The closed list of what the joint meeting's work does not need (个人信息保护法 art. 6, 19, 28:
closed field list, no sensitive data, no judgement of people). A department that wants such
a field is told no: the code has no place for it.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

ENGLISH = frozenset(
    """
    political political_status political_views political_outlook political_performance party_membership
    party_member religion religious religious_belief faith ethnicity ethnic ethnic_group nationality_group
    thought ideology loyalty influence_score activeness activeness_score
    person_score personal_score member_score person_rating member_rating person_rank member_rank
    id_number id_no id_card id_card_number identity_number identity_card identity_card_number citizen_id
    national_id resident_id passport passport_number id_photo
    birth_date date_of_birth birthday birthdate dob birth_year year_of_birth age
    family family_members spouse children marital_status marriage health medical medical_history disease
    income salary wage bank_account bank_card bank_card_number card_number account_number
    whereabouts location_track gps_track gps face face_photo face_image face_id voice voiceprint fingerprint
    biometrics biometric social_media wechat wechat_id weibo douyin tiktok qq opinion_monitoring
    police_record criminal_record petition_record informant informant_note key_person watch_list
    """.split()  # noqa: SIM905 - a list of words is read as words
)
"""Field names in English, in snake_case; each is also refused as part of a longer name."""

CHINESE = frozenset(
    """
    政治面貌 政治观点 政治表现 政治倾向 政治 思想动态 思想 党派 党籍 是否党员 忠诚 影响力 活跃度 活跃分 个人评分 人员评分 人员排名
    宗教 信仰 民族 族别 身份证 身份号码 证件号 证件照 护照 出生 生日 年龄 家庭 配偶 子女 婚姻 健康 病史 疾病 收入 工资 薪资
    银行卡 银行账 卡号 行踪 轨迹 人脸 声纹 指纹 生物特征 社交账号 微信 微博 抖音 舆情 案底 前科 信访档案 上访 线人 重点人
    """.split()  # noqa: SIM905 - a list of words is read as words
)
"""Parts of a field name in Chinese."""

PINYIN = frozenset(
    {"zhengzhi", "zhengzhimianmao", "minzu", "zongjiao", "shenfenzheng", "shenfenzhenghao", "chusheng", "shengri"}
)

HARMLESS = ("family_name", "face_to_face", "企业微信")
"""What holds such a word and says nothing of the kind: a name, a kind of visit, the office's own channel."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_RUNTOGETHER = {name.replace("_", "") for name in ENGLISH if "_" in name} | PINYIN
_LEAF_TYPES = (str, int, float, bool, type(None))


@lru_cache(maxsize=4096)
def is_forbidden_name(name: str) -> bool:
    """Say whether a field of that name must not exist, whatever its spelling (snake, camel, zh)."""
    for harmless in HARMLESS:
        name = name.replace(harmless, "_")
    if any(part in name for part in CHINESE):
        return True
    words = [word.lower() for word in _WORDS.findall(name)]
    if "".join(words) in _RUNTOGETHER:
        return True
    return any("_".join(words[i:j]) in ENGLISH for i in range(len(words)) for j in range(i + 1, len(words) + 1))


def forbidden_fields(data: Mapping[str, object]) -> tuple[tuple[str | int, ...], ...]:
    """Find every field that must not exist, nested ones too, each as its path."""
    return tuple(_walk(data, ()))


def _walk(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, _LEAF_TYPES):
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            here = (*path, str(name))
            if is_forbidden_name(str(name)):
                yield here
            else:
                yield from _walk(inner, here)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _walk(inner, (*path, index))
