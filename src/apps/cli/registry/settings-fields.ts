// SPDX-License-Identifier: Apache-2.0
import type { RepositorySettings } from "#registry";
import { UsageError } from "../errors.ts";

type FieldKind = "boolean" | "text" | "patterns" | "bytes" | "json" | "schedule" | "allowed";

/** How each field is written on the command line. */
const FIELDS: Readonly<Record<keyof RepositorySettings, FieldKind>> = {
  scanOnPush: "boolean",
  preventPullFrom: "text",
  onlyFixable: "boolean",
  allowList: "text",
  allowedVulnerabilities: "allowed",
  undecided: "text",
  unscannable: "text",
  anonymousPull: "boolean",
  immutableTags: "patterns",
  protectedTags: "patterns",
  protectInUse: "boolean",
  retention: "json",
  retentionSchedule: "schedule",
  quotaBytes: "bytes",
  proxyCache: "json",
};

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** What goes with a list of allowed vulnerabilities that is written as ids. */
export interface AllowedWhy {
  readonly reason: string | undefined;
  readonly until: string | undefined;
}

/** The fields of `FIELD=VALUE` words. Whether a value is right is said by the server. Throws UsageError. */
export function parseFields(words: readonly string[], why: AllowedWhy): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf("=");
      if (at < 1) {
        throw new UsageError("ARGUMENT_INVALID", `expected FIELD=VALUE, found "${word.slice(0, 100)}"`);
      }
      const field = parseFieldName(word.slice(0, at));
      return [field, parseValue(field, word.slice(at + 1), why)];
    }),
  );
}

/** The name of a field; throws UsageError with all of them. */
export function parseFieldName(text: string): keyof RepositorySettings {
  if (!Object.hasOwn(FIELDS, text)) {
    const known = Object.keys(FIELDS).join(", ");
    throw new UsageError("ARGUMENT_INVALID", `there is no setting "${text.slice(0, 64)}", only ${known}`);
  }
  return text as keyof RepositorySettings;
}

/** A value as it may be typed again. */
export function renderValue(value: unknown): string {
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) {
    return value.join(",");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

function parseValue(field: keyof RepositorySettings, text: string, why: AllowedWhy): unknown {
  switch (FIELDS[field]) {
    case "boolean":
      if (text !== "true" && text !== "false") {
        throw new UsageError("ARGUMENT_INVALID", `${field} takes true or false`);
      }
      return text === "true";
    case "patterns":
      return text === "" ? [] : text.split(",").map((each) => each.trim());
    case "bytes":
      return parseBytes(field, text);
    case "allowed":
      return text.startsWith("[") ? parseJson(field, text) : toAllowed(text, why);
    case "schedule":
      return text.startsWith("{") ? parseJson(field, text) : { cron: text };
    case "json":
      return parseJson(field, text);
    default:
      return text;
  }
}

function toAllowed(text: string, { reason, until }: AllowedWhy): unknown {
  const ids = text === "" ? [] : text.split(",").map((each) => each.trim());
  if (ids.length > 0 && reason === undefined) {
    throw new UsageError("OPTION_INVALID", "allowed vulnerabilities need --reason");
  }
  return ids.map((id) => ({ id, reason, ...(until === undefined ? {} : { until }) }));
}

function parseBytes(field: string, text: string): number {
  const [, amount = "", unit = ""] = /^(\d{1,15})(|KiB|MiB|GiB|TiB)$/.exec(text) ?? [];
  if (amount === "") {
    throw new UsageError("ARGUMENT_INVALID", `${field} takes a number of bytes such as 10GiB`);
  }
  return Number(amount) * (UNITS[unit] ?? 1);
}

function parseJson(field: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError("ARGUMENT_INVALID", `${field} takes JSON`, { cause: error });
  }
}
