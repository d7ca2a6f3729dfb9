// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../test/support/run-tool.ts";
import { tool } from "../test/support/tools.ts";

/** What wrk is told to do, over connections that are kept open. */
export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes the requests POSTs of this body. */
  readonly body?: string;
  /** Puts another text in the place of this one in each request, `count` different ones in turn: `PLACE-0`, `PLACE-1`, … */
  readonly vary?: { readonly place: string; readonly count: number };
}

/** What wrk measured. */
export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * Puts load on an address with one thread of wrk, which leaves the rest of the machine to the server. Throws when an
 * answer is not a success: a refusal is quick and would look like speed.
 */
export async function runWrk(load: Load): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), "haechi-wrk-"));
  try {
    const script = join(folder, "load.lua");
    writeFileSync(script, renderScript(load));
    const result = await runTool(tool("wrk"), [
      ...["--threads", "1", "--connections", String(load.connections), "--duration", `${load.seconds}s`],
      ...["--timeout", "10s", "--script", script, load.url],
    ]);
    const [, figures] = /^figures (.*)$/m.exec(result.stdout) ?? [];
    if (result.code !== 0 || figures === undefined) {
      throw new Error(`wrk failed: ${result.stderr || result.stdout}`);
    }
    return parseFigures(figures);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** JSON strings without control characters are Lua strings too. */
function renderScript(load: Load): string {
  const headers = Object.entries(load.headers ?? {}).map(
    ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  );
  const body = load.body === undefined ? [] : ['wrk.method = "POST"', `wrk.body = ${JSON.stringify(load.body)}`];
  const vary = load.vary === undefined ? [] : renderVariation(load.vary);
  const failures = "summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout";
  return [
    ...headers,
    ...body,
    ...vary,
    "function done(summary, latency)",
    '  io.write(string.format("\\nfigures %d %d %d %d %d %d\\n", summary.requests, summary.bytes, summary.duration,',
    `    latency:percentile(50), latency:percentile(99), ${failures}))`,
    "end",
  ].join("\n");
}

/** The text is cut into pieces once, so that making a request costs the load generator little while it measures. */
function renderVariation({ place, count }: { readonly place: string; readonly count: number }): readonly string[] {
  return [
    "local pieces, turn = {}, 0",
    "function init(args)",
    "  local from = 1",
    "  while true do",
    `    local first, last = string.find(wrk.body, ${JSON.stringify(place)}, from, true)`,
    "    pieces[#pieces + 1] = string.sub(wrk.body, from, last)",
    "    if not first then break end",
    "    from = last + 1",
    "  end",
    "end",
    "function request()",
    `  turn = (turn + 1) % ${count}`,
    '  return wrk.format(nil, nil, nil, table.concat(pieces, "-" .. turn))',
    "end",
  ];
}

function parseFigures(text: string): LoadResult {
  const [requests = 0, bytes = 0, micros = 0, p50 = 0, p99 = 0, failures = 0] = text.split(" ").map(Number);
  if (failures > 0 || requests === 0) {
    throw new Error(`${failures} of ${requests} requests failed`);
  }
  const seconds = micros / 1e6;
  return {
    requestsPerSecond: requests / seconds,
    bytesPerSecond: bytes / seconds,
    p50Ms: p50 / 1_000,
    p99Ms: p99 / 1_000,
  };
}
