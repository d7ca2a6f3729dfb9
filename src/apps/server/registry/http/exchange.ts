// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { createTranslate, type Language, type Translate } from "#messages";
import { chooseLanguage } from "../../choose-language.ts";

const MAX_WARNINGS = 2;
const MAX_WARNING_LENGTH = 900;
const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;

export type AnswerHeaders = Readonly<Record<string, string | number | readonly string[]>>;

/** One request and its answer. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The client's `X-Request-Id` when it is a harmless word, else a new one; answered in the same header. */
  readonly requestId: string;
  readonly remoteAddress: string;
  readonly path: string;
  /** For logs and metrics: which route answered. */
  route = "none";
  /** For the log: who asked. */
  actor = "";
  sentBytes = 0;
  readonly #query: string;
  readonly #fallbackLanguage: Language;
  /** Set when the client waits for `100 Continue` before it sends the body. */
  #expectsContinue: boolean;
  #isEndDue = false;
  #parameters: URLSearchParams | undefined;
  readonly #warnings: string[] = [];

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    options: { readonly language: Language; readonly expectsContinue?: boolean },
  ) {
    this.request = request;
    this.response = response;
    this.#expectsContinue = options.expectsContinue ?? false;
    this.#fallbackLanguage = options.language;
    const wanted = request.headers["x-request-id"];
    this.requestId = typeof wanted === "string" && REQUEST_ID.test(wanted) ? wanted : randomUUID();
    this.remoteAddress = request.socket.remoteAddress ?? "";
    const target = request.url ?? "/";
    const question = target.indexOf("?");
    this.path = question < 0 ? target : target.slice(0, question);
    this.#query = question < 0 ? "" : target.slice(question + 1);
  }

  get query(): URLSearchParams {
    this.#parameters ??= new URLSearchParams(this.#query);
    return this.#parameters;
  }

  /** As far as we know: TLS ends here, or a proxy says that it ended there. */
  get isOverTls(): boolean {
    const { socket } = this.request;
    return "encrypted" in socket || this.header("x-forwarded-proto")?.trim().toLowerCase() === "https";
  }

  get isHead(): boolean {
    return this.request.method === "HEAD";
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return typeof value === "string" ? value : undefined;
  }

  /** What the client asks for, else the server's: image clients such as skopeo and docker ask for none. */
  get language(): Language {
    return chooseLanguage(undefined, this.header("accept-language"), this.#fallbackLanguage);
  }

  get translate(): Translate {
    return createTranslate(this.language);
  }

  /** The body as it arrives. Leaving the loop early keeps the connection, so that the client can be told why. */
  body(): AsyncIterable<Uint8Array> {
    if (this.#expectsContinue) {
      this.#expectsContinue = false;
      this.response.writeContinue();
    }
    return this.request.iterator({ destroyOnReturn: false });
  }

  /** Runs work that keeps both sides silent, without the connection being taken for idle. */
  async whileWorking<T>(work: () => Promise<T>): Promise<T> {
    const { socket } = this.request;
    const idleMs = socket.timeout ?? 0;
    socket.setTimeout(0);
    try {
      return await work();
    } finally {
      socket.setTimeout(idleMs);
    }
  }

  send(status: number, headers: AnswerHeaders, body: Uint8Array = new Uint8Array()): void {
    const shown = this.isHead ? new Uint8Array() : body;
    this.sentBytes += shown.length;
    this.#writeHead(status, status === 204 || status === 304 ? headers : { "content-length": body.length, ...headers });
    if (!this.#isBodyUnderWay()) {
      this.response.end(shown);
      return;
    }
    // The whole answer, but not its end: that may close the connection, and a client that is still sending would see a
    // reset instead of the answer.
    this.response.flushHeaders();
    if (shown.length > 0) {
      this.response.write(shown);
    }
    this.#isEndDue = true;
  }

  /** Drops the rest of a body that nobody wants, for so long at most, then ends the answer. */
  dropRestOfBody(lingerMs: number): void {
    if (this.request.complete || this.request.socket.destroyed) {
      this.#endIfDue();
      return;
    }
    const timer = setTimeout(() => {
      this.#endIfDue();
      this.request.destroy();
    }, lingerMs);
    timer.unref();
    this.request.once("close", () => {
      clearTimeout(timer);
      this.#endIfDue();
    });
    this.request.resume();
  }

  #endIfDue(): void {
    if (this.#isEndDue) {
      this.#isEndDue = false;
      this.response.end();
    }
  }

  /** A client that waits for `100 Continue` sends nothing after another answer. */
  #isBodyUnderWay(): boolean {
    const { headers, complete } = this.request;
    const isAnnounced = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
    return isAnnounced && !complete && !this.#expectsContinue;
  }

  /**
   * Sends a body of a known length that `copyTo` writes block by block. Rejects when either side breaks; the connection
   * has to be closed then, since that is all that tells the client that the body is not whole.
   */
  async sendCopied(
    status: number,
    answer: { readonly headers: AnswerHeaders; readonly sizeBytes: number },
    copyTo: (write: (block: Uint8Array) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const { response } = this;
    this.#writeHead(status, { ...answer.headers, "content-length": answer.sizeBytes });
    const waiting = new Set<(error: Error) => void>();
    response.once("close", () => {
      for (const reject of waiting) {
        reject(new Error("the connection was closed"));
      }
    });
    await copyTo(async (block) => {
      let giveUp: ((error: Error) => void) | undefined;
      await new Promise<void>((resolve, reject) => {
        giveUp = reject;
        waiting.add(reject);
        response.write(block, (error) => (error ? reject(error) : resolve()));
      }).finally(() => giveUp !== undefined && waiting.delete(giveUp));
      this.sentBytes += block.length;
    });
    response.end();
  }

  /**
   * Lets the client show something to its user (distribution-spec, "Warnings"). The text is English: the header takes ASCII only, and
   * more than 4096 bytes of warnings may be dropped.
   */
  warn(text: string): void {
    if (this.#warnings.length < MAX_WARNINGS) {
      const shown = text.slice(0, MAX_WARNING_LENGTH).replaceAll(/[^\x20-\x7e]/g, "?");
      this.#warnings.push(`299 - "${shown.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
    }
  }

  #writeHead(status: number, headers: AnswerHeaders): void {
    const all: OutgoingHttpHeaders = {
      "docker-distribution-api-version": "registry/2.0",
      "x-request-id": this.requestId,
      "x-content-type-options": "nosniff",
    };
    if (this.#expectsContinue) {
      all["connection"] = "close";
    }
    if (this.#warnings.length > 0) {
      all["warning"] = this.#warnings.join(", ");
    }
    for (const [name, value] of Object.entries(headers)) {
      all[name] = typeof value === "object" ? [...value] : value;
    }
    this.response.writeHead(status, all);
  }
}
