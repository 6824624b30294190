"""An httpx.Auth for tokens that only their key can use (DPoP, RFC 9449), and the login that gets them.

    with httpx.Client(auth=HoldfastAuth(Login("login.json"))) as client: client.get(...)

Needs httpx and cryptography. The key and the refresh token lie in one file that only you can read.
"""

import base64
import hashlib
import http.server
import json
import os
import secrets
import sys
import time
from contextlib import suppress
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

SCOPE = "openid offline_access model:read model:call"


class HoldfastError(Exception):
    """Says what happened, and never a token."""


class LoginRequired(HoldfastError):
    """The login has ended, or there is none yet."""


class ForeignOrigin(HoldfastError):
    """The request would have carried the token to somebody else."""


class StepUpRequired(HoldfastError):
    """The model asks for the person: `challenge` is what the gateway asked for (docs/APPROVALS.md)."""

    def __init__(self, message, challenge):
        super().__init__(message)
        self.challenge = challenge


class Login:
    """What one client holds for one resource, in a file of mode 0600."""

    def __init__(self, path):
        self.path = path
        self.nonces = {}
        with suppress(FileNotFoundError):
            with open(path, encoding="utf-8") as file:
                self.__dict__.update(json.load(file))
            self.key = serialization.load_pem_private_key(self.pem.encode(), None)

    def __repr__(self):
        return f"Login({self.path!r})"

    def begin(self, issuer, client_id, resource):
        """A new login with a key of its own."""
        self.key = ec.generate_private_key(ec.SECP256R1())
        pkcs8 = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.pem = self.key.private_bytes(*pkcs8).decode()
        self.issuer, self.client_id, self.resource = issuer, client_id, resource
        self.access_token, self.refresh_token, self.expires_at = "", "", 0
        return self

    def keep(self, answer):
        self.access_token = answer["access_token"]
        self.refresh_token = answer.get("refresh_token", self.refresh_token)
        self.expires_at = time.time() + answer["expires_in"]
        names = ("pem", "issuer", "client_id", "resource", "access_token", "refresh_token", "expires_at")
        draft = f"{self.path}.{secrets.token_hex(8)}"
        # Made for the owner alone, and only then written: no moment in which others could read it.
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump({name: getattr(self, name) for name in names}, file)
        os.replace(draft, self.path)

    def proof(self, method, url, token=None):
        """RFC 9449 §4.2: a JWT for this one request; `ath` only where a token goes along."""
        parts = urlsplit(str(url))
        numbers = self.key.public_key().public_numbers()
        jwk = {"kty": "EC", "crv": "P-256", "x": b64(numbers.x.to_bytes(32, "big")), "y": b64(numbers.y.to_bytes(32, "big"))}
        claims = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": f"{parts.scheme}://{parts.netloc}{parts.path}",
            "iat": int(time.time()),
        }
        if (nonce := self.nonces.get(origin(url))) is not None:
            claims["nonce"] = nonce
        if token is not None:
            claims["ath"] = b64(hashlib.sha256(token.encode()).digest())
        signed = ".".join(b64(json.dumps(each).encode()) for each in ({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}, claims))
        r, s = utils.decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def thumbprint(self):
        """RFC 7638, for `dpop_jkt`: the code is then good for this key alone."""
        numbers = self.key.public_key().public_numbers()
        x, y = b64(numbers.x.to_bytes(32, "big")), b64(numbers.y.to_bytes(32, "big"))
        return b64(hashlib.sha256(f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'.encode()).digest())

    def token_request(self, **form):
        url = f"{self.issuer}/token"
        return httpx.Request("POST", url, headers={"dpop": self.proof("POST", url)}, data={"client_id": self.client_id, **form})


class HoldfastAuth(httpx.Auth):
    """Goes with each request of a client: token, proof, the server's nonce, a fresh token when the old one ends."""

    def __init__(self, login):
        self.login = login

    def sync_auth_flow(self, request):
        # A body that comes in pieces is needed twice where a nonce was missing.
        request.read()
        steps = self._steps(request)
        with suppress(StopIteration):
            step, whole = next(steps)
            while True:
                response = yield step
                if whole or not response.is_success:
                    response.read()
                step, whole = steps.send(response)

    async def async_auth_flow(self, request):
        await request.aread()
        steps = self._steps(request)
        with suppress(StopIteration):
            step, whole = next(steps)
            while True:
                response = yield step
                if whole or not response.is_success:
                    await response.aread()
                step, whole = steps.send(response)

    def _steps(self, request):
        """Yields requests, and whether their whole answer is needed; a model's stream never is."""
        login = self.login
        if origin(request.url) != origin(login.resource):
            raise ForeignOrigin(f"the login is for {login.resource} alone")
        if time.time() > login.expires_at - 30:
            yield from self._refresh()
        response = yield from self._send(request)
        if response.status_code == 401 and "invalid_token" in challenge_of(response):
            yield from self._refresh()
            response = yield from self._send(request)
        refuse_step_up(response)

    def _send(self, request):
        login = self.login
        for _ in range(2):
            # openai and others put their API key there: it goes no further.
            request.headers["authorization"] = f"DPoP {login.access_token}"
            request.headers["dpop"] = login.proof(request.method, request.url, login.access_token)
            response = yield request, False
            if not self._learns_nonce(response, "use_dpop_nonce" in challenge_of(response)):
                break
        return response

    def _refresh(self):
        # Two at once are given the same successor, since they have the same key: no lock is needed.
        form = {"grant_type": "refresh_token", "refresh_token": self.login.refresh_token, "resource": self.login.resource}
        for _ in range(2):
            response = yield self.login.token_request(**form), True
            if not self._learns_nonce(response, response.status_code == 400 and "use_dpop_nonce" in response.text):
                break
        if response.status_code in (400, 401):
            raise LoginRequired("the login has ended: sign in again")
        if response.status_code != 200:
            raise HoldfastError(f"the token endpoint answered {response.status_code}")
        self.login.keep(response.json())

    def _learns_nonce(self, response, missing):
        """RFC 9449 §8.2: a nonce on any answer replaces the one before."""
        if (nonce := response.headers.get("dpop-nonce")) is None:
            return False
        self.login.nonces[origin(response.request.url)] = nonce
        return missing


def refuse_step_up(response):
    if response.status_code == 401 and "insufficient_user_authentication" in challenge_of(response):
        raise StepUpRequired("the model asks for a fresh sign-in", challenge_of(response))
    if response.status_code == 403:
        with suppress(ValueError, AttributeError):
            body = response.json()
            if body.get("error") == "insufficient_authorization_details":
                raise StepUpRequired("the model asks for an approval", body)


def challenge_of(response):
    return response.headers.get("www-authenticate", "")


def origin(url):
    parts = httpx.URL(str(url))
    return parts.scheme, parts.host, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign_in(path, issuer, client_id, resource, show=print):
    """The person's browser, a redirect to this machine, PKCE, and a code that is good for this key alone."""
    login = Login(path).begin(issuer, client_id, resource)
    verifier, state, arrived = secrets.token_urlsafe(32), secrets.token_urlsafe(16), {}

    class Redirect(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked = urlsplit(self.path)
            found = {name: values[0] for name, values in parse_qs(asked.query).items()}
            # RFC 9700 §4.4: the answer is that of this question and this provider, or none.
            ours = asked.path == "/callback" and found.get("state") == state and found.get("iss") == issuer
            if ours:
                arrived.update(found)
            self.send_response(200 if ours else 404)
            self.end_headers()
            self.wfile.write(b"You can close this page." if ours else b"Not here.")

        def log_message(self, *_):
            pass  # The address has the code in it.

    with http.server.HTTPServer(("127.0.0.1", 0), Redirect) as server:
        redirect_uri = f"http://127.0.0.1:{server.server_port}/callback"
        question = {
            "client_id": client_id, "redirect_uri": redirect_uri, "response_type": "code", "scope": SCOPE, "resource": resource,
            "state": state, "prompt": "consent", "code_challenge_method": "S256", "dpop_jkt": login.thumbprint(),
            "code_challenge": b64(hashlib.sha256(verifier.encode()).digest()),
        }  # fmt: skip
        show(f"Sign in here:\n  {issuer}/authorize?{urlencode(question)}", flush=True)
        while not arrived:
            server.handle_request()
    if "code" not in arrived:
        raise LoginRequired(f"nobody signed in: {arrived.get('error')}")
    form = {"grant_type": "authorization_code", "code": arrived["code"], "redirect_uri": redirect_uri, "code_verifier": verifier}
    with httpx.Client() as client:
        for _ in range(2):
            answer = client.send(login.token_request(**form, resource=resource))
            if (nonce := answer.headers.get("dpop-nonce")) is None or answer.status_code != 400:
                break
            login.nonces[origin(issuer)] = nonce
    if answer.status_code != 200:
        raise LoginRequired(f"the token endpoint answered {answer.status_code}")
    login.keep(answer.json())
    return login


def main():
    path = os.environ.get("HOLDFAST_LOGIN", "login.json")
    resource = os.environ.get("HOLDFAST_RESOURCE", "http://localhost:6181/")
    match sys.argv[1:]:
        case ["login"]:
            issuer = os.environ.get("HOLDFAST_ISSUER", "http://localhost:6180")
            sign_in(path, issuer, os.environ.get("HOLDFAST_CLIENT_ID", "holdfast-cli"), resource)
        case ["call", model, text]:
            body = {"model": model, "stream": True, "messages": [{"role": "user", "content": text}]}
            with httpx.Client(auth=HoldfastAuth(Login(path))) as client:
                with client.stream("POST", f"{resource}v1/chat/completions", json=body) as answer:
                    for line in answer.iter_lines():
                        print(line, flush=True)
        case _:
            sys.exit("usage: holdfast_httpx.py login | call MODEL TEXT")


if __name__ == "__main__":
    try:
        main()
    except HoldfastError as error:
        sys.exit(f"{type(error).__name__}: {error}")
