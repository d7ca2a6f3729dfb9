// SPDX-License-Identifier: Apache-2.0
import { HttpError } from "./errors.ts";

/** What a registry's token server or the registry itself gets. `identityToken` is an OAuth refresh token. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly identityToken?: string;
}

interface Entry {
  readonly auth: string;
  readonly username: string;
  readonly password: string;
  readonly identityToken: string;
}

const MAX_FILE_LENGTH = 1024 * 1024;

/**
 * The credentials for a repository in the contents of docker's `config.json` or containers' `auth.json`: of the first
 * file that has any, the entry with the longest fitting key. Credential helpers are not run. Throws
 * `CREDENTIALS_FILE_INVALID`, without the content, for a file that is not what it should be.
 */
export function findCredentials(
  files: readonly string[],
  image: { readonly registry: string; readonly repository: string },
): Credentials | undefined {
  for (const file of files) {
    const entries = new Map(readAuths(file).map(([key, entry]) => [normaliseKey(key), entry]));
    for (const key of keysOf(image)) {
      const entry = entries.get(key);
      const credentials = entry === undefined ? undefined : toCredentials(entry);
      if (credentials !== undefined) {
        return credentials;
      }
    }
  }
  return undefined;
}

function readAuths(file: string): readonly (readonly [string, Entry])[] {
  try {
    if (file.length > MAX_FILE_LENGTH) {
      throw new Error("file is too large");
    }
    const document = file.trim() === "" ? {} : objectOf(JSON.parse(file));
    const auths = objectOf(document["auths"] ?? {});
    return Object.entries(auths).map(([key, value]) => {
      const entry = objectOf(value);
      return [
        key,
        {
          auth: textOf(entry["auth"]),
          username: textOf(entry["username"]),
          password: textOf(entry["password"]),
          identityToken: textOf(entry["identitytoken"]),
        },
      ];
    });
  } catch {
    // The cause is left out: a JSON error quotes the text, which holds passwords.
    throw new HttpError("CREDENTIALS_FILE_INVALID", "a registry credential file is not in docker's format");
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError("not an object");
  }
  return value as Readonly<Record<string, unknown>>;
}

function textOf(value: unknown): string {
  if (value !== undefined && value !== null && typeof value !== "string") {
    throw new TypeError("not a text");
  }
  return value ?? "";
}

/** From the most specific to the host: `host/team/app`, `host/team`, `host` (containers-auth.json(5)). */
function keysOf(image: { readonly registry: string; readonly repository: string }): readonly string[] {
  const keys: string[] = [];
  let key = `${image.registry}/${image.repository}`;
  while (key !== "") {
    keys.push(key);
    key = key.includes("/") ? key.slice(0, key.lastIndexOf("/")) : "";
  }
  return keys;
}

/** Docker writes URLs for some hosts, and an old URL for Docker Hub. */
function normaliseKey(key: string): string {
  const plain = key.replace(/^https?:\/\//, "").replace(/\/(?:v[12]\/?)?$/, "");
  return plain === "index.docker.io" || plain === "registry-1.docker.io" ? "docker.io" : plain;
}

function toCredentials(entry: Entry): Credentials | undefined {
  const decoded = Buffer.from(entry.auth, "base64").toString("utf8").replace(/\0+$/, "");
  const colon = decoded.indexOf(":");
  const username = colon > 0 ? decoded.slice(0, colon) : entry.username;
  const password = colon > 0 ? decoded.slice(colon + 1) : entry.password;
  if (entry.identityToken) {
    return { username, password, identityToken: entry.identityToken };
  }
  return username === "" ? undefined : { username, password };
}
