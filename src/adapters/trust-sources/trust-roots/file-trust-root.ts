// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from "node:fs/promises";
import { digestOf, LIMITS, messageOf } from "#base";
import { TrustSourceError } from "../errors.ts";
import type { ResolvedTrustRoot } from "./trust-roots.ts";

/** A `trusted_root.json` that the administrator keeps; read again when the file changes. */
export class FileTrustRoot {
  readonly #path: string;
  #stamp: string | undefined;
  #root: Omit<ResolvedTrustRoot, "name"> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async resolve(): Promise<Omit<ResolvedTrustRoot, "name">> {
    try {
      const { mtimeMs, ctimeMs, size, ino } = await stat(this.#path);
      const stamp = `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
      if (this.#root === undefined || this.#stamp !== stamp) {
        if (size > LIMITS.maxTrustMaterialBytes) {
          throw new Error(`it is larger than ${LIMITS.maxTrustMaterialBytes} bytes`);
        }
        const json = await readFile(this.#path, "utf8");
        this.#root = { json, digest: digestOf(Buffer.from(json)), source: this.#path };
        this.#stamp = stamp;
      }
      return this.#root;
    } catch (error) {
      throw new TrustSourceError("TRUST_ROOT_UNREADABLE", `cannot read ${this.#path}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}
