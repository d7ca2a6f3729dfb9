// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { createOidcProvider } from "./oidc-provider.ts";

it("whoever begins logins by the hundred while the provider is away asks it once", async () => {
  let asked = 0;
  let answer: () => void = () => undefined;
  const server = createServer((_request, response) => {
    asked += 1;
    answer = () => void response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const provider = createOidcProvider({
      issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      clientId: "console",
      scopes: ["openid"],
      redirectUri: "http://127.0.0.1:8080/callback",
      http: {},
      clock: { now: () => new Date() },
    });
    const all = Array.from({ length: 100 }, () => provider.begin().catch((error: unknown) => error));
    await expect.poll(() => asked).toBeGreaterThan(0);
    answer();
    const outcomes = await Promise.all(all);
    expect(new Set(outcomes.map((each) => (each as { code?: string }).code))).toEqual(
      new Set(["OIDC_PROVIDER_UNUSABLE"]),
    );
    expect(asked).toBe(1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
