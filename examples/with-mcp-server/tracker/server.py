"""An issue tracker as an MCP server: JSON-RPC, a message a line, with nothing but Python."""
import json
import pathlib
import sys

ISSUES = json.loads(pathlib.Path(__file__).with_name("issues.json").read_text())
NUMBER = {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]}
TOOLS = [
    {"name": "get_issue", "description": "An issue with its text.", "inputSchema": NUMBER},
    {"name": "close_issue", "description": "Closes an issue.", "inputSchema": NUMBER},
]


def text(number):
    issue = ISSUES[str(number)]
    return f"#{number} {issue['title']} ({issue['state']})\n\n{issue['text']}"


def call(name, arguments):
    number = arguments["number"]
    if name == "close_issue":
        ISSUES[str(number)]["state"] = "closed"
    return {"content": [{"type": "text", "text": text(number)}]}


def answer(method, params):
    if method == "initialize":
        return {
            "protocolVersion": params["protocolVersion"],
            "capabilities": {"tools": {}, "resources": {}},
            "serverInfo": {"name": "tracker", "version": "1"},
        }
    if method == "tools/list":
        return {"tools": TOOLS}
    if method == "tools/call":
        return call(params["name"], params["arguments"])
    if method == "resources/list":
        return {"resources": [{"uri": f"issue://{number}", "name": issue["title"]} for number, issue in ISSUES.items()]}
    if method == "resources/read":
        uri = params["uri"]
        return {"contents": [{"uri": uri, "text": text(uri.removeprefix("issue://"))}]}
    return None


for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message:
        continue
    try:
        result = answer(message["method"], message.get("params"))
        reply = {"result": result} if result is not None else {"error": {"code": -32601, "message": "no such method"}}
    except KeyError as missing:
        reply = {"error": {"code": -32602, "message": f"there is no {missing}"}}
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], **reply}), flush=True)
