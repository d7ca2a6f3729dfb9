// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { createTranslate } from "#messages";
import { junitProblems } from "../../../../test/schemas/validate.ts";
import {
  BAD_OUTCOME,
  FULL_OUTCOME,
  GOOD_OUTCOME,
  HOSTILE_OUTCOME,
  UNKNOWN_OUTCOME,
} from "../../../../test/support/scan-outcomes.ts";
import { renderJunit } from "./render-junit.ts";

describe.each(["en", "ko"] as const)("renderJunit in %s", (language) => {
  const translate = createTranslate(language);

  it("the schema refuses what is wrong, so that the next tests mean something", async () => {
    const text = renderJunit(BAD_OUTCOME, translate);
    expect(await junitProblems(text.replace("<testcase ", "<test "))).not.toEqual([]);
    expect(await junitProblems(text.replaceAll("classname=", "class="))).not.toEqual([]);
  });

  it.each([
    { name: "findings", outcome: BAD_OUTCOME },
    { name: "none", outcome: GOOD_OUTCOME },
    { name: "problems and gaps", outcome: UNKNOWN_OUTCOME },
    { name: "everything", outcome: FULL_OUTCOME },
    { name: "hostile text", outcome: HOSTILE_OUTCOME },
  ])("$name: valid by the schema of Jenkins, and the same a second time", async ({ outcome }) => {
    const text = renderJunit(outcome, translate);
    expect(await junitProblems(text)).toEqual([]);
    expect(renderJunit(outcome, translate)).toBe(text);
  });
});

it("findings fail, what cannot be decided is an error, what is suppressed is skipped", async () => {
  await expect(renderJunit(FULL_OUTCOME, createTranslate("en"))).toMatchFileSnapshot(
    "../testdata/full.golden.junit.xml",
  );
});
