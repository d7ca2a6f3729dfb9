// SPDX-License-Identifier: Apache-2.0
import { DOCKERFILE_CHECK } from "../../checks/dockerfile-checks.ts";
import { imageSourcesOf } from "../image-sources.ts";
import type { LintContext } from "../lint-context.ts";

interface NamedImage {
  readonly image: string;
  readonly line: number;
}

/** From where every image comes that the build takes anything from: bases, `--from`, mounts, and the one that reads the file. */
export function checkRegistries(context: LintContext): void {
  const { syntax, stages } = context.file;
  if (context.options.allowedRegistries === undefined) {
    return;
  }
  if (syntax !== undefined) {
    checkImage(context, syntax);
  }
  const names = new Set(stages.flatMap(({ name }) => name ?? []));
  const before = new Set<string>();
  for (const stage of stages) {
    const image = unquoted(stage.written);
    if (image !== "scratch" && !before.has(image.toLowerCase())) {
      checkImage(context, { image, line: stage.line });
    }
    before.add(stage.name ?? "");
    for (const instruction of context.instructionsOf(stage)) {
      for (const source of imageSourcesOf(instruction)) {
        const isStage = names.has(source.toLowerCase()) || (/^\d+$/.test(source) && Number(source) < stages.length);
        if (!isStage && source !== "scratch" && source !== "") {
          checkImage(context, { image: source, line: instruction.line });
        }
      }
    }
  }
}

function checkImage(context: LintContext, { image, line }: NamedImage): void {
  const registry = registryOf(image);
  const { allowedRegistries = [] } = context.options;
  if (registry === undefined) {
    context.report(DOCKERFILE_CHECK.registryVariable, line, { image });
  } else if (!allowedRegistries.some((allowed) => isAllowed(registry, allowed))) {
    context.report(DOCKERFILE_CHECK.foreignRegistry, line, { image, registry });
  }
}

/**
 * As Docker's `splitDockerDomain` tells a host from a name on the Docker Hub. Absent: what stands before the first slash has a
 * variable, which a build argument may set to anything, a port and a path included.
 */
function registryOf(image: string): string | undefined {
  const [first = "", rest] = image.split("/", 2);
  if (first.includes("$")) {
    return undefined;
  }
  const isHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  return rest !== undefined && isHost ? first : "docker.io";
}

/** Builders take quotes and escapes out of the base; no name of an image has any. */
function unquoted(base: string): string {
  return base.replaceAll(/["'\\`]/g, "");
}

/** `*.example.com` stands for every registry below example.com; the names of the Docker Hub are one registry. */
function isAllowed(registry: string, allowed: string): boolean {
  const [found, wanted] = [toCanonicalHost(registry), toCanonicalHost(allowed)];
  return wanted.startsWith("*.") ? found.endsWith(wanted.slice(1)) : found === wanted;
}

function toCanonicalHost(registry: string): string {
  const host = registry.toLowerCase();
  return /^(?:index|registry-1|hub)\.docker\.(?:io|com)$/.test(host) ? "docker.io" : host;
}
