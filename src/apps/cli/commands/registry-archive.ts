// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { REGISTRY_OPTIONS } from "../registry-access.ts";

export const registrySaveCommand: Command = {
  name: "registry save",
  summary: "registryBackup.save.summary",
  arguments: [{ name: "IMAGE", isRequired: true, isRepeated: true, description: "registryBackup.save.image" }],
  options: [
    { name: "output", short: "o", kind: "text", value: "FILE", description: "registryBackup.save.output" },
    {
      name: "format",
      short: "f",
      kind: "text",
      value: "FORMAT",
      choices: ["docker", "oci"],
      default: "docker",
      description: "registryBackup.save.format",
    },
    { name: "no-progress", kind: "flag", description: "cli.scan.noProgress" },
    ...REGISTRY_OPTIONS,
  ],
  examples: [
    "haechi registry save registry.example.com/team/app:1.0 registry.example.com/team/db:16 --output images.tar",
    "haechi registry save registry.example.com/team/app:1.0 --format oci --output app.tar",
  ],
  exitCodes: "registryBackup.save.exitCodes",
  run: save,
};

export const registryLoadCommand: Command = {
  name: "registry load",
  summary: "registryBackup.load.summary",
  arguments: [{ name: "FILE", isRequired: true, isRepeated: false, description: "registryBackup.load.file" }],
  options: [
    { name: "repository", kind: "text", value: "PREFIX", description: "registryBackup.load.repository" },
    { name: "no-progress", kind: "flag", description: "cli.scan.noProgress" },
    ...REGISTRY_OPTIONS,
  ],
  examples: [
    "haechi registry load images.tar --repository mirror.example.com",
    "haechi registry load app.tar --repository mirror.example.com/from-outside",
  ],
  run: load,
};

async function save(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { saveImages } = await import("../registry/save-images.ts");
  return await saveImages(invocation, context);
}

async function load(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { loadImages } = await import("../registry/load-images.ts");
  return await loadImages(invocation, context);
}
