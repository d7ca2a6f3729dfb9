// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { parseImageReference } from "#oci";
import type { GpgIdentity } from "#signatures";
import { matchesIdentity } from "./match-identity.ts";

const DIGEST = `sha256:${"0a".repeat(32)}`;
const OTHER_DIGEST = `sha256:${"0b".repeat(32)}`;

interface Row {
  readonly image: string;
  readonly signed: string;
  readonly want: boolean;
}

function table(identity: GpgIdentity, rows: readonly Row[]): void {
  it.each(rows)(`${JSON.stringify(identity)}: image $image, signed $signed: $want`, ({ image, signed, want }) => {
    expect(matchesIdentity(identity, parseImageReference(image), signed)).toBe(want);
  });
}

describe("matchesIdentity", () => {
  table({ type: "matchExact" }, [
    { image: "busybox:1", signed: "busybox:2", want: false },
    { image: "busybox:1", signed: "other:1", want: false },
    { image: "busybox:1", signed: "busybox", want: false },
    { image: "busybox", signed: "busybox", want: false },
    { image: "busybox:1", signed: "registry.example/library/busybox:1", want: false },
    { image: `busybox@${DIGEST}`, signed: "busybox:1", want: false },
    { image: `busybox@${DIGEST}`, signed: `busybox@${OTHER_DIGEST}`, want: false },
    { image: "busybox:1", signed: `busybox:1@${DIGEST}`, want: false },
    { image: "busybox:1", signed: "busybox:1 ", want: false },
    { image: "busybox:1", signed: "", want: false },
    { image: "busybox:1", signed: "BusyBox:1", want: false },
    { image: "busybox:1", signed: "docker.io/library/busybox:1", want: true },
    { image: "busybox", signed: "busybox:latest", want: true },
    { image: "index.docker.io/busybox:1", signed: "busybox:1", want: true },
    { image: `busybox@${DIGEST}`, signed: `busybox@${DIGEST}`, want: true },
    { image: `busybox:1@${DIGEST}`, signed: "busybox:2", want: false },
    { image: `busybox:1@${DIGEST}`, signed: "busybox:1", want: true },
  ]);

  table({ type: "matchRepoDigestOrExact" }, [
    { image: "busybox:1", signed: "busybox:2", want: false },
    { image: "busybox:1", signed: "busybox", want: false },
    { image: "busybox", signed: "busybox:1", want: false },
    { image: `busybox@${DIGEST}`, signed: "busybox", want: false },
    { image: `busybox@${DIGEST}`, signed: "other:1", want: false },
    { image: `team/app@${DIGEST}`, signed: "team/application:1", want: false },
    { image: `busybox:1@${DIGEST}`, signed: "busybox:2", want: false },
    { image: `busybox@${DIGEST}`, signed: "busybox:1", want: true },
    { image: `busybox@${DIGEST}`, signed: `busybox@${OTHER_DIGEST}`, want: true },
    { image: "busybox:1", signed: "docker.io/library/busybox:1", want: true },
    { image: `busybox:1@${DIGEST}`, signed: "busybox:1", want: true },
  ]);

  table({ type: "matchRepository" }, [
    { image: "busybox:1", signed: "busybox-evil:1", want: false },
    { image: "team/app:1", signed: "team/app/more:1", want: false },
    { image: "registry.example/app:1", signed: "registry.example:5000/app:1", want: false },
    { image: "busybox:1", signed: "not a reference", want: false },
    { image: "busybox:1", signed: "busybox:2", want: true },
    { image: "busybox:1", signed: "busybox", want: true },
    { image: `busybox@${DIGEST}`, signed: "docker.io/library/busybox:2", want: true },
  ]);

  table({ type: "exactReference", reference: "vendor.example/app:1" }, [
    { image: "mirror.example/app:1", signed: "mirror.example/app:1", want: false },
    { image: "mirror.example/app:1", signed: "vendor.example/app:2", want: false },
    { image: "mirror.example/app:1", signed: "vendor.example/app", want: false },
    { image: "mirror.example/anything:9", signed: "vendor.example/app:1", want: true },
  ]);

  table({ type: "exactReference", reference: "vendor.example/app" }, [
    { image: "vendor.example/app", signed: "vendor.example/app:latest", want: false },
    { image: "vendor.example/app", signed: "vendor.example/app", want: false },
  ]);

  table({ type: "exactRepository", repository: "vendor.example/app" }, [
    { image: "vendor.example/other:1", signed: "vendor.example/other:1", want: false },
    { image: "vendor.example/app:1", signed: "vendor.example/app/more:1", want: false },
    { image: "mirror.example/app:1", signed: "vendor.example/app:7", want: true },
  ]);

  table({ type: "exactRepository", repository: "Not a repository" }, [
    { image: "busybox:1", signed: "also not one", want: false },
  ]);

  table({ type: "remapIdentity", prefix: "mirror.example/vendor", signedPrefix: "vendor.example" }, [
    { image: "mirror.example/vendor/app:1", signed: "mirror.example/vendor/app:1", want: false },
    { image: "mirror.example/vendor/app:1", signed: "vendor.example/app:2", want: false },
    { image: "mirror.example/vendor/app:1", signed: "vendor.example/vendor/app:1", want: false },
    { image: "mirror.example/vendor-evil/app:1", signed: "vendor.example-evil/app:1", want: false },
    { image: "mirror.example/vendors/app:1", signed: "vendor.examples/app:1", want: false },
    { image: "mirror.example/vendor:1", signed: "vendor.example:1", want: false },
    { image: "mirror.example/vendor/app:1", signed: "vendor.example/app:1", want: true },
    { image: `mirror.example/vendor/app@${DIGEST}`, signed: "vendor.example/app:7", want: true },
    { image: "elsewhere.example/app:1", signed: "elsewhere.example/app:1", want: true },
  ]);

  table({ type: "remapIdentity", prefix: "mirror.example", signedPrefix: "vendor" }, [
    { image: "mirror.example/app:1", signed: "vendor/app:1", want: false },
    { image: "mirror.example.evil.example/app:1", signed: "vendor.evil.example/app:1", want: false },
  ]);

  table({ type: "remapIdentity", prefix: "mirror.example/team/app", signedPrefix: "docker.io/library/app" }, [
    { image: "mirror.example/team/app:1", signed: "app:1", want: true },
    { image: "mirror.example/team/app2:1", signed: "docker.io/library/app2:1", want: false },
  ]);

  it("an identity of a type that nobody knows matches nothing", () => {
    const identity = { type: "insecureAcceptAnything" } as unknown as GpgIdentity;
    expect(matchesIdentity(identity, parseImageReference("busybox:1"), "busybox:1")).toBe(false);
  });
});
