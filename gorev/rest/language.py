"""Routes of the language of those who name none (``rest-api.md`` §4.13)."""

from __future__ import annotations

from typing import Final

import attrs
import msgspec

from gorev.locale import LANGUAGES, text
from gorev.rest import route
from gorev.rest.call import Call
from gorev.rest.fields import Fields
from gorev.rest.reply import Reply
from gorev.rest.route import GET, POST, Area, Route
from gorev.services.language import DefaultLanguage
from gorev.wire import json_schema
from gorev.wire.json_schema import Schema
from gorev.wire.kinds import LanguageToken
from gorev.wire.vocabulary import LANGUAGE


class Choice(msgspec.Struct, kw_only=True):
    """A language."""

    language: LanguageToken


CHOICE: Final = Fields(Choice, LANGUAGE)
_LANGUAGE: Final[Schema] = {"type": "string", "enum": list(LANGUAGES)}


@attrs.frozen
class LanguageRoutes:
    """Tell the language and change it, until the daemon ends."""

    default: DefaultLanguage

    async def told(self, call: Call) -> Reply:
        """The language."""
        return Reply(body={"success": True, "language": self.default.code})

    async def chosen(self, call: Call) -> Reply:
        """Change it."""
        self.default.code = call.body(CHOICE).language
        message = text(self.default.code, "English is the language of those who name none.")
        return Reply(body={"success": True, "language": self.default.code, "message": message})

    def routes(self) -> tuple[Route, ...]:
        """The routes."""
        return (
            Route(
                name="get_language",
                area=Area.SYSTEM,
                summary="The language of those who name none",
                methods=GET,
                family_b=("/language",),
                handler=self.told,
                answer=route.enveloped({"language": _LANGUAGE}),
                of_workspace=False,
            ),
            Route(
                name="set_language",
                area=Area.SYSTEM,
                summary="Change the language of those who name none",
                detail="Until the daemon ends. Accept-Language goes before it.",
                methods=POST,
                family_b=("/language",),
                handler=self.chosen,
                bodies=(CHOICE,),
                answer=route.enveloped({"language": _LANGUAGE, "message": json_schema.TEXT}),
                errors=("missing_parameter",),
                of_workspace=False,
            ),
        )
