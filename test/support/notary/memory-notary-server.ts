// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";
import type { TrustAnswer, TrustHttp, TrustRequest } from "#signatures";
import type { MetadataFiles } from "./tuf-repository.ts";

/** A notary server behind the port `TrustHttp`, without sockets. */
export class MemoryNotaryServer implements TrustHttp {
  /** By GUN. */
  readonly repositories: Map<string, MetadataFiles> = new Map();
  /** What was asked, in order. */
  readonly asked: { readonly url: string; readonly request: TrustRequest }[] = [];
  /** Called before each answer; an answer that it gives is sent instead. */
  intercept: (url: URL, request: TrustRequest) => TrustAnswer | undefined | Promise<TrustAnswer | undefined> = () =>
    undefined;

  async send(url: URL, request: TrustRequest): Promise<TrustAnswer> {
    request.signal?.throwIfAborted();
    this.asked.push({ url: url.href, request });
    const answer = (await this.intercept(url, request)) ?? this.#answer(url);
    if (answer.bytes.length > request.maxBytes) {
      throw new CodedError("ANSWER_TOO_LARGE", `answer is larger than ${request.maxBytes} bytes`);
    }
    return answer;
  }

  /** Names of the files that were asked for. */
  get names(): readonly string[] {
    return this.asked.map(({ url }) => url.slice(url.indexOf("/_trust/tuf/") + "/_trust/tuf/".length));
  }

  #answer(url: URL): TrustAnswer {
    const [, gun = "", name = ""] = /^\/v2\/(.+)\/_trust\/tuf\/(.+)$/.exec(url.pathname) ?? [];
    const bytes = this.repositories.get(gun)?.get(name);
    return bytes === undefined ? errorAnswer(404, "METADATA_NOT_FOUND") : { status: 200, headers: {}, bytes };
  }
}

/** An error as notary-server sends it. */
export function errorAnswer(status: number, code: string): TrustAnswer {
  return { status, headers: {}, bytes: Buffer.from(JSON.stringify({ errors: [{ code, message: code, detail: {} }] })) };
}
