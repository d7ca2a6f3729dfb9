// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import https from "node:https";

const ACCEPT = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "*/*",
].join(", ");

/** An answer with its body. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A registry at a URL, asked by plain requests: nothing is followed, retried or normalised but a challenge for a token. */
export class RegistryUnderTest {
  readonly #origin: URL;
  readonly #basic: string | undefined;
  readonly #tokens = new Map<string, string>();
  readonly #agent: http.Agent | https.Agent;

  constructor(url: string, credentials?: { readonly username: string; readonly password: string }) {
    this.#origin = new URL(url);
    this.#basic =
      credentials === undefined
        ? undefined
        : `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
    this.#agent =
      this.#origin.protocol === "https:" ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  }

  /** A repository that no other check uses. */
  newRepository(): string {
    return `conformance/${randomBytes(8).toString("hex")}`;
  }

  /** Sends `METHOD path`; the path may be a whole URL, as in a `Location`. */
  async send(line: string, options: RequestOptions = {}): Promise<Reply> {
    const space = line.indexOf(" ");
    const method = line.slice(0, space);
    const url = new URL(line.slice(space + 1), this.#origin);
    const first = await this.#exchange(method, url, options, this.#basic);
    const challenge = first.headers["www-authenticate"] ?? "";
    if (first.status !== 401 || !challenge.startsWith("Bearer ")) {
      return first;
    }
    return await this.#exchange(method, url, options, `Bearer ${await this.#tokenFor(challenge)}`);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #tokenFor(challenge: string): Promise<string> {
    const known = this.#tokens.get(challenge);
    if (known !== undefined) {
      return known;
    }
    const fields = new Map(
      [...challenge.matchAll(/([a-z]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]),
    );
    const url = new URL(fields.get("realm") ?? "");
    for (const name of ["service", "scope"]) {
      url.searchParams.set(name, fields.get(name) ?? "");
    }
    const reply = await this.#exchange("GET", url, {}, this.#basic);
    const { token } = JSON.parse(reply.body.toString()) as { readonly token: string };
    this.#tokens.set(challenge, token);
    return token;
  }

  async #exchange(method: string, url: URL, options: RequestOptions, authorization?: string): Promise<Reply> {
    const body = options.body === undefined ? undefined : Buffer.from(options.body);
    const isChunked = options.headers?.["transfer-encoding"] !== undefined;
    const sent = (url.protocol === "https:" ? https : http).request(url, {
      method,
      agent: this.#agent,
      headers: {
        // distribution-spec, "Pulling manifests": a client says what it can read
        accept: ACCEPT,
        ...(authorization === undefined ? {} : { authorization }),
        ...(isChunked || (body === undefined && method === "GET")
          ? {}
          : { "content-length": String(body?.length ?? 0) }),
        ...options.headers,
      },
    });
    const answered = once(sent, "response");
    // a registry may answer and close before it has read a body that it does not want
    sent.on("error", () => undefined);
    sent.end(body);
    const [response] = (await answered) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) {
      chunks.push(chunk as Buffer);
    }
    return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
  }
}
