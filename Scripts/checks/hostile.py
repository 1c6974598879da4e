"""Hostile values for every text that the API takes, made from its own description.

A field that is new in the OpenAPI document is filled without a word here. What a field refuses
(a key of letters, an address) is found by the refusal, which names it, and left to its rules.
"""

import re

import httpx

HIT = "__hit"
# The short ones are for fields that hold no more. Each is another way out of text.
PAYLOADS = [
    f"<script>{HIT}(1)</script>",
    f"\"'><img src=x onerror={HIT}(2)>",
    f"javascript:{HIT}(3)//",
    f"</script><script>{HIT}(4)</script>",
    f"<svg onload={HIT}(5)>",
    "{{" + HIT + "(6)}}${" + HIT + "(6)}",
    f"\u2028{HIT}(7)\u2029//\\u003cscript\\u003e",
    f"]]><!--><svg/onload={HIT}(8)>--><a href='javascript:{HIT}(8)'>",
    f"\" autofocus onfocus={HIT}(9) x=\"",
    f"&lt;script&gt;{HIT}(10)&lt;/script&gt;&#60;b",
]
# What stands for a noun's id in a body, beside the nouns of the paths.
NOUNS = {"owner": "users", "user": "users", "manager": "users", "team": "teams",
         "partner": "partners", "ids": "leads"}
# These take no text of anybody's, or would end what the check stands on.
LEFT_OUT = {"/api/v1/tokens/refresh", "/api/v1/invitations/acceptance"}


class Refused(AssertionError):
    pass


class Pen:
    """Writes the hostile values by the API, one payload a round."""

    def __init__(self, client: httpx.Client):
        self.client = client
        self.document = client.get("/api/v1/openapi.json").json()
        stages = client.get("/api/v1/stages").json()["data"]
        self.records = {
            "users": [client.get("/api/v1/me").json()["id"]],
            "stages": [stage["key"] for stage in stages],
        }
        # Fields that held a hostile value when an operation went through.
        self.written: set[tuple[str, str]] = set()
        self.unfilled: dict[str, str] = {}
        self.count = 0

    def operations(self) -> list[tuple[str, str, dict]]:
        """Those that take text: collections first, so that there are records to name."""
        found = []
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                body = operation.get("requestBody", {}).get("content", {}).get("application/json")
                if method in ("post", "put", "patch") and body and path not in LEFT_OUT:
                    if any(True for _ in self.texts(body["schema"])):
                        found.append((method, path, body["schema"]))
        order = ("post", "put", "patch")
        return sorted(found, key=lambda one: ("{" in one[1], order.index(one[0]), one[1]))

    def resolve(self, schema: dict) -> dict:
        while "$ref" in schema or "anyOf" in schema:
            if "$ref" in schema:
                schema = self.document["components"]["schemas"][schema["$ref"].split("/")[-1]]
            else:
                schema = next(one for one in schema["anyOf"] if one.get("type") != "null")
        return schema

    def texts(self, schema: dict, depth: int = 0):
        """Paths of the fields that hold free text."""
        schema = self.resolve(schema)
        if depth > 6:
            return
        if schema.get("type") == "string" and not {"enum", "format"} & schema.keys():
            yield ""
        for name, member in schema.get("properties", {}).items():
            for rest in self.texts(member, depth + 1):
                yield f"{name}.{rest}".rstrip(".")
        for part in ("items", "additionalProperties"):
            if isinstance(schema.get(part), dict):
                yield from self.texts(schema[part], depth + 1)

    def value(self, schema: dict, payload: str, name: str = "", required: bool = True):
        """A value that fits; None where an optional one is better left out."""
        schema = self.resolve(schema)
        kind = schema.get("type")
        if kind == "string":
            return self.text(schema, payload, name, required)
        if kind == "array":
            return self.several(schema["items"], name, required)
        if kind == "object" and "properties" in schema:
            needed = schema.get("required", [])
            members = {
                key: self.value(member, payload, key, key in needed)
                for key, member in schema["properties"].items()
            }
            return {key: value for key, value in members.items() if value is not None}
        if kind == "object" and name == "custom":
            return self.own_fields(payload)
        if kind == "object":
            return {payload: self.value(schema["additionalProperties"], payload) or payload}
        if not required:
            return None
        return {"boolean": True, "integer": max(1, schema.get("minimum", 1)), "number": 1}.get(kind)

    def text(self, schema: dict, payload: str, name: str, required: bool):
        if "enum" in schema:
            turn = PAYLOADS.index(payload) % len(schema["enum"])
            return schema["enum"][turn] if required else None
        form = schema.get("format")
        if form == "uuid":
            known = self.records.get(NOUNS.get(name, name))
            return known[0] if required and known else None
        if form in ("date-time", "date"):
            return "2027-03-04T10:00:00Z"[: 10 if form == "date" else None] if required else None
        return fitting(payload, schema.get("maxLength", 10_000))

    def own_fields(self, payload: str) -> dict:
        """What a lead holds in the fields that the company has added."""
        fields = self.client.get("/api/v1/custom-fields").json()["fields"]
        held = {field["key"]: payload for field in fields if field["type"] == "text"}
        return held | {
            field["key"]: field["choices"][0] for field in fields if field["type"] == "choice"}

    def several(self, items: dict, name: str, required: bool):
        """One element for each payload: what is replaced as a whole keeps them all."""
        if self.resolve(items).get("format") == "uuid":
            return self.records.get(NOUNS.get(name, name), [])[:1] if required else None
        return [value for payload in PAYLOADS if (value := self.value(items, payload, name))]

    def write(self, method: str, path: str, schema: dict, payload: str) -> None:
        """Sends one operation; what is refused is given up field by field, until it goes through."""
        address = self.address(path)
        if address is None:
            self.unfilled[f"{method} {path}"] = "there is no record of it"
            return
        body = self.value(schema, payload)
        for _ in range(12):
            answer = self.send(method, address, body)
            if answer.status_code != 422:
                break
            faults = [fault["field"] for fault in answer.json().get("errors", [])]
            if not faults or not all([self.mend(body, fault, payload) for fault in faults]):
                break
        if answer.is_success:
            self.note(method, path, body, answer)
        else:
            self.unfilled.setdefault(f"{method} {path}", answer.text[:300])

    def has_written(self, method: str, path: str) -> bool:
        return any(operation == f"{method} {path}" for operation, _ in self.written)

    def address(self, path: str) -> str | None:
        noun, parts = "", []
        for part in path.split("/"):
            if part.startswith("{"):
                known = self.records.get(noun)
                # Who does all this stays who they are.
                known = known[1:] if noun == "users" else known
                if not known:
                    return None
                part = known[self.count % len(known)]
            else:
                noun = part
            parts.append(part)
        return "/".join(parts)

    def send(self, method: str, address: str, body: dict) -> httpx.Response:
        self.count += 1
        headers = {}
        if method == "patch":
            headers["If-Match"] = f'"{self.version(address)}"'
        return self.client.request(method.upper(), address, json=body, headers=headers)

    def version(self, address: str) -> int:
        whole = self.client.get(address)
        if whole.is_success and "version" in whole.json():
            return whole.json()["version"]
        folder, record = address.rsplit("/", 1)
        listed = self.client.get(folder, params={"limit": 200} if "leads" in folder else {})
        found = [one for one in listed.json().get("data", []) if record in (one.get("id"), one.get("key"))]
        return found[0].get("version", 1) if found else 1

    def mend(self, body, fault: str, payload: str) -> bool:
        """Gives the field at `fields[2].key` what it wants; else another payload, then nothing."""
        steps = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", fault)]
        at = body
        if steps and steps[0] not in body:
            # It is about what stands in a field, such as a query.
            wrong = [key for key in body if key in PLAIN and HIT in str(body[key])]
            body.update({key: PLAIN[key](self, [key]) for key in wrong})
            return bool(wrong)
        for step in steps[:-1]:
            try:
                at = at[step]
            except (KeyError, IndexError, TypeError):
                return False
        last = steps[-1]
        if isinstance(at, list):
            at.clear()
            return True
        old = at.get(last) if isinstance(at, dict) else None
        plain = PLAIN.get(last) if isinstance(last, str) else None
        if plain and old != (new := plain(self, steps)):
            at[last] = new
            return True
        if old is None:
            return False
        if isinstance(old, str) and old != PAYLOADS[0]:
            at[last] = PAYLOADS[0]
        else:
            del at[last]
        return True

    def note(self, method: str, path: str, body, answer: httpx.Response) -> None:
        told = answer.json() if answer.content else {}
        noun = [part for part in path.split("/") if not part.startswith("{")][-1]
        if method == "post" and isinstance(told, dict) and "id" in told:
            self.records.setdefault(noun, []).append(self.made(noun, told["id"]))
        for field, value in leaves(body):
            if HIT in value:
                self.written.add((f"{method} {path}", field))


    def made(self, noun: str, told: str) -> str:
        """The id of what was made: a follow-up answers with its lead."""
        if noun != "follow-ups":
            return told
        told = self.client.get(f"/api/v1/leads/{told}/timeline").json()["data"]
        return next(one["data"]["follow_up"] for one in told if "follow_up" in one["data"])


def unique(pen: Pen, steps: list) -> str:
    return f"n{pen.count}{''.join(str(step) for step in steps if isinstance(step, int))}"


def questions(pen: Pen, steps: list) -> list:
    """What a web form asks: one field that it cannot do without, and questions of its own."""
    keys = ["company", *(f"question_{number}" for number in range(len(PAYLOADS)))]
    return [{"key": key, "kind": "text", "label": payload, "help": payload}
            for key, payload in zip(keys, [PAYLOADS[0], *PAYLOADS])]


# What some fields want instead, when they refuse a hostile value.
PLAIN = {
    "key": unique,
    "email": lambda pen, steps: f"{unique(pen, steps)}@hostile.example",
    "password": lambda pen, steps: "a sentence that nobody tries first",
    "currency": lambda pen, steps: "USD",
    "query": lambda pen, steps: "sort=company",
    "to": lambda pen, steps: "lost" if steps[0] in ("to", "transition")
    else {"user": pen.records["users"][0]},
    "field": lambda pen, steps: "company",
    "fields": questions,
    "op": lambda pen, steps: "is",
    "values": lambda pen, steps: PAYLOADS[:2],
    "lost_reason": lambda pen, steps: "other",
    "relation": lambda pen, steps: "watcher",
    "owner": lambda pen, steps: pen.records["users"][0],
    "user": lambda pen, steps: pen.records["users"][0],
}


def fitting(payload: str, most: int) -> str:
    """The payload, or for a short field the longest other one that fits."""
    if len(payload) <= most:
        return payload
    short = [other for other in PAYLOADS if len(other) <= most]
    return max(short, key=len) if short else payload[:most]


def leaves(value, path: str = ""):
    if isinstance(value, dict):
        for key, member in value.items():
            yield from leaves(member, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member, path)
    elif isinstance(value, str):
        yield path, value
