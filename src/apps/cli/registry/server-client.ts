// SPDX-License-Identifier: Apache-2.0
import type { z } from "zod";
import { redactUrl } from "#base";
import { createHttpClient, type HttpAnswer, type HttpClient, HttpError, isLoopback, readAnswer } from "#http";
import { isMessageId } from "#messages";
import type { CommandContext, Invocation } from "../command.ts";
import { ServerError, UsageError } from "../errors.ts";
import { readServerCredentials, type ServerCredentials } from "./server-credentials.ts";

/** The largest lists of the API stay far below. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const SESSION = "/api/v1/session";
/** A replay judges thousands of images before its answer begins. */
const TIMEOUTS = { headersMs: 300_000, bodyMs: 60_000 };

/** Codes of the runtime: nobody whom we know vouches for the certificate. */
const OF_AUTHORITY = /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;

type Method = "GET" | "POST" | "PUT" | "DELETE";

/**
 * The API of a server, by somebody who is signed in. Paths are as in the reference, e.g. `/api/v1/registry/jobs?limit=10`. An
 * answer is its JSON, `undefined` where it has none; a refusal is a ServerError with the server's code and message.
 */
export interface Server {
  /** For messages, without credentials. */
  readonly name: string;
  get(path: string): Promise<unknown>;
  post(path: string, body?: object): Promise<unknown>;
  put(path: string, body?: object): Promise<unknown>;
  delete(path: string, body?: object): Promise<unknown>;
}

/**
 * Lets `work` talk to the server of `SERVER_OPTIONS`, with an access key or signed in for that time. Throws UsageError
 * and ServerError.
 */
export async function withServer<T>(
  invocation: Invocation,
  context: CommandContext,
  work: (server: Server) => Promise<T>,
): Promise<T> {
  return await withServerAs(await readServerCredentials(invocation, context), { invocation, context }, work);
}

/** The same with credentials that were read by somebody else. */
export async function withServerAs<T>(
  credentials: ServerCredentials,
  { invocation, context }: { readonly invocation: Invocation; readonly context: CommandContext },
  work: (server: Server) => Promise<T>,
): Promise<T> {
  const url = serverUrl(invocation, context);
  const caFile = invocation.text("ca-file");
  await using http = await createHttpClient({
    proxy: context.environment.proxy,
    timeouts: TIMEOUTS,
    ...(caFile === undefined ? {} : { caFile }),
  });
  const target = { http, url, context };
  let headers = await signIn(target, credentials);
  async function ask(method: Method, path: string, body?: object): Promise<unknown> {
    const question = { method, path, headers, ...(body === undefined ? {} : { body }) };
    const { answer, json } = await send(target, question);
    if (answer.headers["set-cookie"] !== undefined) {
      // a changed password ends the session and begins another one
      headers = { cookie: cookieOf(answer) };
    }
    return json;
  }
  try {
    return await work({
      name: redactUrl(url),
      get: (path) => ask("GET", path),
      post: (path, body) => ask("POST", path, body),
      put: (path, body) => ask("PUT", path, body),
      delete: (path, body) => ask("DELETE", path, body),
    });
  } finally {
    // a session that nobody ends would stay open for a working day
    if (credentials.kind === "account") {
      await send(target, { method: "DELETE", path: SESSION, headers }).catch(() => undefined);
    }
  }
}

/** The answer as the schema reads it; throws ServerError when it is none. */
export function parseAnswer<T>(server: Pick<Server, "name">, schema: z.ZodType<T>, json: unknown): T {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    throw new ServerError("SERVER_REFUSED", `${server.name} does not answer as a Haechi server of this version`);
  }
  return parsed.data;
}

interface Target {
  readonly http: HttpClient;
  readonly url: URL;
  readonly context: CommandContext;
}

type Headers = Readonly<Record<string, string>>;

async function signIn(target: Target, credentials: ServerCredentials): Promise<Headers> {
  if (credentials.kind === "key") {
    const pair = Buffer.from(`${credentials.accessKey}:${credentials.secretKey}`).toString("base64");
    return { authorization: `Basic ${pair}` };
  }
  const { name, password } = credentials;
  const { answer } = await send(target, { method: "POST", path: SESSION, headers: {}, body: { name, password } });
  return { cookie: cookieOf(answer) };
}

interface Question {
  readonly method: Method;
  readonly path: string;
  readonly headers: Headers;
  readonly body?: object;
}

async function send(
  { http, url, context }: Target,
  { method, path, headers, body }: Question,
): Promise<{ readonly answer: HttpAnswer; readonly json: unknown }> {
  // below the path of the server, which may not be the root
  const address = new URL(path.replace(/^\/+/, ""), url);
  try {
    const answer = await http.send(address, {
      method,
      headers: {
        accept: "application/json",
        // sentences of the answer, such as how far a job is
        "accept-language": context.language,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: context.signal,
      origin: "operator",
      reach: http.createReach(),
    });
    const text = (await readAnswer(answer, MAX_ANSWER_BYTES)).toString("utf8");
    const json = parseJson(text);
    if (answer.status >= 300) {
      throw new ServerError("SERVER_REFUSED", refusal(answer.status, json, context));
    }
    return { answer, json };
  } catch (error) {
    if (error instanceof HttpError) {
      const { reason } = error.details;
      const advice =
        typeof reason === "string" && OF_AUTHORITY.test(reason)
          ? "; name its certificate authority with --ca-file"
          : "";
      throw new ServerError("SERVER_UNREACHABLE", `${redactUrl(address)}: ${error.message}${advice}`, { cause: error });
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

/** The code and message of the server, in Korean behind the sentence that the console has for the code. */
function refusal(status: number, json: unknown, { language, translate }: CommandContext): string {
  const { error } = (json ?? {}) as { readonly error?: { readonly code?: unknown; readonly message?: unknown } };
  if (typeof error?.code !== "string") {
    return `HTTP ${status}, and nothing that a Haechi server would say: --server takes the address of the console`;
  }
  const said = `${error.code}: ${typeof error.message === "string" ? error.message.slice(0, 4_000) : ""}`;
  const id = `console.error.${error.code}`;
  // the one with a parameter says in its message how long to wait
  const isKnown = language !== "en" && error.code !== "TOO_MANY_ATTEMPTS" && isMessageId(id);
  return isKnown ? `${translate(id)} ${said}` : said;
}

function cookieOf({ headers }: HttpAnswer): string {
  const all = headers["set-cookie"];
  const cookies = Array.isArray(all) ? all : [all ?? ""];
  return cookies.map((each) => each.split(";", 1).join("")).join("; ");
}

/** A password or key goes over TLS, or stays on this machine. */
function serverUrl(invocation: Invocation, context: CommandContext): URL {
  const text = invocation.text("server") ?? context.environment.serverUrl ?? ownAddress(context);
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

function ownAddress(context: CommandContext): string {
  const { host, port } = context.configuration().listen.console;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
