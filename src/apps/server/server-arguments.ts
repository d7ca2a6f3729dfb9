// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from "node:util";
import { messageOf } from "#base";
import {
  type Configuration,
  ConfigurationError,
  flagOf,
  readConfiguration,
  SETTINGS,
  variableOf,
} from "#configuration";

/**
 * Reads the words after `haechi server`: a flag for each setting, `--config FILE`, `--help`. Throws ConfigurationError
 * that lists every problem of flags, variables and file.
 */
export function readServerArguments(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  workingDir: string,
): { readonly configuration: Configuration } | { readonly help: string } {
  const words = argv[0] === "server" ? argv.slice(1) : argv;
  let values: Readonly<Record<string, string | boolean | undefined>>;
  try {
    ({ values } = parseArgs({
      args: [...words],
      strict: true,
      options: {
        ...Object.fromEntries(SETTINGS.map((setting) => [flagOf(setting.key), { type: "string" as const }])),
        config: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    throw new ConfigurationError([`${messageOf(error)} (see "haechi server --help")`]);
  }
  if (values["help"] === true) {
    return { help: renderServerHelp() };
  }
  const { config, ...flags } = values;
  return {
    configuration: readConfiguration({
      ...(typeof config === "string" ? { file: config } : {}),
      environment,
      flags: Object.fromEntries(
        Object.entries(flags).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
      ),
      workingDir,
    }),
  };
}

function renderServerHelp(): string {
  const rows = SETTINGS.map((setting) => {
    const preset = setting.default === undefined || setting.default === "" ? "" : ` [${setting.default}]`;
    return `  --${flagOf(setting.key)}, ${variableOf(setting.key)}, ${setting.key} in haechi.yaml${preset}\n      ${setting.description}`;
  });
  return `Usage: haechi server [OPTIONS]\n\nSettings come from haechi.yaml (or --config FILE), then variables, then options.\n\n${rows.join("\n")}\n`;
}
