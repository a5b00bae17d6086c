// A consumer of `claude -p --output-format stream-json`, written against the published types, that reads our lines.
import { readFileSync } from "node:fs";
import type {
  SDKAssistantMessage,
  SDKMessage,
  SDKResultMessage,
  SDKSystemMessage,
} from "@anthropic-ai/claude-agent-sdk";

/** What we add to a result; claw-ci's own schema says what is in it. */
interface Own {
  outcome: string;
  exit_code: number;
  reason: string;
  message: string;
  retryable: boolean;
  limits_hit: string[];
  checks: object[];
  changes?: object;
  applied: string;
  artifacts: string[];
  redactions: number;
  reported?: object;
}

/** A line: theirs, and no field that neither they nor we have declared. */
export type Line = (Exclude<SDKMessage, SDKResultMessage> | (SDKResultMessage & Own)) & { task_id: string };

// Types that could not be found would be `any` and allow everything: these must be mistakes.
// @ts-expect-error
export const noInit: SDKSystemMessage = { type: "system", subtype: "init" };
// @ts-expect-error
export const noUuid: SDKSystemMessage["uuid"] = "no-uuid";
// @ts-expect-error
export const noMessage: SDKAssistantMessage["message"] = {};
// @ts-expect-error
export const noUsage: SDKResultMessage["usage"] = { input_tokens: 1, output_tokens: 1 };

const summary = {
  sessions: new Set<string>(),
  uuids: new Set<string>(),
  lines: 0,
  tools: [] as string[],
  texts: [] as string[],
  toolUses: [] as string[],
  toolResults: [] as string[],
  synthetic: 0,
  denied: [] as string[],
  retries: 0,
  notes: [] as string[],
  outputTokens: 0,
  results: [] as object[],
};

function read(line: Line): void {
  summary.lines++;
  if (line.session_id) summary.sessions.add(line.session_id);
  if (line.uuid) summary.uuids.add(line.uuid);
  switch (line.type) {
    case "system":
      if (line.subtype === "init") summary.tools.push(...line.tools);
      else if (line.subtype === "permission_denied") summary.denied.push(line.tool_use_id);
      else if (line.subtype === "api_retry") summary.retries++;
      else if (line.subtype === "informational") summary.notes.push(line.content);
      break;
    case "assistant":
      summary.outputTokens += line.message.usage.output_tokens;
      for (const block of line.message.content)
        if (block.type === "text") summary.texts.push(block.text);
        else if (block.type === "tool_use") summary.toolUses.push(block.id);
      break;
    case "user":
      if ("isSynthetic" in line && line.isSynthetic) summary.synthetic++;
      for (const block of line.message.content)
        if (typeof block === "object" && block.type === "tool_result") summary.toolResults.push(block.tool_use_id);
      break;
    case "result":
      summary.results.push({
        text: line.subtype === "success" ? line.result : line.errors.join("\n"),
        turns: line.num_turns,
        cost: line.total_cost_usd,
        denials: line.permission_denials.map((denial) => denial.tool_use_id),
        models: Object.keys(line.modelUsage),
        outcome: line.outcome,
      });
      break;
    default:
      throw new Error(`unexpected ${line.type}`);
  }
}

const file = process.argv[2];
if (file === undefined) throw new Error("which file?");
for (const line of readFileSync(file, "utf8").split("\n"))
  if (line !== "") read(JSON.parse(line) as Line);
console.log(JSON.stringify(summary, (_, value: unknown) => (value instanceof Set ? [...value] : value)));
