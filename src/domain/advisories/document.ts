// SPDX-License-Identifier: Apache-2.0
import { LIMITS, type Limits, messageOf } from "#base";
import { isCsafDocument, parseCsafDocument } from "./csaf/parse-csaf.ts";
import { type JsonObject, objectOf } from "./json-fields.ts";
import { isOpenVexDocument, parseOpenVexAdvisories } from "./openvex/parse-openvex-advisories.ts";
import { parseOsvRecord } from "./osv/parse-osv-record.ts";
import type { ParsedRecords } from "./parsed-records.ts";

/**
 * Reads one JSON record that says by itself what it is: CSAF 2.0 (advisory or VEX), OpenVEX, else OSV. Never throws: what
 * cannot be read is in `problems`. `json` is text, bytes, or a value that was parsed before.
 */
export function parseAdvisoryDocument(
  json: Uint8Array | string | object,
  limits: Pick<Limits, "maxAdvisoryBytes"> = LIMITS,
): ParsedRecords {
  let value: unknown = json;
  if (typeof json === "string" || json instanceof Uint8Array) {
    if (json.length > limits.maxAdvisoryBytes) {
      return refused(`the record is larger than ${limits.maxAdvisoryBytes} bytes`);
    }
    try {
      value = JSON.parse(typeof json === "string" ? json : Buffer.from(json).toString("utf8"));
    } catch (error) {
      return refused(`the record is not JSON: ${messageOf(error)}`);
    }
  }
  const record: JsonObject | undefined = objectOf(value);
  if (record === undefined) {
    return refused("the record is no object");
  }
  if (isCsafDocument(record)) {
    return parseCsafDocument(record);
  }
  return isOpenVexDocument(record) ? parseOpenVexAdvisories(record) : parseOsvRecord(record, limits);
}

function refused(message: string): ParsedRecords {
  return { advisories: [], problems: [{ message }], skipped: {} };
}
