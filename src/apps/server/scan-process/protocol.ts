// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ScanReport } from "#findings";
import type { RegistryOptions } from "#image-source";
import type { Scanner } from "#scanner";

/** What the server asks of a scan process, as its first message. */
export type ScanRequest = (StoredScan | (RemoteScan & { readonly advisoryFile: string })) & {
  /** Default: those of the command line. */
  readonly scanners?: readonly Scanner[];
  /** Where clamd listens, for the scanner `malware`. */
  readonly clamd?: string;
};

/** An image of our own blob store. */
export interface StoredScan {
  /** Digest of an image manifest in the blob store. */
  readonly digest: Digest;
  /** Root of the OCI layout. */
  readonly layoutDir: string;
  readonly advisoryFile: string;
  /**
   * Where what was found in layers is kept. Not for images of other registries: a manifest that names somebody else's
   * layer would be answered with what is in it.
   */
  readonly layerCache?: { readonly folder: string; readonly maxBytes: number };
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

/** Asks for the report on a stored inventory; a process answers any number of these, one after the other. */
export interface RematchRequest {
  readonly rematch: Pick<ScanReport, "image" | "inventory">;
  readonly advisoryFile: string;
}

/** How far a scan is, now and then before its answer. */
export interface ScanProgressMessage {
  readonly state: "progress";
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/**
 * What the process answers. `failed` is final for an image of ours: the same bytes would fail again. Of another registry
 * it says that the bytes could not be had.
 */
export type ScanAnswer =
  | { readonly state: "done"; readonly report: ScanReport }
  | { readonly state: "unsupported"; readonly message: string }
  | { readonly state: "failed"; readonly message: string };
