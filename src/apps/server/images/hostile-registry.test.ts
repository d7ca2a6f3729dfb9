// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { OCI_INDEX, OCI_MANIFEST } from "#oci";
import {
  type ForeignRegistry,
  type Misbehaviour,
  startForeignRegistry,
} from "../../../../test/support/foreign-registry.ts";
import { cleanScan, IMAGE, OTHER_IMAGE, outcomeOf, SCANNED } from "../../../../test/support/remote-world.ts";
import { useForeignRegistry } from "../../../../test/support/use-foreign-registry.ts";

let registry: ForeignRegistry;
const gate = useForeignRegistry((started) => {
  registry = started;
});

describe("a hostile registry", () => {
  function onManifest(answer: (...args: Parameters<Misbehaviour>) => void): Misbehaviour {
    return (request, response) => {
      if (request.method !== "GET" || !(request.url ?? "").includes("/manifests/")) {
        return undefined;
      }
      answer(request, response);
      return "answered";
    };
  }

  it("that swaps the manifest between two requests gains nothing: judged, scanned and pinned is one digest", async () => {
    // CVE-2022-47633, CVE-2023-47630
    const scanned: Digest[] = [];
    let requests = 0;
    registry.push("app", "1", IMAGE);
    registry.misbehave = (request) => {
      if ((request.url ?? "").endsWith("/manifests/1")) {
        requests += 1;
        registry.push("app", "1", requests % 2 === 1 ? IMAGE : OTHER_IMAGE);
      }
      return undefined;
    };
    const { ask } = await gate({
      scan: (request, limits) => {
        scanned.push(request.digest);
        return cleanScan({ scans: 0 })(request, limits);
      },
    });
    const { verdict, pinned } = await ask(registry.reference("app:1"));
    expect(verdict.digest).toBe(IMAGE.manifest.digest);
    expect(pinned).toBe(`${registry.host}/app@${IMAGE.manifest.digest}`);
    expect(scanned).toEqual([IMAGE.manifest.digest]);
    expect(requests).toBe(1);
  });

  const other = (): Buffer => Buffer.from(OTHER_IMAGE.blobs.get(OTHER_IMAGE.manifest.digest) ?? "");
  const own = (): Buffer => Buffer.from(IMAGE.blobs.get(IMAGE.manifest.digest) ?? "");

  it.each<{
    readonly name: string;
    readonly reference?: string;
    readonly misbehave: Misbehaviour;
    readonly want: string;
  }>([
    {
      name: "that sends other bytes for a digest",
      reference: `app@${IMAGE.manifest.digest}`,
      misbehave: onManifest((_, response) => response.writeHead(200, { "content-type": OCI_MANIFEST }).end(other())),
      want: "deny IMAGE_INVALID",
    },
    {
      name: "whose header names another digest than the bytes have",
      misbehave: onManifest((_, response) =>
        response
          .writeHead(200, { "content-type": OCI_MANIFEST, "docker-content-digest": OTHER_IMAGE.manifest.digest })
          .end(own()),
      ),
      want: "deny IMAGE_INVALID",
    },
    {
      name: "that calls an image an index",
      misbehave: onManifest((_, response) => response.writeHead(200, { "content-type": OCI_INDEX }).end(own())),
      want: "deny IMAGE_INVALID",
    },
    {
      name: "whose manifest is image and index at once",
      misbehave: onManifest((_, response) => {
        const both = { ...(JSON.parse(String(own())) as object), mediaType: undefined, manifests: [] };
        response.writeHead(200, { "content-type": OCI_MANIFEST }).end(JSON.stringify(both));
      }),
      want: "deny IMAGE_INVALID",
    },
    {
      name: "that sends without end",
      misbehave: onManifest((_, response) => {
        response.writeHead(200, { "content-type": OCI_MANIFEST });
        const chunk = Buffer.alloc(256 * 1024, " ");
        const timer = setInterval(() => response.write(chunk), 1);
        response.on("close", () => clearInterval(timer));
      }),
      want: "deny IMAGE_INVALID",
    },
    {
      name: "that asks for credentials for ever",
      misbehave: onManifest((_, response) =>
        response.writeHead(401, { "www-authenticate": 'Basic realm="loop"' }).end(),
      ),
      want: "undecided REGISTRY_REFUSED",
    },
    {
      name: "whose token server is at a private address",
      misbehave: onManifest((_, response) =>
        response.writeHead(401, { "www-authenticate": 'Bearer realm="http://169.254.169.254/latest"' }).end(),
      ),
      want: "undecided REGISTRY_UNAVAILABLE address",
    },
    {
      name: "that redirects to a private address",
      misbehave: onManifest((_, response) => response.writeHead(307, { location: "http://10.0.0.1/manifest" }).end()),
      want: "undecided REGISTRY_UNAVAILABLE address",
    },
    {
      name: "that asks to come back later",
      misbehave: onManifest((_, response) => response.writeHead(429, { "retry-after": "3600" }).end()),
      want: "undecided REGISTRY_UNAVAILABLE busy",
    },
    {
      name: "that has no such image",
      reference: "nothing:1",
      misbehave: () => undefined,
      want: "undecided IMAGE_NOT_FOUND",
    },
  ])("$name: $want", async ({ reference = "app:1", misbehave, want }) => {
    registry.misbehave = misbehave;
    const { ask } = await gate({ scan: cleanScan({ scans: 0 }) });
    const { verdict, pinned } = await ask(registry.reference(reference));
    const [reason] = verdict.reasons;
    const problem = reason?.params["problem"];
    expect([verdict.outcome, reason?.code, ...(problem === undefined ? [] : [problem])].join(" ")).toBe(want);
    expect(pinned).toBeUndefined();
  });

  it("that drips does not hold the review beyond its deadline", async () => {
    registry.misbehave = onManifest((_, response) => {
      response.writeHead(200, { "content-type": OCI_MANIFEST });
      const timer = setInterval(() => response.write(" "), 50);
      response.on("close", () => clearInterval(timer));
    });
    const { ask } = await gate();
    const { verdict } = await ask(registry.reference("app:1"), { deadline: performance.now() + 500 });
    expect(outcomeOf(verdict)).toBe("undecided LOOKUP_FAILED");
  });

  it.each([
    { name: "leaves a layer out", answer: "404" as const },
    { name: "sends rubbish for a layer", answer: "rubbish" as const },
  ])("that $name spoils the digest for nobody else", { timeout: 120_000 }, async ({ answer }) => {
    const { layers } = JSON.parse(String(own())) as { layers: readonly { digest: string; size: number }[] };
    registry.misbehave = (request, response) => {
      if (!(request.url ?? "").endsWith(layers[0]?.digest ?? "-")) {
        return undefined;
      }
      response.writeHead(answer === "404" ? 404 : 200).end(Buffer.alloc(layers[0]?.size ?? 0, "x"));
      return "answered";
    };
    await using honest = await startForeignRegistry();
    honest.push("app", "1", IMAGE);
    const { ask, database } = await gate();
    const { verdict } = await ask(registry.reference("app:1"));
    expect(outcomeOf(verdict)).toBe("undecided SCAN_FAILED");
    expect(await database.scans.find(IMAGE.manifest.digest)).toBeUndefined();
    expect((await ask(honest.reference("app:1"))).verdict.outcome).toBe("allow");
  });

  it("that calls the configuration of an image something else gains nothing where unsupported artifacts may pass", async () => {
    const plain = JSON.parse(String(own())) as { config: object };
    const config = { ...plain.config, mediaType: "application/octet-stream" };
    const bytes = Buffer.from(JSON.stringify({ ...plain, config }));
    const manifest = { digest: digestOf(bytes), mediaType: OCI_MANIFEST, size: bytes.length };
    registry.push("odd", "1", { blobs: new Map([...IMAGE.blobs, [manifest.digest, bytes]]), manifest });
    const policy = { scan: { required: true, unsupported: "allow" as const } };
    const { ask } = await gate({ policies: [{ ...SCANNED, repositories: [{ name: "*", policy }] }] });
    expect(outcomeOf((await ask(registry.reference("odd:1"))).verdict)).toBe("undecided SCAN_FAILED");
  });

  it("that is gone is undecided, by setting, and what was judged before stays judged", async () => {
    const { ask } = await gate({ scan: cleanScan({ scans: 0 }) });
    const { pinned = "" } = await ask(registry.reference("app:1"));
    registry.misbehave = (request) => {
      request.socket.destroy();
      return "answered";
    };
    expect((await ask(pinned)).verdict.outcome).toBe("allow");
    const { verdict } = await ask(registry.reference("app:unseen"));
    expect(outcomeOf(verdict)).toBe("undecided REGISTRY_UNAVAILABLE");
  });
});
