// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { findNotaryServer, isTrustServiceKnown } from "./notary-server.ts";

describe("the trust service of a registry", () => {
  it.each(["evildocker.io", "evilquay.io", "docker.io.example", "quay.io:8443", "us.icr.io"])(
    "%s has none that is known",
    (registry) => {
      expect([isTrustServiceKnown(registry, {}), findNotaryServer({}, registry, {})]).toEqual([false, undefined]);
    },
  );

  // the addresses that Portieris has built in
  it.each([
    { registry: "docker.io", url: "https://notary.docker.io/" },
    { registry: "quay.io", url: "https://quay.io/" },
  ])("$registry has that of Portieris", ({ registry, url }) => {
    expect(isTrustServiceKnown(registry, {})).toBe(true);
    const server = findNotaryServer({}, registry, {});
    expect(server === "invalid" ? server : server?.url.href).toBe(url);
  });

  it("the operator's comes before one that is known", () => {
    const servers = { "quay.io": "https://trust.example" };
    expect(findNotaryServer({}, "quay.io", { servers })).toMatchObject({ origin: "operator", takesCredentials: true });
  });

  it("one that a policy of somebody names gets no credentials of the registry", () => {
    expect(findNotaryServer({ server: "https://trust.example" }, "quay.io", {})).toMatchObject({
      origin: "content",
      takesCredentials: false,
    });
  });
});
