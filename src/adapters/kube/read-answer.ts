// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from "node:http";
import { quote, redactText } from "#base";
import type { Deadline } from "./deadline.ts";
import { KubeError, type KubeErrorCode } from "./errors.ts";
import type { KubeObject } from "./kube-client.ts";
import { unreachable } from "./kube-connection.ts";

const MAX_STATUS_BYTES = 64 * 1024;
const MAX_SAID = 300;
const MAX_RETRY_AFTER_SECONDS = 300;

const CODES: Readonly<Record<number, KubeErrorCode>> = {
  400: "INVALID",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  409: "CONFLICT",
  410: "GONE",
  422: "INVALID",
};

/** What an answer belongs to. */
export interface AnswerContext {
  /** e.g. `GET /api/v1/pods`, for messages. */
  readonly what: string;
  readonly server: string;
  readonly deadline: Deadline;
  readonly maxBytes: number;
  /** What the API server says about a Secret may repeat parts of it. */
  readonly isSecret: boolean;
}

/** The JSON of a good answer. Throws KubeError for any other status, too many bytes, or what is no JSON. */
export async function readAnswer(answer: IncomingMessage, context: AnswerContext): Promise<unknown> {
  const status = answer.statusCode ?? 0;
  if (status < 200 || status > 299) {
    throw await statusError(answer, context);
  }
  return parseJson(await readBytes(answer, context), context.what);
}

/** The failure that an answer with another status stands for. Reads no more of it than a Status object is long. */
export async function statusError(answer: IncomingMessage, context: AnswerContext): Promise<KubeError> {
  const retryAfter = Number(answer.headers["retry-after"]);
  const retryAfterMs =
    retryAfter > 0 && retryAfter <= MAX_RETRY_AFTER_SECONDS ? { retryAfterMs: retryAfter * 1_000 } : {};
  let said: unknown;
  try {
    const bytes = await readBytes(answer, { ...context, maxBytes: MAX_STATUS_BYTES });
    said = JSON.parse(bytes.toString("utf8"));
  } catch {
    // proxies and load balancers answer with pages; the status alone says enough
  }
  return toKubeError({ status: answer.statusCode ?? 0, said, ...context, details: retryAfterMs });
}

/** A Status object, or nothing of the kind, as an error. Of what it says only a short text is kept. */
export function toKubeError(failure: {
  readonly status: number;
  readonly said: unknown;
  readonly what: string;
  readonly isSecret: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
}): KubeError {
  const { status, what, isSecret } = failure;
  const { reason, message } = asRecord(failure.said);
  const word = typeof reason === "string" && /^[A-Za-z]{1,64}$/.test(reason) ? reason : undefined;
  const text = typeof message === "string" && !isSecret ? `: ${quote(redactText(message.slice(0, MAX_SAID)))}` : "";
  const code = word === "Expired" ? "GONE" : (CODES[status] ?? "REFUSED");
  return new KubeError(code, `${what}: ${status}${word === undefined ? "" : ` ${word}`}${text}`, {
    details: { status, ...(word === undefined ? {} : { reason: word }), ...failure.details },
  });
}

/** The object that an answer or a part of it is. Throws `ANSWER_INVALID`. */
export function asKubeObject(value: unknown, what: string): KubeObject {
  const { metadata } = asRecord(value);
  const { name } = asRecord(metadata);
  if (typeof name !== "string" || name === "") {
    throw new KubeError("ANSWER_INVALID", `${what}: expected an object with a name`);
  }
  return value as KubeObject;
}

/** The fields of a JSON object; of anything else, none. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

/** Throws `ANSWER_INVALID`. */
export function parseJson(bytes: Buffer, what: string): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    // the parser's message quotes what it read, which may be a Secret
    throw new KubeError("ANSWER_INVALID", `${what}: the answer is not JSON`);
  }
}

async function readBytes(
  answer: IncomingMessage,
  { what, server, deadline, maxBytes }: AnswerContext,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) {
        throw new KubeError("LIMIT_EXCEEDED", `${what}: the answer is larger than ${maxBytes} bytes`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    throw deadline.error ?? unreachable(server, error);
  }
  return Buffer.concat(chunks, size);
}
