// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import type * as Yaml from "yaml";
import { LIMITS, messageOf } from "#base";
import type { Configuration, ListenAddress, ServerRole } from "./configuration.ts";
import { ConfigurationError } from "./errors.ts";
import { type InClusterServer, readInClusterServer } from "./in-cluster-server.ts";
import { readOidcSettings } from "./oidc-settings.ts";
import { parseSetting, type SettingValue } from "./parse-setting.ts";
import { readProxies } from "./proxies.ts";
import { flagOf, SETTINGS, variableOf } from "./settings.ts";

/** Where settings come from, weakest first: defaults, file, variables, flags. */
export interface ConfigurationSources {
  /** `haechi.yaml`; when not named, `./haechi.yaml` is read if it exists. */
  readonly file?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Flag names without dashes → text. */
  readonly flags: Readonly<Record<string, string>>;
  readonly workingDir: string;
}

/** Variables that begin with HAECHI_ and are not settings of the server. */
const OTHER_VARIABLES = new Set([
  "HAECHI_LANG",
  "HAECHI_CACHE_DIR",
  "HAECHI_REGISTRY_USERNAME",
  "HAECHI_REGISTRY_PASSWORD",
  "HAECHI_PASSWORD",
  "HAECHI_NEW_PASSWORD",
  "HAECHI_SERVER",
  "HAECHI_ACCESS_KEY",
  "HAECHI_SECRET_KEY",
  "HAECHI_SCANNER_PASSWORD",
  "HAECHI_SCANNER_TOKEN",
  "HAECHI_TOOLS_DIR",
  "HAECHI_FIXTURES_DIR",
  "HAECHI_SOAK",
]);

/** Variables with names of their own: what hosting platforms set, and what the command line also reads. */
const VARIABLE_ALIASES: Readonly<Record<string, string>> = { DATABASE_URL: "database.url", HAECHI_LANG: "language" };

interface Written {
  readonly text: string;
  readonly origin: string;
  readonly baseDir: string;
}

/** The configuration; throws ConfigurationError that lists every problem at once, so that nobody fixes them one by one. */
export function readConfiguration(sources: ConfigurationSources): Configuration {
  const problems: string[] = [];
  const written = new Map<string, Written>();
  for (const setting of SETTINGS) {
    if (setting.default !== undefined) {
      written.set(setting.key, { text: setting.default, origin: "default", baseDir: sources.workingDir });
    }
  }
  collectFile(sources, written, problems);
  collectEnvironment(sources, written, problems);
  collectFlags(sources, written, problems);
  const values = new Map<string, SettingValue>();
  for (const setting of SETTINGS) {
    const found = written.get(setting.key);
    if (found === undefined) {
      continue;
    }
    if (setting.canBeOff === true && found.text === "off") {
      continue;
    }
    const result = parseSetting(setting, found.text, found.baseDir);
    if ("problem" in result) {
      problems.push(`${found.origin}: ${setting.key} ${result.problem}`);
    } else {
      values.set(setting.key, result.value);
    }
  }
  problems.push(...contradictions(values, sources.environment));
  const oidc = readOidcSettings(values, problems);
  if (problems.length > 0) {
    throw new ConfigurationError(problems);
  }
  return {
    ...assemble(values, {
      policyBaseDir: written.get("policyFiles")?.baseDir ?? sources.workingDir,
      vexBaseDir: written.get("scan.vex")?.baseDir ?? sources.workingDir,
      keysBaseDir: written.get("advisories.trustedKeys")?.baseDir ?? sources.workingDir,
      inCluster: readInClusterServer(sources.environment),
    }),
    ...optional("oidc", oidc),
    proxy: readProxies(sources.environment),
  };
}

/** Settings that mean nothing without each other: half of them would silently do nothing. */
function contradictions(
  values: ReadonlyMap<string, SettingValue>,
  environment: ConfigurationSources["environment"],
): readonly string[] {
  const problems: string[] = [];
  const files = ["admission.certificate", "admission.certificateKey", "admission.certificateAuthority"];
  const missing = files.filter((key) => !values.has(key));
  if (missing.length > 0 && missing.length < files.length) {
    problems.push(`${missing.join(", ")}: must be set as well, since one of ${files.join(", ")} is`);
  }
  if (values.has("advisories.trustedIdentity") !== values.has("advisories.trustedIssuer")) {
    // anybody may have an account of that name at some other issuer
    problems.push("advisories.trustedIdentity, advisories.trustedIssuer: need each other");
  }
  if (values.get("admission.callers") === "certificate" && !values.has("admission.clientAuthority")) {
    problems.push("admission.clientAuthority: must be set, since admission.callers is certificate");
  }
  if (values.get("cluster.connection") === "in-cluster" && readInClusterServer(environment) === undefined) {
    problems.push(
      "cluster.connection: is in-cluster, and KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, which every Pod has, are not set",
    );
  }
  problems.push(...openAdmission(values), ...namelessRegistry(values), ...silentRegistry(values));
  return problems;
}

/**
 * Whoever may ask the gate learns what is in images, fills its records and makes it call other hosts: beyond this
 * machine somebody has to say who that is.
 */
function openAdmission(values: ReadonlyMap<string, SettingValue>): readonly string[] {
  const roles = values.get("roles") as readonly ServerRole[] | undefined;
  const address = values.get("listen.admission") as ListenAddress | undefined;
  return roles?.includes("gate") !== true ||
    address === undefined ||
    isLoopback(address.host) ||
    values.has("admission.callers")
    ? []
    : [
        `admission.callers: must be set, since listen.admission is ${address.host}:${address.port} and not on loopback; certificate (with admission.clientAuthority: only API servers with a client certificate), or network (only if a network policy lets nobody but API servers in)`,
      ];
}

/** Which repositories must be signed is said by their names, and this process would know none of them. */
function namelessRegistry(values: ReadonlyMap<string, SettingValue>): readonly string[] {
  const [roles, names, required] = ["roles", "registry.names", "registry.requireSignatures"].map(
    (key) => (values.get(key) ?? []) as readonly unknown[],
  );
  return roles?.includes("registry") === false && names?.length === 0 && (required?.length ?? 0) > 0
    ? ["registry.names: must be set, since registry.requireSignatures is and this process has no role registry"]
    : [];
}

/** A certificate without its key serves nothing, and a registry without an address is none. */
function silentRegistry(values: ReadonlyMap<string, SettingValue>): readonly string[] {
  const problems = ["registry.certificate", "registry.publicCertificate"]
    .filter((key) => values.has(key) !== values.has(`${key}Key`))
    .map((key) => `${key}, ${key}Key: need each other`);
  const roles = values.get("roles") as readonly ServerRole[] | undefined;
  return roles?.includes("registry") === true && !values.has("listen.registry") && !values.has("listen.registryPublic")
    ? [...problems, "listen.registry: is off and listen.registryPublic as well; leave registry out of roles instead"]
    : problems;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.[0-9]{1,3}){3}$/.test(host);
}

function collectFile(sources: ConfigurationSources, written: Map<string, Written>, problems: string[]): void {
  const path = resolve(sources.workingDir, sources.file ?? "haechi.yaml");
  let text: string;
  try {
    if (statSync(path).size > LIMITS.maxConfigurationBytes) {
      problems.push(`${path}: larger than ${LIMITS.maxConfigurationBytes} bytes`);
      return;
    }
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (sources.file !== undefined || (error as NodeJS.ErrnoException).code !== "ENOENT") {
      problems.push(`${path}: ${messageOf(error)}`);
    }
    return;
  }
  try {
    // loaded only where there is a file: most command lines have none, and start often
    const { parse: parseYaml } = createRequire(import.meta.url)("yaml") as typeof Yaml;
    const document: unknown = parseYaml(text, { maxAliasCount: 0, uniqueKeys: true });
    flatten(document ?? {}, "", (key, value) => {
      if (!SETTINGS.some((setting) => setting.key === key)) {
        problems.push(`${path}: unknown setting ${key}`);
      } else {
        written.set(key, { text: value, origin: path, baseDir: dirname(path) });
      }
    });
  } catch (error) {
    problems.push(`${path}: ${messageOf(error).split("\n", 1).join("")}`);
  }
}

function flatten(node: unknown, prefix: string, onValue: (key: string, value: string) => void): void {
  if (Array.isArray(node)) {
    onValue(prefix, node.map((item) => scalarText(item, prefix)).join(","));
  } else if (typeof node === "object" && node !== null) {
    for (const [key, value] of Object.entries(node)) {
      flatten(value, prefix === "" ? key : `${prefix}.${key}`, onValue);
    }
  } else if (prefix === "") {
    throw new Error("expected settings as `name: value`");
  } else {
    onValue(prefix, scalarText(node, prefix));
  }
}

function scalarText(value: unknown, key: string): string {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return String(value);
  }
  throw new Error(`${key}: expected text, a number, true or false`);
}

function collectEnvironment(sources: ConfigurationSources, written: Map<string, Written>, problems: string[]): void {
  const byVariable = new Map(SETTINGS.map((setting) => [variableOf(setting.key), setting.key]));
  for (const [name, text] of Object.entries(sources.environment)) {
    if (!name.startsWith("HAECHI_") || OTHER_VARIABLES.has(name) || text === undefined) {
      continue;
    }
    const key = byVariable.get(name);
    if (key === undefined) {
      problems.push(`${name}: unknown variable`);
    } else {
      written.set(key, { text, origin: name, baseDir: sources.workingDir });
    }
  }
  for (const [alias, key] of Object.entries(VARIABLE_ALIASES)) {
    const text = sources.environment[alias];
    if (text !== undefined && sources.environment[variableOf(key)] === undefined) {
      written.set(key, { text, origin: alias, baseDir: sources.workingDir });
    }
  }
}

function collectFlags(sources: ConfigurationSources, written: Map<string, Written>, problems: string[]): void {
  const byFlag = new Map(SETTINGS.map((setting) => [flagOf(setting.key), setting.key]));
  for (const [flag, text] of Object.entries(sources.flags)) {
    const key = byFlag.get(flag);
    if (key === undefined) {
      problems.push(`--${flag}: unknown option`);
    } else {
      written.set(key, { text, origin: `--${flag}`, baseDir: sources.workingDir });
    }
  }
}

interface Surroundings {
  /** Against which names of policy files are read. */
  readonly policyBaseDir: string;
  readonly keysBaseDir: string;
  readonly vexBaseDir: string;
  readonly inCluster: InClusterServer | undefined;
}

function assemble(
  values: ReadonlyMap<string, SettingValue>,
  { policyBaseDir, keysBaseDir, vexBaseDir, inCluster }: Surroundings,
): Omit<Configuration, "proxy" | "oidc"> {
  // parseSetting has given each key the type that its kind says; the casts restate the table in settings.ts
  function required<T>(key: string): T {
    const value = values.get(key);
    if (value === undefined) {
      throw new Error(`setting ${key} has no value`);
    }
    return value as T;
  }
  function optionalText(key: string): string | undefined {
    return values.get(key) as string | undefined;
  }
  const dataDir = required<string>("dataDir");
  const url = optionalText("database.url");
  const systemUser = optionalText("database.systemUser");
  const passwordFile = optionalText("admin.passwordFile");
  return {
    dataDir,
    roles: required<readonly ServerRole[]>("roles"),
    listen: {
      console: required("listen.console"),
      ...optional("registry", values.get("listen.registry") as ListenAddress | undefined),
      ...optional("registryPublic", values.get("listen.registryPublic") as ListenAddress | undefined),
      admission: required("listen.admission"),
    },
    database: { ...(url === undefined ? {} : { url }), ...(systemUser === undefined ? {} : { systemUser }) },
    admin: passwordFile === undefined ? {} : { passwordFile },
    secretKeyFile: optionalText("secretKeyFile") ?? join(dataDir, "secret.key"),
    registry: {
      names: required("registry.names"),
      undecided: required("registry.undecided"),
      scanWaitMs: required("registry.scanWait"),
      maxBlobBytes: required("registry.maxBlobSize"),
      gcGraceMs: required("registry.gcGrace"),
      gcIntervalMs: required("registry.gcInterval"),
      uploadMaxAgeMs: required("registry.uploadMaxAge"),
      ...optional("backupDir", optionalText("registry.backupDir")),
      anonymousPull: required("registry.anonymousPull"),
      publicAnonymousPull: required("registry.publicAnonymousPull"),
      ...optional("publicName", optionalText("registry.publicName")),
      ...optional("certificateFiles", certificatePair(optionalText, "registry.certificate")),
      ...optional("publicCertificateFiles", certificatePair(optionalText, "registry.publicCertificate")),
      ...optional("keyMaxAgeMs", values.get("registry.keyMaxAge") as number | undefined),
      requireSignatures: required("registry.requireSignatures"),
      ...optional("reachableAt", optionalText("registry.reachableAt")),
    },
    harborScanner: {
      registries: required("harborScanner.registries"),
      concurrency: required("harborScanner.concurrency"),
    },
    signatures: {
      trustRoots: required("signatures.trustRoots"),
      notaryServers: required("signatures.notaryServers"),
      allowPrivateAddresses: required("signatures.allowPrivateAddresses"),
    },
    images: {
      certificateAuthorities: required("images.certificateAuthorities"),
      plainHttp: required("images.plainHttp"),
      ...optional("credentialsFile", optionalText("images.credentialsFile")),
    },
    cluster: {
      connection: required("cluster.connection"),
      ...optional("kubeconfig", optionalText("cluster.kubeconfig")),
      ...optional("context", optionalText("cluster.context")),
      ...optional("inCluster", required("cluster.connection") === "in-cluster" ? inCluster : undefined),
      namespace: required("cluster.namespace"),
    },
    admission: {
      failure: required("admission.failure"),
      enforceAt: required("admission.enforceAt"),
      timeoutMs: required("admission.timeout"),
      inlineScan: required("admission.inlineScan"),
      pinnedForm: required("admission.pinnedForm"),
      ...optional("callers", values.get("admission.callers") as "certificate" | "network" | undefined),
      ...optional("clientAuthority", optionalText("admission.clientAuthority")),
      clientNames: required("admission.clientNames"),
      names: required("admission.names"),
      ...optional("certificateFiles", certificateFiles(optionalText)),
      webhookName: required("admission.webhookName"),
      ...optional("webhookAddress", optionalText("admission.webhookAddress")),
      excludeNamespaces: required("admission.excludeNamespaces"),
      hookNames: required("admission.hookNames"),
      skipLabel: required("admission.skipLabel"),
      secretNamespace: required("admission.secretNamespace"),
    },
    metrics: { callers: required("metrics.callers") },
    shutdown: { delayMs: required("shutdown.delay") },
    scan: {
      concurrency: required("scan.concurrency"),
      timeoutMs: required("scan.timeout"),
      memoryMiB: Math.floor(required<number>("scan.memory") / 2 ** 20),
      maxAttempts: required("scan.maxAttempts"),
      scanners: required("scan.scanners"),
      layerCacheBytes: required("scan.layerCache"),
      vex: required<readonly string[]>("scan.vex").map((file) => resolve(vexBaseDir, file)),
    },
    malware: optional("clamd", optionalText("malware.clamd")),
    advisories: {
      ...optional("file", optionalText("advisories.file")),
      ...optional("reference", optionalText("advisories.reference")),
      updateIntervalMs: required("advisories.updateInterval"),
      trustedKeys: required<readonly string[]>("advisories.trustedKeys").map((file) => resolve(keysBaseDir, file)),
      ...optional("trustedIdentity", trustedIdentity(optionalText)),
    },
    policyFiles: required<readonly string[]>("policyFiles").map((file) => resolve(policyBaseDir, file)),
    log: { level: required("log.level") },
    language: required("language"),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]: V });
}

function trustedIdentity(
  text: (key: string) => string | undefined,
): { readonly subject: string; readonly issuer: string } | undefined {
  const subject = text("advisories.trustedIdentity");
  const issuer = text("advisories.trustedIssuer");
  return subject === undefined || issuer === undefined ? undefined : { subject, issuer };
}

function certificatePair(
  text: (key: string) => string | undefined,
  key: string,
): { readonly certificate: string; readonly key: string } | undefined {
  const certificate = text(key);
  const privateKey = text(`${key}Key`);
  return certificate === undefined || privateKey === undefined ? undefined : { certificate, key: privateKey };
}

type CertificateFiles = NonNullable<Configuration["admission"]["certificateFiles"]>;

function certificateFiles(text: (key: string) => string | undefined): CertificateFiles | undefined {
  const certificate = text("admission.certificate");
  const key = text("admission.certificateKey");
  const authority = text("admission.certificateAuthority");
  return certificate === undefined || key === undefined || authority === undefined
    ? undefined
    : { certificate, key, authority };
}
