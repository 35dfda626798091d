"""OpenID Connect: authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636, RFC 9700).

Nothing is kept on the server between the two halves of a sign-in: state, nonce and verifier are made from a random
value that the browser holds as a cookie, so an answer of the provider is worth something in that browser alone.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from memory.errors import MemoryUnusable, Misuse, SignInRefused
from memory.settings import DoorSettings

_TIMEOUT = httpx.Timeout(10.0)
_METADATA_SECONDS = 3600.0
# Asymmetric ones alone: "none" and a client's own secret would let others than the provider sign.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_CLOCK_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in under way, made from a browser's random value."""

    secret: str

    @classmethod
    def new(cls) -> Pending:
        """For a browser that begins to sign in."""
        return cls(secrets.token_urlsafe(32))

    def _derived(self, name: str) -> str:
        digest = hashlib.sha256(f"khumbula {name} {self.secret}".encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    @property
    def state(self) -> str:
        """Ties the provider's answer to the browser."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """Ties the provider's token to this sign-in."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """Ties the code to who asked for it."""
        return self._derived("verifier")


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as the provider knows him."""

    issuer: str
    subject: str
    name: str
    shown: str
    email: str | None
    groups: frozenset[str]


class Provider:
    """An OpenID provider. Its addresses and keys are fetched when first needed, and again when they are old."""

    def __init__(self, settings: DoorSettings) -> None:
        if not settings.oidc_client_id:
            raise Misuse("KHUMBULA_OIDC_ISSUER is set and KHUMBULA_OIDC_CLIENT_ID is not; the provider tells it")
        if not settings.public_url:
            raise Misuse(
                "KHUMBULA_OIDC_ISSUER is set and KHUMBULA_PUBLIC_URL is not; the provider must send back there"
            )
        self.settings = settings
        self.issuer = settings.oidc_issuer.rstrip("/")
        self.redirect_uri = settings.public_url.rstrip("/") + "/sign-in/oidc/back"
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}
        self._change = threading.Lock()

    def metadata(self) -> dict[str, Any]:
        """What the provider says of itself.

        Raises:
            MemoryUnusable: it cannot be reached.
            SignInRefused: it is another than the one configured.
        """
        found = self._fetched(f"{self.issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != self.issuer:
            raise SignInRefused(
                f"the provider calls itself {found.get('issuer')}, and KHUMBULA_OIDC_ISSUER is {self.issuer}; "
                "set it to exactly that",
                "provider",
            )
        return found

    def address(self, pending: Pending) -> str:
        """Where the browser goes to sign in."""
        return str(
            prepare_grant_uri(
                self.metadata()["authorization_endpoint"],
                self.settings.oidc_client_id,
                "code",
                redirect_uri=self.redirect_uri,
                scope=self.settings.oidc_scopes,
                state=pending.state,
                nonce=pending.nonce,
                code_challenge=create_s256_code_challenge(pending.verifier),
                code_challenge_method="S256",
            )
        )

    def identity(self, pending: Pending, state: str, code: str) -> Identity:
        """Who it is that came back with a code.

        Raises:
            SignInRefused: the answer is not one to this browser's question, or the provider's token does not hold.
            MemoryUnusable: the provider cannot be reached.
        """
        if not secrets.compare_digest(state.encode(), pending.state.encode()):
            raise SignInRefused("the answer belongs to another sign-in; begin again")
        metadata = self.metadata()
        try:
            tokens = self._tokens(metadata["token_endpoint"], code, pending)
            claims = self._claims(tokens, pending)
            if self.settings.oidc_groups not in claims and "userinfo_endpoint" in metadata:
                claims |= self._userinfo(metadata["userinfo_endpoint"], tokens, claims["sub"])
        except httpx.TransportError as error:
            raise MemoryUnusable(f"{self.issuer}: the provider does not answer: {error}") from error
        except (AuthlibBaseError, JoseError, httpx.HTTPError, KeyError, ValueError) as error:
            raise SignInRefused(f"the provider's answer does not hold: {error}", "provider") from error
        return self._identity(claims)

    def _tokens(self, endpoint: str, code: str, pending: Pending) -> dict[str, Any]:
        """Exchange a code, which counts once (RFC 6749, 4.1.3; RFC 7636, 4.5)."""
        settings, secret = self.settings, self.settings.oidc_client_secret.get_secret_value()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        form |= {"code_verifier": pending.verifier}
        if not secret:
            form |= {"client_id": settings.oidc_client_id}
        # Both parts are form-encoded first, as RFC 6749, 2.3.1, has it.
        auth = (quote_plus(settings.oidc_client_id), quote_plus(secret)) if secret else None
        with httpx.Client(timeout=_TIMEOUT, auth=auth) as client:
            found = client.post(endpoint, data=form).raise_for_status().json()
        if not isinstance(found, dict):
            raise ValueError("it has no tokens")
        return found

    def _claims(self, tokens: Mapping[str, Any], pending: Pending) -> dict[str, Any]:
        """The claims of the ID token, after checking its signature, issuer, audience, time and nonce."""
        token = self._decoded(tokens["id_token"])
        options = {
            "iss": {"essential": True, "value": self.metadata()["issuer"]},
            "aud": {"essential": True, "value": self.settings.oidc_client_id},
        }
        params = {
            "nonce": pending.nonce,
            "client_id": self.settings.oidc_client_id,
            "access_token": tokens.get("access_token"),
        }
        claims = CodeIDToken(token.claims, token.header, options, params)
        claims.validate(leeway=_CLOCK_SECONDS)
        return dict(claims)

    def _decoded(self, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, self._keys(), algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            # The provider may have changed its keys since they were fetched.
            return jwt.decode(token, self._keys(afresh=True), algorithms=_ALGORITHMS)

    def _keys(self, *, afresh: bool = False) -> KeySet:
        return KeySet.import_key_set(self._fetched(self.metadata()["jwks_uri"], afresh=afresh))  # type: ignore[arg-type]

    def _userinfo(self, endpoint: str, tokens: Mapping[str, Any], subject: str) -> dict[str, Any]:
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        found = httpx.get(endpoint, headers=bearer, timeout=_TIMEOUT).raise_for_status().json()
        if found.get("sub") != subject:
            raise ValueError("the user's details are those of somebody else")
        return {name: value for name, value in found.items() if name not in {"iss", "aud", "exp", "nonce"}}

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        groups = claims.get(self.settings.oidc_groups) or ()
        email = claims.get("email")
        name = str(claims.get("preferred_username") or email or claims["sub"])
        return Identity(
            issuer=self.issuer,
            subject=str(claims["sub"]),
            name=name,
            shown=str(claims.get("name") or name),
            email=str(email) if email else None,
            groups=frozenset([groups] if isinstance(groups, str) else map(str, groups)),
        )

    def _fetched(self, url: str, *, afresh: bool = False) -> dict[str, Any]:
        """A JSON document of the provider's, fetched at most once an hour."""
        with self._change:
            at, kept = self._kept.get(url, (float("-inf"), {}))
            if not afresh and time.monotonic() - at < _METADATA_SECONDS:
                return kept
        try:
            found = httpx.get(url, timeout=_TIMEOUT, follow_redirects=False).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise MemoryUnusable(f"{url}: the OpenID provider does not answer as one: {error}") from error
        if not isinstance(found, dict):
            raise MemoryUnusable(f"{url}: the OpenID provider does not answer as one")
        with self._change:
            self._kept[url] = (time.monotonic(), found)
        return found
