// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPrivateKey } from "openpgp";
import { runTool, type ToolResult } from "../run-tool.ts";
import { tool } from "../tools.ts";
import { type OpenPgpSigner, toSigner } from "./open-pgp-key.ts";

/** A private key ring of the real gpg, with its own agent, which ends with it. */
export interface GpgHome extends AsyncDisposable {
  /** For programs that use gpg, such as skopeo. */
  readonly environment: Readonly<Record<string, string>>;
  run(args: readonly string[], input?: string): Promise<ToolResult>;
  /** A new key without passphrase that may sign; its fingerprint. `algorithm` as in `gpg --quick-generate-key`. */
  createKey(userId: string, algorithm: string, options?: KeyOptions): Promise<string>;
  /** The armoured public key. */
  exportKey(fingerprint: string): Promise<string>;
  /** Signs with the content inside, as simple signing has it. */
  sign(content: Uint8Array, args: readonly string[]): Promise<Uint8Array>;
  /** The key's private part, for messages that gpg 2.2 verifies but no longer writes. */
  exportSigner(fingerprint: string): Promise<OpenPgpSigner>;
  revoke(fingerprint: string): Promise<void>;
  /** Whether gpg calls it a good signature by a key of this home. */
  isGood(message: Uint8Array): Promise<boolean>;
}

export interface KeyOptions {
  /** As gpg reads it, such as `2y`; default: never. */
  readonly expires?: string;
  /** The clock of gpg, such as `20250101T000000`. */
  readonly fakedTime?: string;
}

/** Makes the home in a folder with a short name: the agent's socket has to fit into 108 bytes. */
export async function createGpgHome(): Promise<GpgHome> {
  const folder = await mkdtemp(join(tmpdir(), "hg-"));
  const environment = { GNUPGHOME: folder };
  const base = ["--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""];
  let files = 0;

  async function run(args: readonly string[], input?: string): Promise<ToolResult> {
    return await runTool(tool("gpg"), [...base, ...args], { environment, ...(input === undefined ? {} : { input }) });
  }
  async function succeed(args: readonly string[], input?: string): Promise<ToolResult> {
    const result = await run(args, input);
    if (result.code !== 0) {
      throw new Error(`gpg ${args.join(" ")} ended with ${result.code}: ${result.stderr}`);
    }
    return result;
  }
  function newFile(): string {
    files += 1;
    return join(folder, `file-${files}`);
  }

  return {
    environment,
    run,
    async createKey(userId, algorithm, { expires = "never", fakedTime } = {}): Promise<string> {
      const time = fakedTime === undefined ? [] : ["--faked-system-time", fakedTime];
      await succeed([...time, "--quick-generate-key", userId, algorithm, "sign", expires]);
      const { stdout } = await succeed(["--with-colons", "--list-keys", userId]);
      const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(stdout)?.[1];
      if (fingerprint === undefined) {
        throw new Error(`gpg made no key:\n${stdout}`);
      }
      return fingerprint;
    },
    async exportKey(fingerprint): Promise<string> {
      return (await succeed(["--armor", "--export", fingerprint])).stdout;
    },
    async sign(content, args): Promise<Uint8Array> {
      const [input, output] = [newFile(), newFile()];
      await writeFile(input, content);
      await succeed([...args, "--output", output, "--sign", input]);
      return await readFile(output);
    },
    async exportSigner(fingerprint): Promise<OpenPgpSigner> {
      const { stdout } = await succeed(["--armor", "--export-secret-keys", fingerprint]);
      return toSigner((await readPrivateKey({ armoredKey: stdout })).keyPacket);
    },
    async revoke(fingerprint): Promise<void> {
      const certificate = await readFile(join(folder, "openpgp-revocs.d", `${fingerprint}.rev`), "utf8");
      // gpg puts a colon in front, so that nobody imports it by accident
      await succeed(["--import"], certificate.replace(":-----BEGIN", "-----BEGIN"));
    },
    async isGood(message): Promise<boolean> {
      const file = newFile();
      await writeFile(file, message);
      const { code, stdout } = await run(["--status-fd", "1", "--verify", file]);
      return code === 0 && stdout.includes("[GNUPG:] GOODSIG ");
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await runTool(tool("gpgconf"), ["--kill", "all"], { environment });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
