// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { type Limits, messageOf } from "#base";
import { AdvisoryDatabaseError } from "../errors.ts";
import { packedOtherwise } from "./packed-otherwise.ts";

export type InflationLimits = Pick<Limits, "maxInflatedAdvisoryBytes" | "maxCompressionRatio" | "minRatioBytes">;

const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const BZIP2 = Buffer.from("BZh");
const XZ = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]);

/**
 * The bytes of a file, inflated when it is gzip or zstd (by its first bytes, not by its name). What inflates to more than
 * the limits allow throws; bzip2 and xz are refused with a word on what to do.
 */
export async function* readSourceBytes(
  path: string,
  label: string,
  limits: InflationLimits,
): AsyncGenerator<Uint8Array> {
  const { size } = await stat(path);
  const head = await readHead(path);
  if (startsWith(head, BZIP2) || startsWith(head, XZ)) {
    throw packedOtherwise(label, startsWith(head, XZ) ? "xz" : "bzip2");
  }
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  const inflated: Readable = startsWith(head, GZIP)
    ? file.pipe(createGunzip({ chunkSize: 256 * 1024 }))
    : startsWith(head, ZSTD)
      ? file.pipe(createZstdDecompress({ chunkSize: 256 * 1024 }))
      : file;
  file.on("error", (error) => inflated.destroy(error));
  const maxTotal = Math.min(
    limits.maxInflatedAdvisoryBytes,
    Math.max(limits.minRatioBytes, size * limits.maxCompressionRatio),
  );
  let total = 0;
  try {
    for await (const chunk of inflated as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > maxTotal) {
        throw new AdvisoryDatabaseError(
          "ADVISORY_SOURCE_LIMIT_EXCEEDED",
          `${label} was refused: it inflates to more than ${maxTotal} bytes`,
        );
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof AdvisoryDatabaseError) {
      throw error;
    }
    throw new AdvisoryDatabaseError("ADVISORY_SOURCE_MALFORMED", `${label} is broken: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    file.destroy();
    inflated.destroy();
  }
}

/** The beginning of the inflated text, for telling what it is; empty for an empty file. */
export async function readBeginning(path: string, label: string, limits: InflationLimits): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readSourceBytes(path, label, limits)) {
    parts.push(Buffer.from(chunk));
    length += chunk.length;
    if (length >= 65_536) {
      break;
    }
  }
  return Buffer.concat(parts).subarray(0, 65_536).toString("utf8");
}

async function readHead(path: string): Promise<Buffer> {
  for await (const chunk of createReadStream(path, { end: 7 }) as AsyncIterable<Buffer>) {
    return chunk;
  }
  return Buffer.alloc(0);
}

function startsWith(head: Buffer, magic: Buffer): boolean {
  return head.subarray(0, magic.length).equals(magic);
}
