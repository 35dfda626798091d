"""Sign-in over HTTP: who I am, and how to come in."""

from __future__ import annotations

from pydantic import BaseModel, Field

from service.shapes import Words


class ProviderShape(BaseModel):
    """The OpenID provider that one may sign in with."""

    name: str = Field(examples=["your municipal account"])
    url: str = Field(examples=["/sign-in/oidc"])


class WaysIn(BaseModel):
    """How one signs in here."""

    local: bool = Field(description="with a name and a password")
    oidc: ProviderShape | None


class Me(BaseModel):
    """Who asks. `user` is null for who has not signed in."""

    user: str | None = Field(examples=["thandi"])
    name: str = Field(examples=["Thandi Dlamini"])
    roles: list[str] = Field(examples=[["reader"]])
    labels: list[str] | None = Field(description="what one may see; null: everything", examples=[["public"]])
    posts: list[str] = Field(description="the posts that one holds", examples=[["Chief Financial Officer"]])
    csrf: str | None = Field(description="to be sent as X-CSRF-Token with every unsafe request; null: none is needed")
    news: int = Field(description="replies to one's feedback that one has not read")
    sign_in: WaysIn | None = Field(description="null: there is no sign-in here, and one local user")


class NameAndPassword(BaseModel):
    """A local account's."""

    user: Words = Field(min_length=1, max_length=100, examples=["thandi"])
    password: Words = Field(min_length=1, max_length=1000)


class NewPassword(BaseModel):
    """A change of one's own password."""

    old: Words = Field(max_length=1000)
    new: Words = Field(max_length=1000)


class SignedOut(BaseModel):
    """That one is signed out here; `provider`: where to end the session at the provider too, null: nowhere."""

    sessions: int = Field(description="how many sessions ended")
    provider: str | None
