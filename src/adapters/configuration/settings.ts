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
  /** Of an address: `off` means that nothing listens there. */
  readonly canBeOff?: true;
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
    choices: ["registry", "gate", "api", "scanner", "controller"],
    default: "registry,gate,api,scanner,controller",
    description: "What this process does; replicas that share a database and blobs may split the roles.",
  },
  {
    key: "listen.console",
    kind: "address",
    default: "127.0.0.1:8080",
    description: "Address of the console, the API, health and metrics.",
  },
  {
    key: "listen.registry",
    kind: "address",
    canBeOff: true,
    default: "127.0.0.1:5000",
    description: "Address of the registry on the private network, which the cluster uses; off: none.",
  },
  {
    key: "listen.registryPublic",
    kind: "address",
    canBeOff: true,
    default: "off",
    description: "Further address of the registry on the public network; off: none.",
  },
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
    description:
      "What a pull gets while nobody can tell whether the image is allowed. What the scanner cannot judge is refused either way, unless the policy says scan.unsupported: allow.",
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
    key: "registry.gcGrace",
    kind: "duration",
    default: "1h",
    min: 1_000,
    max: 2_592_000_000,
    description:
      "How long a blob that no manifest names yet is kept for the push that brought it or asked for it; longer than a push takes.",
  },
  {
    key: "registry.gcInterval",
    kind: "duration",
    default: "6h",
    min: 60_000,
    max: 2_592_000_000,
    description: "How often blobs that nothing needs, empty repositories and abandoned uploads are collected.",
  },
  {
    key: "registry.uploadMaxAge",
    kind: "duration",
    default: "7d",
    min: 60_000,
    max: 31_536_000_000,
    description: "How long an upload that nobody writes to is kept, so that it can be resumed.",
  },
  {
    key: "registry.backupDir",
    kind: "path",
    description:
      "Folder for backups and snapshots of the registry, best on a storage of its own that is mounted there; without it none are made.",
  },
  {
    key: "registry.anonymousPull",
    kind: "boolean",
    default: "false",
    description: "Whether images may be pulled without an account; the gate judges them all the same.",
  },
  {
    key: "registry.publicAnonymousPull",
    kind: "boolean",
    default: "false",
    description:
      "Whether images may be pulled without an account at listen.registryPublic as well; false: never there, whatever the settings of a repository say.",
  },
  {
    key: "registry.publicName",
    kind: "text",
    description:
      "Host or host:port by which clients reach listen.registryPublic; it is one of the names of this registry, as those of registry.names.",
  },
  {
    key: "registry.certificate",
    kind: "path",
    description:
      "Certificate (PEM, with its chain) of listen.registry, read again when it changes; without it plain HTTP is spoken, for a proxy that ends TLS.",
  },
  { key: "registry.certificateKey", kind: "path", description: "Private key of registry.certificate." },
  {
    key: "registry.publicCertificate",
    kind: "path",
    description: "Certificate (PEM, with its chain) of listen.registryPublic, read again when it changes.",
  },
  { key: "registry.publicCertificateKey", kind: "path", description: "Private key of registry.publicCertificate." },
  {
    key: "registry.keyMaxAge",
    kind: "duration",
    min: 86_400_000,
    description:
      "After this time without rotation an access key is refused; without it keys are only reminded of after 90 days.",
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
    key: "harborScanner.registries",
    kind: "list",
    default: "",
    description:
      "Registries (host or host:port) that may use this server as a scanner by the scanner API of Harbor; only their images are scanned for others.",
  },
  {
    key: "harborScanner.concurrency",
    kind: "integer",
    min: 1,
    max: 64,
    default: "1",
    description: "How many images are scanned at once for other registries.",
  },
  {
    key: "oidc.issuer",
    kind: "text",
    description:
      "OpenID provider that people sign in to the console by, as its metadata names it; without it only passwords count.",
  },
  { key: "oidc.clientId", kind: "text", description: "Client id of the console at the provider." },
  {
    key: "oidc.clientSecretFile",
    kind: "path",
    description:
      "File with the client secret, such as a mounted Secret; without it the client is public and PKCE alone protects it.",
  },
  {
    key: "oidc.consoleUrl",
    kind: "text",
    description:
      "URL by which browsers reach the console; with /api/v1/session/oidc/callback behind it, it is the redirect URI to register.",
  },
  { key: "oidc.scopes", kind: "list", default: "openid,profile,email", description: "Scopes to ask the provider for." },
  { key: "oidc.groupsClaim", kind: "text", default: "groups", description: "Claim that names the groups of somebody." },
  {
    key: "oidc.roles",
    kind: "list",
    default: "",
    description:
      "Which groups get which role: GROUP=ROLE, or GROUP=ROLE@PREFIX for the repositories under a prefix; the group * is everybody whom the provider knows. Whoever gets none may not sign in.",
  },
  {
    key: "oidc.maxIdle",
    kind: "duration",
    default: "30d",
    description:
      "How long after somebody's last login by the provider their access keys work; then they are refused until the next login. So keys of people who left end by themselves. 0s: without end.",
  },
  {
    key: "oidc.certificateAuthority",
    kind: "path",
    description: "PEM certificates that the provider is trusted by, beside the usual ones.",
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
    key: "registry.reachableAt",
    kind: "text",
    description:
      "Host or host:port at which replicas without the role registry read images of this registry; only needed where roles are split.",
  },
  {
    key: "images.certificateAuthorities",
    kind: "pairs",
    form: { name: "registry", value: "file" },
    default: "",
    description: "PEM certificates that other registries are trusted by, beside the usual ones: REGISTRY=FILE.",
  },
  {
    key: "images.plainHttp",
    kind: "list",
    default: "",
    description: "Other registries (host or host:port) that are reached without TLS; loopback always may be.",
  },
  {
    key: "images.credentialsFile",
    kind: "path",
    description:
      "A docker config.json with credentials for other registries; used after the pull secrets of the Pod and its service account.",
  },
  {
    key: "cluster.connection",
    kind: "choice",
    choices: ["off", "in-cluster", "kubeconfig"],
    default: "off",
    description:
      "The Kubernetes API that policies, Secrets and workloads are read from; off: policies come from files only.",
  },
  {
    key: "cluster.kubeconfig",
    kind: "path",
    description: "File for cluster.connection kubeconfig; default ~/.kube/config.",
  },
  { key: "cluster.context", kind: "text", description: "Context of the kubeconfig; default: its current one." },
  {
    key: "cluster.namespace",
    kind: "text",
    default: "haechi-system",
    description: "Haechi's own namespace: Secrets of cluster policies and exceptions for every namespace lie here.",
  },
  {
    key: "admission.failure",
    kind: "choice",
    choices: ["deny", "allow", "allowIfKnown"],
    default: "deny",
    description:
      "What a workload gets while nobody can tell whether its image is allowed; allowIfKnown: it passes if it was admitted in this namespace under these policies within 24 hours and not denied since. What the scanner cannot judge is refused either way, unless the policy says scan.unsupported: allow.",
  },
  {
    key: "admission.enforceAt",
    kind: "choice",
    choices: ["pod", "workload"],
    default: "pod",
    description: "What is refused: only Pods, with a warning on what makes them; or workloads of every kind.",
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
    key: "admission.inlineScan",
    kind: "boolean",
    default: "true",
    description: "Whether an image of another registry that was never scanned is scanned when a Pod asks for it.",
  },
  {
    key: "admission.pinnedForm",
    kind: "choice",
    choices: ["digest", "tag-and-digest"],
    default: "digest",
    description: "How a pinned image is written: name@digest, or name:tag@digest.",
  },
  {
    key: "admission.callers",
    kind: "choice",
    choices: ["certificate", "network"],
    description:
      "Who may ask: whoever has a certificate of admission.clientAuthority, or whoever the network lets through; without it only a listener on loopback starts.",
  },
  {
    key: "admission.clientAuthority",
    kind: "path",
    description: "PEM certificates of the authority whose client certificates API servers show.",
  },
  {
    key: "admission.clientNames",
    kind: "list",
    default: "",
    description: "Common names of client certificates that count; none: every certificate of the authority.",
  },
  {
    key: "admission.names",
    kind: "list",
    default: "",
    description: "Further names and addresses for the webhook's certificate, such as haechi.haechi.svc.",
  },
  {
    key: "admission.certificate",
    kind: "path",
    description:
      "Serving certificate (PEM, with its chain) made by somebody else, such as cert-manager; read again when it changes. Without it Haechi makes its own.",
  },
  { key: "admission.certificateKey", kind: "path", description: "Private key of admission.certificate." },
  {
    key: "admission.certificateAuthority",
    kind: "path",
    description: "Authority of admission.certificate, for the caBundle of the webhooks.",
  },
  {
    key: "admission.webhookName",
    kind: "text",
    default: "haechi",
    description: "Name of the webhook configurations in the cluster that the controller fills and keeps right.",
  },
  {
    key: "admission.webhookAddress",
    kind: "text",
    description:
      "Where the API server calls: service:NAMESPACE/NAME:PORT or an https URL; without it the controller leaves webhook configurations alone.",
  },
  {
    key: "admission.excludeNamespaces",
    kind: "list",
    default: "",
    description:
      "Namespaces whose workloads never reach the gate, so that the cluster and Haechi can recover; reported as ungated.",
  },
  {
    key: "admission.hookNames",
    kind: "choice",
    choices: ["haechi", "cise"],
    default: "haechi",
    description:
      "Names of the webhooks, which the API server puts before each denial: ours, or the two of Container Image Security Enforcement.",
  },
  {
    key: "admission.skipLabel",
    kind: "boolean",
    default: "false",
    description:
      "Whether the namespace label securityenforcement.admission.cloud.ibm.com/namespace: skip takes a namespace out of the gate, as in Portieris.",
  },
  {
    key: "admission.secretNamespace",
    kind: "choice",
    choices: ["policy", "request"],
    default: "policy",
    description:
      "Where Secrets that policies name are looked for: with the policy, or, as in Portieris, in the namespace of the workload, whose users then choose the keys.",
  },
  {
    key: "metrics.callers",
    kind: "choice",
    choices: ["loopback", "network"],
    default: "loopback",
    description:
      "Who may read /metrics: only this machine, or whoever reaches the console's listener directly; never through a proxy.",
  },
  {
    key: "shutdown.delay",
    kind: "duration",
    default: "0ms",
    max: 120_000,
    description: "How long a server that is told to stop goes on serving while it says that it is not ready.",
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
    key: "scan.scanners",
    kind: "list",
    choices: ["vulnerability", "secret", "configuration", "license", "malware"],
    default: "vulnerability,secret,configuration,license",
    description: "What scans look for. Whoever changes it has every image scanned again, in the background.",
  },
  {
    key: "scan.layerCache",
    kind: "bytes",
    default: "512MiB",
    min: 0,
    description: "Most bytes of the cache of what was found in layers, in the data folder; 0: no cache.",
  },
  {
    key: "scan.vex",
    kind: "list",
    default: "",
    description:
      "VEX documents (.json) and ignore files (.yaml) that clear findings; all of them are trusted, and read again when they change.",
  },
  {
    key: "malware.clamd",
    kind: "text",
    description:
      "Address of clamd, unix:/PATH or tcp://HOST:PORT, to which the files of an image are given when malware is looked for (scan.scanners, or haechi scan --scanners malware).",
  },
  {
    key: "advisories.file",
    kind: "path",
    description:
      "Advisory database (a folder); default `advisories` in the data folder if it is there, else the small bundled one.",
  },
  {
    key: "advisories.reference",
    kind: "text",
    description:
      "Where the advisory database is updated from: docker://REFERENCE, oci:FOLDER[:TAG] or oci-archive:FILE; without it the server fetches nothing.",
  },
  {
    key: "advisories.updateInterval",
    kind: "duration",
    default: "6h",
    min: 60_000,
    max: 2_592_000_000,
    description: "How often the server looks for a newer database at advisories.reference.",
  },
  {
    key: "advisories.trustedKeys",
    kind: "list",
    default: "",
    description:
      "PEM files with public keys of which one must have signed a fetched advisory database; not needed for a reference with @sha256:.",
  },
  {
    key: "advisories.trustedIdentity",
    kind: "text",
    description:
      "Subject of the certificate that a keyless signature of the advisory database must have; needs advisories.trustedIssuer.",
  },
  {
    key: "advisories.trustedIssuer",
    kind: "text",
    description: "OIDC issuer of advisories.trustedIdentity.",
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
