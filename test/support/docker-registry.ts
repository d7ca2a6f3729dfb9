// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-ports.ts";
import { tool } from "./tools.ts";

/** Debian's `docker-registry` on loopback, without accounts; it has no referrers API, so clients use tags. */
export interface DockerRegistry extends AsyncDisposable {
  /** `host:port`. */
  readonly host: string;
}

const READY_WITHIN_MS = 30_000;

/** The one account of a registry with accounts. */
export const DOCKER_REGISTRY_ACCOUNT = { username: "tester", password: "U*U" };
/** bcrypt of that password (the registry reads nothing else): the first test vector of crypt_blowfish. */
const PASSWORD_FILE = "tester:$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW\n";

export interface DockerRegistryOptions {
  /** Whether {@link DOCKER_REGISTRY_ACCOUNT} is needed for everything. */
  readonly hasAccounts?: boolean;
  /** PEM texts of a certificate for 127.0.0.1 and its key. */
  readonly tls?: { readonly certPem: string; readonly keyPem: string };
}

/** Starts it and waits until it answers; throws with what it printed when it does not. */
export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "haechi-docker-registry-"));
  const port = await freePort();
  const { tls, hasAccounts = false } = options;
  const [certificate, key, passwords] = ["tls.crt", "tls.key", "htpasswd"].map((name) => join(folder, name));
  await writeFile(passwords ?? "", PASSWORD_FILE);
  if (tls !== undefined) {
    await writeFile(certificate ?? "", tls.certPem);
    await writeFile(key ?? "", tls.keyPem);
  }
  const configuration = {
    version: "0.1",
    log: { level: "warn" },
    storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    ...(hasAccounts ? { auth: { htpasswd: { realm: "test", path: passwords } } } : {}),
    http: { addr: `127.0.0.1:${port}`, ...(tls === undefined ? {} : { tls: { certificate, key } }) },
  };
  const path = join(folder, "config.yml");
  // JSON is YAML
  await writeFile(path, JSON.stringify(configuration));
  const child = spawn(tool("docker-registry"), ["serve", path], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += String(chunk);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    output += String(chunk);
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const host = `127.0.0.1:${port}`;
  const until = Date.now() + READY_WITHIN_MS;
  while (!(await isReady(host, tls !== undefined))) {
    if (Date.now() > until || child.exitCode !== null) {
      child.kill("SIGKILL");
      throw new Error(`docker-registry did not start:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    host,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Any answer will do: with accounts it is a refusal. */
async function isReady(host: string, isTls: boolean): Promise<boolean> {
  return await new Promise((resolve) => {
    const sent = (isTls ? https : http).get(
      `${isTls ? "https" : "http"}://${host}/v2/`,
      { rejectUnauthorized: false, agent: false },
      (answer) => {
        answer.resume();
        resolve(true);
      },
    );
    sent.on("error", () => resolve(false));
  });
}
