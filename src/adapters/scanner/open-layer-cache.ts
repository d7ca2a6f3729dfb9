// SPDX-License-Identifier: Apache-2.0
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { LayerCache } from "./layer-cache.ts";

const MIB = 1024 * 1024;
const DEFAULT_MAX_BYTES = 512 * MIB;
/** One layer inflated; a cache file that holds more was not written by us. */
const MAX_CONTENT_BYTES = 256 * MIB;
const DIGEST_BYTES = 32;
const NAME = /^[0-9a-f]{64}$/;
/** What a process that was killed left behind. */
const STALE_MS = 3_600_000;

/**
 * A layer cache in a folder, which is made when something is kept. A file is there wholly or not at all, begins with the
 * SHA-256 of the rest and is not used when that differs. Beyond `maxBytes` (default 512 MiB) what was not used for longest goes.
 */
export function openLayerCache(options: { readonly folder: string; readonly maxBytes?: number }): LayerCache {
  const { folder, maxBytes = DEFAULT_MAX_BYTES } = options;
  return {
    async read(key) {
      const path = join(folder, key);
      try {
        const file = await readFile(path);
        const packed = file.subarray(DIGEST_BYTES);
        if (!createHash("sha256").update(packed).digest().equals(file.subarray(0, DIGEST_BYTES))) {
          await rm(path, { force: true });
          return undefined;
        }
        const now = new Date();
        await utimes(path, now, now).catch(() => undefined);
        return zstdDecompressSync(packed, { maxOutputLength: MAX_CONTENT_BYTES });
      } catch {
        // A cache that cannot be read is an empty one: the layer is read instead.
        return undefined;
      }
    },
    async write(key, content) {
      const temporary = join(folder, `${key}.${randomUUID()}`);
      try {
        if (content.length > MAX_CONTENT_BYTES) {
          return;
        }
        const packed = zstdCompressSync(content, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
        if (packed.length + DIGEST_BYTES > maxBytes) {
          return;
        }
        const digest = createHash("sha256").update(packed).digest();
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(temporary, Buffer.concat([digest, packed]), { mode: 0o600 });
        await rename(temporary, join(folder, key));
        await removeOldest(folder, maxBytes);
      } catch {
        // A full or read-only disk costs time, not the scan.
        await rm(temporary, { force: true }).catch(() => undefined);
      }
    },
  };
}

async function removeOldest(folder: string, maxBytes: number): Promise<void> {
  const now = Date.now();
  const kept: { readonly path: string; readonly bytes: number; readonly usedAt: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // Another process may have removed it meanwhile.
    const stats = await stat(path).catch(() => undefined);
    if (stats === undefined) {
      continue;
    }
    if (NAME.test(name)) {
      kept.push({ path, bytes: stats.size, usedAt: stats.mtimeMs });
    } else if (now - stats.mtimeMs > STALE_MS) {
      await rm(path, { force: true });
    }
  }
  let bytes = kept.reduce((sum, file) => sum + file.bytes, 0);
  for (const file of kept.toSorted((a, b) => a.usedAt - b.usedAt)) {
    if (bytes <= maxBytes) {
      return;
    }
    await rm(file.path, { force: true });
    bytes -= file.bytes;
  }
}
