// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { DatabaseError } from "../errors.ts";

const run = promisify(execFile);

/** Tried in this order when we are root and nobody named an account. */
const CANDIDATES = ["haechi", "postgres", "nobody"] as const;
/** Also keeps an account name from being taken for an option of `id`. */
const ACCOUNT_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}\$?$/;

/** Numeric ids of the account that runs PostgreSQL. */
export interface SystemAccount {
  readonly uid: number;
  readonly gid: number;
  /** For messages. */
  readonly name: string;
}

/** Whether we are root, as which PostgreSQL refuses to run. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The named account, or the first of `haechi`, `postgres`, `nobody` that exists. Throws `SYSTEM_ACCOUNT_MISSING`. */
export async function chooseSystemAccount(systemUser: string | undefined): Promise<SystemAccount> {
  const names = systemUser === undefined ? CANDIDATES : [systemUser];
  for (const name of names) {
    const account = await findSystemAccount(name);
    if (account !== undefined) {
      return account;
    }
  }
  const accounts = names.join(", ");
  throw new DatabaseError(
    "SYSTEM_ACCOUNT_MISSING",
    `PostgreSQL does not run as root, and none of these unprivileged accounts exists: ${accounts}; name one, or start Haechi as another user`,
    { details: { accounts } },
  );
}

/** The account of that name unless it is unknown or root. */
export async function findSystemAccount(name: string): Promise<SystemAccount | undefined> {
  if (!ACCOUNT_NAME.test(name)) {
    return undefined;
  }
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    // The account `nobody` of macOS is -2, which `id` prints as an unsigned number; Node wants it signed.
    const account = { uid: Number(uid.stdout) | 0, gid: Number(gid.stdout) | 0, name };
    return account.uid === 0 ? undefined : account;
  } catch {
    return undefined;
  }
}

/** Whether the account can enter the folder, asked of the system itself, so that every parent, ACL and mount counts. */
export async function canEnter(account: SystemAccount | undefined, folder: string): Promise<boolean> {
  const identity = account === undefined ? {} : { uid: account.uid, gid: account.gid };
  try {
    await run("/bin/sh", ["-c", 'cd -- "$1"', "sh", folder], { cwd: "/", env: {}, ...identity });
    return true;
  } catch {
    return false;
  }
}
