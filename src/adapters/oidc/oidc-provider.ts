// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import type * as OpenidClient from "openid-client";
import { type Clock, messageOf } from "#base";
import { createHttpClient, type HttpClient, type HttpOptions, isLoopback } from "#http";
import { OidcError } from "./errors.ts";
import { createFetch } from "./http-fetch.ts";

const METADATA_MS = 60 * 60_000;
const TIMEOUTS = { headersMs: 10_000, bodyMs: 10_000 };

export interface OidcProviderOptions {
  /** As in the provider's metadata, e.g. `https://login.example.com`. */
  readonly issuer: string;
  readonly clientId: string;
  /** Absent: a public client, which PKCE alone protects. */
  readonly clientSecretFile?: string;
  readonly scopes: readonly string[];
  /** Where the provider sends browsers back to. */
  readonly redirectUri: string;
  readonly http: Pick<HttpOptions, "proxy" | "caFile">;
  readonly clock: Clock;
}

/** What a browser keeps between leaving for the provider and coming back. */
export interface OidcLogin {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Who somebody is at the provider, and all that it says. */
export interface OidcIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A provider that says who somebody is. */
export interface OidcProvider {
  /** Where to send the browser, and what it has to bring back. Throws {@link OidcError}. */
  begin(): Promise<{ readonly url: URL; readonly login: OidcLogin }>;
  /** Who came back. `query`: of the redirect, as it came. Throws {@link OidcError}. */
  finish(login: OidcLogin, query: string): Promise<OidcIdentity>;
}

/** A provider; nothing is asked before somebody signs in. */
export function createOidcProvider(options: OidcProviderOptions): OidcProvider {
  let http: Promise<HttpClient> | undefined;
  let known: { readonly configuration: OpenidClient.Configuration; readonly at: number } | undefined;
  let asking: Promise<OpenidClient.Configuration> | undefined;

  async function discover(library: typeof OpenidClient): Promise<OpenidClient.Configuration> {
    const now = options.clock.now().getTime();
    if (known !== undefined && now - known.at < METADATA_MS && now >= known.at) {
      return known.configuration;
    }
    // anybody may begin a login: while the provider is asked, or does not answer, once is enough
    asking ??= ask(library, now).finally(() => {
      asking = undefined;
    });
    return await asking;
  }

  async function ask(library: typeof OpenidClient, now: number): Promise<OpenidClient.Configuration> {
    const issuer = new URL(options.issuer);
    const secret = await readSecret(options.clientSecretFile);
    http ??= createHttpClient({ ...options.http, timeouts: TIMEOUTS });
    try {
      const configuration = await library.discovery(
        issuer,
        options.clientId,
        undefined,
        secret === undefined ? library.None() : library.ClientSecretBasic(secret),
        {
          [library.customFetch]: createFetch(await http) as OpenidClient.CustomFetch,
          // Only ever to this machine, for tests and development.
          ...(issuer.protocol === "http:" && isLoopback(issuer) ? { execute: [library.allowInsecureRequests] } : {}),
        },
      );
      known = { configuration, at: now };
      return configuration;
    } catch (error) {
      http = undefined;
      throw new OidcError("OIDC_PROVIDER_UNUSABLE", `${issuer.host}: ${messageOf(error)}`, { cause: error });
    }
  }

  return {
    async begin() {
      const library = await import("openid-client");
      const configuration = await discover(library);
      const login = {
        state: library.randomState(),
        nonce: library.randomNonce(),
        verifier: library.randomPKCECodeVerifier(),
      };
      const url = library.buildAuthorizationUrl(configuration, {
        redirect_uri: options.redirectUri,
        scope: options.scopes.join(" "),
        state: login.state,
        nonce: login.nonce,
        code_challenge: await library.calculatePKCECodeChallenge(login.verifier),
        code_challenge_method: "S256",
      });
      return { url, login };
    },

    async finish(login, query) {
      const library = await import("openid-client");
      const configuration = await discover(library);
      const url = new URL(options.redirectUri);
      url.search = query;
      try {
        const tokens = await library.authorizationCodeGrant(configuration, url, {
          pkceCodeVerifier: login.verifier,
          expectedState: login.state,
          expectedNonce: login.nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims === undefined) {
          throw new Error("the answer has no ID token");
        }
        const more = await fetchMore(library, configuration, tokens.access_token, claims.sub);
        // The ID token is signed; what it says counts more.
        return { issuer: claims.iss, subject: claims.sub, claims: { ...more, ...claims } };
      } catch (error) {
        throw new OidcError("OIDC_LOGIN_REFUSED", messageOf(error), { cause: error });
      }
    },
  };
}

/** Many providers say groups only there. */
async function fetchMore(
  library: typeof OpenidClient,
  configuration: OpenidClient.Configuration,
  accessToken: string,
  subject: string,
): Promise<Readonly<Record<string, unknown>>> {
  return configuration.serverMetadata().userinfo_endpoint === undefined
    ? {}
    : await library.fetchUserInfo(configuration, accessToken, subject);
}

async function readSecret(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) {
    return undefined;
  }
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw new OidcError("OIDC_SECRET_UNREADABLE", `${file}: ${messageOf(error)}`, { cause: error });
  }
}
