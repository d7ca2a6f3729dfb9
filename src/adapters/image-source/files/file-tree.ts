// SPDX-License-Identifier: Apache-2.0

/** A file that can be read from its beginning as often as needed. */
export interface ReadableFile {
  readonly size: number;
  read(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Files by relative path: a folder on disk, or the content of a tar archive. */
export interface FileTree extends AsyncDisposable {
  /** `undefined` when there is no regular file of this name. */
  find(path: string): Promise<ReadableFile | undefined>;
}
