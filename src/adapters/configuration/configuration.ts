// SPDX-License-Identifier: Apache-2.0
import type { NamedValue } from "./parse-pairs.ts";
import type { Proxies } from "./proxies.ts";

/** Host and port to listen on. */
export interface ListenAddress {
  readonly host: string;
  /** 0 lets the system choose (tests). */
  readonly port: number;
}

export type ServerRole = "registry" | "gate" | "api" | "scanner" | "controller";

/** The whole configuration of the server, with defaults applied. Times in milliseconds, sizes in bytes. */
export interface Configuration {
  readonly dataDir: string;
  readonly roles: readonly ServerRole[];
  readonly listen: {
    readonly console: ListenAddress;
    /** Absent: off. */
    readonly registry?: ListenAddress;
    /** Absent: off. */
    readonly registryPublic?: ListenAddress;
    readonly admission: ListenAddress;
  };
  readonly database: {
    /** External PostgreSQL ≥ 15; absent: the embedded one. */
    readonly url?: string;
    /** Account that runs the embedded PostgreSQL when we are root. */
    readonly systemUser?: string;
  };
  readonly admin: {
    /** File with the first administrator's password; absent: one is made and printed once. */
    readonly passwordFile?: string;
  };
  readonly secretKeyFile: string;
  readonly registry: {
    /** Names (host or host:port) by which clients and Pods reach this registry. */
    readonly names: readonly string[];
    /** What a pull gets while the verdict is undecided. */
    readonly undecided: "deny" | "allow";
    /** How long a pull waits for a scan in progress. */
    readonly scanWaitMs: number;
    readonly maxBlobBytes: number;
    /** How long a blob that no manifest names yet is kept for the push that brought or asked for it. */
    readonly gcGraceMs: number;
    /** How often what nobody needs is collected. */
    readonly gcIntervalMs: number;
    /** How long an upload that nobody writes to is kept. */
    readonly uploadMaxAgeMs: number;
    /** Where backups and snapshots go; absent: none are made. */
    readonly backupDir?: string;
    /** Whether the registry may be read without an account. */
    readonly anonymousPull: boolean;
    /** Whether that holds on the public listener, too. */
    readonly publicAnonymousPull: boolean;
    /** Name (host or host:port) of the public listener. */
    readonly publicName?: string;
    /** PEM files of the listeners; absent: plain HTTP. */
    readonly certificateFiles?: { readonly certificate: string; readonly key: string };
    readonly publicCertificateFiles?: { readonly certificate: string; readonly key: string };
    /** Life of an access key since its secret was made; absent: no limit. */
    readonly keyMaxAgeMs?: number;
    /** Prefix of repository names (`*` or nothing: all) → file that says whose signature they need. */
    readonly requireSignatures: readonly NamedValue[];
    /** Where replicas without this role read its images. */
    readonly reachableAt?: string;
  };
  /** Signing in to the console by an OpenID provider; absent: off. */
  readonly oidc?: {
    readonly issuer: string;
    readonly clientId: string;
    /** Absent: a public client. */
    readonly clientSecretFile?: string;
    /** URL of the console. */
    readonly consoleUrl: string;
    readonly scopes: readonly string[];
    readonly groupsClaim: string;
    /** What the groups of the claim may do; `*`: everybody. */
    readonly roles: readonly {
      readonly group: string;
      readonly role: "ADMIN" | "IMAGE_UPLOADER" | "PERMISSION" | "VIEWER";
      /** Of repositories; absent: everywhere. */
      readonly prefix?: string;
    }[];
    /** PEM file. */
    readonly certificateAuthority?: string;
    /** How long after the last login by the provider the access keys of somebody work; absent: without end. */
    readonly maxIdleMs?: number;
  };
  /** For other registries that are plugged into us as their scanner. */
  readonly harborScanner: {
    /** Host or host:port; only these are spoken to. */
    readonly registries: readonly string[];
    readonly concurrency: number;
  };
  /** Images of other registries. */
  readonly images: {
    /** Registry (host or host:port) → PEM file. */
    readonly certificateAuthorities: readonly NamedValue[];
    readonly plainHttp: readonly string[];
    readonly credentialsFile?: string;
  };
  readonly cluster: {
    readonly connection: "off" | "in-cluster" | "kubeconfig";
    readonly kubeconfig?: string;
    readonly context?: string;
    /** The API server of the Pod that this process runs in; there when the connection is `in-cluster`. */
    readonly inCluster?: { readonly host: string; readonly port: number };
    /** Haechi's own namespace. */
    readonly namespace: string;
  };
  readonly signatures: {
    /** Name → file with a `trusted_root.json`, or URL of a TUF repository. */
    readonly trustRoots: readonly NamedValue[];
    /** Registry (host or host:port) → URL of its Notary v1 server. */
    readonly notaryServers: readonly NamedValue[];
    /** Names, addresses and CIDRs. */
    readonly allowPrivateAddresses: readonly string[];
  };
  /** For requests to other hosts: trust services. From HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
  readonly proxy: Proxies;
  readonly admission: {
    readonly failure: "deny" | "allow" | "allowIfKnown";
    readonly enforceAt: "pod" | "workload";
    /** Deadline of one review when the API server names none. */
    readonly timeoutMs: number;
    readonly inlineScan: boolean;
    readonly pinnedForm: "digest" | "tag-and-digest";
    /** Absent: only a listener on loopback may start. */
    readonly callers?: "certificate" | "network";
    readonly clientAuthority?: string;
    readonly clientNames: readonly string[];
    /** Names and addresses that the serving certificate covers beside loopback and the listening host. */
    readonly names: readonly string[];
    /** PEM files made by somebody else; all three or none. */
    readonly certificateFiles?: {
      readonly certificate: string;
      readonly key: string;
      readonly authority: string;
    };
    readonly webhookName: string;
    /** `service:NAMESPACE/NAME:PORT` or an https URL. */
    readonly webhookAddress?: string;
    readonly excludeNamespaces: readonly string[];
    readonly hookNames: "haechi" | "cise";
    readonly skipLabel: boolean;
    readonly secretNamespace: "policy" | "request";
  };
  readonly metrics: { readonly callers: "loopback" | "network" };
  readonly shutdown: { readonly delayMs: number };
  readonly scan: {
    readonly concurrency: number;
    readonly timeoutMs: number;
    readonly memoryMiB: number;
    readonly maxAttempts: number;
    readonly scanners: readonly ("vulnerability" | "secret" | "configuration" | "license" | "malware")[];
    /** 0: no cache of layers. */
    readonly layerCacheBytes: number;
    /** Files with statements that clear findings. */
    readonly vex: readonly string[];
  };
  readonly malware: {
    /** `unix:/path` or `tcp://host:port`; absent: nobody can be asked. */
    readonly clamd?: string;
  };
  readonly advisories: {
    /** An advisory database folder; absent: `<dataDir>/advisories` if there, else the bundled one. */
    readonly file?: string;
    /** Location to update from. */
    readonly reference?: string;
    readonly updateIntervalMs: number;
    /** PEM files. */
    readonly trustedKeys: readonly string[];
    /** Of keyless signatures; both or none. */
    readonly trustedIdentity?: { readonly subject: string; readonly issuer: string };
  };
  readonly policyFiles: readonly string[];
  readonly log: { readonly level: "debug" | "info" | "warn" | "error" };
  readonly language: "en" | "ko";
}
