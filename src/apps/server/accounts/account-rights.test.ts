// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Action, type Grantee, mayDo, mayReadSomewhere, roleIn } from "./account-rights.ts";

const ACTIONS: readonly Action[] = ["pull", "push", "inspect", "delete"];

describe("the rights of the four roles", () => {
  it.each([
    { role: "ADMIN", want: ["pull", "push", "inspect", "delete"] },
    { role: "IMAGE_UPLOADER", want: ["pull", "push", "inspect"] },
    { role: "PERMISSION", want: [] },
    { role: "VIEWER", want: ["pull"] },
  ] as const)("$role", ({ role, want }) => {
    expect(ACTIONS.filter((action) => mayDo({ role, grants: [] }, action, "team/app"))).toEqual(want);
  });
});

describe("roles per prefix", () => {
  const account: Grantee = {
    role: "IMAGE_UPLOADER",
    grants: [
      { prefix: "team", role: "VIEWER" },
      { prefix: "team/app", role: "IMAGE_UPLOADER" },
      { prefix: "team/app/secret", role: "PERMISSION" },
    ],
  };

  it.each([
    { repository: "other", want: undefined },
    { repository: "teamwork", want: undefined },
    { repository: "team", want: "VIEWER" },
    { repository: "team/other", want: "VIEWER" },
    { repository: "team/app", want: "IMAGE_UPLOADER" },
    { repository: "team/application", want: "VIEWER" },
    { repository: "team/app/x", want: "IMAGE_UPLOADER" },
    { repository: "team/app/secret/x", want: "PERMISSION" },
  ] as const)("$repository", ({ repository, want }) => {
    expect(roleIn(account, repository)).toBe(want);
  });

  it("an empty prefix is what holds elsewhere", () => {
    const grants = [...account.grants, { prefix: "", role: "VIEWER" } as const];
    expect(roleIn({ role: "ADMIN", grants }, "other")).toBe("VIEWER");
  });

  it("never give anything outside of their prefixes, whatever the account's own role is", () => {
    fc.assert(
      fc.property(fc.constantFrom("a", "b/c", "b"), fc.constantFrom("x", "ab", "bc/c"), (prefix, repository) => {
        const restricted: Grantee = { role: "ADMIN", grants: [{ prefix, role: "ADMIN" }] };
        return ACTIONS.every((action) => !mayDo(restricted, action, repository));
      }),
    );
  });

  it("without any that reads there is nothing to list", () => {
    expect(mayReadSomewhere({ role: "VIEWER", grants: [{ prefix: "a", role: "PERMISSION" }] })).toBe(false);
    expect(mayReadSomewhere({ role: "PERMISSION", grants: [] })).toBe(false);
    expect(mayReadSomewhere(account)).toBe(true);
  });
});
