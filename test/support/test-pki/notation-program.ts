// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runTool, type ToolResult } from "../run-tool.ts";
import { tool } from "../tools.ts";
import type { TestCertificate } from "./test-certificate.ts";

/** The real `notation` with a configuration of its own. */
export interface NotationProgram extends AsyncDisposable {
  /** Where it finds its configuration, for who runs it in another way. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes a certificate with its chain available as a signing key. */
  addKey(name: string, certificate: TestCertificate): Promise<void>;
  /** Replaces trust policy and trust stores (`ca:name` → PEM). */
  trust(policy: string, stores: Readonly<Record<string, readonly string[]>>): Promise<void>;
  /** Runs a command against plain HTTP registries; never throws. */
  run(args: readonly string[], account?: { readonly username: string; readonly password: string }): Promise<ToolResult>;
  /** Signs `host/repository@digest`; throws with what notation printed when it does not. */
  sign(
    reference: string,
    options: {
      readonly key: string;
      readonly format?: "jws" | "cose";
      readonly expiry?: string;
      readonly timestamp?: { readonly url: string; readonly root: TestCertificate };
      readonly account?: { readonly username: string; readonly password: string } | undefined;
    },
  ): Promise<void>;
}

/** To be used inside `describeWithTools(…, ["notation"], …)`. */
export async function createNotationProgram(): Promise<NotationProgram> {
  const home = await mkdtemp(join(tmpdir(), "haechi-notation-"));
  const folder = join(home, "notation");
  const environment = {
    XDG_CONFIG_HOME: home,
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_DATA_HOME: join(home, "data"),
  };
  const keys: { readonly name: string; readonly keyPath: string; readonly certPath: string }[] = [];
  async function write(path: string, text: string): Promise<string> {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { mode: 0o600 });
    return file;
  }
  async function run(
    args: readonly string[],
    account?: { readonly username: string; readonly password: string },
  ): Promise<ToolResult> {
    const withAccount = {
      ...environment,
      ...(account === undefined ? {} : { NOTATION_USERNAME: account.username, NOTATION_PASSWORD: account.password }),
    };
    const [command = "", ...rest] = args;
    return await runTool(tool("notation"), [command, "--insecure-registry", ...rest], {
      environment: withAccount,
      cwd: home,
    });
  }
  return {
    environment,
    run,
    async addKey(name, certificate) {
      const keyPath = await write(`localkeys/${name}.key`, certificate.privatePem);
      const certPath = await write(`localkeys/${name}.crt`, certificate.chain.map((each) => each.pem).join(""));
      keys.push({ name, keyPath, certPath });
      await write("signingkeys.json", JSON.stringify({ default: name, keys }));
    },
    async trust(policy, stores) {
      await rm(join(folder, "truststore"), { recursive: true, force: true });
      await write("trustpolicy.json", policy);
      for (const [store, certificates] of Object.entries(stores)) {
        for (const [index, pem] of certificates.entries()) {
          await write(`truststore/x509/${store.replace(":", "/")}/${index}.pem`, pem);
        }
      }
    },
    async sign(reference, { key, format = "jws", expiry, timestamp, account }) {
      const root = timestamp === undefined ? "" : await write("tsa-root.pem", timestamp.root.pem);
      const { code, stdout, stderr } = await run(
        [
          "sign",
          ...["--key", key, "--signature-format", format],
          ...(expiry === undefined ? [] : ["--expiry", expiry]),
          ...(timestamp === undefined ? [] : ["--timestamp-url", timestamp.url, "--timestamp-root-cert", root]),
          reference,
        ],
        account,
      );
      if (code !== 0) {
        throw new Error(`notation sign ended with ${code}: ${stdout}${stderr}`);
      }
    },
    async [Symbol.asyncDispose]() {
      await rm(home, { recursive: true, force: true });
    },
  };
}
