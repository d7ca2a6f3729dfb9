// SPDX-License-Identifier: Apache-2.0
import type { Advisory } from "./advisory.ts";
import { versionSchemeOf } from "./ecosystem.ts";
import { UNKNOWN_TIME } from "./unknown-time.ts";

export const MAX_ID_LENGTH = 256;
export const MAX_NAME_LENGTH = 1_024;
export const MAX_VERSION_LENGTH = 1_024;
const MAX_SUMMARY_LENGTH = 300;

/** What an importer has to say of an advisory; the rest has one default everywhere. */
export type AdvisoryDraft = Pick<Advisory, "id" | "ecosystem" | "packageName"> & Partial<Advisory>;

/** An advisory of a draft, with defaults. */
export function toAdvisory(draft: AdvisoryDraft): Advisory {
  const scheme = versionSchemeOf(draft.ecosystem);
  return {
    aliases: [],
    upstream: [],
    ranges: [],
    versions: [],
    severity: "unknown",
    summary: "",
    modified: UNKNOWN_TIME,
    ...(scheme === undefined ? {} : { scheme }),
    ...draft,
  };
}

/** Sorts and drops what is there twice. */
export function sortedUnique(texts: Iterable<string>): readonly string[] {
  return [...new Set(texts)].sort();
}

/** CVE ids of a text, each once, sorted. */
export function cvesOf(text: string): readonly string[] {
  return sortedUnique(text.slice(0, 100_000).match(/\bCVE-\d{4}-\d{4,10}\b/g) ?? []);
}

/** The first line of a text without control characters, at most 300 characters. */
export function oneLine(text: string): string {
  const first = text.slice(0, 4_096).trim().split("\n", 1)[0] ?? "";
  const clean = first.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
  return clean.length > MAX_SUMMARY_LENGTH ? `${clean.slice(0, MAX_SUMMARY_LENGTH - 1).toWellFormed()}…` : clean;
}

/** The time to the second in UTC; `undefined` for what is no time. Without a zone, as in update information, it is taken as UTC. */
export function timeOf(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value) && value > 0 && value < 1e12) {
    return toText(value * 1_000);
  }
  if (typeof value !== "string" || value.length > 64 || !/^\d{4}-\d\d-\d\d/.test(value)) {
    return undefined;
  }
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/.test(value);
  const iso = value.includes("T") || value.length <= 10 ? value : value.replace(" ", "T");
  return toText(Date.parse(hasZone || iso.length <= 10 ? iso : `${iso}Z`));
}

function toText(milliseconds: number): string | undefined {
  return Number.isNaN(milliseconds) || Math.abs(milliseconds) > 8e15
    ? undefined
    : `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** Whether a text can stand for a package, version or id: short, and nothing that a terminal or a key would stumble over. */
export function isPlain(value: unknown, maxLength: number): value is string {
  return typeof value === "string" && value !== "" && value.length <= maxLength && !/\p{Cc}/u.test(value);
}

/** A link that can be followed safely. */
export function safeUrl(value: unknown): { readonly url?: string } {
  return typeof value === "string" &&
    value.length <= 2_048 &&
    /^https?:\/\/[^\s"<>\\^`{|}]+$/.test(value) &&
    URL.canParse(value)
    ? { url: value }
    : {};
}
