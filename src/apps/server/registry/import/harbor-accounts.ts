// SPDX-License-Identifier: Apache-2.0
import type { HarborApi } from "./harbor-api.ts";
import { memberSchema, robotSchema, userSchema } from "./harbor-records.ts";
import { type ImportNote, importNote } from "./import-note.ts";
import type { ListedAccount } from "./import-source.ts";

const MAX_ACCOUNTS = 10_000;
const MAX_RIGHTS = 50;

/** Who may do what over there, as a list for whoever makes accounts here. */
export async function listHarborAccounts(
  api: HarborApi,
  projects: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly accounts: readonly ListedAccount[]; readonly notes: readonly ImportNote[] }> {
  const notes: ImportNote[] = [];
  const people = new Map<string, { readonly rights: string[]; isAdmin: boolean; mayPush: boolean }>();
  function person(name: string): { readonly rights: string[]; isAdmin: boolean; mayPush: boolean } {
    const there = people.get(name) ?? { rights: [], isAdmin: false, mayPush: false };
    // one more than are listed, so that it is said that there are more
    if (people.size <= MAX_ACCOUNTS) {
      people.set(name, there);
    }
    return there;
  }
  const users = await api.list("users", userSchema, signal);
  if (users === undefined) {
    notes.push(importNote("accountsHidden"));
  }
  for (const { username, sysadmin_flag } of users?.entries ?? []) {
    person(username).isAdmin = sysadmin_flag === true;
  }
  for (const project of projects) {
    const members = await api.list(`projects/${encodeURIComponent(project)}/members`, memberSchema, signal);
    for (const { entity_name, role_name, entity_type } of members?.entries ?? []) {
      const member = person(entity_type === "g" ? `group ${entity_name}` : entity_name);
      if (member.rights.length < MAX_RIGHTS) {
        member.rights.push(`${project}: ${role_name}`);
      }
      member.mayPush ||= /^(?:projectAdmin|maintainer|developer)$/.test(role_name);
    }
  }
  const robots = (await api.list("robots", robotSchema, signal))?.entries ?? [];
  const accounts: readonly ListedAccount[] = [
    ...[...people].map(
      ([name, { rights, isAdmin, mayPush }]): ListedAccount => ({
        kind: "person",
        name,
        rights,
        role: isAdmin ? "ADMIN" : mayPush ? "IMAGE_UPLOADER" : "VIEWER",
        isDisabled: false,
      }),
    ),
    ...robots.map(({ name, disable, permissions }): ListedAccount => {
      const rights = (permissions ?? []).flatMap(({ namespace, access }) =>
        (access ?? []).map(({ resource, action }) => `${namespace ?? "*"}: ${action ?? "?"} ${resource ?? "?"}`),
      );
      return {
        kind: "robot",
        name,
        rights: rights.slice(0, MAX_RIGHTS),
        role: rights.some((each) => each.endsWith(": push repository")) ? "IMAGE_UPLOADER" : "VIEWER",
        isDisabled: disable === true,
      };
    }),
  ];
  if (accounts.length > MAX_ACCOUNTS) {
    notes.push(importNote("accountsCut", { count: MAX_ACCOUNTS }));
  }
  return { accounts: accounts.slice(0, MAX_ACCOUNTS), notes };
}
