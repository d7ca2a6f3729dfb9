// SPDX-License-Identifier: Apache-2.0
import type { ByteRange } from "#blob-store";

/** At most 15 digits: larger numbers would not be exact. */
const SINGLE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;
const CONTENT_RANGE = /^(?:bytes )?(\d{1,15})-(\d{1,15})(?:\/(?:\*|\d{1,15}))?$/;

/**
 * The part of a representation of `sizeBytes` that a `Range` header asks for (RFC 9110, 14.2). `whole`: no header, or
 * one that may be ignored (other units, several ranges, malformed); `unsatisfiable`: it begins after the end.
 */
export function decideRange(header: string | undefined, sizeBytes: number): ByteRange | "whole" | "unsatisfiable" {
  const match = header === undefined ? null : SINGLE_RANGE.exec(header.trim());
  const [, first = "", last = ""] = match ?? [];
  if (match === null || (first === "" && last === "")) {
    return "whole";
  }
  if (first === "") {
    const suffix = Number(last);
    return suffix === 0 || sizeBytes === 0
      ? "unsatisfiable"
      : { start: Math.max(0, sizeBytes - suffix), end: sizeBytes };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) {
    return "whole";
  }
  if (start >= sizeBytes) {
    return "unsatisfiable";
  }
  return { start, end: last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes) };
}

/** The `Content-Range` of an upload chunk: `<start>-<end>`, both inclusive (distribution-spec, "Pushing a blob in chunks"). */
export function parseContentRange(header: string): ByteRange | undefined {
  const [, first, last] = CONTENT_RANGE.exec(header.trim()) ?? [];
  const start = Number(first);
  const end = Number(last) + 1;
  return first === undefined || last === undefined || end <= start ? undefined : { start, end };
}
