// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from "vitest";
import { askGate, postToGate, reviewOf } from "../support/cluster/ask-gate.ts";
import { applyPolicy, codesOf, create, createNamespace, LIMIT_MS, remove } from "../support/cluster/cluster-actions.ts";
import { describeCluster } from "../support/cluster/describe-cluster.ts";
import { goodImage, pushImage, vulnerableImage } from "../support/cluster/fixture-images.ts";
import { clusterPolicy, imagePolicy, pod, SCANNED } from "../support/cluster/objects.ts";
import { createSigningKey, type SigningKey } from "../support/cluster/signing-key.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";

const MANY = 500;

describeCluster("bad input", { gates: 1, tools: ["cosign"] }, (place) => {
  let good: string;
  let bad: string;
  let key: SigningKey;

  beforeAll(async () => {
    const cluster = place.current;
    good = `${cluster.server.registry}/team/good:1.0`;
    bad = `${cluster.server.registry}/team/bad:1.0`;
    await pushImage(goodImage("good"), good, cluster.credentials);
    await pushImage(vulnerableImage("bad"), bad, cluster.credentials);
    key = await createSigningKey(cluster);
    await applyPolicy(cluster, clusterPolicy("base", [{ name: "*", policy: SCANNED }]));
    await waitUntil("both images are judged", LIMIT_MS, async () => {
      return (await tryPod("default", [good])).status === 201 && (await tryPod("default", [bad])).status === 403;
    });
  });

  async function tryPod(namespace: string, images: readonly string[]) {
    return await create(place.current, pod({ name: "try", namespace }, images), "?dryRun=All");
  }

  function admissionUrl(): string {
    return place.current.gates[0]?.admissionUrl ?? "";
  }

  async function send(body: string | Uint8Array, path = "/admit", contentType?: string) {
    const { caller } = place.current;
    return await postToGate(`${admissionUrl()}${path}`, body, {
      caller,
      ...(contentType === undefined ? {} : { contentType }),
    });
  }

  function review(changes: object): string {
    const made = reviewOf(pod({ name: "x" }, [good]), changes);
    return JSON.stringify(made);
  }

  function withObject(object: unknown): string {
    return review({ object });
  }

  async function expectAlive(): Promise<void> {
    const answer = await askGate(place.current, admissionUrl(), reviewOf(pod({ name: "x" }, [good])));
    expect(answer.allowed).toBe(true);
  }

  describe.each(["/admit", "/validate"])("reviews sent straight to %s", (path) => {
    it.each([
      { name: "nothing", body: () => "" },
      { name: "white space", body: () => "  \n" },
      { name: "no JSON", body: () => "<review/>" },
      { name: "half of one", body: () => review({}).slice(0, 200) },
      { name: "null", body: () => "null" },
      { name: "a list", body: () => "[]" },
      { name: "an empty object", body: () => "{}" },
      { name: "no request", body: () => '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}' },
      {
        name: "null as request",
        body: () => '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":null}',
      },
      { name: "another version", body: () => review({}).replace("admission.k8s.io/v1", "admission.k8s.io/v1beta1") },
      { name: "another kind", body: () => review({}).replace("AdmissionReview", "ConversionReview") },
      { name: "a key twice", body: () => review({}).replace('"operation":', '"operation":"DELETE","operation":') },
      {
        name: "deep nesting",
        body: () => `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":${"[".repeat(100_000)}`,
      },
      {
        name: "bytes that are no UTF-8",
        body: () => Buffer.concat([Buffer.from(review({}).slice(0, 30)), Buffer.from([0xff, 0xfe])]),
      },
      { name: "null as object", body: () => withObject(null) },
      { name: "a text as object", body: () => withObject("pod") },
      { name: "no spec", body: () => withObject({ apiVersion: "v1", kind: "Pod", metadata: { name: "x" } }) },
      { name: "null as spec", body: () => withObject({ apiVersion: "v1", kind: "Pod", metadata: null, spec: null }) },
      {
        name: "a text as containers",
        body: () => withObject({ apiVersion: "v1", kind: "Pod", metadata: {}, spec: { containers: "c" } }),
      },
      {
        name: "null as a container",
        body: () => withObject({ apiVersion: "v1", kind: "Pod", metadata: {}, spec: { containers: [null] } }),
      },
      {
        name: "a number as image",
        body: () =>
          withObject({ apiVersion: "v1", kind: "Pod", metadata: {}, spec: { containers: [{ name: "c", image: 1 }] } }),
      },
      {
        name: "null as a volume",
        body: () =>
          withObject({
            apiVersion: "v1",
            kind: "Pod",
            metadata: {},
            spec: { containers: [], volumes: [{ image: 1 }] },
          }),
      },
      { name: "numbers as user", body: () => review({ userInfo: { username: 1, groups: "x" }, object: { spec: 1 } }) },
    ])("$name: is refused, and the gate goes on", async ({ body }) => {
      const answer = await send(body(), path);
      expect([200, 400]).toContain(answer.status);
      if (answer.status === 200) {
        expect(JSON.parse(answer.text)).toMatchObject({ response: { allowed: false } });
      }
      expect(answer.text).not.toMatch(/\n\s+at |node_modules|TypeError/);
      await expectAlive();
    });

    it("a Pod without any image has nothing that could be refused; the API server itself refuses it", async () => {
      const none = { apiVersion: "v1", kind: "Pod", metadata: { name: "x" }, spec: { containers: null } };
      expect(JSON.parse((await send(withObject(none), path)).text)).toMatchObject({ response: { allowed: true } });
      expect((await create(place.current, none, "?dryRun=All")).status).toBe(422);
    });

    it("more bytes than a review can have are not read", async () => {
      // the gate may hang up while it is still being talked to
      const answer = await send(Buffer.alloc(32 * 1024 * 1024, " "), path).catch((error: Error) => error.message);
      if (typeof answer === "object") {
        expect(answer.status).toBe(413);
      } else {
        expect(answer).toMatch(/ECONNRESET|EPIPE|socket hang up/);
      }
      await expectAlive();
    });
  });

  it("another content type is not read", async () => {
    expect((await send(review({}), "/admit", "text/plain")).status).toBe(415);
  });

  it("an unknown version of a known kind is denied with a clear text", async () => {
    const resource = { group: "apps", version: "v9", resource: "deployments" };
    const kind = { group: "apps", version: "v9", kind: "Deployment" };
    const answer = await send(review({ resource, kind, requestKind: kind, requestResource: resource }));
    expect(JSON.parse(answer.text)).toMatchObject({ response: { allowed: false } });
    expect(answer.text).toContain("v9");
  });

  it("a foreign resource that is called jobs is not touched", async () => {
    const resource = { group: "batch.volcano.sh", version: "v1alpha1", resource: "jobs" };
    const kind = { group: "batch.volcano.sh", version: "v1alpha1", kind: "Job" };
    const object = {
      apiVersion: "batch.volcano.sh/v1alpha1",
      kind: "Job",
      metadata: { name: "x" },
      spec: { tasks: null },
    };
    const answer = await send(review({ resource, kind, requestKind: kind, requestResource: resource, object }));
    expect(JSON.parse(answer.text)).toMatchObject({ response: { allowed: true } });
  });

  it(`a Pod of ${MANY} containers is judged as a whole`, async () => {
    const cluster = place.current;
    const images = Array.from({ length: MANY }, () => good);
    const direct = await askGate(cluster, admissionUrl(), reviewOf(pod({ name: "many" }, images)));
    expect(direct).toMatchObject({ allowed: true });
    const through = await cluster.kubectl(["create", "--dry-run=server", "-f", "-"], pod({ name: "many" }, images));
    expect(through).toMatchObject({ code: 0 });
    const mixed = [...images.slice(1), bad];
    const refused = await cluster.kubectl(["create", "--dry-run=server", "-f", "-"], pod({ name: "many" }, mixed));
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("lodash");
  });

  it(`a Pod of ${MANY} images that nobody has answers in time and is not let in`, async () => {
    const images = Array.from({ length: MANY }, (_, index) => `127.0.0.1:9/team/image-${index}:1`);
    const answer = await tryPod("default", images);
    // undecided, not denied
    expect(answer.status).toBe(503);
    expect(Buffer.byteLength(JSON.stringify(answer.body))).toBeLessThan(256 * 1024);
    await expectAlive();
  });

  it("an image name that is no name is refused", async () => {
    for (const image of [
      "UPPER/case",
      "a b",
      "x@sha256:12",
      "x:",
      `${"a/".repeat(2_000)}b`,
      "registry.example/\u202eteam/app",
      "://",
    ]) {
      const answer = await tryPod("default", [image]);
      expect({ image, isRefused: answer.status >= 400 }).toEqual({ image, isRefused: true });
    }
    await expectAlive();
  });

  describe("policies", () => {
    it("one that cannot be read is refused when it is written, with words", async () => {
      const wrong = clusterPolicy("wrong", [{ name: "*", policy: { vulnerability: { maxSeverity: "enormous" } } }]);
      const answer = await create(place.current, wrong);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.body.message).toContain("maxSeverity");
    });

    describe("conditions about signed statements", () => {
      const type = "https://example.com/statement";
      /** Backtracking, an engine would need 2 to the power of this many steps. */
      const text = "x".repeat(64);
      let attested: string;

      beforeAll(async () => {
        const cluster = place.current;
        attested = `${cluster.server.registry}/team/attested:1.0`;
        await pushImage(goodImage("attested"), attested, cluster.credentials);
        await key.attest(attested, { type, predicate: { text } });
      });

      async function underCondition(name: string, condition: string): Promise<string> {
        const cluster = place.current;
        const namespace = await createNamespace(cluster, name);
        const by = [{ cosign: { key: key.publicKey } }];
        const attestations = [{ predicateType: type, by, conditions: [condition] }];
        await applyPolicy(
          cluster,
          imagePolicy({ name: "stated", namespace }, [{ name: "*", policy: { attestations } }]),
        );
        return namespace;
      }

      it("a pattern that the statement fits lets it pass (so that the refusal below means something)", async () => {
        const namespace = await underCondition("pattern", "predicate.text.matches('^(x+x+)+$')");
        expect(await tryPod(namespace, [attested])).toMatchObject({ status: 201 });
      });

      it("a regular expression that takes others for ever is answered like any other", async () => {
        const namespace = await underCondition("bomb", "predicate.text.matches('^(x+x+)+y$')");
        const answer = await tryPod(namespace, [attested]);
        expect({ status: answer.status, codes: codesOf(answer) }).toEqual({
          status: 403,
          codes: ["ATTESTATION_INVALID"],
        });
        await expectAlive();
      });

      it("one that needs to look back is no such expression, and leaves it undecided", async () => {
        const namespace = await underCondition("looking-back", "predicate.text.matches('(x+)+\\\\1y')");
        const answer = await tryPod(namespace, [attested]);
        const codes = ["ATTESTATION_UNDECIDED"];
        expect({ status: answer.status, codes: codesOf(answer) }).toEqual({ status: 503, codes });
      });
    });

    it("a Secret that vanished refuses what it let pass, with its name, and lets it pass again when it is back", async () => {
      const cluster = place.current;
      const signed = `${cluster.server.registry}/team/signed:1.0`;
      await pushImage(goodImage("signed"), signed, cluster.credentials);
      await key.sign(signed);
      const namespace = await createNamespace(cluster, "vanishing");
      const secret = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "signing-key", namespace },
        stringData: { "cosign.pub": key.publicKey },
      };
      await create(cluster, secret);
      const signatures = [{ cosign: { keySecret: "signing-key" } }];
      await applyPolicy(cluster, imagePolicy({ name: "signed", namespace }, [{ name: "*", policy: { signatures } }]));
      await waitUntil("the image passes", LIMIT_MS, async () => (await tryPod(namespace, [signed])).status === 201);
      expect(codesOf(await tryPod(namespace, [good]))).toEqual(["SIGNATURE_MISSING"]);

      await remove(cluster, secret);
      let answer = await tryPod(namespace, [signed]);
      await waitUntil("the image is refused", LIMIT_MS, async () => {
        answer = await tryPod(namespace, [signed]);
        return answer.status !== 201;
      });
      expect({ status: answer.status, codes: codesOf(answer) }).toEqual({ status: 403, codes: ["SECRET_MISSING"] });
      expect(answer.body.message).toContain("signing-key");

      await create(cluster, secret);
      await waitUntil(
        "the image passes again",
        LIMIT_MS,
        async () => (await tryPod(namespace, [signed])).status === 201,
      );
      await expectAlive();
    });
  });
});
