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

interface Image {
  readonly registry: string;
  readonly repository: string;
}

const MAX_FILE_LENGTH = 1024 * 1024;
/** The port that nobody has to write. */
const DEFAULT_PORT = /:443$/;
/** Other names of Docker Hub in credential files. */
const DOCKER_HUB: ReadonlySet<string> = new Set(["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"]);

/**
 * The credentials for a repository in the contents of docker's `config.json` or containers' `auth.json`: of the first
 * file that has any, the entry with the longest fitting key. Credential helpers are not run. Throws
 * `CREDENTIALS_FILE_INVALID`, without the content, for a file that is not what it should be.
 */
export function findCredentials(files: readonly string[], image: Image): Credentials | undefined {
  for (const file of files) {
    const [found] = fittingCredentials(readAuths(file), image);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/**
 * Everything in the files that fits the repository, in the order in which it should be tried, each once: file by file,
 * the longest key first, as the kubelet does with pull secrets. A file that cannot be read is left out: it must not keep
 * the others from being used.
 */
export function listCredentials(files: readonly string[], image: Image): readonly Credentials[] {
  const found = new Map<string, Credentials>();
  for (const file of files) {
    for (const credentials of fittingCredentials(readAuthsOrNone(file), image)) {
      found.set(JSON.stringify(credentials), credentials);
    }
  }
  return [...found.values()];
}

function fittingCredentials(auths: ReadonlyMap<string, Entry>, image: Image): readonly Credentials[] {
  const keys = keysOf(image);
  const exact = keys.flatMap((key) => auths.get(key) ?? []);
  const byPattern = keys.flatMap((key) =>
    [...auths].flatMap(([pattern, entry]) => (pattern.includes("*") && fitsPattern(pattern, key) ? [entry] : [])),
  );
  return [...exact, ...byPattern].flatMap((entry) => toCredentials(entry) ?? []);
}

function readAuthsOrNone(file: string): ReadonlyMap<string, Entry> {
  try {
    return readAuths(file);
  } catch {
    return new Map();
  }
}

function readAuths(file: string): ReadonlyMap<string, Entry> {
  try {
    if (file.length > MAX_FILE_LENGTH) {
      throw new Error("file is too large");
    }
    const document = file.trim() === "" ? {} : objectOf(JSON.parse(file));
    const auths = document["auths"] === undefined ? oldAuths(document) : objectOf(document["auths"] ?? {});
    const entries = new Map<string, Entry>();
    for (const [key, value] of Object.entries(auths)) {
      const entry = objectOf(value);
      entries.set(normaliseKey(key), {
        auth: textOf(entry["auth"]),
        username: textOf(entry["username"]),
        password: textOf(entry["password"]),
        identityToken: textOf(entry["identitytoken"]),
      });
    }
    return entries;
  } catch {
    // The cause is left out: a JSON error quotes the text, which holds passwords.
    throw new HttpError("CREDENTIALS_FILE_INVALID", "a registry credential file is not in docker's format");
  }
}

/** `.dockercfg` has the registries at the top; in `config.json` other objects stand there, such as `HttpHeaders`. */
function oldAuths(document: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(document).filter(
      ([, value]) =>
        typeof value === "object" &&
        value !== null &&
        ["auth", "username", "identitytoken"].some(
          (field) => typeof Reflect.get(value, field) === "string" && Object.hasOwn(value, field),
        ),
    ),
  );
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
function keysOf(image: Image): readonly string[] {
  const keys: string[] = [];
  let key = `${image.registry.toLowerCase().replace(DEFAULT_PORT, "")}/${image.repository}`;
  while (key !== "") {
    keys.push(key);
    key = key.includes("/") ? key.slice(0, key.lastIndexOf("/")) : "";
  }
  return keys;
}

/**
 * `host`, `host:port`, a URL of the registry or of its API, each perhaps with the beginning of a repository's name, as
 * docker, podman and the kubelet write and read them; an old URL for Docker Hub.
 */
function normaliseKey(key: string): string {
  const [host = "", ...path] = key.replace(/^https?:\/\//i, "").split("/");
  const named = host.toLowerCase().replace(DEFAULT_PORT, "");
  const parts = path.filter((part) => part !== "");
  const isApi = /^v[12]$/.test(parts[0] ?? "");
  return [DOCKER_HUB.has(named) ? "docker.io" : named, ...(isApi ? parts.slice(1) : parts)].join("/");
}

/**
 * Whether a key with `*` fits, as the kubelet has it: the star stands for a part of one label of the host name, the
 * number of labels is the same, port and path are equal.
 */
function fitsPattern(pattern: string, key: string): boolean {
  const [patternHost = "", ...patternPath] = pattern.split("/");
  const [keyHost = "", ...keyPath] = key.split("/");
  const labels = patternHost.split(".");
  const hostLabels = keyHost.split(".");
  return (
    patternPath.join("/") === keyPath.join("/") &&
    labels.length === hostLabels.length &&
    labels.every((label, index) => fitsLabel(label, hostLabels[index] ?? ""))
  );
}

/** One star: more of them would make the time depend on the text in ways that nobody needs. */
function fitsLabel(label: string, text: string): boolean {
  const [start = "", end, ...more] = label.split("*");
  if (end === undefined) {
    return label === text;
  }
  return more.length === 0 && text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
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
