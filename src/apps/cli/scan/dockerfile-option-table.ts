// SPDX-License-Identifier: Apache-2.0
import type { DockerfileLintOptions, LabelKind } from "#image-lint";
import type { CommandOption, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";

/** Options that are about Dockerfiles only; read by `dockerfileOptionsOf`. */
export const DOCKERFILE_OPTIONS: readonly CommandOption[] = [
  { name: "allowed-registry", kind: "list", value: "HOST", description: "cli.scan.allowedRegistry" },
  { name: "require-label", kind: "list", value: "NAME:KIND", description: "cli.scan.requireLabel" },
  { name: "strict-labels", kind: "flag", description: "cli.scan.strictLabels" },
];

/** What the options ask of a Dockerfile. Throws `UsageError`. */
export async function dockerfileOptionsOf(invocation: Invocation): Promise<DockerfileLintOptions> {
  const { isLabelKind, LABEL_KINDS } = await import("#image-lint");
  const allowedRegistries = invocation.list("allowed-registry");
  const labels = invocation.list("require-label").map((text): readonly [string, LabelKind] => {
    const colon = text.lastIndexOf(":");
    const [name, kind] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)];
    if (name === "" || !isLabelKind(kind)) {
      throw new UsageError(
        "OPTION_INVALID",
        `--require-label takes a name and one of ${LABEL_KINDS.join(", ")}, such as "version:semver", found "${text}"`,
      );
    }
    return [name, kind];
  });
  return {
    ...(allowedRegistries.length === 0 ? {} : { allowedRegistries }),
    ...(labels.length === 0 ? {} : { requiredLabels: Object.fromEntries(labels) }),
    hasStrictLabels: invocation.flag("strict-labels"),
  };
}

/** Somebody who writes them for an image would believe that they were looked at. Throws `UsageError`. */
export function assertNoDockerfileOptions(invocation: Invocation): void {
  const isGiven = invocation.flag("strict-labels");
  const lists = ["allowed-registry", "require-label"].filter((name) => invocation.list(name).length > 0);
  const [name] = [...lists, ...(isGiven ? ["strict-labels"] : [])];
  if (name !== undefined) {
    throw new UsageError("OPTION_INVALID", `--${name} is about Dockerfiles: expected dockerfile:FILE`);
  }
}
