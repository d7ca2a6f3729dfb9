// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { beforeAll, expect, it } from "vitest";
import type { Digest } from "#base";
import { askGate, type GateAnswer, reviewOf } from "../support/cluster/ask-gate.ts";
import { applyPolicy, create, createNamespace, LIMIT_MS } from "../support/cluster/cluster-actions.ts";
import { describeCluster } from "../support/cluster/describe-cluster.ts";
import { goodImage, pushImage, vulnerableImage } from "../support/cluster/fixture-images.ts";
import { clusterPolicy, imagePolicy, pod, SCANNED } from "../support/cluster/objects.ts";
import { type PodLoad, startPodLoad } from "../support/cluster/pod-load.ts";
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
      const bundles = await caBundles();
      return (
        bundles.length > 0 && bundles.every((bundle) => both.every((each) => fingerprintsOf(bundle).includes(each)))
      );
    });
    await goOn(running);
    replaceFile(FILES.key, readFileSync(second.pair.key));
    replaceFile(FILES.certificate, readFileSync(second.pair.certificate));
    const expected = fingerprintOf(second.pair.certificate);
    await waitUntil("every gate serves the new certificate", LIMIT_MS, async () => {
      const served = await Promise.all(
        cluster.gates.map(async ({ admissionUrl }) => await servedFingerprint(admissionUrl)),
      );
      return served.every((each) => each === expected);
    });
    await goOn(running);
    expect(await running.stop()).toMatchObject({ failed: [], wrong: [] });
  });

  async function caBundles(): Promise<readonly string[]> {
    const path = "/apis/admissionregistration.k8s.io/v1";
    const answers = await Promise.all(
      ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"].map(
        async (kind) => await place.current.plane.admin.call("GET", `${path}/${kind}/haechi`),
      ),
    );
    return answers.flatMap(({ body }) =>
      body.webhooks.map((each: { readonly clientConfig: { readonly caBundle: string } }) =>
        Buffer.from(each.clientConfig.caBundle, "base64").toString(),
      ),
    );
  }

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

  it("a gate that starts without the API server is not ready until it has the policies", async () => {
    const cluster = place.current;
    await cluster.plane.stopApiServer();
    let hasStarted = false;
    try {
      const starting = cluster.addGate({ apart: true }).then((gate) => {
        hasStarted = true;
        return gate;
      });
      starting.catch(() => undefined);
      await askGate(cluster, cluster.gates[0]?.admissionUrl ?? "", reviewOf(pod({ name: "a" }, [good])));
      expect(hasStarted).toBe(false);
      await cluster.plane.restartApiServer();
      const gate = await starting;
      const refused = await askGate(cluster, gate.admissionUrl, reviewOf(pod({ name: "a" }, [bad])));
      expect(refused.status?.message).toContain("lodash");
      await gate.stop();
    } finally {
      await cluster.plane.restartApiServer();
    }
  });

  it("a registry that is down is undecided, by setting: deny, allow, allowIfKnown; never a denial by policy", async () => {
    const cluster = place.current;
    const namespace = await createNamespace(cluster, "registry-down");
    const registry: DockerRegistry = await startDockerRegistry();
    const known = `${registry.host}/team/known:1.0`;
    const unknown = `${registry.host}/team/unknown:1.0`;
    const digest = await pushImage(goodImage("known"), known);
    await pushImage(goodImage("unknown"), unknown);
    await waitUntil("the known image is admitted", LIMIT_MS, async () => {
      return (await create(cluster, pod({ name: "known", namespace }, [known]))).status === 201;
    });
    await registry[Symbol.asyncDispose]();

    // new processes: the running gates know for a while which digest a tag has
    async function askAll(failure: string): Promise<Readonly<Record<"known" | "unknown" | "elsewhere", GateAnswer>>> {
      const gate = await cluster.addGate({ apart: true, settings: { "admission-failure": failure } });
      async function ask(image: string, where: string): Promise<GateAnswer> {
        const object = pod({ name: "again", namespace: where }, [image]);
        return await askGate(cluster, gate.admissionUrl, reviewOf(object, { dryRun: false }));
      }
      try {
        const answers = {
          known: await ask(known, namespace),
          unknown: await ask(unknown, namespace),
          elsewhere: await ask(known, "default"),
        };
        const metrics = await (await fetch(`${gate.consoleUrl}/metrics`)).text();
        expect(metrics).toMatch(/^haechi_admission_undecided\S* [1-9]/m);
        expect(metrics).not.toMatch(/^haechi_admission_images_total\{outcome="deny"\} [1-9]/m);
        return answers;
      } finally {
        await gate.stop();
      }
    }

    const denying = await askAll("deny");
    for (const answer of Object.values(denying)) {
      expect(answer.allowed).toBe(false);
      expect(answer.status?.message).toContain(registry.host);
      expect(answer.status?.message).not.toMatch(/lodash|vulnerab/i);
    }
    const allowing = await askAll("allow");
    for (const answer of Object.values(allowing)) {
      expect(answer.allowed).toBe(true);
      expect(answer.warnings?.join()).toContain(registry.host);
    }
    const knowing = await askAll("allowIfKnown");
    expect(knowing.known.allowed).toBe(true);
    expect(Buffer.from(knowing.known.patch ?? "", "base64").toString()).toContain(digest);
    expect(knowing.unknown.allowed).toBe(false);
    expect(knowing.elsewhere.allowed).toBe(false);
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

function fingerprintsOf(pem: string): readonly string[] {
  const parts = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return parts.map((part) => new X509Certificate(part).fingerprint256);
}

function fingerprintOf(file: string): string {
  return fingerprintsOf(readFileSync(file, "utf8"))[0] ?? "";
}

async function servedFingerprint(url: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    // the certificate itself is what is asked for
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port), rejectUnauthorized: false });
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
  });
}
