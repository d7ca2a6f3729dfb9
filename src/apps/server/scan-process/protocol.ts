// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ScanReport } from "#findings";
import type { RegistryOptions } from "#image-source";

/** What the server asks of a scan process, as its first and only message. */
export type ScanRequest = StoredScan | (RemoteScan & { readonly advisoryFile: string });

/** An image of our own blob store. */
export interface StoredScan {
  /** Digest of an image manifest in the blob store. */
  readonly digest: Digest;
  /** Root of the OCI layout. */
  readonly layoutDir: string;
  readonly advisoryFile: string;
}

/** An image of another registry. Credentials are in the message alone: never in arguments, environment or a file. */
export interface RemoteScan {
  readonly digest: Digest;
  readonly registry: string;
  readonly repository: string;
  /** Tells credentials apart without holding them. */
  readonly who: string;
  readonly options: Pick<
    RegistryOptions,
    "caFile" | "plainHttp" | "proxy" | "allowPrivateAddresses" | "credentials" | "bearerToken" | "timeouts"
  >;
}

/**
 * What the process answers, once, before it ends. `failed` is final for an image of ours: the same bytes would fail
 * again. Of another registry it says that the bytes could not be had.
 */
export type ScanAnswer =
  | { readonly state: "done"; readonly report: ScanReport }
  | { readonly state: "unsupported"; readonly message: string }
  | { readonly state: "failed"; readonly message: string };
