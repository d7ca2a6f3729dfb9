// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { type KubeClient, openKubeClient, RESOURCES, type SupervisedWatch, superviseWatch } from "#kube";
import { evaluate } from "#policy";
import { type Cluster, openCluster } from "../../src/apps/server/cluster/index.ts";
import { type CuttableLink, openCuttableLink } from "../support/cluster/cuttable-link.ts";
import { describeWithControlPlane } from "../support/control-plane/describe-with-control-plane.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane/start-control-plane.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";

const CRDS = fileURLToPath(new URL("../../deploy/crds/", import.meta.url));
/** Generous: how soon a change is in force is measured by the bench `kubernetes`. */
const LIMIT_MS = 60_000;
const SYSTEM = "haechi-system";
const TIMING = { firstRetryMs: 50, maxRetryMs: 500, silenceMs: 75_000 };
const clock = { now: () => new Date() };
const SIGNED = { trust: { enabled: true, signerSecrets: [{ name: "signer" }] } };

describeWithControlPlane("watching", (binaries) => {
  let plane: ControlPlane;
  let link: CuttableLink;
  /** Reaches the API server directly. */
  let admin: KubeClient;
  /** Reaches it by the link. */
  let linked: KubeClient;
  const opened: AsyncDisposable[] = [];

  beforeAll(async () => {
    plane = await startControlPlane(binaries);
    link = await openCuttableLink(Number(new URL(plane.url).port));
    admin = await openKubeClient({ connection: "kubeconfig", file: plane.kubeconfig });
    linked = await openKubeClient({
      connection: "in-cluster",
      server: { host: "127.0.0.1", port: link.port },
      folder: await mountServiceAccount(),
    });
    await admin.create({ resource: RESOURCES.namespaces }, { metadata: { name: SYSTEM } });
    await admin.create({ resource: RESOURCES.namespaces }, { metadata: { name: "team", labels: { stage: "test" } } });
  });

  /** What the kubelet mounts into a Pod: here of an account that may do everything. */
  async function mountServiceAccount(): Promise<string> {
    await waitUntil("the service account is there", LIMIT_MS, async () => {
      return (await plane.admin.call("GET", "/api/v1/namespaces/default/serviceaccounts/default")).status === 200;
    });
    await plane.admin.call("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
      metadata: { name: "watching" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", name: "default", namespace: "default" }],
    });
    const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
    const made = await plane.admin.call("POST", "/api/v1/namespaces/default/serviceaccounts/default/token", request);
    const folder = join(plane.folder, "service-account");
    mkdirSync(folder);
    writeFileSync(join(folder, "ca.crt"), readFileSync(plane.authority.certificate));
    writeFileSync(join(folder, "token"), made.body.status.token as string);
    return folder;
  }

  afterEach(async () => {
    link.mend();
    await Promise.all(opened.splice(0).map((each) => each[Symbol.asyncDispose]()));
  });

  afterAll(async () => {
    await linked?.[Symbol.asyncDispose]();
    await admin?.[Symbol.asyncDispose]();
    await link?.[Symbol.asyncDispose]();
    await plane?.[Symbol.asyncDispose]();
  });

  describe("config maps", () => {
    const place = { resource: RESOURCES.configMaps, namespace: "team" };
    let restarts: string[];

    function watch({
      client = linked,
      ...timing
    }: {
      readonly client?: KubeClient;
      readonly silenceMs?: number;
    } = {}): SupervisedWatch<unknown> {
      restarts = [];
      const watched = superviseWatch<unknown>({
        client,
        ...place,
        labelSelector: "watched=yes",
        select: (object) => (object["data"] as { readonly value?: unknown } | undefined)?.value ?? "none",
        onRestart: (reason) => void restarts.push(reason),
        clock,
        random: Math.random,
        log: pino({ level: "silent" }),
        timing: { ...TIMING, ...timing },
      });
      opened.push(watched);
      return watched;
    }

    async function write(name: string, value: string): Promise<void> {
      const object = { metadata: { name, labels: { watched: "yes" } }, data: { value } };
      await admin.patch({ ...place, name }, "apply", { apiVersion: "v1", kind: "ConfigMap", ...object });
    }

    async function shows(watched: SupervisedWatch<unknown>, want: Readonly<Record<string, string>>): Promise<void> {
      const expected = JSON.stringify(Object.entries(want).toSorted());
      await waitUntil(`the watch shows ${expected}`, LIMIT_MS, () =>
        Promise.resolve(JSON.stringify([...watched.objects].toSorted()) === expected),
      );
    }

    it("are followed when they are made, changed and removed", async () => {
      const watched = watch();
      await watched.whenSynced();
      await write("a", "1");
      await write("b", "1");
      await shows(watched, { "team/a": "1", "team/b": "1" });
      await write("a", "2");
      await admin.remove({ ...place, name: "b" });
      await shows(watched, { "team/a": "2" });
      expect(watched.state).toBe("synced");
    });

    it("that went while the link was cut are gone after it was mended, although the API server was restarted in between", async () => {
      await write("stays", "1");
      await write("goes", "1");
      const watched = watch();
      await watched.whenSynced();
      link.cut();
      await waitUntil("the watch knows that it is cut off", LIMIT_MS, () => Promise.resolve(watched.state === "stale"));
      const lostAt = watched.lastContactAt;
      await admin.remove({ ...place, name: "goes" });
      await write("comes", "1");
      await plane.restartApiServer();
      await write("stays", "2");
      expect(watched.objects.get("team/goes")).toBe("1");
      expect(watched.lastContactAt).toEqual(lostAt);
      link.mend();
      await shows(watched, { "team/a": "2", "team/comes": "1", "team/stays": "2" });
      // the new API server no longer knows the version from before: a true 410
      expect(restarts).toContain("gone");
    });

    it("are read once the token is one that the API server takes", async () => {
      const folder = join(plane.folder, "service-account-2");
      mkdirSync(folder);
      for (const name of ["ca.crt", "token"]) {
        writeFileSync(join(folder, name), readFileSync(join(plane.folder, "service-account", name)));
      }
      const token = readFileSync(join(folder, "token"), "utf8");
      writeFileSync(join(folder, "token"), token.slice(0, -8));
      const client = await openKubeClient({
        connection: "in-cluster",
        server: { host: "127.0.0.1", port: link.port },
        folder,
      });
      opened.push(client);
      const watched = watch({ client });
      await waitUntil("it is refused", LIMIT_MS, () => Promise.resolve(restarts.includes("unauthorized")));
      expect(watched.state).toBe("starting");
      writeFileSync(join(folder, "token"), token);
      await shows(watched, { "team/a": "2", "team/comes": "1", "team/stays": "2" });
    });

    it("are followed again when a connection stayed open and no byte came any more", async () => {
      const watched = watch({ silenceMs: 1_000 });
      await watched.whenSynced();
      link.freeze();
      await write("stays", "3");
      await waitUntil("the silence is noticed", LIMIT_MS, () => Promise.resolve(restarts.includes("silent")));
      link.mend();
      await shows(watched, { "team/a": "2", "team/comes": "1", "team/stays": "3" });
    });
  });

  describe("policies", () => {
    let logged: string[];
    let metrics: Registry;

    beforeAll(async () => {
      const early = open();
      // the kinds are not installed yet: that is an answer, too
      await early.whenReady(AbortSignal.timeout(LIMIT_MS));
      expect(early.policies.current().admission.documents).toEqual([]);
      for (const file of readdirSync(CRDS).filter((each) => each.endsWith(".yaml"))) {
        await admin.create(
          { resource: RESOURCES.customResourceDefinitions },
          parseYaml(readFileSync(join(CRDS, file), "utf8")) as object,
        );
      }
      await waitUntil("the kinds are installed", LIMIT_MS, async () => {
        const resources = [RESOURCES.policyExceptions, RESOURCES.imagePolicies, RESOURCES.ciseImagePolicies];
        const answers = await Promise.allSettled(resources.map((resource) => admin.list({ resource })));
        return answers.every(({ status }) => status === "fulfilled");
      });
    });

    function open(client: KubeClient = linked, secretNamespace: "policy" | "request" = "policy"): Cluster {
      logged = [];
      metrics = new Registry();
      const cluster = openCluster({
        client,
        files: { documents: [], secrets: [], exceptions: [], required: [], isConfigured: false },
        configuration: { cluster: { namespace: SYSTEM }, admission: { secretNamespace } },
        telemetry: {
          log: pino({ level: "info", base: null }, { write: (line: string) => void logged.push(line) }),
          metrics,
        },
        clock,
        timing: { ...TIMING, absentMs: 500 },
      });
      opened.push(cluster);
      return cluster;
    }

    async function apply(object: {
      readonly kind: string;
      readonly apiVersion: string;
      readonly metadata: { readonly name: string; readonly namespace?: string };
      readonly [field: string]: unknown;
    }): Promise<void> {
      const { name, namespace } = object.metadata;
      const [group = "", version = ""] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : ["", "v1"];
      const plural = object.kind === "Secret" ? "secrets" : object.kind.replace(/y$/, "ie").toLowerCase().concat("s");
      const resource = { group, version, plural, isNamespaced: namespace !== undefined };
      await admin.patch({ resource, name, ...(namespace === undefined ? {} : { namespace }) }, "apply", object);
    }

    function policy(name: string, checks: object, namespace?: string, apiVersion = "haechi.dev/v1") {
      return {
        apiVersion,
        kind: namespace === undefined ? "ClusterImagePolicy" : "ImagePolicy",
        metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
        spec: { repositories: [{ name: "*", policy: checks }] },
      };
    }

    async function inForce(cluster: Cluster, claim: string, isSo: () => boolean): Promise<void> {
      try {
        await waitUntil(claim, LIMIT_MS, () => Promise.resolve(isSo()));
      } catch (error) {
        const { documents, secrets, exceptions } = cluster.policies.current().admission;
        const seen = { documents, secrets: secrets.map(({ name }) => name), exceptions, logged };
        throw new Error(`${claim}: ${JSON.stringify(seen)}`, { cause: error });
      }
    }

    function names(cluster: Cluster): readonly string[] {
      return cluster.policies
        .current()
        .admission.documents.map(({ kind, namespace = "-", name, spelling = "ours" }) =>
          [kind, namespace, name, spelling].join(" "),
        )
        .toSorted();
    }

    it("of all three spellings are in force as they come and go, the same on every replica", async () => {
      const [one, two] = [open(), open(admin)];
      await Promise.all([one, two].map((each) => each.whenReady(AbortSignal.timeout(LIMIT_MS))));
      await apply(policy("base", { scan: { required: true } }));
      await apply(policy("own", { scan: { required: true } }, "team"));
      await apply(policy("older", { trust: { enabled: true } }, "team", "portieris.cloud.ibm.com/v1"));
      const cise = "securityenforcement.admission.cloud.ibm.com/v1beta1";
      await apply(policy("oldest", { va: { enabled: true } }, undefined, cise));
      const want = [
        "ClusterImagePolicy - base ours",
        "ClusterImagePolicy - oldest cise",
        "ImagePolicy team older portieris",
        "ImagePolicy team own ours",
      ];
      for (const each of [one, two]) {
        await inForce(each, "all four are in force", () => names(each).join() === want.join());
      }
      const generation = one.policies.current().admission.generation;
      expect(two.policies.current().admission.generation).toBe(generation);
      await admin.remove({ resource: RESOURCES.portierisImagePolicies, namespace: "team", name: "older" });
      await admin.remove({ resource: RESOURCES.ciseClusterImagePolicies, name: "oldest" });
      await inForce(one, "two are left", () => names(one).length === 2);
      expect(one.policies.current().admission.generation).not.toBe(generation);
      const metric = await metrics.metrics();
      expect(metric).toContain('haechi_cluster_watch_stale_seconds{resource="imagepolicies.haechi.dev"} 0');
    });

    it("a status that somebody writes is no change of policies", async () => {
      const cluster = open();
      await cluster.whenReady(AbortSignal.timeout(LIMIT_MS));
      const before = cluster.policies.current();
      const place = { resource: RESOURCES.clusterImagePolicies, name: "base", subResource: "status" };
      const { metadata } = await admin.patch(place, "merge", { status: { observedGeneration: 1 } });
      await apply(policy("marker", {}));
      await inForce(cluster, "what came after the status is there", () => names(cluster).join().includes("marker"));
      await admin.remove({ resource: RESOURCES.clusterImagePolicies, name: "marker" });
      await inForce(cluster, "and gone", () => !names(cluster).join().includes("marker"));
      expect(cluster.policies.current().admission.generation).toBe(before.admission.generation);
      expect(metadata.resourceVersion).toBeDefined();
    });

    it("a Secret that a policy names is there with the policy, is followed, and is gone at once when it vanishes", async () => {
      const cluster = open();
      await cluster.whenReady(AbortSignal.timeout(LIMIT_MS));
      const secrets = (): string =>
        cluster.policies
          .current()
          .admission.secrets.map(({ namespace = "", name, data }) => `${namespace}/${name}=${data["publicKey"] ?? ""}`)
          .join();
      const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "signer", namespace: SYSTEM } };
      await apply({ ...secret, stringData: { publicKey: "first" } });
      await apply({ ...secret, metadata: { name: "signer", namespace: "team" }, stringData: { publicKey: "tenant" } });
      await apply({
        ...secret,
        metadata: { name: "other", namespace: SYSTEM },
        stringData: { publicKey: "not named" },
      });
      let wasWithout = false;
      cluster.policies.subscribe(() => {
        wasWithout ||= names(cluster).includes("ClusterImagePolicy - a-signed ours") && secrets() === "";
      });
      await apply(policy("a-signed", SIGNED));
      await inForce(cluster, "the key is there", () => secrets() === `${SYSTEM}/signer=first`);
      expect(wasWithout).toBe(false);
      await apply({ ...secret, stringData: { publicKey: "second" } });
      await inForce(cluster, "the key was replaced", () => secrets() === `${SYSTEM}/signer=second`);
      await admin.remove({ resource: RESOURCES.secrets, namespace: SYSTEM, name: "signer" });
      await inForce(cluster, "the key is gone", () => secrets() === "");
      expect(codes(cluster, "team-2")).toContain("SECRET_MISSING");
      await apply({ ...secret, stringData: { publicKey: "third" } });
      await inForce(cluster, "the key is back", () => secrets() === `${SYSTEM}/signer=third`);
      await admin.remove({ resource: RESOURCES.clusterImagePolicies, name: "a-signed" });
      await inForce(cluster, "nobody names it any more", () => secrets() === "");
      expect(logged.join()).not.toMatch(/first|second|third/);
    });

    it("with the rights to get Secrets alone, they are followed all the same", async () => {
      const reader = await openKubeClient({ connection: "kubeconfig", file: await writeReaderKubeconfig() });
      opened.push(reader);
      const cluster = open(reader);
      await cluster.whenReady(AbortSignal.timeout(LIMIT_MS));
      const keys = (): string =>
        cluster.policies
          .current()
          .admission.secrets.map(({ data }) => data["publicKey"])
          .join();
      await apply(policy("signed", SIGNED, "team"));
      await inForce(cluster, "the key is there", () => keys() === "tenant");
      await admin.remove({ resource: RESOURCES.secrets, namespace: "team", name: "signer" });
      await inForce(cluster, "the key is gone", () => keys() === "");
      await admin.remove({ resource: RESOURCES.imagePolicies, namespace: "team", name: "signed" });
    });

    it("one that cannot be read leaves its level undecided, or keeps its last readable form", async () => {
      // the API server cannot tell: it knows nothing of the language of conditions
      const by = [{ keyless: { issuer: "https://issuer.example", subject: "ci@example.com" } }];
      const attestations = [{ predicateType: "https://example.com/t", by, conditions: ["predicate ("] }];
      const cluster = open();
      await cluster.whenReady(AbortSignal.timeout(LIMIT_MS));
      const { generation } = cluster.policies.current().admission;
      await apply(policy("own", { attestations }, "team"));
      await waitUntil("it is complained about", LIMIT_MS, () => Promise.resolve(logged.join().includes("team/own")));
      expect(cluster.policies.current().admission.generation).toBe(generation);
      const fresh = open();
      await fresh.whenReady(AbortSignal.timeout(LIMIT_MS));
      expect(codes(fresh, "team")).toEqual(["POLICY_INVALID"]);
      await apply(policy("own", { scan: { required: true } }, "team"));
    });

    it("that were read stay in force while the API server is away, and what was never read decides nothing", async () => {
      const cluster = open();
      await cluster.whenReady(AbortSignal.timeout(LIMIT_MS));
      const before = cluster.policies.current();
      link.cut();
      await waitUntil("the loss is known", LIMIT_MS, () => Promise.resolve(cluster.health().state === "stale"));
      expect(cluster.health().troubled).toContain("clusterimagepolicies.haechi.dev");
      expect([cluster.policies.isReady, cluster.policies.current()]).toEqual([true, before]);
      expect(await metrics.metrics()).toMatch(
        /haechi_cluster_watch_restarts_total\{resource="namespaces",reason="unreachable"\} \d/,
      );
      const late = open();
      expect([late.policies.isReady, late.health().state, codes(late, "team")]).toEqual([
        false,
        "starting",
        ["POLICY_INVALID"],
      ]);
      link.mend();
      await waitUntil("all is well again", LIMIT_MS, () =>
        Promise.resolve(cluster.health().state === "synced" && late.policies.isReady),
      );
      expect(late.policies.current().admission.generation).toBe(before.admission.generation);
    });

    it("namespaces, platforms of nodes and pull secrets are known", async () => {
      const { view } = open();
      const status = { nodeInfo: { operatingSystem: "linux", architecture: "arm64" } };
      await admin.create({ resource: RESOURCES.nodes }, { metadata: { name: "node-1" } });
      await admin.patch({ resource: RESOURCES.nodes, name: "node-1", subResource: "status" }, "merge", { status });
      await waitUntil("the node is known", LIMIT_MS, () =>
        Promise.resolve(view.nodePlatforms.join() === "linux/arm64"),
      );
      await waitUntil("the namespace is known", LIMIT_MS, () => Promise.resolve(view.namespace("team") !== undefined));
      expect(view.namespace("team")?.labels).toMatchObject({ stage: "test" });
      expect(view.namespace("nowhere")).toBeUndefined();
      const config = '{"auths":{"registry.example":{"auth":"dTpw"}}}';
      await apply({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "pull", namespace: "team" },
        type: "kubernetes.io/dockerconfigjson",
        stringData: { ".dockerconfigjson": config },
      });
      const account = { resource: RESOURCES.serviceAccounts, namespace: "team", name: "default" };
      await waitUntil("the service account is there", LIMIT_MS, async () =>
        admin.get(account).then(
          () => true,
          () => false,
        ),
      );
      await admin.patch(account, "merge", { imagePullSecrets: [{ name: "pull" }] });
      const pod = { namespace: "team", names: [], serviceAccount: "" };
      expect(await view.pullSecrets(pod)).toEqual([config]);
      expect(await view.pullSecrets({ ...pod, names: ["absent"] })).toEqual([]);
      expect(await view.pullSecrets({ ...pod, namespace: "default", names: ["pull"] })).toEqual([]);
    });

    function codes(cluster: Cluster, namespace: string): readonly string[] {
      const { documents, ...set } = cluster.policies.current().admission;
      const asked = { reference: "registry.example/app:1", namespace, policies: documents, ...set };
      const verdict = evaluate({ ...asked, facts: { kind: "unknown" }, now: new Date() });
      expect(verdict.outcome).not.toBe("allow");
      return verdict.reasons.map(({ code }) => code);
    }

    async function writeReaderKubeconfig(): Promise<string> {
      const name = "secret-reader";
      const rules = [
        {
          apiGroups: ["*"],
          resources: ["imagepolicies", "clusterimagepolicies", "policyexceptions"],
          verbs: ["list", "watch"],
        },
        { apiGroups: [""], resources: ["namespaces", "nodes"], verbs: ["list", "watch"] },
        { apiGroups: [""], resources: ["secrets"], verbs: ["get"] },
      ];
      const rbac = "/apis/rbac.authorization.k8s.io/v1";
      await plane.admin.call("POST", `${rbac}/clusterroles`, { metadata: { name }, rules });
      await plane.admin.call("POST", `${rbac}/clusterrolebindings`, {
        metadata: { name },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name }],
      });
      const pair = plane.authority.issue({ file: name, commonName: name });
      const path = join(plane.folder, `${name}.kubeconfig`);
      const configuration = {
        "current-context": "test",
        clusters: [
          { name: "test", cluster: { server: plane.url, "certificate-authority": plane.authority.certificate } },
        ],
        users: [{ name, user: { "client-certificate": pair.certificate, "client-key": pair.key } }],
        contexts: [{ name: "test", context: { cluster: "test", user: name } }],
      };
      writeFileSync(path, JSON.stringify(configuration), { mode: 0o600 });
      return path;
    }
  });
});
