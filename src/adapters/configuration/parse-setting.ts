// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import type { ListenAddress } from "./configuration.ts";
import { type NamedValue, parsePairs } from "./parse-pairs.ts";
import type { Setting } from "./settings.ts";

/** The value of a setting after reading: addresses and pairs as objects, durations in ms, sizes in bytes. */
export type SettingValue = string | number | boolean | readonly string[] | readonly NamedValue[] | ListenAddress;

/** Reads the text of one setting. Returns a problem (what was expected, what was found) instead of throwing. */
export function parseSetting(
  setting: Setting,
  text: string,
  baseDir: string,
): { readonly value: SettingValue } | { readonly problem: string } {
  switch (setting.kind) {
    case "text":
      return text === "" ? { problem: "must not be empty" } : { value: text };
    case "path":
      return text === "" ? { problem: "must not be empty" } : { value: resolve(baseDir, text) };
    case "address":
      return parseAddress(text);
    case "duration":
      return inRange(
        setting,
        parseQuantity(text, DURATIONS),
        `a duration such as 500ms, 20s, 10m or 2h, found "${text}"`,
      );
    case "bytes":
      return inRange(setting, parseQuantity(text, SIZES), `a size such as 512MiB or 20GiB, found "${text}"`);
    case "integer":
      return inRange(setting, /^\d{1,15}$/.test(text) ? Number(text) : undefined, `a whole number, found "${text}"`);
    case "boolean":
      return text === "true" || text === "false"
        ? { value: text === "true" }
        : { problem: `expected true or false, found "${text}"` };
    case "choice":
      return setting.choices?.includes(text) === true
        ? { value: text }
        : { problem: `expected one of ${setting.choices?.join(", ") ?? "nothing"}, found "${text}"` };
    case "list":
      return parseList(setting, text);
    case "pairs":
      return parsePairs(text, setting.form ?? { name: "word", value: "file" }, baseDir);
  }
}

const DURATIONS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZES: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

function parseQuantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d{1,12})([A-Za-z]{1,3})$/.exec(text);
  const unit = match?.[2];
  return unit !== undefined && Object.hasOwn(units, unit) ? Number(match?.[1]) * (units[unit] ?? 0) : undefined;
}

function inRange(
  setting: Setting,
  value: number | undefined,
  expected: string,
): { readonly value: number } | { readonly problem: string } {
  if (value === undefined) {
    return { problem: `expected ${expected}` };
  }
  if (value < (setting.min ?? 0) || value > (setting.max ?? Number.MAX_SAFE_INTEGER)) {
    return {
      problem: `must be between ${setting.min ?? 0} and ${setting.max ?? Number.MAX_SAFE_INTEGER}, found ${value}`,
    };
  }
  return { value };
}

function parseAddress(text: string): { readonly value: ListenAddress } | { readonly problem: string } {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) {
    return { problem: `expected host:port, such as 127.0.0.1:8080 or [::1]:8080, found "${text}"` };
  }
  return { value: { host, port } };
}

function parseList(
  setting: Setting,
  text: string,
): { readonly value: readonly string[] } | { readonly problem: string } {
  const items = text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
  const unknown = items.filter((item) => setting.choices !== undefined && !setting.choices.includes(item));
  return unknown.length === 0
    ? { value: items }
    : { problem: `expected a list of ${setting.choices?.join(", ") ?? "anything"}, found "${unknown.join(", ")}"` };
}
