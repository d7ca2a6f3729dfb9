// SPDX-License-Identifier: Apache-2.0
import { flagOf, SETTINGS, type Setting, variableOf } from "#configuration";
import { GENERATED_NOTE, renderTable } from "./markdown.ts";

/** The reference of the server's settings. */
export function renderConfigurationReference(): string {
  const rows = SETTINGS.map((setting) => [
    `\`${setting.key}\``,
    `\`${variableOf(setting.key)}\``,
    `\`--${flagOf(setting.key)}\``,
    describeValue(setting),
    setting.default === undefined || setting.default === "" ? "" : `\`${setting.default}\``,
    setting.description,
  ]);
  return `# Configuration of the server

${GENERATED_NOTE}

\`haechi server\` reads \`haechi.yaml\` (dots below are nesting), then the environment, then flags; the later wins. An unknown key
or a bad value keeps the server from starting, and all of them are listed at once.

${renderTable(["Key", "Variable", "Flag", "Value", "Default", "What"], rows)}
`;
}

function describeValue({ kind, choices, form }: Setting): string {
  const words = choices === undefined ? "" : choices.map((each) => `\`${each}\``).join(", ");
  switch (kind) {
    case "choice":
      return words;
    case "list":
      return words === "" ? "list" : `list of ${words}`;
    case "pairs":
      return `list of ${form?.name ?? "name"}=${form?.value ?? "value"}`;
    case "address":
      return "host:port";
    case "duration":
      return "duration such as `20s`";
    case "bytes":
      return "size such as `1GiB`";
    case "text":
    case "path":
    case "integer":
    case "boolean":
      return kind;
  }
}
