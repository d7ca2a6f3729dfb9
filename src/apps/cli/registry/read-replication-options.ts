// SPDX-License-Identifier: Apache-2.0
import type { Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { upstreamSecret } from "./upstream-secret.ts";

const FACTORS: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** The rule that the options describe, as the API takes it. What the server knows better it says. Throws UsageError. */
export function readReplicationOptions(registry: string, invocation: Invocation): object {
  return {
    ...textField(invocation, "description", "description"),
    direction: invocation.text("direction"),
    registry,
    ...upstreamSecret(invocation.text("credentials")),
    ...(invocation.flag("registry-plain-http") ? { isPlainHttp: true } : {}),
    ...listField(invocation, "repository", "repositories"),
    ...listField(invocation, "tag", "tags"),
    ...listField(invocation, "exclude-tag", "excludedTags"),
    ...destination(invocation),
    duplicates: invocation.text("duplicates"),
    trigger: trigger(invocation),
    ...(invocation.flag("copy-deletions") ? { copiesDeletions: true } : {}),
    ...(invocation.flag("only-allowed") ? { onlyAllowed: true } : {}),
    ...maxRate(invocation.text("max-rate")),
  };
}

function textField(invocation: Invocation, option: string, field: string): object {
  const value = invocation.text(option);
  return value === undefined ? {} : { [field]: value };
}

function listField(invocation: Invocation, option: string, field: string): object {
  const values = invocation.list(option);
  return values.length === 0 ? {} : { [field]: values };
}

function destination(invocation: Invocation): object {
  const fields = {
    ...textField(invocation, "remove-prefix", "removePrefix"),
    ...textField(invocation, "add-prefix", "addPrefix"),
  };
  return Object.keys(fields).length === 0 ? {} : { destination: fields };
}

function trigger(invocation: Invocation): object {
  const cron = invocation.text("cron");
  const timeZone = textField(invocation, "time-zone", "timeZone");
  if (cron !== undefined && invocation.flag("on-push")) {
    throw new UsageError("OPTION_INVALID", "--on-push and --cron exclude each other");
  }
  if (cron === undefined && Object.keys(timeZone).length > 0) {
    throw new UsageError("OPTION_INVALID", "--time-zone needs --cron");
  }
  return cron === undefined
    ? { kind: invocation.flag("on-push") ? "event" : "off" }
    : { kind: "schedule", cron, ...timeZone };
}

function maxRate(text: string | undefined): object {
  if (text === undefined) {
    return {};
  }
  const match = /^(\d{1,12})([KMG]?)$/i.exec(text);
  const bytes = Number(match?.[1]) * (FACTORS[(match?.[2] ?? "").toUpperCase()] ?? Number.NaN);
  if (!Number.isSafeInteger(bytes)) {
    throw new UsageError(
      "OPTION_INVALID",
      `--max-rate takes bytes per second such as 10M, found "${text.slice(0, 100)}"`,
    );
  }
  return { maxBytesPerSecond: bytes };
}
