// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestAuthority, type KeyPair, type TestAuthority } from "../control-plane/test-certificates.ts";
import { eventually } from "../eventually.ts";
import { freePort } from "../free-ports.ts";
import { tool } from "../tools.ts";
import { startTokenServer, type TokenServer } from "./token-server.ts";

export interface NotaryServiceOptions {
  /** `remote` starts a notary-signer beside it; default `local`: keys in the server's memory. */
  readonly signer?: "local" | "remote";
  /** Who may read and write, by a token server; default: everybody. */
  readonly accounts?: Readonly<Record<string, string>>;
  /** Whether the token server gives tokens for reading to everybody; default false. */
  readonly anonymousPull?: boolean;
}

/** A running notary-server (memory storage, TLS) on a free loopback port. */
export interface NotaryService extends AsyncDisposable {
  /** `https://127.0.0.1:<port>`. */
  readonly url: string;
  /** PEM file with the authority of its certificate. */
  readonly caFile: string;
  readonly folder: string;
  readonly authority: TestAuthority;
  readonly tokens: TokenServer | undefined;
}

/** Starts the real programs and waits until they answer. */
export async function startNotaryService(options: NotaryServiceOptions = {}): Promise<NotaryService> {
  const folder = await mkdtemp(join(tmpdir(), "haechi-notary-"));
  await using started = new AsyncDisposableStack();
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const authority = createTestAuthority(folder);
  const names = ["DNS:localhost", "IP:127.0.0.1"];
  const serving = authority.issue({ file: "server", commonName: "notary-server", names });
  const tokens =
    options.accounts === undefined
      ? undefined
      : started.use(
          await startTokenServer({
            serving: await readPair(serving),
            accounts: options.accounts,
            anonymousPull: options.anonymousPull ?? false,
          }),
        );
  const trustService =
    options.signer === "remote"
      ? started.use(await startSigner(folder, authority)).trustService
      : { type: "local", key_algorithm: "ecdsa" };
  const port = await freePort();
  const file = await writeConfiguration(folder, "server", {
    server: { http_addr: `127.0.0.1:${port}`, tls_cert_file: serving.certificate, tls_key_file: serving.key },
    trust_service: trustService,
    storage: { backend: "memory" },
    logging: { level: "debug" },
    ...(tokens === undefined ? {} : { auth: { type: "token", options: await tokenOptions(folder, tokens) } }),
  });
  started.use(await startProgram("notary-server", file, port));
  const all = started.move();
  return {
    url: `https://127.0.0.1:${port}`,
    caFile: authority.certificate,
    folder,
    authority,
    tokens,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function tokenOptions(folder: string, tokens: TokenServer): Promise<Readonly<Record<string, string>>> {
  const bundle = join(folder, "token-signer.crt");
  await writeFile(bundle, tokens.certificatePem);
  return { realm: tokens.realm, service: tokens.service, issuer: tokens.issuer, rootcertbundle: bundle };
}

async function startSigner(
  folder: string,
  authority: TestAuthority,
): Promise<AsyncDisposable & { readonly trustService: object }> {
  const serving = authority.issue({ file: "signer", commonName: "notary-signer", names: ["DNS:localhost"] });
  const client = authority.issue({ file: "signer-client", commonName: "notary-server" });
  const port = await freePort();
  const file = await writeConfiguration(folder, "signer", {
    server: {
      grpc_addr: `127.0.0.1:${port}`,
      tls_cert_file: serving.certificate,
      tls_key_file: serving.key,
      client_ca_file: authority.certificate,
    },
    storage: { backend: "memory" },
    logging: { level: "debug" },
  });
  const program = await startProgram("notary-signer", file, port);
  return {
    trustService: {
      type: "remote",
      hostname: "localhost",
      port: String(port),
      key_algorithm: "ecdsa",
      tls_ca_file: authority.certificate,
      tls_client_cert: client.certificate,
      tls_client_key: client.key,
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

async function writeConfiguration(folder: string, name: string, configuration: object): Promise<string> {
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify(configuration, undefined, 2));
  return file;
}

async function readPair(pair: KeyPair): Promise<{ readonly cert: string; readonly key: string }> {
  return { cert: await readFile(pair.certificate, "utf8"), key: await readFile(pair.key, "utf8") };
}

/** Runs until disposed; throws with what it printed when it ends before it listens. */
async function startProgram(name: string, configuration: string, port: number): Promise<AsyncDisposable> {
  const child = spawn(tool(name), ["-config", configuration], { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      printed = (printed + chunk).slice(-16_384);
    });
  }
  await eventually(async () => {
    if (child.exitCode !== null) {
      throw new Error(`${name} ended with ${child.exitCode}: ${printed}`);
    }
    return (await isListening(port)) ? true : undefined;
  });
  return { [Symbol.asyncDispose]: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
}

async function isListening(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
