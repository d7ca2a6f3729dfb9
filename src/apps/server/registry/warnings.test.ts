// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildImage } from "../../../../test/support/image-builder.ts";
import {
  call,
  pushImage,
  startTestRegistry,
  type TestRegistry,
  UNDECIDED,
  VULNERABLE,
} from "../../../../test/support/registry-server.ts";

const IMAGE = buildImage([{ entries: [{ path: "a", content: "b" }] }]);
let registry: TestRegistry;

beforeAll(async () => {
  registry = await startTestRegistry({ registry: { undecided: "allow" }, language: "ko" });
  await pushImage(registry, "team/app:1", IMAGE);
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

// distribution-spec, "Warnings": warn-code 299, warn-agent "-", a quoted text
it.each([
  {
    name: "what would be refused, but is only warned about",
    verdict: { outcome: "deny", mode: "warn", reasons: [VULNERABLE] },
    want: /^299 - "this image is handed out although .*left-pad 1\.0\.0 has CVE-2026-0001.*"$/,
  },
  {
    name: "what nobody can tell, where that is let go",
    verdict: UNDECIDED,
    want: /^299 - ".*scan of the image is not finished.*"$/,
  },
  {
    name: "what is only audited: nothing",
    verdict: { outcome: "deny", mode: "audit", reasons: [VULNERABLE] },
    want: undefined,
  },
  { name: "what is allowed: nothing", verdict: {}, want: undefined },
] as const)("a pull warns of $name", async ({ verdict, want }) => {
  registry.judge.decide(IMAGE.manifest.digest, verdict);
  for (const method of ["GET", "HEAD"]) {
    const answer = await call(registry, `${method} /v2/team/app/manifests/1`, { as: "viewer" });
    expect(answer.status).toBe(200);
    if (want === undefined) {
      expect(answer.headers["warning"]).toBeUndefined();
    } else {
      expect(answer.headers["warning"]).toMatch(want);
    }
  }
});

it("nothing that an image says can end the text or the header", async () => {
  const params = { ...VULNERABLE.params, package: 'evil"\r\nX-Injected: 1\\' };
  registry.judge.decide(IMAGE.manifest.digest, { outcome: "deny", mode: "warn", reasons: [{ ...VULNERABLE, params }] });
  const { headers } = await call(registry, "GET /v2/team/app/manifests/1", { as: "viewer" });
  expect(headers["x-injected"]).toBeUndefined();
  expect(headers["warning"]).toMatch(/^299 - "(?:[^"\\]|\\["\\])*"$/);
});
