// SPDX-License-Identifier: Apache-2.0
import type { Credentials, HttpClient, HttpOptions } from "#http";

/** How registries are reached. Nothing is taken from the environment: the caller passes what it has read. */
export interface RegistryOptions extends HttpOptions {
  /** Used for the registry of the reference, before credential files. */
  readonly credentials?: Credentials;
  /** Contents of docker's `config.json` and containers' `auth.json`, strongest first. */
  readonly credentialFiles?: readonly string[];
  /** A bearer token that one registry (`host` or `host:port`) accepts; sent nowhere else. */
  readonly bearerToken?: { readonly host: string; readonly token: string };
  /** Actions to ask a token for; default `["pull"]`. Our own registry knows `inspect` for refused images. */
  readonly scopes?: readonly string[];
  /** A client that several repositories share, with its own proxies, CAs and deadlines; the caller disposes it. */
  readonly http?: HttpClient;
  /** Plain HTTP; without it only toward loopback. */
  readonly plainHttp?: boolean;
}
