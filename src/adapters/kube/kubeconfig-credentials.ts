// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import type { Agent, RequestOptions } from "node:https";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type * as KubeConfigModule from "@kubernetes/client-node/dist/config.js";
import { messageOf } from "#base";
import { KubeError } from "./errors.ts";
import type { KubeCredentials, KubeIdentity } from "./kube-credentials.ts";

/** An exec plugin is asked again after this time at the latest; it keeps its own cache. */
const READ_AGAIN_MS = 60_000;

type KubeConfig = KubeConfigModule.KubeConfig;

/** What of a kubeconfig is used. */
export interface KubeconfigChoice {
  /** One file, or several as in `KUBECONFIG`; default `~/.kube/config`. */
  readonly file?: string;
  /** Default: the current one. */
  readonly context?: string;
}

/** The identity that a kubeconfig names: certificates, tokens, exec plugins. Throws `CREDENTIALS_UNUSABLE`. */
export async function openKubeconfigCredentials(choice: KubeconfigChoice): Promise<KubeCredentials> {
  let config = await load(choice);
  const { server, proxyUrl } = clusterOf(config);
  let read: { readonly identity: KubeIdentity; readonly at: number } | undefined;

  async function readIdentity(): Promise<KubeIdentity> {
    const options: RequestOptions = { headers: {} };
    try {
      await config.applyToHTTPSOptions(options);
    } catch (error) {
      throw unusable(
        "the kubeconfig's credentials cannot be read; see whether kubectl can",
        error,
        (each) => "syscall" in each,
      );
    }
    const fresh = toIdentity(options, proxyUrl !== undefined);
    const before = read?.identity;
    // Connections are kept by this object: a new token alone must not open new ones.
    const tls = areEqual(before?.tls, fresh.tls) ? (before?.tls ?? fresh.tls) : fresh.tls;
    const isSame = before?.tls === tls && areEqual(before.headers, fresh.headers);
    const identity = isSame ? before : { ...fresh, tls };
    read = { identity, at: performance.now() };
    return identity;
  }

  return {
    server: originOf(server),
    async current() {
      return read !== undefined && performance.now() - read.at < READ_AGAIN_MS ? read.identity : await readIdentity();
    },
    async renew() {
      // The old one remembers what exec plugins said.
      config = await load(choice);
      return await readIdentity();
    },
  };
}

/** The library takes 0.3 s and 90 MB to load, and few runs need it. */
async function load({ file, context }: KubeconfigChoice): Promise<KubeConfig> {
  const { KubeConfig: Config } = await import("@kubernetes/client-node/dist/config.js");
  const files = (file ?? join(homedir(), ".kube", "config")).split(delimiter).filter((each) => each !== "");
  // As kubectl: of several files those count that exist.
  const present = files.length > 1 ? files.filter((each) => existsSync(each)) : files;
  const config = new Config();
  try {
    for (const [index, path] of present.entries()) {
      const part = new Config();
      part.loadFromFile(path);
      config.mergeConfig(part, index > 0);
    }
  } catch (error) {
    throw unusable(
      `kubeconfig ${present.join(delimiter)} cannot be read`,
      error,
      ({ name }) => name !== "YAMLException",
    );
  }
  if (context !== undefined) {
    config.setCurrentContext(context);
  }
  return config;
}

/** Only what cannot hold a secret is repeated: YAML parsers quote tokens, and exec plugins write anything to their standard error. */
function unusable(message: string, error: unknown, mayQuote: (error: Error) => boolean): KubeError {
  return error instanceof Error && mayQuote(error)
    ? new KubeError("CREDENTIALS_UNUSABLE", `${message}: ${messageOf(error)}`, { cause: error })
    : new KubeError("CREDENTIALS_UNUSABLE", message);
}

function clusterOf(config: KubeConfig): { readonly server: string; readonly proxyUrl?: string | undefined } {
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    const names = config.getContexts().map(({ name }) => name);
    throw new KubeError(
      "CREDENTIALS_UNUSABLE",
      `the kubeconfig has no context ${config.getCurrentContext() ?? "(none)"}; it has ${names.join(", ") || "none"}`,
    );
  }
  return cluster;
}

function originOf(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url?.protocol !== "https:") {
    throw new KubeError("CREDENTIALS_UNUSABLE", "expected a cluster whose server is an https URL");
  }
  // Behind a gateway the API may lie under a path.
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function toIdentity(options: RequestOptions, hasProxy: boolean): KubeIdentity {
  const { ca, cert, key, servername, rejectUnauthorized, auth } = options;
  const given = Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  const basic = auth ? [["authorization", `Basic ${Buffer.from(auth).toString("base64")}`]] : [];
  return {
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(servername === undefined ? {} : { servername }),
      ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    },
    headers: Object.fromEntries([...basic, ...given]) as Readonly<Record<string, string>>,
    ...(hasProxy && options.agent ? { agent: options.agent as Agent } : {}),
  };
}

function areEqual(a: object | undefined, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
