// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { messageOf } from "#base";
import { type AccountStore, generateFirstPassword, hashPassword } from "#database";
import { ServerError } from "./errors.ts";

const MIN_PASSWORD_LENGTH = 12;
const MAX_PASSWORD_LENGTH = 1_024;

/**
 * Creates the user `admin` when there is no account yet. Returns the password if one was generated now, so that it can
 * be shown once; it must be changed at the first login to the console. With a password file nothing is returned.
 */
export async function ensureFirstAdministrator(
  accounts: AccountStore,
  passwordFile: string | undefined,
): Promise<string | undefined> {
  const given = passwordFile === undefined ? undefined : await readPasswordFile(passwordFile);
  const password = given ?? generateFirstPassword();
  const isNew = await accounts.createFirst("admin", await hashPassword(password));
  return isNew && given === undefined ? password : undefined;
}

async function readPasswordFile(path: string): Promise<string> {
  let text: string;
  try {
    text = (await readFile(path, "utf8")).replace(/\r?\n$/, "");
  } catch (error) {
    throw new ServerError("PASSWORD_FILE_INVALID", `cannot read the password file: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (text.length < MIN_PASSWORD_LENGTH || text.length > MAX_PASSWORD_LENGTH) {
    throw new ServerError(
      "PASSWORD_FILE_INVALID",
      `the password in ${path} must have ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters`,
    );
  }
  return text;
}
