// SPDX-License-Identifier: Apache-2.0
import { type Digest, DigestStream, digestAlgorithm } from "#base";
import { ImageSourceError } from "./errors.ts";
import { type ChunkHash, gather, type ReadableFile } from "./files/file-tree.ts";

/**
 * Passes chunks on and throws before the end when they are not the content that the descriptor promises. The last
 * chunk is passed on before the digest is known: a reader acts on content only after it has seen the end.
 */
export async function* verifyContent(
  chunks: AsyncIterable<Uint8Array>,
  expected: { readonly digest: Digest; readonly size: number },
  hash: ChunkHash = new DigestStream(digestAlgorithm(expected.digest)),
): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0;
  for await (const chunk of chunks) {
    received += chunk.length;
    if (received > expected.size) {
      throw mismatch("BLOB_TOO_LONG", "content is longer than its descriptor says", expected, { received });
    }
    hash.update(chunk);
    yield chunk;
  }
  if (received < expected.size) {
    throw mismatch("BLOB_TOO_SHORT", "content is shorter than its descriptor says", expected, { received });
  }
  const found = hash.digest();
  if (found !== expected.digest) {
    throw mismatch("BLOB_DIGEST_MISMATCH", "content has another digest than its descriptor says", expected, { found });
  }
}

/** The content of a file, as {@link verifyContent} passes it on. */
export function verifyFile(
  file: ReadableFile,
  expected: { readonly digest: Digest; readonly size: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hashed = file.readHashed?.({ algorithm: digestAlgorithm(expected.digest), signal });
  return hashed === undefined
    ? verifyContent(file.read(signal), expected)
    : verifyContent(hashed.chunks, expected, hashed.hash);
}

/** The whole of verified content that is at most `maxBytes` long. */
export async function readVerified(
  chunks: AsyncIterable<Uint8Array>,
  expected: { readonly digest: Digest; readonly size: number },
  maxBytes: number,
): Promise<Uint8Array> {
  if (expected.size > maxBytes) {
    throw mismatch("LIMIT_EXCEEDED", `content is larger than ${maxBytes} bytes`, expected, {});
  }
  return gather(verifyContent(chunks, expected), expected.size);
}

function mismatch(
  code: "BLOB_TOO_LONG" | "BLOB_TOO_SHORT" | "BLOB_DIGEST_MISMATCH" | "LIMIT_EXCEEDED",
  message: string,
  expected: { readonly digest: Digest; readonly size: number },
  details: Readonly<Record<string, unknown>>,
): ImageSourceError {
  return new ImageSourceError(code, message, {
    details: { digest: expected.digest, size: expected.size, ...details },
  });
}
