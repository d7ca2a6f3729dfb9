// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { OCI_INDEX, OCI_MANIFEST } from "#oci";
import type { ForeignRegistry } from "../../../../test/support/foreign-registry.ts";
import { buildImage, buildIndex, type TestImage } from "../../../../test/support/image-builder.ts";
import { cleanScan, DEBIAN_LAYER, OTHER_IMAGE, outcomeOf } from "../../../../test/support/remote-world.ts";
import { useForeignRegistry } from "../../../../test/support/use-foreign-registry.ts";

let registry: ForeignRegistry;
const gate = useForeignRegistry((started) => {
  registry = started;
});

function manifestRequests(): readonly string[] {
  return registry.asked.filter((line) => line.includes("/manifests/"));
}

describe("an index of another registry", () => {
  const AMD = buildImage([DEBIAN_LAYER]);
  const ARM = buildImage([DEBIAN_LAYER, { entries: [{ path: "arm" }] }], { architecture: "arm64" });
  const index = buildIndex([
    { image: AMD, os: "linux", architecture: "amd64" },
    { image: ARM, os: "linux", architecture: "arm64" },
    { image: buildImage([{ entries: [{ path: "provenance" }] }]), os: "unknown", architecture: "unknown" },
  ]);

  it("is judged by the children that the nodes can run; the others are not even read", async () => {
    registry.push("multi", "1", index);
    const scanned: Digest[] = [];
    const count = { scans: 0 };
    const { ask } = await gate({
      nodePlatforms: ["linux/arm64"],
      scan: (request, limits) => {
        scanned.push(request.digest);
        return cleanScan(count)(request, limits);
      },
    });
    const { verdict, pinned } = await ask(registry.reference("multi:1"));
    expect(verdict.outcome).toBe("allow");
    expect(pinned).toBe(`${registry.host}/multi@${index.manifest.digest}`);
    expect(scanned).toEqual([ARM.manifest.digest]);
    expect(manifestRequests()).toEqual(["GET /v2/multi/manifests/1", `GET /v2/multi/manifests/${ARM.manifest.digest}`]);
  });

  it("needs every linux child where no nodes are known", async () => {
    registry.push("multi", "1", index);
    const count = { scans: 0 };
    const { ask } = await gate({ scan: cleanScan(count) });
    expect((await ask(registry.reference("multi:1"))).verdict.outcome).toBe("allow");
    expect(count.scans).toBe(2);
  });

  it("that gives a child another type than the child has is refused", async () => {
    const bytes = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests: [{ ...index.manifest, mediaType: OCI_MANIFEST, platform: { os: "linux", architecture: "amd64" } }],
      }),
    );
    const confused: TestImage = {
      blobs: new Map([...index.blobs, [digestOf(bytes), bytes]]),
      manifest: { digest: digestOf(bytes), mediaType: OCI_INDEX, size: bytes.length },
    };
    registry.push("confused", "1", confused);
    const { ask } = await gate();
    const { verdict } = await ask(registry.reference("confused:1"));
    expect(outcomeOf(verdict)).toBe("deny IMAGE_INVALID");
  });

  it("that calls the image for a platform something else gains nothing where unsupported artifacts may pass", async () => {
    const { digest, size } = AMD.manifest;
    const platform = { os: "linux", architecture: "amd64" };
    const manifests = [{ digest, size, mediaType: "application/x-none", platform }];
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
    const disguised: TestImage = {
      blobs: new Map([...AMD.blobs, [digestOf(bytes), bytes]]),
      manifest: { digest: digestOf(bytes), mediaType: OCI_INDEX, size: bytes.length },
    };
    registry.push("disguised", "1", disguised);
    const policy = { scan: { required: true, unsupported: "allow" as const } };
    const { ask } = await gate({
      policies: [{ kind: "ClusterImagePolicy", name: "p", repositories: [{ name: "*", policy }] }],
    });
    expect(outcomeOf((await ask(registry.reference("disguised:1"))).verdict)).toBe("undecided SCAN_FAILED");
  });

  it.each([
    { name: "other bytes for a child", status: 200, want: "deny IMAGE_INVALID" },
    // a mirror need not have every child; that one cannot be judged
    { name: "nothing for a child", status: 404, want: "undecided SCAN_FAILED" },
  ])("whose registry has $name is $want", async ({ status, want }) => {
    registry.push("multi", "1", index);
    registry.misbehave = (request, response) => {
      if (!(request.url ?? "").endsWith(ARM.manifest.digest)) {
        return undefined;
      }
      const bytes = Buffer.from(AMD.blobs.get(AMD.manifest.digest) ?? "");
      response.writeHead(status, { "content-type": OCI_MANIFEST }).end(status === 200 ? bytes : "{}");
      return "answered";
    };
    const { ask } = await gate({ nodePlatforms: ["linux/arm64"], scan: cleanScan({ scans: 0 }) });
    const { verdict } = await ask(registry.reference("multi:1"));
    const [reason] = verdict.reasons;
    expect(`${verdict.outcome} ${reason?.code}`).toBe(want);
  });

  it("a child that names no platform counts wherever it can run", async () => {
    const bytes = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests: [
          { ...AMD.manifest, platform: { os: "linux", architecture: "amd64" } },
          // its configuration says amd64
          OTHER_IMAGE.manifest,
        ],
      }),
    );
    const sly: TestImage = {
      blobs: new Map([...AMD.blobs, ...OTHER_IMAGE.blobs, [digestOf(bytes), bytes]]),
      manifest: { digest: digestOf(bytes), mediaType: OCI_INDEX, size: bytes.length },
    };
    registry.push("sly", "1", sly);
    const scanned: Digest[] = [];
    const { ask } = await gate({
      nodePlatforms: ["linux/amd64"],
      scan: (request, limits) => {
        scanned.push(request.digest);
        return cleanScan({ scans: 0 })(request, limits);
      },
    });
    await ask(registry.reference("sly:1"));
    expect(scanned.toSorted()).toEqual([AMD.manifest.digest, OTHER_IMAGE.manifest.digest].toSorted());
  });
});
