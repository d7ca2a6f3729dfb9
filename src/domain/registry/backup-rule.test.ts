// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type BackupSelection, backupRuleSchema, selectsRepository, selectsTag } from "#registry";

describe("backupRuleSchema", () => {
  it.each([
    { name: "no content", document: { keep: 3 } },
    { name: "a misspelt field", document: { content: "images", repository: ["team"] } },
    { name: "repositories of a snapshot", document: { content: "everything", repositories: ["team"] } },
    { name: "nothing kept", document: { content: "images", keep: 0 } },
    { name: "an unknown format", document: { content: "images", format: "zip" } },
    { name: "a pattern that is none", document: { content: "images", repositories: ["Team"] } },
    { name: "too many patterns", document: { content: "images", tags: Array.from({ length: 257 }, () => "a") } },
  ])("refuses $name", ({ document }) => {
    expect(backupRuleSchema.safeParse(document).success).toBe(false);
  });

  it("keeps seven OCI archives unless something else is said", () => {
    expect(backupRuleSchema.parse({ content: "images" })).toEqual({ content: "images", format: "oci", keep: 7 });
  });
});

describe("a selection", () => {
  it.each<{ selection: BackupSelection; repository: string; tag: string; isTaken: boolean }>([
    { selection: {}, repository: "team/app", tag: "1", isTaken: true },
    { selection: {}, repository: "team/app", tag: `sha256-${"a".repeat(64)}.sig`, isTaken: false },
    { selection: { repositories: ["team/*"] }, repository: "other/app", tag: "1", isTaken: false },
    { selection: { repositories: ["team/*"], tags: ["1.*"] }, repository: "team/app", tag: "1.2", isTaken: true },
    { selection: { tags: ["1.*"] }, repository: "team/app", tag: "2.0", isTaken: false },
    { selection: { excludedTags: ["dev-*"] }, repository: "team/app", tag: "dev-1", isTaken: false },
  ])("$selection of $repository:$tag: $isTaken", ({ selection, repository, tag, isTaken }) => {
    expect(selectsRepository(selection, repository) && selectsTag(selection, tag)).toBe(isTaken);
  });
});
