// SPDX-License-Identifier: Apache-2.0
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

export interface TestOidcProvider extends AsyncDisposable {
  readonly issuer: string;
  /** What the provider says of a person from now on, by login name. */
  readonly people: Map<string, Readonly<Record<string, unknown>>>;
  /** Goes through the provider's pages as a browser does, and returns where it leads back to. */
  signIn(start: URL, login: string): Promise<URL>;
}

export const OIDC_CLIENT = { id: "haechi", secret: "a secret of the client" } as const;

/** A real OpenID provider on loopback that knows one client and asks for a login name. */
export async function startOidcProvider(redirectUri: string): Promise<TestOidcProvider> {
  const people = new Map<string, Readonly<Record<string, unknown>>>();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: OIDC_CLIENT.id,
        client_secret: OIDC_CLIENT.secret,
        redirect_uris: [redirectUri],
        response_types: ["code"],
        grant_types: ["authorization_code"],
      },
    ],
    claims: { openid: ["sub", "groups", "preferred_username", "email"] },
    cookies: { keys: ["only for tests"] },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people.get(id) }) }),
  });
  const answer = provider.callback();
  server.on("request", (request, response) => void answer(request, response));
  return {
    issuer,
    people,
    signIn: (start, login) => browse(start, login, new URL(redirectUri)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const MAX_STEPS = 15;

async function browse(start: URL, login: string, back: URL): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = start;
  let form: string | undefined;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const answer = await fetch(url, {
      redirect: "manual",
      method: form === undefined ? "GET" : "POST",
      headers: {
        cookie: [...cookies].map((pair) => pair.join("=")).join("; "),
        ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      },
      ...(form === undefined ? {} : { body: form }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    const location = answer.headers.get("location");
    if (location !== null) {
      url = new URL(location, url);
      form = undefined;
      if (url.origin === back.origin && url.pathname === back.pathname) {
        return url;
      }
      continue;
    }
    const page = await answer.text();
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    const action = /action="([^"]+)"/.exec(page)?.[1];
    if (prompt === undefined || action === undefined) {
      throw new Error(`the provider shows something else: ${answer.status} ${page.slice(0, 500)}`);
    }
    url = new URL(action, url);
    form = new URLSearchParams({ prompt, ...(prompt === "login" ? { login, password: "any" } : {}) }).toString();
  }
  throw new Error("the provider does not come to an end");
}
