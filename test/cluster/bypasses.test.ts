// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestOf, LIMITS } from "#base";
import { askGate, type Caller, postToGate, reviewOf } from "../support/cluster/ask-gate.ts";
import {
  applyPolicy,
  codesOf,
  create,
  createNamespace,
  itemsOf,
  LIMIT_MS,
  objectPath,
  read,
} from "../support/cluster/cluster-actions.ts";
import { describeCluster } from "../support/cluster/describe-cluster.ts";
import { goodImage, pushImage, vulnerableImage } from "../support/cluster/fixture-images.ts";
import { clusterPolicy, imagePolicy, pod, SCANNED, workload } from "../support/cluster/objects.ts";
import { type ScriptedRegistry, sendBytes, startScriptedRegistry } from "../support/cluster/scripted-registry.ts";
import { startSwappingWebhook } from "../support/cluster/start-swapping-webhook.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";
import { buildIndex, type TestImage } from "../support/image-builder.ts";

/**
 * Every known way around a gate (gate.md, "Known bypass" and "The webhook"), through the real API server. Those that need
 * signatures are in `signature-bypasses.test.ts`.
 */
describeCluster("bypasses", { gates: 1 }, (place) => {
  let registry: string;
  let good: string;
  let bad: string;
  let goodDigest: Digest;
  let foreign: ScriptedRegistry;

  beforeAll(async () => {
    const cluster = place.current;
    registry = cluster.server.registry;
    good = `${registry}/team/good:1.0`;
    bad = `${registry}/team/bad:1.0`;
    goodDigest = await pushImage(goodImage("good"), good, cluster.credentials);
    await pushImage(vulnerableImage("bad"), bad, cluster.credentials);
    foreign = await startScriptedRegistry();
    await applyPolicy(cluster, clusterPolicy("base", [{ name: "*", policy: SCANNED }]));
    await waitUntil("both images are judged", LIMIT_MS, async () => {
      const [first, second] = [await tryPod("default", good), await tryPod("default", bad)];
      return first.status === 201 && second.status === 403;
    });
  });

  afterAll(async () => {
    await foreign?.[Symbol.asyncDispose]();
  });

  async function tryPod(namespace: string, image: string) {
    return await create(place.current, pod({ name: "try", namespace }, [image]), "?dryRun=All");
  }

  /** Asks until the gate has an answer: the first may come while the image is still being scanned. */
  async function settle(image: string, namespace = "default") {
    let answer = await tryPod(namespace, image);
    await waitUntil(
      `there is a verdict on ${image}: ${JSON.stringify(answer.body.message ?? "")}`,
      LIMIT_MS,
      async () => {
        answer = await tryPod(namespace, image);
        return (
          answer.status === 201 || !/not (yet )?(been )?finished|in progress|being scanned/i.test(answer.body.message)
        );
      },
    );
    return answer;
  }

  function imageOf(answer: {
    readonly body: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  }) {
    return answer.body.spec.containers[0]?.image;
  }

  describe("a registry that lies", () => {
    it("an image of another registry is scanned and pinned (so that the refusals below mean something)", async () => {
      const image = goodImage("foreign");
      foreign.tags.set("team/fine:1", image);
      const answer = await settle(`${foreign.host}/team/fine:1`);
      expect(answer).toMatchObject({ status: 201 });
      expect(imageOf(answer)).toBe(`${foreign.host}/team/fine@${image.manifest.digest}`);
      foreign.tags.set("team/wrong:1", vulnerableImage("foreign"));
      expect((await settle(`${foreign.host}/team/wrong:1`)).status).toBe(403);
    });

    it("the tag moves between check and use (CVE-2022-47633): what runs is what was judged", async () => {
      const [first, second] = [goodImage("first"), vulnerableImage("second")];
      foreign.tags.set("keep/first:1", first);
      foreign.tags.set("keep/second:1", second);
      let answers = 0;
      foreign.script = (path, response, request) => {
        if (path !== "/v2/team/moving/manifests/1") {
          return false;
        }
        const image = answers++ === 0 ? first : second;
        const { digest } = image.manifest;
        sendBytes(request, response, { digest, bytes: image.blobs.get(digest), isManifest: true });
        return true;
      };
      try {
        const answer = await settle(`${foreign.host}/team/moving:1`);
        if (answer.status === 201) {
          expect(imageOf(answer)).toBe(`${foreign.host}/team/moving@${first.manifest.digest}`);
        } else {
          expect(answer.body.message).toContain("lodash");
        }
      } finally {
        foreign.script = undefined;
      }
    });

    it("the manifest of another image comes for a digest (CVE-2023-47630)", async () => {
      const [asked, served] = [vulnerableImage("asked"), goodImage("served")];
      foreign.tags.set("keep/asked:1", asked);
      foreign.tags.set("keep/served:1", served);
      foreign.script = (path, response, request) => {
        if (path !== `/v2/team/swapped/manifests/${asked.manifest.digest}`) {
          return false;
        }
        const bytes = served.blobs.get(served.manifest.digest);
        sendBytes(request, response, { digest: asked.manifest.digest, bytes, isManifest: true });
        return true;
      };
      try {
        const answer = await settle(`${foreign.host}/team/swapped@${asked.manifest.digest}`);
        expect(answer.status).toBe(403);
      } finally {
        foreign.script = undefined;
      }
    });

    it("a layer has other bytes than its digest says", async () => {
      const image = vulnerableImage("layers");
      foreign.tags.set("team/layers:1", image);
      foreign.script = (path, response, request) => {
        if (!path.startsWith("/v2/team/layers/blobs/")) {
          return false;
        }
        const harmless = goodImage("harmless");
        const bytes = [...harmless.blobs.values()][0];
        sendBytes(request, response, { digest: path.split("/").at(-1) ?? "", bytes, isManifest: false });
        return true;
      };
      try {
        // nobody can tell what is in it: undecided, which is no denial by policy
        const answer = await settle(`${foreign.host}/team/layers:1`);
        expect(answer.status).toBe(503);
        expect(answer.body.message).not.toContain("lodash");
      } finally {
        foreign.script = undefined;
      }
    });

    it("an index has one child that would be refused, or serves another child than it names", async () => {
      const fine = goodImage("child");
      const wrong = vulnerableImage("child");
      const mixed = buildIndex([
        { image: fine, os: "linux", architecture: "amd64" },
        { image: wrong, os: "linux", architecture: "arm64" },
      ]);
      foreign.tags.set("team/mixed:1", mixed);
      const answer = await settle(`${foreign.host}/team/mixed:1`);
      expect(answer.status).toBe(403);
      expect(answer.body.message).toContain("lodash");

      const index = buildIndex([{ image: wrong, os: "linux", architecture: "amd64" }]);
      foreign.tags.set("team/children:1", index);
      foreign.script = (path, response, request) => {
        if (path !== `/v2/team/children/manifests/${wrong.manifest.digest}`) {
          return false;
        }
        const bytes = fine.blobs.get(fine.manifest.digest);
        sendBytes(request, response, { digest: wrong.manifest.digest, bytes, isManifest: true });
        return true;
      };
      try {
        expect((await settle(`${foreign.host}/team/children:1`)).status).toBe(403);
      } finally {
        foreign.script = undefined;
      }
    });

    it("one blob is an index and an image at once, by its media type", async () => {
      const fine = goodImage("two-faced");
      const wrong = vulnerableImage("two-faced");
      const manifest = JSON.parse(String(wrong.blobs.get(wrong.manifest.digest))) as object;
      const bytes = Buffer.from(
        JSON.stringify({
          ...manifest,
          mediaType: "application/vnd.oci.image.manifest.v1+json",
          manifests: [{ ...fine.manifest, platform: { os: "linux", architecture: "amd64" } }],
        }),
      );
      const digest = digestOf(bytes);
      const blobs = new Map([...fine.blobs, ...wrong.blobs, [digest, bytes] as const]);
      const twoFaced: TestImage = { blobs, manifest: { digest, mediaType: "", size: bytes.length } };
      foreign.tags.set("team/faces:1", twoFaced);
      const sent = ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];
      for (const mediaType of sent) {
        foreign.script = (path, response, request) => {
          if (!path.startsWith("/v2/team/faces/manifests/")) {
            return false;
          }
          sendBytes(request, response, { digest, bytes, isManifest: true, mediaType });
          return true;
        };
        try {
          expect((await settle(`${foreign.host}/team/faces:1`)).status).toBe(403);
        } finally {
          foreign.script = undefined;
        }
      }
    });

    it.each([
      { name: "a manifest that never ends", part: "manifests", status: 403, codes: ["IMAGE_INVALID"] },
      { name: "a layer that never ends", part: "blobs", status: 503, codes: ["SCAN_FAILED"] },
    ])("$name is given up, and the gate goes on", async ({ name, part, ...expected }) => {
      const repository = `team/endless-${part}`;
      foreign.tags.set(`${repository}:1`, goodImage(name));
      const chunk = Buffer.alloc(64 * 1024, "x");
      let begun = 0;
      let givenUp = 0;
      foreign.script = (path, response) => {
        if (!path.startsWith(`/v2/${repository}/${part}/`)) {
          return false;
        }
        begun += 1;
        // it never ends by itself, so that only the other side can close it
        response.once("close", () => {
          givenUp += 1;
        });
        response.writeHead(200, { "content-type": "application/vnd.oci.image.manifest.v1+json" });
        const write = (): void => {
          while (!response.destroyed && response.write(chunk)) {
            // until the other side takes no more
          }
        };
        response.on("drain", write);
        write();
        return true;
      };
      try {
        const answer = await settle(`${foreign.host}/${repository}:1`);
        // said by the gate: an API server that had waited in vain would have no codes
        expect({ status: answer.status, codes: codesOf(answer) }).toEqual(expected);
        await waitUntil("every connection was closed", LIMIT_MS, () => Promise.resolve(begun === givenUp));
        expect(begun).toBeGreaterThan(0);
        expect((await tryPod("default", good)).status).toBe(201);
      } finally {
        foreign.script = undefined;
      }
      // the same image from a registry that comes to an end
      foreign.tags.set(`${repository}:2`, goodImage(`${name}, ended`));
      expect((await settle(`${foreign.host}/${repository}:2`)).status).toBe(201);
    });

    it("a manifest that is larger than any manifest is refused, as nothing else is wrong with it", async () => {
      foreign.tags.set("team/padded:1", padded(goodImage("padded"), 1_000));
      expect((await settle(`${foreign.host}/team/padded:1`)).status).toBe(201);
      foreign.tags.set("team/huge:1", padded(goodImage("huge"), LIMITS.maxManifestBytes));
      const answer = await settle(`${foreign.host}/team/huge:1`);
      expect({ status: answer.status, codes: codesOf(answer) }).toEqual({ status: 403, codes: ["IMAGE_INVALID"] });
      expect(answer.body.message).toContain(String(LIMITS.maxManifestBytes));
    });
  });

  describe("an object that lies", () => {
    it("annotations and labels that claim a verdict change nothing", async () => {
      const namespace = await createNamespace(place.current, "forged-annotations", {
        "securityenforcement.admission.cloud.ibm.com/namespace": "skip",
      });
      const claims = {
        "haechi.dev/original-images": JSON.stringify({ c0: good }),
        "haechi.dev/verdict": "allow",
        "haechi.dev/admitted": "true",
        "securityenforcement.admission.cloud.ibm.com/namespace": "skip",
      };
      const object = pod({ name: "app", namespace }, [bad]) as { readonly metadata: object };
      const forged = {
        ...object,
        metadata: { ...object.metadata, annotations: claims, labels: { "haechi.dev/skip": "true" } },
      };
      expect((await create(place.current, forged)).status).toBe(403);
    });

    it("the label by which Portieris skips a namespace is ignored", async () => {
      const namespace = await createNamespace(place.current, "skip-label", {
        "securityenforcement.admission.cloud.ibm.com/namespace": "skip",
      });
      expect((await tryPod(namespace, bad)).status).toBe(403);
    });

    it("ownerReferences to an admitted owner prove nothing", async () => {
      const cluster = place.current;
      const namespace = await createNamespace(cluster, "forged-owner");
      expect((await create(cluster, workload("Deployment", { name: "web", namespace }, [good]))).status).toBe(201);
      await waitUntil("the ReplicaSet has its Pod", LIMIT_MS, async () => {
        return (await itemsOf(cluster, "Pod", { namespace, app: "web" })).length === 1;
      });
      const [owner] = await itemsOf(cluster, "ReplicaSet", { namespace, app: "web" });
      function owned(kind: string, image: string): object {
        const object = pod({ name: "forged", namespace }, [image]) as { readonly metadata: object };
        const { name, uid } = owner.metadata as { readonly name: string; readonly uid: string };
        const reference = {
          apiVersion: kind === "ReplicaSet" ? "apps/v1" : "batch/v1",
          kind,
          name,
          uid,
          controller: true,
        };
        return { ...object, metadata: { ...object.metadata, ownerReferences: [reference] } };
      }
      expect((await create(cluster, owned("ReplicaSet", bad), "?dryRun=All")).status).toBe(403);
      expect((await create(cluster, owned("Job", bad), "?dryRun=All")).status).toBe(403);

      await applyPolicy(cluster, imagePolicy({ name: "tightened", namespace }, [{ name: "nothing.example/*" }]));
      const claimed = await create(cluster, owned("ReplicaSet", good), "?dryRun=All");
      expect(claimed.status).toBe(201);
      expect(imageOf(claimed)).toBe(`${registry}/team/good@${goodDigest}`);
      const other = owner.metadata.uid.replace(/^./, (digit: string) => (digit === "0" ? "1" : "0"));
      const invented = JSON.parse(
        JSON.stringify(owned("ReplicaSet", good)).replace(owner.metadata.uid, other),
      ) as object;
      expect((await create(cluster, invented, "?dryRun=All")).status).toBe(403);
    });

    it("an ephemeral container is judged", async () => {
      const cluster = place.current;
      const namespace = await createNamespace(cluster, "ephemeral");
      const object = pod({ name: "app", namespace }, [good]);
      expect((await create(cluster, object)).status).toBe(201);
      const patch = { spec: { ephemeralContainers: [{ name: "intruder", image: bad }] } };
      const answer = await cluster.plane.admin.call("PATCH", `${objectPath(object)}/ephemeralcontainers`, patch);
      expect(answer.status).toBe(403);
      expect((await read(cluster, object)).body.spec.ephemeralContainers).toBeUndefined();
    });

    it("the image of a running Pod is changed", async () => {
      const cluster = place.current;
      const namespace = await createNamespace(cluster, "changed-pod");
      const object = pod({ name: "app", namespace }, [good]);
      expect((await create(cluster, object)).status).toBe(201);
      const changed = { spec: { containers: [{ name: "c0", image: bad }] } };
      const answer = await cluster.kubectl(["-n", namespace, "patch", "pod/app", "--patch", JSON.stringify(changed)]);
      expect(answer.code).not.toBe(0);
      expect(answer.stderr).toContain("denied the request");
    });

    it("an image volume is judged", async () => {
      const volumes = [{ name: "data", image: { reference: bad, pullPolicy: "IfNotPresent" } }];
      const object = pod({ name: "app" }, [good], { volumes });
      const answer = await create(place.current, object, "?dryRun=All");
      expect(answer.status).toBe(403);
      expect(answer.body.message).toContain(bad);
      const fine = await create(
        place.current,
        pod({ name: "app" }, [good], { volumes: [{ name: "data", image: { reference: good } }] }),
        "?dryRun=All",
      );
      expect(fine).toMatchObject({ status: 201 });
      expect(fine.body.spec.volumes[0].image.reference).toBe(`${registry}/team/good@${goodDigest}`);
    });
  });

  it.each(["Never", "IfNeeded"] as const)(
    "a later mutating webhook swaps the image (reinvocation %s)",
    async (reinvocation) => {
      const cluster = place.current;
      const namespace = await createNamespace(cluster, `swapped-${reinvocation.toLowerCase()}`);
      await using webhook = await startSwappingWebhook(cluster, { namespace, image: bad, reinvocation });
      const object = pod({ name: "app", namespace }, [good]);
      let answer = await create(cluster, object);
      await waitUntil("the second webhook is called", LIMIT_MS, async () => {
        if (webhook.swapped === 0 && answer.status === 201) {
          // not registered everywhere yet
          await cluster.plane.admin.call("DELETE", `${objectPath(object)}?gracePeriodSeconds=0`);
          answer = await create(cluster, object);
        }
        return webhook.swapped > 0;
      });
      expect(answer.status).toBe(403);
      expect(answer.body.message).toContain(bad);
    },
  );

  describe("names and places", () => {
    it("a wildcard host does not match a host that only begins or ends like it", async () => {
      const cluster = place.current;
      const namespace = await createNamespace(cluster, "hosts");
      const open = ["icr.io*", "*.trusted.example/*", "trusted.example/*"];
      await applyPolicy(
        cluster,
        imagePolicy(
          { name: "hosts", namespace },
          open.map((name) => ({ name })),
        ),
      );
      for (const image of ["icr.io/team/app:1", "a.trusted.example/app", "trusted.example/app"]) {
        expect({ image, ...(await tryPod(namespace, image)) }).toMatchObject({ image, status: 201 });
      }
      for (const image of [
        "icr.io.evil.example/team/app:1",
        "eviltrusted.example/app",
        "trusted.example.evil.example/app",
        "evil.example/trusted.example/app",
        "trusted.example:5000/app",
      ]) {
        expect({ image, ...(await tryPod(namespace, image)) }).toMatchObject({ image, status: 403 });
      }
    });
  });

  describe("somebody else asks", () => {
    it.each<{ readonly name: string; readonly caller: () => Caller }>([
      { name: "without a certificate", caller: () => "nobody" },
      {
        name: "with another name",
        caller: () => place.current.plane.authority.issue({ file: "visitor", commonName: "visitor" }),
      },
    ])("$name: nothing is judged, nobody else is asked, nothing is recorded", async ({ name, caller }) => {
      const cluster = place.current;
      const namespace = await createNamespace(cluster, name.replaceAll(" ", "-"));
      const url = cluster.gates[0]?.admissionUrl ?? "";
      const before = foreign.requests.length;
      for (const image of [`${foreign.host}/team/unseen:1`, good, bad]) {
        const review = reviewOf(pod({ name: "x", namespace }, [image]), { dryRun: false });
        const answer = await postToGate(`${url}/admit`, JSON.stringify(review), { caller: caller() });
        expect(answer.status).toBe(403);
        expect(answer.text).not.toContain("allowed");
      }
      expect(foreign.requests.length).toBe(before);
      // decisions are written in the order in which they were made: after this one, theirs would be there
      await askGate(cluster, url, reviewOf(pod({ name: "known", namespace }, [bad]), { dryRun: false }));
      let recorded: readonly { readonly name?: string; readonly outcome: string }[] = [];
      await waitUntil("the API server's review is recorded", LIMIT_MS, async () => {
        const path = `/api/v1/decisions?namespace=${namespace}`;
        recorded = (await cluster.api.get<{ readonly decisions: typeof recorded }>(path)).decisions;
        return recorded.length > 0;
      });
      expect(recorded.map((each) => [each.name, each.outcome])).toEqual([["known", "deny"]]);
    });

    it("the API server's certificate is accepted (so that the refusals above mean something)", async () => {
      const url = place.current.gates[0]?.admissionUrl ?? "";
      const answer = await askGate(place.current, url, reviewOf(pod({ name: "x" }, [good])));
      expect(answer.allowed).toBe(true);
    });
  });
});

/** The same image with so many more bytes in its manifest. */
function padded(image: TestImage, bytes: number): TestImage {
  const manifest = JSON.parse(String(image.blobs.get(image.manifest.digest))) as object;
  const content = Buffer.from(JSON.stringify({ ...manifest, annotations: { padding: "x".repeat(bytes) } }));
  const digest = digestOf(content);
  return {
    blobs: new Map([...image.blobs, [digest, content] as const]),
    manifest: { ...image.manifest, digest, size: content.length },
  };
}
