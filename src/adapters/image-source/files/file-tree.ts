// SPDX-License-Identifier: Apache-2.0
import { ImageSourceError } from "../errors.ts";

/** A file that can be read from its beginning as often as needed. */
export interface ReadableFile {
  readonly size: number;
  /** At most `maxBytes` from the beginning; all of it unless given. */
  read(signal?: AbortSignal, maxBytes?: number): AsyncIterable<Uint8Array>;
}

/** Files by relative path: a folder on disk, or the content of a tar archive. */
export interface FileTree extends AsyncDisposable {
  /** `undefined` when there is no regular file of this name. */
  find(path: string): Promise<ReadableFile | undefined>;
}

/** The whole of a file; throws `LIMIT_EXCEEDED` when it has more than `maxBytes`. */
export async function readSmallFile(file: ReadableFile, path: string, maxBytes: number): Promise<Uint8Array> {
  if (file.size > maxBytes) {
    throw new ImageSourceError("LIMIT_EXCEEDED", `the file ${path.slice(0, 256)} is larger than ${maxBytes} bytes`);
  }
  const parts: Uint8Array[] = [];
  for await (const chunk of file.read()) {
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}
