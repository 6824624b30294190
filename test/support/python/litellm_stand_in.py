"""What examples/litellm sees of the LiteLLM proxy, and no more: the documented contract of custom_auth and CustomLogger.

CI can't reach PyPI. Takes the proxy's own --config and --port; its "model" answers at once."""

import argparse
import asyncio
import datetime
import http.server
import json
import os
import sys
import threading
import types
from urllib.parse import urlsplit

model = {"input_cost_per_token": 0.00006, "output_cost_per_token": 0.0003}
names = ["echo", "echo-frontier"]


class ProxyException(Exception):
    def __init__(self, message, type, param, code=None, headers=None, openai_code=None, provider_specific_fields=None):
        super().__init__(message)
        self.message, self.type, self.param, self.code = message, type, param, str(code)
        self.headers, self.provider_specific_fields = headers or {}, provider_specific_fields


class UserAPIKeyAuth:
    def __init__(self, user_id=None, metadata=None):
        self.user_id, self.metadata = user_id, metadata


class Router:
    model_names = names

    def get_model_list(self, model_name):
        return [{"litellm_params": model}]


class JSONResponse:
    def __init__(self, content, status_code, headers):
        self.content, self.status_code, self.headers = content, status_code, headers


async def read_request_body(request):
    return json.loads(await request.body() or b"{}")


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members, __path__=[])
    sys.modules[name] = made


module("litellm", get_model_info=lambda _model: model)
module("litellm.integrations")
module("litellm.integrations.custom_logger", CustomLogger=type("CustomLogger", (), {}))
module("litellm.proxy")
module("litellm.proxy._types", ProxyException=ProxyException, UserAPIKeyAuth=UserAPIKeyAuth)
module("litellm.proxy.common_utils")
module("litellm.proxy.common_utils.http_parsing_utils", _read_request_body=read_request_body)
module("litellm.proxy.proxy_server", llm_router=Router())
module("starlette")
module("starlette.responses", JSONResponse=JSONResponse)


class Headers:
    def __init__(self, message):
        self.message = message

    def getlist(self, name):
        return self.message.get_all(name) or []


class Request:
    def __init__(self, handler, body):
        self.headers, self.method, self.url = Headers(handler.headers), handler.command, urlsplit(handler.path)
        self.scope, self._body = {"starlette.exception_handlers": ({}, {})}, body

    async def body(self):
        return self._body


async def serve(request):
    try:
        user = await holdfast_auth.user_api_key_auth(request=request, api_key="")
    except ProxyException as error:
        answer = await request.scope["starlette.exception_handlers"][0][type(error)](request, error)
        return answer.status_code, answer.headers, answer.content
    if request.method == "GET":
        return 200, {}, {"data": [{"id": name} for name in names]}
    data = await read_request_body(request)
    data = await holdfast_auth.usage.async_pre_call_hook(user, None, data, "completion")
    headers = await holdfast_auth.usage.async_post_call_response_headers_hook(data, user, None) or {}
    used = {"prompt_tokens": 10, "completion_tokens": 20}
    await holdfast_auth.usage.async_log_success_event(
        {
            "litellm_params": {"metadata": {"user_api_key_metadata": user.metadata}},
            "standard_logging_object": used,
            "response_cost": 0.00011,
        },
        None, None, datetime.datetime.now(),
    )
    return 200, headers, {"choices": [{"message": {"content": "LiteLLM greets you"}}], "usage": used}


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        status, headers, content = asyncio.run_coroutine_threadsafe(serve(Request(self, body)), loop).result()
        sent = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {**headers, "content-type": "application/json", "content-length": str(len(sent))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = answer


options = argparse.ArgumentParser()
for option in ("--config", "--port", "--host"):
    options.add_argument(option)
chosen = options.parse_args()
sys.path.insert(0, os.path.dirname(os.path.abspath(chosen.config)))
import holdfast_auth  # noqa: E402

loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()
http.server.ThreadingHTTPServer((chosen.host, int(chosen.port)), Handler).serve_forever()
