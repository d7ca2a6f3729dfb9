// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type OidcRole, rightsOfClaims } from "./oidc-roles.ts";

const ROLES: readonly OidcRole[] = [
  { group: "admins", role: "ADMIN" },
  { group: "audit", role: "VIEWER" },
  { group: "push", role: "IMAGE_UPLOADER" },
  { group: "team", role: "VIEWER", prefix: "team" },
  { group: "team-dev", role: "IMAGE_UPLOADER", prefix: "team" },
];

function rights(groups: unknown, roles: readonly OidcRole[] = ROLES): unknown {
  return rightsOfClaims({ groups }, { groupsClaim: "groups", roles });
}

describe("the roles that claims give", () => {
  it.each([
    { name: "no claim", groups: undefined },
    { name: "no group that counts", groups: ["others"] },
    { name: "a number", groups: 7 },
    { name: "an object", groups: { admins: true } },
    { name: "a list in a list", groups: [["admins"]] },
    { name: "a text with several words", groups: "audit admins" },
    { name: "the star itself", groups: ["*"] },
  ])("$name gives none", ({ groups }) => {
    expect(rights(groups)).toBeUndefined();
  });

  it.each([
    { name: "one group", groups: ["audit"], want: { role: "VIEWER", grants: [] } },
    { name: "one group as a text", groups: "audit", want: { role: "VIEWER", grants: [] } },
    { name: "the strongest of several", groups: ["audit", "push"], want: { role: "IMAGE_UPLOADER", grants: [] } },
    {
      name: "a role in repositories",
      groups: ["team"],
      want: { role: "VIEWER", grants: [{ prefix: "team", role: "VIEWER" }] },
    },
    {
      name: "the strongest there",
      groups: ["team", "team-dev"],
      want: { role: "VIEWER", grants: [{ prefix: "team", role: "IMAGE_UPLOADER" }] },
    },
    {
      name: "what holds everywhere stays beside it",
      groups: ["audit", "team-dev"],
      want: {
        role: "VIEWER",
        grants: [
          { prefix: "", role: "VIEWER" },
          { prefix: "team", role: "IMAGE_UPLOADER" },
        ],
      },
    },
    { name: "administrators are never limited", groups: ["admins", "team"], want: { role: "ADMIN", grants: [] } },
  ])("$name", ({ groups, want }) => {
    expect(rights(groups)).toEqual(want);
  });

  it("a star is everybody whom the provider knows", () => {
    expect(rights(undefined, [{ group: "*", role: "VIEWER", prefix: "base" }])).toEqual({
      role: "VIEWER",
      grants: [{ prefix: "base", role: "VIEWER" }],
    });
  });

  it("never throws, and gives ADMIN to nobody without its group", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (groups) => {
        const given = rightsOfClaims({ groups }, { groupsClaim: "groups", roles: ROLES });
        const named = Array.isArray(groups) ? groups : [groups];
        return given?.role !== "ADMIN" || named.includes("admins");
      }),
    );
  });
});
