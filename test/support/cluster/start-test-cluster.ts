// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ApiSession, openApiSession } from "../api-client.ts";
import type { ControlPlaneBinaries } from "../control-plane/control-plane-binaries.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start-control-plane.ts";
import { waitUntil } from "../control-plane/wait-until.ts";
import { NEW_PASSWORD } from "../new-password.ts";
import { createReachableFolder } from "../reachable-folder.ts";
import { type ServerProcess, startServerProcess } from "../server-process.ts";
import { createKubectl, type Kubectl } from "./kubectl.ts";
import { writeServiceAccountKubeconfig } from "./service-account.ts";
import { TcpBalancer } from "./tcp-balancer.ts";
import { CALLER_NAME, webhookCallerArguments } from "./webhook-caller.ts";

/** What a test wants of its cluster. */
export interface TestClusterOptions {
  /** Connection string of an empty database that the servers share; default: the embedded one of one server with every role. */
  readonly databaseUrl: string;
  /** 32 bytes that the database's secrets are sealed with; default: new ones. */
  readonly secretKey?: Uint8Array;
  /** Gates beside the server with all other roles; default 1. */
  readonly gates?: number;
  /** Settings of all servers, by flag name without dashes: `{"admission-failure": "allow"}`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Of all servers, added to ours. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly apiServerArguments?: (made: { readonly folder: string }) => readonly string[];
}

/** How one gate differs. */
export interface GateOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly apart?: boolean;
  /** Whether it is given back as soon as it serves, ready or not; it must be `apart` then. */
  readonly isUnready?: boolean;
}

/** A gate that runs, with its name in the balancer. */
export interface GateReplica extends ServerProcess {
  readonly name: string;
}

/** A real control plane with real servers and gates in front of it. Disposing ends all of them. */
export interface TestCluster extends AsyncDisposable {
  readonly plane: ControlPlane;
  readonly database: { readonly url: string; readonly secretKey: Uint8Array };
  readonly balancer: TcpBalancer;
  /** With every role but the gate. */
  readonly server: ServerProcess;
  /** The API as the administrator. */
  readonly api: ApiSession;
  /** `name:password` of the administrator, for the registry. */
  readonly credentials: string;
  readonly gates: readonly GateReplica[];
  /** As a cluster administrator. */
  readonly kubectl: Kubectl;
  readonly folder: string;
  /** Starts one more gate and waits until it is ready; it is asked by the API server unless it stays `apart`. */
  addGate(options?: GateOptions): Promise<GateReplica>;
  /** Takes a gate that has ended out of `gates` and of the balancer. */
  forget(name: string): void;
  /** The certificate and key that the API server shows to webhooks. */
  readonly caller: { readonly certificate: string; readonly key: string };
}

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));
const SYSTEM_NAMESPACE = "haechi-system";
const READY_LIMIT_MS = 60_000;
const FIRST_PASSWORD = "correct-horse-battery-staple-1";

/** Starts everything and waits until the webhooks are registered, so that the next Pod is judged. */
export async function startTestCluster(
  binaries: ControlPlaneBinaries,
  options: TestClusterOptions,
): Promise<TestCluster> {
  const resources = new AsyncDisposableStack();
  try {
    const cluster = await start(binaries, options, resources);
    return cluster;
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
}

async function start(
  binaries: ControlPlaneBinaries,
  options: TestClusterOptions,
  resources: AsyncDisposableStack,
): Promise<TestCluster> {
  const folder = createReachableFolder("haechi-cluster-");
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  const plane = resources.use(
    await startControlPlane(binaries, {
      apiServerArguments: (made) => [...webhookCallerArguments(made), ...(options.apiServerArguments?.(made) ?? [])],
    }),
  );
  const kubectl = createKubectl(plane.kubeconfig, folder);
  await prepare(kubectl);
  const balancer = resources.use(await TcpBalancer.start());

  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, `${FIRST_PASSWORD}\n`, { mode: 0o600 });
  const keyFile = join(folder, "secret.key");
  const { secretKey = randomBytes(32), environment = {} } = options;
  writeFileSync(keyFile, `${Buffer.from(secretKey).toString("hex")}\n`, { mode: 0o600 });
  async function settingsOf(account: string): Promise<Record<string, string>> {
    return {
      "database-url": options.databaseUrl,
      "secret-key-file": keyFile,
      "admin-password-file": passwordFile,
      "cluster-connection": "kubeconfig",
      "cluster-kubeconfig": await writeServiceAccountKubeconfig(plane, { namespace: SYSTEM_NAMESPACE, name: account }),
      "admission-callers": "certificate",
      "admission-client-authority": plane.authority.certificate,
      "admission-client-names": CALLER_NAME,
      "admission-webhook-address": `https://127.0.0.1:${balancer.port}`,
      ...options.settings,
    };
  }
  const gateSettings = await settingsOf("haechi-gate");
  const server = await startServerProcess({
    dataDir: dataDir(folder, "server"),
    environment,
    args: toArguments({ ...(await settingsOf("haechi-server")), roles: "registry,api,scanner,controller" }),
  });
  resources.defer(async () => void (await server.stop()));
  const api = await openApiSession(server, FIRST_PASSWORD);

  const gates: GateReplica[] = [];
  let started = 0;
  async function addGate({ settings = {}, apart = false, isUnready = false }: GateOptions = {}): Promise<GateReplica> {
    started += 1;
    const name = `gate-${started}`;
    const process = await startServerProcess({
      dataDir: dataDir(folder, name),
      environment,
      args: toArguments({
        ...gateSettings,
        roles: "gate",
        "registry-names": server.registry,
        "registry-reachable-at": server.registry,
        ...settings,
      }),
    });
    resources.defer(async () => void (await process.stop()));
    const gate = { ...process, name };
    async function isReady(): Promise<boolean> {
      return (await fetch(`${process.consoleUrl}/readyz`)).ok;
    }
    if (!isUnready) {
      await waitUntil(`${name} is ready`, READY_LIMIT_MS, isReady);
    }
    if (!apart) {
      gates.push(gate);
      balancer.add({ name, port: Number(new URL(process.admissionUrl).port), isReady });
      await waitUntil(`${name} gets connections`, READY_LIMIT_MS, () => Promise.resolve(balancer.ready.includes(name)));
    }
    return gate;
  }
  for (let count = 0; count < (options.gates ?? 1); count++) {
    await addGate();
  }
  await waitUntil("the webhooks are registered", READY_LIMIT_MS, async () => await areWebhooksFilled(plane)).catch(
    (error: unknown) => {
      throw new Error(`${server.stdout()}${server.stderr()}`.slice(-4_000), { cause: error });
    },
  );
  return {
    plane,
    database: { url: options.databaseUrl, secretKey },
    balancer,
    server,
    api,
    credentials: `admin:${NEW_PASSWORD}`,
    gates,
    kubectl,
    folder,
    addGate,
    forget(name) {
      balancer.remove(name);
      gates.splice(0, gates.length, ...gates.filter((each) => each.name !== name));
    },
    caller: { certificate: join(plane.folder, "webhook-caller.crt"), key: join(plane.folder, "webhook-caller.key") },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** CRDs, namespace, accounts and rights, as `helm install` would make them. */
async function prepare(kubectl: Kubectl): Promise<void> {
  const crds = join(REPOSITORY, "deploy/crds");
  const files = [
    ...readdirSync(crds).map((name) => join(crds, name)),
    join(REPOSITORY, "test/support/cluster/rbac.yaml"),
  ];
  const applied = await kubectl(["create", ...files.flatMap((file) => ["-f", file])]);
  if (applied.code !== 0) {
    throw new Error(`the cluster could not be prepared: ${applied.stderr}`);
  }
  const waited = await kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
  if (waited.code !== 0) {
    throw new Error(`the CRDs were not established: ${waited.stderr}`);
  }
}

async function areWebhooksFilled(plane: ControlPlane): Promise<boolean> {
  const path = "/apis/admissionregistration.k8s.io/v1";
  const answers = await Promise.all(
    ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"].map(
      async (kind) => await plane.admin.call("GET", `${path}/${kind}/haechi`),
    ),
  );
  return answers.every(({ body }) => Array.isArray(body.webhooks) && body.webhooks.length > 0);
}

function dataDir(folder: string, name: string): string {
  const path = join(folder, name);
  if (!existsSync(path)) {
    mkdirSync(path, { mode: 0o711 });
  }
  return path;
}

function toArguments(settings: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}
