// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import type { Digest } from "#base";
import type { Configuration } from "#configuration";
import { createHttpClient, type HttpAnswer, type HttpClient, HttpError, headerOf, readAnswer } from "#http";
import type { ForeignScanner } from "#registry";
import { HARBOR_TYPES, metadataSchema, scanResponseSchema } from "../../harbor-scanner/index.ts";
import { ExternalScanError } from "./external-scan-error.ts";
import { readReport, type StoredForeignReport } from "./read-report.ts";

const MAX_SMALL_BYTES = 1024 * 1024;
const MAX_REPORT_BYTES = 64 * 1024 * 1024;
const TIMEOUTS = { connectMs: 10_000, headersMs: 60_000, bodyMs: 30_000 };
/** Of one scan, from the request to its report. */
const PATIENCE_MS = 30 * 60_000;
const MIN_PAUSE_S = 1;
const MAX_PAUSE_S = 60;
const DEFAULT_PAUSE_S = 5;
const MAX_SAID = 300;

/** An image and how the scanner may read it. */
export interface ImageToScan {
  readonly registryUrl: string;
  readonly registryAuthorization: string;
  readonly repository: string;
  readonly digest: Digest;
  readonly tag?: string | undefined;
  readonly mediaType: string;
}

/**
 * Somebody else's scanner, by the scanner adapter API 1.2 of Harbor. The operator named its host, so it may be a private one; a
 * redirect is an answer of that API ("not ready") and never followed.
 */
export class ScannerClient implements AsyncDisposable {
  readonly #http: HttpClient;
  readonly #base: URL;
  readonly #authorization: string | undefined;

  private constructor(http: HttpClient, base: URL, authorization: string | undefined) {
    this.#http = http;
    this.#base = base;
    this.#authorization = authorization;
  }

  static async open(
    { url, certificateAuthority: ca }: ForeignScanner,
    options: { readonly authorization: string | undefined; readonly proxy: Configuration["proxy"] },
  ): Promise<ScannerClient> {
    const { authorization, proxy } = options;
    const http = await createHttpClient({ proxy, timeouts: TIMEOUTS, ...(ca === undefined ? {} : { ca }) });
    return new ScannerClient(http, new URL(url.endsWith("/") ? url : `${url}/`), authorization);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#http[Symbol.asyncDispose]();
  }

  /** The kinds of vulnerability reports that it makes of images of the type, the present one first. */
  async reportTypes(mediaType: string, signal: AbortSignal): Promise<readonly string[]> {
    const answer = await this.#ask("GET", "api/v1/metadata", { accept: HARBOR_TYPES.metadata }, { signal });
    const parsed = metadataSchema.safeParse(await this.#json(answer, 200));
    if (!parsed.success) {
      throw new ExternalScanError("the scanner's answer is no metadata of a scanner", { isTransient: false });
    }
    const produced = new Set(
      parsed.data.capabilities
        .filter(({ consumes_mime_types: consumed }) => consumed.some((each) => isSame(each, mediaType)))
        .flatMap(({ produces_mime_types: types }) => types),
    );
    const known = [HARBOR_TYPES.vulnerabilities, HARBOR_TYPES.vulnerabilitiesOld];
    return known.filter((type) => [...produced].some((each) => isSame(each, type)));
  }

  /** Asks for a scan and waits for its report. Throws ExternalScanError, and the reason of `signal`. */
  async scan(image: ImageToScan, reportType: string, signal: AbortSignal): Promise<StoredForeignReport> {
    const { registryUrl, registryAuthorization, repository, digest, tag, mediaType } = image;
    const body = JSON.stringify({
      registry: { url: registryUrl, authorization: registryAuthorization },
      artifact: { repository, digest, ...(tag === undefined ? {} : { tag }), mime_type: mediaType },
      enabled_capabilities: [{ type: "vulnerability", produces_mime_types: [reportType] }],
    });
    const headers = { "content-type": HARBOR_TYPES.request, accept: HARBOR_TYPES.response };
    const accepted = await this.#json(await this.#ask("POST", "api/v1/scan", headers, { body, signal }), 202);
    const parsed = scanResponseSchema.safeParse(accepted);
    if (!parsed.success) {
      throw new ExternalScanError("the scanner does not say which scan it began", { isTransient: false });
    }
    const path = `api/v1/scan/${encodeURIComponent(parsed.data.id)}/report`;
    const endMs = performance.now() + PATIENCE_MS;
    while (performance.now() < endMs) {
      const answer = await this.#ask("GET", path, { accept: reportType }, { signal });
      if (answer.status !== 302) {
        return readReport(await this.#text(answer, 200, MAX_REPORT_BYTES), digest);
      }
      const pauseS = parsePause(headerOf(answer, "refresh-after"));
      await readAnswer(answer, MAX_SMALL_BYTES).catch(() => undefined);
      await delay(pauseS * 1_000, undefined, { signal });
    }
    throw new ExternalScanError("the scanner did not finish in time", { isTransient: true });
  }

  async #ask(
    method: "GET" | "POST",
    path: string,
    headers: Readonly<Record<string, string>>,
    { body, signal }: { readonly body?: string; readonly signal: AbortSignal },
  ): Promise<HttpAnswer> {
    try {
      return await this.#http.send(new URL(path, this.#base), {
        method,
        headers: {
          ...headers,
          ...(this.#authorization === undefined ? {} : { authorization: this.#authorization }),
        },
        ...(body === undefined ? {} : { body }),
        signal,
        origin: "operator",
        reach: this.#http.createReach(),
      });
    } catch (error) {
      throw asScanError(error);
    }
  }

  async #json(answer: HttpAnswer, expected: number): Promise<unknown> {
    const text = await this.#text(answer, expected, MAX_SMALL_BYTES);
    try {
      return JSON.parse(text);
    } catch {
      // no schema fits it
      return undefined;
    }
  }

  async #text(answer: HttpAnswer, expected: number, maxBytes: number): Promise<string> {
    const { status } = answer;
    try {
      if (status === expected) {
        return (await readAnswer(answer, maxBytes)).toString("utf8");
      }
      const said = errorMessageOf((await readAnswer(answer, MAX_SMALL_BYTES)).toString("utf8"));
      const retryAfterS = Number(headerOf(answer, "retry-after") ?? 0);
      throw new ExternalScanError(`the scanner answered ${status}${said === "" ? "" : `: ${said}`}`, {
        isTransient: status === 429 || status === 502 || status === 503 || status === 504,
        ...(retryAfterS > 0 && retryAfterS < 86_400 ? { retryAfterMs: retryAfterS * 1_000 } : {}),
      });
    } catch (error) {
      throw asScanError(error);
    }
  }
}

function asScanError(error: unknown): unknown {
  return error instanceof HttpError
    ? new ExternalScanError(error.message, { isTransient: error.code !== "ANSWER_TOO_LARGE", cause: error })
    : error;
}

/** components.schemas.ErrorResponse */
function errorMessageOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: unknown } };
    return typeof error?.message === "string" ? error.message.slice(0, MAX_SAID) : "";
  } catch {
    // it said something else, which nobody needs to read
    return "";
  }
}

function parsePause(text: string | undefined): number {
  const seconds = /^\d{1,6}$/.test(text ?? "") ? Number(text) : DEFAULT_PAUSE_S;
  return Math.min(Math.max(seconds, MIN_PAUSE_S), MAX_PAUSE_S);
}

/** Media types with parameters; blanks and case make no difference. */
function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((each) => each.replaceAll(" ", "").toLowerCase());
  return first === second;
}
