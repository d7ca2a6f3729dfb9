// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CATALOGUE } from "#messages";
import { REPOSITORY } from "../repository.ts";

// Missing keys are compile errors already. This finds what the compiler cannot: a message that does not parse, a placeholder
// that only one language has, and an English sentence in the Korean catalogue.

const folder = mkdtempSync(join(tmpdir(), "haechi-messages-"));
try {
  for (const [language, messages] of Object.entries(CATALOGUE)) {
    writeFileSync(join(folder, `${language}.json`), JSON.stringify(messages));
  }
  const checks = ["--missing-keys", "--extra-keys", "--structural-equality"];
  const files = Object.keys(CATALOGUE).map((language) => join(folder, `${language}.json`));
  const formatjs = join(REPOSITORY, "node_modules/.bin/formatjs");
  const run = spawnSync(formatjs, ["verify", "--source-locale", "en", ...checks, ...files], { encoding: "utf8" });
  if (run.status !== 0) {
    fail(`${run.stdout}${run.stderr}`.trim());
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const [id, text] of Object.entries(CATALOGUE.ko)) {
  const words = text.replaceAll(/\{[^}]*\}|`[^`]*`|[^A-Za-z가-힣 ]/g, " ").trim();
  if (/[a-z]{2,} +[a-z]{2,} +[a-z]{2,}/.test(words) && !/[가-힣]/.test(words)) {
    fail(`${id}: the Korean text is English: ${text}`);
  }
}

function fail(text: string): void {
  console.error(text);
  process.exitCode = 1;
}
