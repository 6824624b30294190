"""Holdfast in front of the LiteLLM proxy: `custom_auth` and a callback. Settings are environment variables (README.md)."""

import asyncio
import base64
import collections
import contextlib
import logging
import math
import os
from datetime import datetime, timezone
from urllib.parse import quote_plus, urlsplit

import httpx
from litellm.integrations.custom_logger import CustomLogger
from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.common_utils.http_parsing_utils import _read_request_body

log = logging.getLogger("holdfast")

# What may be reached with a Holdfast token; LiteLLM's own administration among others may not.
CALLS = {"/chat/completions", "/v1/chat/completions"}
LISTS = {"/models", "/v1/models"}
# Members that change neither model nor price nor where a call goes. LiteLLM knows many that do: fallbacks, api_base, mock_response …
MEMBERS = {
    "model", "messages", "max_tokens", "max_completion_tokens", "n", "stream", "stream_options", "temperature", "top_p",
    "stop", "seed", "presence_penalty", "frequency_penalty", "logit_bias", "response_format", "tools", "tool_choice",
    "parallel_tool_calls", "reasoning_effort", "user",
}
USUAL_OUTPUT, LONGEST_OUTPUT, LONGEST_BODY = 1024, 8192, 1_000_000
LONGEST_TOKEN, LONGEST_PROOF = 8192, 4096


class Refusal(ProxyException):
    """LiteLLM keeps status and headers of a ProxyException (of an HTTPException it drops the headers)."""

    def __init__(self, status, body, headers):
        super().__init__(message=body.get("error_description", body["error"]), type=body["error"], param=None, code=status,
                         headers=headers, provider_specific_fields=body)
        self.body = body


def refuse(request, status, error, description, headers=None, body=None):
    # Starlette's own place for handlers: through it the challenge's body arrives as it is, not inside LiteLLM's `error`.
    handlers = request.scope.get("starlette.exception_handlers")
    if handlers:
        handlers[0].setdefault(Refusal, _answer)
    body = body or {"error": error, "error_description": description}
    raise Refusal(status, body, {"cache-control": "no-store", **(headers or {})})


async def _answer(_request, refusal):
    from starlette.responses import JSONResponse

    return JSONResponse(refusal.body, status_code=int(refusal.code), headers=refusal.headers)


class Settings:
    def __init__(self, environ=os.environ):
        names = ("HOLDFAST_ISSUER", "HOLDFAST_RESOURCE", "HOLDFAST_CLIENT_ID", "HOLDFAST_CLIENT_SECRET")
        missing = [name for name in names if not environ.get(name)]
        if missing:
            raise RuntimeError(f"holdfast_auth needs {', '.join(missing)}")
        issuer, self.resource, client_id, secret = (environ[name] for name in names)
        self.issuer = issuer.rstrip("/")
        origin = urlsplit(environ.get("HOLDFAST_PUBLIC_URL") or self.resource)
        self.public = f"{origin.scheme}://{origin.netloc}"
        self.call_scope = environ.get("HOLDFAST_CALL_SCOPE", "model:call")
        self.list_scope = environ.get("HOLDFAST_LIST_SCOPE", "model:read")
        # RFC 6749 §2.3.1: form-encoded before they become Basic.
        pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
        self.headers = {"authorization": "Basic " + base64.b64encode(pair).decode()}
        path = urlsplit(self.resource).path.rstrip("/")
        self.metadata = f"{self.public}/.well-known/oauth-protected-resource{path}"


settings = Settings()
_client = None


def _http():
    global _client
    # trust_env: no proxy and no .netrc of the environment may see or replace our credentials.
    _client = _client or httpx.AsyncClient(timeout=2.0, trust_env=False, follow_redirects=False, headers=settings.headers)
    return _client


def _credentials(request):
    """RFC 9449 §7.1, §4.3: one `Authorization: DPoP …` and one `DPoP`; `x-api-key` and others count for nothing."""
    authorization, proofs = request.headers.getlist("authorization"), request.headers.getlist("dpop")
    scheme, _, token = authorization[0].partition(" ") if len(authorization) == 1 else ("", "", "")
    token = token.strip()
    if scheme.lower() != "dpop" or not 0 < len(token) <= LONGEST_TOKEN or len(proofs) != 1 or len(proofs[0]) > LONGEST_PROOF:
        challenge = f'DPoP algs="ES256 EdDSA Ed25519", resource_metadata="{settings.metadata}"'
        refuse(request, 401, "invalid_token", "Send the token as DPoP, with one proof.", {"www-authenticate": challenge})
    return token, proofs[0]


def _whole(request, body, name):
    value = body.get(name)
    if value is None:
        return None
    if type(value) is not int or not 0 < value <= LONGEST_OUTPUT:
        refuse(request, 400, "invalid_request", f"{name} must be a whole number up to {LONGEST_OUTPUT}.")
    return value


def _deployments(model):
    from litellm.proxy.proxy_server import llm_router

    # Exactly a model_name of config.yaml: LiteLLM would also take the id of a deployment, or the provider's own name for a model.
    if llm_router is None or model not in llm_router.model_names:
        return []
    return llm_router.get_model_list(model_name=model) or []


def _price(deployment, name):
    import litellm

    own = [deployment.get("litellm_params") or {}, deployment.get("model_info") or {}]
    for known in own:
        if known.get(name) is not None:
            return float(known[name])
    try:
        return float(litellm.get_model_info(own[0]["model"])[name])
    except Exception:
        return None  # No price, no max_cost: Holdfast refuses where the tier counts money.


def _highest_cost(deployments, input_tokens, output_tokens):
    """In micro-dollars, of the dearest deployment; None where one has no price."""
    costs = []
    for deployment in deployments:
        into, out = (_price(deployment, f"{way}_cost_per_token") for way in ("input", "output"))
        if into is None or out is None:
            return None
        costs.append(math.ceil((into * input_tokens + out * output_tokens) * 1_000_000))
    return max(costs, default=None)


def _only_text(messages):
    if not isinstance(messages, list):
        return False
    for message in messages:
        content = message.get("content") if isinstance(message, dict) else 0
        parts = content if isinstance(content, list) else []
        if not (content is None or isinstance(content, (str, list))):
            return False
        if any(not isinstance(part, dict) or part.get("type") != "text" for part in parts):
            return False  # Pictures have a price of their own.
    return True


async def _read_call(request):
    """What is called and what it costs at the most, by LiteLLM's own reading of the body."""
    body = await _read_request_body(request=request)
    size = len(await request.body())
    if not isinstance(body, dict) or not isinstance(body.get("model"), str) or size > LONGEST_BODY:
        refuse(request, 400, "invalid_request", "The body must be a JSON object with a model.")
    unknown = sorted(set(body) - MEMBERS)
    if unknown or body.get("n") not in (None, 1) or not _only_text(body.get("messages")):
        refuse(request, 400, "invalid_request", "The body has members that are not passed on, several answers, or more than text.")
    named = [_whole(request, body, name) for name in ("max_tokens", "max_completion_tokens")]
    output = max((each for each in named if each), default=USUAL_OUTPUT)
    deployments = _deployments(body["model"])
    if not deployments:
        refuse(request, 404, "model_not_found", "There is no such model.")
    # No tokenizer finds more tokens than bytes.
    return body["model"], output, _highest_cost(deployments, size, output)


async def user_api_key_auth(request, api_key) -> UserAPIKeyAuth:
    path, method = request.url.path, request.method
    call = method == "POST" and path in CALLS
    # `?model=` would go before the body's.
    if request.url.query or not (call or (method == "GET" and path in LISTS)):
        refuse(request, 403, "access_denied", "Nothing else can be reached with this token.")
    token, proof = _credentials(request)
    model, output, cost = await _read_call(request) if call else (None, None, None)
    question = {
        "token": token,
        "proof": {"dpop": proof, "method": method, "url": settings.public + path},
        "model": model,
        "scope": settings.call_scope if call else settings.list_scope,
    }
    if cost is not None:
        question["max_cost"] = cost
    answer = await _ask(request, question)
    nonce = {"DPoP-Nonce": answer["dpop_nonce"]} if answer.get("dpop_nonce") else {}
    if answer.get("decision") != "allow":
        _pass_on(request, answer, nonce)
    facts = answer["introspection"]
    kept = {"holdfast_call_id": answer["call_id"], "holdfast_model": model, "holdfast_output": output, "holdfast_nonce": nonce}
    # Never `api_key=`: LiteLLM writes it into its records, and only what begins with `sk-` is hashed there.
    return UserAPIKeyAuth(user_id=facts.get("sub") or facts.get("client_id"), metadata=kept)


async def _ask(request, question):
    """Once: the question uses the proof up, and perhaps an approval. Anything but a clear answer lets nobody in."""
    problem, answer = None, None
    try:
        response = await _http().post(f"{settings.issuer}/calls", json=question)
        if response.status_code == 200:
            answer = response.json()
        else:
            problem = f"status {response.status_code}"
    except (httpx.HTTPError, ValueError) as error:
        problem = type(error).__name__  # Its text may hold what was sent.
    if isinstance(answer, dict) and answer.get("decision") in ("allow", "challenge", "deny"):
        return answer
    log.error("holdfast: /calls gave no answer (%s)", problem or "malformed")
    refuse(request, 503, "temporarily_unavailable", "Try again in a moment.", {"retry-after": "1"})


def _pass_on(request, answer, nonce):
    header = answer["www_authenticate"]
    if "resource_metadata=" not in header:  # RFC 9728 §5.1
        header += f', resource_metadata="{settings.metadata}"'
    log.info("holdfast: %s refused, %s", answer["call_id"], answer["code"])
    refuse(request, answer["status"], None, None, {"www-authenticate": header, **nonce}, answer["body"])


class Usage(CustomLogger):
    """Holds calls to what was judged, and reports what they used, at least once while this process lives."""

    capacity, batch, longest_pause = 10_000, 200, 30.0

    def __init__(self):
        super().__init__()
        self.waiting = collections.deque()
        self.lost = 0
        self.sending = None

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        judged = user_api_key_dict.metadata or {}
        if data.get("model") != judged.get("holdfast_model") or judged.get("holdfast_output") is None:
            raise ProxyException(message="The model is not the one that was judged.", type="server_error", param=None, code=500)
        if data.get("max_completion_tokens") is None:
            data["max_tokens"] = data.get("max_tokens") or judged["holdfast_output"]
        # Proofs belong in no record of LiteLLM's either.
        headers = (data.get("proxy_server_request") or {}).get("headers") or {}
        for each in (headers, (data.get("metadata") or {}).get("headers") or {}):
            each.pop("dpop", None)
        return data

    async def async_post_call_response_headers_hook(self, data, user_api_key_dict, response, **_more):
        kept = user_api_key_dict.metadata or {}
        call_id = kept.get("holdfast_call_id")
        return {**(kept.get("holdfast_nonce") or {}), "Holdfast-Call-Id": call_id} if call_id else None

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        metadata = (kwargs.get("litellm_params") or {}).get("metadata") or {}
        standard = kwargs.get("standard_logging_object") or {}
        report = {"outcome": "completed", "finished_at": _rfc3339(end_time)}
        for member, name in (("input_tokens", "prompt_tokens"), ("output_tokens", "completion_tokens")):
            if isinstance(standard.get(name), int):
                report[member] = standard[name]
        cost = kwargs.get("response_cost")
        if isinstance(cost, (int, float)) and math.isfinite(cost) and cost >= 0:
            report["cost"] = math.ceil(cost * 1_000_000)
        self.report(metadata.get("user_api_key_metadata"), report)

    # Not async_log_failure_event: that is told of each try, and what is said first of a call stands.
    async def async_post_call_failure_hook(self, request_data, original_exception, user_api_key_dict, traceback_str=None):
        self.report(user_api_key_dict.metadata, {"outcome": "failed", "finished_at": _rfc3339(datetime.now())})

    def report(self, metadata, report):
        call_id = (metadata or {}).get("holdfast_call_id")
        if call_id is None or metadata.get("holdfast_model") is None:
            return
        if len(self.waiting) >= self.capacity:
            self.lost += 1
            log.error("holdfast: usage of %s is lost, as the queue is full (%d so far)", call_id, self.lost)
            return
        self.waiting.append({"call_id": call_id, **report})
        if self.sending is None or self.sending.done():
            self.sending = asyncio.get_running_loop().create_task(self.send())

    async def send(self):
        pause = 0.5
        while self.waiting:
            reports = [self.waiting[i] for i in range(min(self.batch, len(self.waiting)))]
            after = None
            with contextlib.suppress(httpx.HTTPError):
                response = await _http().post(f"{settings.issuer}/usage", json={"reports": reports})
                after = response.status_code, response.headers.get("retry-after", "")
            status, retry_after = after or (503, "")
            if status == 429 or status >= 500:
                wait = float(retry_after) if retry_after.isdigit() else pause
                await asyncio.sleep(min(wait, self.longest_pause))
                pause = min(pause * 2, self.longest_pause)
                continue
            pause = 0.5
            if status != 200:
                log.error("holdfast: %d usage reports refused (status %d)", len(reports), status)
            for _ in reports:
                self.waiting.popleft()


def _rfc3339(moment):
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


usage = Usage()
