// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ScanReport } from "#findings";

/** What the server asks of a scan process, as its first and only message. */
export interface ScanRequest {
  /** Digest of an image manifest in the blob store. */
  readonly digest: Digest;
  /** Root of the OCI layout. */
  readonly layoutDir: string;
  readonly advisoryFile: string;
}

/** What the process answers, once, before it ends. `failed` is final: the same bytes would fail again. */
export type ScanAnswer =
  | { readonly state: "done"; readonly report: ScanReport }
  | { readonly state: "unsupported"; readonly message: string }
  | { readonly state: "failed"; readonly message: string };
