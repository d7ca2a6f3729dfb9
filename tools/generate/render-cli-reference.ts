// SPDX-License-Identifier: Apache-2.0
import { createTranslate } from "#messages";
import { COMMANDS } from "../../src/apps/cli/commands/index.ts";
import { renderCommandHelp, renderOverview } from "../../src/apps/cli/render-help.ts";
import { GENERATED_NOTE } from "./markdown.ts";

/** The reference of the command line: the help texts as the program prints them. */
export function renderCliReference(): string {
  const translate = createTranslate("en");
  const sections = COMMANDS.map(
    (command) => `## haechi ${command.name}\n\n${block(renderCommandHelp(command, translate))}`,
  );
  return `# Command line

${GENERATED_NOTE}

In a clone of the repository: \`npx haechi …\`. With \`--lang ko\` everything is in Korean.

${block(renderOverview(COMMANDS, translate))}

${sections.join("\n\n")}
`;
}

function block(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}
