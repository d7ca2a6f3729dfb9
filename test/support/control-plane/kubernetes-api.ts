// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { request } from "node:https";
import type { KeyPair } from "./test-certificates.ts";

/** An answer of the API server. */
export interface ApiAnswer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- the tests look into objects of every kind, and a wrong guess fails the test
  readonly body: any;
  /** Texts of the `Warning` headers, which kubectl prints. */
  readonly warnings: readonly string[];
}

/** A client of the API server with one user's certificate. */
export class KubernetesApi {
  readonly #url: string;
  readonly #ca: Buffer;
  readonly #certificate: Buffer;
  readonly #key: Buffer;

  constructor(url: string, caFile: string, user: KeyPair) {
    this.#url = url;
    this.#ca = readFileSync(caFile);
    this.#certificate = readFileSync(user.certificate);
    this.#key = readFileSync(user.key);
  }

  /** Sends one request; any status is an answer, only a broken connection throws. */
  call(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(path, this.#url),
        {
          method,
          ca: this.#ca,
          cert: this.#certificate,
          key: this.#key,
          agent: false,
          headers: {
            accept: "application/json",
            "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
          },
          timeout: 30_000,
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
          incoming.on("error", reject);
          incoming.on("end", () => {
            const text = Buffer.concat(chunks).toString("utf8");
            const isJson = incoming.headers["content-type"]?.includes("json") === true;
            resolve({
              status: incoming.statusCode ?? 0,
              body: isJson ? JSON.parse(text) : text,
              warnings: readWarnings(incoming.headersDistinct["warning"] ?? []),
            });
          });
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
      outgoing.on("error", reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

/** RFC 7234, 5.5: `299 - "text"`, with backslashes before quotes and backslashes. */
function readWarnings(values: readonly string[]): readonly string[] {
  return values.flatMap((value) =>
    [...value.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) => text.replaceAll(/\\(.)/g, "$1")),
  );
}
