// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import type { Digest } from "#base";
import { askGate, reviewOf } from "../support/cluster/ask-gate.ts";
import { applyPolicy, create, createNamespace, LIMIT_MS } from "../support/cluster/cluster-actions.ts";
import { describeCluster } from "../support/cluster/describe-cluster.ts";
import { goodImage, pushImage, vulnerableImage } from "../support/cluster/fixture-images.ts";
import { clusterPolicy, imagePolicy, pod, SCANNED } from "../support/cluster/objects.ts";
import { type PodLoad, startPodLoad } from "../support/cluster/pod-load.ts";
import { readServedCertificate } from "../support/cluster/served-certificate.ts";
import type { GateReplica } from "../support/cluster/start-test-cluster.ts";
import { readCaBundles, toCertificates } from "../support/cluster/webhook-bundles.ts";
import type { ApiAnswer } from "../support/control-plane/kubernetes-api.ts";
import { createTestAuthority, type KeyPair } from "../support/control-plane/test-certificates.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";

/** The certificate that all gates serve with: files that somebody else writes, as cert-manager does. */
const folder = createReachableFolder("haechi-serving-");
const FILES = { certificate: join(folder, "tls.crt"), key: join(folder, "tls.key"), authority: join(folder, "ca.crt") };

function issueServing(name: string): { readonly authority: string; readonly pair: KeyPair } {
  const place = join(folder, name);
  mkdirSync(place);
  const authority = createTestAuthority(place);
  return {
    authority: authority.certificate,
    pair: authority.issue({ file: "serving", commonName: "haechi", names: ["IP:127.0.0.1"] }),
  };
}

/** Files appear whole, as with Secrets that are mounted. */
function replaceFile(path: string, content: Buffer): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

const first = issueServing("first");
copyFileSync(first.pair.certificate, FILES.certificate);
copyFileSync(first.pair.key, FILES.key);
copyFileSync(first.authority, FILES.authority);

const SETTINGS = {
  "admission-certificate": FILES.certificate,
  "admission-certificate-key": FILES.key,
  "admission-certificate-authority": FILES.authority,
  "shutdown-delay": "1s",
};
/** Enough that every client asked both images over many connections. */
const SOME_REQUESTS = 150;

describeCluster("a gate that loses parts", { gates: 2, settings: SETTINGS }, (place) => {
  let good: string;
  let bad: string;
  let goodDigest: Digest;

  beforeAll(async () => {
    const cluster = place.current;
    good = `${cluster.server.registry}/team/good:1.0`;
    bad = `${cluster.server.registry}/team/bad:1.0`;
    goodDigest = await pushImage(goodImage("good"), good, cluster.credentials);
    await pushImage(vulnerableImage("bad"), bad, cluster.credentials);
    await applyPolicy(cluster, clusterPolicy("base", [{ name: "*", policy: SCANNED }]));
    await waitUntil("both images are judged", LIMIT_MS, async () => {
      return (await tryPod("default", good)).status === 201 && (await tryPod("default", bad)).status === 403;
    });
  });

  async function tryPod(namespace: string, image: string) {
    return await create(place.current, pod({ name: "try", namespace }, [image]), "?dryRun=All");
  }

  function load(): PodLoad {
    return startPodLoad(place.current, { namespace: "default", allowed: good, refused: bad });
  }

  async function goOn(running: PodLoad): Promise<void> {
    const goal = running.count + SOME_REQUESTS;
    await waitUntil(`${SOME_REQUESTS} more answers`, LIMIT_MS, () => Promise.resolve(running.count >= goal));
  }

  it("two replicas under load, one gets SIGTERM: no review fails and no decision is wrong", async () => {
    const cluster = place.current;
    const running = load();
    await goOn(running);
    const [leaving] = cluster.gates;
    const stopped = leaving?.stop();
    await goOn(running);
    expect(await stopped).toBe(0);
    await goOn(running);
    const outcome = await running.stop();
    expect(outcome).toMatchObject({ failed: [], wrong: [] });
    expect(outcome.right).toBeGreaterThanOrEqual(3 * SOME_REQUESTS);
    cluster.forget(leaving?.name ?? "");
    await cluster.addGate();
  });

  it("two replicas under load, one gets SIGKILL: only reviews in flight on it fail, and no decision is wrong", async () => {
    const cluster = place.current;
    const running = load();
    await goOn(running);
    const [dying] = cluster.gates;
    const before = cluster.balancer.cut.length;
    await dying?.kill();
    await goOn(running);
    const outcome = await running.stop();
    const cut = cluster.balancer.cut.slice(before);
    expect(outcome.wrong).toEqual([]);
    expect(cut.every(({ backend }) => backend === dying?.name)).toBe(true);
    expect(outcome.failed.length).toBeLessThanOrEqual(cut.filter(({ wasWaiting }) => wasWaiting).length);
    cluster.forget(dying?.name ?? "");
    await cluster.addGate();
  });

  it("the serving certificate and its authority are replaced under load: no review fails", async () => {
    const cluster = place.current;
    const running = load();
    await goOn(running);
    const second = issueServing("second");
    replaceFile(FILES.authority, Buffer.concat([readFileSync(first.authority), readFileSync(second.authority)]));
    const both = [fingerprintOf(first.authority), fingerprintOf(second.authority)];
    await waitUntil("the webhooks trust both authorities", LIMIT_MS, async () => {
      const bundles = await readCaBundles(cluster.plane);
      const trusted = bundles.map((bundle) => bundle.map(({ fingerprint256 }) => fingerprint256));
      return trusted.length > 0 && trusted.every((each) => both.every((one) => each.includes(one)));
    });
    await goOn(running);
    replaceFile(FILES.key, readFileSync(second.pair.key));
    replaceFile(FILES.certificate, readFileSync(second.pair.certificate));
    const expected = fingerprintOf(second.pair.certificate);
    await waitUntil("every gate serves the new certificate", LIMIT_MS, async () => {
      const served = await Promise.all(cluster.gates.map(({ admissionUrl }) => readServedCertificate(admissionUrl)));
      return served.every(({ fingerprint256 }) => fingerprint256 === expected);
    });
    await goOn(running);
    expect(await running.stop()).toMatchObject({ failed: [], wrong: [] });
  });

  it("without the API server a gate judges by the policies that it knows, and follows them again when it is back", async () => {
    const cluster = place.current;
    await cluster.plane.stopApiServer();
    try {
      for (const { admissionUrl, consoleUrl } of cluster.gates) {
        const allowed = await askGate(cluster, admissionUrl, reviewOf(pod({ name: "a" }, [good])));
        expect(allowed).toMatchObject({ allowed: true });
        const refused = await askGate(cluster, admissionUrl, reviewOf(pod({ name: "a" }, [bad])));
        expect(refused.status?.message).toContain("lodash");
        expect((await fetch(`${consoleUrl}/readyz`)).status).toBe(200);
      }
    } finally {
      await cluster.plane.restartApiServer();
    }
    const namespace = await createNamespace(cluster, "after-restart");
    await applyPolicy(cluster, imagePolicy({ name: "new", namespace }, [{ name: "*" }]));
    expect((await tryPod(namespace, bad)).status).toBe(201);
    expect((await tryPod("default", bad)).status).toBe(403);
  });

  it("a gate that starts without the API server serves, is not ready, and decides nothing until it has the policies", async () => {
    const cluster = place.current;
    await cluster.plane.stopApiServer();
    try {
      // serving, and with nobody who could tell it the policies
      const gate = await cluster.addGate({ apart: true, isUnready: true });
      try {
        const ready = await fetch(`${gate.consoleUrl}/readyz`);
        expect({ status: ready.status, text: await ready.text() }).toMatchObject({
          status: 503,
          text: expect.stringContaining("policies") as unknown,
        });
        const early = await askGate(cluster, gate.admissionUrl, reviewOf(pod({ name: "a" }, [good])));
        expect(early).toMatchObject({ allowed: false, status: { code: 503 } });
        await cluster.plane.restartApiServer();
        await waitUntil("it is ready", LIMIT_MS, async () => (await fetch(`${gate.consoleUrl}/readyz`)).ok);
        const refused = await askGate(cluster, gate.admissionUrl, reviewOf(pod({ name: "a" }, [bad])));
        expect(refused.status?.message).toContain("lodash");
      } finally {
        await gate.stop();
      }
    } finally {
      await cluster.plane.restartApiServer();
    }
  });

  it("a registry that is down is undecided, by setting: deny, allow, allowIfKnown; never a denial by policy", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "registry-down");
    const elsewhere = await createNamespace(cluster, "registry-down-too");
    const registry: DockerRegistry = await startDockerRegistry();
    const known = `${registry.host}/team/known:1.0`;
    const unknown = `${registry.host}/team/unknown:1.0`;
    const digest = await pushImage(goodImage("known"), known);
    await pushImage(goodImage("unknown"), unknown);
    await waitUntil("the known image is admitted", LIMIT_MS, async () => {
      return (await create(cluster, pod({ name: "known", namespace }, [known]))).status === 201;
    });
    await registry[Symbol.asyncDispose]();

    /** In the place of all gates: those that run know for a while which digest a tag has. */
    async function replaceGates(settings: Readonly<Record<string, string>>): Promise<GateReplica> {
      const former = [...cluster.gates];
      const gate = await cluster.addGate({ settings });
      for (const each of former) {
        await each.stop();
        cluster.forget(each.name);
      }
      return gate;
    }

    async function askAll(failure: string): Promise<Readonly<Record<"known" | "unknown" | "elsewhere", ApiAnswer>>> {
      const gate = await replaceGates({ "admission-failure": failure });
      const name = `again-${failure.toLowerCase()}`;
      const answers = {
        known: await create(cluster, pod({ name, namespace }, [known])),
        unknown: await create(cluster, pod({ name: `${name}-unknown`, namespace }, [unknown])),
        elsewhere: await create(cluster, pod({ name, namespace: elsewhere }, [known])),
      };
      const metrics = await (await fetch(`${gate.consoleUrl}/metrics`)).text();
      expect(metrics).toMatch(/^haechi_admission_undecided\S* [1-9]/m);
      expect(metrics).not.toMatch(/^haechi_admission_images_total\{outcome="deny"\} [1-9]/m);
      return answers;
    }

    const denying = await askAll("deny");
    for (const { status, body } of Object.values(denying)) {
      expect(status).toBe(503);
      expect(body.message).toContain("denied the request");
      expect(body.message).toContain(registry.host);
      expect(body.message).not.toMatch(/lodash|vulnerab/i);
    }
    const allowing = await askAll("allow");
    for (const { status, warnings } of Object.values(allowing)) {
      expect(status).toBe(201);
      expect(warnings.join()).toContain(registry.host);
    }
    const knowing = await askAll("allowIfKnown");
    expect(knowing.known.status).toBe(201);
    expect(knowing.known.body.spec.containers[0].image).toBe(`${registry.host}/team/known@${digest}`);
    expect([knowing.unknown.status, knowing.elsewhere.status]).toEqual([503, 503]);
    await replaceGates({});
  });

  it("our own registry does not need to answer for images whose facts are stored", async () => {
    const gate = await place.current.addGate({ apart: true, settings: { "registry-reachable-at": "127.0.0.1:9" } });
    try {
      const answer = await askGate(place.current, gate.admissionUrl, reviewOf(pod({ name: "a" }, [good])));
      expect(answer.allowed).toBe(true);
      expect(Buffer.from(answer.patch ?? "", "base64").toString()).toContain(goodDigest);
    } finally {
      await gate.stop();
    }
  });
});

function fingerprintOf(file: string): string {
  return toCertificates(readFileSync(file, "utf8"))[0]?.fingerprint256 ?? "";
}
