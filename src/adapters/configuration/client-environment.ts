// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type Proxies, readProxies } from "./proxies.ts";

/** What the command line takes from its surroundings. */
export interface ClientEnvironment {
  /** From HAECHI_LANG, else LC_ALL, LC_MESSAGES, LANG; English unless they say Korean. */
  readonly language: "en" | "ko";
  readonly noColor: boolean;
  /** Folder for what can be made again, such as the built bundled advisory database. */
  readonly cacheDir: string;
  readonly proxy: Proxies;
  /** Texts of docker's and containers' credential files that exist, strongest first. */
  readonly credentialFiles: readonly string[];
  readonly registryUsername?: string;
  readonly registryPassword?: string;
  /** COSIGN_PASSWORD: opens an encrypted private key; the empty text is a password too. */
  readonly keyPassword?: string;
  /** HAECHI_PASSWORD: of the account at a Haechi server. */
  readonly serverPassword?: string;
  /** HAECHI_NEW_PASSWORD: what it is changed to. */
  readonly newServerPassword?: string;
  /** HAECHI_SERVER: its URL. */
  readonly serverUrl?: string;
  /** HAECHI_ACCESS_KEY and HAECHI_SECRET_KEY: instead of an account and its password. */
  readonly accessKey?: string;
  readonly secretKey?: string;
  /** HAECHI_SCANNER_PASSWORD or HAECHI_SCANNER_TOKEN: how the server signs in at a scanner of others. */
  readonly scannerPassword?: string;
  readonly scannerToken?: string;
  /** KUBECONFIG: one file, or several. */
  readonly kubeconfig?: string;
  /** SIGSTORE_ID_TOKEN: who signs without a key. */
  readonly identityToken?: string;
  /** Where a job of GitHub Actions with `id-token: write` gets an identity token. */
  readonly githubIdentity?: { readonly url: string; readonly requestToken: string };
}

/** Reads the surroundings of a command. Files that do not exist or cannot be read are left out. */
export function readClientEnvironment(environment: Readonly<Record<string, string | undefined>>): ClientEnvironment {
  const home = environment["HOME"] ?? homedir();
  const locale =
    environment["HAECHI_LANG"] || environment["LC_ALL"] || environment["LC_MESSAGES"] || environment["LANG"] || "";
  const runtimeDir = environment["XDG_RUNTIME_DIR"];
  const candidates = [
    environment["REGISTRY_AUTH_FILE"],
    runtimeDir === undefined ? undefined : join(runtimeDir, "containers/auth.json"),
    join(environment["XDG_CONFIG_HOME"] ?? join(home, ".config"), "containers/auth.json"),
    join(environment["DOCKER_CONFIG"] ?? join(home, ".docker"), "config.json"),
  ];
  const username = environment["HAECHI_REGISTRY_USERNAME"];
  const password = environment["HAECHI_REGISTRY_PASSWORD"];
  const keyPassword = environment["COSIGN_PASSWORD"];
  const identityToken = environment["SIGSTORE_ID_TOKEN"];
  const serverPassword = environment["HAECHI_PASSWORD"];
  const newServerPassword = environment["HAECHI_NEW_PASSWORD"];
  const serverUrl = environment["HAECHI_SERVER"];
  const accessKey = environment["HAECHI_ACCESS_KEY"];
  const secretKey = environment["HAECHI_SECRET_KEY"];
  const scannerPassword = environment["HAECHI_SCANNER_PASSWORD"];
  const scannerToken = environment["HAECHI_SCANNER_TOKEN"];
  const kubeconfig = environment["KUBECONFIG"];
  const githubUrl = environment["ACTIONS_ID_TOKEN_REQUEST_URL"];
  const githubToken = environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
  return {
    language: locale.toLowerCase().startsWith("ko") ? "ko" : "en",
    noColor: (environment["NO_COLOR"] ?? "") !== "",
    cacheDir: resolve(
      environment["HAECHI_CACHE_DIR"] ?? join(environment["XDG_CACHE_HOME"] ?? join(home, ".cache"), "haechi"),
    ),
    proxy: readProxies(environment),
    credentialFiles: candidates.flatMap((path) => {
      const text = path === undefined ? undefined : readIfPresent(path);
      return text === undefined ? [] : [text];
    }),
    ...(username === undefined ? {} : { registryUsername: username }),
    ...(password === undefined ? {} : { registryPassword: password }),
    ...(keyPassword === undefined ? {} : { keyPassword }),
    ...(serverPassword ? { serverPassword } : {}),
    ...(newServerPassword ? { newServerPassword } : {}),
    ...(serverUrl ? { serverUrl } : {}),
    ...(accessKey ? { accessKey } : {}),
    ...(secretKey ? { secretKey } : {}),
    ...(scannerPassword ? { scannerPassword } : {}),
    ...(scannerToken ? { scannerToken } : {}),
    ...(kubeconfig ? { kubeconfig } : {}),
    ...(identityToken ? { identityToken } : {}),
    ...(githubUrl && githubToken ? { githubIdentity: { url: githubUrl, requestToken: githubToken } } : {}),
  };
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // a credential file is optional; without one the client is anonymous and the registry says so
    return undefined;
  }
}

/** The environment of this process; the only place that reads it, so that programs pass it on as a value. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
