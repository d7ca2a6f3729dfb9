// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-ports.ts";
import { type ChildProgram, startProgram } from "./child-program.ts";
import type { ControlPlaneBinaries } from "./control-plane-binaries.ts";
import { KubernetesApi } from "./kubernetes-api.ts";
import { createTestAuthority, type KeyPair, type TestAuthority } from "./test-certificates.ts";
import { waitUntil } from "./wait-until.ts";

/** A running control plane without nodes: pods stay Pending. Disposing stops the programs and removes every file. */
export interface ControlPlane extends AsyncDisposable {
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  readonly folder: string;
  readonly authority: TestAuthority;
  /** A kubeconfig of a cluster administrator, for kubectl and other clients. */
  readonly kubeconfig: string;
  /** The API as a cluster administrator. */
  readonly admin: KubernetesApi;
  /** The API as another user; give it rights by RBAC. */
  as(user: string, group?: string): KubernetesApi;
  /** Kills the API server and starts it again on the same address and data, as an upgrade does; waits until it is ready. */
  restartApiServer(): Promise<void>;
  /** Ends the API server; until `restartApiServer` nobody answers on its address. */
  stopApiServer(): Promise<void>;
}

/** What a test wants beyond the usual. */
export interface ControlPlaneOptions {
  /** Further arguments of the API server, once folder and authority are there. */
  readonly apiServerArguments?: (made: {
    readonly folder: string;
    readonly authority: TestAuthority;
  }) => readonly string[];
}

const START_TIMEOUT_MS = 120_000;

/** Starts etcd, the API server and the controller manager on free loopback ports, and waits until all of them work. */
export async function startControlPlane(
  binaries: ControlPlaneBinaries,
  options: ControlPlaneOptions = {},
): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), "haechi-control-plane-"));
  const programs: ChildProgram[] = [];
  try {
    return await start({ binaries, folder, programs, options });
  } catch (error) {
    const output = programs.map((each) => `--- ${each.name}\n${each.lastLines()}`).join("\n");
    await stopAll(programs, folder);
    throw new Error(`the control plane did not start\n${output}`, { cause: error });
  }
}

async function start({
  binaries,
  folder,
  programs,
  options,
}: {
  readonly binaries: ControlPlaneBinaries;
  readonly folder: string;
  readonly programs: ChildProgram[];
  readonly options: ControlPlaneOptions;
}): Promise<ControlPlane> {
  const authority = createTestAuthority(folder);
  const server = authority.issue({
    file: "apiserver",
    commonName: "kube-apiserver",
    names: ["IP:127.0.0.1", "DNS:localhost", "DNS:kubernetes.default.svc", "IP:10.96.0.1"],
  });
  const admin = authority.issue({ file: "admin", commonName: "admin", organization: "system:masters" });
  const controllers = authority.issue({ file: "controllers", commonName: "system:kube-controller-manager" });
  const serviceAccountKey = join(folder, "service-account.key");
  execFileSync("openssl", ["genrsa", "-out", serviceAccountKey, "2048"], { stdio: "ignore" });

  const etcd = `http://127.0.0.1:${await freePort()}`;
  programs.push(startEtcd(binaries.etcd, folder, { client: etcd, peer: `http://127.0.0.1:${await freePort()}` }));

  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const more = options.apiServerArguments?.({ folder, authority }) ?? [];
  function startApiServer(): ChildProgram {
    return startProgram(
      "kube-apiserver",
      binaries.kubeApiserver,
      [
        `--etcd-servers=${etcd}`,
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        `--secure-port=${port}`,
        `--cert-dir=${folder}`,
        `--tls-cert-file=${server.certificate}`,
        `--tls-private-key-file=${server.key}`,
        `--client-ca-file=${authority.certificate}`,
        "--authorization-mode=RBAC",
        "--allow-privileged=true",
        "--endpoint-reconciler-type=none",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--service-account-issuer=https://kubernetes.default.svc",
        `--service-account-key-file=${serviceAccountKey}`,
        `--service-account-signing-key-file=${serviceAccountKey}`,
        ...more,
      ],
      join(folder, "kube-apiserver.log"),
    );
  }
  let apiServer = startApiServer();
  programs.push(apiServer);
  const api = new KubernetesApi(url, authority.certificate, admin);
  async function apiServerIsReady(): Promise<void> {
    await waitUntil("the API server is ready", START_TIMEOUT_MS, async () => {
      assertAllRun(programs);
      return (await api.call("GET", "/readyz").catch(() => undefined))?.status === 200;
    });
  }
  await apiServerIsReady();

  const controllersConfig = writeKubeconfig(folder, "controllers", { url, authority, user: controllers });
  programs.push(
    startProgram(
      "kube-controller-manager",
      binaries.kubeControllerManager,
      [
        `--kubeconfig=${controllersConfig}`,
        `--cert-dir=${folder}`,
        "--secure-port=0",
        "--leader-elect=false",
        `--root-ca-file=${authority.certificate}`,
        `--cluster-signing-cert-file=${authority.certificate}`,
        `--cluster-signing-key-file=${authority.key}`,
        `--service-account-private-key-file=${serviceAccountKey}`,
        "--use-service-account-credentials=true",
      ],
      join(folder, "kube-controller-manager.log"),
    ),
  );
  await waitUntil("the controllers work", START_TIMEOUT_MS, async () => {
    assertAllRun(programs);
    return (await api.call("GET", "/api/v1/namespaces/default/serviceaccounts/default")).status === 200;
  });

  return {
    url,
    folder,
    authority,
    kubeconfig: writeKubeconfig(folder, "admin", { url, authority, user: admin }),
    admin: api,
    as(user, group): KubernetesApi {
      const pair = authority.issue({
        file: `user-${user}`,
        commonName: user,
        ...(group === undefined ? {} : { organization: group }),
      });
      return new KubernetesApi(url, authority.certificate, pair);
    },
    async stopApiServer(): Promise<void> {
      await apiServer.stop();
    },
    async restartApiServer(): Promise<void> {
      await apiServer.stop();
      programs.splice(programs.indexOf(apiServer), 1);
      apiServer = startApiServer();
      programs.push(apiServer);
      await apiServerIsReady();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await stopAll(programs, folder);
    },
  };
}

function startEtcd(
  program: string,
  folder: string,
  urls: { readonly client: string; readonly peer: string },
): ChildProgram {
  return startProgram(
    "etcd",
    program,
    [
      `--data-dir=${join(folder, "etcd")}`,
      `--listen-client-urls=${urls.client}`,
      `--advertise-client-urls=${urls.client}`,
      `--listen-peer-urls=${urls.peer}`,
      `--initial-advertise-peer-urls=${urls.peer}`,
      `--initial-cluster=default=${urls.peer}`,
      // the data lives as long as the test
      "--unsafe-no-fsync",
    ],
    join(folder, "etcd.log"),
  );
}

interface KubeconfigContent {
  readonly url: string;
  readonly authority: TestAuthority;
  readonly user: KeyPair;
}

function writeKubeconfig(folder: string, name: string, { url, authority, user }: KubeconfigContent): string {
  const path = join(folder, `${name}.kubeconfig`);
  const configuration = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    clusters: [{ name: "test", cluster: { server: url, "certificate-authority": authority.certificate } }],
    users: [{ name, user: { "client-certificate": user.certificate, "client-key": user.key } }],
    contexts: [{ name: "test", context: { cluster: "test", user: name } }],
  };
  writeFileSync(path, JSON.stringify(configuration), { mode: 0o600 });
  return path;
}

function assertAllRun(programs: readonly ChildProgram[]): void {
  const ended = programs.find((each) => !each.isRunning());
  if (ended !== undefined) {
    throw new Error(`${ended.name} ended`);
  }
}

async function stopAll(programs: readonly ChildProgram[], folder: string): Promise<void> {
  for (const program of programs.toReversed()) {
    await program.stop();
  }
  rmSync(folder, { recursive: true, force: true });
}
