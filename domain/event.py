"""The base of every domain event: strict, frozen, and plain about what is personal."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from domain.audit import NotCanonicalError, canonical
from domain.forbidden import forbidden_fields
from domain.identifiers import mask_forbidden

WIRE_PREFIX = "liaison."
"""On the wire a type is this prefix and TYPE."""


class Personal:
    """The mark of a field about a person: kept only under that person's key."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(schema) | {"x-personal": True}

    def __repr__(self) -> str:
        return "PERSONAL"


PERSONAL: Final = Personal()


def is_personal(field: FieldInfo) -> bool:
    """Say whether a field is marked, at its top or anywhere inside (`Annotated[str, PERSONAL] | None`)."""
    return PERSONAL in field.metadata or _mentions_personal(field.annotation)


def _mentions_personal(annotation: Any) -> bool:
    inside = (*getattr(annotation, "__metadata__", ()), *get_args(annotation))
    return any(one is PERSONAL or _mentions_personal(one) for one in inside)


def example(**fields: Any) -> Mapping[str, Any]:
    """Hold invented data of an event, unchangeable."""
    return MappingProxyType(fields)


class DomainEvent(BaseModel):
    """Something that happened, as departments and the engine tell each other.

    Fields that a newer sender added are kept; nobody here can know what they say, so they
    count as personal. A field that must never be recorded is refused, wherever it stands.
    """

    model_config = ConfigDict(
        frozen=True, strict=True, extra="allow", str_strip_whitespace=True, hide_input_in_errors=True
    )

    TYPE: ClassVar[str]
    """Name and version, as in catalogue files: "member.applied.v1"."""
    KEY: ClassVar[str]
    """The field that says which case the event belongs to."""
    PERSON: ClassVar[str | None] = None
    """The field that names the person whom the personal fields are about."""
    TITLE: ClassVar[str]
    """What happened, in Chinese (a msgid)."""
    DEPARTMENTS: ClassVar[frozenset[str]] = frozenset()
    """Departments that may send it unless the county says otherwise; empty: only the engine emits it."""
    EXAMPLE: ClassVar[Mapping[str, Any]]
    """Data that is accepted as it stands; invented."""

    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()
    PLAIN_FIELDS: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        fields = cls.model_fields
        cls.PERSONAL_FIELDS = frozenset(name for name, field in fields.items() if is_personal(field))
        cls.PLAIN_FIELDS = frozenset(fields) - cls.PERSONAL_FIELDS
        if cls.PERSONAL_FIELDS and cls.PERSON is None:
            message = f"{cls.__name__}: has personal fields, so PERSON must name the field of the person they are about"
            raise TypeError(message)

    @model_validator(mode="wrap")
    @classmethod
    def _refuse_what_must_not_exist(cls, data: Any, handler: ModelWrapValidatorHandler["DomainEvent"]) -> "DomainEvent":
        if not isinstance(data, Mapping):
            return handler(data)
        fields = cls.model_fields
        unknown = {name: value for name, value in data.items() if name not in fields}
        refusals = [_must_not_exist(path) for path in forbidden_fields(data)] or _not_keepable(unknown)
        if refusals:
            raise ValidationError.from_exception_data(cls.__name__, refusals)
        known = {name: value for name, value in data.items() if name in fields}
        return handler(known | _masked(unknown))

    def key(self) -> str:
        """What correlates the event with its case."""
        return str(getattr(self, self.KEY))

    def person(self) -> str | None:
        """Whom the personal fields are about, or None."""
        return None if self.PERSON is None else str(getattr(self, self.PERSON))

    def plain(self) -> dict[str, Any]:
        """The fields that tables and logs may show, JSON-ready, without what is not given."""
        return self.model_dump(mode="json", include=set(self.PLAIN_FIELDS), exclude_none=True)

    def personal(self) -> dict[str, Any]:
        """The fields about a person and every unknown field, JSON-ready, without what is not given."""
        return self.model_dump(mode="json", exclude=set(self.PLAIN_FIELDS), exclude_none=True)


def _must_not_exist(path: tuple[str | int, ...]) -> InitErrorDetails:
    refusal = PydanticCustomError(
        "forbidden_field",
        "the field '{field}' must not exist here: nothing of the kind is ever recorded about a person. "
        "Remove it and send again",
        {"field": str(path[-1])},
    )
    # The input is left out: what nobody may record must not stand in an error either.
    return InitErrorDetails(type=refusal, loc=path, input=None)


def _not_keepable(unknown: Mapping[str, Any]) -> list[InitErrorDetails]:
    # History commits to personal values in canonical form, which knows no fractions.
    refusals = []
    for name, value in unknown.items():
        try:
            canonical({name: value})
        except NotCanonicalError as error:
            refusal = PydanticCustomError("not_canonical", "{why}", {"why": str(error)})
            refusals.append(InitErrorDetails(type=refusal, loc=(name,), input=None))
    return refusals


def _masked(value: Any) -> Any:
    match value:
        case str():
            return mask_forbidden(value)
        case list() | tuple():
            return [_masked(item) for item in value]
        case dict():
            return {mask_forbidden(name): _masked(item) for name, item in value.items()}
        case _:
            return value
