// SPDX-License-Identifier: Apache-2.0
import { randomUUID, sign, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

export interface TokenServerOptions {
  readonly serving: { readonly cert: string; readonly key: string };
  readonly accounts: Readonly<Record<string, string>>;
  readonly anonymousPull: boolean;
}

/** A token server as registries have one (distribution, "Token Authentication"). */
export interface TokenServer extends AsyncDisposable {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** Of the key that signs tokens; the service trusts it. */
  readonly certificatePem: string;
  /** `user scope` or `anonymous scope` of each request, in order. */
  readonly asked: readonly string[];
}

const SERVICE = "notary";
const ISSUER = "haechi-test-tokens";

/** The key of its certificate signs the tokens, too: a test needs no second one. */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const asked: string[] = [];
  const server = createServer({ cert: options.serving.cert, key: options.serving.key }, (request, response) => {
    const url = new URL(request.url ?? "/", "https://localhost");
    const scope = url.searchParams.get("scope") ?? "";
    const user = accountOf(request.headers.authorization, options.accounts);
    asked.push(`${user ?? "anonymous"} ${scope}`);
    if (user === "refused" || (user === undefined && !options.anonymousPull)) {
      response.writeHead(401, { "content-type": "application/json" }).end('{"errors":[{"code":"UNAUTHORIZED"}]}');
      return;
    }
    const token = createToken(options.serving, user ?? "", scope, user !== undefined);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ token, expires_in: 300 }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    realm: `https://127.0.0.1:${port}/token`,
    service: SERVICE,
    issuer: ISSUER,
    certificatePem: options.serving.cert,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The name of the account, `undefined` without credentials, `refused` for wrong ones. */
function accountOf(header: string | undefined, accounts: Readonly<Record<string, string>>): string | undefined {
  if (header === undefined) {
    return undefined;
  }
  const [name = "", password = ""] = Buffer.from(header.replace(/^Basic /i, ""), "base64")
    .toString()
    .split(":");
  return Object.hasOwn(accounts, name) && accounts[name] === password ? name : "refused";
}

function createToken(
  serving: TokenServerOptions["serving"],
  subject: string,
  scope: string,
  isAccount: boolean,
): string {
  const now = Math.floor(Date.now() / 1_000);
  const certificate = new X509Certificate(serving.cert);
  const header = { typ: "JWT", alg: "ES256", x5c: [certificate.raw.toString("base64")] };
  const claims = {
    iss: ISSUER,
    sub: subject,
    aud: SERVICE,
    exp: now + 300,
    nbf: now - 10,
    iat: now,
    jti: randomUUID(),
    access: accessOf(scope, isAccount),
  };
  const text = `${encode(header)}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(text), { key: serving.key, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}

/** Everybody else may only read. */
function accessOf(scope: string, isAccount: boolean): readonly object[] {
  const [type = "", ...rest] = scope.split(":");
  const actions = rest.pop() ?? "";
  const granted = actions.split(",").filter((action) => isAccount || action === "pull");
  return scope === "" ? [] : [{ type, name: rest.join(":"), actions: granted }];
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
