// SPDX-License-Identifier: Apache-2.0
import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import type { ScanReport } from "#findings";

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** The most that a stored report may inflate to; half a million packages make about 200 MiB. */
const MAX_REPORT_BYTES = 512 * 1024 * 1024;

/** The report as it is stored: JSON, compressed off the event loop. */
export async function packReport(report: ScanReport): Promise<Buffer> {
  return compress(Buffer.from(JSON.stringify(report)));
}

/** The report again; throws when the bytes are not what {@link packReport} made. */
export async function unpackReport(bytes: Uint8Array): Promise<ScanReport> {
  const json = await decompress(bytes, { maxOutputLength: MAX_REPORT_BYTES });
  return JSON.parse(json.toString("utf8")) as ScanReport;
}
