// SPDX-License-Identifier: Apache-2.0
import type { PairForm } from "./parse-pairs.ts";

/** How the text of a setting is read. */
export type SettingKind =
  | "text"
  | "path"
  | "address"
  | "duration"
  | "bytes"
  | "integer"
  | "boolean"
  | "choice"
  | "list"
  | "pairs";

/**
 * One setting of the server: its place in `haechi.yaml` (dots are nesting), from which the variable
 * (`HAECHI_LISTEN_CONSOLE`) and the flag (`--listen-console`) follow.
 */
export interface Setting {
  readonly key: string;
  readonly kind: SettingKind;
  /** As it would be written; absent: the setting is optional and has no value. */
  readonly default?: string;
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** Of `pairs`. */
  readonly form?: PairForm;
  /** One sentence for the reference, English. */
  readonly description: string;
}

/** Every setting, in the order of the reference. */
export const SETTINGS: readonly Setting[] = [
  {
    key: "dataDir",
    kind: "path",
    default: "./.haechi",
    description: "Folder for the embedded database, blobs, keys and the advisory database.",
  },
  {
    key: "roles",
    kind: "list",
    choices: ["registry", "gate", "api", "scanner"],
    default: "registry,gate,api,scanner",
    description: "What this process does; replicas that share a database and blobs may split the roles.",
  },
  {
    key: "listen.console",
    kind: "address",
    default: "127.0.0.1:8080",
    description: "Address of the console, the API, health and metrics.",
  },
  { key: "listen.registry", kind: "address", default: "127.0.0.1:5000", description: "Address of the registry." },
  {
    key: "listen.admission",
    kind: "address",
    default: "127.0.0.1:8443",
    description: "Address of the admission webhook (HTTPS).",
  },
  {
    key: "database.url",
    kind: "text",
    description: "Connection string of a PostgreSQL 15 or newer; without it the embedded one is started.",
  },
  {
    key: "database.systemUser",
    kind: "text",
    description: "Account that runs the embedded PostgreSQL when Haechi is started as root.",
  },
  {
    key: "admin.passwordFile",
    kind: "path",
    description:
      "File with the first password of the user admin, such as a mounted Secret; without it one is made and printed once.",
  },
  {
    key: "secretKeyFile",
    kind: "path",
    description:
      "Key file for secrets at rest; default `secret.key` in the data folder. Keep it out of backups of the database.",
  },
  {
    key: "registry.names",
    kind: "list",
    default: "",
    description:
      "Further names (host or host:port) by which clients and Pods reach this registry; the listening address always counts.",
  },
  {
    key: "registry.undecided",
    kind: "choice",
    choices: ["deny", "allow"],
    default: "deny",
    description: "What a pull gets while nobody can tell whether the image is allowed.",
  },
  {
    key: "registry.scanWait",
    kind: "duration",
    default: "20s",
    max: 600_000,
    description: "How long a pull waits for the scan of an image that was just pushed.",
  },
  {
    key: "registry.maxBlobSize",
    kind: "bytes",
    default: "20GiB",
    min: 1,
    description: "Largest blob that a push may bring.",
  },
  {
    key: "registry.anonymousPull",
    kind: "boolean",
    default: "false",
    description: "Whether images may be pulled without an account; the gate judges them all the same.",
  },
  {
    key: "registry.requireSignatures",
    kind: "pairs",
    form: { name: "repository-prefix", value: "file" },
    default: "",
    description:
      "Which repositories of this registry must be signed, and by whom: PREFIX=FILE, where the file is a public key (PEM or armoured GPG), certificates for notation, or a YAML file with `signatures:`; the longest prefix counts.",
  },
  {
    key: "signatures.trustRoots",
    kind: "pairs",
    form: { name: "word", value: "file-or-url" },
    default: "",
    description:
      "Trusted roots of Sigstore that policies name: NAME=FILE with a trusted_root.json, or NAME=URL of a TUF repository.",
  },
  {
    key: "signatures.notaryServers",
    kind: "pairs",
    form: { name: "registry", value: "url" },
    default: "",
    description: "Notary v1 servers (Docker Content Trust) of registries: REGISTRY=URL.",
  },
  {
    key: "signatures.allowPrivateAddresses",
    kind: "list",
    default: "",
    description:
      "Private hosts and networks (name, address or CIDR) that may be asked although an image, certificate or namespace's policy named them.",
  },
  {
    key: "admission.failure",
    kind: "choice",
    choices: ["deny", "allow"],
    default: "deny",
    description: "What a workload gets while nobody can tell whether its image is allowed.",
  },
  {
    key: "admission.timeout",
    kind: "duration",
    default: "10s",
    min: 100,
    max: 30_000,
    description: "Deadline of an admission review that names none.",
  },
  {
    key: "admission.names",
    kind: "list",
    default: "",
    description: "Further names and addresses for the webhook's certificate, such as haechi.haechi.svc.",
  },
  {
    key: "scan.concurrency",
    kind: "integer",
    default: "1",
    min: 1,
    max: 64,
    description: "Scans at the same time, each in a process of its own.",
  },
  {
    key: "scan.timeout",
    kind: "duration",
    default: "10m",
    min: 1_000,
    max: 86_400_000,
    description: "Time after which a scan is ended and tried again.",
  },
  {
    key: "scan.memory",
    kind: "bytes",
    default: "1GiB",
    min: 134_217_728,
    description: "Heap of one scan process.",
  },
  {
    key: "scan.maxAttempts",
    kind: "integer",
    default: "3",
    min: 1,
    max: 20,
    description: "How often a scan is started before it counts as failed.",
  },
  {
    key: "advisories.file",
    kind: "path",
    description:
      "Advisory database; default `advisories.sqlite` in the data folder if it is there, else the small bundled one.",
  },
  {
    key: "policyFiles",
    kind: "list",
    default: "",
    description: "Files with policy documents; without any, the default policy is in force.",
  },
  {
    key: "log.level",
    kind: "choice",
    choices: ["debug", "info", "warn", "error"],
    default: "info",
    description: "Least important log lines to write.",
  },
  {
    key: "language",
    kind: "choice",
    choices: ["en", "ko"],
    default: "en",
    description: "Language of messages that go to people who cannot choose, such as admission answers.",
  },
];

/** The environment variable of a setting: `listen.console` → `HAECHI_LISTEN_CONSOLE`, `dataDir` → `HAECHI_DATA_DIR`. */
export function variableOf(key: string): string {
  return `HAECHI_${words(key).join("_").toUpperCase()}`;
}

/** The flag of a setting without dashes: `listen.console` → `listen-console`. */
export function flagOf(key: string): string {
  return words(key).join("-").toLowerCase();
}

function words(key: string): readonly string[] {
  return key.split(".").flatMap((part) => part.split(/(?=[A-Z])/));
}
