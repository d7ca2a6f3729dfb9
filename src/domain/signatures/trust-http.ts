// SPDX-License-Identifier: Apache-2.0

/** A finished answer. Header names are in lower case. */
export interface TrustAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly bytes: Uint8Array;
}

export interface TrustRequest {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** The answer is refused beyond that, while it is read. */
  readonly maxBytes: number;
  /**
   * Who named the URL. `operator`: a setting or flag. `content`: an image, certificate, registry answer, or a policy of
   * a namespace; then a private, loopback or link-local address is refused unless the settings allow it.
   */
  readonly origin: "operator" | "content";
  /** Sent to the origin of `url` only, never after a redirect to another one. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Answer a 401 challenge for a bearer token with this scope (distribution "Token Authentication"), anonymously without `credentials`. */
  readonly tokenScope?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * How trust sources (notary servers, lookaside stores, TUF mirrors, CRL and OCSP responders) are asked. Follows at most
 * five redirects, each judged as `content` unless it stays on the origin. Throws a `CodedError` when there is no answer;
 * any status is an answer.
 */
export interface TrustHttp {
  send(url: URL, request: TrustRequest): Promise<TrustAnswer>;
}
