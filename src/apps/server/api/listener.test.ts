// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ApiTestBed, addAccount, createApiTestBed, pushImage } from "../../../../test/support/api-server.ts";
import type { RunningRole } from "../context.ts";
import { startApi } from "./index.ts";

const PASSWORD = "correct horse battery";
let folder: string;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "haechi-console-"));
  await mkdir(join(folder, "dist/assets"), { recursive: true });
  await writeFile(join(folder, "dist/index.html"), '<meta name="csp-nonce" content="__HAECHI_NONCE__">the page');
  await writeFile(join(folder, "dist/assets/index-abc.js"), `// ${"x".repeat(4_000)}`);
  await writeFile(join(folder, "dist/favicon.svg"), "<svg/>");
  await writeFile(join(folder, "secret.txt"), "not for you");
});

afterAll(async () => rm(folder, { recursive: true, force: true }));

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) {
    await close();
  }
});

async function start(consoleFolder: string = join(folder, "dist")): Promise<{ bed: ApiTestBed; api: RunningRole }> {
  const bed = await createApiTestBed();
  open.push(async () => bed[Symbol.asyncDispose]());
  const api = await startApi(bed.context, { consoleFolder });
  open.push(() => api.stop());
  return { bed, api };
}

async function signIn(bed: ApiTestBed, api: RunningRole): Promise<string> {
  await addAccount(bed.database, { name: "kim", role: "VIEWER", password: PASSWORD });
  const answer = await fetch(`${api.url}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "kim", password: PASSWORD }),
  });
  return answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

/** The events of a stream by name, one at a time. */
async function* readEvents(answer: Response): AsyncGenerator<{ readonly event: string; readonly data: unknown }> {
  let text = "";
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      const event = /^event: (.*)$/m.exec(block)?.[1];
      if (event !== undefined) {
        yield { event, data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? "{}") };
      }
    }
  }
}

describe("live events", () => {
  it("tell of a push as it happens, and end when the server stops", async () => {
    const { bed, api } = await start();
    const answer = await fetch(`${api.url}/api/v1/events`, { headers: { cookie: await signIn(bed, api) } });
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const events = readEvents(answer);
    expect((await events.next()).value).toEqual({ event: "hello", data: {} });
    const { digest } = await pushImage(bed.database, { repository: "team/app", tag: "1.0" });
    expect((await events.next()).value).toEqual({
      event: "image-pushed",
      data: { type: "image-pushed", repository: "team/app", tag: "1.0", digest },
    });
    bed.stop.abort();
    expect((await events.next()).done).toBe(true);
  });

  it.each([
    { name: "may read only some repositories now", changes: { grants: [{ prefix: "team", role: "VIEWER" }] } },
    { name: "may not read any more", changes: { role: "PERMISSION" } },
    { name: "is disabled", changes: { state: "disabled" } },
  ] as const)("end for an account that $name", async ({ changes }) => {
    const { bed, api } = await start();
    await addAccount(bed.database, { name: "admin", role: "ADMIN", password: PASSWORD });
    const answer = await fetch(`${api.url}/api/v1/events`, { headers: { cookie: await signIn(bed, api) } });
    const events = readEvents(answer);
    await events.next();
    const { id = "" } = (await bed.database.accounts.findByName("kim")) ?? {};
    await bed.database.accounts.update(id, changes);
    expect((await events.next()).done).toBe(true);
  });

  it("end for an access key that is disabled", async () => {
    const { bed, api } = await start();
    const cookie = await signIn(bed, api);
    const made = await fetch(`${api.url}/api/v1/registry/keys`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie },
      body: "{}",
    });
    const { key, secretKey } = (await made.json()) as { key: { id: string; accessKey: string }; secretKey: string };
    const authorization = `Basic ${Buffer.from(`${key.accessKey}:${secretKey}`).toString("base64")}`;
    const events = readEvents(await fetch(`${api.url}/api/v1/events`, { headers: { authorization } }));
    await events.next();
    await bed.database.accessKeys.setState(key.id, "disabled");
    expect((await events.next()).done).toBe(true);
  });

  it("an open stream does not keep the server from stopping", async () => {
    const { bed, api } = await start();
    const answer = await fetch(`${api.url}/api/v1/events`, { headers: { cookie: await signIn(bed, api) } });
    const events = readEvents(answer);
    await events.next();
    await api.stop();
    expect((await events.next()).done).toBe(true);
  });

  it("a reader who leaves is forgotten", async () => {
    const { bed, api } = await start();
    const leaving = new AbortController();
    const cookie = await signIn(bed, api);
    const answer = await fetch(`${api.url}/api/v1/events`, { headers: { cookie }, signal: leaving.signal });
    await readEvents(answer).next();
    async function streams(): Promise<string | undefined> {
      const text = await (await fetch(`${api.url}/metrics`)).text();
      return /^haechi_api_event_streams (\d+)$/m.exec(text)?.[1];
    }
    expect(await streams()).toBe("1");
    leaving.abort();
    await expect.poll(streams).toBe("0");
  });
});

describe("the console's files", () => {
  it.each(["/", "/images", "/image/team/app:1.0", "/no/such/page", "/index.html"])(
    "%s is the page, with a policy and a nonce of its own",
    async (path) => {
      const { api } = await start();
      const answers = [await fetch(api.url + path), await fetch(api.url + path)];
      const nonces = await Promise.all(
        answers.map(async (answer) => /content="([^"]+)">the page$/.exec(await answer.text())?.[1] ?? ""),
      );
      expect(nonces[0]).toMatch(/^[A-Za-z0-9+/]{22}==$/);
      expect(nonces[0]).not.toBe(nonces[1]);
      const policy = answers[0]?.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain(`style-src 'self' 'nonce-${nonces[0]}'`);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      expect(answers[0]?.headers.get("cache-control")).toBe("no-store");
    },
  );

  it("files with a hash in their name are kept for good, compressed, others are asked for again", async () => {
    const { api } = await start();
    const script = await fetch(`${api.url}/assets/index-abc.js`, { headers: { "accept-encoding": "gzip, br" } });
    expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(script.headers.get("content-encoding")).toBe("br");
    expect(await script.text()).toHaveLength(4_003);
    const icon = await fetch(`${api.url}/favicon.svg`);
    expect(icon.headers.get("cache-control")).toBe("no-cache");
    const again = await fetch(`${api.url}/favicon.svg`, {
      headers: { "if-none-match": icon.headers.get("etag") ?? "" },
    });
    expect(again.status).toBe(304);
  });

  it.each([
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/assets/%2e%2e/%2e%2e/secret.txt",
    "/%00",
    "//secret.txt",
  ])("%s leads to no file outside", async (path) => {
    const { api } = await start();
    expect(await rawGet(api.url, path)).not.toContain("not for you");
  });

  it("a console that was not built says how to build it", async () => {
    const { api } = await start(join(folder, "nothing"));
    const answer = await fetch(`${api.url}/`);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain("npm run build -w console");
  });
});

/** A request whose path is sent as it is written, which `fetch` would not do. */
function rawGet(url: string, path: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method: "GET" }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      answer.on("end", () => resolve(text));
    });
    request.once("error", reject);
    request.end();
  });
}

it("an address in use is refused with the system's code, and nothing is left open", async () => {
  const { bed, api } = await start();
  const { hostname, port } = new URL(api.url);
  const second = await createApiTestBed();
  open.push(async () => second[Symbol.asyncDispose]());
  const configuration = {
    ...bed.context.configuration,
    listen: { ...bed.context.configuration.listen, console: { host: hostname, port: Number(port) } },
  };
  await expect(startApi({ ...second.context, configuration })).rejects.toMatchObject({ code: "EADDRINUSE" });
});
