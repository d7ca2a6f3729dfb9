// SPDX-License-Identifier: Apache-2.0
import { CodedError, redactText } from "#base";
import type { RegistryJobMessage, RegistryJobMessageValue } from "#database";

const MAX_CHARACTERS = 1_000;

/**
 * What a job shows of its failure: of an expected one its code, with its English message as `detail` for where no sentence says it;
 * of a bug only that there is one.
 */
export function describeFailure(error: unknown): RegistryJobMessage {
  if (error instanceof CodedError) {
    return { code: String(error.code), params: { ...shownDetails(error), detail: shown(error.message) } };
  }
  const { code } = (error ?? {}) as { readonly code?: unknown };
  const isOfSystem = typeof code === "string" && /^E[A-Z]{2,20}$/.test(code);
  return { code: "INTERNAL", params: { detail: isOfSystem ? code : "none" } };
}

function shownDetails(error: CodedError): Record<string, RegistryJobMessageValue> {
  const details: Record<string, RegistryJobMessageValue> = {};
  for (const [name, value] of Object.entries(error.details)) {
    if (typeof value === "number") {
      details[name] = value;
    } else if (typeof value === "string") {
      details[name] = shown(value);
    } else if (isInEachLanguage(value)) {
      details[name] = { en: shown(value.en), ko: shown(value.ko) };
    }
  }
  return details;
}

function isInEachLanguage(value: unknown): value is { readonly en: string; readonly ko: string } {
  const { en, ko } = (value ?? {}) as { readonly en?: unknown; readonly ko?: unknown };
  return typeof en === "string" && typeof ko === "string";
}

function shown(text: string): string {
  return redactText(text).slice(0, MAX_CHARACTERS);
}
