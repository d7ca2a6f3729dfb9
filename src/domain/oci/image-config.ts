// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { isDigest, LIMITS, type Limits } from "#base";
import { OciError } from "./errors.ts";
import { parseJsonDocument } from "./json-document.ts";
import type { ImageConfig } from "./manifest.ts";

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();
/** A set, written as an object with empty values. */
const names = z.record(z.string(), z.unknown()).nullish();

const configSchema = z.object({
  os: z.string().min(1),
  architecture: z.string().min(1),
  variant: text,
  "os.version": text,
  created: text,
  rootfs: z.object({
    type: z.literal("layers"),
    diff_ids: z.array(z.string().refine(isDigest, "is not a sha256 or sha512 digest")).nullish(),
  }),
  config: z
    .object({
      User: text,
      Entrypoint: texts,
      Cmd: texts,
      Labels: z.record(z.string(), z.string()).nullish(),
      // Only hints depend on what follows: a value that is none keeps no image from being scanned.
      Env: texts.catch(null),
      ExposedPorts: names.catch(null),
      Volumes: names.catch(null),
      WorkingDir: text.catch(null),
      Healthcheck: z.object({ Test: texts }).nullish().catch(null),
      OnBuild: texts.catch(null),
    })
    .nullish(),
  history: z
    .array(z.object({ created_by: text, empty_layer: z.boolean().nullish(), created: text, comment: text }))
    .nullish(),
});

/**
 * The image configuration in the bytes (OCI image-spec, config.md; Docker image spec 1.2). Throws `OciError` with
 * `CONFIG_INVALID` or `LIMIT_EXCEEDED`.
 */
export function parseImageConfig(bytes: Uint8Array, limits: Limits = LIMITS): ImageConfig {
  const document = parseJsonDocument(bytes, {
    maxBytes: limits.maxConfigBytes,
    maxDepth: limits.maxJsonDepth,
    code: "CONFIG_INVALID",
  });
  const result = configSchema.safeParse(document);
  if (!result.success) {
    const issue = result.error.issues[0];
    const where = issue?.path.join(".") ?? "";
    const problem =
      where === ""
        ? "it is no JSON object"
        : isAbsent(document, issue?.path ?? [])
          ? `the field "${where}" is missing`
          : `the field "${where}" has a value that the specification does not allow`;
    throw new OciError("CONFIG_INVALID", `the image configuration is not valid: ${problem}`);
  }
  const { rootfs, config, history, ...image } = result.data;
  if ((rootfs.diff_ids ?? []).length > limits.maxDescriptors) {
    throw new OciError("LIMIT_EXCEEDED", `image configuration names more than ${limits.maxDescriptors} layers`);
  }
  return {
    platform: {
      os: image.os,
      architecture: image.architecture,
      ...(image.variant ? { variant: image.variant } : {}),
      ...(image["os.version"] ? { osVersion: image["os.version"] } : {}),
    },
    ...(image.created ? { created: image.created } : {}),
    diffIds: rootfs.diff_ids ?? [],
    ...(config?.User ? { user: config.User } : {}),
    entrypoint: config?.Entrypoint ?? [],
    command: config?.Cmd ?? [],
    labels: config?.Labels ?? {},
    env: config?.Env ?? [],
    exposedPorts: Object.keys(config?.ExposedPorts ?? {}),
    volumes: Object.keys(config?.Volumes ?? {}),
    ...(config?.WorkingDir ? { workingDir: config.WorkingDir } : {}),
    ...(config?.Healthcheck?.Test ? { healthcheck: config.Healthcheck.Test } : {}),
    onBuild: config?.OnBuild ?? [],
    history: (history ?? []).map((entry) => ({
      createdBy: entry.created_by ?? "",
      isEmptyLayer: entry.empty_layer ?? false,
      ...(entry.created ? { created: entry.created } : {}),
      ...(entry.comment ? { comment: entry.comment } : {}),
    })),
  };
}

function isAbsent(document: unknown, path: readonly PropertyKey[]): boolean {
  let value = document;
  for (const key of path) {
    value = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  }
  return value === undefined;
}
