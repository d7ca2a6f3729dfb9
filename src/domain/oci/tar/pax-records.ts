// SPDX-License-Identifier: Apache-2.0
import type { Buffer } from "node:buffer";
import { OciError } from "../errors.ts";

/** What extended headers say about the next entry. */
export interface ExtendedHeader {
  readonly path?: string;
  readonly link?: string;
  readonly size?: number;
  /** `GNU.sparse.*` records: `known` formats rename the entry, others mean that readers disagree. */
  readonly sparse?: {
    readonly isKnown: boolean;
    readonly name?: string;
    readonly realSize?: string;
    /** Offsets and lengths in turn, between commas. */
    readonly map?: string;
    /** The map stands before the content. */
    readonly isMapInContent: boolean;
  };
}

const SPARSE_MAP = "GNU.sparse.map";

/** Keys of a global header that would change entries; Go, and so every runtime, ignores them there. */
const ENTRY_KEYS: readonly string[] = ["path", "linkpath", "size"];

/** What a pax extended header (POSIX pax, "x") says. Throws `TAR_INVALID` where Go's reader would refuse the archive. */
export function parseExtendedHeader(bytes: Buffer): ExtendedHeader {
  const records = parsePaxRecords(bytes);
  const path = records.get("path") ?? "";
  const link = records.get("linkpath") ?? "";
  const size = records.get("size") ?? "";
  const sparse = readSparse(records);
  return {
    ...(path === "" ? {} : { path }),
    ...(link === "" ? {} : { link }),
    ...(size === "" ? {} : { size: readDecimal(size) }),
    ...(sparse === undefined ? {} : { sparse }),
  };
}

/** Whether a global header tries to rename or resize what follows. */
export function changesEntries(bytes: Buffer): boolean {
  const records = parsePaxRecords(bytes);
  return ENTRY_KEYS.some((key) => records.has(key));
}

function readSparse(records: ReadonlyMap<string, string>): ExtendedHeader["sparse"] {
  if (![...records.keys()].some((key) => key.startsWith("GNU.sparse."))) {
    return undefined;
  }
  const major = records.get("GNU.sparse.major") ?? "";
  const minor = records.get("GNU.sparse.minor") ?? "";
  const isVersioned = major !== "" || minor !== "";
  const isKnown = isVersioned
    ? (major === "0" && (minor === "0" || minor === "1")) || (major === "1" && minor === "0")
    : (records.get("GNU.sparse.map") ?? "") !== "";
  const name = records.get("GNU.sparse.name") ?? "";
  const realSize = records.get("GNU.sparse.realsize") ?? records.get("GNU.sparse.size");
  const map = records.get(SPARSE_MAP);
  return {
    isKnown,
    isMapInContent: major === "1",
    ...(name === "" ? {} : { name }),
    ...(realSize === undefined ? {} : { realSize }),
    ...(map === undefined ? {} : { map }),
  };
}

/** Records of the form `LENGTH KEY=VALUE\n`, where LENGTH counts the whole record. The last of equal keys counts. */
function parsePaxRecords(bytes: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  const sparseNumbers: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    if (space < 0 || space - at > 10) {
      throw invalid("a record without a length");
    }
    const end = at + readDecimal(bytes.toString("latin1", at, space));
    if (end > bytes.length || end < space + 3 || bytes[end - 1] !== 0x0a) {
      throw invalid("a record of wrong length");
    }
    const equals = bytes.indexOf(0x3d, space + 1);
    if (equals < 0 || equals >= end - 1 || equals === space + 1) {
      throw invalid("a record without a key");
    }
    const key = bytes.toString("utf8", space + 1, equals);
    const value = bytes.toString("utf8", equals + 1, end - 1);
    if (key.includes("\0") || (value.includes("\0") && (key === "path" || key === "linkpath"))) {
      throw invalid("a NUL in a name");
    }
    if (key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes") {
      // Format 0.0 has a record for each number, in order.
      sparseNumbers.push(value);
    } else {
      records.set(key, value);
    }
    at = end;
  }
  if (sparseNumbers.length > 0) {
    records.set(SPARSE_MAP, sparseNumbers.join(","));
  }
  return records;
}

function readDecimal(text: string): number {
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw invalid("a number that is none");
  }
  return value;
}

function invalid(what: string): OciError {
  return new OciError("TAR_INVALID", `pax header has ${what}`);
}
