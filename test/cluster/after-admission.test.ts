// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database, ManifestRecord } from "#database";
import { openKubeClient } from "#kube";
import { WebhookKeeper } from "../../src/apps/server/controller/webhook-keeper.ts";
import { BAD_PACKAGES, DEBIAN_PACKAGES, finishScan, pushImage } from "../support/api-server.ts";
import { createKubectl } from "../support/cluster/kubectl.ts";
import { clusterPolicy, SCANNED, workload } from "../support/cluster/objects.ts";
import { writeServiceAccountKubeconfig } from "../support/cluster/service-account.ts";
import { describeWithControlPlane } from "../support/control-plane/describe-with-control-plane.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane/start-control-plane.ts";
import { eventually } from "../support/eventually.ts";
import { createEmptyDatabase, openTestDatabase, TEST_SECRET_KEY } from "../support/postgres.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import { readReportDefinitions } from "../support/report-definitions.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { describeWithTools } from "../support/tools.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const REGISTRY = "registry.test:5000";
const SYSTEM = "haechi-system";
const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${SYSTEM}/leases/haechi-controller`;
const PASSWORD = "correct-horse-battery-staple-1";

const WEBHOOKS = {
  webhookName: "haechi",
  webhookAddress: "https://127.0.0.1:1",
  excludeNamespaces: ["kube-system", SYSTEM],
  hookNames: "haechi",
  skipLabel: true,
  timeoutMs: 10_000,
} as const;

type Body = Awaited<ReturnType<ControlPlane["admin"]["call"]>>["body"];

describeWithTools("after admission", ["kubectl"], () => {
  describeWithControlPlane("on a real control plane", (binaries) => {
    const resources = new AsyncDisposableStack();
    const servers: ServerProcess[] = [];
    let plane: ControlPlane;
    let database: Database;
    let kubectl: ReturnType<typeof createKubectl>;
    let settings: readonly string[];
    let folder: string;

    beforeAll(async () => {
      folder = createReachableFolder("haechi-after-");
      resources.defer(() => rm(folder, { recursive: true, force: true }));
      plane = resources.use(await startControlPlane(binaries));
      kubectl = createKubectl(plane.kubeconfig, folder);
      const crds = join(REPOSITORY, "deploy/crds");
      const files = [
        ...readdirSync(crds).map((name) => join(crds, name)),
        join(REPOSITORY, "test/support/cluster/rbac.yaml"),
      ];
      expect((await kubectl(["create", ...files.flatMap((file) => ["-f", file])])).stderr).toBe("");
      expect((await kubectl(["create", "-f", "-"], await readReportDefinitions())).stderr).toBe("");
      expect((await kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"])).stderr).toBe("");
      const url = await createEmptyDatabase();
      writeFileSync(join(folder, "secret.key"), `${Buffer.from(TEST_SECRET_KEY).toString("hex")}\n`, { mode: 0o600 });
      writeFileSync(join(folder, "password"), `${PASSWORD}\n`, { mode: 0o600 });
      settings = [
        ...["--roles", "controller"],
        ...["--database-url", url],
        ...["--secret-key-file", join(folder, "secret.key")],
        ...["--admin-password-file", join(folder, "password")],
        ...["--registry-names", REGISTRY],
        ...["--cluster-connection", "kubeconfig"],
        "--cluster-kubeconfig",
        await writeServiceAccountKubeconfig(plane, { namespace: SYSTEM, name: "haechi-server" }),
        ...["--admission-exclude-namespaces", "left-alone"],
        ...["--language", "en"],
      ];
      await startReplica("one");
      database = resources.use(await openTestDatabase({ url }));
    });

    afterAll(async () => {
      for (const server of servers) {
        await server.stop();
      }
      await resources.disposeAsync();
    });

    async function startReplica(name: string): Promise<ServerProcess> {
      const dataDir = join(folder, name);
      mkdirSync(dataDir, { mode: 0o711 });
      const server = await startServerProcess({ dataDir, args: settings });
      servers.push(server);
      return server;
    }

    async function get(path: string): Promise<Body> {
      const { status, body } = await plane.admin.call("GET", path);
      return status === 200 ? body : undefined;
    }

    /** An image of our registry that was scanned with nothing found, and a name that pins it. */
    async function scannedImage(
      repository: string,
    ): Promise<{ readonly record: ManifestRecord; readonly name: string }> {
      const record = await pushImage(database, { repository, tag: "1", platform: "linux/amd64" });
      await finishScan(database, record.digest, { packages: DEBIAN_PACKAGES });
      return { record, name: `${REGISTRY}/${repository}@${record.digest}` };
    }

    async function deploy(namespace: string, name: string, images: readonly string[]): Promise<Body> {
      await kubectl(["create", "namespace", namespace]);
      expect((await kubectl(["create", "-f", "-"], workload("Deployment", { name, namespace }, images))).stderr).toBe(
        "",
      );
      return get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
    }

    async function rowOf(namespace: string, outcome?: "allow" | "deny") {
      return eventually(async () => {
        const { images } = await database.workloads.list({ limit: 10, namespace });
        return images.find(({ verdict }) => verdict !== undefined && (outcome ?? verdict.outcome) === verdict.outcome);
      });
    }

    /** The report on the workload, once it has the result. */
    async function reportOf(
      group: string,
      uid: string,
      wanted: { readonly namespace: string; readonly result: string },
    ) {
      const path = `/apis/${group}/namespaces/${wanted.namespace}/${group.startsWith("wg") ? "policyreports" : "reports"}`;
      return eventually(async () => {
        const report = await get(`${path}/haechi-${uid}`);
        return report?.summary?.[wanted.result] > 0 ? report : undefined;
      });
    }

    async function eventsOn(namespace: string): Promise<readonly Body[]> {
      const { items } = await get(`/apis/events.k8s.io/v1/namespaces/${namespace}/events`);
      return items.filter((event: Body) => event.reportingController === "haechi.dev/controller");
    }

    it("pods appear: rows and reports of both kinds say what runs, and that it never passed a gate", async () => {
      expect(
        (await kubectl(["create", "-f", "-"], clusterPolicy("all", [{ name: "*", policy: SCANNED }]))).stderr,
      ).toBe("");
      const { name, record } = await scannedImage("shop/web");
      const deployment = await deploy("shop", "web", [name]);
      const row = await rowOf("shop", "allow");
      expect(row).toMatchObject({
        owner: { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: deployment.metadata.uid },
        reference: name,
        digest: record.digest,
        standing: "older-than-gate",
        verdict: { policy: { kind: "ClusterImagePolicy", name: "all" } },
      });
      for (const group of ["wgpolicyk8s.io/v1alpha2", "openreports.io/v1alpha1"]) {
        const report = await reportOf(group, deployment.metadata.uid, { namespace: "shop", result: "pass" });
        expect(report.scope).toMatchObject({ kind: "Deployment", name: "web", uid: deployment.metadata.uid });
        expect(report.metadata.labels).toEqual({ "app.kubernetes.io/managed-by": "haechi" });
        expect(report.metadata.ownerReferences[0]).toMatchObject({ kind: "Deployment", uid: deployment.metadata.uid });
        expect(report.results.map(({ rule }: Body) => rule).toSorted()).toEqual(["ALLOWED", "NEVER_ADMITTED"]);
      }
      expect(await eventsOn("shop")).toEqual([]);
    });

    it("a new finding: the workload is told once, its row and reports say so; an exception allows it again", async () => {
      const { name, record } = await scannedImage("pay/api");
      const deployment = await deploy("pay", "api", [name]);
      await rowOf("pay", "allow");
      await reportOf("wgpolicyk8s.io/v1alpha2", deployment.metadata.uid, { namespace: "pay", result: "pass" });

      await finishScan(database, record.digest, { packages: BAD_PACKAGES });
      const row = await rowOf("pay", "deny");
      expect(row.verdict?.reasons.map(({ code }) => code)).toContain("VULNERABILITY");
      const [event] = await eventually(async () => {
        const events = await eventsOn("pay");
        return events.length > 0 ? events : undefined;
      });
      expect(event).toMatchObject({
        reason: "ImageNowDenied",
        type: "Warning",
        action: "Judge",
        regarding: { kind: "Deployment", name: "api", uid: deployment.metadata.uid },
      });
      expect(event.note).toContain(`${REGISTRY}/pay/api`);
      const report = await reportOf("openreports.io/v1alpha1", deployment.metadata.uid, {
        namespace: "pay",
        result: "fail",
      });
      const failed = report.results.filter(({ result }: Body) => result === "fail");
      expect(failed.map(({ properties }: Body) => properties.id)).toContain("CVE-2019-10744");

      const exception = {
        apiVersion: "haechi.dev/v1",
        kind: "PolicyException",
        metadata: { name: "known", namespace: "pay" },
        spec: {
          subject: { repositories: [`${REGISTRY}/pay/*`] },
          findings: { packages: ["lodash", "minimist"] },
          reason: "not reachable",
          requester: "alice",
          approver: "bob",
          until: "2100-01-01T00:00:00Z",
        },
      };
      expect((await kubectl(["create", "-f", "-"], exception)).stderr).toBe("");
      const allowed = await rowOf("pay", "allow");
      expect(allowed.verdict?.exceptions).toMatchObject([{ name: "known", namespace: "pay" }]);
      await eventually(async () => {
        const reasons = (await eventsOn("pay")).map(({ reason }) => reason as string);
        return reasons.includes("ImageAllowedAgain") ? reasons : undefined;
      });
      expect((await eventsOn("pay")).map(({ reason }) => reason).toSorted()).toEqual([
        "ImageAllowedAgain",
        "ImageNowDenied",
      ]);
      await reportOf("wgpolicyk8s.io/v1alpha2", deployment.metadata.uid, { namespace: "pay", result: "skip" });

      const path = "/apis/haechi.dev/v1/namespaces/pay/policyexceptions/known";
      const { status } = await eventually(async () => {
        const found = await get(path);
        return found?.status?.runningImages === 1 ? found : undefined;
      });
      expect(status).toMatchObject({ state: "Active", observedGeneration: 1, uses: 0 });

      const ended = { spec: { until: new Date(Date.now() + 1_500).toISOString() } };
      expect(
        (await kubectl(["patch", "policyexception", "known", "-n", "pay", "--type=merge", "-p", JSON.stringify(ended)]))
          .stderr,
      ).toBe("");
      await rowOf("pay", "deny");
      await eventually(async () => ((await get(path))?.status?.state === "Expired" ? true : undefined));
    });

    it("a policy says in its status that it is in force and how much it judges", async () => {
      const found = await eventually(async () => {
        const policy = await get("/apis/haechi.dev/v1/clusterimagepolicies/all");
        return policy?.status?.runningImages > 0 ? policy : undefined;
      });
      expect(found.status.conditions[0]).toMatchObject({ type: "Ready", status: "True", observedGeneration: 1 });
      expect(found.status.entries).toBe(1);
    });

    it("a namespace without a gate is said to be one", async () => {
      const { name } = await scannedImage("tools/agent");
      await deploy("left-alone", "agent", [name]);
      expect(await rowOf("left-alone")).toMatchObject({ standing: "excluded-namespace" });
    });

    it("an image that nobody knows the digest of is undecided, and never said to be allowed", async () => {
      await deploy("unknown", "any", ["registry.example/any:1"]);
      const row = await rowOf("unknown");
      expect(row.verdict?.outcome).toBe("undecided");
      expect(row.digest).toBeUndefined();
    });

    it("webhook configurations are left alone where no address is configured", async () => {
      const found = await get("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/haechi");
      expect(found.webhooks ?? []).toEqual([]);
    });

    it("the leader is killed: the other goes on, and tells nothing twice", async () => {
      const { name, record } = await scannedImage("late/app");
      const deployment = await deploy("late", "app", [name]);
      await rowOf("late", "allow");
      await startReplica("two");
      const first = (await get(LEASE)).spec.holderIdentity;
      await servers.shift()?.kill();
      await finishScan(database, record.digest, { packages: BAD_PACKAGES });
      await rowOf("late", "deny");
      expect((await get(LEASE)).spec.holderIdentity).not.toBe(first);
      await reportOf("wgpolicyk8s.io/v1alpha2", deployment.metadata.uid, { namespace: "late", result: "fail" });
      expect((await eventsOn("late")).map(({ reason }) => reason)).toEqual(["ImageNowDenied"]);
      expect((await eventsOn("shop")).map(({ reason }) => reason)).toEqual([]);
    });

    it("the workload is deleted: its rows end and its reports go", async () => {
      const deployment = await get("/apis/apps/v1/namespaces/late/deployments/app");
      expect((await kubectl(["delete", "deployment", "app", "-n", "late"])).stderr).toBe("");
      await eventually(async () => {
        const { total } = await database.workloads.list({ limit: 1, namespace: "late" });
        return total === 0 ? true : undefined;
      });
      for (const path of [
        "wgpolicyk8s.io/v1alpha2/namespaces/late/policyreports",
        "openreports.io/v1alpha1/namespaces/late/reports",
      ]) {
        await eventually(async () =>
          (await get(`/apis/${path}/haechi-${String(deployment.metadata.uid)}`)) === undefined ? true : undefined,
        );
      }
      const { images } = await database.workloads.list({ limit: 10, namespace: "late", withGone: true });
      expect(images.map(({ goneAt }) => goneAt !== undefined)).toEqual([true]);
    });

    // the last one: from here on the API server asks a gate that is not there
    it("webhook configurations are filled and put right on the real API server, without a change that nobody needs", async () => {
      await using client = await openKubeClient({
        connection: "kubeconfig",
        file: join(plane.folder, "haechi-server.kubeconfig"),
      });
      let repairs = 0;
      let changes = 0;
      await using keeper = new WebhookKeeper({
        client,
        configuration: { admission: WEBHOOKS } as never,
        caBundle: () => Promise.resolve(readFileSync(plane.authority.certificate, "utf8")),
        isGateReady: () => Promise.resolve(true),
        onInPlace: () => Promise.resolve(),
        metrics: { webhookRepairs: { inc: () => void (repairs += 1) } } as never,
        clock: { now: () => new Date() },
        log: pino({ enabled: false }),
        onChange: () => void (changes += 1),
      });
      const path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/haechi";
      async function keepUntil(isDone: (webhooks: readonly Body[]) => boolean): Promise<void> {
        await eventually(async () => {
          await keeper.keep(new AbortController().signal);
          return isDone((await get(path)).webhooks ?? []) ? true : undefined;
        });
      }
      await keepUntil((webhooks) => webhooks.length > 0);
      expect(repairs).toBe(0);
      const weaken = { webhooks: [{ name: "admit.haechi.dev", failurePolicy: "Ignore" }] };
      const before = changes;
      const patched = [
        "patch",
        "mutatingwebhookconfiguration",
        "haechi",
        "--type=strategic",
        "-p",
        JSON.stringify(weaken),
      ];
      expect((await kubectl(patched)).stderr).toBe("");
      await eventually(() => Promise.resolve(changes > before ? true : undefined));
      await keepUntil((webhooks) => webhooks[0]?.failurePolicy === "Fail");
      expect(repairs).toBe(1);
      const settled = (await get(path)).metadata.resourceVersion;
      const seen = changes;
      await eventually(() => Promise.resolve(changes > before + 1 || seen > before + 1 ? true : undefined));
      await keeper.keep(new AbortController().signal);
      expect((await get(path)).metadata.resourceVersion).toBe(settled);
      expect(repairs).toBe(1);
    });
  });
});
