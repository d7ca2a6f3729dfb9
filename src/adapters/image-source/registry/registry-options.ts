// SPDX-License-Identifier: Apache-2.0

/** How registries are reached. Nothing is taken from the environment: the caller passes what it has read. */
export interface RegistryOptions {
  /** Used for the registry of the reference, before credential files. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Contents of docker's `config.json` and containers' `auth.json`, strongest first. */
  readonly credentialFiles?: readonly string[];
  /** A bearer token that one registry (`host` or `host:port`) accepts; sent nowhere else. */
  readonly bearerToken?: { readonly host: string; readonly token: string };
  /** Actions to ask a token for; default `["pull"]`. Our own registry knows `inspect` for refused images. */
  readonly scopes?: readonly string[];
  /** Plain HTTP; without it only toward loopback. */
  readonly plainHttp?: boolean;
  /** PEM file with certificates to trust beside the usual ones. */
  readonly caFile?: string;
  /** Proxies by scheme of the registry; never used for loopback. `noProxy` as in NO_PROXY: names, without masks. */
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly noProxy?: string };
  readonly timeouts?: Partial<RegistryTimeouts>;
}

/** Deadlines in milliseconds. */
export interface RegistryTimeouts {
  readonly connectMs: number;
  /** Until the head of an answer. */
  readonly headersMs: number;
  /** Between two parts of a body. */
  readonly bodyMs: number;
  /** Before the first retry; doubled before each further one. */
  readonly retryMs: number;
}

export const DEFAULT_TIMEOUTS: RegistryTimeouts = {
  connectMs: 10_000,
  headersMs: 60_000,
  bodyMs: 60_000,
  retryMs: 500,
};
