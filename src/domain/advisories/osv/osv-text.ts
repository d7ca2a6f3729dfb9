// SPDX-License-Identifier: Apache-2.0
import { arrayOf, type JsonObject, objectOf, textOf } from "../json-fields.ts";

const MAX_SUMMARY_LENGTH = 300;
const MAX_URL_LENGTH = 2_048;

/** The record's summary, else the first line of its details, on one line without control characters; empty when it has neither. */
export function summaryOf(record: JsonObject): string {
  const summary = textOf(record["summary"], Number.MAX_SAFE_INTEGER);
  const details = textOf(record["details"], Number.MAX_SAFE_INTEGER);
  const text = (summary ?? details ?? "").slice(0, 4_096).trim().split("\n", 1)[0] ?? "";
  const clean = text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
  return clean.length > MAX_SUMMARY_LENGTH ? `${clean.slice(0, MAX_SUMMARY_LENGTH - 1).toWellFormed()}…` : clean;
}

/** Where to read more: the page of the source, else the first reference; only http(s), so that a link can be followed safely. */
export function urlOf(record: JsonObject, id: string): { readonly url?: string } {
  if (/^GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}$/.test(id)) {
    return { url: `https://github.com/advisories/${id}` };
  }
  const references = arrayOf(record["references"]).map(objectOf);
  const ordered = [...references.filter((each) => each?.["type"] === "ADVISORY"), ...references];
  for (const reference of ordered) {
    const url = textOf(reference?.["url"], MAX_URL_LENGTH);
    if (url !== undefined && /^https?:\/\/[^\s"<>\\^`{|}]+$/.test(url) && URL.canParse(url)) {
      return { url };
    }
  }
  return {};
}
