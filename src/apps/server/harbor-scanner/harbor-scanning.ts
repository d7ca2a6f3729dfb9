// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";
import type { ScanRecord } from "#database";
import type { HarborScanRequest } from "./harbor-schemas.ts";
import type { ScanTicket } from "./scan-ticket.ts";

export type HarborScanErrorCode =
  /** A field of the request is not what it has to be, or names a registry that is not allowed. */
  | "FIELD_INVALID"
  /** What is to be scanned, or the report that is asked for, is of a kind that we have none of. */
  | "NOT_CAPABLE"
  /** No such scan request. */
  | "REQUEST_UNKNOWN"
  /** Too many scans wait. */
  | "QUEUE_FULL"
  /** The image could not be read, or its scan failed. */
  | "SCAN_FAILED";

/** Why there is no scan, or no report. Messages hold no credentials. */
export class HarborScanError extends CodedError<HarborScanErrorCode> {
  override readonly name: string = "HarborScanError";
}

/** A report, or when to ask for it again. */
export type HarborScanState =
  | { readonly state: "waiting" }
  | { readonly state: "done"; readonly record: ScanRecord; readonly ticket: ScanTicket };

/** Scans on behalf of other registries. */
export interface HarborScanning {
  /** Begins a scan for an account and returns its id. Throws `HarborScanError`. */
  request(account: string, request: HarborScanRequest): Promise<string>;
  /** What came of it, for the account that asked. Throws `HarborScanError`. */
  find(account: string, id: string): Promise<HarborScanState>;
}
