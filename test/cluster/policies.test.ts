// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Digest } from "#base";
import { askGate, reviewOf } from "../support/cluster/ask-gate.ts";
import {
  applyPolicy,
  create,
  createNamespace,
  itemsOf,
  LIMIT_MS,
  objectPath,
  remove,
} from "../support/cluster/cluster-actions.ts";
import { describeCluster } from "../support/cluster/describe-cluster.ts";
import { goodImage, pushImage, vulnerableImage } from "../support/cluster/fixture-images.ts";
import { grantRole, requestException } from "../support/cluster/grant-role.ts";
import { clusterPolicy, imagePolicy, pod, SCANNED, workload } from "../support/cluster/objects.ts";
import { type ScriptedRegistry, startScriptedRegistry } from "../support/cluster/scripted-registry.ts";
import type { ApiAnswer } from "../support/control-plane/kubernetes-api.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";

const BASE = clusterPolicy("base", [{ name: "*", policy: SCANNED }]);
/** As many as one object may have. */
const MAX_ENTRIES = 10_000;

describeCluster("policies of the cluster", { gates: 1 }, (place) => {
  let registry: string;
  let good: string;
  let bad: string;
  let goodDigest: Digest;

  beforeAll(async () => {
    const cluster = place.current;
    registry = cluster.server.registry;
    good = `${registry}/team/good:1.0`;
    bad = `${registry}/team/bad:1.0`;
    goodDigest = await pushImage(goodImage("good"), good, cluster.credentials);
    await pushImage(vulnerableImage("bad"), bad, cluster.credentials);
    await applyPolicy(cluster, BASE);
    await waitUntil("both images are judged", LIMIT_MS, async () => {
      return (await tryPod("default", good)).status === 201 && (await tryPod("default", bad)).status === 403;
    });
  });

  async function tryPod(namespace: string, image: string, spec: object = {}) {
    return await create(place.current, pod({ name: "try", namespace }, [image], spec), "?dryRun=All");
  }

  describe("which one counts", () => {
    it("a policy of the namespace replaces those of the cluster", async () => {
      const cluster = place.current;
      const namespace = await createNamespace(cluster, "own-policy");
      expect((await tryPod(namespace, bad)).status).toBe(403);
      const policy = imagePolicy({ name: "own", namespace }, [{ name: `${registry}/team/bad*` }]);
      await applyPolicy(cluster, policy);
      expect((await tryPod(namespace, bad)).status).toBe(201);
      const refused = await tryPod(namespace, good);
      expect(refused.status).toBe(403);
      expect(refused.body.message).toContain(namespace);
      expect((await tryPod("default", good)).status).toBe(201);

      await remove(cluster, policy);
      await waitUntil("the cluster's policy counts again", LIMIT_MS, async () => {
        return (await tryPod(namespace, good)).status === 201 && (await tryPod(namespace, bad)).status === 403;
      });
    });

    it("a mandatory policy of the cluster counts beside the namespace's own", async () => {
      const cluster = place.current;
      const namespace = await createNamespace(cluster, "under-mandatory");
      await applyPolicy(cluster, imagePolicy({ name: "lax", namespace }, [{ name: "*" }]));
      expect((await tryPod(namespace, bad)).status).toBe(201);
      const mandatory = clusterPolicy("floor", [{ name: `${registry}/*`, policy: SCANNED }], { mandatory: true });
      expect((await create(cluster, mandatory)).status).toBe(201);
      await waitUntil(
        "the mandatory policy counts",
        LIMIT_MS,
        async () => (await tryPod(namespace, bad)).status === 403,
      );
      await remove(cluster, mandatory);
      await waitUntil("it is gone", LIMIT_MS, async () => (await tryPod(namespace, bad)).status === 201);
    });

    it("an empty list of repositories blocks everything", async () => {
      const namespace = await createNamespace(place.current, "empty-list");
      const empty = imagePolicy({ name: "empty", namespace }, []);
      expect((await create(place.current, empty)).status).toBe(201);
      await waitUntil("nothing passes", LIMIT_MS, async () => (await tryPod(namespace, good)).status === 403);
    });

    it("without any policy nothing passes", async () => {
      const cluster = place.current;
      const namespace = await createNamespace(cluster, "no-policy");
      await remove(cluster, BASE);
      let message = "";
      try {
        await waitUntil("nothing passes", LIMIT_MS, async () => {
          const answer = await tryPod(namespace, good);
          message = answer.body.message;
          return answer.status === 403;
        });
      } finally {
        await applyPolicy(cluster, BASE);
      }
      expect(message).toMatch(/no .*polic/i);
      expect((await tryPod(namespace, good)).status).toBe(201);
    });
  });

  it("warn mode lets the Pod exist and says what is wrong; audit mode says nothing", async () => {
    const cluster = place.current;
    // one namespace for each: a policy that only warns lets every image pass, so that nobody could tell when the next one counts
    const [warning, audited] = [await createNamespace(cluster, "warns"), await createNamespace(cluster, "audits")];
    for (const [namespace, mode] of [
      [warning, "warn"],
      [audited, "audit"],
    ] as const) {
      const named = { name: "mode", namespace };
      await applyPolicy(cluster, imagePolicy(named, [{ name: "*", policy: { ...SCANNED, mode } }]));
    }
    const warned = await tryPod(warning, bad);
    expect(warned.status).toBe(201);
    expect(warned.warnings.join()).toContain("lodash");
    expect(await tryPod(audited, bad)).toMatchObject({ status: 201, warnings: [] });
  });

  it("a dry run is judged and leaves no trace", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "dry");
    const refused = await cluster.kubectl(
      ["create", "--dry-run=server", "-f", "-"],
      pod({ name: "a", namespace }, [bad]),
    );
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("lodash");
    expect((await tryPod(namespace, good)).status).toBe(201);
    // what is recorded is written in the order in which it was decided
    await create(cluster, pod({ name: "real", namespace }, [good]));
    let decisions: readonly DecisionBody[] = [];
    await waitUntil("the real Pod's decision is there", LIMIT_MS, async () => {
      decisions = await decisionsOf(`namespace=${namespace}`);
      return decisions.length > 0;
    });
    expect(decisions.map(({ outcome, reference }) => [outcome, reference])).toEqual([["allow", good]]);
  });

  it("decisions are recorded with who, what and why, and can be searched", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "recorded");
    await create(cluster, pod({ name: "fine", namespace }, [good]));
    await create(cluster, pod({ name: "refused", namespace }, [bad]));
    await waitUntil(
      "both are recorded",
      LIMIT_MS,
      async () => (await decisionsOf(`namespace=${namespace}`)).length === 2,
    );
    const [denied, ...others] = await decisionsOf(`namespace=${namespace}&outcome=deny`);
    expect(others).toEqual([]);
    expect(denied).toMatchObject({ gate: "admission", actor: "admin", reference: bad, namespace, outcome: "deny" });
    expect(denied?.policyGeneration).toMatch(/^[0-9a-f]{16}$/);
    expect(denied?.reasons.map(({ code }) => code)).toContain("VULNERABILITY");
    expect(denied?.durationMs).toBeGreaterThan(0);
    const byDigest = await decisionsOf(`namespace=${namespace}&digest=${encodeURIComponent(goodDigest)}`);
    expect(byDigest.map(({ outcome, digest }) => [outcome, digest])).toEqual([["allow", goodDigest]]);
  });

  it("an unchecked name contacts nothing and changes nothing", async () => {
    const cluster = place.current;
    await using registry = await startScriptedRegistry();
    registry.tags.set("team/app:1", goodImage("unchecked"));
    const image = `${registry.host}/team/app:1`;
    const namespace = await createNamespace(cluster, "unchecked");
    await applyPolicy(cluster, imagePolicy({ name: "open", namespace }, [{ name: `${registry.host}/*` }]));
    const made = await create(cluster, pod({ name: "app", namespace }, [image]));
    expect(made.status).toBe(201);
    expect(made.body.spec.containers[0].image).toBe(image);
    expect(registry.requests).toEqual([]);
    // with a check the same registry is asked at once
    const checked = await createNamespace(cluster, "not-unchecked");
    await waitUntil("it is judged", LIMIT_MS, async () => (await tryPod(checked, image)).status === 201);
    expect(registry.requests.join()).toContain("/v2/team/app/manifests/1");
  });

  it("a policy in the spelling of Portieris counts beside ours, and denies with its words", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "portieris");
    const policy = {
      apiVersion: "portieris.cloud.ibm.com/v1",
      kind: "ImagePolicy",
      metadata: { name: "old", namespace },
      spec: { repositories: [{ name: `${registry}/team/good*`, policy: {} }] },
    };
    const path = `/apis/portieris.cloud.ibm.com/v1/namespaces/${namespace}/imagepolicies`;
    expect(await cluster.plane.admin.call("POST", path, policy)).toMatchObject({ status: 201 });
    let message = "";
    await waitUntil("it is in force", LIMIT_MS, async () => {
      message = (await tryPod(namespace, bad)).body.message;
      return message.includes("Deny");
    });
    expect(message).toContain(`Deny "${bad}", no matching repositories in the ImagePolicies`);
    expect((await tryPod(namespace, good)).status).toBe(201);
  });

  describe("credentials of another registry", () => {
    const secret = "pull-secret-of-the-team";
    let foreign: ScriptedRegistry;

    beforeAll(async () => {
      foreign = await startScriptedRegistry();
      foreign.tags.set("team/private:1", goodImage("private"));
      const expected = `Basic ${Buffer.from(`robot:${secret}`).toString("base64")}`;
      foreign.script = (_path, response, request) => {
        if (request.headers.authorization === expected) {
          return false;
        }
        response.writeHead(401, { "www-authenticate": 'Basic realm="private"' }).end("{}");
        return true;
      };
    });

    afterAll(async () => {
      await foreign?.[Symbol.asyncDispose]();
    });

    async function createPullSecret(namespace: string): Promise<void> {
      const auths = { [foreign.host]: { username: "robot", password: secret } };
      const made = await create(place.current, {
        apiVersion: "v1",
        kind: "Secret",
        type: "kubernetes.io/dockerconfigjson",
        metadata: { name: "pull", namespace },
        stringData: { ".dockerconfigjson": JSON.stringify({ auths }) },
      });
      expect(made).toMatchObject({ status: 201 });
    }

    it("without any the image is not let in", async () => {
      const namespace = await createNamespace(place.current, "no-pull-secret");
      expect((await tryPod(namespace, `${foreign.host}/team/private:1`)).status).toBe(503);
    });

    it("those of the Pod are used, those of its service account, too, and never another namespace's", async () => {
      const cluster = place.current;
      const image = `${foreign.host}/team/private:1`;
      const named = await createNamespace(cluster, "pull-secret");
      await createPullSecret(named);
      const imagePullSecrets = [{ name: "pull" }];
      await waitUntil("the Pod's secret opens the image", LIMIT_MS, async () => {
        return (await tryPod(named, image, { imagePullSecrets })).status === 201;
      });
      const other = await createNamespace(cluster, "without-pull-secret");
      expect((await tryPod(other, image, { imagePullSecrets })).status).toBe(503);

      const byAccount = await createNamespace(cluster, "account-pull-secret");
      await createPullSecret(byAccount);
      const account = `/api/v1/namespaces/${byAccount}/serviceaccounts/default`;
      expect(await cluster.plane.admin.call("PATCH", account, { imagePullSecrets })).toMatchObject({ status: 200 });
      await waitUntil("the account's secret opens the image", LIMIT_MS, async () => {
        return (await tryPod(byAccount, image)).status === 201;
      });
    });

    it("they are in no log", () => {
      const { server, gates } = place.current;
      const logs = [server, ...gates].map((each) => each.stdout() + each.stderr()).join("");
      expect(logs).not.toContain(secret);
      expect(logs).not.toContain(Buffer.from(`robot:${secret}`).toString("base64"));
    });
  });

  describe("exceptions", () => {
    const IN_AN_HOUR = new Date(Date.now() + 3_600_000);

    /** What the developer asks for. */
    function exception(namespace: string, changes: object = {}): object {
      return {
        apiVersion: "haechi.dev/v1",
        kind: "PolicyException",
        metadata: { name: "lodash", namespace },
        spec: {
          subject: { repositories: [`${registry}/team/bad`] },
          findings: { packages: ["lodash"] },
          reason: "the vulnerable function is not called",
          requester: "developer",
          until: IN_AN_HOUR.toISOString(),
          ...changes,
        },
      };
    }

    async function change(object: object, spec: object, user = place.current.plane.admin): Promise<ApiAnswer> {
      return await user.call("PATCH", objectPath(object), { spec });
    }

    it("an exception exempts what it names once it is approved, until it ends, and its use is recorded", async () => {
      const cluster = place.current;
      const namespace = await createNamespace(cluster, "excepted");
      const elsewhere = await createNamespace(cluster, "not-excepted");
      const asked = exception(namespace);
      await requestException(cluster, asked, "developer");
      expect((await tryPod(namespace, bad)).status).toBe(403);
      expect(await change(asked, { approver: "admin" })).toMatchObject({ status: 200 });
      await waitUntil("the image passes", LIMIT_MS, async () => (await tryPod(namespace, bad)).status === 201);
      expect((await tryPod(elsewhere, bad)).status).toBe(403);
      await create(cluster, pod({ name: "used", namespace }, [bad]));
      await waitUntil("its use is recorded", LIMIT_MS, async () => {
        const [decision] = await decisionsOf(`namespace=${namespace}&outcome=allow`);
        return JSON.stringify(decision?.exceptions ?? []).includes("lodash");
      });

      const ending = { until: new Date(Date.now() + 2_000).toISOString() };
      expect(await change(asked, ending)).toMatchObject({ status: 200 });
      await waitUntil(
        "the image is refused again",
        LIMIT_MS,
        async () => (await tryPod(namespace, bad)).status === 403,
      );
    });

    it("nobody grants an exception in another's name, nor to themselves in another's", async () => {
      const cluster = place.current;
      const namespace = await createNamespace(cluster, "ungranted");
      for (const { message, ...spec } of [
        { requester: "admin", approver: "somebody-else", message: "spec.approver is somebody-else" },
        { requester: "admin", approver: "admin", message: "somebody else than the requester" },
        { requester: "developer", approver: "admin", message: "spec.requester is developer" },
      ]) {
        const made = await create(cluster, exception(namespace, spec));
        expect(made.status).toBeGreaterThanOrEqual(400);
        expect(made.body.message).toContain(message);
      }
      // nor by making what another asked for into something else
      const asked = exception(namespace, { findings: { packages: ["left-pad"] } });
      await requestException(cluster, asked, "developer");
      const wider = await change(asked, { approver: "admin", findings: { packages: ["lodash"] } });
      expect(wider.status).toBe(403);
      expect(wider.body.message).toContain("spec.requester is developer");
      expect((await tryPod(namespace, bad)).status).toBe(403);
    });

    it("a user who may write exceptions but not approve them cannot approve one", async () => {
      const cluster = place.current;
      const namespace = await createNamespace(cluster, "half-granted");
      const asked = exception(namespace);
      await requestException(cluster, asked, "developer");
      const resources = [{ apiGroups: ["haechi.dev"], resources: ["policyexceptions"] }];
      await grantRole(cluster, { namespace, user: "tenant" }, [{ ...resources[0], verbs: ["get", "patch"] }]);
      const tenant = cluster.plane.as("tenant");
      const needed = "tenant may not approve exceptions";
      await waitUntil("the API server knows the right to write, and the gate refuses", LIMIT_MS, async () => {
        const { status, body } = await change(asked, { approver: "tenant" }, tenant);
        expect(status).toBe(403);
        return String(body.message).includes(needed);
      });
      await grantRole(cluster, { namespace, user: "tenant", name: "approver" }, [
        { ...resources[0], verbs: ["approve"] },
      ]);
      await waitUntil("the right counts", LIMIT_MS, async () => {
        return (await change(asked, { approver: "tenant" }, tenant)).status === 200;
      });
      await waitUntil("the image passes", LIMIT_MS, async () => (await tryPod(namespace, bad)).status === 201);
    });
  });

  describe("clauses about the workload", () => {
    async function withClauses(name: string, clauses: object): Promise<string> {
      const cluster = place.current;
      const namespace = await createNamespace(cluster, name);
      const policy = imagePolicy({ name: "workload", namespace }, [{ name: "*" }]) as { readonly spec: object };
      await applyPolicy(cluster, { ...policy, spec: { ...policy.spec, workload: clauses } });
      return namespace;
    }

    it.each([
      { name: "privileged", clauses: { privileged: "deny" }, spec: { securityContext: { privileged: true } } },
      {
        name: "baseline",
        clauses: { podSecurity: "baseline" },
        spec: { securityContext: { capabilities: { add: ["SYS_ADMIN"] } } },
      },
      { name: "requests", clauses: { requireRequests: ["cpu"], requireLimits: ["memory"] }, spec: {} },
    ])("refuses a Pod against $name and lets a fitting one pass", async ({ name, clauses, spec }) => {
      const namespace = await withClauses(`clause-${name}`, clauses);
      const container = { name: "c", image: good };
      const refused = await create(
        place.current,
        pod({ name: "a", namespace }, [], { containers: [{ ...container, ...spec }] }),
        "?dryRun=All",
      );
      expect(refused).toMatchObject({ status: 403 });
      const resources = { requests: { cpu: "1m", memory: "1Mi" }, limits: { cpu: "1m", memory: "1Mi" } };
      const fitting = await create(
        place.current,
        pod({ name: "a", namespace }, [], { containers: [{ ...container, resources }] }),
        "?dryRun=All",
      );
      expect(fitting).toMatchObject({ status: 201 });
    });

    it("assigns another service account to who has none of their own, and the Pod runs as that", async () => {
      const cluster = place.current;
      const namespace = await withClauses("clause-account", { serviceAccount: { assign: "restricted" } });
      async function accountOf(name: string, spec: object): Promise<object> {
        const { status, body } = await create(cluster, pod({ name, namespace }, [good], spec));
        const { serviceAccountName, serviceAccount } = body.spec ?? {};
        return { status, serviceAccountName, serviceAccount };
      }
      const absent = await create(cluster, pod({ name: "early", namespace }, [good]));
      expect(absent.status).toBe(403);
      expect(absent.body.message).toContain("restricted");
      for (const name of ["restricted", "deployer"]) {
        const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } };
        expect((await create(cluster, account)).status).toBe(201);
      }
      const restricted = { status: 201, serviceAccountName: "restricted", serviceAccount: "restricted" };
      expect(await accountOf("none", {})).toEqual(restricted);
      expect(await accountOf("default", { serviceAccountName: "default" })).toEqual(restricted);
      expect(await accountOf("older-field", { serviceAccount: "default" })).toEqual(restricted);
      const deployer = { status: 201, serviceAccountName: "deployer", serviceAccount: "deployer" };
      expect(await accountOf("own", { serviceAccountName: "deployer" })).toEqual(deployer);
      // and so do the Pods of a controller
      expect((await create(cluster, workload("Deployment", { name: "web", namespace }, [good]))).status).toBe(201);
      await waitUntil("the Deployment has its Pod", LIMIT_MS, async () => {
        const pods = await itemsOf(cluster, "Pod", { namespace, app: "web" });
        return pods.length === 1 && pods.every(({ spec }) => spec.serviceAccountName === "restricted");
      });
    });

    it("warns about a Deployment whose Pods break a clause", async () => {
      const namespace = await withClauses("clause-deployment", { requireLabels: [{ name: "team" }] });
      const answer = await create(place.current, workload("Deployment", { name: "web", namespace }, [good]));
      expect(answer.status).toBe(201);
      expect(answer.warnings.join()).toContain("team");
    });

    it("a debug container breaks them as any other container", async () => {
      const namespace = await withClauses("clause-debug", { privileged: "deny" });
      const object = pod({ name: "app", namespace }, [good]);
      await create(place.current, object);
      const ephemeralContainers = [{ name: "d", image: good, securityContext: { privileged: true } }];
      const answer = await place.current.plane.admin.call("PATCH", `${objectPath(object)}/ephemeralcontainers`, {
        spec: { ephemeralContainers },
      });
      expect(answer.status).toBe(403);
    });
  });

  it("ten thousand entries and patterns made of stars are a policy like any other", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "large");
    const entries = Array.from({ length: MAX_ENTRIES - 3 }, (_, index) => ({
      name: `registry.example/team-${index}/*`,
    }));
    const bomb = { name: `registry.example/${"a*".repeat(60)}b` };
    await applyPolicy(
      cluster,
      imagePolicy({ name: "large", namespace }, [...entries, bomb, { name: `${registry}/team/good*` }]),
    );
    expect((await tryPod(namespace, good)).status).toBe(201);
    expect((await tryPod(namespace, "registry.example/team-9990/x:1")).status).toBe(201);
    const long = `registry.example/${"a".repeat(200)}`;
    const answer = await askGate(
      cluster,
      cluster.gates[0]?.admissionUrl ?? "",
      reviewOf(pod({ name: "x", namespace }, [long])),
    );
    expect(answer.allowed).toBe(false);
  });

  interface DecisionBody {
    readonly gate: string;
    readonly actor: string;
    readonly reference: string;
    readonly digest?: string;
    readonly outcome: string;
    readonly reasons: readonly { readonly code: string }[];
    readonly policyGeneration?: string;
    readonly durationMs: number;
    readonly exceptions?: unknown;
  }

  async function decisionsOf(query: string): Promise<readonly DecisionBody[]> {
    const { api } = place.current;
    return (await api.get<{ readonly decisions: readonly DecisionBody[] }>(`/api/v1/decisions?${query}`)).decisions;
  }
});
