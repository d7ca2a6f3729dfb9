// SPDX-License-Identifier: Apache-2.0
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { ImageSourceError } from "../errors.ts";
import type { FileTree, ReadableFile } from "./file-tree.ts";
import { HashedReading } from "./hashed-reading.ts";
import { openFile, readFileRange } from "./read-file-range.ts";

/** The files of a folder. Throws `SOURCE_NOT_FOUND` when there is no such folder. */
export async function openFolder(folder: string): Promise<FileTree> {
  const stats = await stat(folder).catch((error: unknown) => {
    throw new ImageSourceError("SOURCE_NOT_FOUND", `no such folder: ${folder}`, { cause: error });
  });
  if (!stats.isDirectory()) {
    throw new ImageSourceError("SOURCE_NOT_FOUND", `not a folder: ${folder}`);
  }
  return {
    find: (path) => findFile(join(folder, path)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function findFile(path: string): Promise<ReadableFile | undefined> {
  try {
    const { handle, size } = await openFile(path);
    await handle.close();
    return {
      size,
      read: (signal, maxBytes = size) =>
        withFile(path, (file) => readFileRange(file.handle, { start: 0, end: Math.min(file.size, maxBytes) }, signal)),
      readHashed: (options) => {
        const hash = new HashedReading(options);
        return { hash, chunks: withFile(path, (file) => hash.read(file.handle, { start: 0, end: file.size })) };
      },
    };
  } catch (error) {
    if (error instanceof ImageSourceError && error.code === "SOURCE_NOT_FOUND") {
      return undefined;
    }
    throw error;
  }
}

async function* withFile(
  path: string,
  read: (file: Awaited<ReturnType<typeof openFile>>) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await openFile(path);
  try {
    yield* read(file);
  } finally {
    await file.handle.close();
  }
}
