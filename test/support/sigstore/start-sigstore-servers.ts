// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { createPrivateSigstore, type PrivateSigstore } from "./private-sigstore.ts";
import {
  type Answer,
  answerFulcio,
  answerRekorV1,
  answerRekorV2,
  answerTimestamp,
  type Faults,
  json,
  type Request,
} from "./sigstore-routes.ts";

/** A private Sigstore on loopback that the real cosign signs against. */
export interface SigstoreServers {
  readonly sigstore: PrivateSigstore;
  /** What goes wrong from now on. */
  readonly faults: Faults;
  /** Requests so far, `METHOD path`, for tests that say which service was asked. */
  readonly requests: readonly string[];
  /** An identity token of the private issuer for `--identity-token`; a subject with `@` is a mail address. */
  issueToken(subject: string): Promise<string>;
  /** Writes `trusted_root.json` and signing configs into the folder, and gives their paths. */
  writeFiles(folder: string): SigstoreFiles;
  close(): Promise<void>;
}

export interface SigstoreFiles {
  readonly trustedRoot: string;
  /** `--signing-config`: Fulcio, Rekor v1, timestamps. */
  readonly signingConfigV1: string;
  /** The same with Rekor v2. */
  readonly signingConfigV2: string;
  /** Neither log nor timestamps, for keys alone. */
  readonly signingConfigOffline: string;
}

type Route = (request: Request) => Answer | Promise<Answer>;

export async function startSigstoreServers(options: { readonly now?: () => Date } = {}): Promise<SigstoreServers> {
  const routes: { fulcio?: Route; rekorV1?: Route; rekorV2?: Route; timestamps?: Route; issuer?: Route } = {};
  const requests: string[] = [];
  const servers: Server[] = [];
  async function serve(name: keyof typeof routes): Promise<string> {
    const server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        const { method = "", url = "", headers } = incoming;
        requests.push(`${method} ${url}`);
        void answerOrFail(routes[name], { method, path: url, headers, body: Buffer.concat(chunks) }).then((answer) => {
          outgoing.writeHead(answer.status, { "content-type": answer.type, ...answer.headers });
          outgoing.end(answer.body);
        });
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const urls = {
    fulcio: await serve("fulcio"),
    rekorV1: await serve("rekorV1"),
    rekorV2: await serve("rekorV2"),
    timestamps: await serve("timestamps"),
    issuer: await serve("issuer"),
  };
  const sigstore = await createPrivateSigstore({ ...options, urls });
  const faults: Faults = {};
  const keys = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "1", use: "sig", alg: "RS256" };
  routes.fulcio = async (request) => await answerFulcio(sigstore, request, faults);
  routes.rekorV1 = (request) => answerRekorV1(sigstore, request, faults);
  routes.rekorV2 = (request) => answerRekorV2(sigstore, request);
  routes.timestamps = async (request) => await answerTimestamp(sigstore, request);
  routes.issuer = ({ path }) =>
    path === "/.well-known/openid-configuration"
      ? json(200, { issuer: urls.issuer, jwks_uri: `${urls.issuer}/keys`, response_types_supported: ["id_token"] })
      : json(200, { keys: [jwk] });
  return {
    sigstore,
    faults,
    requests,
    issueToken: async (subject) =>
      await new SignJWT(subject.includes("@") ? { email: subject, email_verified: true } : {})
        .setProtectedHeader({ alg: "RS256", kid: "1" })
        .setIssuer(urls.issuer)
        .setSubject(subject)
        .setAudience("sigstore")
        .setIssuedAt()
        .setExpirationTime("10m")
        .sign(keys.privateKey),
    writeFiles: (folder) => writeFiles(folder, sigstore),
    close: async () => {
      await Promise.all(
        servers.map(async (server) => {
          server.closeAllConnections();
          await new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  };
}

async function answerOrFail(route: Route | undefined, request: Request): Promise<Answer> {
  try {
    return route === undefined ? json(503, { message: "not ready" }) : await route(request);
  } catch (error) {
    return json(400, { code: 3, message: String(error) });
  }
}

function writeFiles(folder: string, sigstore: PrivateSigstore): SigstoreFiles {
  function write(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }
  return {
    trustedRoot: write("trusted_root.json", sigstore.trustedRoot()),
    signingConfigV1: write("signing-config-v1.json", signingConfig(sigstore, 1)),
    signingConfigV2: write("signing-config-v2.json", signingConfig(sigstore, 2)),
    signingConfigOffline: write("signing-config-offline.json", signingConfig(sigstore, 0)),
  };
}

/** `dev.sigstore.trustroot.v1.SigningConfig`, version 0.2. */
function signingConfig({ urls }: PrivateSigstore, rekor: 0 | 1 | 2): string {
  function service(url: string, majorApiVersion: number): unknown {
    return { url, majorApiVersion, validFor: { start: "2026-01-01T00:00:00Z" }, operator: "haechi.test" };
  }
  return JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
    caUrls: [service(urls.fulcio, 1)],
    oidcUrls: [service(urls.issuer, 1)],
    rekorTlogUrls: rekor === 0 ? [] : [service(rekor === 1 ? urls.rekorV1 : urls.rekorV2, rekor)],
    rekorTlogConfig: { selector: "ANY" },
    tsaUrls: rekor === 0 ? [] : [service(`${urls.timestamps}/api/v1/timestamp`, 1)],
    tsaConfig: { selector: "ANY" },
  });
}
