// SPDX-License-Identifier: Apache-2.0
import type { MessageId, Translate } from "#messages";
import { renderRows } from "../render-rows.ts";
import type { AccountAnswer, KeyAnswer } from "./account-answers.ts";

const EVERYWHERE = "*";

export function renderAccounts(accounts: readonly AccountAnswer[], translate: Translate): string {
  const heads: readonly MessageId[] = [
    "registryAccounts.column.name",
    "registryAccounts.column.kind",
    "registryAccounts.column.state",
    "registryAccounts.column.role",
    "registryAccounts.column.keys",
    "registryAccounts.column.grants",
  ];
  return renderRows([
    heads.map((id) => translate(id)),
    ...accounts.map(({ name, kind, state, role, keys, grants }) => [
      name,
      kind,
      state,
      role,
      keys.rotationDue === 0
        ? String(keys.usable)
        : translate("registryAccounts.keysDue", { usable: keys.usable, due: keys.rotationDue }),
      grants.map((grant) => `${grant.prefix === "" ? EVERYWHERE : grant.prefix}=${grant.role}`).join(" "),
    ]),
  ]);
}

export function renderKeys(keys: readonly KeyAnswer[], translate: Translate): string {
  if (keys.length === 0) {
    return `${translate("registryAccounts.noKeys")}\n`;
  }
  const heads: readonly MessageId[] = [
    "registryAccounts.column.accessKey",
    "registryAccounts.column.account",
    "registryAccounts.column.state",
    "registryAccounts.column.createdAt",
    "registryAccounts.column.rotatedAt",
    "registryAccounts.column.lastUsedAt",
    "registryAccounts.column.rotateBy",
    "registryAccounts.column.expiresAt",
    "registryAccounts.column.description",
  ];
  return renderRows([
    heads.map((id) => translate(id)),
    ...keys.map((key) => [
      key.accessKey,
      key.account,
      key.state,
      dayOf(key.createdAt),
      dayOf(key.rotatedAt),
      key.lastUsedAt === undefined ? "-" : key.lastUsedAt.slice(0, "2026-11-22T12:34".length).replace("T", " "),
      key.isRotationDue ? translate("registryAccounts.due", { day: dayOf(key.rotateBy) }) : dayOf(key.rotateBy),
      key.expiresAt === undefined ? "-" : dayOf(key.expiresAt),
      key.description,
    ]),
  ]);
}

function dayOf(time: string): string {
  return time.slice(0, "2026-11-22".length);
}
