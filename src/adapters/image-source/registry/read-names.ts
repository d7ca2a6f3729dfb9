// SPDX-License-Identifier: Apache-2.0
import { ImageSourceError } from "../errors.ts";

/** The texts under a key of a list that a registry sent; `null` is an empty list (docker-registry answers so). */
export function readNames(bytes: Uint8Array, key: "tags" | "repositories", host: string): readonly string[] {
  const names = fieldOf(bytes, key, host) ?? [];
  if (!Array.isArray(names)) {
    throw new ImageSourceError("REGISTRY_ANSWER_INVALID", `registry ${host} sends no list of ${key}`);
  }
  return names.filter((name): name is string => typeof name === "string");
}

function fieldOf(bytes: Uint8Array, key: string, host: string): unknown {
  try {
    const document: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return typeof document === "object" && document !== null && Object.hasOwn(document, key)
      ? (document as Readonly<Record<string, unknown>>)[key]
      : "no such field";
  } catch (error) {
    throw new ImageSourceError("REGISTRY_ANSWER_INVALID", `registry ${host} sends no list of ${key}`, { cause: error });
  }
}
