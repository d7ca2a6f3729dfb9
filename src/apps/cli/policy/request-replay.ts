// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { CodedError, LIMITS, parseDurationMs, redactUrl } from "#base";
import { createHttpClient, type HttpAnswer, type HttpClient, HttpError, isLoopback, readAnswer } from "#http";
import { readPolicyFiles } from "#policy-files";
import type { CommandContext, Invocation } from "../command.ts";
import { ServerError, UsageError } from "../errors.ts";
import { type ReplayAnswer, replayAnswer } from "./replay-answer.ts";

/** The answer names 500 images with up to 20 reasons twice. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Thousands of images are judged twice before the answer begins. */
const TIMEOUTS = { headersMs: 300_000, bodyMs: 60_000 };

/** Signs in, asks, and signs out again. Throws UsageError, errors of policy files, ServerError. */
export async function requestReplay(invocation: Invocation, context: CommandContext): Promise<ReplayAnswer> {
  const since = invocation.text("since") ?? "";
  if (parseDurationMs(since) === undefined) {
    throw new UsageError("OPTION_INVALID", "--since takes a duration such as 30d");
  }
  const server = serverUrl(invocation, context);
  const credentials = { name: invocation.text("username") ?? "", password: await password(invocation, context) };
  const policies = await readPolicies(invocation.arguments);
  const caFile = invocation.text("ca-file");
  await using http = await createHttpClient({
    proxy: context.environment.proxy,
    timeouts: TIMEOUTS,
    ...(caFile === undefined ? {} : { caFile }),
  });
  const login = await send(http, context, { url: new URL("api/v1/session", server), body: credentials });
  const cookie = cookieOf(login.answer);
  try {
    const only = invocation.flag("only");
    const body = { policies, since, only, lang: context.language };
    const { json } = await send(http, context, { url: new URL("api/v1/policy/replay", server), body, cookie });
    const parsed = replayAnswer.safeParse(json);
    if (!parsed.success) {
      throw new ServerError(
        "SERVER_REFUSED",
        `${redactUrl(server)} does not answer as a Haechi server of this version`,
      );
    }
    return parsed.data;
  } finally {
    // a session that nobody ends would stay open for a working day
    await send(http, context, { url: new URL("api/v1/session", server), method: "DELETE", cookie }).catch(
      () => undefined,
    );
  }
}

interface ServerQuestion {
  readonly url: URL;
  readonly method?: "POST" | "DELETE";
  readonly body?: object;
  readonly cookie?: string;
}

async function send(
  http: HttpClient,
  context: CommandContext,
  { url, method = "POST", body, cookie }: ServerQuestion,
): Promise<{ readonly answer: HttpAnswer; readonly json: unknown }> {
  try {
    const answer = await http.send(url, {
      method,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(cookie === undefined ? {} : { cookie }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: context.signal,
      origin: "operator",
      reach: http.createReach(),
    });
    const text = (await readAnswer(answer, MAX_ANSWER_BYTES)).toString("utf8");
    const json = parseJson(text);
    if (answer.status >= 300) {
      throw new ServerError("SERVER_REFUSED", refusal(answer.status, json));
    }
    return { answer, json };
  } catch (error) {
    if (error instanceof HttpError) {
      throw new ServerError("SERVER_UNREACHABLE", `${redactUrl(url)}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    // said as "does not answer as a Haechi server"
    return undefined;
  }
}

function refusal(status: number, json: unknown): string {
  const { error } = (json ?? {}) as { readonly error?: { readonly code?: unknown; readonly message?: unknown } };
  return typeof error?.code === "string"
    ? `${error.code}: ${typeof error.message === "string" ? error.message.slice(0, 4_000) : ""}`
    : `HTTP ${status}, and nothing that a Haechi server would say`;
}

function cookieOf({ headers }: HttpAnswer): string {
  const all = headers["set-cookie"];
  const cookies = Array.isArray(all) ? all : [all ?? ""];
  return cookies.map((each) => each.split(";", 1).join("")).join("; ");
}

/** A password goes over TLS, or stays on this machine. */
function serverUrl(invocation: Invocation, context: CommandContext): URL {
  const { host, port } = context.configuration().listen.console;
  const text = invocation.text("server") ?? `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const url = URL.parse(text.endsWith("/") ? text : `${text}/`);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new UsageError("OPTION_INVALID", `--server takes an http or https URL, found "${text.slice(0, 200)}"`);
  }
  if (url.protocol === "http:" && !isLoopback(url) && !invocation.flag("plain-http")) {
    throw new UsageError(
      "OPTION_INVALID",
      "--server over http would send the password in clear: use https or --plain-http",
    );
  }
  return url;
}

async function password(invocation: Invocation, context: CommandContext): Promise<string> {
  if (invocation.flag("password-stdin")) {
    return (await context.readStdin()).replace(/\r?\n$/, "");
  }
  const { serverPassword } = context.environment;
  if (serverPassword === undefined) {
    throw new UsageError("OPTION_INVALID", "expected the password in HAECHI_PASSWORD or --password-stdin");
  }
  return serverPassword;
}

/** The files as one text; read first, so that what is wrong with them is said with file and line. */
async function readPolicies(files: readonly string[]): Promise<string> {
  await readPolicyFiles(files);
  const text = files.map((file) => readFileSync(file, "utf8").replace(/\n*$/, "\n")).join("---\n");
  if (Buffer.byteLength(text) > LIMITS.maxPolicyBytes) {
    throw new CodedError("OPTION_INVALID", `the files together are larger than ${LIMITS.maxPolicyBytes} bytes`);
  }
  return text;
}
