// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { createTranslate } from "#messages";
import type { CommandContext, Invocation } from "../command.ts";
import type { RegistryJobAnswer } from "./registry-job-answer.ts";
import { writeImport } from "./write-import.ts";

const RESULT = {
  isDryRun: true,
  counts: { copied: 0, present: 0, skipped: 0, failed: 0 },
  repositories: [],
  entries: [],
  settings: [],
  accounts: [],
  notes: [
    { code: "projectIsCache", params: { project: "hub" } },
    { code: "tagsUnreadable", params: { count: 2, name: "team/app" } },
    { code: "ofALaterServer", params: { x: 1 } },
    "a sentence of an earlier server",
  ],
};

it.each([
  { language: "en", says: ["The project hub is a proxy cache", "2 tags of team/app could not be read."] },
  { language: "ko", says: ["hub 프로젝트는 프록시 캐시입니다", "team/app 저장소의 태그 2개를 읽지 못했습니다."] },
] as const)("the notes of an import are told in the language of the reader: $language", ({ language, says }) => {
  let written = "";
  const invocation = { arguments: [], text: () => undefined, list: () => [], flag: () => false };
  const context = {
    translate: createTranslate(language),
    stdout: (text: string) => {
      written += text;
    },
  };
  writeImport(
    { result: RESULT } as unknown as RegistryJobAnswer,
    invocation satisfies Invocation,
    context as unknown as CommandContext,
  );
  for (const each of [...says, 'ofALaterServer {"x":1}', "a sentence of an earlier server"]) {
    expect(written).toContain(each);
  }
});
