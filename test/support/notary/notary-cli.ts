// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool, type ToolResult } from "../run-tool.ts";
import { tool } from "../tools.ts";
import type { NotaryService } from "./start-notary-server.ts";

/** A person with the real `notary` client: own keys, own memory. */
export interface NotaryCli extends AsyncDisposable {
  readonly folder: string;
  /** Runs `notary <args>`; throws with what it printed when it fails. */
  run(...args: readonly string[]): Promise<string>;
  /** The same, for cases in which it has to fail. */
  try(...args: readonly string[]): Promise<ToolResult>;
  /** Accepts only a root by the key (the id of its certificate) from now on. */
  pin(gun: string, rootKeyId: string): Promise<void>;
  /** Adds the digest as a target and publishes; `roles` are delegations, none is `targets`. */
  sign(gun: string, tag: string, digest: string, ...roles: readonly string[]): Promise<void>;
}

const PASSPHRASES = {
  NOTARY_ROOT_PASSPHRASE: "root-passphrase",
  NOTARY_TARGETS_PASSPHRASE: "targets-passphrase",
  NOTARY_SNAPSHOT_PASSPHRASE: "snapshot-passphrase",
  NOTARY_DELEGATION_PASSPHRASE: "delegation-passphrase",
};

/** With an `account`, `name:password` for the token server. `url` may be a server in between. */
export async function createNotaryCli(
  service: Pick<NotaryService, "url" | "caFile">,
  options: { readonly account?: string; readonly url?: string } = {},
): Promise<NotaryCli> {
  const folder = await mkdtemp(join(tmpdir(), "haechi-notary-cli-"));
  const environment = {
    ...PASSPHRASES,
    ...(options.account === undefined ? {} : { NOTARY_AUTH: Buffer.from(options.account).toString("base64") }),
  };
  const configuration = join(folder, "config.json");
  await writeFile(configuration, "{}");
  const globals = [
    "-c",
    configuration,
    "-s",
    options.url ?? service.url,
    "--tlscacert",
    service.caFile,
    "-d",
    join(folder, "trust"),
  ];
  async function attempt(...args: readonly string[]): Promise<ToolResult> {
    // rotating a root key asks whether one is sure
    return await runTool(tool("notary"), [...globals, ...args], { environment, input: "yes\n" });
  }
  async function run(...args: readonly string[]): Promise<string> {
    const result = await attempt(...args);
    if (result.code !== 0) {
      throw new Error(`notary ${args.join(" ")} ended with ${result.code}: ${result.stdout}${result.stderr}`);
    }
    return result.stdout + result.stderr;
  }
  return {
    folder,
    run,
    try: attempt,
    async pin(gun, rootKeyId) {
      const pinning = { certs: { [gun]: [rootKeyId] }, disable_tofu: true };
      await writeFile(configuration, JSON.stringify({ trust_pinning: pinning }));
    },
    async sign(gun, tag, digest, ...roles) {
      const where = roles.length === 0 ? [] : ["-r", roles.join(",")];
      await run("addhash", gun, tag, "1000", "--sha256", digest.replace("sha256:", ""), "-p", ...where);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A signer's key as people make them: an encrypted-nowhere private key and a certificate or public key beside it. */
export interface SignerKey {
  readonly privateKey: string;
  /** Paths of PEM files. */
  readonly certificate: string;
  readonly publicKey: string;
}

/** Makes a key with `openssl`; the private key carries the role, as `notary key import` wants it. */
export async function createSignerKey(folder: string, name: string, type: "ecdsa" | "rsa"): Promise<SignerKey> {
  const paths = {
    privateKey: join(folder, `${name}.key`),
    certificate: join(folder, `${name}.crt`),
    publicKey: join(folder, `${name}.pub`),
  };
  const algorithm =
    type === "rsa" ? ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"] : ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
  const key = openssl(["genpkey", "-algorithm", ...algorithm]);
  await writeFile(paths.privateKey, key);
  openssl([
    "req",
    "-x509",
    "-new",
    "-key",
    paths.privateKey,
    "-subj",
    `/CN=${name}`,
    "-days",
    "30",
    "-out",
    paths.certificate,
  ]);
  await writeFile(paths.publicKey, openssl(["pkey", "-in", paths.privateKey, "-pubout"]));
  return paths;
}

function openssl(args: readonly string[]): string {
  return execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
