// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from "node:util";
import {
  type Configuration,
  ConfigurationError,
  flagOf,
  readConfiguration,
  SETTINGS,
  variableOf,
} from "#configuration";

/**
 * Reads the words after `haechi server`: a flag for each setting, `--config FILE`, `--lang` as in every command, `--help`.
 * Throws ConfigurationError that lists every problem of flags, variables and file.
 */
export function readServerArguments(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  workingDir: string,
): { readonly configuration: Configuration } | { readonly help: string } {
  const words = argv[0] === "server" ? argv.slice(1) : argv;
  const names = new Set(["config", "lang", "help", ...SETTINGS.map((setting) => flagOf(setting.key))]);
  // not strict: an unknown option is one problem among all those that readConfiguration lists
  const { values, positionals } = parseArgs({
    args: [...words],
    strict: false,
    allowPositionals: true,
    options: {
      ...Object.fromEntries(SETTINGS.map((setting) => [flagOf(setting.key), { type: "string" as const }])),
      config: { type: "string" },
      lang: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values["help"] === true) {
    return { help: renderServerHelp() };
  }
  const [stray] = positionals;
  const unknown = Object.keys(values).find((name) => !names.has(name));
  if (stray !== undefined && unknown !== undefined) {
    // its value looks like a word of its own, as nobody knows that it has one
    throw new ConfigurationError([`unknown option --${unknown}: haechi server --help lists those that there are`]);
  }
  if (stray !== undefined) {
    throw new ConfigurationError([
      `unexpected "${stray}": options are written as --name VALUE, and with npm start behind "--", as in: npm start -- --listen-console 127.0.0.1:9080`,
    ]);
  }
  const { config, lang, ...flags } = values;
  return {
    configuration: readConfiguration({
      ...(typeof config === "string" ? { file: config } : {}),
      environment,
      // an option without its value is `true` here and fails as the value of its setting, which names it
      flags: Object.fromEntries(
        Object.entries({ ...(lang === undefined ? {} : { language: lang }), ...flags }).map(([name, value]) => [
          name,
          typeof value === "string" ? value : "",
        ]),
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
