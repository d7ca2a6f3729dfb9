// SPDX-License-Identifier: Apache-2.0
import type { z } from "zod";
import { createHttpClient, dumpAnswer, HttpError, readAnswer } from "#http";
import { findRegistryUrl, ImageSourceError, type RegistryOptions } from "#image-source";

/** The most that Harbor gives (api/v2.0/swagger.yaml, "pageSize"). */
const PAGE_SIZE = 100;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const MAX_PAGES = 20_000;
/** Of a list that is held whole, in all its pages: a Harbor that pages without end must not fill our memory. */
export const MAX_LIST_BYTES: number = 64 * 1024 * 1024;

/** The API of a Harbor, version 2.0. */
export interface HarborApi extends AsyncDisposable {
  /** Every entry of a list that reads as the schema says; what does not is counted. `undefined`: we may not see the list. */
  list<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<HarborList<T> | undefined>;
  /** Page by page, for what may be long; `maxBytes` of all pages together, for whoever keeps them. */
  pages<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal, maxBytes?: number): AsyncIterable<HarborList<T>>;
  /** One object; `undefined`: there is none, or we may not see it, or it does not read as the schema says. */
  find<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T | undefined>;
}

export interface HarborList<T> {
  readonly entries: readonly T[];
  readonly unreadable: number;
}

/** Opens it with Basic credentials, as people and robots of Harbor have them. The caller disposes it. */
export async function openHarborApi(registry: string, options: RegistryOptions): Promise<HarborApi> {
  const base = new URL("api/v2.0/", await findRegistryUrl(registry, options));
  const http = await createHttpClient(options);
  const { credentials } = options;
  const authorization =
    credentials === undefined
      ? undefined
      : `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;

  /** `undefined`: we may not see it, or it is not there. */
  async function ask(
    path: string,
    signal: AbortSignal,
  ): Promise<{ readonly document: unknown; readonly bytes: number } | undefined> {
    const url = new URL(path, base);
    try {
      const answer = await http.send(url, {
        headers: { accept: "application/json", ...(authorization === undefined ? {} : { authorization }) },
        signal,
        origin: "operator",
        reach: http.createReach(),
      });
      if ([401, 403, 404].includes(answer.status)) {
        await dumpAnswer(answer);
        return undefined;
      }
      if (answer.status !== 200) {
        await dumpAnswer(answer);
        throw failure(registry, answer.status, answer.headers["retry-after"]);
      }
      const read = await readAnswer(answer, MAX_ANSWER_BYTES);
      return { document: JSON.parse(read.toString("utf8")) as unknown, bytes: read.length };
    } catch (error) {
      throw toFailure(registry, error);
    }
  }

  async function* pages<T>(
    path: string,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    maxBytes: number = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<HarborList<T>> {
    let bytes = 0;
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const separator = path.includes("?") ? "&" : "?";
      const answer = await ask(`${path}${separator}page=${page}&page_size=${PAGE_SIZE}`, signal);
      if (answer === undefined) {
        if (page === 1) {
          throw new ImageSourceError("DENIED", `${registry} does not let this account see ${path.slice(0, 200)}`);
        }
        return;
      }
      bytes += answer.bytes;
      if (bytes > maxBytes) {
        throw new ImageSourceError("LIMIT_EXCEEDED", `${registry} has more than is read of ${path.slice(0, 200)}`);
      }
      // an empty list is `null` in some versions
      const found: readonly unknown[] = Array.isArray(answer.document) ? answer.document : [];
      const read = found.map((each) => schema.safeParse(each));
      yield {
        entries: read.flatMap((each) => (each.success ? [each.data] : [])),
        unreadable: read.filter((each) => !each.success).length,
      };
      if (found.length < PAGE_SIZE) {
        return;
      }
    }
    throw new ImageSourceError(
      "LIMIT_EXCEEDED",
      `${registry} has more than ${MAX_PAGES} pages of ${path.slice(0, 200)}`,
    );
  }

  return {
    pages,
    async list<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal) {
      const entries: T[] = [];
      let unreadable = 0;
      try {
        for await (const page of pages(path, schema, signal, MAX_LIST_BYTES)) {
          entries.push(...page.entries);
          unreadable += page.unreadable;
        }
      } catch (error) {
        if (error instanceof ImageSourceError && error.code === "DENIED") {
          return undefined;
        }
        throw error;
      }
      return { entries, unreadable };
    },
    async find(path, schema, signal) {
      const parsed = schema.safeParse((await ask(path, signal))?.document);
      return parsed.success ? parsed.data : undefined;
    },
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
}

function failure(registry: string, status: number, retryAfter: string | string[] | undefined): ImageSourceError {
  const code = status === 429 ? "RATE_LIMITED" : status >= 500 ? "REGISTRY_FAILED" : "REGISTRY_ANSWER_INVALID";
  const seconds = typeof retryAfter === "string" && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
  return new ImageSourceError(code, `the API of ${registry} answered with status ${status}`, {
    details: { host: registry, status, ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }) },
  });
}

function toFailure(registry: string, error: unknown): unknown {
  if (error instanceof SyntaxError) {
    return new ImageSourceError("REGISTRY_ANSWER_INVALID", `the API of ${registry} does not answer in JSON`, {
      cause: error,
    });
  }
  if (!(error instanceof HttpError)) {
    return error;
  }
  const code =
    error.code === "HOST_TIMEOUT"
      ? "REGISTRY_TIMEOUT"
      : error.code === "ANSWER_TOO_LARGE"
        ? "LIMIT_EXCEEDED"
        : "REGISTRY_UNREACHABLE";
  return new ImageSourceError(code, error.message, { cause: error, details: error.details });
}
