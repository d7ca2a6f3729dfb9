// SPDX-License-Identifier: Apache-2.0
import type { RegistryJobMessage, RegistryJobMessageValue } from "./registry-job.ts";
import { storableText } from "./storable-text.ts";

const MAX_PARAMS = 20;
const MAX_PARAM_CHARACTERS = 2_000;

/** The message as its column has it, each text cut to what is worth reading. */
export function toMessageColumn({ code, params }: RegistryJobMessage): string {
  const kept = Object.entries(params)
    .slice(0, MAX_PARAMS)
    .map(([name, value]) => [name, storableValue(value)]);
  return JSON.stringify({ code, params: Object.fromEntries(kept) });
}

function storableValue(value: RegistryJobMessageValue): RegistryJobMessageValue {
  switch (typeof value) {
    case "number":
      return value;
    case "string":
      return storableText(value, MAX_PARAM_CHARACTERS);
    default:
      return { en: storableText(value.en, MAX_PARAM_CHARACTERS), ko: storableText(value.ko, MAX_PARAM_CHARACTERS) };
  }
}

/** The message of the column. Versions before this one wrote English text there, which is `TEXT`. */
export function fromMessageColumn(column: string): RegistryJobMessage {
  try {
    const { code, params } = JSON.parse(column) as Partial<RegistryJobMessage>;
    if (typeof code === "string" && typeof params === "object" && params !== null) {
      return { code, params };
    }
  } catch {
    // text of an earlier version
  }
  return { code: "TEXT", params: { text: column } };
}
