// SPDX-License-Identifier: Apache-2.0
import { Inflate, Unzlib } from "fflate";

/** Each byte of deflate data can become 1,032; a piece of this size becomes 16 MiB before it is counted. */
const PIECE_BYTES = 16 * 1024;

/** What became of compressed data; the limit is judged while inflating, so that a bomb is not unpacked. */
export type Inflated = { readonly bytes: Uint8Array } | { readonly failure: "malformed" | "tooLarge" };

/** Inflates deflate data (RFC 1951) or zlib data (RFC 1950; its checksum is not verified). Never throws. */
export function inflate(data: Uint8Array, format: "deflate" | "zlib", maxBytes: number): Inflated {
  const pieces: Uint8Array[] = [];
  let total = 0;
  function take(piece: Uint8Array): void {
    total += piece.length;
    if (total <= maxBytes && piece.length > 0) {
      pieces.push(piece);
    }
  }
  if (data.length === 0) {
    return { failure: "malformed" };
  }
  const stream = format === "zlib" ? new Unzlib(take) : new Inflate(take);
  try {
    for (let at = 0; at < data.length; at += PIECE_BYTES) {
      stream.push(data.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= data.length);
      if (total > maxBytes) {
        return { failure: "tooLarge" };
      }
    }
  } catch {
    // whatever fflate complains about, the data is not what it should be
    return { failure: "malformed" };
  }
  return { bytes: pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces, total) };
}
