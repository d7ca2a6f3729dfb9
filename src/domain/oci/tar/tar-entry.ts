// SPDX-License-Identifier: Apache-2.0

/** What an entry is; `sparse` is a file that is stored without its holes, `other` a type that no runtime unpacks. */
export type TarEntryKind = "file" | "folder" | "symlink" | "hardlink" | "device" | "fifo" | "sparse" | "other";

/** One entry of a tar archive. */
export interface TarEntry {
  /** Normalised: no leading slash or `./`, no trailing slash, no `.` and `..`; empty for the root. */
  readonly path: string;
  readonly kind: TarEntryKind;
  /** In bytes; of a sparse file with its holes, as far as its map is valid. */
  readonly size: number;
  /** Where the content begins in the archive, in bytes. */
  readonly offset: number;
  /** Target of a symbolic link as written; of a hard link normalised like `path`; otherwise empty. */
  readonly link: string;
  /** Permission bits with setuid, setgid and sticky; 0 when the header does not say. */
  readonly mode: number;
  readonly uid: number;
}
